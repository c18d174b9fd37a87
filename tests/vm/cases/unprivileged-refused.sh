# kernels: any
nobody="setpriv --reuid 65534 --regid 65534 --clear-groups"

# shellcheck disable=SC2086 # words
{
	expect_exit 4 $nobody bpflock --profile restricted
	expect_grep 'CAP_SYS_ADMIN|root' "$work/err"
	expect_nothing_pinned
	load --profile restricted
	before=$(generation)
	expect_exit 4 $nobody bpflock --profile privileged
	expect_exit 4 $nobody bpflock-ctl set profile=privileged
	expect_exit 4 $nobody bpflock-ctl unload
}
expect_equal "$(generation)" "$before" generation
expect_denied dev_mem
