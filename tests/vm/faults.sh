# shellcheck shell=dash
# shellcheck disable=SC2154,SC2015 # the cases' and lib.sh's
# Sourced after lib.sh by the cases faults-*: a command goes wrong at one step after the other (see
# faults.c), under somebody who tries all the time what the old and the new policy both deny.
#
# A case defines for each command what faults_of needs:
#   old      brings the old policy back, whatever is there; it is the next run, which needs no help
#   $facts   in jq, of bpflock-ctl status --json: what the old and the new policy differ in
# and, where it is not as below, $in: the cgroup of which old and new disagree about ioport; $pinned: what
# bpffs has under the old policy; $step_of_generation: from the old policy to the new one, below 0 if there is none any more.
#
# Without BPFLOCK_FAULTS a sample of the steps is taken, evenly spread, of each kernel another one.
# BPFLOCK_FAULTS=steps: a kill at every step, and every step failing, the errors in turn.
# BPFLOCK_FAULTS=all: with each of the errors.
errors="EPERM ENOMEM ENOSPC EINTR EAGAIN"
kills=0 failures=0 absent=0 in="" pinned=bpflock least=0 step_of_generation=1
seed=$(printf '0.%03d' $((0x$(uname -r | md5sum | cut -c 1-4) % 1000)))

# Whether anything enforces, and what follows from what is told: "denied" or "allowed".
# shellcheck disable=SC2016 # jq's
told='def hooked: any(.programs[]?; .name == "locked_down" and .attached) or (.programs == null and .attached);
	def host_denies: any(.leftovers[]?; .enforces and .profile == "restricted") or
		(hooked and any(.operations[]?; .name == "ioport" and .decision == "deny") and
		 (any(.grants[]?; .path == "/" and any(.operations[]; . == "ioport")) | not));
	def denies: if $in == "" then host_denies
		else (first(.cgroups[]? | select(.path == $in) | .profile == "restricted") // host_denies) end;
	# the policy of a set that is half removed, but enforces, cannot be told any more
	def mystery: $in == "" and any(.leftovers[]?; .enforces and .profile == null);
	(if .operations and denies then "denied" elif .operations and (mystery | not) then "allowed"
	 else "unknown" end),
	(if hooked or any(.leftovers[]?; .enforces) then "denied" else "allowed" end)'

probed() {
	if [ -n "$in" ] && [ "$1" = ioport ]; then
		ask asker "probe $1 2>/dev/null"
	else
		answer=0
		probe "$1" 2>/dev/null || answer=$?
	fi
	case $answer in
	0) echo allowed ;;
	1) echo denied ;;
	*) echo "status $answer" ;;
	esac
}

# What bpflock-ctl tells, into $status, $now (the facts), $generation, $told and $told_dev_mem.
look() {
	looked=0
	bpflock-ctl status --json >"$work/status" 2>"$work/status.err" || looked=$?
	{ read -r now; read -r generation; read -r told_ioport; read -r told_dev_mem; read -r enforcing; read -r decisions; } <<-END
		$(jq -r --arg in "$in" "($facts | tojson), (.generation // 0), ($told), .enforcing, (.totals.decisions // 0)" "$work/status")
	END
}

true_so_far() {
	look
	[ "$told_ioport" = unknown ] || [ "$(probed ioport)" = "$told_ioport" ] || return 1
	[ "$(probed dev_mem)" = "$told_dev_mem" ] || return 1
	[ $looked -ne 0 ] || [ "$enforcing" = true ]
}

# What is told is true: if not at once, then when the kernel has let go of what was unpinned, on a busy machine after seconds.
expect_truth() {
	tries=0
	until true_so_far; do
		tries=$((tries + 1))
		[ $tries -ge 60 ] || { sleep 0.5; continue; }
		cat "$work/status" "$work/status.err"
		fail "$1: told are ioport $told_ioport, dev_mem $told_dev_mem, enforcing $enforcing;" \
			"probed are $(probed ioport) and $(probed dev_mem)"
	done
	[ ! -s "$work/hammer" ] || fail "$1: dev_mem was allowed"
}

go_back() {
	old >"$work/back" 2>&1 || {
		cat "$work/back"
		fail "no way back after $1"
	}
	left=$(ls /sys/fs/bpf)
	[ "$left" = "$pinned" ] || fail "after $1 and the next run: $left"
	old_generation=$(sed -n 's/.*generation \([0-9]*\).*/\1/p' "$work/back" | tail -n 1)
	: "${old_generation:=0}"
}

