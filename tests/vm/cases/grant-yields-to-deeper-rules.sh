# kernels: any
# A grant exempts from the rule set that holds where it is given: from its block list too, and in audit
# mode, but not from the rule set of a cgroup below.

load --profile restricted --block kexec
change cgroup set /g/strict profile=restricted
change cgroup set /g/strict/audit profile=restricted mode=audit
change grant dev_mem,kexec --cgroup /g --for 1h
expect_allowed in_cgroup /g -- dev_mem
expect_allowed in_cgroup /g -- kexec
expect_record '.operation == "kexec" and .decision == "allow" and .reason == "allow (grant)"'
expect_denied in_cgroup /g/strict -- dev_mem
expect_record '.decision == "deny" and .reason == "denied (cgroup)"'
change grant dev_mem --host --for 1h
expect_allowed dev_mem
expect_denied in_cgroup /g/strict -- dev_mem
expect_allowed in_cgroup /g/strict/audit -- dev_mem
expect_record '.reason == "audit (cgroup)"'
expect_no_record ".reason == \"allow (grant)\" and .cgroup_id == $(inode /sys/fs/cgroup/g/strict/audit)"
change grant dev_mem --cgroup /g/strict/audit/below --for 1h
expect_allowed in_cgroup /g/strict/audit/below -- dev_mem
expect_record ".reason == \"allow (grant)\" and .cgroup_id == $(inode /sys/fs/cgroup/g/strict/audit/below)
	and .rule_cgroup_id == $(inode /sys/fs/cgroup/g/strict/audit)"
change grant dev_mem --cgroup /g/strict --for 1h
expect_allowed in_cgroup /g/strict -- dev_mem
# what is allowed anyway takes no grant
change cgroup set /g/strict profile=privileged
expect_allowed in_cgroup /g/strict -- dev_mem
expect_record ".operation == \"dev_mem\" and .reason == \"allow (cgroup)\""
