# kernels: any
# From the main file and drop-ins, with where they come from.

mkdir -p /etc/bpflock/bpflock.conf.d
cat >/etc/bpflock/bpflock.conf <<'END'
[kimglock]
profile = privileged
[cgroup "/main"]
profile = restricted
block = kcore
[cgroup "/both"]
profile = restricted
block = kcore
END
cat >/etc/bpflock/bpflock.conf.d/10-more.conf <<'END'
[cgroup "/both"]
level = confidentiality
block =
block = kexec
allow = perf
[cgroup "/drop in"]
profile = baseline
END
load
expect_allowed dev_mem
expect_denied in_cgroup /main -- dev_mem
expect_denied in_cgroup /main -- kcore
expect_allowed in_cgroup /main -- tracefs
expect_denied in_cgroup /both -- kexec
expect_denied in_cgroup /both -- tracefs
expect_allowed in_cgroup /both -- perf
expect_exit 1 in_cgroup '/drop in' unshare -n probe dev_mem
expect_exit 0 in_cgroup '/drop in' probe dev_mem
bpflock-ctl cgroup list --json >"$work/list"
expect_json "$work/list" '[.cgroups[] | [.path, .runtime, .source]] == [
	["/both", false, "/etc/bpflock/bpflock.conf.d/10-more.conf:1"],
	["/drop in", false, "/etc/bpflock/bpflock.conf.d/10-more.conf:6"],
	["/main", false, "/etc/bpflock/bpflock.conf:3"]]'
load
expect_grep '^bpflock: unchanged: ' "$work/out"

# All that is wrong is told, with its place, and the policy of before holds.
before=$(generation)
cat >/etc/bpflock/bpflock.conf.d/20-wrong.conf <<'END'
[cgroup "/main"]
profil = privileged
[cgroup main]
profile = privileged
[cgroup "/a/../b"]
profile = privileged
[cgroup "/both"]
trace = all
profile = privileged
profile = baseline
[cgruop "/x"]
END
expect_exit 2 bpflock
expect_grep '20-wrong.conf:2:1: .*"profil".*profile' "$work/err"
expect_grep '20-wrong.conf:3:9: .*quotes' "$work/err"
expect_grep '20-wrong.conf:5:[0-9]+: .*"\.\."' "$work/err"
expect_grep '20-wrong.conf:8:1: .*"trace"' "$work/err"
expect_grep '20-wrong.conf:10:1: .*line 9' "$work/err"
expect_grep '20-wrong.conf:11:[0-9]+: .*"cgruop' "$work/err"
expect_equal "$(generation)" "$before" generation
expect_denied in_cgroup /main -- dev_mem
expect_denied in_cgroup /both -- kexec
expect_allowed dev_mem
expect_exit 2 bpflock-ctl reset
expect_equal "$(generation)" "$before" generation
rm /etc/bpflock/bpflock.conf.d/*.conf
load
expect_denied in_cgroup /both -- kcore
expect_allowed in_cgroup /both -- tracefs
