# root: selinux
# kernels: trixie
# boot: lsm=landlock,lockdown,yama,selinux,bpf,ipe
# timeout: 900
# run: places
# SELinux enforces Debian's policy, and bpflock its own. Debian's policy does not know bpflock, and refuses nothing that its
# units and root's commands need.
before_boot() {
	printf '[kimglock]\nprofile = restricted\n' >/etc/bpflock/bpflock.conf
	systemd-sysusers
	systemctl enable bpflock.service bpflock-log.service
	# what is begun here is root's shell
	mkdir -p /etc/systemd/system/vm-cases.service.d
	printf '[Service]\nSELinuxContext=unconfined_u:unconfined_r:unconfined_t:s0-s0:c0.c1023\n' \
		>/etc/systemd/system/vm-cases.service.d/shell.conf
	# The image has labels, and what lies over it gets them, while the policy is permissive yet.
	mount -t selinuxfs selinuxfs /sys/fs/selinux
	load_policy -i
	restorecon / /lib /usr
	restorecon -R /etc /root /usr/lib /usr/bin /usr/sbin /usr/share /var
	chcon -R -t bin_t /vm
	sed -i 's/^SELINUX=.*/SELINUX=enforcing/' /etc/selinux/config
	umount /sys/fs/selinux
}
export patience=60

label() { tr -d '\0' <"/proc/$1/attr/current"; }
avcs() { journalctl --no-pager -q -o cat | grep 'avc: *denied' >"$work/avcs" || :; }

row selinux-enforces
expect_equal "$(getenforce)" Enforcing SELinux
expect_equal "$(label self | cut -d : -f 1-3)" unconfined_u:unconfined_r:unconfined_t "what root's shell runs as"
expect_equal "$(stat -c %C /usr/sbin/bpflock)" system_u:object_r:bin_t:s0 "label of bpflock"
# since Linux 5.16
expect_no_grep ' selinux_lockdown$' /proc/kallsyms

row units-work
expect_exit 0 systemctl is-active bpflock.service bpflock-log.service
expect_equal "$(label "$(systemctl show -P MainPID bpflock-log.service)")" system_u:system_r:initrc_t:s0 \
	"what the log's service runs as"
expect_equal "$(compute_create "$(label 1)" "$(stat -c %C /usr/sbin/bpflock)" process)" system_u:system_r:initrc_t:s0 \
	"what systemd runs bpflock as"
expect_equal "$(stat -c %C /sys/fs/bpf/bpflock/maps/ring)" system_u:object_r:bpf_t:s0 "label of the ring"
expect_state enforcing 0
expect_exit 0 bpflock-ctl doctor --json
expect_json "$work/out" 'any(.checks[]; .name == "lsm-list" and .state == "ok" and (.detail | test("selinux,bpf")))'
expect_exit 0 systemctl reload bpflock.service
expect_exit 0 systemctl restart bpflock-log.service

row bpflock-refuses-what-selinux-allows
for operation in dev_mem msr; do
	expect_denied $operation
	change set allow=$operation
	expect_allowed $operation
	change set allow=
done
logged() { journalctl -u bpflock-log.service BPFLOCK_OPERATION=msr BPFLOCK_DECISION=deny -o cat --no-pager -q | grep '^DENY msr probe'; }
until_true logged

row the-group-reads-the-log
expect_exit 0 systemctl stop bpflock-log.service
expect_denied dev_mem
group=$(getent group bpflock | cut -d : -f 3)
expect_exit 0 setpriv --reuid=65534 --regid=65534 "--groups=$group" --bounding-set=-all bpflock-log show -o json
expect_grep '"operation":"dev_mem","decision":"deny"' "$work/out"
expect_exit 0 systemctl start bpflock-log.service

row loads-by-hand
expect_exit 0 bpflock-ctl unload
until_true probe dev_mem
load --profile restricted
expect_denied dev_mem
expect_exit 0 bpflock --profile restricted
avcs
cat "$work/avcs"
expect_no_grep 'comm="bpflock|initrc_t|unconfined_t' "$work/avcs"

# what it refuses would have been there
row selinux-logs-refusals
expect_exit 126 runcon sysadm_u:sysadm_r:sysadm_t:s0 true
avc_logged() { avcs; grep -q 'denied *{ transition } .*comm="runcon"' "$work/avcs"; }
until_true avc_logged

# An administrator who is confined. Only a login leads there; for the moment of this one SELinux refuses nothing.
as_admin() {
	due=$1
	shift
	ask admin "$* >$work/out 2>$work/err"
	sed 's/^/  out: /' "$work/out"
	sed 's/^/  err: /' "$work/err"
	expect_equal "$answer" "$due" "exit status of $*, as sysadm_t"
}
row confined-administrator-is-told
expect_exit 0 systemctl reload-or-restart bpflock.service
setenforce 0
start_task admin runcon sysadm_u:sysadm_r:sysadm_t:s0
setenforce 1
expect_equal "$(getenforce)" Enforcing SELinux
as_admin 0 id -Z
expect_grep '^sysadm_u:sysadm_r:sysadm_t:s0$' "$work/out"
for command in status denials 'set allow=msr'; do
	as_admin 4 bpflock-ctl "$command"
	expect_grep 'Permission denied$' "$work/err"
	expect_grep 'hint: bpflock-ctl doctor$' "$work/err"
done
as_admin 5 bpflock-ctl doctor
expect_grep 'cure: run it outside the profile of another LSM [(]AppArmor, SELinux[)]' "$work/out"
expect_no_grep 'CONFIG_' "$work/out"
as_admin 4 bpflock-log show
as_admin 0 systemctl reload bpflock.service

# as the manual has them
row confined-administrator-works-by-rules
sed -n '/^(allow sysadm_t /p' /vm/source/man/bpflock-doctor.7.scd >"$work/bpflock.cil"
expect_exit 0 semodule -i "$work/bpflock.cil"
as_admin 0 bpflock-ctl status
expect_grep ' enforcing [(]verified[)]: restricted' "$work/out"
as_admin 0 bpflock-ctl set allow=msr
as_admin 0 bpflock-ctl set allow=
as_admin 0 bpflock-ctl test
expect_exit 0 systemctl stop bpflock-log.service
expect_denied msr
as_admin 0 bpflock-ctl denials
expect_grep 'msr' "$work/out"
as_admin 0 bpflock-log show -o json
expect_grep '"operation":"msr","decision":"deny"' "$work/out"
as_admin 0 bpflock-ctl doctor
as_admin 0 bpflock
