load --profile privileged
expect_allowed dev_mem
expect_record '.op == "dev_mem"'
expect_record '.op == "dev_mem"'
