# Members of the group bpflock read the ring and what belongs to it, and nothing else.
cp /etc/group "$work/group"
trap 'cp "$work/group" /etc/group; rm -f /usr/lib/group; at_exit' EXIT
member() { setpriv --reuid=65534 --regid=65534 --groups=990 --bounding-set=-all "$@"; }
stranger() { setpriv --reuid=65534 --regid=65534 --clear-groups --bounding-set=-all "$@"; }

load --profile restricted
expect_exit 4 member bpflock-log show
expect_grep 'run it as root' "$work/err"
# made after the load, and by an image: root is not what is missing
mkdir -p /usr/lib
echo 'bpflock:x:990:' >/usr/lib/group
expect_exit 4 member bpflock-log show
expect_grep 'reload bpflock' "$work/err"
expect_no_grep 'run it as root' "$work/err"
expect_exit 4 stranger bpflock-log show
expect_grep 'as a member of the group bpflock' "$work/err"
expect_exit 0 bpflock --profile restricted
expect_exit 0 member bpflock-log show
rm /usr/lib/group
bpflock-ctl unload

echo 'bpflock:x:990:' >>/etc/group
load --profile restricted
expect_denied dev_mem
expect_exit 0 member bpflock-log show -o json
expect_grep '"operation":"dev_mem","decision":"deny"' "$work/out"
expect_exit 4 stranger bpflock-log show
expect_exit 4 member bpflock-ctl status
expect_exit 4 member bpflock-ctl set profile=privileged
for pin in maps/policy maps/rules maps/counters progs/locked_down links/locked_down; do
	expect_equal "$(stat -c '%a %u %g' "/sys/fs/bpf/bpflock/$pin")" "600 0 0" "$pin"
done
expect_equal "$(stat -c '%a %g' /sys/fs/bpf/bpflock/maps/ring)" "660 990" ring
for pin in maps/recent maps/kept; do
	expect_equal "$(stat -c '%a %g' "/sys/fs/bpf/bpflock/$pin")" "640 990" "$pin"
done
! member ls /sys/fs/bpf 2>/dev/null || fail "others' pins can be listed"
ok "others' pins cannot be listed"

# What is counted cannot be made wrong by a member: of the slots that counters follow, forged ones that a program would
# count as carried or replaced. Root can write them, so that the attempt is one.
forge() { # PREFIX...; sets $forged to how many slots could be written
	forged=0
	for map in recent:24 kept:16; do
		bpftool -j map dump pinned "/sys/fs/bpf/bpflock/maps/${map%:*}" >"$work/map"
		# 255 repetitions; a record of 255 bytes
		jq -r --argjson at "${map#*:}" '.[:8][] | (.key | join(" ")), (.value[:$at] + ["0xff"] + .value[$at + 1:]
			| join(" "))' "$work/map" >"$work/slots"
		while read -r key && read -r value; do
			# shellcheck disable=SC2086 # words
			! "$@" bpftool map update pinned "/sys/fs/bpf/bpflock/maps/${map%:*}" key $key value $value \
				2>>"$work/forge.err" || forged=$((forged + 1))
		done <"$work/slots"
	done
}
forge member
expect_equal "$forged" 0 "slots that a member has written"
expect_grep 'Operation not permitted|Permission denied' "$work/forge.err"
member bpflock-log show -o json >/dev/null
member bpflock-log show -o json >/dev/null
expect_status '.totals | .coalesced <= .decisions and .emitted <= .decisions and .dropped <= .decisions
	and .decisions == .emitted + .coalesced + .dropped + .unlogged'
forge env
expect_equal "$forged" 16 "slots that root has written"
bpflock-ctl unload

# what is beside a full ring is a member's to take
load --profile privileged --coalesce 0 --ring-size 64K
flood 3000 1
setpriv --reuid=65534 --regid=65534 --groups=990 --bounding-set=-all \
	bpflock-log drain -o json >"$work/tail" 2>/dev/null &
tail=$!
until_true grep -q '"event":"lost"' "$work/tail"
kill $tail
wait $tail
bpflock-ctl status --json >"$work/status"
expect_equal "$(jq -s '[.[] | select(.event == "lost") | .count] | add' "$work/tail")" \
	"$(jq .totals.dropped "$work/status")" lost
expect_equal "$(jq -s 'map(select(.event != "lost")) | length' "$work/tail")" "$(jq .totals.emitted "$work/status")" \
	"records read"
bpflock-ctl unload
load --profile restricted
expect_denied dev_mem

# a consumer of its own, over a change of programs too
setpriv --reuid=65534 --regid=65534 --groups=990 --bounding-set=-all \
	bpflock-log drain -o json >"$work/tail" 2>"$work/tail.err" &
tail=$!
until_true grep -q dev_mem "$work/tail"
load --profile restricted --exec-log all
expect_denied msr
until_true grep -q '"operation":"msr"' "$work/tail"
kill $tail
wait $tail
expect_grep ' 0 lost' "$work/tail.err"
