# ends: sealed
# Root puts another file in the place of the kernel's BTF, in which a function that a seal rests on has another
# name, so that a program that answers for it is not known by its id. It is known all the same.
# shellcheck source=tests/vm/seal.sh
. /vm/seal.sh
# shellcheck source=tests/vm/attacks.sh
. /vm/attacks.sh

begin_attacks
stage=load command='attack fmod-ret security_bpf 1 attack detach-ours /sys/fs/cgroup'
hold btf
expect_grep '^ready' "$work/held-btf"
try 0 attack btf-without security_bpf "$work/btf"
mount --bind "$work/btf" /sys/kernel/btf/vmlinux
status=0
bpflock-ctl seal --yes >"$work/row" 2>&1 || status=$?
grep '^bpflock-ctl: ' "$work/row"
echo go >"$work/gate-btf"
wait "$held" || :
tail -n 3 "$work/held-btf"
expect_denied dev_mem
expect_equal "$status" 1 'the status of a seal beside that program'
umount /sys/kernel/btf/vmlinux
until_true bpflock-ctl test
change seal --yes
expect_denied dev_mem
