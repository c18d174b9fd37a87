# each: attach maps mounts programs sysctl tasks
# kernels: any
# timeout: 240
# Each attack on a lock that is not sealed works, or attacks.tab says why it cannot. One kernel shows that an attack is one;
# --every-kernel shows it on all.
# shellcheck source=tests/vm/seal.sh
. /vm/seal.sh
# shellcheck source=tests/vm/attacks.sh
. /vm/attacks.sh

begin_attacks
# shellcheck disable=SC2154 # of tests/run
each_row "$each" try_unsealed
[ "$each" != tasks ] || each_row tools try_unsealed
end_attacks
