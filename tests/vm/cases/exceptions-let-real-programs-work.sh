# kernels: any
# root: catalogue
# boot: crashkernel=160M
# qemu: -m 1536M -drive if=virtio,snapshot=on,format=raw,file.driver=null-co,file.size=2G,file.read-zeroes=on
# timeout: 500
# run: places
# Each exception is what Debian's package needs, and no less: without it the real program is refused, and the record
# names its unit; with it the program works, and others are refused all the same.
before_boot() {
	systemctl mask ras-mc-ctl.service thermald.service smartmontools.service fwupd-refresh.timer
	systemctl disable kdump-tools.service rasdaemon.service
	printf 'USE_KDUMP=1\nKDUMP_KERNEL=/vm/vmlinuz\nKDUMP_INITRD=/etc/hostname\n' >>/etc/default/kdump-tools
}

mkdir -p /etc/bpflock
# with NAME...: preset server and these exceptions, loaded; what is recorded from now on is in $work/seen, later than $begun, ns
with() {
	end_tasks
	rm -f /etc/bpflock/bpflock.conf.d/10-exception-*
	for exception in "$@"; do
		expect_exit 0 bpflock-ctl preset use "$exception"
	done
	load
	bpflock-log follow -o json >"$work/seen" &
	tasks=$! jobs=$!
	# it prints what is in the ring, too
	begun=$(awk '{ printf "%.0f", $1 * 1000000000 }' /proc/uptime)
}
# was_refused OPERATION UNIT [COMM]: COMM, where the unit ends at once, so that its cgroup may be gone when its record is read
was_refused() {
	jq -e -s "any(.[]; .boottime_ns > $begun and .operation == \"$1\" and .decision == \"deny\" and
		(.unit == \"$2\" or (.unit == null and .comm == \"${3:-}\")))" "$work/seen" >/dev/null
}
expect_refused() {
	until_true was_refused "$@"
	ok "$1 was refused to $2"
}
expect_not_refused() {
	sleep 1
	! was_refused "$1" "$2" || fail "$1 was refused to $2"
	ok "$1 was not refused to $2"
}
crash_kernel() { cat /sys/kernel/kexec_crash_loaded; }

expect_exit 0 bpflock-ctl preset use server

row kdump
with
systemctl start kdump-tools || :
expect_equal "$(crash_kernel)" 0 "crash kernel without the exception"
expect_refused kexec kdump-tools.service kexec
with kdump
expect_exit 0 systemctl restart kdump-tools
expect_equal "$(crash_kernel)" 1 "crash kernel with it"
kexec -p -u || :
expect_equal "$(crash_kernel)" 1 "crash kernel after somebody else has tried to unload it"
expect_exit 0 systemctl stop kdump-tools
expect_equal "$(crash_kernel)" 0 "crash kernel after the unit has unloaded it"

# As far as freezing all tasks, and back: then the guest would end.
row hibernate
expect_exit 0 mkswap /dev/vdb
expect_exit 0 swapon /dev/vdb
echo freezer >/sys/power/pm_test
can_hibernate() { busctl call org.freedesktop.login1 /org/freedesktop/login1 org.freedesktop.login1.Manager CanHibernate; }
with
expect_equal "$(can_hibernate)" 's "na"' "CanHibernate without the exception"
expect_refused hibernation systemd-logind.service
systemctl start systemd-hibernate && fail "systemd-hibernate has succeeded"
expect_refused hibernation systemd-hibernate.service systemd-sleep
with hibernate
expect_equal "$(can_hibernate)" 's "yes"' "CanHibernate with it"
expect_exit 0 systemctl start systemd-hibernate
dmesg >"$work/kernel"
expect_grep 'hibernation: debug: Waiting' "$work/kernel"
expect_denied hibernation
expect_exit 0 swapoff /dev/vdb

# By a quirk QEMU is a machine whose flash fwupd looks for by itself.
row fwupd
journal() { journalctl -u fwupd --no-pager -o cat >"$work/journal"; }
with
expect_exit 0 systemctl restart fwupd
expect_refused ioport fwupd.service
journal
expect_no_grep 'No chipset found' "$work/journal"
with fwupd
printf '[cgroup "/system.slice/fwupd.service"]\nallow =\nallow = ioport\n' >/etc/bpflock/bpflock.conf.d/50-less.conf
load
expect_exit 0 systemctl restart fwupd
expect_refused dev_mem fwupd.service
rm /etc/bpflock/bpflock.conf.d/50-less.conf
with fwupd
expect_exit 0 systemctl restart fwupd
journal
expect_grep 'No chipset found' "$work/journal"
expect_not_refused dev_mem fwupd.service
expect_not_refused ioport fwupd.service
expect_denied dev_mem

# The preset allows what it needs; a host whose kernel nobody may read does not.
row rasdaemon
printf '[kimglock]\nlevel = confidentiality\n' >/etc/bpflock/bpflock.conf.d/50-level.conf
with
systemctl start rasdaemon || :
expect_refused tracefs rasdaemon.service
with rasdaemon
expect_exit 0 systemctl restart rasdaemon
expect_not_refused tracefs rasdaemon.service
expect_denied tracefs
