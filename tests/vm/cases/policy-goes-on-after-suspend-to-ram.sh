# ends: sealed
# qemu: -global PIIX4_PM.disable_s3=0
# timeout: 600
# run: places
# A machine that is suspended to RAM, which needs no exception, and woken up by its clock: policy, grants, the log and its reader go on,
# under the preset `desktop` and in a sealed set.
alarm=/sys/class/rtc/rtc0/wakealarm
boottime_ms() { awk '{ printf "%d\n", $1 * 1000 }' /proc/uptime; }
monotonic_ms() { awk '/^now at/ { printf "%d\n", $3 / 1e6; exit }' /proc/timer_list; }
asleep_ms() { echo $(($(boottime_ms) - $(monotonic_ms))); }

# The alarm leaves time for a busy machine to fall asleep.
fall_asleep() {
	before=$(asleep_ms) loaded=$(generation) times=$(cat /sys/power/suspend_stats/success)
	echo 0 >$alarm
	echo +90 >$alarm
	expect_exit 0 sh -c 'echo mem >/sys/power/state'
	expect_equal "$(cat /sys/power/suspend_stats/success)" $((times + 1)) "times that it was suspended"
	slept=$(($(asleep_ms) - before))
	[ $slept -gt 5000 ] || fail "it slept for $slept ms"
	ok "it slept for $slept ms"
	expect_equal "$(generation)" "$loaded" generation
	dmesg >"$work/kernel"
	expect_equal "$(grep -c 'Waking up from system sleep state S3' "$work/kernel")" $((times + 1)) "wake-ups from S3"
}
all_told() {
	bpflock-ctl status --json >"$work/status"
	told=$(jq -s '[.[] | select(.event == "lsm_locked_down")] | unique_by([.boottime_ns, .seq]) | map(.count) | add // 0' "$work/drained")
	[ "$told" = "$(jq '.totals | .decisions - .unlogged' "$work/status")" ]
}

row policy-and-log-go-on
expect_exit 0 bpflock-ctl preset use desktop
load
bpflock-log drain -o json >"$work/drained" 2>"$work/drain.err" &
drain=$!
echo deep >/sys/power/mem_sleep
change grant msr --cgroup /short --for 60s
given=$(boottime_ms)
change grant msr --cgroup /long --for 1h
fall_asleep
[ "$(boottime_ms)" -gt $((given + 61000)) ] || sleep 61
expect_denied in_cgroup /short -- msr
expect_allowed in_cgroup /long -- msr
change revoke --all
expect_status '.state == "enforcing" and .status == 0'
expect_denied dev_mem
expect_denied taskset 2 -- kexec

row seal-holds
change set allow-=hibernation
expect_denied hibernation
change seal --yes
fall_asleep
expect_status '.sealed.proven and .status == 0'
expect_exit 4 bpflock-ctl unload
expect_denied taskset 2 -- debugfs
expect_exit 0 kill -0 $drain
until_true grep '"debugfs".*"deny"' "$work/drained"
until_true all_told
expect_json "$work/status" '.totals | .decisions == .emitted + .coalesced + .dropped + .unlogged'
expect_no_grep '"event":"(lost|missed|invalid)"' "$work/drained"
end_reader $drain
