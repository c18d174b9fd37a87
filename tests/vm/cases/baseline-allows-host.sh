load --profile baseline
expect_exit 0 head -c 1 /dev/mem
expect_allowed ioport
expect_record '.op == "dev_mem" and .decision == "allow" and .retval == 0
	and .reason == "allow (baseline)"'
expect_no_record '.decision == "deny"'
