# kernels: any
# timeout: 180
# Killed after it took over the link and before it could publish: the new policy decides, which is told, and the next
# change by whomever publishes it and removes the other.

interrupted() {
	strace -qq -o "$work/strace" -e trace=renameat2 -e inject=renameat2:signal=KILL \
		bpflock "$@" >/dev/null 2>&1 || true
}

load --profile privileged
interrupted --profile restricted --exec-log all
expect_denied dev_mem
expect_exit 6 bpflock-ctl status --json
expect_json "$work/out" '.profile == "restricted" and .enforcing and .load_in_progress == false
	and (.leftovers | length) == 1 and (.leftovers[0].enforces | not) and .leftovers[0].profile == "privileged"'
expect_exit 6 bpflock-ctl test
expect_grep 'an interrupted load enforces, unpublished' "$work/err"
expect_exit 0 bpflock-ctl policy
expect_grep '^profile = restricted' "$work/out"
expect_exit 0 bpflock-ctl set block=kexec
expect_exit 0 bpflock-ctl test
expect_status '.profile == "restricted" and .block == ["kexec"] and .exec_log == "all" and .generation == 3'
expect_denied dev_mem
expect_denied kexec
expect_equal "$(ls /sys/fs/bpf)" bpflock "what is in bpffs"

# and with nothing published
expect_exit 0 bpflock-ctl unload
expect_allowed dev_mem
interrupted --profile restricted
expect_denied dev_mem
expect_exit 6 bpflock-ctl status
expect_exit 6 bpflock-ctl test
expect_grep 'interrupted load enforces' "$work/err"
expect_exit 0 bpflock-ctl set profile=privileged
expect_allowed dev_mem
expect_exit 0 bpflock-ctl status
expect_exit 0 bpflock-ctl unload
interrupted --profile restricted
expect_denied dev_mem
load --profile baseline
expect_allowed dev_mem
expect_equal "$(ls /sys/fs/bpf)" bpflock "what is in bpffs"
expect_exit 0 bpflock-ctl unload

# killed right before it takes over the link, by the last look at the root: the old policy decides
load --profile restricted
strace -qq -o "$work/strace" -e trace=fsopen bpflock --profile restricted --exec-log failed
strace -qq -o "$work/strace" -e trace=fsopen -e inject=fsopen:signal=KILL:when="$(wc -l <"$work/strace")" \
	bpflock --profile privileged --exec-log all >/dev/null 2>&1 || true
expect_grep 'killed by SIGKILL' "$work/strace"
expect_equal "$(find /sys/fs/bpf -mindepth 1 -maxdepth 1 | wc -l)" 2 "sets of pins"
expect_denied dev_mem
expect_exit 6 bpflock-ctl status --json
expect_json "$work/out" '.profile == "restricted" and .attached and (.leftovers | length) == 1 and (.leftovers[0].enforces | not)'
expect_exit 0 bpflock-ctl set mode=audit
expect_exit 0 bpflock-ctl status
expect_equal "$(ls /sys/fs/bpf)" bpflock "what is in bpffs"

# killed while it removes the old set: the new one decides, and nothing else is said to
for at in 4 11 18; do
	load --profile restricted
	strace -qq -o "$work/strace" -e trace=unlinkat -e inject=unlinkat:signal=KILL:when=$at \
		bpflock --profile privileged --exec-log failed >/dev/null 2>&1 || true
	expect_grep 'killed by SIGKILL' "$work/strace"
	bpflock-ctl status --json >"$work/status" || true
	expect_json "$work/status" '.profile == "privileged" and .enforcing and all(.leftovers[]; .enforces | not)'
	expect_allowed dev_mem
done

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
