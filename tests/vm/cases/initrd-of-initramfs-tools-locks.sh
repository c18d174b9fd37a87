# kernels: any
# root: systemd
# boot: init=/vm/first
# timeout: 200
# ends: sealed off
# With bpflock in an initrd of initramfs-tools its policy is in force when the first process of the root file system
# begins, and not sealed. The unit then finds it loaded, puts the policy of the root file system in its place, and seals.
# The machine shuts down as without it.
before_boot() {
	. /vm/early.sh
	set_first_process
	mv /vm/initrds/initramfs-tools /vm/initrd
	# where this initrd finds its root file system
	echo BOOT=vm >/vm/initrd/conf/conf.d/vm
	echo 'mountroot() { :; }' >/vm/initrd/scripts/vm
	printf '[kimglock]\nprofile = restricted\nallow = kexec\nseal = yes\n' >/etc/bpflock/bpflock.conf
	systemctl enable bpflock.service
	systemctl mask bpflock-log.service # the ring keeps its records
}

expect_equal "$(cat /vm/first-met)" 1 "what the first process met"
expect_exit 0 systemctl is-active bpflock.service
dmesg >"$work/kernel"
expect_grep 'bpflock: loaded: profile restricted, .*, 1 cgroup rule set, generation 1; enforcing \(verified\)$' "$work/kernel"
journalctl -b -u bpflock.service -o cat >"$work/journal"
expect_grep 'bpflock: policy updated: profile restricted, .*generation 2; enforcing \(verified\); sealed until' "$work/journal"
expect_status '.enforcing and .status == 0 and .generation == 2 and .sealed.proven and .cgroups == []'
expect_equal "$(grep -c ' /sys/fs/bpf ' /proc/self/mountinfo)" 1 "mounts of /sys/fs/bpf"
expect_equal "$(ls /sys/fs/bpf)" bpflock "what is in bpffs"
expect_denied dev_mem
# what the initrd's policy has logged went with its ring, which is told
expect_grep 'warning: [1-9].* are lost, because a sealed policy gets a new ring' "$work/journal"
expect_record '.operation == "dev_mem" and .decision == "deny" and .comm == "probe"'
expect_exit 4 bpflock-ctl unload

# not asked for, it is in none
mkdir -p "$work/none/scripts/init-bottom"
touch "$work/none/scripts/init-bottom/bpflock"
[ ! -e /etc/bpflock/initramfs ] || fail "/etc/bpflock/initramfs exists"
expect_exit 0 env "DESTDIR=$work/none" /usr/share/initramfs-tools/hooks/bpflock
expect_equal "$(find "$work/none" -type f)" "" "what the hook copies"
