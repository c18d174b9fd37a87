# For everybody, whatever the profile and the level; and nothing else.

expect_allowed kcore
load --profile privileged --block dev_mem,kcore
expect_denied dev_mem
expect_denied kcore
expect_allowed ioport
expect_record '.op == "kcore" and .decision == "deny" and .reason == "denied (block)"'
load --profile privileged --block ''
expect_allowed dev_mem
expect_allowed kcore