# one STEP WORDS...: of faults, e.g. `kill 3`; STEP is whatever is to be said of it
one() {
	status=0
	# shellcheck disable=SC2086 # words
	faults "$@" "$work/fault" $command >"$work/out" 2>"$work/err" || status=$?
	if [ $status -eq 125 ]; then
		go_back "$command: $*, which is no step"
		# whoever waits takes more steps on a busy machine, and in another run fewer: then an earlier one
		at=${2%+}
		[ "$at" -ge 4 ] || { absent=$((absent + 1)); return 0; }
		one "$1" "$((at * 3 / 4))${2#"$at"}" ${3:+"$3"}
		return 0
	fi
	step="$command: $* ($(cut -d ' ' -f 3- "$work/fault")): exit status $status"
	expect_truth "$step"
	case $1 in
	kill) kills=$((kills + 1)) ;;
	fail) failures=$((failures + 1)) ;;
	esac
	case $status in
	0) [ "$now" = "$new_facts" ] || fail "$step, and the policy is $now" ;;
	137) [ "$1" = kill ] || fail "$step" ;;
	[124567]) [ -s "$work/err" ] || fail "$step without a word" ;;
	*) cat "$work/err"; fail "$step" ;;
	esac
	# counters go on, whoever counts
	[ "$generation" -eq 0 ] || [ "$old_generation" -eq 0 ] || [ "$decisions" -ge "$least" ] ||
		fail "$step: $decisions decisions, before that $least"
	least=$decisions
	case $now in
	"$old_facts") [ "$generation" -eq "$old_generation" ] || fail "$step: old policy, generation $generation" ;;
	"$new_facts")
		[ $status -ne 2 ] || fail "$step, and the new policy holds"
		[ "$generation" -eq $((step_of_generation < 0 ? 0 : old_generation + step_of_generation)) ] ||
			fail "$step: new policy, generation $generation"
		[ $status -eq 0 ] || [ $status -eq 137 ] || echo "the new policy holds: $step: $(cat "$work/err")"
		;;
	*) [ $looked -eq 6 ] || fail "$step: neither the old policy nor the new: $now" ;;
	esac
	# as it was, to the generation and the set: the next point is the next run
	[ "$now" = "$old_facts" ] && [ $looked -eq "$old_looked" ] &&
		[ "$(ls /sys/fs/bpf)" = "$pinned" ] || go_back "$step"
}

# spread TOTAL MOST: so many numbers from 1 to TOTAL
spread() {
	awk -v total="$1" -v most="$2" -v seed="$seed" 'BEGIN {
		if (most > total) most = total
		for (i = 0; i < most; i++) print int((i + seed) * total / most) + 1
	}'
}

nth_error() { echo "$errors" | cut -d ' ' -f $(($1 % 5 + 1)); }

# Those of ours: bpftool counts its own too, and, since the kernel frees them late, those of its last run.
list_maps() {
	bpftool -j map show | jq -r '.[].name | select(test("^(pid_iter|libbpf_)") | not)' | sort
}

# For the same reason there may have been too many before.
expect_no_more_maps() {
	tries=0
	until list_maps >"$work/maps.now" && [ "$(wc -l <"$work/maps.now")" -le "$(wc -l <"$work/maps")" ]; do
		tries=$((tries + 1))
		[ $tries -lt 200 ] || { diff "$work/maps" "$work/maps.now"; fail "$command: maps are left behind"; }
		sleep 0.3
	done
}

# faults_of KILLS FAILURES COMMAND...: so many of each in a sample
faults_of() {
	sample_kills=$1 sample_failures=$2
	shift 2
	command=$*
	go_back nothing
	look
	old_facts=$now old_looked=$looked
	list_maps >"$work/maps"
	status=0
	faults list "$work/steps" "$@" >"$work/out" 2>"$work/err" || status=$?
	[ $status -eq 0 ] || { cat "$work/err"; fail "$*: exit status $status"; }
	expect_truth "$*"
	new_facts=$now
	[ "$new_facts" != "$old_facts" ] || fail "$*: no difference: $now"
	go_back "$*"
	n_kills=$(grep -c ^kill "$work/steps") n_failures=$(grep -c ^fail "$work/steps")
	case ${BPFLOCK_FAULTS:-} in
	"") n=$sample_kills ;;
	*) n=$n_kills ;;
	esac
	for number in $(spread "$n_kills" "$n"); do
		one kill "$number"
	done
	case ${BPFLOCK_FAULTS:-} in
	"") n=$sample_failures ;;
	steps) n=$n_failures ;;
	*) n=$((n_failures * 5)) ;;
	esac
	for number in $(spread $((n_failures * 5)) "$n"); do
		# in turn, also where the spread hits each step once
		[ "$n" -ne "$n_failures" ] || number=$((number - (number - 1) % 5 + (number - 1) / 5 % 5))
		one fail $(((number - 1) / 5 + 1)) "$(nth_error $((number - 1)))"
	done
	# nobody goes on trying for ever, and what never works is told
	n=$((n_failures / 8))
	[ -n "${BPFLOCK_FAULTS:-}" ] || n=$((sample_failures / 4))
	for number in $(spread "$n_failures" $n); do
		one fail "$number+" "$(nth_error "$((3 + number % 2))")"
	done
	[ $((absent * 10)) -lt $((kills + failures)) ] || fail "$absent steps were not met"
	# what a killed one left in a bank or slot that nobody uses goes with the next change
	"$@" >"$work/out" 2>&1 || { cat "$work/out"; fail "$*: exit status $? in the end"; }
	go_back "$*"
	expect_no_more_maps
	ok "of $n_kills and $n_failures steps of $*"
}

# The other CPU's, as long as the case runs.
begin_hammer() {
	taskset -p 1 $$ >/dev/null
	taskset 2 probe --hammer dev_mem 100000 1000 >"$work/hammer" &
	hammer=$!
}

end_hammer() {
	kill -TERM "$hammer"
	wait "$hammer"
	expect_grep '^allowed=0 denied=[1-9]' "$work/hammer"
}

tell_points() { echo "points: $kills kills, $failures failures"; }
