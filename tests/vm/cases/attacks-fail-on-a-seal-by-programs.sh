# timeout: 240
# ends: sealed
# A seal withstands programs that answer in the place of others, and is not made beside them.
# shellcheck source=tests/vm/seal.sh
. /vm/seal.sh
# shellcheck source=tests/vm/attacks.sh
. /vm/attacks.sh

begin_attacks
seal_against programs
end_attacks
