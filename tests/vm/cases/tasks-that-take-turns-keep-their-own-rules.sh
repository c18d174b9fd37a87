# boot: preempt=full
# timeout: 300
# What was found for the task before is remembered on each CPU, where tasks of several cgroups interrupt each other in
# the middle of their decisions: none may get another's answer.

readonly each=30000 processes=2

cat >"$work/conf" <<'END'
[kimglock]
profile = privileged
log = none
[cgroup "/denied"]
profile = restricted
[cgroup "/denied/allowed"]
profile = baseline
[cgroup "/deep/er/denied"]
profile = privileged
block = ioport
END
load --config "$work/conf"
mkdir -p /sys/fs/cgroup/none /sys/fs/cgroup/denied/allowed /sys/fs/cgroup/denied/granted /sys/fs/cgroup/deep/er/denied/ones
change grant ioport --cgroup /denied/granted --for 1h

# CGROUP ANSWER
floods=""
flood_in() {
	in_cgroup "$1" flood $each $processes "$2" &
	floods="$floods $!"
}
flood_in /none allowed
flood_in /denied denied
flood_in /denied/allowed allowed
flood_in /denied/granted allowed
flood_in /deep/er/denied/ones denied
for flood in $floods; do
	wait "$flood" || fail "a task got another's answer"
done
ok "$((5 * each * processes)) answers were right"
expect_status ".operations[] | select(.name == \"ioport\") | .allowed == $((3 * each * processes)) and
	.denied == $((2 * each * processes))"
