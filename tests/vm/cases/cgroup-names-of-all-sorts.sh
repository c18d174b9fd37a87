# kernels: any
# A cgroup may be called anything but a newline. Each of these names is found, before and after it is there,
# and comes back from a policy file as what it was.

names() {
	printf 'a b\na"b\na\\b\\\na]b\n[x"y]\n-x\n+\n%%s%%n\nü€𝄞\n'
	for length in 98 99 100 198 255; do # 99 is a piece
		printf '%0*d\n' "$length" 0
	done
}
each() { # EXPECTED STATUS
	while IFS= read -r name; do
		expect_exit "$1" in_cgroup "/n/$name" probe dev_mem </dev/null
	done <"$work/names"
}
live() { bpflock-ctl cgroup list --json | jq '[.cgroups[] | select(.state == "live")] | length'; }

names >"$work/names"
load --profile privileged
mkdir -p '/sys/fs/cgroup/n/a b'
sed 's|.*|[cgroup "/n/&"]\nprofile = restricted|' "$work/names" >"$work/policy"
change apply "$work/policy"
expect_equal "$(live)" 1 "rules that are live"
each 1
expect_equal "$(live)" 14 "rules that are live"
bpflock-ctl cgroup list --json | jq -r '.cgroups[].path' | sort >"$work/listed"
sed 's|^|/n/|' "$work/names" | sort >"$work/expected"
expect_exit 0 cmp "$work/listed" "$work/expected"
expect_allowed in_cgroup /n -- dev_mem

bpflock-ctl policy >"$work/shown"
change apply "$work/shown"
expect_grep '^bpflock-ctl: unchanged, ' "$work/out"
change cgroup delete --all
each 0
change apply "$work/shown"
each 1
change cgroup delete --all

# What cannot be printed has no rule of its own, but is under that of what is above it.
# shellcheck disable=SC1003 # a backslash
odd=/odd/$(printf 'o\377\033[31md "\\')
expect_exit 2 bpflock-ctl cgroup set "$odd" profile=restricted
expect_grep 'name a cgroup above it' "$work/err"
expect_exit 0 in_cgroup "$odd" probe dev_mem
change cgroup set /odd profile=restricted
expect_exit 1 in_cgroup "$odd" probe dev_mem
start_task odd in_cgroup "$odd"
bpflock-ctl explain dev_mem --pid "$task" >"$work/explained"
expect_grep 'decision: deny' "$work/explained"
expect_no_grep "$(printf '\033')" "$work/explained"
expect_exit 2 bpflock-ctl grant dev_mem --pid "$task" --for 1h
expect_no_grep "$(printf '\033')" "$work/err"
expect_exit 1 in_cgroup "$odd" probe dev_mem

# A wildcard would be armed for nobody.
for wild in '/odd/*' '/o?d'; do
	expect_exit 2 bpflock-ctl cgroup set "$wild" profile=restricted
	expect_grep 'not supported: name the cgroup above' "$work/err"
	expect_exit 2 bpflock-ctl grant dev_mem --cgroup "$wild" --for 1h
done
printf '[cgroup "/odd/*"]\nprofile = restricted\n' >"$work/policy"
expect_exit 2 bpflock-ctl check "$work/policy"
expect_grep 'policy:1:.*name the cgroup above' "$work/err"

# One whose name ends as /proc marks what was removed is not removed.
start_task living in_cgroup '/n/x (deleted)'
change grant dev_mem --pid "$task" --for 1h
expect_exit 0 in_cgroup '/n/x (deleted)' bpflock-ctl grant msr --self --for 1h
bpflock-ctl grants --json >"$work/grants"
expect_json "$work/grants" '(.grants | map(.path)) == ["/n/x (deleted)", "/n/x (deleted)"]'
expect_exit 0 in_cgroup '/n/x (deleted)' bpflock-ctl explain msr
expect_grep 'cgroup: /n/x \(deleted\), process' "$work/out"
