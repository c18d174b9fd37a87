# kernels: trixie
# root: docker
# boot: lsm=landlock,lockdown,yama,loadpin,safesetid,integrity,apparmor,selinux,smack,tomoyo,bpf,ipe
# timeout: 3600
# run: places
# A container that would only take the log away changes nothing; one that loosens says what it opens and by which setting; one that
# comes back after unload is named.
# shellcheck disable=SC2086 # words
. /vm/docker.sh

start() { expect_exit 0 docker run -d --name bpflock $flags $mounts "$@" linuxlock/bpflock; }
remove() { expect_exit 0 docker rm -f bpflock; }
printed() { docker logs "$1" 2>&1 | grep -E -e "$2"; }
id() { docker inspect --format '{{.Id}}' bpflock; }

row the-second-changes-nothing
prepare_docker /vm/image/bpflock.tar
start -e BPFLOCK_EXEC_SNOOP=all
until_true is_loaded '.profile == "privileged" and .exec_log == "all"'
until_true drained
generation=$(generation)
expect_exit 7 run_image
expect_grep "cannot drain: process [0-9]+ \(container $(id | cut -c 1-12)\) drains it" "$work/err"
expect_grep 'hint: .*"follow".* "load"' "$work/err"
expect_status ".exec_log == \"all\" and .generation == $generation"
expect_exit 0 run_image -e BPFLOCK_EXEC_SNOOP=all -- load
expect_grep '^bpflock: unchanged' "$work/out"
expect_exit 0 docker run -d --name beside $flags $mounts linuxlock/bpflock follow
expect_allowed dev_mem
for container in bpflock beside; do
	until_true printed $container 'operation=/dev/mem,kmem,port .*comm=probe'
done
expect_status ".exec_log == \"all\" and .generation == $generation"
expect_exit 0 docker rm -f beside
remove

row the-plain-command-over-restricted
expect_exit 0 bpflock --profile restricted
start
opens='looser than the policy it replaces: opens .*dev_mem.* to everybody \(profile = privileged, built-in\)'
until_true logged "^bpflock: warning: $opens"
expect_exit 0 bpflock-ctl status
expect_grep 'looser: +since .*: opens .* \(profile = privileged, built-in\)' "$work/out"
expect_status '.looser.sources.profile == "built-in" and (.looser.host | index("dev_mem"))'
remove
expect_exit 0 bpflock --profile restricted
expect_status '.looser == null'

# Docker makes a directory of a source that is mistyped.
row a-mistyped-mount-over-baseline
expect_exit 0 bpflock --profile baseline
start -v /root/mistyped:/etc/bpflock
until_true logged '^bpflock: warning: looser than the policy it replaces: opens .*dev_mem'
expect_exit 0 logged '^bpflock-container: warning: /etc/bpflock: empty: no policy is read'
expect_status '.profile == "privileged" and .looser.sources.profile == "built-in"'
remove
expect_exit 0 rmdir /root/mistyped
expect_exit 0 bpflock --profile baseline
start -v /root/mistyped.conf:/etc/bpflock/bpflock.conf
until_true logged '/etc/bpflock/bpflock.conf: a directory, not a policy file'
expect_status '.profile == "baseline" and .looser == null'
remove
expect_exit 0 rmdir /root/mistyped.conf

row unload-under-a-restart-policy
start --restart=always -e BPFLOCK_KIMGLOCK_PROFILE=restricted
until_true is_loaded '.profile == "restricted"'
until_true drained
expect_exit 0 run_image -- bpflock-ctl unload
short=$(id | cut -c 1-12)
expect_grep "process [0-9]+ \(container $short\) reads the log: a restart policy" "$work/err"
expect_grep "^bpflock-ctl: hint: docker rm -f $short" "$work/err"
until_true is_loaded '.profile == "restricted"'
remove
expect_exit 0 run_image -- bpflock-ctl unload
expect_nothing_pinned
until_true contained -- dev_mem

row units-of-containers
expect_exit 0 bpflock --profile baseline
start -e BPFLOCK_KIMGLOCK_PROFILE=baseline
expect_exit 0 bpflock-ctl cgroup set --unit docker.service profile=privileged
expect_grep 'docker.service: its containers are not in this unit: name docker-ID.scope, or their slice' "$work/err"
expect_exit 1 contained -- dev_mem
expect_exit 0 docker run -d --name other --privileged -v /vm:/vm:ro --entrypoint /vm/probe linuxlock/bpflock \
	--hammer dev_mem 3600 1000000
scope=docker-$(docker inspect --format '{{.Id}}' other).scope
expect_exit 1 docker exec other /vm/probe dev_mem
expect_exit 0 bpflock-ctl cgroup set --unit "$scope" profile=privileged
expect_exit 0 docker exec other /vm/probe dev_mem
expect_exit 1 contained -- dev_mem
expect_exit 0 bpflock-ctl cgroup set --unit system.slice profile=privileged
expect_exit 0 contained -- dev_mem
end_docker
