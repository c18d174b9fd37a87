# kernels: bookworm trixie sid trixie-arm64
# A net namespace alone is enough: the original asked for either namespace, and let these pass.

expect_allowed unshare -n -- dev_mem
load --profile baseline
expect_denied unshare -n -- dev_mem
expect_record '.op == "dev_mem" and .decision == "deny" and .retval == -1
	and .reason == "denied (baseline)"'
expect_allowed dev_mem
