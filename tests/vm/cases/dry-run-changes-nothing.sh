# kernels: any
load --profile privileged --dry-run
expect_nothing_pinned
load --profile restricted --dry-run --json
expect_json "$work/out" .dry_run
expect_allowed dev_mem
load --profile privileged
before=$(generation)
load --profile restricted --dry-run
expect_exit 0 bpflock-ctl unload --dry-run
expect_equal "$(generation)" "$before" generation
expect_allowed dev_mem
