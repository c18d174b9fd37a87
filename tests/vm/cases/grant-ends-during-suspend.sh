# timeout: 200
# A grant that ends while the machine sleeps has ended when it wakes up, though the clock that stops in
# between says that there was time left. The kernel's own test of suspending goes as far as stopping its
# clocks, waits, and wakes up by itself.
boottime_ms() { awk '{ printf "%d\n", $1 * 1000 }' /proc/uptime; }
monotonic_ms() { awk '/^now at/ { printf "%d\n", $3 / 1e6; exit }' /proc/timer_list; }

echo deep >/sys/power/mem_sleep
echo core >/sys/power/pm_test
load --profile restricted
mkdir -p /sys/fs/cgroup/g
change grant dev_mem --cgroup /long --for 1h
# A busy machine needs long for what is in between: then once more, with a longer grant.
for seconds in 12 30; do
	echo $((seconds + 3)) >/sys/module/suspend/parameters/pm_test_delay
	given=$(monotonic_ms)
	change grant dev_mem --cgroup /g --for ${seconds}s
	expect_allowed in_cgroup /g -- dev_mem
	slept=$(($(boottime_ms) - $(monotonic_ms)))
	echo mem >/sys/power/state
	slept=$(($(boottime_ms) - $(monotonic_ms) - slept))
	[ $slept -ge $((seconds * 1000)) ] || fail "the machine slept for $slept ms only"
	ok "the machine slept for $slept ms"
	expect_denied in_cgroup /g -- dev_mem
	awake=$(($(monotonic_ms) - given))
	[ $awake -ge $((seconds * 1000)) ] || break
done
[ $awake -lt $((seconds * 1000)) ] || fail "it was awake for $awake ms: the grant ended by the wrong clock, perhaps"
ok "it was awake for $awake ms"
expect_allowed in_cgroup /long -- dev_mem
expect_exit 0 bpflock-ctl grants --json
expect_json "$work/out" '.grants | length == 1 and (.[0].seconds_left | . < 3588 and . > 3000)'
