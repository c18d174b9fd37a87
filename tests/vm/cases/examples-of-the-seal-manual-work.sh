# kernels: any
# root: systemd
# timeout: 1500
# ends: sealed
# page: /vm/source/man/bpflock-seal.7.scd
# The commands of bpflock-seal(7) are run as they are printed there.
# shellcheck source=tests/vm/examples.sh
. /vm/examples.sh
run_examples bpflock-seal.7
