# kernels: any
# timeout: 240
# ends: sealed
# bpflock-ctl seal is killed at one system call after the other. Before the seal is in force there is none, and
# the next call needs no help; from then on there is one, status says what is missing, the next call does it.
# shellcheck source=tests/vm/seal.sh
. /vm/seal.sh

load_for_seal
number=2 killed=0 sealed=null
while [ "$sealed" = null ]; do
	status=0
	strace -qq -o "$work/trace" -e trace=bpf,mkdirat,unlinkat \
		-e inject=bpf,mkdirat,unlinkat:signal=KILL:when=$number bpflock-ctl seal >"$work/out" 2>&1 || status=$?
	[ $status -eq 137 ] || fail "exit status $status at call $number: $(cat "$work/out")"
	killed=$((killed + 1))
	bpflock-ctl status --json >"$work/status" || :
	sealed=$(jq -c '.sealed.level' "$work/status")
	[ "$sealed" != null ] || expect_json "$work/status" '.status == 0'
	holds "a kill at call $number"
	number=$((number + 12))
done
tail -n 1 "$work/trace"
[ $killed -ge 5 ] || fail "only $killed were killed"
expect_exit 6 bpflock-ctl status
expect_grep 'interrupted.*bpflock-ctl seal' "$work/err"
expect_exit 4 bpflock-ctl unload
refused rename /sys/fs/bpf/bpflock /sys/fs/bpf/aside
change seal
expect_status '.status == 0 and .sealed.level == "objects"'
expect_exit 4 bpflock-ctl set profile=privileged
refused map "$(map_of maps/counters)" update
holds 'all'
