# timeout: 200
# Each attack on maps of a lock, while it is not sealed: it works, or attacks.tab says why it cannot.
# shellcheck source=tests/vm/seal.sh
. /vm/seal.sh
# shellcheck source=tests/vm/attacks.sh
. /vm/attacks.sh

begin_attacks
each_row maps try_unsealed
end_attacks
