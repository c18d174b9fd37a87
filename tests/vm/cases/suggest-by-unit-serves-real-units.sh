# kernels: any
# root: systemd
# timeout: 240
# Services that are started anew under the policy suggested by unit may do what they did under a policy that only logs. What
# a service did that is gone is known by the log alone.

# unit NAME OPERATION...: a service that tries each, writes the outcomes into /run/tried/NAME, and stays
unit() {
	name=$1
	shift
	# shellcheck disable=SC2016 # expanded there
	printf '[Service]\nExecStart=/bin/sh -c "for op in %s; do %s $$op; echo $$op $$?; done >/run/tried/%s.new; \
mv /run/tried/%s.new /run/tried/%s; exec sleep infinity"\n' "$*" "$(command -v probe)" "$name" "$name" "$name" \
		>"/run/systemd/system/$name.service"
}
# outcomes NAME: what the service got, once it has tried, a word each
outcomes() {
	until_true test -e "/run/tried/$1" >&2
	tr '\n' ' ' <"/run/tried/$1"
}

mkdir -p /run/tried /run/systemd/system
unit backup dev_mem msr
unit tracer msr
unit several@1 ioport
load --profile privileged --coalesce 0
expect_exit 0 systemctl daemon-reload
expect_exit 0 systemctl start backup tracer several@1
for name in backup tracer several@1; do
	until_true test -e /run/tried/$name
done
# the name of a cgroup that is gone is in the log of who has read it before
bpflock-log follow -o json >"$work/log" 2>/dev/null &
log=$!
until_true pidof bpflock-log
expect_exit 0 systemd-run --wait --unit=ended sh -c \
	"$(command -v probe) kexec && until grep -q '\"/system.slice/ended.service\"' $work/log; do sleep 0.2; done"
end_reader "$log"
expect_equal "$(cat /run/tried/backup /run/tried/tracer /run/tried/several@1 | tr '\n' ' ')" \
	"dev_mem 0 msr 0 msr 0 ioport 0 " "outcomes"

bpflock-ctl suggest --by-unit >"$work/policy"
cat "$work/policy"
bpflock-ctl suggest --by-unit --json >"$work/suggestion"
expect_json "$work/suggestion" '.unfiled == ["kexec"]
	and ([.policy.cgroups[] | select(.path | test("backup|tracer|several")) | [.path, .own.allow[]]] == [
	["/system.slice/backup.service", "dev_mem", "msr"], ["/system.slice/system-several.slice/several@1.service", "ioport"],
	["/system.slice/tracer.service", "msr"]])'
expect_exit 2 bpflock-ctl suggest --by-unit "$work/policy"
expect_grep "$work/policy.*not a record|$work/policy.*no record of bpflock-log" "$work/err"
bpflock-ctl suggest --by-unit "$work/log" >"$work/policy"
expect_grep '^# ended.service$' "$work/policy"
expect_grep '^\[cgroup "/system.slice/ended.service"\]$' "$work/policy"
expect_no_grep 'The unit is unknown' "$work/policy"
expect_exit 0 bpflock-ctl check "$work/policy"
expect_exit 0 bpflock-ctl apply "$work/policy"

# the same services, and what each had not used before
expect_exit 0 systemctl stop backup tracer several@1
rm /run/tried/*
unit tracer msr dev_mem
unit several@2 ioport
expect_exit 0 systemctl daemon-reload
expect_exit 0 systemctl start backup tracer several@1 several@2
expect_equal "$(outcomes backup)" "dev_mem 0 msr 0 " "backup"
expect_equal "$(outcomes tracer)" "msr 0 dev_mem 1 " "tracer"
expect_equal "$(outcomes several@1)" "ioport 0 " "several@1"
expect_equal "$(outcomes several@2)" "ioport 1 " "several@2"
expect_exit 0 systemd-run --wait --unit=ended "$(command -v probe)" kexec
expect_exit 1 systemd-run --wait --unit=ended2 "$(command -v probe)" kexec
expect_exit 0 systemctl reset-failed
expect_denied in_cgroup / -- msr

# the host's block is theirs
change block dev_mem
expect_exit 0 systemctl stop backup
rm /run/tried/backup
expect_exit 0 systemctl start backup
# its own list wins: who wrote the section meant just that
expect_equal "$(outcomes backup)" "dev_mem 0 msr 0 " "backup"
change latch dev_mem
expect_exit 0 systemctl stop backup
rm /run/tried/backup
expect_exit 0 systemctl start backup
expect_equal "$(outcomes backup)" "dev_mem 1 msr 0 " "backup"

expect_exit 0 systemctl stop backup tracer several@1 several@2
rm -r /run/tried /run/systemd/system/backup.service /run/systemd/system/tracer.service /run/systemd/system/several@*.service
expect_exit 0 systemctl daemon-reload
