# kernels: any
# What is printed for people fits 80 columns and 200, with colours and without; a pipe gets whole lines and no colour.

esc=$(printf '\033')

# fits COLUMNS COMMAND...: no line is wider, and there is no colour
fits() {
	width=$1
	shift
	COLUMNS=$width "$@" >"$work/out" 2>"$work/err" || fail "$*: exit status $?"
	expect_no_grep ".{$((width + 1))}" "$work/out"
	expect_no_grep "$esc" "$work/out"
}
# text FILE: without colours, and without the times that go on between two commands
text() { sed -E "s/$esc\[[0-9;]*m//g; s/[0-9]+[dhms]( [0-9]+[dhms])*/TIME/g; s/ +/ /g" "$1"; }
colored() { # COMMAND...: colours in a pipe only if they are asked for, and the same text
	"$@" | cat >"$work/plain"
	"$@" --color=never >"$work/never"
	expect_no_grep "$esc" "$work/plain"
	expect_no_grep "$esc" "$work/never"
	NO_COLOR=1 "$@" --color=always >"$work/out"
	expect_grep "$esc" "$work/out"
	text "$work/plain" >"$work/plain.text"
	text "$work/out" >"$work/out.text"
	diff "$work/plain.text" "$work/out.text" || fail "$*: colours change the text"
	ok "the text of $* is the same with colours"
}

load --profile restricted --allow kexec,msr,ioport,perf,debugfs,hibernation,tracefs,kprobes,pci_access
path=/a.slice/a-unit-of-a-name-longer-than-most-units.service
change cgroup set "$path" like=host block=kexec,msr,ioport,perf allow=unsigned_module
change cgroup set /x profile=baseline
change grant dev_mem,efi_test,xen_user_actions --cgroup "$path" --for 1h --comment "a comment of some length that says why the grant was given, and by whom"
change grant kcore --host --for 2h
expect_exit 0 in_cgroup "$path" probe dev_mem
expect_denied dev_mem
printf '[kimglock]\nprofile = baseline\nallow = @modules, @memory, @hardware\n[cgroup "%s"]\nprofile = privileged\n' "$path" >"$work/policy"

for width in 80 200; do
	row columns-$width
	fits "$width" bpflock-log show -o short
	expect_grep ' dev_mem .*probe\[[0-9]+\] ' "$work/out"
	fits "$width" bpflock-ctl diff "$work/policy"
	expect_grep '^ \[cgroup "/a.slice/' "$work/out"
	fits "$width" bpflock-ctl analyze
	expect_grep '^Close next: ' "$work/out"
	fits "$width" bpflock-ctl grants
	expect_grep '^ID +LEFT +UID +CGROUP +OPERATIONS +COMMENT$' "$work/out"
	fits "$width" bpflock-ctl cgroup list
	expect_grep '^CGROUP +STATE +RULE SET +SET BY' "$work/out"
	fits "$width" bpflock-ctl operations
	fits "$width" bpflock-ctl policy
	cp "$work/out" "$work/shown"
	expect_exit 0 bpflock-ctl diff "$work/shown"
	expect_grep 'no difference' "$work/out"
done

row pipes-get-whole-lines
bpflock-log show -o short | cat >"$work/out"
expect_grep '/probe\[[0-9]+\] +a-unit-of-a-name-longer-than-most-units[.]service +uid=0 +allow ' "$work/out"
bpflock-ctl grants | cat >"$work/out"
expect_grep " $path  dev_mem, efi_test, xen_user_actions  a comment of .* by whom\$" "$work/out"
bpflock-ctl cgroup list | cat >"$work/out"
expect_grep "^$path  live " "$work/out"

row colours
for verb in grants "cgroup list" analyze "diff $work/policy"; do
	# shellcheck disable=SC2086 # words
	colored bpflock-ctl $verb
done
colored bpflock-log show -o short
expect_grep "$esc\[1;31mDENY" "$work/out"
