# timeout: 120
# A limit that the manual tells, shown for real: under baseline a task outside the host's namespaces is denied /dev/mem,
# and has the kernel start a program that is not, because that runs in the host's namespaces and in the root cgroup. analyze and
# doctor name who can. Profile restricted denies the program too.

pattern=$(cat /proc/sys/kernel/core_pattern) modprobe=$(cat /proc/sys/kernel/modprobe)
host=$(readlink /proc/self/ns/pid) net=$(readlink /proc/self/ns/net)

# What the kernel starts: how it fared with /dev/mem, and where it was.
cat >"$work/helper" <<EOS
#!/bin/sh
exec >"$work/found.new" 2>&1
PATH=/usr/sbin:/usr/bin:/sbin:/bin:/vm
status=0
probe dev_mem || status=\$?
echo "status \$status, \$(readlink /proc/self/ns/pid) \$(readlink /proc/self/ns/net), cgroup \$(sed -n 's/^0:://p' /proc/self/cgroup)"
mv "$work/found.new" "$work/found"
EOS
chmod 755 "$work/helper"

undo() {
	umount /proc/sys/fs/binfmt_misc 2>/dev/null || :
	echo "$pattern" >/proc/sys/kernel/core_pattern
	echo "$modprobe" >/proc/sys/kernel/modprobe
}

# started STATUS WORDS [COMMAND]: these words in the container, or a command of the host's then, make the kernel start the program,
# which finds itself on the host
container=container
started() {
	rm -f "$work/found"
	ask "$container" "$2"
	${3:-:}
	until_true test -e "$work/found"
	expect_equal "$(tail -n 1 "$work/found")" "status $1, $host $net, cgroup /${3:+case}" "the program that the kernel started"
	undo
}

mkdir "$work/v1"
# by each of the ways: a core dump, a module that is wanted, and a cgroup that becomes empty
dump="echo '|$work/helper' >/proc/sys/kernel/core_pattern; ulimit -c unlimited; sh -c 'kill -SEGV \$\$'"
module="echo '$work/helper' >/proc/sys/kernel/modprobe; mount -t unheard-of none $work/v1"
agent="mount -t cgroup -o none,name=helpers none $work/v1; echo $work/helper >$work/v1/release_agent"
agent="$agent; mkdir $work/v1/x; echo 1 >$work/v1/x/notify_on_release"
agent="$agent; sh -c 'echo 0 >$work/v1/x/cgroup.procs'; sleep 0.1; umount $work/v1"

# and by an interpreter that is opened when it is registered, in the container, and runs what the host executes
printf '\377\376\375\374none' >"$work/unknown"
chmod 755 "$work/unknown"
format=':helpers:M::\\xff\\xfe\\xfd\\xfc::'"$work/helper:F"

state() { # HELPER STATE: as analyze has it
	bpflock-ctl analyze --json >"$work/analysis" || fail "bpflock-ctl analyze: exit status $?"
	expect_json "$work/analysis" ".helpers[] | select(.name == \"$1\") | .state == \"$2\""
}

elsewhere() { expect_json "$work/analysis" ".exposure.elsewhere == $1"; }

doctor() { # STATE DETAIL
	expect_exit 0 bpflock-ctl doctor --json
	expect_json "$work/out" ".checks[] | select(.name == \"helpers\") | .state == \"$1\" and (.detail | test(\"$2\"))"
}

# Nobody is outside: nothing leads out.
load --profile baseline --level confidentiality
for helper in core_pattern modprobe release_agent; do
	state $helper closed
done
elsewhere 0
doctor ok 'no process outside'

# A container with all that Docker's --privileged gives.
start_task container unshare -f -p -n
ask container probe dev_mem
expect_equal "$answer" 1 "/dev/mem in the container"
for helper in core_pattern modprobe release_agent; do
	state $helper open
done
elsewhere 10
expect_json "$work/analysis" '.exposure.host == 10 and all(.helpers[]; .state != "open" or .pid > 1)'
expect_exit 0 bpflock-ctl analyze
expect_grep '^dev_mem +9.9 +host-only +kernel helpers$' "$work/out"
expect_grep '^core_pattern +open +process [0-9]+ .(unshare|sh). can aim it' "$work/out"
echo '|/bin/true %p' >/proc/sys/kernel/core_pattern
doctor note 'process [0-9]+ .(unshare|sh). is outside .* can aim core_pattern, modprobe, release_agent.*./bin/true %p'
undo
expect_no_record '.operation == "dev_mem" and .decision == "allow"'
started 0 "$dump"
expect_record '.operation == "dev_mem" and .decision == "allow"'
started 0 "$module"
started 0 "$agent"
state binfmt_misc unknown
modprobe binfmt_misc
state binfmt_misc open
ask container "mount -t binfmt_misc none /proc/sys/fs/binfmt_misc; echo '$format' >/proc/sys/fs/binfmt_misc/register"
started 0 : "$work/unknown"
ask container probe dev_mem
expect_equal "$answer" 1 "/dev/mem in the container, still"

# The rule set of a cgroup does not hold for it either, but the host's.
change cgroup set /box profile=restricted level=confidentiality
mkdir /sys/fs/cgroup/box
echo "$task" >/sys/fs/cgroup/box/cgroup.procs
ask container probe dev_mem
expect_equal "$answer" 1 "/dev/mem in the cgroup"
started 0 "$dump"
state core_pattern open
expect_json "$work/analysis" '.rule_sets[] | select(.path == "/box") | .exposure == {host: 0, elsewhere: 10}'

# Restricted denies the program itself: the way is still there, and leads nowhere.
change cgroup delete --all
change set profile=restricted
started 1 "$dump"
started 1 "$module"
started 1 "$agent"
state core_pattern open
elsewhere 0
expect_json "$work/analysis" '.exposure.host == 0'
expect_exit 0 bpflock-ctl analyze
expect_no_grep 'core_pattern' "$work/out"
end_tasks
change set profile=baseline

# With a network namespace alone, so that no other process waits for it: a /proc/sys that is read-only and no CAP_SYS_ADMIN, as containers have that are not privileged.
start_task sealed_off unshare -n -m sh -c \
	'mount --bind /proc/sys /proc/sys && mount -o remount,bind,ro /proc/sys && exec setpriv --bounding-set=-sys_admin --inh-caps=-sys_admin "$@"' sh
ask sealed_off probe dev_mem
expect_equal "$answer" 1 "/dev/mem in the other container"
ask sealed_off 'echo "|x" >/proc/sys/kernel/core_pattern'
[ "$answer" -ne 0 ] || fail "it can write core_pattern"
state core_pattern closed
state modprobe closed
state release_agent closed
elsewhere 0
doctor ok 'no process outside'
# It may do that where /proc/sys can be written, whatever else it lacks
start_task bare unshare -n setpriv --bounding-set=-all --inh-caps=-all
state core_pattern open
state release_agent closed
elsewhere 10
container=bare
started 0 "$dump"
end_tasks

# Who may not look at them does not know.
printf '[kimglock]\nprofile = baseline\n' >"$work/policy"
chmod 755 "$work"
chmod 644 "$work/policy"
expect_exit 0 setpriv --reuid=1000 --regid=1000 --clear-groups bpflock-ctl analyze "$work/policy"
expect_grep '^core_pattern +unknown +not all processes' "$work/out"
expect_grep 'on the host is unknown' "$work/out"
expect_equal "$(cat /proc/sys/kernel/core_pattern)" "$pattern" core_pattern
