# timeout: 200
# Each attack on a lock by who asks and where, and by bpflock's own tools, while it is not sealed: it works, or attacks.tab says why it cannot.
# shellcheck source=tests/vm/seal.sh
. /vm/seal.sh
# shellcheck source=tests/vm/attacks.sh
. /vm/attacks.sh

begin_attacks
for group in tasks tools; do each_row $group try_unsealed; done
end_attacks
