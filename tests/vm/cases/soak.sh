# kernels: any
# timeout: 300
# Whatever an administrator does, in any order, for long: afterwards nothing is left of it, neither in the
# kernel nor in its memory, and the kernel has had nothing to say. BPFLOCK_SOAK=1200 makes it twenty minutes.
seconds=${BPFLOCK_SOAK:-40}
# chosen at random, but for the short run, which shall not fail today and pass tomorrow
seed=0x$(uname -r | md5sum | cut -c 1-8)
[ -z "${BPFLOCK_SOAK:-}" ] || seed=0x$(cut -c 1-8 /proc/sys/kernel/random/uuid)
seed=${BPFLOCK_SOAK_SEED:-$seed}
echo "seed: $((seed))"
x=$(((seed & 0x7fffffff) | 1))
random() { x=$(((x * 1103515245 + 12345) & 0x7fffffff)) r=$(((x >> 8) % $1)); } # sets $r

# slab, per-CPU and vmalloc: where programs, maps and trampolines are. KiB.
kernel_memory() { awk '/^(Slab|Percpu|VmallocUsed):/ { n += $2 } END { print n }' /proc/meminfo; }
open_files() { cut -f 1 /proc/sys/fs/file-nr; }

# attempt STATUSES COMMAND...: as random as it is, it ends with one of these
attempt() {
	expected=$1
	shift
	status=0
	timeout 300 "$@" >"$work/out" 2>"$work/err" </dev/null || status=$?
	case " $expected " in
	*" $status "*) ;;
	*) cat "$work/out" "$work/err"; fail "$*: exit status $status, expected one of $expected, step $step" ;;
	esac
}

pick() { # WORD...: sets $word
	random $#
	shift "$r"
	word=$1
}

tail_pid=""
end_tail() {
	[ -z "$tail_pid" ] || { kill "$tail_pid"; wait "$tail_pid"; } 2>/dev/null || :
	tail_pid=""
}

one_step() {
	random 20
	case $r in
	0 | 1) pick privileged baseline restricted; profile=$word
		pick none all failed; snoop=$word
		pick 64K 512K
		attempt "0" bpflock --profile "$profile" --exec-log "$snoop" --ring-size "$word" ;;
	2) pick privileged baseline restricted
		attempt 0 bpflock-ctl set "profile=$word" ;;
	3) pick dev_mem debugfs @tracing kexec,msr
		attempt "0 2" bpflock-ctl block "$word" ;;
	4) pick dev_mem debugfs @tracing kexec,msr
		attempt "0 2" bpflock-ctl allow "$word" ;;
	5) pick 1s 5s 1h
		printf '[kimglock]\nprofile = baseline\n[cgroup "/soak/a"]\nprofile = restricted\n' >"$work/policy"
		attempt 0 bpflock-ctl apply --for "$word" "$work/policy" ;;
	6) attempt "0 1" bpflock-ctl apply --confirm ;;
	7) attempt 0 bpflock-ctl reset ;;
	8 | 9) pick /soak/a /soak/a/b /soak/c /elsewhere; path=$word
		pick privileged baseline restricted
		attempt 0 bpflock-ctl cgroup set "$path" "profile=$word" ;;
	10) pick /soak/a /soak/a/b /soak/c --all
		attempt "0 1" bpflock-ctl cgroup delete "$word" ;;
	11) pick /soak/a /soak/c
		attempt "0 1" bpflock-ctl grant dev_mem,kexec --cgroup "$word" --for 3s --comment soak ;;
	12) attempt "0 1" bpflock-ctl revoke --all ;;
	13) for path in a a/b c; do
			mkdir -p "/sys/fs/cgroup/soak/$path"
			status=0
			in_cgroup "/soak/$path" probe dev_mem 2>/dev/null || status=$?
			[ $status -le 1 ] || fail "probe in /soak/$path: exit status $status, step $step"
		done
		rmdir /sys/fs/cgroup/soak/a/b /sys/fs/cgroup/soak/a /sys/fs/cgroup/soak/c ;;
	14) end_tail
		pick json logfmt short
		bpflock-log drain -o "$word" >/dev/null 2>&1 &
		tail_pid=$! ;;
	15) end_tail ;;
	16) attempt 0 bpflock-log show -o json ;;
	17) attempt 0 flood 500 2 ;;
	18) attempt 0 bpflock-ctl status --json ;;
	19) random 900
		bpflock --profile restricted --exec-log all >/dev/null 2>&1 &
		loader=$!
		usleep "${r}000"
		kill -KILL $loader 2>/dev/null || :
		wait $loader 2>/dev/null || :
		attempt 0 bpflock --profile baseline ;;
	esac
}

dmesg -c >/dev/null
# what is made once and stays, trampolines' pages for one
for snoop in all none; do
	load --profile restricted --exec-log $snoop
	change cgroup set /soak/a profile=baseline
	flood 100 2
done
mkdir -p /sys/fs/cgroup/soak/a && rmdir /sys/fs/cgroup/soak/a
change unload
objects_before=$(settled_objects) memory_before=$(kernel_memory) files_before=$(open_files)

load --profile baseline
end=$(($(cut -d . -f 1 /proc/uptime) + seconds))
step=0
while [ "$(cut -d . -f 1 /proc/uptime)" -lt $end ]; do
	step=$((step + 1))
	one_step
done
ok "$step steps"
expect_status '.enforcing and .attached and .leftovers == []'
end_tail
change unload
expect_nothing_pinned
rmdir /sys/fs/cgroup/soak
settled() { [ "$(bpf_objects)" = "$objects_before" ]; }
until_true settled
sleep 2
echo "kernel memory: $memory_before KiB before, $(kernel_memory) after; files $files_before, $(open_files)"
grown=$(($(kernel_memory) - memory_before))
# what the kernel keeps for its own reasons; a set is 2.5 MiB
[ $grown -lt 8192 ] || fail "kernel memory grew by $grown KiB in $step steps"
[ $(($(open_files) - files_before)) -lt 64 ] || fail "open files: $files_before, now $(open_files)"
dmesg >"$work/dmesg"
expect_no_grep 'BUG|WARNING|Oops|Call Trace|leak|soft lockup|rcu.*stall' "$work/dmesg"
