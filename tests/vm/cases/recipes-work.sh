# kernels: any
# root: systemd
# timeout: 900
# run: places
# Each recipe of bpflock-recipes(7) does on a machine without a policy what the page says. A row for each; comments in the
# source of the page prepare and check.
before_boot() {
	systemd-sysusers
	cp -a /etc/bpflock /vm/pristine
}
page=/vm/source/man/bpflock-recipes.7.scd

# The page as a script. A recipe has a heading of the second level.
script_of_page() {
	awk '
	function quoted(s) { gsub(/\047/, "\047\\\047\047", s); return "\047" s "\047" }
	/^; (given|then): / { sub(/^; [a-z]+: /, ""); print; next }
	/^; not run: / { skip = 1; next }
	/^## / { print "recipe " quoted(substr($0, 4)); next }
	/^```$/ {
		if (inside && kind == "file") print "END_OF_FILE"
		if (inside && skip) print "left_out"
		if (inside) skip = 0
		inside = !inside
		kind = ""
		next
	}
	!inside { if (match($0, /_\/etc\/[^ ]*[.][a-z]+_/)) path = substr($0, RSTART + 1, RLENGTH - 2); next }
	skip { next }
	{ gsub(/\\\\/, "\\") }
	kind == "" {
		kind = /^\[/ ? "file" : "commands"
		if (kind == "file") print "put " quoted(path) " <<\047END_OF_FILE\047"
	}
	kind == "file" { print; next }
	{ command = command (command == "" ? "" : "\n") $0 }
	/\\$/ { next }
	command !~ /^# / { print "fail " quoted("neither a command nor a file: " command) }
	{ print "run " quoted(substr(command, 3)); command = "" }' "$page"
}

recipes=0 out=0
recipe() {
	systemctl disable --now bpflock.service bpflock-log.service 2>/dev/null
	expect_exit 0 bpflock-ctl unload
	until_true probe dev_mem
	rm -rf /etc/bpflock
	cp -a /vm/pristine /etc/bpflock
	recipes=$((recipes + 1))
	row "$(echo "$1" | tr -c 'A-Za-z0-9\n' -)"
}
left_out() { out=$((out + 1)); }

put() {
	mkdir -p "$(dirname "$1")"
	cat >"$1"
	case $1 in /etc/bpflock/*) expect_exit 0 bpflock-ctl check ;; esac
}

# What follows goes on until it is ended.
run() {
	case $1 in
	*" follow "*)
		status=0
		timeout 5 sh -c "$1" || status=$?
		expect_equal $status 124 "exit status of $1" ;;
	*) expect_exit 0 sh -c "$1" ;;
	esac
}

# Not by systemd-run, whose units are gone when they have ended.
in_unit() {
	unit=$1
	shift
	printf '[Service]\nType=oneshot\nExecStart=/vm/%s\n' "$*" >"/run/systemd/system/$unit.service"
	systemctl daemon-reload
	systemctl start "$unit.service" || return "$(systemctl show -P ExecMainStatus "$unit.service")"
}
in_slice() {
	slice=$1
	shift
	systemd-run --quiet --wait --pipe --collect --slice "$slice" "$@"
}
journal_has() { journalctl -u bpflock-log -o export | grep -q -x "BPFLOCK_OP[A-Z]*=$1"; }

script_of_page >"$work/script"
# shellcheck source=/dev/null
. "$work/script"
expect_equal $recipes "$(grep -c '^## ' $page)" "number of recipes"
expect_equal $out 10 "blocks that need what a guest has not"
systemctl disable --now bpflock.service bpflock-log.service
expect_exit 0 bpflock-ctl unload
