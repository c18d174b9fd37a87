# timeout: 300
# Two policies that differ in every bit change places again and again, under tasks of the host and of
# cgroups that never stop asking. Each record must be one of those that its generation's policy makes,
# and what the tasks were told must add up to what was counted.

cat >"$work/even" <<'END'
[kimglock]
profile = restricted
allow = debugfs
[cgroup "/t"]
profile = privileged
block = debugfs
[cgroup "/t/deep"]
profile = restricted
level = confidentiality
mode = audit
[cgroup "/even"]
profile = baseline
block = dev_mem
END
cat >"$work/odd" <<'END'
[kimglock]
profile = privileged
block = debugfs
[cgroup "/t"]
profile = restricted
level = confidentiality
allow = debugfs
[cgroup "/odd"]
profile = baseline
END

# a record for each decision, as far as the ring takes them
printf '[log]\ncoalesce = 0\n' | tee -a "$work/odd" >>"$work/even"

load --config "$work/even"
first=$(generation)
mkdir -p /sys/fs/cgroup/t/deep /sys/fs/cgroup/even
host=$(inode /sys/fs/cgroup/case) t=$(inode /sys/fs/cgroup/t) deep=$(inode /sys/fs/cgroup/t/deep)
even=$(inode /sys/fs/cgroup/even)

# parity, counted from the first on, the task's cgroup, operation, decision, profile, why, the rule's cgroup
cat <<END >"$work/legal"
0 $host dev_mem deny restricted profile 0
0 $host debugfs allow restricted allow 0
0 $t dev_mem allow privileged profile $t
0 $t debugfs deny privileged block $t
0 $deep dev_mem audit restricted profile $deep
0 $deep debugfs audit restricted profile $deep
0 $even dev_mem deny baseline block $even
0 $even debugfs allow baseline profile $even
1 $host dev_mem allow privileged profile 0
1 $host debugfs deny privileged block 0
1 $t dev_mem deny restricted profile $t
1 $t debugfs allow restricted allow $t
1 $deep dev_mem deny restricted profile $t
1 $deep debugfs allow restricted allow $t
1 $even dev_mem allow privileged profile 0
1 $even debugfs deny privileged block 0
END

# Whoever switches comes first, the others have what is left, and the time while it waits.
# shellcheck disable=SC2016 # of jq's
bpflock-log drain -o json | jq --unbuffered -r --argjson first "$first" 'select(.event == "lsm_locked_down"
	and (.operation == "dev_mem" or .operation == "debugfs")) | [(.generation - $first) % 2, .cgroup_id, .operation, .decision, .profile,
	.why, .rule_cgroup_id // 0, .generation] | join(" ")' >"$work/seen" &
until_true pidof bpflock-log
hammers=""
for path in /case /t /t/deep /even; do
	for op in dev_mem debugfs; do
		in_cgroup $path nice -n 19 probe --hammer $op 600 >"$work/hammer-$op${path##*/}" &
		hammers="$hammers $!"
	done
done
seconds() { cut -d . -f 1 /proc/uptime; }
generations_seen() { cut -d ' ' -f 8 "$work/seen" | sort -u | wc -l; }
rounds=0 end=$(($(seconds) + 20))
# on a busy machine the reader is slow, and the ring full of what came first; records are samples
seen_enough() {
	[ "$(generations_seen)" -ge 6 ] && [ "$(wc -l <"$work/seen")" -ge 1000 ] &&
		[ "$(cut -d ' ' -f 1-7 "$work/seen" | sort -u | wc -l)" -ge 12 ]
}
while [ $rounds -lt 6 ] || [ "$(seconds)" -lt $end ] || { ! seen_enough && [ "$(seconds)" -lt $((end + 300)) ]; }; do
	bpflock-ctl apply "$work/odd" >/dev/null
	bpflock-ctl apply "$work/even" >/dev/null
	rounds=$((rounds + 1))
done
expect_equal "$(generation)" $((first + 2 * rounds)) generation
pids=$(pidof probe)
expect_equal "$(echo "$pids" | wc -w)" 8 "how many ask"
# shellcheck disable=SC2086 # words
kill -TERM $pids
# shellcheck disable=SC2086 # words
wait $hammers
# the reader's end is that of its pipe too
kill -TERM "$(pidof bpflock-log)"
wait

cut -d ' ' -f 1-7 "$work/seen" | sort -u >"$work/kinds"
expect_exit 1 grep -v -x -F -f "$work/legal" "$work/kinds"
# records are samples, so of the sixteen some may be missing
[ "$(wc -l <"$work/kinds")" -ge 12 ] || fail "only these kinds: $(cat "$work/kinds")"
seen=$(wc -l <"$work/seen") generations=$(generations_seen)
[ "$seen" -ge 1000 ] || fail "only $seen records"
[ "$generations" -ge 6 ] || fail "records of only $generations generations, in $rounds rounds"
ok "$seen records of $generations generations"

cat "$work"/hammer-*
told() { # OPERATION COUNT
	cat "$work"/hammer-"$1"* | sed "s/.*$2=\([0-9]*\).*/\1/" | awk '{ n += $1 } END { printf "%d\n", n }'
}
bpflock-ctl status --json >"$work/status"
for op in dev_mem debugfs; do
	expect_json "$work/status" ".operations[] | select(.name == \"$op\")
		| .denied == $(told $op denied) and .allowed + .audited == $(told $op allowed)"
done
expect_json "$work/status" '.totals | .decisions == .emitted + .coalesced + .dropped + .unlogged'
