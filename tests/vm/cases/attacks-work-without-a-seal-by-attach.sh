# timeout: 200
# Each attack on what is attached for a lock, while it is not sealed: it works, or attacks.tab says why it cannot.
# shellcheck source=tests/vm/seal.sh
. /vm/seal.sh
# shellcheck source=tests/vm/attacks.sh
. /vm/attacks.sh

begin_attacks
each_row attach try_unsealed
end_attacks
