# Members of the group bpflock read the ring and what belongs to it, and nothing else.
cp /etc/group "$work/group"
trap 'cp "$work/group" /etc/group; at_exit' EXIT
member() { setpriv --reuid=65534 --regid=65534 --groups=990 --bounding-set=-all "$@"; }
stranger() { setpriv --reuid=65534 --regid=65534 --clear-groups --bounding-set=-all "$@"; }

load --profile restricted
expect_exit 4 member bpflock-log show
bpflock-ctl unload

echo 'bpflock:x:990:' >>/etc/group
load --profile restricted
expect_denied dev_mem
expect_exit 0 member bpflock-log show -o json
expect_grep '"op":"dev_mem","decision":"deny"' "$work/out"
expect_exit 4 stranger bpflock-log show
expect_exit 4 member bpflock-ctl status
expect_exit 4 member bpflock-ctl set profile=privileged
for pin in maps/policy maps/rules maps/counters progs/locked_down links/locked_down; do
	expect_equal "$(stat -c '%a %u %g' "/sys/fs/bpf/bpflock/$pin")" "600 0 0" "$pin"
done
expect_equal "$(stat -c '%a %g' /sys/fs/bpf/bpflock/maps/ring)" "660 990" ring
! member ls /sys/fs/bpf 2>/dev/null || fail "others' pins can be listed"
ok "others' pins cannot be listed"

# a consumer of its own, over a change of programs too
setpriv --reuid=65534 --regid=65534 --groups=990 --bounding-set=-all \
	bpflock-log tail -o json >"$work/tail" 2>"$work/tail.err" &
tail=$!
until_true grep -q dev_mem "$work/tail"
load --profile restricted --exec-snoop all
expect_denied msr
until_true grep -q '"op":"msr"' "$work/tail"
kill $tail
wait $tail
expect_grep ' 0 lost' "$work/tail.err"
