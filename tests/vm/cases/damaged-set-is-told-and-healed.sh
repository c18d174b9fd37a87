# kernels: any
# timeout: 240
# The same policy once more is enough to make a damaged set whole again.

damage() { # PIN
	rm "/sys/fs/bpf/bpflock/$1"
	expect_exit 6 bpflock-ctl status --json
	load --profile restricted --exec-log all
	case $1 in maps/*) expect_grep 'warning: .*pins are missing or hidden: they are made again' "$work/err" ;; esac
	expect_status '.enforcing == true and .attached == true and .profile == "restricted"'
	expect_denied dev_mem
}

load --profile restricted --exec-log all
for pin in links/exec maps/ring maps/counters maps/stamp; do
	damage $pin
done
# it is the link that enforces: without the program's pin all goes on
rm /sys/fs/bpf/bpflock/progs/locked_down
expect_denied dev_mem
expect_status '.attached == true and .enforcing == true'
damage links/locked_down

# another's pins under our name give way, with what is in them
expect_exit 0 bpflock-ctl unload
mkdir -p /sys/fs/bpf/bpflock/kimglock/deeper
expect_exit 6 bpflock-ctl status
load --profile restricted
expect_denied dev_mem
expect_equal "$(ls /sys/fs/bpf)" bpflock "what is in bpffs"
expect_exit 0 bpflock-ctl unload
expect_nothing_pinned

# a run-time rule and a grant outlive the loss of pins while the lock enforces, and are named where they are lost
load --profile privileged
change cgroup set /x profile=restricted
change grant dev_mem --cgroup /y --for 1h
rm /sys/fs/bpf/bpflock/maps/counters
load --profile privileged
expect_status '(.cgroups | length) == 1 and (.grants | length) == 1'
rm /sys/fs/bpf/bpflock/maps/rules
load --profile privileged
expect_status '(.cgroups | length) == 1 and (.grants | length) == 1'
rm /sys/fs/bpf/bpflock/maps/rules /sys/fs/bpf/bpflock/links/locked_down
load --profile privileged
expect_grep 'warning: lost: counters, unread records' "$work/err"
expect_status '.cgroups == [] and .grants == []'
