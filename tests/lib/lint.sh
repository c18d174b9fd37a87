# shellcheck shell=bash
# shellcheck disable=SC2154 # shared with tests/run
# What reads the source and finds mistakes: of the three programs, and of those in the kernel. Which
# checks, and why not all, say .clang-tidy and cppcheck.txt.

lint_clang_tidy() {
	run-clang-tidy -quiet -j "$jobs" -p "$build-plain" '/(policy|loader|reader)/([a-z]+/)?[^/]*\.c$' &&
		clang-tidy --quiet "$top"/bpf/*.bpf.c -- -target bpf -D__TARGET_ARCH_x86 \
			-include "$top/bpf/sealed-names.h" \
			-idirafter "/usr/include/$(gcc -print-multiarch)"
}

# What libbpf's macros are is told, since its headers take minutes.
lint_cppcheck() {
	local folder includes=()
	cd "$top" || return
	for folder in bpf policy/*/ reader reader/*/; do includes+=(-I "$folder"); done
	cppcheck -j "$jobs" --quiet --std=c11 --platform=unix64 --error-exitcode=1 \
		--enable=warning,performance,portability,style --inline-suppr \
		--suppressions-list=tests/lib/cppcheck.txt -I "$build-plain" "${includes[@]}" \
		-D_GNU_SOURCE -D__x86_64__ '-DCLEANUP(F)=' \
		'-DLIBBPF_OPTS(TYPE, NAME, ...)=struct TYPE NAME = { __VA_ARGS__ }' \
		'-Dbpf_object__for_each_program(P, O)=while ((P = bpf_object__next_program(O, P)))' \
		policy loader reader
}

# lint NAME COMMAND
lint() {
	local name=$1 log=$build/unit-logs/$1.log started=$SECONDS
	if ("$2") </dev/null >"$log" 2>&1; then
		report pass unit "$name" "$((SECONDS - started))"
	else
		report fail unit "$name" "$((SECONDS - started))" "" "$log"
	fi
}

run_linters() {
	[[ -f $build-plain/compile_commands.json ]] || return 0
	lint clang-tidy lint_clang_tidy &
	lint image "$top/tests/output/image"
	lint cppcheck lint_cppcheck
	wait_for_others
}
