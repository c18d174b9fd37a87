# qemu: -icount shift=0,sleep=off -smp 1
# timeout: 500
now() { awk '/^now at/ { print $3; exit }' /proc/timer_list; }
n=20000
measure() { # NAME
	for round in 1 2; do
		a=$(now); flood $n 1; b=$(now)
		echo "COST $1: $(((b - a) / n))"
	done
}
measure unloaded
for others in no yes; do
	load --profile privileged --log none --log-others $others
	measure "allowed others=$others"
	load --profile restricted --log none --log-others $others
	measure "denied others=$others"
	load --profile restricted --log all --coalesce 1h --log-others $others
	measure "denied-coalesced others=$others"
	bpflock-ctl unload
done
mkdir -p /sys/fs/cgroup/child
load --profile privileged --log none --log-others yes
a=$(now); in_cgroup /child attack lsm-cgroup /sys/fs/cgroup/child locked_down -1 flood $n 1; b=$(now)
echo "COST other unlogged: $(((b - a) / n))"
load --profile privileged --log none --log-others no
a=$(now); in_cgroup /child attack lsm-cgroup /sys/fs/cgroup/child locked_down -1 flood $n 1; b=$(now)
echo "COST other unseen: $(((b - a) / n))"
ok done
