# kernels: any
# timeout: 180
# Killed before it could publish: what it left enforces, is told, and goes with the next change by whomever.

interrupted() {
	strace -qq -o "$work/strace" -e trace=renameat2 -e inject=renameat2:signal=KILL \
		bpflock "$@" >/dev/null 2>&1 || true
}

load --profile privileged
interrupted --profile restricted --exec-snoop all
expect_denied dev_mem
expect_exit 6 bpflock-ctl status --json
expect_json "$work/out" '.profile == "privileged" and .load_in_progress == false
	and (.leftovers | length) == 1 and .leftovers[0].enforces and .leftovers[0].profile == "restricted"'
expect_exit 6 bpflock-ctl verify
expect_grep 'enforces too, left by an interrupted load' "$work/err"
expect_exit 0 bpflock-ctl set block=kexec
expect_exit 0 bpflock-ctl verify
expect_allowed dev_mem
expect_denied kexec
expect_equal "$(ls /sys/fs/bpf)" bpflock "what is in bpffs"

# and with nothing published
expect_exit 0 bpflock-ctl unload
expect_allowed dev_mem
interrupted --profile restricted
expect_denied dev_mem
expect_exit 6 bpflock-ctl status
expect_exit 6 bpflock-ctl verify
expect_grep 'interrupted load enforces' "$work/err"
expect_exit 6 bpflock-ctl set profile=privileged
load --profile baseline
expect_allowed dev_mem

# however many there are, none hides the published set: with it as many as one list holds, and more
for most in 15 20; do
	load --profile restricted
	number=0
	while [ $number -lt $most ]; do
		mkdir "/sys/fs/bpf/bpflock-staging-$number"
		number=$((number + 1))
	done
	expect_exit 6 bpflock-ctl status
	expect_exit 0 bpflock-ctl unload
	expect_grep 'nothing is enforced any more' "$work/out"
	expect_nothing_pinned
	expect_allowed dev_mem
done
