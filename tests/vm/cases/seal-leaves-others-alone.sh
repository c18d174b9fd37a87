# kernels: bookworm trixie sid trixie-arm64 sid-arm64
# timeout: 240
# ends: sealed
# What is not bpflock's goes on as before: others' pins, programs and mounts, containers, listing, reading.
# shellcheck source=tests/vm/seal.sh
. /vm/seal.sh
bpf=/sys/fs/bpf

load_for_seal
mount --make-rshared /
mkdir -p /b
change seal --yes
expect_attempts
first=$attempts

# pins and bpffs of others
try 0 mkdir $bpf/other
try 0 bpftool map create $bpf/other/map type hash key 8 value 8 entries 4 name other
try 0 mv $bpf/other/map $bpf/other/moved
try 0 bpftool map update pinned $bpf/other/moved key 1 0 0 0 0 0 0 0 value 1 0 0 0 0 0 0 0
try 0 bpftool map dump pinned $bpf/other/moved
try 0 rm $bpf/other/moved
try 0 rmdir $bpf/other
try 0 mount --bind $bpf /b
try 0 umount /b
try 0 mount -t bpf bpf /b
try 0 umount /b
for propagation in private slave; do
	try 0 unshare -m --propagation $propagation umount -l $bpf
	try 0 unshare -m --propagation $propagation umount -l /sys
done
holds 'what others do'

# programs of others
for command in 'fmod-ret security_file_open 0' 'lsm file_open 0'; do
	# shellcheck disable=SC2086 # words
	worked $command
done
for kind in map prog link; do
	try 0 bpftool $kind show
done
try 0 sysctl -w kernel.panic=0
try 0 sysctl -w kernel.ftrace_enabled=1
expect_status ".tamper_events.attempts == $first"
expect_exit 0 bpflock-ctl metrics
expect_grep '^bpflock_seal_proven 1$' "$work/out"
expect_grep "^bpflock_tamper_attempts_total\{by=\"root\"\} $first\$" "$work/out"
expect_grep '^bpflock_ring_used_bytes [1-9]' "$work/out"

# bpflock itself
change status
change test
change policy
expect_exit 0 bpflock-ctl doctor
expect_exit 0 bpflock-ctl explain dev_mem
expect_exit 0 bpflock-ctl bugreport
expect_exit 0 bpflock-ctl suggest
expect_exit 0 bpflock-ctl diff </dev/null
expect_exit 0 bpflock --profile restricted
expect_exit 0 bpflock --dry-run --profile restricted
load --profile restricted
expect_exit 4 bpflock --profile privileged
expect_exit 4 bpflock-ctl set profile=privileged
expect_exit 4 bpflock-ctl grant dev_mem --host --for 1m
expect_exit 4 bpflock-ctl cgroup delete --all
expect_exit 4 bpflock-ctl reset
expect_exit 4 bpflock-ctl unload
bpflock-log drain -o json >"$work/log" 2>&1 &
tail=$!
! probe dev_mem 2>/dev/null || fail 'dev_mem is allowed'
until_true grep -q '"operation":"dev_mem"' "$work/log"
end_reader $tail
holds 'all'
expect_status ".enforcing and .status == 0 and .sealed.proven and .tamper_events.attempts == $first"
