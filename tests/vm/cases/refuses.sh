# Where something is missing that bpflock needs, it says what, and nothing is loaded.

# types are what everything is found by; without them nothing is guessed
row without-btf
mount -t tmpfs tmpfs /sys/kernel/btf
expect_exit 5 bpflock --profile restricted
umount /sys/kernel/btf
expect_grep 'hint: .*CONFIG_DEBUG_INFO_BTF' "$work/err"
expect_grep '/sys/kernel/btf/vmlinux: cannot read .*: No such file or directory$' "$work/err"
expect_nothing_pinned
expect_allowed dev_mem

# hardened and sandbox kernels have everything and say EPERM: strace plays such a kernel
row where-lsm-programs-are-refused
refusing="strace -qq -o /dev/null -e trace=bpf -e inject=bpf:error=EPERM"
# shellcheck disable=SC2086 # words
expect_exit 5 $refusing bpflock --profile restricted
expect_grep 'refuses to load any BPF LSM program: Operation not permitted' "$work/err"
expect_nothing_pinned
# shellcheck disable=SC2086
expect_exit 5 $refusing bpflock-ctl doctor
expect_grep '^FAILED lsm-load ' "$work/out"
expect_exit 0 bpflock-ctl doctor

# from a child pid namespace nobody can tell what the host is
row in-child-pidns
expect_exit 5 unshare -f -p bpflock --profile baseline
expect_exit 5 unshare -f -p --mount-proc bpflock --profile baseline
expect_grep 'pid namespace' "$work/err"
expect_nothing_pinned
expect_allowed dev_mem

# a bpffs mounted in a private mount namespace would end with it, and the lock with the bpffs
row to-mount-for-itself-alone
while umount /sys/fs/bpf 2>/dev/null; do :; done
expect_exit 5 unshare -m bpflock --profile restricted
expect_grep 'mount namespace' "$work/err"
expect_allowed dev_mem
# one that the host has is as good from there
mount -t bpf bpf /sys/fs/bpf
expect_exit 0 unshare -m bpflock --profile restricted
expect_denied dev_mem
expect_status '.enforcing == true and .profile == "restricted"'
