# root: machines
# kernels: trixie
# timeout: 600
# run: places
# Root in a container of LXC is refused by "baseline" what bpflock is about, be it privileged or mapped to another user; with the
# host's namespaces it is, if it has a rule set. /lxc.payload.NAME is where rule sets and grants find it, or the cgroup that
# LXC is configured to use for all, as in bpflock-recipes(7). The log names it.
make_root() { # DIRECTORY
	mkdir -p "$1/bin" "$1/dev" "$1/proc" "$1/sys" "$1/etc" "$1/tmp"
	cp /usr/bin/busybox /vm/probe "$1/bin/"
	for name in sh cat sleep; do ln -s busybox "$1/bin/$name"; done
	printf 'root:x:0:0:root:/:/bin/sh\n' >"$1/etc/passwd"
	cp /usr/sbin/bpflock /usr/sbin/bpflock-ctl /usr/sbin/bpflock-log "$1/bin/"
	ldd /usr/sbin/bpflock | grep -o '/[^ ]*' | xargs cp -L --parents -t "$1"
}

# make NAME LINES: a container, and what its configuration says more. Nothing but bpflock refuses it /dev/mem.
make() {
	make_root "/srv/$1"
	mkdir -p "/var/lib/lxc/$1"
	cat >"/var/lib/lxc/$1/config" <<-END
		lxc.uts.name = $1
		lxc.rootfs.path = dir:/srv/$1
		lxc.init.cmd = /bin/sleep infinity
		lxc.mount.auto = proc:rw sys:mixed
		lxc.mount.entry = /dev/mem dev/mem none bind,create=file 0 0
	END
	printf '%b' "$2" >>"/var/lib/lxc/$1/config"
}

start() {
	lxc-start --name "$1" --logfile "$work/lxc-$1.log" --logpriority INFO || fail "lxc-start $1: $(cat "$work/lxc-$1.log")"
	expect_exit 0 lxc-wait --name "$1" --state RUNNING --timeout 100
}
end() { expect_exit 0 lxc-stop --name "$1" --kill; }
inside() { # NAME COMMAND...
	name=$1
	shift
	lxc-attach --name "$name" -- "$@"
}

echo root:100000:65536 >>/etc/subuid
echo root:100000:65536 >>/etc/subgid
make root 'lxc.net.0.type = empty\n'
make host 'lxc.net.0.type = none\nlxc.namespace.keep = user net pid time\n'
make user 'lxc.net.0.type = empty\nlxc.idmap = u 0 100000 65536\nlxc.idmap = g 0 100000 65536\n'
chown -R 100000:100000 /srv/user

row without-a-policy
for name in root host user; do start $name; done
expect_exit 0 inside root probe dev_mem
expect_exit 0 inside host probe dev_mem
expect_exit 0 inside root probe xfrm_secret
expect_exit 0 inside user probe xfrm_secret
# its capabilities are not the host's: the kernel refuses that by itself
expect_exit 3 inside user probe dev_mem
for name in root host user; do
	expect_grep . "/sys/fs/cgroup/lxc.payload.$name/cgroup.procs"
done

row baseline
load --profile baseline --level confidentiality
expect_exit 1 inside root probe dev_mem
expect_exit 1 inside root probe xfrm_secret
expect_exit 1 inside user probe xfrm_secret
expect_exit 0 inside host probe dev_mem
expect_allowed dev_mem
expect_record '.decision == "deny" and .operation == "dev_mem" and .container == "root" and (.cgroup | startswith("/lxc.payload.root/"))'
expect_record '.decision == "deny" and .operation == "xfrm_secret" and .container == "user" and (.cgroup | startswith("/lxc.payload.user/"))'

row tools-inside
# They cannot see what is loaded, say so, and change nothing: not even where all but the mount namespace is the host's.
for name in root user host; do
	for words in "bpflock-ctl status" "bpflock-ctl set profile=privileged" "bpflock-ctl unload" "bpflock-log show" "bpflock-ctl test"; do
		# shellcheck disable=SC2086 # words
		expect_exit 5 inside $name $words
		expect_grep '^bpflock-[a-z]*: /sys/fs/bpf: not a bpffs in this container: cannot see what is loaded' "$work/err"
		expect_grep '^bpflock-[a-z]*: hint: run it on the host$' "$work/err"
	done
	expect_no_grep not-loaded "$work/out"
done
# refuses STATUS CONTAINER WHY
refuses() {
	expect_exit "$1" inside "$2" bpflock --profile privileged
	expect_grep "^bpflock: $3" "$work/err"
	expect_grep '^bpflock: hint: ' "$work/err"
	expect_exit "$1" inside "$2" bpflock-ctl doctor
	expect_grep 'This machine cannot enforce' "$work/out"
}
refuses 5 root 'this is not the initial pid namespace'
refuses 4 user 'a user namespace cannot load BPF programs'
refuses 5 host "/sys/fs/bpf: no bpffs is mounted, and this is not the host's mount namespace"
expect_status '.profile == "baseline" and .generation == 1'

row rule-sets-and-grants
change grant xfrm_secret --cgroup /lxc.payload.user --for 1h
expect_exit 0 inside user probe xfrm_secret
expect_exit 1 inside root probe xfrm_secret
change revoke --all
expect_exit 1 inside user probe xfrm_secret
change cgroup set /lxc.payload.host profile=restricted
expect_exit 1 inside host probe dev_mem
change cgroup set /lxc.payload.root profile=restricted allow=dev_mem
expect_exit 0 inside root probe dev_mem
change cgroup delete --all
expect_allowed dev_mem
for name in root host user; do end $name; done

row one-cgroup-for-all
sed -n '/^lxc.cgroup.pattern/p' /vm/source/man/bpflock-recipes.7.scd >>/etc/lxc/lxc.conf
cat /etc/lxc/lxc.conf
expect_exit 0 bpflock-ctl preset use container-host
load
for name in root host user; do start $name; done
for name in root host user; do
	expect_grep . "/sys/fs/cgroup/lxc/$name/payload/cgroup.procs"
done
expect_exit 1 inside root probe dev_mem
expect_exit 1 inside host probe dev_mem
expect_exit 1 inside user probe xfrm_secret
expect_allowed dev_mem
expect_record '.decision == "deny" and .operation == "dev_mem" and .container == "host" and (.cgroup | startswith("/lxc/host/payload/"))'
change grant dev_mem --cgroup /lxc/host --for 1h
expect_exit 0 inside host probe dev_mem
for name in root host user; do end $name; done

expect_exit 0 bpflock-ctl unload
rm -rf /srv/* /var/lib/lxc/*
