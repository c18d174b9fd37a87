# timeout: 240
# ends: sealed
# What a seal decides does not hang on mounts, pins, tasks and tools.
# shellcheck source=tests/vm/seal.sh
. /vm/seal.sh
# shellcheck source=tests/vm/attacks.sh
. /vm/attacks.sh

begin_attacks
seal_against tasks
begin_keeping
for group in tools mounts; do each_row $group try_sealed; done
end_keeping
end_attacks
