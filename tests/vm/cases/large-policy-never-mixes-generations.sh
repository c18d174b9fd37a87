# run: places
# timeout: 900
# Rule sets of a large policy come and go, one in its base and one beside it, under tasks that never stop asking. Each record
# must be one that its generation's policy makes.

printf '[kimglock]\nprofile = privileged\n[log]\ncoalesce = 0\n' >"$work/many"
awk 'BEGIN { for (i = 0; i < 300; i++) printf "[cgroup \"/many/%d\"]\nprofile = restricted\n", i }' >>"$work/many"
load --config "$work/many"
expect_equal "$(generation)" 1 generation
mkdir -p /sys/fs/cgroup/t /sys/fs/cgroup/many/0
t=$(inode /sys/fs/cgroup/t) many=$(inode /sys/fs/cgroup/many/0)

# the generation's rest by 4, the task's cgroup, decision, the rule's cgroup
cat <<END >"$work/legal"
1 $t allow 0
1 $many deny $many
2 $t deny $t
2 $many deny $many
3 $t deny $t
3 $many allow 0
0 $t allow 0
0 $many allow 0
END

bpflock-log drain -o json | jq --unbuffered -r 'select(.event == "lsm_locked_down" and .operation == "dev_mem")
	| [.generation % 4, .cgroup_id, .decision, .rule_cgroup_id // 0, .generation] | join(" ")' >"$work/seen" &
until_true pidof bpflock-log
hammers=""
for path in /t /many/0; do
	in_cgroup $path nice -n 19 probe --hammer dev_mem 600 >/dev/null &
	hammers="$hammers $!"
done
kinds() { cut -d ' ' -f 1-4 "$work/seen" | sort -u; }
# on a busy machine the reader is slow, and the ring full of what came first; records are samples
rounds=0 end=$(($(uptime_seconds) + 300))
while [ $rounds -lt 5 ] || { [ "$(kinds | wc -l)" -lt 7 ] && [ "$(uptime_seconds)" -lt $end ]; }; do
	for words in 'set /t profile=restricted' 'delete /many/0' 'delete /t' 'set /many/0 profile=restricted'; do
		# shellcheck disable=SC2086 # words
		bpflock-ctl cgroup $words >/dev/null
	done
	rounds=$((rounds + 1))
done
expect_equal "$(generation)" $((1 + 4 * rounds)) generation
# shellcheck disable=SC2046 # words
kill -TERM $(pidof probe)
# shellcheck disable=SC2086 # words
wait $hammers || :
# the reader's end is that of its pipe too
kill -TERM "$(pidof bpflock-log)"
wait
kinds >"$work/kinds"
expect_exit 1 grep -v -x -F -f "$work/legal" "$work/kinds"
[ "$(wc -l <"$work/kinds")" -ge 7 ] || fail "only these kinds: $(cat "$work/kinds")"
ok "$(wc -l <"$work/seen") records of $(cut -d ' ' -f 5 "$work/seen" | sort -u | wc -l) generations"
