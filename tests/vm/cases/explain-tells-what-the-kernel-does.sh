# kernels: any
# timeout: 300
# Generated policies, and tasks in all kinds of namespaces and cgroups, each of which asks: explain has
# told, of the very process, what the kernel then decides, and for which reason.

operations="dev_mem ioport msr kcore debugfs tracefs perf hibernation kexec"

# Of number N; the steps are prime to each other, so that all meet all.
pick() { # N WORD...
	shift_by=$(($1 % ($# - 1) + 1))
	shift $shift_by
	echo "$1"
}
rules() { # N
	echo "profile = $(pick $(($1)) restricted baseline privileged)"
	echo "level = $(pick $(($1 / 3)) integrity confidentiality)"
	echo "block = $(pick $(($1 / 2)) '' dev_mem,perf @tracing ioport,kcore '')"
	echo "allow = $(pick $(($1 / 2)) debugfs msr,kcore ioport,kexec @tracing '')"
	echo "mode = $(pick $(($1 / 4)) enforce enforce audit)"
}
policy() { # N
	echo '[kimglock]'
	rules "$1"
	echo '[cgroup "/r"]'
	rules $(($1 * 5 + 2))
	[ $(($1 % 2)) -eq 0 ] || { echo '[cgroup "/r/below/deep"]'; rules $(($1 * 7 + 1)); }
}

load
mkdir -p /sys/fs/cgroup/r/below/deep /sys/fs/cgroup/r/granted /sys/fs/cgroup/g
contexts=""
for path in /case /r /r/below/deep /r/granted /g; do
	for namespaces in '' -n -fp -fpn; do
		name=$(echo "task$path$namespaces" | tr / _)
		if [ -z "$namespaces" ]; then
			start_task "$name" in_cgroup $path
		else
			start_task "$name" in_cgroup $path unshare $namespaces
		fi
		contexts="$contexts $name,$task,$(inode /sys/fs/cgroup$path),$(readlink /proc/"$task"/ns/pid |
			tr -cd 0-9),$(readlink /proc/"$task"/ns/net | tr -cd 0-9)"
	done
done
bpflock-ctl grant dev_mem,kcore,kexec --cgroup /g --for 1h >/dev/null
bpflock-ctl grant dev_mem,ioport,tracefs --cgroup /r/granted --for 1h >/dev/null

n=0 policies=0
while [ $policies -lt 32 ]; do
	policy $policies >"$work/policy"
	bpflock-ctl apply "$work/policy" >/dev/null || fail "policy $policies is refused"
	policies=$((policies + 1))
	for context in $contexts; do
		# each fourth, which are others with each policy
		n=$((n + 1))
		[ $(((n + policies) % 4)) -eq 0 ] || continue
		IFS=, read -r name pid cgroup pidns netns <<-END
			$context
		END
		# shellcheck disable=SC2086 # words
		op=$(pick $((n / 4 + policies)) $operations)
		bpflock-ctl explain "$op" --pid "$pid" --json >>"$work/explained" || fail "explain $op --pid $pid"
		ask "$name" "probe $op 2>/dev/null"
		echo "{\"answer\":$answer,\"cgroup_id\":$cgroup,\"pidns\":$pidns,\"netns\":$netns}" >>"$work/asked"
	done
done
records
jq -n -c --slurpfile explained "$work/explained" --slurpfile asked "$work/asked" \
	--slurpfile records "$work/records" '
	def key: [.generation, .operation, .cgroup_id, .pidns, .netns] | tostring;
	def said: [.decision, .reason, .why];
	($records | map(select(.event == "lsm_locked_down")) | group_by(key)
		| map({ key: (.[0] | key), value: . }) | from_entries) as $by
	| range($asked | length) | ($explained[.] + $asked[.]) as $e
	| $by[$e | key] as $r
	| select(($r | length) == 0 or $e.answer != (if $e.decision == "deny" then 1 else 0 end)
		or any($r[]; said != ($e | said)))
	| { explained: $e, records: ($r // [] | map(said)) }' >"$work/wrong" || fail "cannot compare"
cat "$work/wrong"
[ ! -s "$work/wrong" ] || fail "explain and the kernel differ $(wc -l <"$work/wrong") times"
jq -r .reason "$work/explained" | sort | uniq -c
ok "$(wc -l <"$work/asked") decisions are as explained"
jq -e -s 'all(.[]; [.decision] == [.chain[] | select(.decides) | .says])
	and all(.[]; [.why] == [.chain[] | select(.decides) | .step])' "$work/explained" >/dev/null ||
	fail "a chain decides otherwise"
ok "each chain has one step that decides, and decides so"
