# timeout: 180
# On time, with no process that waits for it.

uptime_ns() { awk '{ printf "%.0f\n", $1 * 1000000000 }' /proc/uptime; }
ask_until_denied() {
	until [ "$answer" = 1 ]; do
		ask asker 'probe dev_mem 2>/dev/null'
		usleep 30000
	done
}

load --profile restricted
start_task asker in_cgroup /g
# two on one cgroup, of which the later end counts; and one for another cgroup that ends in between
begin=$(uptime_ns)
change grant dev_mem --cgroup /g --for 30s --comment long
given=$(uptime_ns)
change grant dev_mem --cgroup /h --for 25s
change grant dev_mem,ioport --cgroup /g --for 20s --comment short
expect_allowed in_cgroup /g -- ioport
expect_equal "$(our_processes)" "" "our processes"
answer=0
ask_until_denied
expect_denied in_cgroup /g -- dev_mem
expect_denied in_cgroup /g -- ioport
expect_denied in_cgroup /h -- dev_mem
expect_equal "$(our_processes)" "" "our processes"
bpflock-ctl grants --json >"$work/grants"
expect_json "$work/grants" '.grants == []'

records
jq -s --argjson begin "$begin" --argjson given "$given" --argjson g "$(inode /sys/fs/cgroup/g)" '
	[.[] | select(.operation == "dev_mem" and .cgroup_id == $g)] |
	{ allowed: [.[] | select(.reason == "allow (grant)").boottime_ns],
	  denied: [.[] | select(.reason == "denied (restricted)").boottime_ns] } |
	{ allowed: (.allowed | length), last_allowed: ((.allowed | max) - $given),
	  first_denied: ((.denied | min) - $begin), back: ((.denied | min) < (.allowed | max)) }
	' "$work/records" >"$work/summary"
cat "$work/summary"
# begin and given, of 10 ms each, are before and after the thirty seconds began
expect_json "$work/summary" '.allowed > 1 and .last_allowed < 30020000000 and .first_denied >= 29980000000
	and .back == false'

# A text of anybody's making reaches neither terminal nor log as it stands.
reason=$(printf 'a "quoted" \\ \033[31m and\nbroken \377 text')
change grant dev_mem --cgroup /g --for 1h --comment "$reason"
expect_record '.action == "given" and (.comment // "" | startswith("a \"quoted\" \\ \u001b[31m and\nbroken "))
	and (.comment_hex // "" | ascii_downcase | endswith("ff2074657874"))'
bpflock-ctl grants --json >"$work/grants"
expect_json "$work/grants" '.grants[0].comment | startswith("a \"quoted\" \\ \u001b[31m and\nbroken ")'
bpflock-ctl grants >"$work/grants"
bpflock-ctl explain dev_mem --cgroup /g >"$work/explained"
for format in classic logfmt short; do bpflock-log show -o $format >"$work/$format"; done
for file in grants explained classic logfmt short; do
	expect_grep 'quoted.*and.*broken.*text' "$work/$file"
	expect_no_grep "$(printf '\033')" "$work/$file"
done
