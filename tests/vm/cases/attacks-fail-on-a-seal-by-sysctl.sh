# timeout: 240
# ends: sealed
# A seal withstands whoever switches ftrace off.
# shellcheck source=tests/vm/seal.sh
. /vm/seal.sh
# shellcheck source=tests/vm/attacks.sh
. /vm/attacks.sh

begin_attacks
seal_against sysctl
end_attacks
