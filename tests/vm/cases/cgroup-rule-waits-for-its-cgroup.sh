# Boot-time rules reach what starts later, with no process of ours that waits for it.

state() { bpflock-ctl cgroup list --json | jq -r '.cgroups[] | select(.path == "/late/a/b").state'; }
deep() { # N
	path=""
	for _ in $(seq "$1"); do path=$path/d; done
	echo "$path"
}

load --profile privileged
change cgroup set /late/a/b profile=restricted
expect_equal "$(our_processes)" "" "our processes"
expect_equal "$(state)" armed "the state of the rule"
expect_allowed in_cgroup /late -- dev_mem
expect_equal "$(state)" armed "the state of the rule with half of its path there"
expect_allowed in_cgroup /late/b/a -- dev_mem
expect_denied in_cgroup /late/a/b -- dev_mem
expect_equal "$(state)" live "the state of the rule"
first=$(inode /sys/fs/cgroup/late/a/b)
bpflock-ctl cgroup list --json >"$work/list"
expect_json "$work/list" ".cgroups[0].cgroup_id == $first"
expect_allowed in_cgroup /late/a -- dev_mem

# A cgroup of the same name is another one, with another id.
rmdir /sys/fs/cgroup/late/a/b
expect_equal "$(state)" armed "the state of the rule"
expect_denied in_cgroup /late/a/b -- dev_mem
[ "$(inode /sys/fs/cgroup/late/a/b)" != "$first" ] || fail "the same id again"
rmdir /sys/fs/cgroup/late/a/b /sys/fs/cgroup/late/a /sys/fs/cgroup/late/b/a /sys/fs/cgroup/late/b \
	/sys/fs/cgroup/late
expect_denied in_cgroup /late/a/b/c -- dev_mem
expect_equal "$(state)" live "the state of the rule"

# Nobody escapes by going down, nor is anybody caught who goes as deep elsewhere.
expect_denied in_cgroup "/late/a/b$(deep 200)" -- dev_mem
expect_allowed in_cgroup "$(deep 200)" -- dev_mem
change cgroup set "$(deep 63)" profile=restricted
expect_denied in_cgroup "$(deep 200)" -- dev_mem
expect_allowed in_cgroup "$(deep 62)" -- dev_mem

change cgroup delete /late/a/b
expect_allowed in_cgroup /late/a/b/c -- dev_mem
