# kernels: any
# root: systemd
# timeout: 400
# What is decided stands in the journal, each of it: over restarts of the service, its death, and another load.
before_boot() {
	cat >/etc/bpflock/bpflock.conf <<-'EOT'
		[kimglock]
		profile = restricted
	EOT
	systemd-sysusers
	systemctl enable bpflock.service bpflock-log.service
}

cursor=""
# Those of this load. A record that was read twice counts once.
entries() {
	journalctl _SYSTEMD_UNIT=bpflock-log.service -o json --no-pager ${cursor:+"--after-cursor=$cursor"} >"$work/journal"
	jq -s -c 'map(select(.BPFLOCK_EVENT)) | unique_by(.BPFLOCK_EVENT, .BPFLOCK_SEQ, .BPFLOCK_FIRST)' \
		"$work/journal" >"$work/entries"
}
in_journal() { entries && jq -e "any(.[]; $1)" "$work/entries"; }
all_told() {
	bpflock-ctl status --json >"$work/status"
	entries
	[ "$(jq 'map(.BPFLOCK_COUNT | tonumber) | add // 0' "$work/entries")" = "$(jq .totals.decisions "$work/status")" ]
}
sums_agree() {
	until_true all_told
	expect_json "$work/status" '.totals | .decisions == .emitted + .coalesced + .dropped + .unlogged'
	expect_json "$work/entries" 'map(select(.BPFLOCK_EVENT == "lost" or .BPFLOCK_EVENT == "invalid")) == []'
}

main_pid() { systemctl show -P MainPID bpflock-log.service; }
is_reading() { systemctl is-active bpflock-log.service && [ "$(main_pid)" != "$1" ]; }

until_true systemctl is-active bpflock.service bpflock-log.service
expect_equal "$(systemctl show -P Type bpflock-log.service)" notify "type of the service"
pid=$(main_pid)
grep -E '^(Uid|Groups|Cap|NoNewPrivs|Seccomp):?' "/proc/$pid/status"
for set in CapInh CapPrm CapEff CapBnd CapAmb; do
	expect_grep "^$set:[[:space:]]*0+\$" "/proc/$pid/status"
done
expect_no_grep '^Uid:[[:space:]]*0[[:space:]]' "/proc/$pid/status"
group=$(getent group bpflock | cut -d : -f 3)
expect_grep "^Groups:(.*[[:space:]])?$group([[:space:]]|\$)" "/proc/$pid/status"
expect_equal "$(stat -c %g /sys/fs/bpf/bpflock/maps/ring)" "$group" "group of the ring"
expect_exit 7 bpflock-log drain

expect_denied dev_mem
until_true in_journal '.BPFLOCK_OPERATION == "dev_mem" and .BPFLOCK_DECISION == "deny" and .PRIORITY == "4"
	and .BPFLOCK_COMM == "probe" and .SYSLOG_IDENTIFIER == "bpflock"
	and ._SYSTEMD_UNIT == "bpflock-log.service"
	and .BPFLOCK_UNIT == "vm-cases.service" and (.BPFLOCK_CGROUP | endswith("/vm-cases.service/case"))
	and (.MESSAGE | startswith("DENY dev_mem probe["))'
sums_agree
# As packages do by a trigger of systemd's package: what the entry means, and the command that helps.
expect_exit 0 journalctl --update-catalog
explained() {
	journalctl -x --no-pager -q -u bpflock-log.service BPFLOCK_OPERATION=dev_mem >"$work/explained"
	cat "$work/explained"
}
explained
expect_grep 'Subject: bpflock denied dev_mem$' "$work/explained"
expect_grep "Process $(jq -r 'map(select(.BPFLOCK_OPERATION == "dev_mem"))[0].BPFLOCK_PID' "$work/entries"), with uid 0, tried the\$" "$work/explained"
expect_grep ' denied \(restricted\)\. It was refused 1 time' "$work/explained"
expect_grep ' bpflock-ctl denials$' "$work/explained"
expect_no_grep '@BPFLOCK' "$work/explained"
# What a user claims to be a record is none for who selects by the unit.
printf 'SYSLOG_IDENTIFIER=bpflock\nBPFLOCK_EVENT=decision\nBPFLOCK_OPERATION=forged\nBPFLOCK_DECISION=deny\nMESSAGE=forged\n' |
	setpriv --reuid=65534 --regid=65534 --clear-groups logger --journald
