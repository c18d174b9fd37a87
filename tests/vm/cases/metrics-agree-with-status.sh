# kernels: any
# Metrics tell what status tells, leave no trace in it, and are there also when nothing is loaded. Whether the machine is
# protected has one answer wherever it is asked.
metrics() {
	expect_exit 0 bpflock-ctl metrics "$@"
	cp "$work/out" "$work/metrics"
}
is() { grep -F -x -q -e "$1" "$work/metrics" || fail "not so: $1"; ok "$1"; }
file=$work/node/bpflock.prom
mkdir "$work/node"

# expect_agreement: each number of status as a line of the metrics that were just taken
expect_agreement() {
	bpflock-ctl status --json >"$work/status" || fail "status"
	jq -r '
		def line($name; $value): "bpflock_\($name) \($value)";
		(.operations[] | .name as $name | ["allowed", "audited", "denied"][] as $verdict
			| line("decisions_total{operation=\"\($name)\",verdict=\"\($verdict)\"}"; .[$verdict])),
		(.totals as $t | ("emitted", "coalesced", "dropped", "unlogged")
			| line("records_total{event=\"decision\",outcome=\"\(.)\"}"; $t[.])),
		(. as $s | ("exec", "grant", "tamper") as $event | ("emitted", "dropped") as $outcome
			| line("records_total{event=\"\($event)\",outcome=\"\($outcome)\"}";
				$s["\($event)_events"][$outcome])),
		line("policy_generation"; .generation), line("cgroups"; .cgroups | length),
		line("grants"; .grants | length), line("recursion_misses_total"; .recursion_misses),
		line("attached"; if .attached then 1 else 0 end), line("enforcing"; if .enforcing then 1 else 0 end),
		line("state{state=\"\(.state)\"}"; 1),
		line("degraded"; if .status == 6 then 1 else 0 end)' "$work/status" >"$work/expected"
	[ "$(wc -l <"$work/expected")" -gt 60 ] || fail "hardly anything to compare"
	expect_equal "$(grep -F -x -v -f "$work/metrics" "$work/expected")" "" "what differs from status"
}

metrics
is "bpflock_up 0"
is "bpflock_loaded 0"
is "bpflock_enforcing 0"
expect_equal "$(tail -n 1 "$work/metrics")" "# EOF" "the end"
metrics --textfile "$file"
expect_grep '^bpflock_up 0$' "$file"

expect_state not-loaded 3

# a policy that denies nobody anything has its own word, and no failure, because somebody has chosen it
load
expect_state privileged 0
expect_allowed dev_mem
change cgroup set /metrics.slice profile=restricted
expect_state enforcing 0
expect_denied in_cgroup /metrics.slice -- dev_mem
change cgroup set /metrics.slice profile=restricted mode=audit
expect_state audit-only 0
change cgroup delete /metrics.slice
change set profile=restricted mode=audit
expect_state audit-only 0
expect_allowed dev_mem
change latch kexec
expect_state enforcing 0
change unload

load --profile restricted --allow hibernation --exec-log failed
expect_state enforcing 0
for operation in dev_mem dev_mem ioport kcore; do
	probe $operation || :
done
expect_exit 0 probe --hammer msr 1
change cgroup set /metrics.slice profile=privileged
change grant kexec --host --for 1h --comment ticket-4711
metrics
is "bpflock_up 1"
expect_agreement
expect_grep '^bpflock_decisions_total\{operation="dev_mem",verdict="denied"\} 2$' "$work/metrics"
expect_grep '^bpflock_policy_info\{version="[^"]+",pin_format="[0-9]+",profile="restricted",level="integrity",mode="enforce",log="all",kmodlock="off",exec_log="failed",kernel_lockdown="[a-z]+"\} 1$' "$work/metrics"
expect_no_grep ticket "$work/metrics"
for place in host elsewhere; do
	is "bpflock_exposure_ratio{place=\"$place\"} $(bpflock-ctl analyze --json | jq ".exposure.$place" |
		awk '{ printf "%.2f", $1 / 10 }')"
