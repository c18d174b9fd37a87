# Types are what everything is found by; without them nothing is guessed.

mount -t tmpfs tmpfs /sys/kernel/btf
expect_exit 5 bpflock --profile restricted
umount /sys/kernel/btf
expect_grep '/sys/kernel/btf/vmlinux: No such file or directory.*CONFIG_DEBUG_INFO_BTF' "$work/err"
expect_nothing_pinned
expect_allowed dev_mem
# the same call with them
load --profile restricted
expect_denied dev_mem
