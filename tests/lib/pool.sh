# shellcheck shell=bash
# shellcheck disable=SC2154 # shared with tests/run
# What runs beside what. The process $ahead waits for other machines most of the time: it takes nobody's turn.
# Further down than in the first subshell, bash knows of no jobs.

wait_for_turn() {
	while (($(jobs -pr | grep -vxc -e "${ahead:-none}") >= jobs)); do
		wait -n || true
	done
}

wait_for_others() {
	local pids
	mapfile -t pids < <(jobs -p | grep -vx -e "${ahead:-none}")
	((${#pids[@]} == 0)) || wait "${pids[@]}" || true
}
