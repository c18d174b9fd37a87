# shellcheck shell=bash
# shellcheck disable=SC2154 # shared with tests/run
# One line per test as it ends, and the count. Tests end in several processes at a time, so both
# go through a file and a lock.

readonly longest_log=400

# report pass|fail|skip WHERE NAME SECONDS [REASON [LOG]]; a failure shows its log.
report() {
	local outcome=$1 where=$2 name=$3 seconds=$4 reason=${5:-} log=${6:-}
	(
		flock 9
		printf '%s %s %s (%s s)%s\n' "$outcome" "$where" "$name" "$seconds" "${reason:+: $reason}"
		if [[ $outcome == fail && -s $log ]]; then
			tail -n "$longest_log" "$log" | tr -d '\000' | sed 's/^/    /'
		fi
		printf '%s %s %s%s\n' "$outcome" "$where" "$name" "${reason:+: $reason}" >>"$scratch/results"
	) 9>"$scratch/lock"
}

count() { grep -c "^$1 " "$scratch/results" || true; }

# The last line is for machines: keep its form. Fails unless something passed and nothing failed.
summarize() {
	local passed failed skipped
	touch "$scratch/results"
	passed=$(count pass) failed=$(count fail) skipped=$(count skip)
	if ((failed)); then
		printf '\nfailed:\n'
		sed -n 's/^fail /  /p' "$scratch/results" | sort
	fi
	printf '\n%d passed, %d failed' "$passed" "$failed"
	((skipped == 0)) || printf ', %d skipped' "$skipped"
	printf '\n'
	((passed && !failed))
}
