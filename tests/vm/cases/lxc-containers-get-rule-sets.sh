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
make host 'lxc.net.0.type = none\nlxc.namespace.keep = net pid\n'
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
expect_record '.decision == "deny" and .operation == "dev_mem" and .container == "root" and .cgroup == "/lxc.payload.root"'
expect_record '.decision == "deny" and .operation == "xfrm_secret" and .container == "user" and .cgroup == "/lxc.payload.user"'

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
	expect_grep . "/sys/fs/cgroup/lxc/$name/cgroup.procs"
done
expect_exit 1 inside root probe dev_mem
expect_exit 1 inside host probe dev_mem
expect_exit 1 inside user probe xfrm_secret
expect_allowed dev_mem
expect_record '.decision == "deny" and .operation == "dev_mem" and .container == "host" and .cgroup == "/lxc/host"'
change grant dev_mem --cgroup /lxc/host --for 1h
expect_exit 0 inside host probe dev_mem
for name in root host user; do end $name; done

expect_exit 0 bpflock-ctl unload
rm -rf /srv/* /var/lib/lxc/*
