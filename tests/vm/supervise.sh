# shellcheck shell=dash
# shellcheck disable=SC2154 # shared with init and service
# How a guest runs the cases of /vm/plan one after another, in the cgroup $box. What includes this
# says clean_up() and sets $untouched, the status of `probe dev_mem` on the machine as it was.
# /vm/plan: the nonce on the first line, then "NAME TIMEOUT" lines. On the second serial port go
# the cases' output and, on lines of their own, what boot reads:
#   @NONCE ready | begin NAME | end NAME STATUS CENTISECONDS | off NAME 0 CENTISECONDS
# The last is what has ended well and now shuts the guest down, which boot watches.
report=/dev/ttyS1
[ "$(uname -m)" != aarch64 ] || report=/dev/ttyS0

mark() { echo "@$nonce $*" >$report; }

centiseconds() { sed -E 's/^([0-9]+)\.([0-9]+) .*/\1\2/; s/^0+//' /proc/uptime; }

members() { cat "$box/cgroup.procs" 2>/dev/null; }

# Whatever the case left in its cgroup, by pid: cgroup.kill came with 5.14.
kill_members() {
	tries=0
	while [ -n "$(members)" ] && [ $tries -lt 1000 ]; do
		# shellcheck disable=SC2046 # words
		kill -KILL $(members) 2>/dev/null
		tries=$((tries + 1))
		sleep 0.02
	done
}

complain_of_processes() {
	for pid in $(members); do
		echo "left behind: process $pid: $(tr '\0' ' ' <"/proc/$pid/cmdline")"
	done
}

unload() {
	ls -d /sys/fs/bpf/bpflock* >/dev/null 2>&1 || return 0
	bpflock-ctl unload >/tmp/unload.log 2>&1 || {
		echo "cleaning up: bpflock-ctl unload: status $?"
		cat /tmp/unload.log
	}
}

keep_files() {
	mkdir -p /vm/etc
	[ ! -d /etc/bpflock ] || cp -a /etc/bpflock /vm/etc/
}

forget_files() {
	rm -rf /etc/bpflock /run/bpflock /tmp/* /tmp/.[!.]*
	[ ! -d /vm/etc/bpflock ] || cp -a /vm/etc/bpflock /etc/
}

# ends_so NAME WORD: what a case says of its end
ends_so() { grep -q -E "^# ends:.* $2( |\$)" "/vm/cases/$1.sh"; }

# There is no way back, whatever has been done.
still_sealed() {
	bpflock-ctl unload >/dev/null 2>&1
	[ $? -eq 4 ]
}

# 100 ms pass between unpinning a link and the end of its enforcement, and more on a busy machine.
machine_is_clean() {
	tries=0
	until probe dev_mem 2>/dev/null; [ $? -eq "$untouched" ]; do
		tries=$((tries + 1))
		[ $tries -lt 600 ] || return 1
		sleep 0.1
	done
}

run_case() (
	echo 0 >"$box/cgroup.procs"
	cd /tmp && exec sh -eu -c '. /vm/lib.sh; . "/vm/cases/$0.sh"' "$1" </dev/null
)

# The output goes through a pipe, for a program must not find a terminal there. Fd 3 is its
# writing end; whoever inherits it keeps the pipe open, so the members are killed before waiting.
supervise() {
	name=$1 timeout=$2
	mark begin "$name"
	rm -f /vm/output /vm/timed-out
	mkfifo /vm/output
	cat /vm/output >$report &
	follower=$!
	exec 3>/vm/output
	begin=$(centiseconds)
	run_case "$name" >&3 2>&1 3>&- &
	runner=$!
	watch "$timeout" &
	watchdog=$!
	wait $runner
	status=$?
	end=$(centiseconds)
	kill $watchdog 2>/dev/null
	wait $watchdog 2>/dev/null
	[ ! -e /vm/timed-out ] || status=124
	[ $status -ne 0 ] || [ ! -e /vm/reboots ] || restart
	{
		complain_of_processes
		kill_members
		if ends_so "$name" sealed; then
			touch /vm/dirty
			still_sealed || echo "it is not sealed in the end"
		else
			clean_up
			machine_is_clean || {
				touch /vm/dirty
				echo "the machine does not go back to what it was: this guest ends here"
			}
		fi
	} >/vm/complaints 2>&1
	[ ! -s /vm/complaints ] || [ $status -ne 0 ] || status=125
	cat /vm/complaints >&3
	exec 3>&-
	wait $follower
	echo >$report
	if [ $status -eq 0 ] && ends_so "$name" off; then
		mark off "$name" 0 $((end - begin))
		shut_down
	fi
	mark end "$name" $status $((end - begin))
}

watch() {
	sleep "$1" 3>&-
	touch /vm/timed-out
	echo "timed out after $1 s" >&3
	complain_of_processes >&3
	kill_members
}

run_plan() {
	stty -F $report raw -echo
	keep_files
	{ read -r nonce; plan=$(cat); } </vm/plan
	mark ready
	echo "$plan" | while read -r name timeout; do
		supervise "$name" "$timeout"
		[ ! -e /vm/dirty ] || return 0
	done
}
