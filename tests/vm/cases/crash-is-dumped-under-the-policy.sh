# kernels: bookworm trixie sid
# root: catalogue
# boot: crashkernel=256M nokaslr
# qemu: -m 1536M
# timeout: 600
# reboots: once
# run: places
# kdump-tools loads a crash kernel under the preset `server` if there is its exception, and not without; sealed, too. When the kernel
# then crashes, that one starts, sees the memory of the crashed one, and restarts. The machine is then locked, and ready for the next crash.
before_boot() {
	systemctl disable kdump-tools.service
	printf 'USE_KDUMP=1\nKDUMP_KERNEL=/vm/vmlinuz\nKDUMP_INITRD=/vm/crash-initrd\nKDUMP_CMDLINE_APPEND="reset_devices nr_cpus=1"\n' \
		>>/etc/default/kdump-tools
	# a system of busybox that writes what it sees to the second disk, behind what is kept there
	made=/vm/crash
	mkdir -p $made/bin $made/modules $made/proc $made/sys $made/dev
	cp /bin/busybox /vm/probe $made/bin/
	ldd /bin/busybox | grep -o '/[^ ]*' | while read -r library; do
		mkdir -p "$made${library%/*}"
		cp -L "$library" "$made$library"
	done
	n=10
	# virtio_pci is built into the newer kernels
	for module in virtio_pci virtio_blk; do
		modprobe --show-depends $module >>$made/order || :
	done
	awk '$1 == "insmod" { print $2 }' $made/order | while read -r module; do
		n=$((n + 1))
		cp "$module" "$made/modules/$n-${module##*/}"
	done
	cat >$made/init <<-'EOT'
		#!/bin/busybox sh
		/bin/busybox --install /bin
		export PATH=/bin
		mount -t proc proc /proc
		mount -t sysfs sysfs /sys
		mount -t devtmpfs devtmpfs /dev
		for module in /modules/*; do
			insmod "$module"
		done
		until [ -e /dev/vdb ]; do
			sleep 0.1
		done
		{
			uname -r
			cat /proc/cmdline
			ls -l /proc/vmcore
			probe dev_mem
			echo "dev_mem: $?"
		} >/seen 2>&1
		cat /seen >/dev/kmsg
		dd if=/seen of=/dev/vdb bs=1M seek=700 conv=sync
		dd if=/proc/vmcore of=/dev/vdb bs=1M seek=704 count=192
		sync
		reboot -f
	EOT
	chmod 755 $made/init
	(cd $made && find . | cpio --quiet -o -H newc) >/vm/crash-initrd
}
crash_kernel() { cat /sys/kernel/kexec_crash_loaded; }
marker=the-name-of-what-has-crashed

if ! is_rebooted; then
	expect_exit 0 bpflock-ctl preset use server
	load
	systemctl start kdump-tools.service || :
	expect_equal "$(crash_kernel)" 0 "crash kernel without the exception"
	expect_record '.operation == "kexec" and .decision == "deny" and .comm == "kexec"'
	expect_denied kexec
	expect_exit 0 bpflock-ctl preset use kdump
	load
	expect_exit 0 systemctl restart kdump-tools.service
	expect_equal "$(crash_kernel)" 1 "crash kernel with it"
	expect_denied kexec
	expect_denied dev_mem
	expect_exit 0 systemctl enable bpflock.service kdump-tools.service
	change seal --yes
	expect_exit 0 systemctl restart kdump-tools.service
	expect_equal "$(crash_kernel)" 1 "crash kernel under a seal"
	expect_denied kexec
	expect_status '.sealed.proven and .state == "enforcing" and .status == 0'
	hostname $marker
	# as when a case reboots
	touch /vm/rebooted
	tar -c -f /dev/vdb -C /vm/changes --exclude=./vm/changes --exclude=./tmp .
	sync
	ok "the kernel crashes"
	echo c >/proc/sysrq-trigger
	fail "the kernel did not crash"
fi

dd if=/dev/vdb bs=1M skip=700 count=1 2>/dev/null | tr -d '\000' >"$work/seen"
sed 's/^/  seen: /' "$work/seen"
expect_equal "$(head -n 1 "$work/seen")" "$(uname -r)" "the kernel that has started after the crash"
expect_grep '(^| )reset_devices( |$)' "$work/seen"
expect_grep ' /proc/vmcore$' "$work/seen"
# nothing has loaded a policy there
expect_grep '^dev_mem: 0$' "$work/seen"
dd if=/dev/vdb of="$work/dump" bs=1M skip=704 count=192 2>/dev/null
expect_equal "$(head -c 4 "$work/dump" | tail -c 3)" ELF "the kind of the dump"
expect_exit 0 grep -a -q -F "OSRELEASE=$(uname -r)" "$work/dump"
expect_grep $marker "$work/dump"

# by the units, since this boot
expect_exit 0 systemctl is-active bpflock.service
expect_exit 0 systemctl is-active kdump-tools.service
expect_status '.state == "enforcing" and .status == 0'
expect_equal "$(crash_kernel)" 1 "crash kernel after the boot"
expect_denied kexec
expect_denied dev_mem
