# kernels: any
# timeout: 300
# Module requests are an operation like others for exceptions, rule sets that are like the host's, denials, suggest, replay and tree.

modprobe=$(cat /proc/sys/kernel/modprobe)
echo /bin/modprobe >/proc/sys/kernel/modprobe
away() { unload_modules algif_hash af_alg; }
container="unshare -f -p -n"
kdump=/system.slice/kdump-tools.service
hint() { sed -n 's/^ *hint: //p' "$work/out" | head -n 1; }

row exceptions-and-rule-sets-like-the-hosts
rm -rf /etc/bpflock
mkdir -p /etc/bpflock
cat >/etc/bpflock/bpflock.conf <<-EOT
	[kimglock]
	profile = restricted
	exceptions = kdump
	[kmodlock]
	profile = baseline
	[cgroup "$kdump"]
	kmodlock = restricted
	[cgroup "/open"]
	like = host
	allow = module_request
EOT
load
expect_allowed in_cgroup $kdump -- kexec
expect_denied in_cgroup $kdump -- msr
expect_exit 1 in_cgroup $kdump autoload hash
# shellcheck disable=SC2086 # words
expect_exit 0 in_cgroup /open $container autoload hash
away
change set kmodlock=restricted
expect_status '[.cgroups[] | .kmodlock] == ["restricted", "restricted"]'
expect_exit 0 in_cgroup /open autoload hash
away
expect_exit 0 bpflock-ctl explain module_request --cgroup /open
expect_grep '^ *=> allow +allow +it is in the list allow' "$work/out"
expect_exit 0 bpflock-ctl explain module_request --cgroup $kdump --json
expect_json "$work/out" '.decision == "deny" and any(.chain[]; .step == "profile" and .decides)'
change set kmodlock=baseline

row tree-graph-and-metrics
export LC_ALL=C
expect_exit 0 bpflock-ctl tree
expect_grep 'open: like = host; allow = module_request$' "$work/out"
expect_grep 'kdump-tools.service: like = host; allow = kexec; kmodlock = restricted$' "$work/out"
expect_grep 'deny module_request; allow kexec$' "$work/out"
expect_exit 0 bpflock-ctl analyze --dot
expect_grep '"module_request" \[label="module_request.nhost-only"' "$work/out"
expect_exit 0 bpflock-ctl metrics
expect_grep '^bpflock_policy_info\{.*kmodlock="baseline"' "$work/out"
expect_grep '^bpflock_decisions_total\{operation="module_request",verdict="denied"\} [1-9]' "$work/out"

row a-denial-names-the-grant-that-allows-it
# shellcheck disable=SC2086 # words
expect_exit 1 in_cgroup /x $container autoload hash
expect_exit 0 bpflock-ctl denials -n 1
expect_grep 'net-pf-38' "$work/out"
expect_equal "$(hint)" "bpflock-ctl grant module_request --cgroup /x --for 1h" "the hint"
eval "expect_exit 0 $(hint)"
# shellcheck disable=SC2086 # words
expect_exit 0 in_cgroup /x $container autoload hash
away
change revoke --all

row replay-says-what-a-preset-would-do
bpflock-log show -o json >"$work/log"
printf '[kimglock]\npreset = server\nexceptions = kdump\n[kmodlock]\nprofile = restricted\n' >"$work/new.conf"
expect_exit 1 bpflock-ctl replay "$work/new.conf" "$work/log" --exit-code --json
expect_json "$work/out" 'any(.by_operation[]; .name == "module_request" and .old == "allow" and .new == "deny")'
expect_json "$work/out" 'all(.by_operation[]; .name != "kexec")'

row suggest-opens-it-to-whom-used-it
rm -r /etc/bpflock
load --profile privileged --kmodlock privileged --coalesce 0
change cgroup delete --all
expect_exit 0 in_cgroup /system.slice/a.service autoload hash
away
# shellcheck disable=SC2086 # words
expect_exit 0 in_cgroup /system.slice/b.service $container autoload hash
away
expect_exit 0 sh -c "bpflock-ctl suggest --by-unit >$work/policy"
expect_no_grep 'a.service"' "$work/policy"
expect_grep '^\[cgroup "/system.slice/b.service"\]$' "$work/policy"
expect_grep '^allow = module_request$' "$work/policy"
change apply "$work/policy"
expect_exit 0 in_cgroup /system.slice/a.service autoload hash
away
# shellcheck disable=SC2086 # words
expect_exit 0 in_cgroup /system.slice/b.service $container autoload hash
away
# shellcheck disable=SC2086 # words
expect_exit 1 in_cgroup /system.slice/a.service $container autoload hash

row a-latch-overrules-them
change latch module_request
expect_exit 1 in_cgroup /system.slice/b.service autoload hash
expect_exit 0 bpflock-ctl denials -n 1
expect_grep '^ *note: .*latch' "$work/out"
echo "$modprobe" >/proc/sys/kernel/modprobe
