# kernels: any
# What is not needed is given up at once, and what waits for a lock or for input shows it.
bits() { # NUMBER...: the mask of these capabilities, as /proc has it
	mask=0
	for number; do mask=$((mask | 1 << number)); done
	printf '%016x\n' $mask
}
kernel=$(bits 0 2 12 19 21 38 39) # CHOWN DAC_READ_SEARCH NET_ADMIN SYS_PTRACE SYS_ADMIN PERFMON BPF
files=$(bits 2)

# expect_kept MASK COMMAND: of a process of that name, which is there soon and waits
expect_kept() {
	is_there() { pid=$(pidof "$2"); }
	until_true is_there "$@"
	kept() { grep -q "^CapEff:.$1$" "/proc/$pid/status"; }
	until_true kept "$1"
	for set in CapPrm CapEff CapBnd; do
		expect_grep "^$set:.$1\$" "/proc/$pid/status"
	done
	expect_grep '^CapInh:.0*$' "/proc/$pid/status"
	expect_grep '^NoNewPrivs:.1$' "/proc/$pid/status"
}

# held COMMAND...: of bpflock, which waits for the lock meanwhile
held() {
	rm -f "$work/locked"
	flock -x /sys/fs/bpf sh -c "touch '$work/locked'; read -r _ <'$work/release'" &
	wait_until test -e "$work/locked"
	"$@" --wait 10m >/dev/null &
	expect_kept "$kernel" "$1"
	echo >"$work/release"
	wait
}

mkfifo "$work/release"
load --profile privileged
held bpflock --profile restricted
expect_denied dev_mem
held bpflock-ctl set profile=baseline
expect_denied unshare -n -- dev_mem
mkfifo "$work/policy"
bpflock-ctl check --stdin <"$work/policy" &
exec 4>"$work/policy"
expect_kept "$files" bpflock-ctl
exec 4>&-
wait

# started with less than that, or with nothing, it says what is missing
expect_exit 4 setpriv --bounding-set=-sys_admin,-bpf --inh-caps=-sys_admin,-bpf bpflock --profile privileged
expect_denied unshare -n -- dev_mem
