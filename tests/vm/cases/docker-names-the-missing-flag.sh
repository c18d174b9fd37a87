# kernels: trixie
# root: docker
# boot: lsm=landlock,lockdown,yama,loadpin,safesetid,integrity,apparmor,selinux,smack,tomoyo,bpf,ipe
# timeout: 3600
# run: places
# Of the announcement's flags and mounts, each left out: the container works, or refuses once and names the flag.
# shellcheck disable=SC2086 # words
. /vm/docker.sh

without() { # OPTION... -- WORD...: nothing of the announcement's options
	options=""
	while [ "$1" != -- ]; do options="$options $1"; shift; done
	shift
	docker run --rm $options linuxlock/bpflock "$@"
}

# works OPTION...: the loader does, with these
works() {
	expect_exit 0 without "$@" -- load
	expect_status '.profile == "privileged"'
	expect_exit 0 bpflock-ctl unload
}

# refuses STATUS TEXT OPTION... -- WORD...: in one message and its hint, and changes nothing
refuses() {
	refused_status=$1 refused_text=$2
	shift 2
	expect_exit "$refused_status" without "$@"
	expect_grep "$refused_text" "$work/err"
	expect_equal "$(grep -c -v hint: "$work/err")" 1 "messages"
	expect_nothing_pinned
}
kernel="-v /sys/kernel/:/sys/kernel/" bpffs="-v /sys/fs/bpf:/sys/fs/bpf"

prepare_docker /vm/image/bpflock.tar

row flags
works $flags $mounts
works --pid=host --privileged $mounts
refuses 5 'use --pid=host|--pid=host' --cgroupns=host --privileged $mounts -- load
refuses 4 'use --privileged' --cgroupns=host --pid=host $mounts -- load

row mounts
works $flags $bpffs
for words in load "bpflock-ctl status" "bpflock-ctl unload" "bpflock-log show"; do
	refuses 5 'use -v /sys/fs/bpf:/sys/fs/bpf' $flags $kernel -- $words
	refuses 5 'use -v /sys/fs/bpf:/sys/fs/bpf' $flags -- $words
done
refuses 5 'hint: mount the host.s without :ro: -v /sys/fs/bpf:/sys/fs/bpf' $flags $kernel $bpffs:ro -- load

# The profile docker-default keeps root with all capabilities away from processes outside, and from securityfs.
row all-capabilities
refuses 4 'use --privileged' --cgroupns=host --pid=host --cap-add=ALL $mounts -- load
expect_no_grep 'mount -t securityfs|CAP_SYS_PTRACE' "$work/err"

row words
expect_exit 127 without $flags $mounts -- bpflock-nothing
expect_exit 2 without $flags $mounts -- bpflock-ctl nothing
expect_nothing_pinned

row readers
expect_exit 0 bpflock --profile restricted
for words in "bpflock-ctl status" "bpflock-log show"; do
	expect_exit 4 without $mounts -- $words
	expect_grep 'hint: use --privileged' "$work/err"
done
expect_exit 0 without --security-opt seccomp=unconfined $mounts -- bpflock-log show
expect_exit 0 without --privileged $bpffs:ro -- bpflock-log show
expect_exit 5 without --privileged $bpffs -- bpflock-ctl status
expect_grep 'hint: use --pid=host' "$work/err"
expect_exit 0 without --privileged --pid=host $bpffs:ro -- bpflock-ctl status
expect_status '.profile == "restricted" and .generation == 1'
end_docker
