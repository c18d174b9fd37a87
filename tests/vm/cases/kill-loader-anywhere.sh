# timeout: 300
# Killed at whatever step, the old policy or the new one holds; the next run cleans up.

load --profile restricted
delay=1 killed=0
while [ $delay -le 40 ]; do
	policy="--profile privileged --block dev_mem"
	[ $((delay % 2)) -eq 0 ] || policy="--profile restricted --exec-snoop all"
	# shellcheck disable=SC2086 # words
	timeout -s KILL "$(printf '0.%03d' $((delay * 15)))" bpflock $policy >/dev/null 2>&1 || {
		[ $? -ne 137 ] || killed=$((killed + 1))
	}
	probe dev_mem 2>/dev/null && fail "dev_mem is allowed after a kill at $((delay * 15)) ms"
	delay=$((delay + 1))
done
[ $killed -ge 5 ] || fail "only $killed loaders were slow enough to be killed"
ok "dev_mem was denied after each, $killed of them killed"
load --profile baseline
expect_equal "$(ls /sys/fs/bpf)" bpflock "what is in bpffs"
expect_allowed dev_mem
expect_denied unshare -n -- dev_mem
expect_status '.firing == true and .profile == "baseline"'
