# kernels: any
# timeout: 300
# The loader, where it replaces programs and where it only changes their policy: killed or refused at
# any step, old or new or both enforce, the status is true, the next run needs no help, and
# what bpflock-ctl has added goes on.
. /vm/faults.sh

facts='[.profile, .block, .dropped, [.cgroups[].path], [.grants[].operations]]'
bpflock --profile restricted >/dev/null
bpflock-ctl cgroup set /x profile=restricted >/dev/null
bpflock-ctl grant msr --host --for 48h >/dev/null
begin_hammer
old() { bpflock --profile restricted --exec-log none; }
faults_of 3 4 bpflock --profile privileged --block dev_mem --exec-log failed
old() { printf '[kimglock]\nprofile = restricted\n' | bpflock-ctl apply --stdin; }
faults_of 1 3 bpflock --profile privileged --block dev_mem
end_hammer
tell_points
