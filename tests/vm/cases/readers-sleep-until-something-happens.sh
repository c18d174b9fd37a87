# kernels: any
# timeout: 400
# Readers that wait are not woken from time to time, whether or not the ring is empty, and miss nothing for all that:
# no record, no repetition, no other set, nothing that is mounted over it.
cp /etc/group "$work/group"
trap 'cp "$work/group" /etc/group; at_exit' EXIT
echo 'bpflock:x:990:' >>/etc/group
member() { exec setpriv --reuid=65534 --regid=65534 --groups=990 --bounding-set=-all "$@"; }

wake_ups() { sed -n 's/^voluntary_ctxt_switches:[[:space:]]*//p' "/proc/$1/status"; }
# Whoever looks once a second never has a time without it.
sleeps() {
	before=$(wake_ups "$1")
	sleep 3
	[ "$(wake_ups "$1")" = "$before" ]
}
printed() { [ "$(grep -c "\"operation\":\"$2\"" "$work/$1")" -ge "$3" ]; }
ended() { ! kill -0 "$1"; }

row without-a-drain
load --profile privileged --coalesce 0 --ring-size 64K
bpflock-log follow -o json >"$work/follow" 2>"$work/follow.err" &
follow=$!
member bpflock-log follow -o json >"$work/member" 2>/dev/null &
member=$!
for n in 1 2; do
	expect_allowed dev_mem
	until_true printed follow dev_mem $n
	until_true printed member dev_mem $n
	until_true sleeps $follow
done
until_true sleeps $member
# Decisions that find no room wake nobody: with little of it, there are looks. The last of them says so.
flood 3000 1
until_true grep -q '"event":"lost"' "$work/follow"
until_true grep -q '"event":"lost"' "$work/member"

row with-a-drain
bpflock-log drain -o json >"$work/drain" 2>/dev/null &
drain=$!
until_true grep -q '"event":"lost"' "$work/drain"
until_true sleeps $drain
expect_allowed msr
until_true printed drain msr 1
until_true printed follow msr 1
until_true printed member msr 1
until_true sleeps $drain
until_true sleeps $follow

row with-repetitions
# All but the first wait, and no record wakes anybody for them.
change set coalesce=3s
flood 1000 1
told() {
	[ "$(jq -s 'map(select(.comm == "flood" and .generation == 2) | .count) | add' "$work/drain")" -eq 1000 ]
}
until_true told
until_true sleeps $drain

row after-a-load
load --profile restricted --ring-size 64K
until_true sleeps $drain
expect_denied dev_mem
denied() { grep -q '"operation":"dev_mem","decision":"deny"' "$work/$1"; }
until_true denied drain
until_true denied follow
until_true denied member
until_true sleeps $drain
until_true sleeps $follow

row and-what-is-mounted-over-it
mount -t tmpfs none /sys/fs/bpf
until_true ended $drain
until_true ended $follow
until_true ended $member
for reader in $drain $follow $member; do
	status=0
	wait $reader || status=$?
	expect_equal $status 3 "exit status of a reader"
done
umount /sys/fs/bpf

row until-it-is-unloaded
bpflock-log follow -o json >"$work/follow" 2>"$work/follow.err" &
follow=$!
until_true sleeps $follow
bpflock-ctl unload
until_true ended $follow
status=0
wait $follow || status=$?
expect_equal $status 3 "exit status of a reader"
