# each: attach maps mounts programs sysctl
# timeout: 240
# ends: sealed
# A seal withstands each attack: on what is attached, on the maps that a verdict reads, by programs that answer in the
# place of others, on ftrace, and on mounts, pins, tasks and tools.
# shellcheck source=tests/vm/seal.sh
. /vm/seal.sh
# shellcheck source=tests/vm/attacks.sh
. /vm/attacks.sh

begin_attacks
# shellcheck disable=SC2154 # of tests/run
case $each in
mounts)
	seal_against tasks
	begin_keeping
	for group in tools mounts; do each_row $group try_sealed; done
	end_keeping ;;
*) seal_against "$each" ;;
esac
end_attacks
[ "$each" = maps ] || exit 0

# None of the maps can be had, and yet lists go on behind them.
expect_exit 0 bpftool map create "$bpf/after" type array key 4 value 4 entries 1 name after
expect_exit 0 bpftool map list
expect_grep ' name after ' "$work/out"
expect_equal "$(grep -o 'bplks_[a-z_]*' "$work/out" | sort | tr '\n' ' ')" 'bplks_reader bplks_ring ' 'maps of the set that are listed'
expect_exit 0 bpftool prog list
expect_grep 'lsm .* name bplks_locked' "$work/out"
expect_equal "$(bpf_ids prog '.name | startswith("bplks_")' | wc -l)" "$(find "$bpf/bpflock/progs" -type f | wc -l)" 'programs that are listed'

# Whatever the latch is run with, by anybody: it denies more, also operations beyond those that it knows.
try 0 attack run-ours latch
expect_denied dev_mem
ask in-g 'probe dev_mem 2>/dev/null'
expect_equal "$answer" 1 'the answer in a cgroup that was exempted'
expect_status '.sealed.proven and (.latched | index("dev_mem"))'
