# kernels: any
# root: systemd
# timeout: 200
# The transcript in README.md is what the machine says to these commands, but for times and numbers of processes.
# tests/output/transcript puts what is said here into README.md.
before_boot() {
	systemd-sysusers
	systemctl mask bpflock-log.service # the ring keeps its records
}

awk '/^<!-- transcript/ { found = 1; next } found && /^```$/ { if (inside++) exit; next } inside' /vm/source/README.md >"$work/shown"
{
	echo 'exec 2>&1'
	sed -n "s/^# \(.*\)/echo '# \1'; \1/p" "$work/shown"
} >"$work/session"
# as if root had logged in at a terminal
export COLUMNS=80 LC_ALL=C.UTF-8
systemd-run --quiet --scope --unit session-1 --slice user-0.slice sh "$work/session" >"$work/real"
sed 's/^/transcript: /' "$work/real"

same() {
	sed -E -e 's/[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:]+Z/TIME/g' -e 's/[0-9]{2}:[0-9]{2}:[0-9]{2}/TIME/g' -e 's/\[[0-9]+\]/[PID]/g' \
		-e 's/^[0-9]{4}-[0-9]{2}-[0-9]{2}$/DATE/' -e 's/loaded [0-9a-z ]+ ago/loaded TIME ago/' -e 's/ +/ /g' "$1"
}
expect_equal "$(same "$work/shown")" "$(same "$work/real")" "the transcript"
[ "$(wc -l <"$work/shown")" -le 14 ] || fail "the transcript is longer than 14 lines"
[ "$(wc -w </vm/source/README.md)" -le 900 ] || fail "README.md is longer than 900 words"
ok "both are short"
expect_grep 'Operation not permitted' "$work/shown"
expect_exit 0 bpflock-ctl unload
