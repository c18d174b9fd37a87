# kernels: any
# timeout: 240
# Eight who load and change the policy for a minute, on a busy machine for longer, two of them killed at any moment: one after the other,
# each is done or gives way with status 7, whoever is killed holds no lock, and what is in force in the end
# is what one of them wanted.

until=$(($(date +%s) + 50))
count() { cat "$work"/*.statuses | grep -c "^$1\$" || :; }
enough() { [ "$(count 0)" -ge 8 ] && [ "$(count 137)" -ge 3 ]; }
busy() { [ "$(date +%s)" -lt $until ] || { ! enough && [ "$(date +%s)" -lt $((until + 200)) ]; }; }
printf '[kimglock]\nprofile = privileged\nblock = dev_mem, msr\n' >"$work/msr"
printf '[kimglock]\nprofile = privileged\nblock = dev_mem, kcore\n' >"$work/kcore"

# writer NAME COMMAND...: over and over; its exit statuses, one a line
writer() {
	name=$1
	shift
	while busy; do
		status=0
		"$@" >/dev/null 2>"$work/$name.err" || status=$?
		echo $status >>"$work/$name.statuses"
		case $status in
		0) ;;
		7) grep -q 'cannot lock' "$work/$name.err" || echo "7 without a word" >>"$work/bad" ;;
		137) ;;
		*) echo "$name: $status: $(cat "$work/$name.err")" >>"$work/bad" ;;
		esac
	done
}

killed_later() {
	delay=$(awk -v seed="$(date +%s)$$" 'BEGIN { srand(seed); printf "%.2f", 0.1 + 2 * rand() }')
	timeout -s KILL "$delay" "$@"
}

load --profile restricted
taskset 2 probe --hammer dev_mem 1000 1000 >"$work/hammer" &
hammer=$!
writers=""
begin() { writer "$@" & writers="$writers $!"; }
begin restricted bpflock --profile restricted
begin traced bpflock --profile privileged --block dev_mem,ioport --exec-log failed
begin untraced bpflock --profile privileged --block dev_mem,ioport --exec-log none
begin msr bpflock-ctl apply "$work/msr"
begin kcore bpflock-ctl apply "$work/kcore"
begin trial bpflock-ctl apply --for 1h "$work/msr"
begin killed killed_later bpflock --profile restricted
begin killed-too killed_later bpflock-ctl apply "$work/kcore"
# shellcheck disable=SC2086 # words
wait $writers
[ ! -s "$work/bad" ] || { cat "$work/bad"; fail "neither done nor busy"; }
echo "points: $(count 0) done, $(count 7) busy, $(count 137) killed"
[ "$(count 0)" -ge 8 ] || fail "only $(count 0) were done"
[ "$(count 137)" -ge 3 ] || fail "only $(count 137) were killed"
# the lock went with its last holder; what a killed one left goes with the next
expect_exit 0 bpflock-ctl cgroup set /x profile=restricted
expect_equal "$(ls /sys/fs/bpf)" bpflock "what is in bpffs"
expect_status '.status == 0 and .enforcing and .leftovers == [] and ([.profile, .block] | tojson |
	IN("[\"restricted\",[]]", "[\"privileged\",[\"dev_mem\",\"ioport\"]]",
	"[\"privileged\",[\"dev_mem\",\"msr\"]]", "[\"privileged\",[\"dev_mem\",\"kcore\"]]"))'
for operation in ioport msr; do
	denied=$(jq -r "[.operations[] | select(.name == \"$operation\").decision] | first" "$work/status")
	case $denied in
	deny) expect_denied $operation ;;
	*) expect_allowed $operation ;;
	esac
done
kill -TERM $hammer
wait $hammer
expect_grep '^allowed=0 denied=[1-9]' "$work/hammer"
