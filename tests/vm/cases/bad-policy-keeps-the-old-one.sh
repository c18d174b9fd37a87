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
expect_exit 2 bpflock --exec-snoop all
expect_exit 2 bpflock-ctl reset
expect_equal "$(generation)" "$before" generation
expect_denied dev_mem
expect_allowed in_cgroup /x -- dev_mem
expect_status '.firing == true and .profile == "restricted" and .status == 0
	and .state == "enforcing" and (.refused.error | test("50-bad"))'
sed -i s/debugsf/debugfs/ /etc/bpflock/bpflock.conf.d/50-bad.conf
load
expect_allowed dev_mem
expect_denied in_cgroup /x -- dev_mem
expect_denied in_cgroup /x -- debugfs