done
is "bpflock_ring_size_bytes 524288"
is 'bpflock_ring_class_size_bytes{class="denied"} 262144'

# looking leaves nothing behind, unless one asks
metrics
grep -v collected "$work/metrics" >"$work/first"
metrics
expect_equal "$(grep -v collected "$work/metrics" | diff "$work/first" - 2>&1)" "" "what the look before has changed"
asked() { sed -n 's/^bpflock_proofs_total //p' "$work/metrics"; }
before=$(asked)
metrics --probe
metrics
[ "$(asked)" -gt "$before" ] || fail "--probe has not asked" # later kernels ask several times

# before and after decisions and changes, for tests/output/prometheus, which reads the log of this case
snapshot() {
	for format in prometheus openmetrics; do
		metrics --format $format
	done
}
snapshot
change set mode=audit
expect_allowed dev_mem
change set mode=enforce
expect_denied dev_mem
snapshot

# the ring's fill is what a reader takes
used() { sed -n "s/^bpflock_ring_$1 //p" "$work/metrics"; }
[ "$(used used_bytes)" -ge 120 ] || fail "an empty ring"
expect_equal "$(sed -n 's/^bpflock_ring_class_used_bytes.* //p' "$work/metrics" | awk '{ n += $1 } END { print n }')" "$(used used_bytes)" \
	"what the classes have of it"
bpflock-log drain >"$work/log" 2>&1 &
end_reader $!
metrics
is "bpflock_ring_used_bytes 0"
is 'bpflock_ring_class_used_bytes{class="denied"} 0'

# what would be missed without asking, by its signs
sysctl -w kernel.ftrace_enabled=0
metrics
expect_state degraded 6 'ftrace_enabled is 0'
sysctl -w kernel.ftrace_enabled=1
is "bpflock_enforcing 0"
is "bpflock_attached 1"
is "bpflock_degraded 1"

# a file is replaced as a whole, for everybody to read
umask 077
metrics --textfile "$file"
expect_equal "$(stat -c '%a %u' "$file")" "644 0" "mode and owner"
expect_grep '^# TYPE bpflock_decisions_total counter$' "$file"
expect_equal "$(ls -A "$work/node")" bpflock.prom "files"
mount -t tmpfs -o size=4k tmpfs "$work/node"
: >"$file"
expect_exit 1 bpflock-ctl metrics --textfile "$file"
expect_grep "$file: cannot write: No space left on device" "$work/err"
expect_equal "$(stat -c %s "$file"),$(ls -A "$work/node")" 0,bpflock.prom "files"
umount "$work/node"
expect_exit 1 bpflock-ctl metrics --textfile "$work/nowhere/bpflock.prom"
expect_grep 'packages of node_exporter create the directory' "$work/err"
# read-only, and not root
mount -t tmpfs -o ro tmpfs "$work/node"
expect_exit 1 bpflock-ctl metrics --textfile "$file"
umount "$work/node"
chmod 755 "$work"
chmod 777 "$work/node"
expect_exit 4 setpriv --reuid 65534 --regid 65534 --clear-groups bpflock-ctl metrics --textfile "$work/node/other.prom"
expect_equal "$(wc -l <"$work/err"),$(ls -A "$work/node")" 2,bpflock.prom "lines of the error and its hint, and files"

# pins that cannot be read are told too
rm /sys/fs/bpf/bpflock/maps/counters
expect_exit 6 bpflock-ctl status
expect_grep '^[*] degraded: .*pins are missing' "$work/out"
metrics
is 'bpflock_state{state="degraded"} 1'
is "bpflock_up 0"
is "bpflock_loaded 1"
is "bpflock_attached 1"
is "bpflock_degraded 1"
expect_no_grep '^bpflock_(enforcing|policy|decisions)' "$work/metrics"
