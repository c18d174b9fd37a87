# kernels: trixie
# timeout: 600
# Each command that a message prints as its cure is run here, in a state that prints it, and mends that state. A
# message has one at most. (tests/output/cures looks that none in the sources is left out.)

mkdir -p /etc/bpflock
printf '[kimglock]\nprofile = restricted\n[execsnoop]\ntrace = all\n' >/etc/bpflock/bpflock.conf

# told STATUS CURE COMMAND...: it fails like that, with this cure and no other. What is printed is then run.
told() {
	status=$1 cure=$2
	shift 2
	expect_exit "$status" "$@"
	expect_equal "$(grep -c 'hint: ' "$work/err")" 1 "number of cures"
	printed=$(sed -n 's/^bpflock[a-z-]*: hint: //p' "$work/err")
	expect_equal "$printed" "$cure" "the cure"
}
mended() { # STATUS CURE COMMAND...: and after the printed command COMMAND finds nothing wrong
	told "$@"
	shift 2
	expect_exit 0 sh -c "$printed"
	expect_exit 0 "$@"
}
# A message that ends with its cure: ": COMMAND"
ends_with() { # CURE FILE
	sed -n -E 's/ \(nothing was changed\)$//; s/.*: (see )?(bpflock[a-z-]* .*)$/\2/p' "$2" >"$work/cures"
	expect_equal "$(cat "$work/cures")" "$1" "the cure"
}
afresh() {
	expect_exit 0 bpflock-ctl unload
	load
}

# nothing is loaded
for command in status repair; do
	# shellcheck disable=SC2086 # words
	mended 3 bpflock bpflock-ctl $command
	expect_denied dev_mem
	expect_exit 0 bpflock-ctl unload
done
mended 3 bpflock bpflock-log show
expect_exit 0 bpflock-ctl unload

# in the place of the pins is something of somebody else's
umount /sys/fs/bpf
mount -t bpf -o mode=1777 bpf /sys/fs/bpf
expect_exit 0 setpriv --reuid 65534 --regid 65534 --clear-groups mkdir /sys/fs/bpf/bpflock
told 1 'rm -r /sys/fs/bpf/bpflock' bpflock-ctl status
expect_exit 0 sh -c "$printed"
mended 3 bpflock bpflock-ctl status
expect_exit 0 bpflock-ctl unload
expect_exit 0 bpflock-ctl doctor --json
printed=$(json_get "$work/out" '.checks[] | select(.name == "bpffs").cure')
expect_equal "$printed" 'chown root /sys/fs/bpf; chmod 0700 /sys/fs/bpf' "the cure"
expect_exit 0 sh -c "$printed"
expect_exit 0 bpflock-ctl doctor --json
expect_json "$work/out" '.checks[] | select(.name == "bpffs").state == "ok"'
mkdir -p /sys/fs/bpf/bpflock/other/deeper
mended 6 bpflock bpflock-ctl status

# of another version
expect_exit 0 /vm/other-abi/bpflock
told 6 bpflock bpflock-log show
for command in status policy; do
	expect_exit 0 /vm/other-abi/bpflock
	# shellcheck disable=SC2086 # words
	mended 6 bpflock bpflock-ctl $command
done

# pins are gone or hidden, and it enforces
mount -t bpf -o mode=700 bpf /sys/fs/bpf
mended 6 'bpflock-ctl repair' bpflock-ctl status
umount /sys/fs/bpf
for command in status policy; do
	rm /sys/fs/bpf/bpflock/maps/rules
	# shellcheck disable=SC2086 # words
	mended 6 'bpflock-ctl repair' bpflock-ctl $command
done
# it does not: there is nothing to repair
for command in status policy; do
	rm /sys/fs/bpf/bpflock/maps/rules /sys/fs/bpf/bpflock/links/locked_down
	until_true probe dev_mem
	# shellcheck disable=SC2086 # words
	mended 6 bpflock bpflock-ctl $command
	expect_denied dev_mem
done
rm /sys/fs/bpf/bpflock/maps/reader
told 6 bpflock bpflock-log show
expect_exit 0 sh -c "$printed"
expect_exit 0 bpflock-log show

# a program is missing
for command in status test; do
	rm /sys/fs/bpf/bpflock/links/exec
	mended 6 bpflock bpflock-ctl $command
done
rm /sys/fs/bpf/bpflock/links/exec
told 6 bpflock bpflock-ctl seal --yes
expect_exit 0 sh -c "$printed"
expect_exit 0 bpflock-ctl seal --dry-run

# an interrupted load
strace -qq -o /dev/null -e trace=renameat2 -e inject=renameat2:signal=KILL bpflock --exec-log failed >/dev/null 2>&1 || :
mended 6 bpflock bpflock-ctl test
strace -qq -o /dev/null -e trace=renameat2 -e inject=renameat2:signal=KILL bpflock --exec-log failed >/dev/null 2>&1 || :
mended 6 bpflock bpflock-ctl status

# somebody else's program behind it
attack lsm-cgroup /sys/fs/cgroup locked_down 0 sh -c "echo \$\$ >$work/pid; exec sleep 1000" &
foreign=$!
until_true sh -c '! bpflock-ctl status'
mended 6 bpflock bpflock-ctl status
expect_denied dev_mem
kill "$(cat "$work/pid")"
wait $foreign || :

