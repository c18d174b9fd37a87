# shellcheck shell=dash
# shellcheck disable=SC2154 # shared with lib.sh
# Sourced by the cases about the manual: the commands of a page are run, one after another.
#
# A line of a literal block that begins with "# " or "$ " is a command, of root or of another user. It goes on behind a
# backslash, a pipe or "&&", between quotes, and to the end of a here-document. Comments of scdoc, which readers do not see,
# say more about the block that follows:
#   ; given: COMMAND      run this before it
#   ; not run: REASON     leave it out
#   ; exit N: REASON      its last command has this exit status, and not 0

# split_examples PAGE DIRECTORY: each command becomes a file, NUMBER.WORD. The word is how it is run: root, user or given. Those with another
# exit status than 0 have it in NUMBER.exit.
split_examples() {
	awk -v directory="$2" '
		function end_command() { if (file) close(file); file = here = "" }
		function end_block() {
			end_command()
			if (status && n) print status >(sprintf("%s/%03d.exit", directory, n))
			skipped = status = ""
		}
		function begin(who, line) {
			end_command()
			quotes = 0
			file = sprintf("%s/%03d.%s", directory, ++n, who)
			add(line)
		}
		function add(line) {
			print line >file
			if (here) { if (line == here) here = ""; continued = here != ""; return }
			if (match(line, /<<-?.?[A-Z]+/)) { here = substr(line, RSTART, RLENGTH); gsub(/[^A-Z]/, "", here) }
			quotes += gsub(/\047/, "&", line)
			continued = here != "" || quotes % 2 || line ~ /(\\|\||&&)$/
		}
		{ line = $0; sub(/^\t+/, "", line) }
		line == "```" { block = !block; if (!block) end_block(); next }
		!block && /^; given: / { begin("given", substr(line, 10)); end_command(); next }
		!block && /^; not run: / { skipped = 1; next }
		!block && /^; exit [0-9]+: / { status = $3 + 0; next }
		!block || skipped { next }
		# in the source of a page, a backslash stands before another one
		{ gsub(/\\\\/, "\\", line) }
		continued && file { add(line); next }
		line ~ /^# / { begin("root", substr(line, 3)); next }
		line ~ /^\$ / { begin("user", substr(line, 3)) }' "/vm/source/man/$1.scd"
}

# run_examples PAGE
run_examples() {
	examples=$work/examples
	mkdir -p "$examples" "$work/home"
	chmod 777 "$work" "$work/home"
	split_examples "$1" "$examples"
	for example in "$examples"/[0-9]*.root "$examples"/[0-9]*.user "$examples"/[0-9]*.given; do
		[ ! -e "$example" ] || echo "$example"
	done | sort >"$work/list"
	while read -r example <&9; do
		run_example "$example"
	done 9<"$work/list"
}

run_example() {
	status=0
	[ ! -e "${1%.*}.exit" ] || read -r status <"${1%.*}.exit"
	as_user=
	[ "${1##*.}" != user ] || as_user="setpriv --reuid 65534 --regid 65534 --clear-groups --inh-caps=-all"
	awk '{ print "  " (NR == 1 ? "command: " : "         ") $0 }' "$1"
	# shellcheck disable=SC2086 # words
	(cd "$work/home" && expect_exit "$status" $as_user timeout 300 sh "$1" 9<&-) || fail "${1##*/}: $(cat "$1")"
	# a name that was freed before it is printed is seldom UTF-8
	iconv -f UTF-8 -t UTF-8 "$work/out" "$work/err" >/dev/null || fail "no text is printed by: $(cat "$1")"
	# counted in a subshell
	checks=$((checks + 1))
}
