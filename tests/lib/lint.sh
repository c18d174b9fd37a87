# shellcheck shell=bash
# shellcheck disable=SC2154 # shared with tests/run
# What reads the source and finds mistakes: of the three programs, and of those in the kernel. Which
# checks, and why not all, say .clang-tidy and cppcheck.txt.

readonly tidied=${BPFLOCK_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/bpflock}/tidy

# The static analyzer looks at a tenth of the nodes of a function that it would by itself (225,000): for policy/model/policy.c
# it takes 2 seconds instead of 10, and minutes less for all files.
readonly analyzer=(--extra-arg=-Xclang --extra-arg=-analyzer-config --extra-arg=-Xclang --extra-arg=max-nodes=22500)

# tidy FILE PREPROCESSOR ARGUMENT...: unless it has passed with the same text in it and in all that it includes, in this
# work tree or another of this machine. What it takes is the preprocessor that tells so, a line for the shell, and arguments
# for clang-tidy.
tidy() {
	local file=$1 preprocess=$2 passed
	shift 2
	passed=$({ clang-tidy --version && echo "${analyzer[@]}" && cat "$top/.clang-tidy" && sh -c "$preprocess"; } | sha256sum) || return
	passed=$tidied/${passed%% *}
	[[ ! -e $passed ]] || { touch "$passed"; return 0; }
	clang-tidy --quiet "$file" "${analyzer[@]}" "$@" && touch "$passed"
}

lint_clang_tidy() {
	local file preprocess flags failed=$scratch/tidy-failed
	flags="-target bpf -D__TARGET_ARCH_x86 -include bpf/sealed-names.h -idirafter /usr/include/$(gcc -print-multiarch)"
	mkdir -p "$tidied"
	find "$tidied" -type f -mtime +14 -delete
	cd "$top" || return
	while IFS=$'\t' read -r file preprocess; do
		wait_for_turn "$cores"
		tidy "$(realpath "$file")" "$preprocess" -p "$build-plain" || touch "$failed" &
	done < <(jq -r '.[] | select(.file | test("/(policy|loader|reader)/([a-z]+/)*[^/]*\\.c$") and (test("/tests/unit/") | not))
		| [(.directory + "/" + .file), "cd \(.directory) && \(.command | sub(" -o [^ ]+"; "") | sub(" -c "; " -E -C "))"]
		| @tsv' "$build-plain/compile_commands.json")
	for file in bpf/*.bpf.c; do
		wait_for_turn "$cores"
		# shellcheck disable=SC2086 # words
		tidy "$file" "clang -E -C $flags $file" -- $flags || touch "$failed" &
	done
	wait
	[[ ! -e $failed ]]
}

# What libbpf's macros are is told, since its headers take minutes.
lint_cppcheck() {
	local folder includes=()
	cd "$top" || return
	for folder in bpf policy/*/ reader reader/*/; do includes+=(-I "$folder"); done
	mkdir -p "$build/cppcheck"
	cppcheck -j "$cores" --cppcheck-build-dir="$build/cppcheck" --quiet --std=c11 --platform=unix64 --error-exitcode=1 \
		--enable=warning,performance,portability,style --inline-suppr \
		--suppressions-list=tests/lib/cppcheck.txt -I "$build-plain" "${includes[@]}" \
		-D_GNU_SOURCE -D__x86_64__ '-DCLEANUP(F)=' \
		'-DLIBBPF_OPTS(TYPE, NAME, ...)=struct TYPE NAME = { __VA_ARGS__ }' \
		'-Dbpf_object__for_each_program(P, O)=while ((P = bpf_object__next_program(O, P)))' \
		policy loader reader
}

run_linters() {
	[[ -f $build-plain/compile_commands.json ]] || return 0
	check unit clang-tidy lint_clang_tidy &
	check unit image "$top/tests/output/image"
	check unit cppcheck lint_cppcheck
	wait
}
