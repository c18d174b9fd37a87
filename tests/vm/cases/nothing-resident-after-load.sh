# kernels: bookworm trixie sid trixie-arm64
# places: sid-arm64
load --profile restricted
expect_equal "$(our_processes)" "" "our processes"
expect_denied dev_mem
expect_status '.enforcing == true and .profile == "restricted"'
expect_equal "$(our_processes)" "" "our processes"
