# kernels: bookworm trixie sid
# root: systemd
# timeout: 1500
# reboots: once
# ends: sealed
# run: places
# Under the preset `desktop` systemd writes the memory to the swap, the machine restarts, and the kernel that starts then gives way to
# what was written: policy, grants, a trial, the log and its reader go on, and time spent asleep counts. Under `server` it is refused.
before_boot() {
	started=$(dd if=/dev/vdb bs=1M skip=1023 count=1 iflag=direct | tr -d '\000')
	printf '%sstarted ' "$started" | dd of=/dev/vdb bs=1M seek=1023 conv=sync,fsync iflag=fullblock
	printf '[Sleep]\nHibernateMode=reboot\n' >/etc/systemd/sleep.conf
	# if there is an image, this does not return
	cat /sys/class/block/vdb/dev >/sys/power/resume || :
}
drop_in=/etc/bpflock/bpflock.conf.d/50-local.conf
boottime_ms() { awk '{ printf "%d\n", $1 * 1000 }' /proc/uptime; }
monotonic_ms() { awk '/^now at/ { printf "%d\n", $3 / 1e6; exit }' /proc/timer_list; }
asleep_ms() { echo $(($(boottime_ms) - $(monotonic_ms))); }
# how often a kernel has started, by what is on the disk beside the swap
starts() { dd if=/dev/vdb bs=1M skip=1023 count=1 iflag=direct 2>/dev/null | tr -d '\000' | wc -w; }

hibernate() {
	expected_starts=$(($(starts) + 1)) before=$(asleep_ms)
	expect_exit 0 systemctl start systemd-hibernate.service
	expect_equal "$(starts)" $expected_starts "kernels that have started"
	slept=$(($(asleep_ms) - before))
	[ $slept -gt 0 ] || fail "it slept for $slept ms"
	ok "it slept for $slept ms"
}
# wait_since MILLISECONDS SECONDS: until more than that has passed, time asleep included
wait_since() {
	left=$(($1 + $2 * 1000 + 1500 - $(boottime_ms)))
	[ $left -le 0 ] || sleep $((left / 1000 + 1))
}
# what the drain has printed is all that was decided; a sealed set numbers its records anew
all_told() {
	bpflock-ctl status --json >"$work/status"
	told=$(jq -s '[.[] | select(.event == "lsm_locked_down")] | unique_by([.boottime_ns, .seq]) | map(.count) | add // 0' "$work/drained")
	[ "$told" = "$(jq '.totals | .decisions - .unlogged' "$work/status")" ]
}

row refused-under-server
expect_exit 0 mkswap /dev/vdb 1000000
expect_exit 0 swapon /dev/vdb
expect_exit 0 bpflock-ctl preset use server
load
bpflock-log drain -o json >"$work/drained" 2>"$work/drain.err" &
drain=$!
expect_grep '^\[disabled\]$' /sys/power/disk
! systemctl start systemd-hibernate.service || fail "systemd-hibernate has succeeded"
expect_exit 1 sh -c 'echo disk >/sys/power/state'
expect_equal "$(starts)" 1 "kernels that have started"
until_true grep '"hibernation".*"deny".*"systemd-sleep"' "$work/drained"

row policy-and-log-go-on
expect_exit 0 bpflock-ctl preset use desktop
mkdir -p "${drop_in%/*}"
printf '[kimglock]\nlog = all\n' >$drop_in
load
change cgroup set /like-no-other profile=privileged block=msr
loaded=$(generation)
expect_denied dev_mem
hibernate
expect_exit 0 kill -0 $drain
expect_equal "$(generation)" "$loaded" generation
expect_status '.state == "enforcing" and .status == 0'
expect_denied kexec
expect_denied dev_mem
expect_denied in_cgroup /like-no-other -- msr
expect_allowed in_cgroup /like-no-other -- dev_mem
until_true grep '"kexec".*"deny"' "$work/drained"
expect_grep '"hibernation".*"allow".*"systemd-sleep"' "$work/drained"
until_true all_told
expect_json "$work/status" '.totals | .decisions == .emitted + .coalesced + .dropped + .unlogged'
expect_no_grep '"event":"(lost|missed|invalid)"' "$work/drained"

row grants-end-in-time
change grant dev_mem --cgroup /short --for 2m
begun=$(boottime_ms)
change grant dev_mem --cgroup /long --for 1h
given=$(boottime_ms)
expect_allowed in_cgroup /short -- dev_mem
hibernate
wait_since "$given" 120
expect_denied in_cgroup /short -- dev_mem
expect_allowed in_cgroup /long -- dev_mem
most=$((3601 - ($(boottime_ms) - given) / 1000))
expect_exit 0 bpflock-ctl grants --json
least=$((3599 - ($(boottime_ms) - begun) / 1000))
expect_json "$work/out" ".grants | length == 1 and (.[0].seconds_left | . <= $most and . >= $least)"
change revoke --all

row trial-ends-in-time
before_trial=$(generation)
printf '[kimglock]\nprofile = privileged\n' >"$work/trial"
change apply --for 2m "$work/trial"
given=$(boottime_ms)
expect_allowed dev_mem
hibernate
wait_since "$given" 120
expect_denied dev_mem
expect_status ".generation == $before_trial and .trial == {reverted: true} and .state == \"enforcing\""

row seal-holds
change seal --yes
hibernate
expect_status '.sealed.proven and .status == 0'
expect_exit 4 bpflock-ctl unload
expect_denied dev_mem
until_true all_told
expect_no_grep '"event":"(lost|missed|invalid)"' "$work/drained"
end_reader $drain
