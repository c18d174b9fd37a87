# kernels: any
# timeout: 180
# Whoever changes the policy holds a lock; others wait a little, then say who it is.

load --profile restricted
strace -qq -o "$work/strace" -e trace=renameat2 -e inject=renameat2:delay_enter=200000000 \
	bpflock --profile restricted --exec-log all >/dev/null 2>&1 &
strace=$!
until_true sh -c 'ls -d /sys/fs/bpf/bpflock-staging-*'
expect_exit 7 bpflock --wait 0 --profile privileged
holder=$(our_processes | sed -n 's,^/proc/\([0-9]*\) bpflock$,\1,p' | head -n 1)
expect_grep "cannot lock: process $holder is changing" "$work/err"
expect_exit 7 bpflock-ctl set profile=privileged
expect_grep "cannot lock: process $holder is changing" "$work/err"
before=$(cut -d ' ' -f 1 /proc/uptime)
expect_exit 7 bpflock-ctl unload --wait 3s
awk -v before="$before" '{ exit !($1 - before >= 3) }' /proc/uptime || fail "it did not wait for 3 s"
expect_exit 2 bpflock --wait soon
expect_grep '"soon" is not a duration' "$work/err"
expect_exit 2 bpflock-ctl status --wait 3s
# who waits for long enough has its turn
bpflock-ctl set --wait 5m profile=privileged >"$work/waiting" 2>&1 &
waiting=$!
# reading goes on: a load in progress is no trouble
expect_status '.load_in_progress == true and .enforcing == true and .profile == "restricted"'
# strace would wait for the delay's end
kill -KILL "$holder" $strace
wait $strace || true
wait $waiting || fail "did not have its turn: $(cat "$work/waiting")"
expect_status '.profile == "privileged"'
# the lock went with its holder
load --profile baseline
expect_allowed dev_mem
