# boot: preempt=full
# timeout: 300
# What was found for the task before is remembered on each CPU, where tasks of several cgroups interrupt each other in
# the middle of their decisions: none may get another's answer.

readonly each=100000 processes=2 interruptions=30000

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

# CGROUP FLOOD...
floods=""
flood_in() {
	in_cgroup "$@" &
	floods="$floods $!"
}
flood_in /none flood $each $processes allowed
flood_in /denied flood $each $processes denied
flood_in /denied/allowed flood $each $processes allowed
flood_in /denied/granted flood $each $processes allowed
flood_in /deep/er/denied/ones flood $each $processes denied
flood_in /denied/granted flood $interruptions 1 allowed interrupting
flood_in /denied flood $interruptions 1 denied interrupting
for flood in $floods; do
	wait "$flood" || fail "a task got another's answer"
done
ok "$((5 * each * processes + 2 * interruptions)) answers were right"
expect_status ".operations[] | select(.name == \"ioport\") | .allowed == $((3 * each * processes + interruptions)) and
	.denied == $((2 * each * processes + interruptions))"
