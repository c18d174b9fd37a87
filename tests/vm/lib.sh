# shellcheck shell=dash
# Sourced by every case, in the guest, under `sh -eu`. A case that ends without one check failed.
checks=0
work=$(mktemp -d /tmp/work-XXXXXX)

# In a subshell (a pipeline, $(...)) exit would leave only that: so make the whole case fail.
fail() {
	echo "FAILED: $*" >&2
	touch "$work/failed"
	exit 1
}

at_exit() {
	status=$?
	[ ! -e "$work/failed" ] || [ $status -ne 0 ] || status=1
	[ $status -ne 0 ] || [ $checks -ge ${checks_due:-1} ] || {
		echo "FAILED: this case, or its last row, has checked nothing"
		status=1
	}
	end_tasks
	remove_cgroups || status=1
	rm -rf "$work"
	exit $status
}
trap at_exit EXIT

# The hierarchy as init has it, with the case's own cgroup and no other. A case that was killed may have
# left some to its successor. Where systemd runs they are systemd's.
remove_cgroups() {
	[ ! -d /run/systemd/system ] || return 0
	[ "$(stat -f -c %t /sys/fs/cgroup)" = 63677270 ] || mount -t cgroup2 cgroup2 /sys/fs/cgroup
	tries=0
	while [ -n "$(find /sys/fs/cgroup -mindepth 1 -type d ! -path /sys/fs/cgroup/case)" ]; do
		[ $tries -lt 1000 ] || { echo "FAILED: cgroups cannot be removed"; return 1; }
		[ $tries -eq 0 ] || usleep 20000
		tries=$((tries + 1))
		# shellcheck disable=SC2046 # words
		kill -KILL $(find /sys/fs/cgroup -mindepth 2 -name cgroup.procs \
			! -path /sys/fs/cgroup/case/cgroup.procs -exec cat {} + 2>/dev/null) 2>/dev/null || :
		find /sys/fs/cgroup -depth -mindepth 1 -type d ! -path /sys/fs/cgroup/case \
			-exec rmdir {} + 2>/dev/null || :
	done
}

ok() {
	checks=$((checks + 1))
	echo "ok: $*"
}

# row NAME: what follows is that behaviour, until the next one; each counts as a case
row() {
	[ $checks -ge ${checks_due:-0} ] || fail "this row has checked nothing"
	checks_due=$((checks + 1))
	echo "row: $1"
}

# expect_exit STATUS COMMAND...; its output is in $work/out and $work/err, and in the case's log.
expect_exit() {
	expected=$1
	shift
	actual=0
	"$@" >"$work/out" 2>"$work/err" || actual=$?
	[ ! -s "$work/out" ] || awk '{ print "  out: " $0 }' "$work/out"
	[ ! -s "$work/err" ] || awk '{ print "  err: " $0 }' "$work/err"
	[ $actual -eq "$expected" ] || fail "$*: exit status $actual, expected $expected"
	ok "exit status $actual: $*"
}

