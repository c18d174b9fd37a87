# kernels: bookworm trixie sid trixie-arm64 sid-arm64
# What is asked next is decided where the task is then, in one and the same process.

open_mem='true </dev/mem'
move() { echo "$task" >"/sys/fs/cgroup$1/cgroup.procs"; }
asked() { # COMMAND STATUS WHERE
	ask mover "$1"
	[ "$answer" = 0 ] || answer=1
	expect_equal "$answer" "$2" "$1 $3"
}

load --profile privileged
change cgroup set /x profile=restricted
mkdir -p /sys/fs/cgroup/x/below
start_task mover in_cgroup /other
asked "$open_mem" 0 "in /other"
move /x/below
asked "$open_mem" 1 "moved into /x/below"
expect_record ".pid == $task and .decision == \"deny\" and .reason == \"denied (cgroup)\""
move /other
asked "$open_mem" 0 "moved back"
ask mover 'exec 3</dev/mem'
move /x
asked "$open_mem" 1 "in /x"
# what was opened before stays open: the kernel asks once
asked 'true <&3' 0 "in /x, opened in /other"
change cgroup set /x profile=privileged
asked "$open_mem" 0 "in /x, whose rule has changed"
