# timeout: 200
# Each attack on calls of the lock, by programs of others, while it is not sealed: it works, or attacks.tab says why it cannot.
# shellcheck source=tests/vm/seal.sh
. /vm/seal.sh
# shellcheck source=tests/vm/attacks.sh
. /vm/attacks.sh

begin_attacks
each_row programs try_unsealed
end_attacks