# Words before the operation are a prefix to run the probe with: expect_denied unshare -n -- dev_mem
run_probe() {
	expected=$1 prefix=""
	shift
	while [ $# -gt 1 ]; do
		[ "$1" = -- ] || prefix="$prefix $1"
		shift
	done
	# shellcheck disable=SC2086 # words
	expect_exit "$expected" $prefix probe "$1"
}

expect_allowed() { run_probe 0 "$@"; }
expect_denied() { run_probe 1 "$@"; }

expect_grep() {
	grep -E -q -e "$1" "$2" || {
		sed 's/^/  /' "$2"
		fail "no line of $2 matches $1"
	}
	ok "$2 has: $1"
}

expect_no_grep() {
	! grep -E -e "$1" "$2" || fail "a line of $2 matches $1"
	ok "$2 has not: $1"
}

# json_get FILE .path: the value, raw; failing when there is none.
json_get() {
	jq -e -r "$2 | if type == \"boolean\" then tostring else . end" "$1" ||
		fail "$1 has no $2"
}

# expect_json FILE EXPRESSION: a jq expression that must be true.
expect_json() {
	jq -e "$2" "$1" >"$work/json" 2>&1 || {
		sed 's/^/  /' "$1"
		fail "$1: not so: $2: $(cat "$work/json")"
	}
	ok "$1: $2"
}

expect_equal() {
	[ "$1" = "$2" ] || fail "${3:-value}: $1, expected $2"
	ok "${3:-value} is $2"
}

# A PCMCIA socket: QEMU's ne2k_pci card, unused otherwise, taken for the bridge it is not.
bind_pcmcia() {
	[ ! -e /sys/class/pcmcia_socket/pcmcia_socket0 ] || return 0
	modprobe pcmcia
	modprobe pd6729
	echo 10ec 8029 >/sys/bus/pci/drivers/pd6729/new_id
	wait_until test -e /sys/class/pcmcia_socket/pcmcia_socket0/cis
}

# in_cgroup PATH COMMAND...: in that cgroup v2, which is made if need be
in_cgroup() {
	[ -d "/sys/fs/cgroup$1" ] || mkdir -p "/sys/fs/cgroup$1"
	sh -c 'echo 0 >"/sys/fs/cgroup$0/cgroup.procs" || exit 64; exec "$@"' "$@"
}

# start_task NAME PREFIX...: a shell that stays, where the prefix puts it. Sets $task to its pid, as the
# host sees it.
tasks="" jobs=""
start_task() {
	task_name=$1
	shift
	mkfifo "$work/$task_name.ask" "$work/$task_name.answer"
	# shellcheck disable=SC2016 # expanded there; /proc is the host's, whatever its pid namespace
	"$@" sh -c 'read -r pid _ </proc/self/stat
		echo "$pid" >"$0.answer"
		while read -r words <"$0.ask"; do
			status=0
			eval "$words" || status=$?
			echo $status >"$0.answer"
		done' "$work/$task_name" >"$work/$task_name.out" 2>&1 &
	jobs="$jobs $!"
	read -r task <"$work/$task_name.answer"
	tasks="$tasks $task"
}

# ask NAME COMMAND...: has that task run it, itself if the shell has it. Sets $answer to its exit status.
ask() {
	task_name=$1
	shift
	echo "$*" >"$work/$task_name.ask"
	# shellcheck disable=SC2034 # for the case
	read -r answer <"$work/$task_name.answer"
}

end_tasks() {
	# shellcheck disable=SC2086 # words
	[ -z "$tasks" ] || { kill -KILL $tasks; wait $jobs; } 2>/dev/null || :
	tasks="" jobs=""
}

inode() { stat -c %i "$1"; }

# change VERB WORDS...: of bpflock-ctl, which succeeds
change() { expect_exit 0 bpflock-ctl "$@"; }

load() { expect_exit 0 bpflock "$@"; }

# The ring as it stands, an array of records; looking does not consume.
records() { bpflock-log show -o json >"$work/records" || fail "bpflock-log show: status $?"; }

# expect_record EXPRESSION: one record at least for which it is true.
expect_record() {
	records
	jq -e -s "any(.[]; $1)" "$work/records" >/dev/null 2>&1 || {
		tail -n 20 "$work/records"
		fail "no record is: $1"
	}
	ok "a record is: $1"
}

expect_no_record() {
	records
	jq -e -s "any(.[]; $1) | not" "$work/records" >/dev/null 2>&1 || {
		jq -c "select($1)" "$work/records"
		fail "a record is: $1"
	}
	ok "no record is: $1"
}


# expect_status EXPRESSION: true of bpflock-ctl status --json
expect_status() {
	bpflock-ctl status --json >"$work/status" || fail "bpflock-ctl status: exit status $?"
	expect_json "$work/status" "$1"
}

# expect_state WORD STATUS [REASON]: every program that is asked whether the machine is protected gives the same answer
expect_state() {
	expect_exit "$2" bpflock-ctl status
	head -n 1 "$work/out" >"$work/state"
	expect_grep "^[^ ]* $1( [(].*[)])?: .*${3-}" "$work/state"
	expect_exit "$2" bpflock-ctl status --json
	expect_json "$work/out" ".state == \"$1\" and .status == $2"
	expect_exit "$2" bpflock-ctl test
	expect_grep "^bpflock-ctl: $1: .*${3-}" "$work/out"
	bpflock-ctl doctor --json >"$work/out" || :
	expect_json "$work/out" ".checks[] | select(.name == \"state\") | .detail | test(\"^$1: .*${3-}\")"
	expect_exit 0 bpflock-ctl metrics
	expect_equal "$(sed -n 's/^bpflock_state{state="\(.*\)"} 1$/\1/p' "$work/out")" "$1" "the state in metrics"
	expect_grep "^bpflock_degraded $(($2 == 6))\$" "$work/out"
}

generation() { bpflock-ctl status --json | jq -e .generation; }

expect_nothing_pinned() {
	left=$(find /sys/fs/bpf -mindepth 1 2>/dev/null)
	[ -z "$left" ] || fail "pinned: $left"
	ok "nothing is pinned"
}

our_processes() {
	for comm in /proc/[0-9]*/comm; do
		{ read -r name <"$comm"; } 2>/dev/null || continue
		case $name in bpflock*) echo "${comm%/comm} $name" ;; esac
	done
}

