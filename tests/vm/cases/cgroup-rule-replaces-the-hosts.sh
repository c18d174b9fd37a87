# places: trixie-cloud-amd64 trixie-rt-amd64
# For tasks in the cgroup and below it, as a whole, and for nobody else.

load --profile restricted
expect_denied in_cgroup /x -- dev_mem
change cgroup set /x profile=privileged
expect_allowed in_cgroup /x -- dev_mem
expect_record ".operation == \"dev_mem\" and .decision == \"allow\" and .reason == \"allow (cgroup)\"
	and .rule_cgroup_id == .cgroup_id and .cgroup_id == $(inode /sys/fs/cgroup/x)"
expect_allowed in_cgroup /x/child/grandchild -- dev_mem
expect_record ".reason == \"allow (cgroup)\" and .rule_cgroup_id == $(inode /sys/fs/cgroup/x)
	and .cgroup_id == $(inode /sys/fs/cgroup/x/child/grandchild)"
expect_denied dev_mem
# names that begin or end alike, and the same name elsewhere
expect_denied in_cgroup /xy -- dev_mem
expect_denied in_cgroup /y/x -- dev_mem
expect_record '.decision == "deny" and .reason == "denied (restricted)" and (has("rule_cgroup_id") | not)'

# Of several on the way the deepest holds; between them, the one above.
change apply --stdin <<'END'
[cgroup "/x"]
profile = restricted
[cgroup "/x/child"]
profile = privileged
[cgroup "/x/child/grandchild"]
profile = baseline
END
expect_allowed dev_mem
expect_allowed in_cgroup /xy -- dev_mem
expect_denied in_cgroup /x -- dev_mem
expect_record '.decision == "deny" and .reason == "denied (cgroup)" and .retval == -1'
expect_denied in_cgroup /x/other -- dev_mem
expect_allowed in_cgroup /x/child unshare -n -- dev_mem
expect_allowed in_cgroup /x/child/other/below -- dev_mem
expect_allowed in_cgroup /x/child/grandchild/below -- dev_mem
expect_denied in_cgroup /x/child/grandchild/below unshare -n -- dev_mem
change cgroup delete /x/child
expect_denied in_cgroup /x/child -- dev_mem
expect_allowed in_cgroup /x/child/grandchild -- dev_mem

# Level, lists and mode are not added to the host's, they stand in their place.
change apply --stdin <<'END'
[kimglock]
profile = restricted
block = kcore
allow = hibernation
[cgroup "/x"]
profile = restricted
level = confidentiality
block = ioport
allow = dev_mem, kcore
[cgroup "/audit"]
profile = restricted
mode = audit
log = none
END
expect_denied dev_mem
expect_denied kcore
expect_allowed hibernation
expect_allowed tracefs
expect_allowed in_cgroup /x -- dev_mem
expect_allowed in_cgroup /x -- kcore
expect_denied in_cgroup /x -- hibernation
expect_denied in_cgroup /x -- tracefs
expect_denied in_cgroup /x -- ioport
expect_allowed in_cgroup /audit -- kcore
expect_allowed in_cgroup /audit -- msr
expect_no_record '.operation == "msr"'
expect_status '.totals.audited == 1 and .totals.unlogged == 2
	and .totals.decisions == .totals.emitted + .totals.coalesced + .totals.unlogged'
change cgroup set /audit log=denied
expect_allowed in_cgroup /audit -- kcore
expect_allowed in_cgroup /audit -- msr
expect_record '.operation == "msr" and .decision == "audit" and .reason == "audit (cgroup)" and .retval == 0'
change set mode=audit
expect_allowed dev_mem
expect_denied in_cgroup /x -- ioport
