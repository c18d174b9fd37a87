# kernels: any
# tree draws the cgroups: those with rule sets, that exist or not, what is above them, and those with processes.

printf '[kimglock]\nprofile = baseline\n[cgroup "/a/b"]\nprofile = restricted\nallow = kexec\n[cgroup "/none/yet"]\nprofile = baseline\n[cgroup "/like"]\nlike = host\nallow = msr\n' >"$work/policy"
load --config "$work/policy"
mkdir -p /sys/fs/cgroup/a/b/c /sys/fs/cgroup/empty
start_task busy in_cgroup /a/busy
start_task deep in_cgroup /d/e/f/g
export LC_ALL=C
expect_exit 0 bpflock-ctl tree
expect_grep '^/: profile = baseline$' "$work/out"
expect_grep '^\|-a$' "$work/out"
expect_grep '^\| \|-b: profile = restricted; allow = kexec$' "$work/out"
expect_grep '^\| \|     deny unsigned_module, .* more; allow kexec$' "$work/out"
expect_grep '^\| `-busy$' "$work/out"
expect_grep '^`-none \(does not exist\)$' "$work/out"
expect_grep '^\|-like \(does not exist\): like = host; allow = msr$' "$work/out"
expect_grep '^\|     allow msr$' "$work/out"
expect_grep '^  `-yet \(does not exist\): profile = baseline$' "$work/out"
expect_grep '^        decides like the rule set above it$' "$work/out"
expect_no_grep 'empty|-g$' "$work/out"
expect_grep '^1 more cgroups' "$work/out"
expect_exit 0 bpflock-ctl tree --all
expect_grep 'empty$' "$work/out"
expect_grep '^\|     `-g$' "$work/out"
expect_exit 0 env LC_ALL=C.UTF-8 bpflock-ctl tree
expect_grep '^│ ├─b: profile = restricted; allow = kexec$' "$work/out"

# grants hold where the kernel sees them
change grant kexec --cgroup /a --for 1h
change grant msr --host --for 1h
expect_exit 0 bpflock-ctl tree --all --json
expect_json "$work/out" '[.cgroups[] | {(.path): .grants}] | add | .["/"] == [2] and .["/a"] == [1, 2] and .["/a/busy"] == [1, 2]
	and .["/a/b"] == [] and .["/d/e"] == [2]' 
expect_json "$work/out" '.cgroups[] | select(.path == "/a/b") | .exists and .rule.profile == "restricted" and .rule_set == "/a/b"
	and .differs.allow == ["kexec"] and (.differs.deny | index("msr"))'
expect_json "$work/out" '.cgroups[] | select(.path == "/none/yet") | .exists == false'
expect_json "$work/out" '.cgroups[] | select(.path == "/a/b/c") | .rule_set == "/a/b" and (has("rule") | not)'
expect_exit 0 bpflock-ctl tree
expect_grep '^\|-a \[grant 1, 2\]$' "$work/out"
expect_exit 0 bpflock-ctl unload
expect_exit 3 bpflock-ctl tree
