# unshare -p without a fork stays in its pid namespace; only its children will be in the new one.
# It is still the host, as far as anybody can tell: the net namespace, though, changes at once.

load --profile baseline
expect_allowed unshare -p -- dev_mem
expect_denied unshare -p -n -- dev_mem
