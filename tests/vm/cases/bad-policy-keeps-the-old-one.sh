# kernels: any
# As the boot unit would meet it: a drop-in with a mistake, and what was in force stays in force.

mkdir -p /etc/bpflock/bpflock.conf.d
printf '[kimglock]\nprofile = restricted\n[cgroup "/x"]\nprofile = privileged\n' >/etc/bpflock/bpflock.conf
load
before=$(generation)
printf '[kimglock]\nprofile = privileged\n[cgroup "/x"]\nprofile = restricted\nblock = debugsf\n' \
	>/etc/bpflock/bpflock.conf.d/50-bad.conf
expect_exit 2 bpflock
expect_grep '50-bad\.conf:5:[0-9]+: .*"debugsf".*debugfs' "$work/err"
expect_grep 'nothing was changed' "$work/err"
expect_exit 2 bpflock --exec-log all
expect_exit 2 bpflock-ctl reset
expect_equal "$(generation)" "$before" generation
expect_denied dev_mem
expect_allowed in_cgroup /x -- dev_mem
expect_status '.enforcing == true and .profile == "restricted" and .status == 0
	and .state == "enforcing" and (.refused.error | test("50-bad"))'

# what is there and sets nothing opens nothing, not even beside options
refused_empty() { # NAME COMMAND...
	named=$1
	shift
	expect_exit 2 "$@"
	expect_grep "$named: sets nothing: to allow everything, write \"profile = privileged\" below" "$work/err"
	expect_equal "$(generation)" "$before" generation
	expect_denied dev_mem
}
mkdir "$work/kept"
mv /etc/bpflock/bpflock.conf /etc/bpflock/bpflock.conf.d/50-bad.conf "$work/kept"
for text in '' '# profile = privileged\n' '[kimglock]\n'; do
	# shellcheck disable=SC2059 # it is the text
	printf "$text" >/etc/bpflock/bpflock.conf
	for command in bpflock 'bpflock --profile privileged' 'bpflock --fallback' 'bpflock --dry-run' \
		'bpflock-ctl reset' 'bpflock-ctl check' 'bpflock-ctl diff'; do
		# shellcheck disable=SC2086 # words
		refused_empty /etc/bpflock/bpflock.conf $command
	done
	refused_empty /etc/bpflock/bpflock.conf bpflock-ctl apply /etc/bpflock/bpflock.conf
done
rm /etc/bpflock/bpflock.conf
for verb in apply check diff; do
	refused_empty stdin sh -c "false | bpflock-ctl $verb --stdin"
	refused_empty /dev/null bpflock-ctl $verb /dev/null
done
expect_exit 0 bpflock-ctl check
mv "$work/kept"/50-bad.conf /etc/bpflock/bpflock.conf.d/
mv "$work/kept"/bpflock.conf /etc/bpflock/
sed -i s/debugsf/debugfs/ /etc/bpflock/bpflock.conf.d/50-bad.conf
load
expect_allowed dev_mem
expect_denied in_cgroup /x -- dev_mem
expect_denied in_cgroup /x -- debugfs
