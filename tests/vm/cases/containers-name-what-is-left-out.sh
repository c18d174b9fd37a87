# kernels: any
# root: podman
# timeout: 600
# A flag or a mount of the documented run line that is missing or wrong is named by the program that needs it, and nothing
# is changed. (The cases docker-* have more of them, by Docker.)
# shellcheck source=tests/vm/podman.sh
. /vm/podman.sh
bpffs="-v /sys/fs/bpf:/sys/fs/bpf"

# image OPTION... -- WORD...: without any of the documented options
# shellcheck disable=SC2086 # words
image() {
	options=""
	while [ "$1" != -- ]; do options="$options $1"; shift; done
	shift
	podman run --rm $options localhost/bpflock "$@"
}

# shellcheck disable=SC2086 # words
refuses() { # STATUS TEXT OPTION... -- WORD...
	refused=$1 text=$2
	shift 2
	expect_exit "$refused" image "$@"
	expect_grep "$text" "$work/err"
}

load_image /vm/image/bpflock.tar
load --profile restricted

# No bpffs of the host's: what is loaded cannot be seen, and is not said to be nothing.
for words in load "bpflock-ctl unload" "bpflock-log show"; do
	# shellcheck disable=SC2086 # words
	refuses 5 'use -v /sys/fs/bpf:/sys/fs/bpf' --pid=host --privileged -- $words
done
# shellcheck disable=SC2086 # words
{
	refuses 5 'hint: mount the host.s without :ro: -v /sys/fs/bpf:/sys/fs/bpf' --pid=host --privileged $bpffs:ro -- load
	refuses 4 'in a container, use --privileged' --pid=host $bpffs -- load
	refuses 4 'hint: use --privileged' $bpffs -- bpflock-log show
	expect_exit 0 image --security-opt seccomp=unconfined $bpffs -- bpflock-log show
	refuses 5 'hint: use --pid=host' --privileged $bpffs -- bpflock-ctl status
	expect_exit 0 image --privileged --pid=host $bpffs:ro -- bpflock-ctl status

	# A policy that is not root's, and a directory in the place of one, as Docker makes of a mistyped name.
	mkdir -p /tmp/policy
	refuses 2 'bpflock.conf: a directory, not a policy file' --pid=host --privileged $bpffs \
		-v /tmp/policy:/etc/bpflock/bpflock.conf -- load
	printf '[kimglock]\nprofile = baseline\n' >/tmp/policy/bpflock.conf
	chown 1000 /tmp/policy/bpflock.conf
	refuses 2 'not owned by root in this container \(uid 1000' --pid=host --privileged $bpffs \
		-v /tmp/policy:/etc/bpflock -- load
	expect_status '.profile == "restricted" and .generation == 1'

	# Neither the host's /sys/kernel nor its cgroup namespace is needed. An empty directory is told.
	mkdir /tmp/empty
	expect_exit 0 image --pid=host --privileged $bpffs -v /tmp/empty:/etc/bpflock -e BPFLOCK_KIMGLOCK_PROFILE=restricted -- load
	expect_grep "^bpflock: replaced: profile restricted" "$work/out"
	expect_grep 'warning: /etc/bpflock: empty: no policy is read' "$work/err"

	# A reader that its runtime may start again is named by an unload, with what ends it.
	expect_exit 0 image -d --name=reads --pid=host --privileged $bpffs -e BPFLOCK_KIMGLOCK_PROFILE=restricted -- stream
	id=$(podman inspect --format '{{.Id}}' reads | cut -c 1-12)
	drained() { grep "FLOCK .*:$(stat -c %i /sys/fs/bpf/bpflock/maps) " /proc/locks; }
	until_true drained
	expect_exit 0 image --pid=host --cgroupns=host --privileged $bpffs -- bpflock-ctl unload
	expect_grep "process [0-9]+ \\(container $id\\) reads the log: a restart policy" "$work/err"
	expect_grep "^bpflock-ctl: hint: docker rm -f $id, or podman rm -f" "$work/err"
}
gone() { ! podman container exists reads; }
until_true gone
expect_exit 0 podman rmi --all --force
