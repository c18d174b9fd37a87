# kernels: bookworm trixie sid trixie-arm64
# places: sid-arm64
load --profile restricted --mode audit
expect_grep 'mode audit, generation 1; verified: nothing is denied$' "$work/out"
expect_allowed dev_mem
expect_status '.mode == "audit"'
expect_record '.operation == "dev_mem" and .decision == "audit" and .retval == 0
	and .reason == "audit (restricted)"'
expect_exit 0 bpflock-ctl set mode=enforce
expect_denied dev_mem
# the mode of the command line is the host's alone: what a cgroup was given, or a file says, stays
change cgroup set /kept profile=restricted
printf '[cgroup "/filed"]\nprofile = restricted\n' >"$work/policy"
load --config "$work/policy" --profile restricted --mode audit
expect_allowed dev_mem
expect_denied in_cgroup /kept -- dev_mem
expect_denied in_cgroup /filed -- dev_mem
