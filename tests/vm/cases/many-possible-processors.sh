# kernels: bookworm
# qemu: -smp 2,maxcpus=240,sockets=240,cores=1,threads=1
# Of 240 processors that the machine may get, two are there: what is counted for each of them adds up, also when one
# goes and comes back. (Later kernels take no more processors to be possible than there are, under this emulation.)

row possible
expect_equal "$(cat /sys/devices/system/cpu/possible)" 0-239 "the possible processors"
load --profile restricted --allow hibernation --exec-log all
change cgroup set /a profile=privileged
expect_denied dev_mem
expect_allowed in_cgroup /a -- dev_mem
expect_allowed hibernation
expect_record '.operation == "dev_mem" and .decision == "deny"'

row one-goes-and-comes-back
taskset 2 true || fail "the second processor is not there"
probe --hammer dev_mem 1
echo 0 >/sys/devices/system/cpu/cpu1/online
expect_denied dev_mem
probe --hammer dev_mem 1
echo 1 >/sys/devices/system/cpu/cpu1/online
expect_denied taskset 2 -- dev_mem
probe --hammer dev_mem 1
expect_status '.totals | .decisions > 100
	and .decisions == .emitted + .coalesced + .dropped + .unlogged'
expect_status '([.operations[] | .allowed + .denied + (.audited // 0)] | add) == .totals.decisions'
expect_exit 0 bpflock-ctl metrics
expect_grep '^bpflock_enforcing.* 1$' "$work/out"
