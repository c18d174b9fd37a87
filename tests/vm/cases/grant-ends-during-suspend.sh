# timeout: 120
# A grant that ends while the machine sleeps has ended when it wakes up, though no time has passed for it
# by the clock that stops in between.
uptime_s() { cut -d . -f 1 /proc/uptime; }
monotonic_s() { awk '/^now at/ { printf "%d\n", $3 / 1000000000; exit }' /proc/timer_list; }

load --profile restricted
mkdir -p /sys/fs/cgroup/g
change grant dev_mem --cgroup /g --for 20s
change grant dev_mem --cgroup /long --for 1h
expect_allowed in_cgroup /g -- dev_mem
slept=$(($(uptime_s) - $(monotonic_s)))
echo 0 >/sys/class/rtc/rtc0/wakealarm
echo +25 >/sys/class/rtc/rtc0/wakealarm
echo freeze >/sys/power/state
slept=$(($(uptime_s) - $(monotonic_s) - slept))
[ $slept -ge 15 ] || fail "the machine slept for $slept s only"
ok "the machine slept for $slept s"
expect_denied in_cgroup /g -- dev_mem
expect_allowed in_cgroup /long -- dev_mem
expect_exit 0 bpflock-ctl grants --json
expect_json "$work/out" '.grants | length == 1 and (.[0].seconds_left | . < 3590 and . > 3000)'