# ftrace is off
for command in status test unload "seal --yes"; do
	afresh
	echo 0 >/proc/sys/kernel/ftrace_enabled
	# shellcheck disable=SC2086 # words
	told 6 'sysctl kernel.ftrace_enabled=1' bpflock-ctl $command
	expect_exit 0 sh -c "$printed"
	expect_exit 0 bpflock-ctl test
	expect_denied dev_mem
done

# a trial that can be ended to neither side
printf '[kimglock]\nprofile = privileged\nblock = kcore\n[execsnoop]\ntrace = all\n' >"$work/trial"
expect_exit 0 bpflock-ctl apply "$work/trial" --for 1h
ends_with 'bpflock-ctl apply --confirm' "$work/out"
mended 1 'bpflock-ctl apply --confirm' bpflock-ctl seal --dry-run
expect_exit 0 bpflock-ctl reset

# the policy has been changed by somebody else
told 1 'bpflock-ctl policy' bpflock-ctl set log=denied --if-generation 1000000
expect_exit 0 sh -c "$printed"
expect_grep '^# generation|^profile = restricted' "$work/out"
told 2 'bpflock-ctl grants' bpflock-ctl revoke
expect_exit 0 sh -c "$printed"

# settings that take another program, or another verb
expect_exit 2 bpflock-ctl set ring-size=1M
ends_with 'bpflock --ring-size=1M' "$work/err"
expect_exit 0 sh -c "$(cat "$work/cures")"
expect_status '.ring_size_bytes == 1048576'
expect_exit 2 bpflock-ctl cgroup set /x latch=msr
ends_with 'bpflock --latch=msr' "$work/err"
expect_exit 0 sh -c "$(cat "$work/cures")"
expect_status '.latched == ["msr"]'
expect_exit 2 bpflock-ctl cgroup set /x coalesce=5s
ends_with 'bpflock-ctl set coalesce=5s' "$work/err"
expect_exit 0 sh -c "$(cat "$work/cures")"
expect_status '.coalesce_ms == 5000'
expect_exit 2 bpflock-ctl set like=host
ends_with 'bpflock-ctl cgroup set PATH like=host' "$work/err"
expect_exit 0 sh -c "$(sed s,PATH,/x, "$work/cures")"
expect_status 'any(.cgroups[]; .path == "/x" and .like == "host")'
change cgroup delete /x
printf '[kimglock]\nprofile = restricted\n[log]\nring-size = 2M\n' >"$work/policy"
expect_exit 2 bpflock-ctl apply "$work/policy"
ends_with "bpflock --config $work/policy" "$work/err"
expect_exit 0 sh -c "$(cat "$work/cures")"
expect_status '.ring_size_bytes == 2097152'
expect_exit 2 bpflock-ctl revoke 77
ends_with 'bpflock-ctl grants' "$work/err"
expect_exit 0 sh -c "$(cat "$work/cures")"

# an edit with nobody to ask, of a set that files make as it is
load --profile restricted
printf '#!/bin/sh\nprintf "[kimglock]\\nblock = msr\\n" >"$1"\n' >"$work/editor"
chmod 755 "$work/editor"
export EDITOR="$work/editor"
told 1 'bpflock-ctl edit --yes' bpflock-ctl edit
expect_exit 0 sh -c "$printed"
expect_status '.block == ["msr"]'
rm -r /etc/bpflock/bpflock.conf.d

# two that take
bpflock-log drain >"$work/drain" 2>&1 &
drain=$!
probe dev_mem 2>/dev/null || :
until_true grep -q dev_mem "$work/drain"
told 7 'bpflock-log follow' bpflock-log drain
# shellcheck disable=SC2086 # words
timeout 3 $printed >"$work/out" || expect_equal $? 124 "it follows until it is ended"
kill $drain
wait $drain || :

# what doctor prints
doctor_says() { # CHECK CURE COMMAND...
	check=$1 cure=$2
	shift 2
	"$@" >"$work/doctor" || :
	expect_json "$work/doctor" ".checks[] | select(.name == \"$check\") | .cure | endswith(\"$cure\")"
}
expect_exit 0 bpflock-ctl unload
echo 0 >/proc/sys/kernel/ftrace_enabled
doctor_says ftrace 'sysctl kernel.ftrace_enabled=1' bpflock-ctl doctor --json
sysctl kernel.ftrace_enabled=1
expect_exit 0 bpflock-ctl doctor
mkdir /tmp/d
doctor_says bpffs 'mount -t bpf -o mode=700 bpf /tmp/d' bpflock-ctl --bpffs /tmp/d doctor --json
mount -t bpf -o mode=700 bpf /tmp/d
expect_exit 0 bpflock-ctl --bpffs /tmp/d doctor
umount /tmp/d

# module requests are to be denied, and the set has no program for them
load
for words in 'set kmodlock=baseline' 'latch module_request'; do
	afresh
	# shellcheck disable=SC2086 # words
	mended 2 'bpflock --kmodlock privileged' bpflock-ctl $words
done
