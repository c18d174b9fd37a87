# kernels: any
# root: systemd
# The unit works with what it is left: it reads the policy in force, and writes one file.
directory=/var/lib/prometheus/node-exporter
file=$directory/bpflock.prom

expect_exit 0 systemctl start bpflock-metrics.service
expect_equal "$(systemctl show -P ConditionResult bpflock-metrics.service)" no "condition without a node exporter"
# the exporter may run as another user, and have a directory of its own
mkdir -p $directory
chown 65534:65534 $directory
expect_exit 0 systemctl start bpflock-metrics.service
expect_grep '^bpflock_up 0$' $file
load --profile restricted
change cgroup set /system.slice/x.service profile=privileged
expect_denied dev_mem
# by the timer, whose minute comes soon
date -s "@$((($(date +%s) / 60 + 1) * 60 - 5))"
expect_exit 0 systemctl start bpflock-metrics.timer
until_true grep -x 'bpflock_decisions_total{operation="dev_mem",verdict="denied"} 1' $file
expect_grep '^bpflock_enforcing 1$' $file
expect_grep '^bpflock_cgroups 1$' $file
expect_equal "$(stat -c '%a %u' $file)" "644 0" "mode and owner"
expect_equal "$(ls -A $directory)" bpflock.prom files
expect_exit 0 systemctl stop bpflock-metrics.timer
# also what the sandbox could hide
echo 0 >/proc/sys/kernel/ftrace_enabled
expect_exit 0 systemctl start bpflock-metrics.service
echo 1 >/proc/sys/kernel/ftrace_enabled
expect_grep '^bpflock_enforcing 0$' $file
# a line in the journal is an error
journalctl --sync
expect_equal "$(journalctl -b -u bpflock-metrics.service -o cat --no-pager -q)" "" "what it has to say"
mount -t tmpfs -o ro tmpfs $directory
expect_exit 1 systemctl start bpflock-metrics.service
umount $directory
until_true sh -c "journalctl -b -u bpflock-metrics.service -o cat --no-pager | grep '$file: cannot write'"
expect_exit 0 systemctl reset-failed bpflock-metrics.service

expect_exit 0 systemd-analyze security --no-pager --threshold=20 bpflock-metrics.service
expect_exit 0 systemd-analyze verify --man=no bpflock-metrics.service bpflock-metrics.timer
cat "$work/out" "$work/err" >verified
expect_equal "$(cat verified)" "" "what systemd-analyze says"
rm -r /var/lib/prometheus
