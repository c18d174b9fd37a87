# timeout: 240
# ends: sealed
# The pins are neither removed, moved nor unmounted, along with what carries them or by propagation from
# elsewhere. Each attack works on what is not sealed.
# shellcheck source=tests/vm/seal.sh
. /vm/seal.sh
bpf=/sys/fs/bpf
set=$bpf/bpflock

deep() { # COUNT: mounts on /deep, each on the one before; $end: below the last
	mkdir -p /deep
	end=/deep
	for _ in $(seq "$1"); do
		mount -t tmpfs deep $end
		end=$end/d
		mkdir $end
	done
}

load_for_seal
change cgroup set /r profile=privileged
mkdir -p /b /rbind /peer "$bpf/mine"
expect_exit 0 bpftool map pin pinned $set/maps/ring $bpf/spare
worked exchange $set $bpf/mine
worked exchange $set $bpf/mine
worked rename $set $bpf/aside
worked rename $bpf/aside $set
mount --bind $bpf /b
worked rename /b/bpflock /b/aside
worked rename /b/aside /b/bpflock
umount /b
worked rename $bpf/spare $set/maps/ring
try 0 rm $set/maps/ring
worked umount $bpf detach
until_true probe dev_mem

load_for_seal_again() {
	[ -e /sys/fs/cgroup/cgroup.procs ] || mount -t cgroup2 none /sys/fs/cgroup
	load --profile restricted
	change cgroup set /g profile=privileged
	change cgroup set /r profile=privileged
}

mount --make-rshared /
load_for_seal_again
mount --rbind /sys /rbind
worked umount /rbind detach
until_true probe dev_mem
load_for_seal_again
deep 20
mount --make-rprivate /
worked move $bpf $end
worked umount /deep detach
until_true probe dev_mem

load_for_seal_again
mount --make-rshared /
start_task peer unshare -m --propagation unchanged
mkdir $bpf/mine
expect_exit 0 bpftool map pin pinned $set/maps/ring $bpf/spare
in_cgroup /r true
change seal
expect_attempts objects
link=links/$(ls $set/links | head -n 1)

refused exchange $set $bpf/mine
refused rename $set $bpf/aside
refused rename $set/links $bpf/mine/links
refused rename $bpf/spare $set/maps/ring
refused rename $bpf/mine $set/seal
mount --bind $bpf /b
refused rename /b/bpflock /b/aside
refused exchange /b/mine /b/bpflock
refused_command rm /b/bpflock/$link
umount /b
refused_command rm $set/$link
refused_command unlink $set/seal/maps/seal
refused_command rmdir $set/seal/progs
refused_command rmdir $set
expect_attempts objects

for how in plain detach force expire; do refused umount $bpf $how; done
refused umount /sys detach
withstood umount / detach
withstood umount / plain
for mounted in $bpf /sys; do
	ask peer "attack umount $mounted detach"
	expect_equal "$answer" 1 "umount -l $mounted by a peer"
	holds 'a peer'
done
mount --make-rslave /
ask peer "attack umount $bpf detach"
expect_equal "$answer" 1 'umount -l by whom the host is a slave of'
holds 'a master'
counted=$((counted + 3))
mount --make-rshared /
mount --rbind /sys /rbind
refused umount /rbind detach
mount --make-rslave /rbind
try 0 umount -l /rbind
mount --bind /sys /rbind
try 0 umount -l /rbind
holds 'a mount of /sys alone'
expect_attempts objects

mount --make-rprivate /
for depth in 20 70; do
	deep $depth
	harmless attack move $bpf $end
	refused umount /deep detach
	refused umount /deep/d/d detach
	harmless attack move-mount $end $bpf
	expect_exit 0 ls $set/$link
	try 0 umount -l /deep
done
mkdir -p /m
mount -t tmpfs m /m
mkdir /m/m
harmless attack move-beneath /m $bpf
mount -t tmpfs over $bpf
try 0 umount $bpf
harmless mount -o remount,ro $bpf
mount -o remount,rw $bpf
harmless attack pivot /m /m/m
harmless unshare -U -r -m umount -l $bpf
harmless unshare -m --propagation slave umount -l /sys
harmless unshare -m --propagation private umount -l $bpf
expect_attempts objects

rmdir /sys/fs/cgroup/r
try 0 in_cgroup /r probe dev_mem
mkdir -p /cgroups
mount -t cgroup2 none /cgroups
mkdir /cgroups/g/below
try 0 sh -c 'echo 0 >/cgroups/g/below/cgroup.procs && probe dev_mem'
try 1 in_cgroup /h probe dev_mem
umount /cgroups
echo +memory >/sys/fs/cgroup/cgroup.subtree_control 2>/dev/null || :
mkdir -p /sys/fs/cgroup/small
echo 4M >/sys/fs/cgroup/small/memory.max 2>/dev/null || :
harmless in_cgroup /small sh -c 'dd if=/dev/zero of=/dev/shm/full bs=1M count=64'
rm -f /dev/shm/full
try 1 in_cgroup /small probe dev_mem
harmless sh -c 'echo 0 >/sys/devices/system/cpu/cpu1/online'
harmless sh -c 'echo 1 >/sys/devices/system/cpu/cpu1/online'
expect_equal "$(our_processes)" "" "our processes, which could be killed"
rm $bpf/spare
rmdir $bpf/mine
expect_status '.firing and .status == 0'
