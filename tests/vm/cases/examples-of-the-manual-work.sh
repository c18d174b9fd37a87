# kernels: any
# root: systemd
# timeout: 600
# each: bpflock.8 bpflock-ctl.8 bpflock-log.8 bpflock.conf.5
# The commands in the EXAMPLES of each page are run as they are printed there. Those of bpflock-seal(7) have a case of their own.
. /vm/examples.sh
run_examples "$each"
