# kernels: bookworm trixie sid trixie-arm64
# integrity leaves what only reads kernel memory alone, confidentiality does not.

load --profile restricted
expect_denied dev_mem
expect_allowed kcore
load --profile restricted --level confidentiality
expect_denied dev_mem
expect_denied kcore
