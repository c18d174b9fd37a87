# The original's second story, word for word.

expect_exit 0 unshare -f -p -n head -c 1 /dev/mem
load --profile baseline
expect_exit 0 head -c 1 /dev/mem
expect_exit 1 unshare -f -p -n head -c 1 /dev/mem
expect_grep 'Operation not permitted' "$work/err"
bpflock-log show -o classic >"$work/classic"
expect_grep 'operation=/dev/mem,kmem,port .*comm=head .*retval=-1 reason=denied \(baseline\)" bpfprog=kimglock' "$work/classic"
