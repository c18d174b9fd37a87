# shellcheck shell=bash
# shellcheck disable=SC2154 # shared with tests/run
# Tests that need no kernel: those meson knows, run here one by one to count their cases.

readonly unit_seconds=900

# Prefix, wrapper, build directory, name, suites, working directory, command and environment of each,
# one JSON object a line. Of the build without sanitizers: what looks at the programs themselves, and, as
# valgrind/NAME, what meson test --setup valgrind would run.
unit_tests() {
	{
		meson introspect --tests "$build-sanitize"
		meson introspect --tests "$build-plain"
	} | jq -sc --arg sanitize "$build-sanitize" --arg plain "$build-plain" \
		--arg valgrind "$top/tests/valgrind-memcheck" '
		def is($suite): any(.suite[]; test(":" + $suite + "$"));
		(.[0][] + {prefix: "", wrapper: [], build: $sanitize}),
		(.[1][] | select(is("plain")) + {prefix: "plain/", wrapper: [], build: $plain}),
		(.[1][] | select(is("unit") and (is("exhaustive") | not))
			+ {prefix: "valgrind/", wrapper: [$valgrind], build: $plain})
		| {
			name: (.prefix + .name), suite: (.suite | join(" ")),
			workdir: (.workdir // .build), cmd: (.wrapper + .cmd),
			env: [.env | to_entries[] | "\(.key)=\(.value)"]
		}'
}

# cmocka's executables print a TAP plan and a line per case; the rest count by exit status.
is_cmocka() {
	jq -e '.suite | test("unit")' <<<"$1" >/dev/null
}

count_cases() {
	local name=$1 output=$2 status=$3 seconds=$4 log=$5
	local line title outcome planned=0 seen=0 failed=0
	while IFS= read -r line; do
		if [[ $line =~ ^[[:space:]]*1\.\.([0-9]+) ]]; then
			planned=$((planned + BASH_REMATCH[1]))
		elif [[ $line =~ ^[[:space:]]*(not )?ok\ [0-9]+\ (-|#\ SKIP)\ (.*) ]]; then
			# cmocka 1.1.5 calls a skipped one "not ok".
			case ${BASH_REMATCH[1]}${BASH_REMATCH[2]} in
			*SKIP) outcome=skip ;;
			not*) outcome=fail failed=1 ;;
			*) outcome=pass ;;
			esac
			title=${BASH_REMATCH[3]}
			report "$outcome" unit "$name/$title" "$seconds" "" "$log"
			seen=$((seen + 1))
		fi
	done <"$output"
	if ((planned == 0)); then
		report fail unit "$name" "$seconds" "no plan, exit status $status" "$log"
	elif ((seen != planned)); then
		report fail unit "$name" "$seconds" "$seen of $planned cases, exit status $status" "$log"
	elif ((status && !failed)); then
		report fail unit "$name" "$seconds" "exit status $status after its cases" "$log"
	fi
}

run_unit_test() {
	local test=$1 name workdir cmd env seconds status=0 out log
	name=$(jq -r .name <<<"$test")
	workdir=$(jq -r .workdir <<<"$test")
	mapfile -t cmd < <(jq -r '.cmd[]' <<<"$test")
	mapfile -t env < <(jq -r '.env[]' <<<"$test")
	cmd=(env --chdir="$workdir" CMOCKA_MESSAGE_OUTPUT=TAP UBSAN_OPTIONS=halt_on_error=1:print_stacktrace=1
		"${env[@]}" timeout -k 5 "$unit_seconds" "${cmd[@]}")
	if ! is_cmocka "$test"; then
		check unit "$name" "${cmd[@]}"
		return
	fi
	log=$build/unit-logs/${name//[^A-Za-z0-9._-]/_}.log
	out=${log%.log}.out
	seconds=$EPOCHREALTIME
	"${cmd[@]}" </dev/null >"$out" 2>"$log" || status=$?
	seconds=$(seconds_since "$seconds")
	took unit "$name" "$seconds"
	cat "$out" >>"$log"
	count_cases "$name" "$out" "$status" "$seconds" "$log"
}

run_units() {
	local test tests
	build_for_units || { report fail unit build 0 "does not build"; return 0; }
	mkdir -p "$build/unit-logs"
	mapfile -t tests < <(unit_tests)
	((${#tests[@]})) || report fail unit none 0 "meson knows no test"
	for test in "${tests[@]}"; do
		wait_for_turn "$cores"
		run_unit_test "$test" &
	done
	wait
}
