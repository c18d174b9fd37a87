# timeout: 240
# ends: sealed
# What is sealed is held by no pin and no mount, so these can be removed, moved and unmounted, along with what
# carries them or from elsewhere; the same ends what is not sealed.
# shellcheck source=tests/vm/seal.sh
. /vm/seal.sh
bpf=/sys/fs/bpf
set=$bpf/bpflock

load_for_seal
worked umount $bpf detach
until_true probe dev_mem
load_for_seal_again() {
	[ -e /sys/fs/cgroup/cgroup.procs ] || mount -t cgroup2 none /sys/fs/cgroup
	load --profile restricted
	change cgroup set /g profile=privileged
	change cgroup set /r profile=privileged
}
load_for_seal_again
rm -r $set
until_true probe dev_mem
load_for_seal_again
mkdir -p /b /m /sys/fs/cgroup/r
change seal --yes
expect_attempts

# the pins can be moved, and the set is read wherever they are published
try 0 attack rename $set $bpf/aside
holds 'the pins moved'
expect_exit 6 bpflock-ctl status
try 0 attack rename $bpf/aside $set
expect_attempts
# where the old pins still are somewhere, new ones are made
mount --bind $bpf /b
umount $bpf
mount -t bpf bpf $bpf
expect_exit 6 bpflock-ctl status
change repair
expect_attempts
change latch hibernation
expect_status '.latched == ["hibernation"]'
umount $bpf
mount --move /b $bpf
expect_attempts
mount -t tmpfs over $bpf
holds 'the bpffs mounted over'
expect_exit 4 bpflock --profile privileged
umount $bpf # a load has mounted another bpffs there
umount $bpf
expect_attempts
rm $set/progs/look
expect_exit 6 bpflock-ctl status
expect_grep 'not proven' "$work/err"
holds 'one pin removed'
rm $set/progs/* $set/maps/*
holds 'all pins of programs removed'

# rules of cgroups are found by names, which nobody has to enter
rmdir /sys/fs/cgroup/r
try 0 in_cgroup /r probe dev_mem
mount -t cgroup2 none /m
mkdir /m/g/below
try 0 sh -c 'echo 0 >/m/g/below/cgroup.procs && probe dev_mem'
try 1 in_cgroup /h probe dev_mem
umount /m

mount --make-rshared /
mount --rbind /sys /b
try 0 attack umount /b detach
holds 'unmounted by propagation'
for mounted in /sys/fs/cgroup /sys/fs/bpf /sys; do
	umount -l $mounted 2>/dev/null || :
	! probe dev_mem 2>/dev/null || fail "dev_mem is allowed without $mounted"
	checks=$((checks + 1))
done
expect_equal "$(our_processes)" '' 'our processes, which could be killed'
! unshare -m -C -U -r -p -f probe dev_mem 2>/dev/null || fail 'dev_mem is allowed in other namespaces'
[ -e /sys/kernel ] || mount -t sysfs sysfs /sys
mount -t bpf bpf /sys/fs/bpf
mount -t cgroup2 none /sys/fs/cgroup
holds 'all mounted again'
expect_exit 6 bpflock-ctl status
expect_exit 4 bpflock-ctl unload
expect_exit 4 bpflock --profile privileged
expect_exit 6 bpflock-ctl repair
expect_grep 'is gone with its pin' "$work/err"
holds 'all'
