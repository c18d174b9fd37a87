# kernels: any
# Rule sets of cgroups and grants that were given at run time outlive the boot unit's next run, with
# the same programs and with others. Files win, and reset ends them.

holds() {
	expect_denied in_cgroup /run -- kexec
	expect_denied in_cgroup /file -- kexec
	expect_allowed in_cgroup /file -- dev_mem
	expect_status '.cgroups | map([.path, .runtime]) | sort == [["/file", false], ["/run", true]]'
	expect_status '.grants | length == 1 and .[0].path == "/file" and .[0].comment == "a test"
		and .[0].seconds_left > 2400'
}

mkdir -p /etc/bpflock
file() { printf '[kimglock]\nprofile = privileged\n%b' "$1" >/etc/bpflock/bpflock.conf; }
file '[cgroup "/file"]\nprofile = restricted\n'
load
change cgroup set /run profile=restricted
change grant dev_mem --cgroup /file --for 1h --comment 'a test'
change set profile=restricted
expect_denied dev_mem
holds

load
expect_allowed dev_mem
holds
load
expect_grep '^bpflock: unchanged: ' "$work/out"
load --exec-log all
expect_grep 'replaced' "$work/out"
expect_allowed dev_mem
holds
load --exec-log none
expect_grep 'replaced' "$work/out"
holds
printf '[kimglock]\nprofile = restricted\n[cgroup "/file"]\nprofile = restricted\nblock = ioport\n' >"$work/policy"
change apply "$work/policy"
expect_denied dev_mem
expect_denied in_cgroup /file -- ioport
holds

file '[cgroup "/file"]\nprofile = restricted\n[cgroup "/run"]\nprofile = privileged\n'
load
expect_allowed in_cgroup /run -- kexec
expect_status '.cgroups | all(.runtime | not)'
change cgroup set /run profile=restricted
expect_denied in_cgroup /run -- kexec
load
expect_allowed in_cgroup /run -- kexec

file '[cgroup "/file"]\nprofile = restricted\n'
load
change cgroup set /run profile=restricted
holds
change reset
expect_allowed in_cgroup /run -- kexec
expect_denied in_cgroup /file -- dev_mem
expect_status '(.cgroups | map(.path)) == ["/file"] and .grants == []'

# nor does reset take exec tracing along, which the files do not mention
load --exec-log all
change cgroup set /run profile=restricted
change reset
expect_status '.exec_log == "all" and (.cgroups | length == 1)'
# nor does apply, and it is still told who has set it
printf '[kimglock]\nprofile = baseline\n' >"$work/policy"
expect_exit 0 bpflock-ctl diff "$work/policy"
expect_no_grep 'trace' "$work/out"
change apply "$work/policy"
expect_status '.exec_log == "all" and .sources.exec_log == "--exec-log"'