forged() { journalctl -t bpflock BPFLOCK_OPERATION=forged -o cat --no-pager -q | grep forged; }
until_true forged
expect_exit 1 in_journal '.BPFLOCK_OPERATION == "forged"'
# what is in the journal, a report does not have
expect_exit 0 bpflock-ctl bugreport "$work/report"
expect_no_grep 'DENY|probe\[' "$work/report"
expect_grep 'bpflock-log.service: |Log what bpflock decides' "$work/report"
expect_grep '^Id=bpflock-log.service$' "$work/report"

# what it does not see happen
expect_exit 0 systemctl stop bpflock-log.service
expect_equal "$(systemctl is-active bpflock-log.path)" inactive "state of what would start it again"
expect_denied msr
expect_denied msr
expect_exit 1 in_journal '.BPFLOCK_OPERATION == "msr"'
expect_exit 0 systemctl start bpflock-log.service
until_true in_journal '.BPFLOCK_OPERATION == "msr" and .BPFLOCK_DECISION == "deny"'
sums_agree
expect_exit 0 systemctl restart bpflock-log.service
expect_denied hibernation
until_true in_journal '.BPFLOCK_OPERATION == "hibernation"'

flood 2000 1 &
flooding=$!
pid=$(main_pid)
kill -KILL "$pid"
expect_denied debugfs
until_true is_reading "$pid"
wait $flooding
until_true in_journal '.BPFLOCK_OPERATION == "debugfs"'
sums_agree

# Unloaded it waits, and says so once.
pid=$(main_pid)
expect_exit 0 bpflock-ctl unload
until_true probe dev_mem
until_true in_journal '.BPFLOCK_EVENT == "tamper" and .BPFLOCK_ATTEMPT == "unload" and .BPFLOCK_COMM == "bpflock-ctl"'
journalctl _COMM=bpflock-ctl -t bpflock-ctl -o cat --no-pager -q >"$work/out"
expect_grep '^unloading /sys/fs/bpf/bpflock, as uid 0$' "$work/out"
waits() { [ "$(systemctl is-active bpflock-log.service bpflock-log.path | xargs)" = "inactive active" ]; }
until_true waits
sleep 5
journalctl --sync
cursor=$(journalctl -n 1 -o json --no-pager | jq -r .__CURSOR)
sleep 15
expect_exit 0 waits
expect_equal "$(journalctl -u bpflock-log.service -u bpflock-log.path -o cat --no-pager -q "--after-cursor=$cursor")" \
	"" "what they say while they wait"
# of its own last entry: of another's journalctl leaves out the first entry that matches, too
cursor=$(journalctl -n 1 _SYSTEMD_UNIT=bpflock-log.service -o json --no-pager | jq -r .__CURSOR)
expect_exit 0 systemctl restart bpflock.service
until_true is_reading "$pid"
expect_denied kexec
until_true in_journal '.BPFLOCK_OPERATION == "kexec" and .BPFLOCK_DECISION == "deny"'
sums_agree

expect_exit 0 systemd-analyze security --no-pager --threshold=20 bpflock-log.service
expect_exit 0 systemd-analyze verify --man=no bpflock.service bpflock-log.service bpflock-log.path
cat "$work/out" "$work/err" >verified
expect_equal "$(cat verified)" "" "what systemd-analyze says"
expect_exit 0 systemctl stop bpflock-log.service
