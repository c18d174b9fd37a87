# kernels: any
# root: systemd
# timeout: 300
# A service that was denied and has ended is still named, from the journal, with the grant that lets it do it the next time:
# also once the set it was denied by is no longer loaded. A member of the group sees them too.
before_boot() {
	printf '[kimglock]\nprofile = restricted\n' >/etc/bpflock/bpflock.conf
	systemd-sysusers
	systemctl enable bpflock.service
	cat >/etc/systemd/system/tool.service <<-'EOT'
		[Service]
		Type=oneshot
		ExecStart=/vm/tried dev_mem
	EOT
	# it stays until the service of the log has seen its cgroup
	cat >/vm/tried <<-'EOT'
		#!/bin/sh
		status=0
		/vm/probe $1 || status=$?
		until journalctl _SYSTEMD_UNIT=bpflock-log.service BPFLOCK_OPERATION=$1 -o cat -q | grep -q .; do sleep 0.5; done
		exit $status
	EOT
	chmod 755 /vm/tried
}
hint() { sed -n 's/^ *hint: //p' "$work/out" | head -n 1; }
is_known() { bpflock-ctl denials -n 0 | grep -q "unit: $1\$"; }
in_journal() { journalctl _SYSTEMD_UNIT=bpflock-log.service BPFLOCK_OPERATION=dev_mem -o cat -q | grep -q 'DENY dev_mem'; }

until_true systemctl is-active bpflock.service bpflock-log.service
expect_exit 1 systemctl start tool.service
until_true in_journal
until_true is_known tool.service
[ ! -e /sys/fs/cgroup/system.slice/tool.service ] || fail "its cgroup is still there"
expect_exit 0 bpflock-ctl denials -n 0 --json
expect_json "$work/out" '.denials | map(select(.operation == "dev_mem" and .unit == "tool.service")) | length == 1
	and .[0].cgroup == "/system.slice/tool.service"
	and (.[0].source | startswith("/etc/bpflock/bpflock.conf:2"))
	and .[0].allow == "bpflock-ctl grant dev_mem --unit tool.service --for 1h"'
sh -c "$(jq -r '.denials[] | select(.unit == "tool.service").allow' "$work/out")"
expect_exit 0 systemctl start tool.service

# of a unit that nobody can start again, the cgroup is named
expect_exit 1 systemd-run -q --wait --collect --unit passing /vm/tried msr
until_true is_known passing.service
bpflock-ctl denials -n 0 --json >"$work/out"
expect_json "$work/out" '.denials[] | select(.unit == "passing.service")
	| .allow == "bpflock-ctl grant msr --cgroup /system.slice/passing.service --for 1h"'

# what the ring has no more
expect_exit 0 bpflock-ctl unload
until_true probe dev_mem
expect_exit 0 systemctl restart bpflock.service
expect_exit 0 bpflock-ctl denials -n 0 --json
expect_json "$work/out" '.denials | any(.unit == "passing.service") and any(.unit == "tool.service")'

# the group, which reads neither the policy nor root's journal
useradd -r -G bpflock member
expect_denied msr
as_member() { setpriv --reuid member --regid member --init-groups "$@"; }
expect_exit 0 as_member bpflock-ctl denials -n 1
expect_grep ' DENY  msr probe\[' "$work/out"
expect_grep 'because: profile is restricted$' "$work/out"
expect_grep 'note: the active policy can be read by root only' "$work/out"
expect_exit 4 setpriv --reuid 65534 --regid 65534 --clear-groups bpflock-ctl denials
