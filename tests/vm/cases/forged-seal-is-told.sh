# kernels: any
# timeout: 400
# ends: sealed
# Somebody robs whoever seals of its state and says in it that it is sealed: nobody can undo that, and the lock
# holds, but it is told that nothing is proven.
# shellcheck source=tests/vm/seal.sh
. /vm/seal.sh

load_for_seal
try 1 attack thief fix 1 forge bpflock-ctl seal --yes
cat "$work/out"
holds 'a forged seal'
expect_exit 6 bpflock-ctl status
expect_exit 6 bpflock-ctl test
expect_exit 4 bpflock-ctl seal --yes
holds 'a forged seal, sealed again'
