# boot: bpflock=audit

load --profile restricted
expect_allowed dev_mem
expect_status '.mode == "audit"'
expect_record '.op == "dev_mem" and .decision == "audit" and .reason == "audit (restricted)"'
