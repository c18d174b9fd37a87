# kernels: any
# root: systemd
# timeout: 600
# What replay says of each decision in a log is what the kernel decides once that policy is loaded and the same work is done again: by tasks of
# several cgroups, of the host and of containers, audited ones too. All formats say the same.
before_boot() {
	systemd-sysusers
}

cat >"$work/old.conf" <<-'EOT'
	[kimglock]
	profile = baseline
	level = confidentiality
	mode = audit
	[log]
	coalesce = 0
	[cgroup "/replay/open"]
	profile = privileged
	[cgroup "/replay/shut"]
	profile = restricted
EOT
cat >"$work/new.conf" <<-'EOT'
	[kimglock]
	profile = baseline
	block = ioport
	[log]
	coalesce = 0
	[cgroup "/replay/open"]
	profile = restricted
	level = confidentiality
	allow = dev_mem
	[cgroup "/replay/shut/inner"]
	profile = baseline
EOT

work_as_usual() {
	for place in none open/deep shut shut/inner; do
		for op in dev_mem ioport kcore bpf_read; do
			in_cgroup "/replay/$place" probe $op || :
			in_cgroup "/replay/$place" unshare -n probe $op || :
			in_cgroup "/replay/$place" unshare -f -p probe $op || :
		done
	done >/dev/null 2>&1
}

# log_of GENERATION FILE: what probes were told under that policy
log_of() {
	bpflock-log show -o json >"$work/all"
	jq -c "select(.comm == \"probe\" and .generation == $1)" "$work/all" >"$2"
	[ -s "$2" ] || fail "no record of generation $1"
}

# replay FILE...: without the names of files
replay() {
	bpflock-ctl replay "$work/new.conf" "$@" --json >"$work/said" || fail "replay $*: exit status $?"
	jq -S 'del(.machines[].name, .logs)' "$work/said"
}

row says-the-same-by-every-format
load --config "$work/old.conf"
before=$(generation)
work_as_usual
log_of "$before" "$work/probes.json"
bpflock-log show -o json >"$work/log.json"
bpflock-log show -o logfmt >"$work/log.logfmt"
replay "$work/log.json" >"$work/by-json"
expect_json "$work/by-json" '.newly_denied > 0 and .newly_allowed > 0 and .log_only > 0 and .not_known == 0 and .decisions > .changed'
replay "$work/log.logfmt" >"$work/by-logfmt"
bpflock-ctl replay "$work/new.conf" --json | jq -S 'del(.machines[].name, .logs)' >"$work/by-ring"
# looking takes nothing
expect_equal "$(bpflock-log show -o json | wc -l)" "$(wc -l <"$work/log.json")" "records in the ring"
expect_exit 0 systemctl start bpflock-log.service
in_journal() { [ "$(journalctl -u bpflock-log -o cat BPFLOCK_EVENT=lsm_locked_down | wc -l)" = "$(wc -l <"$work/log.json")" ]; }
until_true in_journal
journalctl -b -o export >"$work/log.export"
journalctl -b -o json >"$work/log.journal"
expect_exit 0 systemctl stop bpflock-log.service
replay "$work/log.export" >"$work/by-export"
replay "$work/log.journal" >"$work/by-journal"
for format in logfmt export journal ring; do
	# only bpflock-log looks for the mount point before the executable's path
	part='del(.by_executable)'
	expect_equal "$(jq -S "$part" "$work/by-$format")" "$(jq -S "$part" "$work/by-json")" "what $format says" >/dev/null
	ok "$format says what json says"
done
expect_equal "$(jq -r '.machines[].name' "$work/said")" "$(uname -n)" "the machine in the journal"

row says-what-becomes-of-each-decision
jq -c -s 'unique_by(.operation, .cgroup, .in_host, .decision)[]' "$work/probes.json" >"$work/each"
while read -r record; do
	printf '%s\n' "$record" >"$work/one"
	bpflock-ctl replay "$work/new.conf" "$work/one" --json >"$work/said"
	jq -c -n --argjson r "$record" --slurpfile said "$work/said" \
		'$r | {operation, cgroup, in_host, decision: ($said[0].by_operation[0].new // $r.decision)}'
done <"$work/each" | sort >"$work/predicted"
[ "$(wc -l <"$work/predicted")" -ge 32 ] || fail "only $(wc -l <"$work/predicted") kinds of decisions"
expect_exit 0 bpflock-ctl apply "$work/new.conf"
work_as_usual
log_of "$(generation)" "$work/after.json"
jq -c '{operation, cgroup, in_host, decision}' "$work/after.json" | sort -u >"$work/actual"
cmp "$work/predicted" "$work/actual" || {
	diff "$work/predicted" "$work/actual"
	fail "the kernel decides otherwise"
}
ok "each of $(wc -l <"$work/actual") is decided as replay said"
# and of the new policy's own log nothing changes
expect_exit 0 bpflock-ctl replay "$work/new.conf" "$work/after.json" --exit-code
expect_exit 1 bpflock-ctl replay "$work/new.conf" "$work/probes.json" --exit-code

row guesses-nothing
jq -c 'del(.in_host)' "$work/probes.json" >"$work/older.json"
expect_exit 0 bpflock-ctl replay "$work/new.conf" "$work/older.json" --json
expect_json "$work/out" '.not_known_for.namespaces > 0 and .not_known == .not_known_for.namespaces'
expect_exit 1 bpflock-ctl replay "$work/new.conf" "$work/older.json" --exit-code
expect_exit 0 bpflock-ctl replay "$work/new.conf" "$work/older.json" --json \
	--host-netns "$(stat -L -c %i /proc/1/ns/net)"
jq -S 'del(.machines, .logs)' "$work/out" >"$work/by-option"
expect_equal "$(cat "$work/by-option")" "$(replay "$work/probes.json" | jq -S 'del(.machines)')" "what it says with --host-netns"
jq -c 'del(.cgroup, .unit)' "$work/probes.json" >"$work/pathless.json"
expect_exit 0 bpflock-ctl replay "$work/new.conf" "$work/pathless.json" "$work/older.json" --json
expect_json "$work/out" '.not_known_for.cgroup > 0 and (.machines | length) == 2'
jq -c '.hostname = "m1"' "$work/probes.json" >"$work/m1.json"
expect_exit 0 sh -c "bpflock-ctl replay '$work/new.conf' - '$work/probes.json' --json <'$work/m1.json'"
expect_json "$work/out" '.machines[1].name == "m1" and .machines[0].changed == .machines[1].changed'
echo rubbish >>"$work/m1.json"
expect_exit 0 bpflock-ctl replay "$work/new.conf" "$work/m1.json"
expect_grep 'm1[.]json:[0-9]+: ' "$work/err"
expect_exit 2 bpflock-ctl replay "$work/new.conf" /etc/hostname
expect_exit 2 bpflock-ctl replay "$work/new.conf" /nonexistent
expect_exit 0 bpflock-ctl unload
expect_exit 3 bpflock-ctl replay "$work/new.conf"
rmdir /sys/fs/cgroup/replay/*/* /sys/fs/cgroup/replay/* /sys/fs/cgroup/replay 2>/dev/null || :
