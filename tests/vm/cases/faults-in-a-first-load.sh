# kernels: any
# timeout: 300
# Loading where nothing is, and unloading: killed or refused at any step, all or nothing enforces or
# the status says what does, and the next run needs no help.
. /vm/faults.sh

facts='[.loaded, .profile]'
: >"$work/hammer"
pinned=""
old() {
	bpflock-ctl unload || return 1
	umount /sys/fs/bpf || :
}
faults_of 4 6 bpflock --profile restricted
pinned=bpflock step_of_generation=-1
old() { bpflock --profile restricted; }
faults_of 3 3 bpflock-ctl unload
tell_points
