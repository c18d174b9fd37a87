# kernels: any
# timeout: 300
# bpflock-ctl's changes of the host's policy: killed or refused at any step, the policy is the old one or
# the new one, the status is true, and the next change needs no help.
. /vm/faults.sh

facts='[.profile, .block, .allow, .trial != null]'
printf '[kimglock]\nprofile = restricted\n' >"$work/restricted"
printf '[kimglock]\nprofile = privileged\nblock = dev_mem\n' >"$work/privileged"
mkdir -p /etc/bpflock
cp "$work/privileged" /etc/bpflock/bpflock.conf
bpflock --profile restricted >/dev/null
begin_hammer
old() { bpflock-ctl apply "$work/restricted"; }
faults_of 1 2 bpflock-ctl set profile=privileged block=dev_mem
faults_of 1 1 bpflock-ctl allow ioport
faults_of 1 2 bpflock-ctl apply "$work/privileged"
faults_of 2 2 bpflock-ctl apply --for 1h "$work/privileged"
faults_of 1 1 bpflock-ctl reset
old() { bpflock-ctl apply "$work/privileged"; }
faults_of 1 1 bpflock-ctl block ioport
# confirmed or not, its number is the same
old() { bpflock-ctl apply "$work/restricted" && bpflock-ctl apply --for 1h "$work/privileged"; }
step_of_generation=0
faults_of 1 2 bpflock-ctl apply --confirm
end_hammer
tell_points
