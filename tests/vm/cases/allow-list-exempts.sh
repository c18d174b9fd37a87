# kernels: bookworm trixie sid trixie-arm64
# The desktop case: all but hibernation.

load --profile restricted
expect_denied hibernation
expect_denied dev_mem
load --profile restricted --allow hibernation
expect_allowed hibernation
expect_denied dev_mem
expect_record '.op == "hibernation" and .decision == "allow" and .reason == "allow (allow)"'
