# shellcheck shell=dash
# For cases about the unit at boot: witnesses of what was enforced when. Each tries to open /dev/mem, and
# the kernel is to load a module with parameters that name hardware.

# set_witnesses: from before_boot(). They run before udevd, before a module is loaded in either way, and by a
# rule of udev's.
set_witnesses() {
	for unit in systemd-udevd systemd-modules-load modprobe@; do
		mkdir -p "/etc/systemd/system/$unit.service.d"
		printf '[Service]\nExecStartPre=/vm/witness %s\n' "$unit" \
			>"/etc/systemd/system/$unit.service.d/witness.conf"
	done
	echo 'ACTION=="add", SUBSYSTEM=="mem", KERNEL=="null", RUN+="/vm/witness rule"' \
		>/etc/udev/rules.d/01-witness.rules
	echo parport_pc >/etc/modules-load.d/witness.conf
	echo options parport_pc io=0x378 irq=none >/etc/modprobe.d/witness.conf
	cat >/vm/witness <<-'END'
		#!/bin/sh
		status=0
		/vm/probe dev_mem || status=$?
		mkdir -p /run/witness
		echo $status >>"/run/witness/$1"
	END
	chmod 755 /vm/witness
}

# set_first_process: from before_boot(), with init=/vm/first on the kernel command line. What it meets is in /vm/first-met.
set_first_process() {
	cat >/vm/first <<-'END'
		#!/bin/sh
		status=0
		/vm/probe dev_mem || status=$?
		echo $status >/vm/first-met
		exec /sbin/init "$@"
	END
	chmod 755 /vm/first
}

# expect_witnesses STATUS: of the probe, of all of them, each time
expect_witnesses() {
	for name in systemd-udevd systemd-modules-load modprobe@ rule; do
		# on a busy machine udevd is not through yet
		until_true test -s "/run/witness/$name"
		expect_equal "$(sort -u "/run/witness/$name" | xargs)" "$1" "what $name met"
	done
}

monotonic() { systemctl show -P "$1TimestampMonotonic" "$2"; }

# expect_before UNIT...: bpflock.service had ended when the first process of these was begun
expect_before() {
	ended=$(monotonic ExecMainExit bpflock.service)
	for unit in "$@"; do
		begun=$(monotonic ExecMainStart "$unit")
		if [ "$ended" -eq 0 ] || [ "$begun" -le "$ended" ]; then
			fail "$unit began at $begun us, bpflock.service ended at $ended us"
		fi
		ok "bpflock.service ended $((begun - ended)) us before $unit began"
	done
}
