# kernels: any
# timeout: 300
# bpflock-ctl's rules for cgroups and grants: killed or refused at any step, the rule or grant is there or
# is not, as the status says, and the next change needs no help.
. /vm/faults.sh

facts='[(.cgroups // [])[].path, (.grants // [])[].operations]'
printf '[kimglock]\nprofile = restricted\n' >"$work/restricted"
printf '[kimglock]\nprofile = privileged\nblock = dev_mem\n' >"$work/privileged"
bpflock --profile restricted >/dev/null
begin_hammer
old() { bpflock-ctl revoke --all && bpflock-ctl apply "$work/restricted"; }
faults_of 3 4 bpflock-ctl grant ioport --host --for 1h
old() { bpflock-ctl revoke --all && bpflock-ctl grant ioport --host --for 1h; }
faults_of 3 3 bpflock-ctl revoke --all
bpflock-ctl apply "$work/privileged" >/dev/null
in=/x
start_task asker in_cgroup /x
old() { bpflock-ctl cgroup delete /x; }
faults_of 3 4 bpflock-ctl cgroup set /x profile=restricted
old() { bpflock-ctl cgroup set /x profile=restricted; }
faults_of 2 3 bpflock-ctl cgroup delete /x
end_hammer
tell_points
