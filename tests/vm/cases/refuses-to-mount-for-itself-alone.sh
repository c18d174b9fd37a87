# A bpffs mounted in a private mount namespace would end with it, and the lock with the bpffs.

expect_exit 5 unshare -m bpflock --profile restricted
expect_grep 'mount namespace' "$work/err"
expect_allowed dev_mem
# one that the host has is as good from there
mount -t bpf bpf /sys/fs/bpf
expect_exit 0 unshare -m bpflock --profile restricted
expect_denied dev_mem
expect_status '.firing == true and .profile == "restricted"'
