# ends: sealed
# Members of the group bpflock read the log of a sealed set too, and still cannot latch or see more.
cp /etc/group "$work/group"
trap 'cp "$work/group" /etc/group; at_exit' EXIT
member() { setpriv --reuid=65534 --regid=65534 --groups=990 --bounding-set=-all "$@"; }
stranger() { setpriv --reuid=65534 --regid=65534 --clear-groups --bounding-set=-all "$@"; }

echo 'bpflock:x:990:' >>/etc/group
load --profile restricted
change seal --yes
expect_denied dev_mem
expect_exit 0 member bpflock-log show -o json
expect_grep '"operation":"dev_mem","decision":"deny"' "$work/out"
expect_exit 4 stranger bpflock-log show
expect_exit 4 member bpflock-ctl latch kcore
expect_exit 4 member bpflock-ctl status
setpriv --reuid=65534 --regid=65534 --groups=990 --bounding-set=-all bpflock-log drain -o json >"$work/log" 2>"$work/err" &
tail=$!
! probe msr 2>/dev/null || fail 'msr is allowed'
until_true grep -q '"operation":"msr"' "$work/log"
kill -TERM $tail
wait $tail || fail "tail: $(cat "$work/err")"
for pin in progs/latch progs/revoke progs/settle progs/locked_down; do
	expect_equal "$(stat -c '%a %u %g' "/sys/fs/bpf/bpflock/$pin")" "600 0 0" "$pin"
done
expect_status '.sealed.proven and .status == 0'
