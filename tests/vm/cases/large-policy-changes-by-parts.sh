# run: places
# timeout: 900
# A large policy has a base, which a change leaves as it is: what is changed comes before it, in decisions and in all that is
# printed.

generate() { # PROFILE
	printf '[kimglock]\nprofile = privileged\n[cgroup "/like"]\nlike = host\nblock = dev_mem\n'
	awk -v profile="$1" 'BEGIN { for (i = 0; i < 300; i++)
		printf "[cgroup \"/many/%d\"]\nprofile = %s\n", i, profile }'
}
# the ids of the maps with many rows
bases() { bpftool -j map show | jq -c '[.[] | select(.name == "bpflock_rules" and .max_entries > 256) | .id]'; }
# the kernel frees late
have_bases() { [ "$(bases | jq length)" = "$1" ]; }
# changes only what it says: one new generation, and no map of many rows
part() { # VERB WORDS...
	generation_before=$(generation)
	change "$@"
	expect_equal "$(generation)" $((generation_before + 1)) generation
	expect_equal "$(bases)" "$base" "the base"
}
paths() { bpflock-ctl cgroup list --json | jq -c "[.cgroups[] | select($1) | .path]"; }

row one-rule-set
generate restricted >"$work/many"
load --config "$work/many"
until_true have_bases 1
base=$(bases)
expect_allowed dev_mem
expect_denied in_cgroup /many/5 -- dev_mem
part cgroup set /many/5 profile=privileged
expect_equal "$(grep -c '^[+-]' "$work/out")" 2 "how many lines differ"
expect_grep '^opens [0-9]+ operations to everybody in cgroup /many/5: ' "$work/out"
expect_allowed in_cgroup /many/5 -- dev_mem
expect_allowed in_cgroup /many/5/below -- dev_mem
expect_denied in_cgroup /many/6 -- dev_mem
expect_exit 0 bpflock-ctl explain dev_mem --cgroup /many/5 --json
expect_json "$work/out" '.decision == "allow" and .rule.path == "/many/5"'
expect_equal "$(paths .runtime)" '["/many/5"]' "rule sets set at run time"
change cgroup set /many/5 profile=privileged
expect_grep '^bpflock-ctl: unchanged' "$work/out"
expect_status '.cgroups | length == 301'

row a-rule-set-more
part cgroup set /many/5/deep profile=restricted
expect_denied in_cgroup /many/5/deep/er -- dev_mem
expect_allowed in_cgroup /many/5 -- dev_mem
expect_allowed in_cgroup /many -- dev_mem
part cgroup set /many profile=privileged block=ioport
expect_denied in_cgroup /many -- ioport
expect_denied in_cgroup /many/6 -- dev_mem
expect_allowed in_cgroup /many/5 -- ioport
expect_status '.cgroups | length == 303'

row a-rule-set-less
part cgroup delete /many/7
expect_allowed in_cgroup /many/7 -- dev_mem
expect_denied in_cgroup /many/7 -- ioport
change cgroup delete /many/7
expect_grep 'cgroup /many/7 has no rule set of its own' "$work/err"
part cgroup delete /many/5
part cgroup delete /many/5/deep
expect_equal "$(paths '.path | test("/[57]$|deep")')" '[]' "what is deleted"
expect_denied in_cgroup /many/5/deep -- ioport
expect_allowed in_cgroup /many/5/deep -- dev_mem
part cgroup set /many/7 profile=baseline
expect_allowed in_cgroup /many/7 -- dev_mem
expect_denied in_cgroup /many/7 unshare -n -- dev_mem
part cgroup delete /many/7
expect_denied in_cgroup /many/7 -- ioport
expect_status '.cgroups | length == 300'

row the-host
part set profile=restricted
expect_denied msr
expect_denied in_cgroup /like -- msr
expect_allowed in_cgroup /many -- msr
expect_status '.cgroups[] | select(.path == "/like") | .profile == "restricted" and .block == ["dev_mem"]'
part allow msr
expect_allowed msr
expect_allowed in_cgroup /like -- msr
expect_denied in_cgroup /like -- dev_mem
part set profile=privileged allow=
expect_allowed in_cgroup /like -- ioport
expect_denied in_cgroup /many/6 -- ioport

row grants
part grant dev_mem --cgroup /many/6 --for 1h
expect_allowed in_cgroup /many/6/below -- dev_mem
expect_denied in_cgroup /many/6 -- ioport
expect_denied in_cgroup /many/8 -- dev_mem
part grant ioport --cgroup /many --for 1h
expect_allowed in_cgroup /many/5 -- ioport
expect_denied in_cgroup /many/8 -- ioport
part grant dev_mem --host --for 1h
expect_denied in_cgroup /like -- dev_mem
part block dev_mem
expect_allowed dev_mem
part cgroup delete /many/6
expect_allowed in_cgroup /many/6 -- ioport
part cgroup set /many/6 profile=restricted
expect_allowed in_cgroup /many/6 -- dev_mem
part revoke --all
expect_denied in_cgroup /many/6 -- dev_mem
expect_denied in_cgroup /many -- ioport
expect_denied dev_mem

row a-load-and-its-update
part cgroup set /many/more profile=restricted
part grant dev_mem --cgroup /many/8 --for 1h
bpflock-ctl policy >"$work/shown"
expect_exit 0 bpflock-ctl diff "$work/shown"
expect_grep 'no difference' "$work/out"
# what was set and granted by bpflock-ctl outlives it
load --config "$work/many"
expect_denied in_cgroup /many/more -- dev_mem
expect_allowed in_cgroup /many/8 -- dev_mem
expect_denied in_cgroup /many/7 -- dev_mem
until_true have_bases 1
base=$(bases)
part revoke --all
expect_denied in_cgroup /many/8 -- dev_mem
part cgroup delete /many/more
expect_allowed in_cgroup /many/more -- dev_mem

row a-trial
generate privileged >"$work/trial"
change apply --for 1h "$work/trial"
expect_allowed in_cgroup /many/8 -- dev_mem
until_true have_bases 2
base=$(bases)
part cgroup set /many/8 profile=restricted
part set profile=restricted
expect_allowed in_cgroup /many/10 -- ioport
part cgroup delete /many/10
expect_denied in_cgroup /many/8 -- dev_mem
expect_denied in_cgroup /many/10 -- ioport
expect_allowed in_cgroup /many/11 -- dev_mem
change apply --revert
expect_denied in_cgroup /many/8 -- dev_mem
expect_denied in_cgroup /many/10 -- dev_mem
expect_denied in_cgroup /many/11 -- dev_mem
expect_denied in_cgroup /many -- ioport
expect_allowed msr
until_true have_bases 1
change cgroup delete --all
until_true have_bases 0
expect_allowed in_cgroup /many/11 -- dev_mem
