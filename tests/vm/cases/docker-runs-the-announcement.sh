# kernels: trixie
# root: docker
# boot: lsm=landlock,lockdown,yama,loadpin,safesetid,integrity,apparmor,selinux,smack,tomoyo,bpf,ipe
# timeout: 900
# run: places
# The commands of the announcement of the original, letter by letter, with Docker and AppArmor as Debian has them.
. /vm/docker.sh

row docker-and-apparmor-are-debians
prepare_docker /vm/image/bpflock.tar
docker version
cat /sys/kernel/security/lsm
expect_grep '(^|,)apparmor(,|$)' /sys/kernel/security/lsm
docker info >"$work/info" 2>&1
cat "$work/info"
expect_grep 'Storage Driver: overlay2' "$work/info"
expect_grep ' apparmor' "$work/info"
grep -E '^docker-default ' /sys/kernel/security/apparmor/profiles >"$work/profiles" || :
expect_grep 'docker-default \(enforce\)' "$work/profiles"
free -m

row privileged-is-logged
at_terminal "filename=$stop" '^C' -- \
	docker run --name bpflock -it --rm --cgroupns=host --pid=host --privileged -e "BPFLOCK_EXEC_SNOOP=all" -v /sys/kernel/:/sys/kernel/ -v /sys/fs/bpf:/sys/fs/bpf linuxlock/bpflock
until_true is_loaded '.profile == "privileged" and .exec_log == "all"'
expect_exit 0 sudo head -c 1 /dev/mem
logged . || :
$stop
end_of_terminal
expect_equal "$ended" 0 "exit status after ^C"

row baseline-is-enforced
at_terminal "comm=stop-here" '^C' -- \
	docker run --name bpflock -it --rm --cgroupns=host --pid=host --privileged -e "BPFLOCK_KIMGLOCK_PROFILE=baseline" -v /sys/kernel/:/sys/kernel/ -v /sys/fs/bpf:/sys/fs/bpf linuxlock/bpflock
until_true is_loaded '.profile == "baseline" and .enforcing == true'
expect_exit 0 sudo head -c 1 /dev/mem
echo 'head -c 1 /dev/mem; echo "status $?"' >"$work/typed"
sudo unshare -f -p -n bash <"$work/typed" >"$work/out" 2>&1
expect_grep "head: cannot open '/dev/mem' for reading: Operation not permitted" "$work/out"
expect_grep 'status 1' "$work/out"
cp /usr/bin/head $stop
expect_exit 1 unshare -n $stop -c 1 /dev/mem
end_of_terminal
expect_equal "$ended" 0 "exit status after ^C"
end_docker
