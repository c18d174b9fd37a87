# kernels: any
# The cgroup of a task, its unit, and the cgroup whose rule decided come with their names, as long as those are to
# be had; and whatever a cgroup or a command is called, an event is one line of printable characters.
last() { # OP EXPRESSION
	records
	jq -s -c "map(select(.operation == \"$1\")) | last | $2" "$work/records"
}

load --profile privileged --coalesce 0 --exec-log all
expect_exit 0 in_cgroup /system.slice/system-getty.slice/getty@tty1.service/sub probe dev_mem
expect_equal "$(last dev_mem '[.cgroup, .unit, .rule, .cgroup_gone]')" \
	'["/system.slice/system-getty.slice/getty@tty1.service/sub","getty@tty1.service",null,null]' names
expect_equal "$(last dev_mem .cgroup_id)" "$(inode /sys/fs/cgroup/system.slice/system-getty.slice/getty@tty1.service/sub)" id
expect_allowed dev_mem
expect_equal "$(last dev_mem '[.cgroup, .unit]')" '["/case",null]' names
change cgroup set /kube profile=restricted
expect_exit 1 in_cgroup /kube/pod/container probe dev_mem
expect_equal "$(last dev_mem '[.cgroup, .rule, .rule_cgroup_id, .reason]')" \
	"[\"/kube/pod/container\",\"/kube\",$(inode /sys/fs/cgroup/kube),\"denied (cgroup)\"]" names
bpflock-log show -o logfmt >"$work/logfmt"
expect_grep ' cgroup=/kube/pod/container .*comm=probe .* rule=/kube ' "$work/logfmt"
bpflock-log show -o short >"$work/short"
expect_grep ' allow dev_mem +/.*/probe\[[0-9]+\] +getty@tty1.service +uid=0 +allow ' "$work/short"
expect_grep ' DENY  dev_mem +/.*/probe\[[0-9]+\] +/kube/pod/container +uid=0 +denied .cgroup.$' "$work/short"

# without the privilege of opening a cgroup by its id
strace -e trace=open_by_handle_at -o "$work/trace" \
	setpriv --bounding-set=-dac_read_search --inh-caps=-dac_read_search bpflock-log show -o json >"$work/walked"
expect_equal "$(grep -c '^open_by_handle_at(.* = -1 EPERM ' "$work/trace")" 1 "refused openings by id"
expect_no_grep '^open_by_handle_at\(.* = [0-9]' "$work/trace"
jq -s -c 'map(select(.operation == "dev_mem")) | last | [.cgroup, .rule]' "$work/walked" >walked
expect_equal "$(cat walked)" '["/kube/pod/container","/kube"]' "names found by walking"

# and with no hierarchy mounted, whichever way
umount /sys/fs/cgroup
expect_equal "$(last dev_mem '[.cgroup, .rule]')" '["/kube/pod/container","/kube"]' "names without a mount"
setpriv --bounding-set=-dac_read_search --inh-caps=-dac_read_search bpflock-log show -o json >"$work/walked"
jq -s -c 'map(select(.operation == "dev_mem")) | last | [.cgroup, .rule]' "$work/walked" >walked
expect_equal "$(cat walked)" '["/kube/pod/container","/kube"]' "names found by walking without a mount"
mount -t cgroup2 cgroup2 /sys/fs/cgroup

# one that is gone, before anybody asked
expect_exit 0 in_cgroup /gone probe dev_mem
rmdir /sys/fs/cgroup/gone
expect_equal "$(last dev_mem '[.cgroup, .unit, .cgroup_gone]')" '[null,null,null]' "names of one that is gone"
expect_record '.operation == "dev_mem" and .cgroup_id > 1 and .cgroup == null'

# and one that a tail knew
bpflock-log drain -o json >"$work/tail" 2>/dev/null &
tail=$!
expect_exit 0 in_cgroup /known.service probe dev_mem
until_true grep -q '"cgroup":"/known.service"' "$work/tail"
kill -STOP $tail
expect_exit 0 in_cgroup /known.service probe msr
rmdir /sys/fs/cgroup/known.service
mkdir /sys/fs/cgroup/known.service
sleep 2
kill -CONT $tail
until_true grep -q '"operation":"msr"' "$work/tail"
jq -s -c 'map(select(.operation == "msr")) | last | [.cgroup, .unit, .cgroup_gone]' "$work/tail" >gone
expect_equal "$(cat gone)" '["/known.service","known.service",true]' "names from before"
kill $tail
wait $tail

# Escapes of a terminal, of JSON, of shells, C1, half a character, more lines than one.
hostile=$(printf 'o\377\033[31m" \302\233\\=\303\t=x (deleted)')
# shellcheck disable=SC1003 # a backslash
comm=$(printf '" op=x\n\033[2J\377\\') # short enough to be kept whole
cp "$(command -v probe)" "./$comm"
expect_exit 0 in_cgroup "/odd/$hostile/$hostile.service" "./$comm" dev_mem
expect_exit 0 in_cgroup "/odd/$hostile/$hostile.service" "./$comm" msr
load --profile privileged --coalesce 0
records
events=$(wc -l <"$work/records")
expect_equal "$(jq -s length "$work/records")" "$events" "events in JSON"
for format in json logfmt classic short; do
	bpflock-log show -o $format >"$work/$format"
	# short has a line with the day
	expect_equal "$(grep -cv '^....-..-..$' "$work/$format")" "$events" "lines of $format"
	# neither control bytes, nor those of C1, nor halves of characters
	LC_ALL=C tr -cd '\000-\011\013-\037\177\302\303\377' <"$work/$format" >raw
	expect_equal "$(wc -c <raw)" 0 "bytes of $format that could do harm"
done
# cut to a width they are still lines, and harmless
COLUMNS=80 bpflock-log show -o short >"$work/short"
expect_equal "$(grep -cv '^....-..-..$' "$work/short")" "$events" "lines of 80 columns"
LC_ALL=C tr -cd '\000-\011\013-\037\177\302\303\377' <"$work/short" >raw
expect_equal "$(wc -c <raw)" 0 "bytes in lines of 80 columns that could do harm"
expect_no_grep '.{81}' "$work/short"
expect_grep '[.]{3}.*[.]service$' "$work/short"
as_hex() { od -An -v -tx1 | tr -d ' \n'; }
path_hex=$(printf '/odd/%s/%s.service' "$hostile" "$hostile" | as_hex)
expect_record ".operation == \"msr\" and .cgroup_hex == \"$path_hex\" and .cgroup_gone == null"
expect_record ".operation == \"msr\" and .unit_hex == \"$(printf '%s.service' "$hostile" | as_hex)\""
expect_record ".operation == \"msr\" and .comm_hex == \"$(printf '%s' "$comm" | as_hex)\""
expect_record ".event == \"syscall_execve\" and .filename_hex == \"$(printf './%s' "$comm" | as_hex)\""
# what looks like another field is none
sed -E 's/"(\\.|[^"\\])*"//g' "$work/logfmt" >unquoted
expect_no_grep 'op=x' unquoted
expect_exit 2 bpflock-log show --cgroup "/odd/$hostile"
expect_grep 'name a cgroup above it' "$work/err"
bpflock-log show -o json --fields cgroup,unit,operation --cgroup /odd >"$work/fields"
expect_json "$work/fields" 'keys - ["cgroup", "cgroup_hex", "operation", "unit", "unit_hex"] == []'
expect_equal "$(jq -s 'map(select(.operation == "msr")) | length' "$work/fields")" 1 "those of one cgroup"
