# kernels: any
# timeout: 600
# ends: sealed
# bpflock-ctl seal is killed at one system call after the other. Before the seal is closed what was loaded decides on,
# and the next call waits until the guards have lapsed and begins anew; from then on it is sealed, which status tells,
# and the next call does the rest.
# shellcheck source=tests/vm/seal.sh
. /vm/seal.sh

# killed_at CALLS NUMBER COMMAND...: is killed at the NUMBERth of these system calls, which are in $work/trace
killed_at() {
	calls=$1 number=$2 status=0
	shift 2
	strace -qq -o "$work/trace" -e trace="$calls" -e inject="$calls:signal=KILL:when=$number" \
		"$@" >"$work/out" 2>&1 || status=$?
	[ $status -eq 137 ] || fail "exit status $status at call $number of $calls: $(cat "$work/out")"
}
was_attached() { grep -q PROG_ATTACH "$work/trace"; }
none_left() { [ -z "$(bpf_ids prog '.name | startswith("bplks_")')" ]; }

load_for_seal
call=2 killed=0 lapsed=0 step=71
while [ $lapsed -lt 3 ]; do
	killed_at bpf,renameat2,mkdir,unlinkat $call bpflock-ctl seal --yes
	holds "a kill at call $call: $(tail -n 2 "$work/trace" | head -n 1 | cut -c 1-60)"
	if was_attached; then
		lapsed=$((lapsed + 1)) step=29
		if [ $lapsed -eq 2 ]; then # a change waits and cleans up as well
			change set coalesce=2s
			expect_status '.status == 0 and .leftovers == [] and .sealed == null'
			until_true none_left
		fi
	fi
	killed=$((killed + 1)) call=$((call + step))
done
[ $killed -ge 8 ] || fail "only $killed were killed"

# Closed, and not published yet: whoever looks is told that it is sealed.
killed_at renameat2 1 bpflock-ctl seal --yes
holds 'a kill before it is published'
expect_state degraded 6 'an interrupted seal holds, unpublished'
expect_exit 6 bpflock-ctl status --json
expect_json "$work/out" '.sealed.proven and .enforcing'
expect_exit 6 bpflock-ctl status
expect_grep 'hint: bpflock-ctl seal$' "$work/err"
# the next call is killed as well, while it takes away what was loaded before
killed_at unlinkat 9 bpflock-ctl seal
holds 'a kill of what finishes the seal'
expect_exit 0 bpflock-ctl seal </dev/null
expect_grep 'already sealed' "$work/out"
expect_status '.status == 0 and .sealed.proven and .leftovers == []'
mkdir -p /sys/fs/bpf/bpflock-staging-00000001/progs # as if the sealer had been killed just before its end
expect_exit 4 bpflock-ctl set profile=privileged
expect_exit 4 bpflock-ctl unload
change seal --yes
expect_grep 'already sealed' "$work/out"
expect_status '.status == 0 and .sealed.proven and .leftovers == []'
expect_equal "$(bpftool -j prog show | jq '[.[] | select(.name | startswith("bplks_locked"))] | length')" 1 'locks'
holds 'all'
