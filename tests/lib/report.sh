# shellcheck shell=bash
# shellcheck disable=SC2154 # shared with tests/run
# One line per test as it ends, and the count. Tests end in several processes at a time, so all of it goes through
# files and a lock.

readonly longest_log=400

# report pass|fail|skip|again WHERE NAME SECONDS [REASON [LOG]]; a failure shows its log, and so does what is tried again.
report() {
	local outcome=$1 where=$2 name=$3 seconds=$4 reason=${5:-} log=${6:-}
	(
		flock 9
		printf '%s %s %s (%s s)%s\n' "$outcome" "$where" "$name" "$seconds" "${reason:+: $reason}"
		if [[ $outcome == @(fail|again) && -s $log ]]; then
			tail -n "$longest_log" "$log" | tr -d '\000' | sed 's/^/    /'
		fi
		printf '%s %s %s%s\n' "$outcome" "$where" "$name" "${reason:+: $reason}" >>"$scratch/results"
	) 9>"$scratch/lock"
}

# took WHERE NAME SECONDS: what was run as one, whatever it reported
took() { printf '%s s  %s %s\n' "$3" "$1" "$2" >>"$scratch/seconds"; }

# check WHERE NAME COMMAND...: a test that counts by its exit status, and skips with 77
check() {
	local where=$1 name=$2 log=$build/$1-logs/${2//[^A-Za-z0-9._-]/_}.log seconds=$EPOCHREALTIME status=0
	shift 2
	("$@") </dev/null >"$log" 2>&1 || status=$?
	seconds=$(seconds_since "$seconds")
	took "$where" "$name" "$seconds"
	case $status in
	0) report pass "$where" "$name" "$seconds" ;;
	77) report skip "$where" "$name" "$seconds" ;;
	*) report fail "$where" "$name" "$seconds" "exit status $status" "$log" ;;
	esac
}

seconds_since() { awk -v a="$1" -v b="$EPOCHREALTIME" 'BEGIN { printf "%.1f", b - a }'; }

# wait_for_turn N: until fewer than that are at work for this shell
wait_for_turn() {
	while (($(jobs -pr | wc -l) >= $1)); do
		wait -n || true
	done
}

# descendants PID: all of them, parents first
descendants() {
	local child children
	read -ra children 2>/dev/null <"/proc/$1/task/$1/children" || true
	for child in "${children[@]}"; do
		echo "$child"
		descendants "$child"
	done
}

end_descendants() {
	local pids
	mapfile -t pids < <(descendants $$)
	kill "${pids[@]}" 2>/dev/null || true
}

count() { grep -c "^$1 " "$scratch/results" || true; }

# The parts run side by side. Of guests, what their emulators took of a processor is told as well.
print_times() {
	printf '\nby part:\n'
	sort -rn "$scratch/parts" | sed 's/^/  /'
	[[ ! -s $scratch/cpu ]] || awk -F '\t' '{ sum[$2] += $1; all += $1 }
		END { for (name in sum) printf "  %.0f s of a processor: %s\n", sum[name], name
			printf "  %.0f s of a processor: all guests\n", all }' "$scratch/cpu" | sort -rnk1
	printf '\nslowest:\n'
	sort -rn "$scratch/seconds" | sed -n '1,10s/^/  /p' # a reader that ends early would end the run
	printf '\nmost of a processor, with the start of the guest for the first case in it:\n'
	sort -rn "$scratch/cpu" | sed -n '1,20s/^\([^\t]*\)\t\([^\t]*\)\t/  \1 s  \2 /p'
}

# The last line is for machines: keep its form. Fails unless something passed and nothing failed.
summarize() {
	local passed failed skipped
	touch "$scratch"/{results,seconds,parts,cpu}
	passed=$(count pass) failed=$(count fail) skipped=$(count skip)
	print_times
	if (($(count again))); then
		printf '\nfailed at the first try (what passed at the second is unsteady):\n'
		sed -n 's/^again /  /p' "$scratch/results" | sort
	fi
	if ((failed)); then
		printf '\nfailed:\n'
		sed -n 's/^fail /  /p' "$scratch/results" | sort
	fi
	printf '\n%d passed, %d failed' "$passed" "$failed"
	((skipped == 0)) || printf ', %d skipped' "$skipped"
	printf '\n'
	((passed && !failed))
}
