# root: apparmor
# kernels: trixie
# boot: lsm=landlock,lockdown,yama,apparmor,bpf,ipe
# timeout: 600
# run: places
# AppArmor enforces Debian's profiles, and bpflock its policy: either of them refuses what the other one allows. The units
# work, and are confined by no profile. Landlock adds to both, in a process that has restricted itself by it.
before_boot() {
	printf '[kimglock]\nprofile = restricted\n' >/etc/bpflock/bpflock.conf
	systemd-sysusers
	systemctl enable bpflock.service bpflock-log.service
	# Most of Debian's profiles confine nothing, but take minutes to compile under emulation.
	grep -l 'flags=(unconfined)' /etc/apparmor.d/* | xargs rm
	# Each is a program with all capabilities but one.
	for name in open no_sys_rawio no_dev_mem; do
		deny=""
		[ $name != no_sys_rawio ] || deny="audit deny capability sys_rawio,"
		[ $name != no_dev_mem ] || deny="audit deny /dev/mem rw,"
		printf 'profile vm_%s {\n\t%s\n' $name "$deny"
		printf '\t%s,\n' capability mount umount signal ptrace network unix dbus '/** rwmlkix'
		printf '}\n'
	done >/etc/apparmor.d/vm
}
export patience=60

confined() { aa-exec -p "vm_$1" -- probe "$2"; }
denied() { bpflock-ctl status --json | jq --arg name "$1" '.operations[] | select(.name == $name) | .denied'; }
label() { cat "/proc/$(systemctl show -P MainPID "$1")/attr/current"; }

row apparmor-enforces
expect_exit 0 systemctl is-active apparmor.service chrony.service
expect_exit 0 aa-status --json
expect_json "$work/out" '.profiles["/usr/sbin/chronyd"] == "enforce" and .profiles.lsb_release == "enforce"'
expect_equal "$(label chrony.service | sed 's,.*/,,')" "chronyd (enforce)" "who chronyd is to AppArmor"

row units-work
expect_exit 0 systemctl is-active bpflock.service bpflock-log.service
expect_equal "$(label bpflock-log.service)" unconfined "who the log's service is to AppArmor"
expect_state enforcing 0
expect_exit 0 bpflock-ctl doctor --json
expect_json "$work/out" 'any(.checks[]; .name == "lsm-list" and .state == "ok" and (.detail | test("apparmor,bpf")))'

row bpflock-refuses-what-apparmor-allows
for operation in dev_mem msr; do
	expect_exit 1 confined open $operation
	expect_equal "$(denied $operation)" 1 "what bpflock has denied of $operation"
	change set allow=$operation
	expect_exit 0 confined open $operation
	change set allow=
done
logged() { journalctl -u bpflock-log.service BPFLOCK_OPERATION=msr BPFLOCK_DECISION=deny -o cat --no-pager -q | grep '^DENY msr probe'; }
until_true logged

row apparmor-refuses-what-bpflock-allows
change set allow=dev_mem,msr
expect_exit 2 confined no_sys_rawio msr
expect_exit 3 confined no_dev_mem dev_mem
expect_exit 0 confined no_dev_mem msr
expect_equal "$(denied msr) $(denied dev_mem)" "1 1" "what bpflock has denied"
change set allow=

row landlock-adds-to-both
landlocked() { # DIRECTORY: whose files can be read, beside those of /vm
	setpriv --landlock-access fs:read-file --landlock-rule path-beneath:read-file:/vm \
		--landlock-rule "path-beneath:read-file:$1" -- probe dev_mem
}
expect_exit 1 landlocked /dev
change set allow=dev_mem
expect_exit 0 landlocked /dev
expect_exit 3 landlocked /tmp
change set allow=

row ends-with-its-policy
expect_denied dev_mem
expect_exit 0 bpflock-ctl unload
until_true probe dev_mem
expect_exit 0 confined open msr
expect_exit 3 confined no_dev_mem dev_mem
journalctl -k --no-pager -q | grep 'apparmor="DENIED"' >"$work/denied"
cat "$work/denied"
expect_no_grep 'comm="bpflock' "$work/denied"
expect_grep 'profile="vm_no_dev_mem".*name="/dev/mem"' "$work/denied"
