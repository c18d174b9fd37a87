# kernels: any
# root: systemd
# timeout: 1500
# page: /vm/source/man/%.scd
# each: bpflock.8 bpflock-ctl.8 bpflock-doctor.7 bpflock-json.7 bpflock-log.8 bpflock-metrics.7 bpflock-operations.7 bpflock.conf.5 bpflock.service.8
# The commands of each page are run as they are printed there. Those of bpflock-seal(7) have a case of their own.
# shellcheck source=tests/vm/examples.sh
. /vm/examples.sh
# A unit that pages name, and this Debian does not have.
printf '[Service]\nExecStart=/bin/sleep 1000\n' >/run/systemd/system/cron.service
systemctl daemon-reload
run_examples "$each"

# What is in no cleaning up.
systemctl -q disable --now bpflock-metrics.timer bpflock.service
systemctl -q unmask bpflock-log.service
rm -rf /etc/systemd/system/bpflock*.d /run/systemd/system/cron.service /srv/textfiles /root/new.conf /root/log
systemctl daemon-reload
