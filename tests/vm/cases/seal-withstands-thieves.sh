# kernels: any
# timeout: 400
# ends: sealed
# Whoever seals is robbed of maps at one step after the other, by all that can keep a map, and is stopped past its
# deadline and killed: nothing is sealed then that somebody has, and what was loaded decides on.
# shellcheck source=tests/vm/seal.sh
. /vm/seal.sh
# shellcheck source=tests/vm/attacks.sh
. /vm/attacks.sh

begin_attacks
each_row thieves try_thief
end_attacks
