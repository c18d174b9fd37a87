# timeout: 200
# Each attack on ftrace, which a lock needs, while it is not sealed: it works, or attacks.tab says why it cannot.
# shellcheck source=tests/vm/seal.sh
. /vm/seal.sh
# shellcheck source=tests/vm/attacks.sh
. /vm/attacks.sh

begin_attacks
each_row sysctl try_unsealed
end_attacks
