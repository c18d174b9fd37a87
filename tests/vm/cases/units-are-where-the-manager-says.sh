# kernels: any
# root: systemd
# timeout: 200
# The system manager is asked where a unit's cgroup is, whether it runs or not, and no cgroup that somebody else has made
# is taken for it.

refused() { # PATTERN COMMAND...
	pattern=$1
	shift
	expect_exit 2 bpflock-ctl "$@"
	expect_grep "$pattern" "$work/err"
}
unit() { # NAME [LINES]
	printf '[Service]\nExecStart=/bin/sleep infinity\n%b' "${2-}" >"/run/systemd/system/$1"
}
# are_at PATHS NAME...: the units of these names, all at once
are_at() {
	paths=$1
	shift
	for name; do
		change cgroup set --unit "$name" profile=privileged
	done
	expect_equal "$(bpflock-ctl cgroup list --json | jq -r '.cgroups[].path' | tr '\n' ' ')" "$paths " "paths"
	change cgroup delete --all
}
all_are_there() {
	are_at "/big.slice/big-db.slice/elsewhere.service /init.scope /mine.slice/several@1.service /system.slice \
/system.slice/_io.service /system.slice/plain.service /system.slice/system-each.slice/each@a.b.service" \
		plain other.service other elsewhere several@1 each@a.b io init.scope system.slice
}

load --profile restricted
mkdir -p /run/systemd/system
unit plain.service
ln -s plain.service /run/systemd/system/other.service
unit elsewhere.service 'Slice=big-db.slice\n'
unit several@.service 'Slice=mine.slice\n'
unit each@.service
unit io.service
unit theirs.service 'User=nobody\nDelegate=yes\n'
expect_exit 0 systemctl daemon-reload

all_are_there
are_at /a.slice/a-b.slice a-b.slice
expect_exit 0 bpflock-ctl cgroup set --unit other profile=privileged --dry-run
expect_grep 'does not run: its cgroup is expected to be /system.slice/plain.service' "$work/err"

expect_exit 0 systemctl start plain elsewhere several@1 each@a.b io theirs
# the manager is not ahead of the kernel
for path in system.slice/plain.service big.slice/big-db.slice/elsewhere.service mine.slice/several@1.service \
	system.slice/system-each.slice/each@a.b.service system.slice/_io.service system.slice/theirs.service; do
	until_true grep -q . "/sys/fs/cgroup/$path/cgroup.procs"
done
all_are_there
for unit in other elsewhere several@1 each@a.b io; do
	change grant dev_mem --unit $unit --for 1h
	expect_equal "$(cat "$work/err")" "" "errors"
done
expect_allowed in_cgroup /system.slice/plain.service -- dev_mem
expect_allowed in_cgroup /big.slice/big-db.slice/elsewhere.service -- dev_mem
expect_allowed in_cgroup /mine.slice/several@1.service -- dev_mem
expect_allowed in_cgroup /system.slice/system-each.slice/each@a.b.service -- dev_mem
expect_allowed in_cgroup /system.slice/_io.service -- dev_mem
expect_denied in_cgroup /system.slice/theirs.service -- dev_mem
expect_denied dev_mem
change cgroup set --unit other profile=privileged
change cgroup delete --unit plain
expect_status '.cgroups == []'
change revoke --all
expect_denied in_cgroup /system.slice/plain.service -- dev_mem

# Whoever has a subtree of his own calls cgroups in it as he likes.
expect_exit 0 systemctl stop plain
for name in plain.service fake.service docker-0123.scope; do
	mkdir "/sys/fs/cgroup/system.slice/theirs.service/$name"
done
are_at /system.slice/plain.service plain other
refused 'fake.service: systemd does not know this unit: use --cgroup PATH' grant dev_mem --unit fake --for 1h
refused 'docker-0123.scope: systemd does not know this unit: .*whole ID' grant dev_mem --unit docker-0123.scope --for 1h
refused 'does not belong to root.*--cgroup /system.slice/theirs.service' grant dev_mem --unit theirs --for 1h
change grant dev_mem --cgroup /system.slice/theirs.service --for 1h
expect_allowed in_cgroup /system.slice/theirs.service/fake.service -- dev_mem
change revoke --all
rmdir /sys/fs/cgroup/system.slice/theirs.service/*/

refused 'not a unit' cgroup set --unit several@ profile=privileged
refused 'not a unit' cgroup set --unit multi-user.target profile=privileged
expect_exit 2 unshare -m sh -c 'mount -t tmpfs none /run; exec bpflock-ctl cgroup set --unit plain profile=privileged'
expect_grep 'systemd does not run here.*--cgroup PATH' "$work/err"
expect_status '.cgroups == []'

expect_exit 0 systemctl stop plain elsewhere several@1 each@a.b io theirs
rm /run/systemd/system/plain.service /run/systemd/system/other.service /run/systemd/system/elsewhere.service \
	/run/systemd/system/several@.service /run/systemd/system/each@.service /run/systemd/system/io.service \
	/run/systemd/system/theirs.service
expect_exit 0 systemctl daemon-reload
