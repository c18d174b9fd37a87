# kernels: any
# timeout: 240
# As many as a big machine may have cgroups, most of which are not there yet.

as_before() { [ "$(bpf_objects)" = "$before" ]; }
generate() { # SECTIONS
	printf '[kimglock]\nprofile = privileged\n'
	awk -v n="$1" 'BEGIN { for (i = 0; i < n; i++)
		printf "[cgroup \"/many/%d\"]\nprofile = restricted\n", i }'
}

generate 0 >"$work/none"
generate 10000 >"$work/many"
load --config "$work/none"
before=$(settled_objects)
seq 0 99 | sed s,^,/sys/fs/cgroup/many/, | xargs mkdir -p
load --config "$work/many"
bpflock-ctl cgroup list --json >"$work/list"
expect_json "$work/list" '[.cgroups[].state] | group_by(.) | map([.[0], length]) == [["armed", 9900], ["live", 100]]'
expect_denied in_cgroup /many/0 -- dev_mem
expect_denied in_cgroup /many/99 -- dev_mem
expect_denied in_cgroup /many/100 -- dev_mem
expect_denied in_cgroup /many/9999/below -- dev_mem
expect_allowed in_cgroup /many/10000 -- dev_mem
expect_allowed in_cgroup /many -- dev_mem

# One change among them leaves the others as they are.
change cgroup set /many/9999 profile=privileged
expect_allowed in_cgroup /many/9999/below -- dev_mem
expect_denied in_cgroup /many/9998 -- dev_mem
change cgroup delete /many/99
expect_allowed in_cgroup /many/99 -- dev_mem
change grant dev_mem --cgroup /many/9998 --for 1h
expect_allowed in_cgroup /many/9998 -- dev_mem
change revoke --all

change cgroup delete --all
expect_allowed in_cgroup /many/9998 -- dev_mem
until_true as_before
load --config "$work/many"
! as_before || fail "bpftool does not see the maps of the rules"
expect_denied in_cgroup /many/9998 -- dev_mem
load --config "$work/none"
expect_allowed in_cgroup /many/9998 -- dev_mem
until_true as_before
