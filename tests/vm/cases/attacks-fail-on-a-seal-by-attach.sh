# timeout: 240
# ends: sealed
# A seal withstands whoever detaches, exchanges or overrules the lock, and is not made beside what could.
# shellcheck source=tests/vm/seal.sh
. /vm/seal.sh
# shellcheck source=tests/vm/attacks.sh
. /vm/attacks.sh

begin_attacks
seal_against attach
end_attacks
