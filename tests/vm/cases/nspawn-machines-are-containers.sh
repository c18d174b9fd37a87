# root: machines
# kernels: trixie
# timeout: 600
# run: places
# Root in a container of systemd-nspawn that may open /dev/mem is refused it by "baseline", with a network namespace of its own
# and without one, and by the preset container-host; the host is not. The rule set of machine.slice and grants reach the
# container, and the log names it.
box=/srv/box

make_box() {
	mkdir -p $box/bin $box/usr $box/dev $box/proc $box/sys $box/tmp $box/etc $box/root $box/run $box/var
	cp /usr/bin/busybox /vm/probe $box/bin/
	for name in sh cat sleep readlink; do ln -s busybox $box/bin/$name; done
	printf 'root:x:0:0:root:/:/bin/sh\n' >$box/etc/passwd
	printf 'ID=busybox\n' >$box/etc/os-release
	mkfifo $box/ask $box/answer
	cp /usr/sbin/bpflock /usr/sbin/bpflock-ctl /usr/sbin/bpflock-log $box/bin/
	ldd /usr/sbin/bpflock | grep -o '/[^ ]*' | xargs cp -L --parents -t $box
}

# Nothing but bpflock refuses it /dev/mem.
nspawn() {
	systemd-nspawn --quiet --directory=$box --machine=box --pipe --register=yes --resolv-conf=off --timezone=off --link-journal=no \
		--capability=all --bind=/dev/mem --property='DeviceAllow=/dev/mem rw' "$@"
}

# start ARGUMENTS...: the container, which then does what it is asked
start() {
	# shellcheck disable=SC2016 # expanded there
	nspawn "$@" /bin/sh -c 'while read -r words </ask; do status=0; $words || status=$?; echo $status >/answer; done' \
		>>"$work/box" 2>&1 &
	nspawn=$!
	until_true systemctl is-active machine-box.scope
}
ask() {
	echo "$*" >$box/ask
	read -r answer <$box/answer
}
# expect_in_box STATUS COMMAND...
expect_in_box() {
	status=$1
	shift
	ask "$@"
	tail -n 2 "$work/box"
	expect_equal "$answer" "$status" "exit status of $* in the container"
}
end() {
	echo exit >$box/ask
	wait $nspawn || fail "systemd-nspawn: exit status $?: $(cat "$work/box")"
	until_true sh -c '! systemctl is-active --quiet machine-box.scope'
}

make_box

row without-a-policy
start
expect_in_box 0 probe dev_mem
end

row baseline
load --profile baseline
for network in --private-network ""; do
	# shellcheck disable=SC2086 # nothing, or a word
	start $network
	expect_in_box 1 probe dev_mem
	expect_record '.operation == "dev_mem" and .decision == "deny" and .container == "box" and .unit == "machine-box.scope"
		and (.cgroup | test("^/machine.slice/machine-box.scope"))'
	end
done
expect_allowed dev_mem
expect_allowed systemd-run --quiet --wait --pipe --collect --slice=machine.slice -- dev_mem

row tools-inside
# They cannot see what is loaded, say so, and change nothing.
start
for words in "bpflock-ctl status" "bpflock-ctl test" "bpflock-ctl set profile=privileged" "bpflock-ctl unload" "bpflock-log show"; do
	: >"$work/box"
	# shellcheck disable=SC2086 # words
	expect_in_box 5 $words
	expect_grep '^bpflock-[a-z]*: /sys/fs/bpf: not a bpffs in this container: cannot see what is loaded' "$work/box"
	expect_grep '^bpflock-[a-z]*: hint: run it on the host$' "$work/box"
	expect_no_grep not-loaded "$work/box"
done
: >"$work/box"
expect_in_box 5 bpflock --profile privileged
expect_grep '^bpflock: this is not the initial pid namespace' "$work/box"
expect_grep '^bpflock: hint: run it on the host' "$work/box"
: >"$work/box"
expect_in_box 5 bpflock-ctl doctor
expect_grep 'This machine cannot enforce' "$work/box"
end
expect_status '.profile == "baseline" and .generation == 1'

row container-host
expect_exit 0 bpflock-ctl preset use container-host
load
start
expect_in_box 1 probe dev_mem
expect_allowed dev_mem
# the rule set of the slice, which needs no namespace
expect_denied systemd-run --quiet --wait --pipe --collect --slice=machine.slice -- dev_mem
expect_exit 0 bpflock-ctl explain dev_mem --unit machine-box.scope
expect_grep 'machine.slice' "$work/out"

row one-machine-is-granted
expect_exit 0 bpflock-ctl denials
expect_grep 'machine-box.scope' "$work/out"
cure=$(grep -o 'bpflock-ctl grant dev_mem --cgroup /machine.slice/machine-box.scope.*' "$work/out" | head -n 1)
expect_exit 0 sh -c "${cure:-false}"
expect_in_box 0 probe dev_mem
change revoke --all
expect_in_box 1 probe dev_mem
change grant dev_mem --unit machine-box.scope --for 1h
expect_in_box 0 probe dev_mem
change revoke --all
expect_in_box 1 probe dev_mem
change cgroup set --unit machine-box.scope profile=restricted allow=dev_mem
expect_in_box 0 probe dev_mem
end
# a machine of that name that is started later has it again
start
expect_in_box 0 probe dev_mem
change cgroup delete --unit machine-box.scope
expect_in_box 1 probe dev_mem
end

expect_exit 0 bpflock-ctl unload
rm -rf $box
