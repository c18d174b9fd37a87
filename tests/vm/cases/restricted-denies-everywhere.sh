expect_exit 0 head -c 1 /dev/mem
load --profile restricted
expect_exit 1 head -c 1 /dev/mem
expect_grep 'Operation not permitted' "$work/err"
expect_denied dev_mem
expect_denied unshare -f -p -- dev_mem
expect_denied unshare -n -- dev_mem
expect_record '.op == "dev_mem" and .comm == "head" and .decision == "deny" and .retval == -1
	and .reason == "denied (restricted)"'
