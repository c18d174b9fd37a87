# timeout: 240
# A cgroup that appears while its rule set is being replaced, or the programs that watch for it, is under
# the old one or the new one. Either denies, whoever is born there.

policy() { # PROFILE BLOCK OTHERS
	printf '[kimglock]\nprofile = privileged\n[cgroup "/m/a/b"]\nprofile = %s\nblock = %s\n' "$1" "$2"
	for other in $3; do printf '[cgroup "%s"]\nprofile = privileged\n' "$other"; done
}

mkdir -p /sys/fs/cgroup/m
expect_exit 0 churn /sys/fs/cgroup/m 1
expect_grep '^allowed=[1-9][0-9]* denied=0 other=0' "$work/out"
policy restricted '' '' >"$work/one"
policy privileged ioport '/m /a /m/b /m/a/c' >"$work/other"
load --config "$work/one"
churn /sys/fs/cgroup/m 600 >"$work/churn" &
churn=$!
rounds=0
while [ $rounds -lt 10 ]; do
	bpflock-ctl apply "$work/other" >/dev/null
	bpflock-ctl apply "$work/one" >/dev/null
	rounds=$((rounds + 1))
done
while [ $rounds -lt 13 ]; do
	bpflock --config "$work/other" --exec-log all >/dev/null
	bpflock --config "$work/one" --exec-log none >/dev/null
	rounds=$((rounds + 1))
done
kill -TERM $churn
wait $churn
cat "$work/churn"
expect_grep '^allowed=0 denied=[1-9][0-9][0-9]+ other=0' "$work/churn"
change cgroup delete --all
expect_exit 0 churn /sys/fs/cgroup/m 1
expect_grep '^allowed=[1-9][0-9]* denied=0 other=0' "$work/out"