# child_of PID: its only one
child_of() {
	read -r child _ <"/proc/$1/task/$1/children" || : # no newline ends it
	echo "$child"
}

uptime_seconds() {
	read -r uptime_now _ </proc/uptime
	echo "${uptime_now%.*}"
}

# reboot_here: the case is run again after that, and is_rebooted then
reboot_here() {
	ok "the machine reboots"
	touch /vm/reboots
	exit 0
}
is_rebooted() { [ -e /vm/rebooted ]; }

on_arm() { [ "$(uname -m)" = aarch64 ]; }
# what can be read of /dev/mem by "head -c": arm64 has nothing at its beginning
mem_bytes() { if on_arm; then echo 0; else echo 1; fi; }

# wait_until COMMAND...: for two minutes, or $patience seconds, because the machine may be busy. A command that is much work for the
# guest is run every $interval seconds.
wait_until() {
	deadline=$(($(uptime_seconds) + ${patience:-120}))
	until "$@" >/dev/null 2>&1; do
		[ "$(uptime_seconds)" -le $deadline ] || fail "not within ${patience:-120} seconds: $*"
		sleep "${interval:-0.1}"
	done
}
until_true() {
	wait_until "$@"
	ok "in the end: $*"
}

# end_reader PID [SIGNAL]: of bpflock-log in the background. It reads what is in the ring, and ends well; a signal that
# comes before it has its handlers would just kill it.
catches_signals() { grep -q '^SigCgt:.*[4-7c-f]...$' "/proc/$1/status"; }
end_reader() {
	wait_until catches_signals "$1"
	kill "-${2:-TERM}" "$1"
	wait "$1" || fail "the reader ended with status $?"
}

# unload_modules NAME...: what uses them may end later than its process
are_unloaded() {
	for module; do rmmod "$module" 2>/dev/null || :; done
	for module; do ! grep -q "^$module " /proc/modules || return 1; done
}
unload_modules() { wait_until are_unloaded "$@"; }

# bpf_objects: how many programs, maps and links there are, but for those of bpftool and of libbpf's probes. The kernel
# frees late: settled_objects is how many there are in the end.
bpf_objects() {
	for kind in prog map link; do
		bpftool -j $kind show | jq --arg kind $kind '[.[] | select(if $kind == "link" then .type != "iter"
			else .name // "" | test("^(iter$|pid_iter|libbpf_|$)") | not end)] | length'
	done | xargs
}
settled_objects() {
	same=0 objects=""
	while [ $same -lt 3 ]; do
		sleep 0.5
		before=$objects objects=$(bpf_objects)
		same=$((same + 1))
		[ "$objects" = "$before" ] || same=0
	done
	echo "$objects"
}

remove_cgroups
