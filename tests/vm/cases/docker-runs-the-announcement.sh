# kernels: trixie
# root: docker
# boot: lsm=landlock,lockdown,yama,loadpin,safesetid,integrity,apparmor,selinux,smack,tomoyo,bpf,ipe
# timeout: 3600
# run: places
# The commands of the announcement of the original, letter by letter, with Docker and AppArmor as Debian has them: they print its lines,
# at the terminal and in docker logs.
# shellcheck disable=SC2086 # words
. /vm/docker.sh

# line BODY PROGRAM: a line of the original's, in which numbers and times are any
line() { echo "^time=\"[^\"]+\" level=info msg=\"event=$1\" bpfprog=$2 subsys=bpf"; }
ids='tgid=[0-9]+ pid=[0-9]+ ppid=[0-9]+ uid=0 cgroupid=[0-9]+'
executes_sudo=$(line "syscall_execve $ids comm=sudo pcomm=sh filename=/usr/bin/sudo retval=0" execsnoop)
executes_head=$(line "syscall_execve $ids comm=head pcomm=sudo filename=/usr/bin/head retval=0" execsnoop)
is_allowed=$(line "lsm_locked_down operation=/dev/mem,kmem,port $ids comm=head pcomm=sudo retval=0 reason=allow \(privileged\)" kimglock)
is_denied=$(line "lsm_locked_down operation=/dev/mem,kmem,port $ids comm=head pcomm=bash retval=-1 reason=denied \(baseline\)" kimglock)

# Shows all that there is if that does not come.
until_logged() {
	(until_true logged "$1") && return
	docker logs bpflock
	exit 1
}

row docker-and-apparmor-are-debians
prepare_docker /vm/image/bpflock.tar
docker version
docker info >"$work/info" 2>&1
cat "$work/info"
expect_grep 'Storage Driver: overlay2' "$work/info"
expect_grep ' apparmor' "$work/info"
expect_grep ' bridge ' "$work/info"
expect_grep '(^|,)apparmor,.*bpf(,|$)' /sys/kernel/security/lsm
cat /sys/kernel/security/apparmor/profiles >"$work/profiles"
expect_grep 'docker-default \(enforce\)' "$work/profiles"

row privileged-is-logged
at_terminal "filename=$stop" '^C' -- \
	docker run --name bpflock -it --rm --cgroupns=host --pid=host --privileged -e "BPFLOCK_EXEC_SNOOP=all" -v /sys/kernel/:/sys/kernel/ -v /sys/fs/bpf:/sys/fs/bpf linuxlock/bpflock
until_true is_loaded '.profile == "privileged" and .exec_log == "all"'
expect_exit 0 sudo head -c 1 /dev/mem
for expected in "$executes_sudo" "$executes_head" "$is_allowed"; do
	until_logged "$expected"
done
$stop
end_of_terminal
expect_equal "$ended" 0 "exit status after ^C"
for expected in "$executes_sudo\$" "$executes_head\$" "$is_allowed\$"; do
	expect_grep "$expected" "$work/printed"
done

row baseline-is-enforced
at_terminal "comm=stop-here" '^C' -- \
	docker run --name bpflock -it --rm --cgroupns=host --pid=host --privileged -e "BPFLOCK_KIMGLOCK_PROFILE=baseline" -v /sys/kernel/:/sys/kernel/ -v /sys/fs/bpf:/sys/fs/bpf linuxlock/bpflock
until_true is_loaded '.profile == "baseline" and .enforcing == true'
expect_exit 0 sudo head -c 1 /dev/mem
# shellcheck disable=SC2016 # of that shell
echo 'head -c 1 /dev/mem; echo "status $?"' >"$work/typed"
sudo unshare -f -p -n bash <"$work/typed" >"$work/out" 2>&1
expect_grep "^head: cannot open '/dev/mem' for reading: Operation not permitted" "$work/out"
expect_grep '^status 1' "$work/out"
until_logged "$is_denied"
cp /usr/bin/head $stop
expect_exit 1 unshare -n $stop -c 1 /dev/mem
end_of_terminal
expect_equal "$ended" 0 "exit status after ^C"
expect_grep "$is_denied\$" "$work/printed"

row it-stays-enforced
expect_exit 1 contained -- dev_mem
expect_exit 0 contained --pid=host --network=host -- dev_mem

# With a terminal and without one; the record is that of the refusal before.
row another-format
at_terminal '"operation":"dev_mem"' '^C' -- \
	docker run --name bpflock -it --rm $flags $mounts -e BPFLOCK_KIMGLOCK_PROFILE=baseline linuxlock/bpflock stream -o json
end_of_terminal
expect_equal "$ended" 0 "exit status after ^C"
expect_grep '^\{.*"operation":"dev_mem"' "$work/printed"
expect_exit 1 contained -- dev_mem
expect_exit 0 docker run --name bpflock -d $flags $mounts -e BPFLOCK_KIMGLOCK_PROFILE=baseline linuxlock/bpflock stream -o json
until_logged '^\{.*"operation":"dev_mem"'
end_docker
