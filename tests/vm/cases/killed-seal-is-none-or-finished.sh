# kernels: any
# timeout: 600
# ends: sealed
# bpflock-ctl seal is killed at one system call after the other. Before the seal is closed what was loaded decides on,
# and the next call waits until the guards have lapsed and begins anew; from then on it is sealed, and the next
# call does the rest.
# shellcheck source=tests/vm/seal.sh
. /vm/seal.sh

load_for_seal
number=2 killed=0 lapsed=0 sealed=null
while [ "$sealed" = null ]; do
	status=0
	strace -qq -o "$work/trace" -e trace=bpf,renameat2,mkdir,unlinkat \
		-e inject=bpf,renameat2,mkdir,unlinkat:signal=KILL:when=$number \
		bpflock-ctl seal --yes >"$work/out" 2>&1 || status=$?
	[ $status -eq 137 ] || fail "exit status $status at call $number: $(cat "$work/out")"
	killed=$((killed + 1))
	! grep -q PROG_ATTACH "$work/trace" || lapsed=$((lapsed + 1))
	bpflock-ctl status --json >"$work/status" 2>"$work/err" || :
	sealed=$(jq -c 'if .sealed.proven then true else null end' "$work/status")
	if [ $lapsed -eq 2 ] && [ "$sealed" = null ]; then # a change waits and cleans up as well
		change set coalesce=2s
		expect_status '.status == 0 and .leftovers == []'
		none_left() { [ -z "$(bpf_ids prog '.name | startswith("bplks_")')" ]; }
		until_true none_left
	fi
	holds "a kill at call $number: $(tail -n 2 "$work/trace" | head -n 1 | cut -c 1-60)"
	number=$((number + 29))
done
[ $killed -ge 8 ] || fail "only $killed were killed"
[ $lapsed -ge 3 ] || fail "only $lapsed were killed with programs attached"
mkdir -p /sys/fs/bpf/bpflock-staging-00000001/progs # as if the sealer had been killed just before its end
expect_exit 4 bpflock-ctl set profile=privileged
expect_exit 4 bpflock-ctl unload
change seal --yes
expect_grep 'already sealed' "$work/out"
expect_status '.status == 0 and .sealed.proven and .leftovers == []'
expect_equal "$(bpftool -j prog show | jq '[.[] | select(.name | startswith("bplks_locked"))] | length')" 1 'locks'
holds 'all'
