# timeout: 120
# ends: sealed
# What is denied while a set is being sealed is counted by the set that takes over, but for a few in the moment when it is
# attached.
# shellcheck source=tests/vm/seal.sh
. /vm/seal.sh

load_for_seal --log none
denied() { bpflock-ctl status --json | jq '[.operations[] | select(.name == "dev_mem").denied][0]'; }
before=$(denied)
(
	n=0
	until [ -e "$work/stop" ]; do
		! probe dev_mem 2>/dev/null || exit 1
		n=$((n + 1))
		echo $n >"$work/asked"
	done
) &
asker=$!
sleep 1
change seal --yes
enough() { [ "$(cat "$work/asked")" -ge 50 ]; }
wait_until enough
touch "$work/stop"
wait $asker || fail 'dev_mem was allowed while it was being sealed'
asked=$(cat "$work/asked") after=$(denied)
difference=$((after - before - asked))
[ $difference -ge -10 ] && [ $difference -le 2 ] || fail "$asked were denied, $((after - before)) counted"
ok "$asked were denied, $((after - before)) counted"
expect_status '.sealed.proven and .status == 0 and (.totals | .decisions == .emitted + .coalesced + .dropped + .unlogged)'
