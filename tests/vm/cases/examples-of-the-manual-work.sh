# kernels: any
# root: systemd
# timeout: 600
# each: bpflock.8 bpflock-ctl.8 bpflock-log.8 bpflock.conf.5 bpflock.service.8 bpflock-doctor.7 bpflock-operations.7 bpflock-seal.7
# The commands in the EXAMPLES of each page are run as they are printed there.
. /vm/examples.sh
run_examples "$each"
