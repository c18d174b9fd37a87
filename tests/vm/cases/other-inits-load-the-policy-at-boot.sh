# each: sysvinit runit
# root: sysvinit
# kernels: trixie
# timeout: 300
# run: places
# Where there is no systemd, the init script of bpflock-recipes(7) loads the policy before udev applies its rules, with sysvinit
# and with runit. Nothing but the file systems of the kernel is mounted then. A wrong policy does not stop the boot.
before_boot() {
	awk '/^# cat >\/etc\/init.d\//, /^# update-rc[.]d/ {
		if (!here) sub(/^# /, "")
		print
		if (/<<"END"$/) here = 1
		if (/^END$/) here = 0 }' /vm/source/man/bpflock-recipes.7.scd >/vm/recipe
	cat /vm/recipe
	sh -eux /vm/recipe
	printf '[kimglock]\nprofile = restricted\n' >/etc/bpflock/bpflock.conf
	echo 'ACTION=="add", SUBSYSTEM=="mem", KERNEL=="null", RUN+="/vm/witness"' >/etc/udev/rules.d/01-witness.rules
	cat >/vm/witness <<-'END'
		#!/bin/sh
		status=0
		/vm/probe dev_mem || status=$?
		echo $status >>/run/witness
	END
	chmod 755 /vm/witness
	! grep -q '^each=runit$' /vm/cases/*.sh || ln -sf runit-init /usr/sbin/init
}

row at-boot
# shellcheck disable=SC2154 # of tests/run
case $each in
runit) expect_grep '^runit' /proc/1/comm ;;
sysvinit) expect_grep '^init' /proc/1/comm ;;
esac
expect_exit 1 test -d /run/systemd/system
expect_state enforcing 0
expect_status '.profile == "restricted" and .generation == 1'
expect_denied dev_mem
until_true test -s /run/witness
expect_equal "$(sort -u /run/witness)" 1 "what a rule of udev met"
expect_record '.operation == "dev_mem" and .decision == "deny" and .comm == "probe"'
expect_exit 0 bpflock-ctl doctor
grep -E 'bpf|security' /proc/mounts

row again
printf '[kimglock]\nprofile = restricted\nallow = dev_mem\n' >/etc/bpflock/bpflock.conf
expect_exit 0 /etc/init.d/bpflock start
expect_allowed dev_mem
printf '[kimglock]\nprofile = restrictive\n' >/etc/bpflock/bpflock.conf
expect_exit 2 /etc/init.d/bpflock start
expect_status '.profile == "restricted" and .refused != null'
expect_exit 0 /etc/init.d/bpflock stop
expect_denied msr

row without-systemd
expect_exit 2 bpflock-ctl grant dev_mem --unit cron.service --for 1h
expect_grep 'systemd does not run here.*--cgroup PATH' "$work/err"
