# kernels: any
# root: podman
# timeout: 600
# run: places
# The documented run lines of the original with another name: the container loads, prints the log and
# leaves the lock behind. What it locks is other containers, and not those that are as the host.
original="--rm --cgroupns=host --pid=host --privileged -v /sys/kernel/:/sys/kernel/ -v /sys/fs/bpf:/sys/fs/bpf"
# shellcheck source=tests/vm/podman.sh
. /vm/podman.sh

# of_original WORD...: options, then the image's words behind --
# shellcheck disable=SC2086 # words
of_original() {
	options=""
	while [ $# -gt 0 ] && [ "$1" != -- ]; do options="$options $1"; shift; done
	[ $# -eq 0 ] || shift
	podman run $original $options localhost/bpflock "$@"
}

# The same with a terminal, to which what is written to fd 4 is typed. Sets $terminal.
on_terminal() {
	mkfifo "$work/keys"
	script -qfec "podman run --name bpflock -it $original $* localhost/bpflock" "$work/terminal" \
		<"$work/keys" >/dev/null 2>&1 &
	terminal=$!
	exec 4>"$work/keys"
	rm "$work/keys"
}

# Sets $ended to the container's exit status.
end_of_terminal() {
	ended=0
	wait $terminal || ended=$?
	exec 4>&-
	tr -d '\r' <"$work/terminal" >"$work/printed"
	sed 's/^/  printed: /' "$work/printed"
}

# contained OPTION... -- OPERATION: the probe in a container, which is as root as it gets
contained() {
	options=""
	while [ "$1" != -- ]; do options="$options $1"; shift; done
	# shellcheck disable=SC2086 # words
	podman run --rm --privileged -v /vm:/vm:ro --entrypoint /vm/probe $options localhost/bpflock "$2"
}

# What happened before it started is taken by the other one.
followed() {
	probe dev_mem
	grep '"operation":"dev_mem"' "$work/second"
}

is_loaded() { bpflock-ctl status --json | jq -e "$1"; }

load_image /vm/image/bpflock.tar
expect_exit 0 contained -- dev_mem
expect_exit 0 contained --pid=host --network=host -- dev_mem

on_terminal -e BPFLOCK_KIMGLOCK_PROFILE=baseline
until_true is_loaded '.profile == "baseline" and .enforcing == true'
expect_allowed dev_mem
expect_exit 1 contained -- dev_mem
expect_exit 0 contained --pid=host --network=host -- dev_mem
expect_exit 1 contained --pid=host -- dev_mem
# The lines are the original's, on a terminal and off it.
until_true grep 'msg="event=lsm_locked_down operation=/dev/mem,kmem,port .* retval=-1 reason=denied (baseline)" bpfprog=kimglock subsys=bpf' \
	"$work/terminal"

# Again what is loaded already, as an update of a node does, beside the one that prints.
expect_exit 0 of_original -e BPFLOCK_KIMGLOCK_PROFILE=baseline -- load
expect_grep 'unchanged: profile baseline' "$work/out"
# Another one would print no log, because there is one reader at a time: it changes nothing either.
expect_exit 7 of_original -e BPFLOCK_KIMGLOCK_PROFILE=restricted -e BPFLOCK_EXEC_SNOOP=all
expect_grep 'process [0-9]+ \(container [0-9a-f]{12}\) drains it already \(nothing was changed\)' "$work/err"
expect_grep '^bpflock-container: hint: .*"follow".*"load"' "$work/err"
expect_status '.profile == "baseline" and .enforcing == true'
# What the hint names: a second one that follows, in another format.
of_original --name second -- follow -o json >"$work/second" 2>&1 &
second=$!
until_true followed
expect_exit 0 podman stop --time 60 second
wait $second

expect_exit 0 podman stop --time 60 bpflock
end_of_terminal
expect_equal $ended 0 "exit status after podman stop"
expect_grep '^bpflock: loaded: profile baseline' "$work/printed"
expect_grep '^bpflock-log: [0-9]+ records read, 0 lost' "$work/printed"
expect_equal "$(our_processes)" "" "what is left of it"
expect_exit 1 contained -- dev_mem

on_terminal -e BPFLOCK_KIMGLOCK_PROFILE=restricted -e BPFLOCK_KIMGLOCK_ALLOW=hibernation
until_true is_loaded '.profile == "restricted"'
expect_denied dev_mem
expect_allowed hibernation
until_true grep 'operation=hibernation .*reason=allow' "$work/terminal"
printf '\003' >&4
end_of_terminal
expect_equal $ended 0 "exit status after ^C"
expect_grep '^bpflock: policy updated: profile restricted' "$work/printed"

# Statuses are the programs' own, and what is wrong changes nothing.
expect_exit 2 of_original -e BPFLOCK_KIMGLOCK_PROFILE=base
expect_exit 127 of_original -- bpflockctl status
expect_exit 126 of_original -- /etc
expect_exit 5 podman run --rm --privileged -v /sys/fs/bpf:/sys/fs/bpf localhost/bpflock
expect_grep 'pid=host' "$work/err"
expect_status '.profile == "restricted"'
expect_exit 0 of_original -- bpflock-ctl status
expect_grep 'restricted' "$work/out"
expect_exit 0 of_original -- bpflock-ctl unload
until_true contained -- dev_mem
expect_exit 0 podman rmi --all --force
