# kernels: any
# run: places
# timeout: 900
# Once more than 256 rule sets have changed since a large policy was written, it is written anew, with the same decisions.

generate() {
	printf '[kimglock]\nprofile = privileged\n'
	awk 'BEGIN { for (i = 0; i < 600; i++) printf "[cgroup \"/many/%d\"]\nprofile = restricted\n", i }'
}
bases() { bpftool -j map show | jq -c '[.[] | select(.name == "bpflock_rules" and .max_entries > 280) | .id]'; }
have_bases() { [ "$(bases | jq length)" = "$1" ]; }
quietly() { bpflock-ctl "$@" >"$work/out" || fail "bpflock-ctl $*"; }

generate >"$work/many"
load --config "$work/many"
until_true have_bases 1
base=$(bases)
for i in $(seq 0 127); do
	quietly cgroup set "/many/$i" profile=baseline
	quietly cgroup delete "/many/$((i + 150))"
done
expect_equal "$(bases)" "$base" "the base, after 256 changes"
quietly cgroup set /many/299 profile=privileged
until_true have_bases 1
[ "$(bases)" != "$base" ] || fail "the base is the same after 257 changes"
base=$(bases)
expect_equal "$(generation)" 258 generation
bpflock-ctl cgroup list --json >"$work/list"
expect_json "$work/list" '[.cgroups[].profile] | group_by(.) | map([.[0], length])
	== [["baseline", 128], ["privileged", 1], ["restricted", 343]]'
expect_denied in_cgroup /many/0 unshare -n -- dev_mem
expect_allowed in_cgroup /many/0 -- dev_mem
expect_allowed in_cgroup /many/150 -- dev_mem
expect_allowed in_cgroup /many/299 -- dev_mem
expect_denied in_cgroup /many/298 -- dev_mem
change cgroup set /many/299 profile=restricted
expect_denied in_cgroup /many/299 -- dev_mem
