# kernels: any
# run: places
# timeout: 900
# Changes of a part of a large policy: killed or refused at any step, the old policy or the new one decides as the status says,
# and the next change needs no help.
. /vm/faults.sh

facts='[.profile, ((.cgroups // [])[] | select(.path == "/many/0") | .path), (.grants // [])[].operations]'
printf '[kimglock]\nprofile = privileged\nblock = dev_mem\n' >"$work/many"
awk 'BEGIN { for (i = 0; i < 300; i++) printf "[cgroup \"/many/%d\"]\nprofile = restricted\n", i }' >>"$work/many"
bpflock --config "$work/many" >/dev/null
begin_hammer
old() { bpflock-ctl set profile=privileged; }
faults_of 2 2 bpflock-ctl set profile=restricted
in=/many/0
start_task asker in_cgroup /many/0
old() { bpflock-ctl cgroup set /many/0 profile=restricted; }
faults_of 2 3 bpflock-ctl cgroup delete /many/0
old() { bpflock-ctl cgroup delete /many/0; }
faults_of 3 4 bpflock-ctl cgroup set /many/0 profile=restricted
in=""
old() { bpflock-ctl set profile=restricted && bpflock-ctl revoke --all; }
faults_of 2 3 bpflock-ctl grant ioport --host --for 1h
end_hammer
tell_points
