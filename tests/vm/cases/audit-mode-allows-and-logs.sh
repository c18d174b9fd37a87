load --profile restricted --mode audit
expect_allowed dev_mem
expect_status '.mode == "audit"'
expect_record '.op == "dev_mem" and .decision == "audit" and .retval == 0
	and .reason == "audit (restricted)"'
expect_exit 0 bpflock-ctl set mode=enforce
expect_denied dev_mem
