# kernels: any
# status --watch looks again and again: a block where something has changed, and on a terminal in one place.

load --profile baseline
bpflock-ctl status --watch --interval 200ms >"$work/watched" 2>&1 &
watch=$!
blocks() { grep -c '^20.*Z$' "$work/watched"; }
until_true test -s "$work/watched"
sleep 1
expect_equal "$(blocks)" 1 "blocks while nothing changes"
change block kexec
shows_more() { [ "$(blocks)" -ge 2 ]; }
until_true shows_more
expect_grep '^ +block: kexec' "$work/watched"
expect_denied kexec
until_true grep -q '^kexec +deny +0 +0 +[1-9]' -E "$work/watched"
kill -INT $watch
status=0
wait $watch || status=$?
expect_equal $status 0 "exit status after SIGINT"

# a look takes as long as status does, and takes nothing
before=$(bpflock-log show -o json | wc -l)
bpflock-ctl status --watch --interval 100ms --json >"$work/watched" 2>"$work/err" &
watch=$!
until_true test -s "$work/watched"
ticks() { awk '{ print $14 + $15 + $16 + $17 }' "/proc/$1/stat"; }
proofs() { bpflock-ctl status --json | jq .totals.proofs; }
first=$(proofs)
from=$(ticks $watch)
sleep 3
spent=$(($(ticks $watch) - from)) asked=$(($(proofs) - first))
from=$(ticks $$)
for _ in 1 2 3 4 5 6 7 8 9 10; do
	bpflock-ctl status >"$work/out"
done
ten=$(($(ticks $$) - from))
expect_exit 0 bpflock-ctl unload
until_true sh -c "tail -n 1 '$work/watched' | jq -e '.loaded == false'"
kill -TERM $watch
status=0
wait $watch || status=$?
expect_equal $status 3 "exit status of what is not loaded"
expect_equal "$before" 1 "records"
jq -e -s 'all(.[]; has("state"))' "$work/watched" >/dev/null || fail "not JSON: $(cat "$work/watched")"
ok "each block is an object"
echo "looks with $asked proofs took $spent ticks, ten of status $ten"

# what has changed is emphasized
load --profile baseline --block kexec
reverse=$(printf '\033\[7m')
pty -- sh -c 'stty rows 60 cols 200; exec bpflock-ctl status --watch --interval 200ms' >"$work/shown" 2>&1 &
watch=$!
until_true grep -q 'enforcing (verified): ' "$work/shown"
expect_no_grep "$reverse" "$work/shown"
change block msr
until_true grep -q "block: ${reverse}kexec, msr" "$work/shown"
kill -TERM "$(child_of $watch)"
wait $watch || :
expect_exit 2 bpflock-ctl status --interval 1s
expect_exit 2 bpflock-ctl status --watch --interval 1ms
