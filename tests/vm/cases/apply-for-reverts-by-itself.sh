# kernels: any
# timeout: 240
# A policy on trial ends in the kernel, with no process that waits for it, unless it is confirmed.

mkpolicy() { printf '[kimglock]\nprofile = %s\n' "$1" >"$work/$1"; }
mkpolicy privileged; mkpolicy restricted; mkpolicy baseline
used=""
# no number stands for two policies
new_generation() {
	number=$(sed -n 's/.* generation \([0-9]*\).*/\1/p' "$work/out")
	case " $used " in *" $number "*) fail "generation $number again, after$used" ;; esac
	used="$used $number"
	ok "generation $number is new"
}
wait_for_end() { sleep $(($(bpflock-ctl status --json | jq '.trial.seconds_left // 0') + 1)); }

load --profile privileged
new_generation
first=$(generation)
change apply --for 20s "$work/restricted"
expect_grep 'on trial.*--confirm' "$work/out"
new_generation
expect_denied dev_mem
expect_status ".profile == \"restricted\" and .trial.reverted == false and .trial.seconds_left <= 20
	and .trial.reverts_to == $first"
expect_equal "$(our_processes)" "" "our processes"
wait_for_end
expect_allowed dev_mem
expect_status ".profile == \"privileged\" and .generation == $first and .trial == {reverted: true}"
expect_exit 1 bpflock-ctl apply --confirm
expect_grep 'has ended' "$work/err"
expect_equal "$(our_processes)" "" "our processes"

change apply --for 1h "$work/restricted"
new_generation
kept=$(generation)
change apply --confirm
expect_equal "$(generation)" "$kept" generation
expect_status '.trial == null and .profile == "restricted"'
expect_denied dev_mem
expect_exit 1 bpflock-ctl apply --confirm
expect_exit 2 bpflock-ctl apply --confirm "$work/restricted"
expect_exit 2 bpflock-ctl apply --for 5 minutes "$work/restricted"
expect_exit 2 bpflock-ctl apply --for soon "$work/restricted"

# What is set during a trial, of the host, a cgroup or a grant, goes with it.
change apply "$work/privileged"
new_generation
change apply --for 40s "$work/baseline"
new_generation
change set block=kexec
new_generation
change cgroup set /x profile=restricted
new_generation
expect_denied kexec
expect_denied in_cgroup /x -- dev_mem
expect_status '.trial.seconds_left <= 40 and .trial.reverted == false'
wait_for_end
expect_allowed in_cgroup /x -- dev_mem
expect_allowed kexec
expect_status '.cgroups == [] and .block == [] and .profile == "privileged"'

# Of two in a row the second falls back to what was before the first.
change apply --for 1h "$work/restricted"
new_generation
change apply --for 20s "$work/baseline"
new_generation
expect_denied unshare -n -- dev_mem
expect_allowed dev_mem
wait_for_end
expect_allowed unshare -n -- dev_mem
expect_status '.profile == "privileged" and .trial.reverted'
# and one after one that has ended, to what holds now
change apply --for 15s "$work/restricted"
new_generation
expect_denied dev_mem
wait_for_end
expect_allowed dev_mem

# The loader's run, and an apply for good, end a trial: nothing reverts any more.
change apply --for 2s "$work/restricted"
load --profile baseline
new_generation
change apply --for 2s "$work/privileged"
change apply "$work/restricted"
new_generation
sleep 3
expect_denied dev_mem
expect_status '.profile == "restricted" and .trial == null'
change apply --for 2s "$work/privileged"
load --profile restricted --exec-log all
new_generation
sleep 2
expect_denied dev_mem
expect_status '.trial == null'

# What holds after a trial can be set for good, and what comes next has a number of its own all the same.
change apply --for 1s "$work/privileged"
new_generation
sleep 1
expect_denied dev_mem
change apply "$work/restricted"
expect_status '.trial == null'
change set profile=baseline
new_generation
expect_denied unshare -n -- dev_mem
expect_allowed dev_mem
