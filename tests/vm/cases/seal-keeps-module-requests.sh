# each: with without
# timeout: 240
# ends: sealed
# A set that is sealed with a program for module requests keeps it as it keeps the lock; one that is sealed without does
# not claim to deny them.
# shellcheck source=tests/vm/seal.sh
. /vm/seal.sh

echo /bin/modprobe >/proc/sys/kernel/modprobe
as_container() { unshare -f -p -n "$@"; }
away() { unload_modules algif_hash af_alg; }

if [ "$each" = without ]; then
	load_for_seal
	change seal --yes
	expect_exit 4 bpflock-ctl latch module_request
	expect_grep 'module_request: cannot be used' "$work/err"
	change latch @all
	expect_status '.sealed.proven and .status == 0 and (.latched | index("module_request") == null)'
	expect_exit 0 as_container autoload hash
	away
	expect_exit 4 bpflock --profile restricted --kmodlock baseline
	exit 0
fi

load_for_seal --kmodlock baseline
before=$(bpflock-ctl status --json | jq '.programs[] | select(.name == "module_request").id')
change seal --yes
expect_status '.sealed.proven and .status == 0 and .module_requests_enforcing'
expect_status "any(.programs[]; .name == \"module_request\" and .attached and .id != $before)"
expect_exit 0 bpftool cgroup show /sys/fs/cgroup
expect_equal "$(grep -c bpf_lsm_kernel_module_request "$work/out")" 1 'programs on the hook'
expect_exit 1 as_container autoload hash
expect_exit 0 autoload hash
away
expect_record '.operation == "module_request" and .decision == "deny"'
id=$(jq '.programs[] | select(.name == "module_request").id' "$work/status")
try - bpftool cgroup detach /sys/fs/cgroup lsm_cgroup id "$id"
expect_exit 1 as_container autoload hash
change latch module_request
expect_exit 1 autoload hash
expect_status '.sealed.proven and .latched == ["module_request"] and .status == 0'
rm /sys/fs/bpf/bpflock/progs/module_request
expect_exit 1 autoload hash
expect_exit 6 bpflock-ctl status
