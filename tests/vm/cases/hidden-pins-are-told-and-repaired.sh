# kernels: any
# timeout: 180
# Pins that are gone or hidden while the lock enforces are told, made anew by repair and by a load, and never lead
# to a second set beside the first.

locks() { bpftool -j cgroup show /sys/fs/cgroup 2>/dev/null | jq '[.[] | select(.name == "locked_down")] | length'; }
told() { # STATUS WHAT
	expect_exit 6 bpflock-ctl status
	expect_grep "$1" "$work/err"
	expect_denied dev_mem
}

load --profile restricted
expect_equal "$(locks)" 1 "locks on the root"

# mounted over
mount -t bpf -o mode=700 bpf /sys/fs/bpf
told 'hint: bpflock-ctl repair'
expect_exit 6 bpflock-ctl policy
expect_exit 0 bpflock-ctl metrics
expect_grep '^bpflock_degraded 1' "$work/out"
expect_exit 0 bpflock-ctl repair --dry-run
told 'pins are missing or hidden'
expect_exit 0 bpflock-ctl repair
expect_status '.enforcing and .attached and .profile == "restricted" and (.trouble | not)'
expect_exit 0 bpflock-ctl repair
expect_grep 'no pins are missing' "$work/out"
umount /sys/fs/bpf
expect_status '.enforcing and (.trouble | not)'
expect_denied dev_mem

# unmounted, and held elsewhere: a load goes on with all that was set and counted
change cgroup set /x profile=baseline
change grant kexec --cgroup /y --for 1h
change latch msr
denied=$(bpflock-ctl status --json | jq .totals.denied)
mkdir -p "$work/elsewhere"
mount --bind /sys/fs/bpf "$work/elsewhere"
umount -l /sys/fs/bpf
told 'pins are missing or hidden'
load --profile restricted --block kexec
expect_grep 'pins are missing or hidden: they are made again' "$work/err"
expect_equal "$(locks)" 1 "locks on the root"
expect_no_grep 'warning: lost' "$work/err"
expect_status ".enforcing and (.trouble | not) and .block == [\"kexec\"] and .totals.denied > 0 and .totals.denied >= $denied
	and (.cgroups | length) == 1 and (.grants | length) == 1 and .latched == [\"msr\"]"
umount "$work/elsewhere"
expect_denied dev_mem

# removed but for one
rm -r /sys/fs/bpf/bpflock/maps
told 'repair'
expect_exit 0 bpflock-ctl repair
expect_status '.enforcing and (.trouble | not) and .block == ["kexec"]'
change set mode=audit
expect_allowed dev_mem
change set mode=enforce
expect_denied dev_mem

# counters go on
before=$(bpflock-ctl status --json | jq '.totals.denied')
mount -t bpf -o mode=700 bpf /sys/fs/bpf
expect_exit 0 bpflock-ctl repair
expect_status ".totals.denied >= $before and .totals.denied > 0"

# what ends with the last pin is the same as before: no lock
umount -l /sys/fs/bpf
expect_exit 0 bpflock-ctl unload
expect_exit 3 bpflock-ctl status
expect_exit 3 bpflock-ctl repair
expect_allowed dev_mem
