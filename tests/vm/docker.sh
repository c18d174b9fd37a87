# shellcheck shell=dash
# shellcheck disable=SC2034,SC2046,SC2086,SC2154 # shared with the cases; words
# How the cases docker-* run the image by Docker: at a terminal, as the announcement of the original does, or detached.
flags="--cgroupns=host --pid=host --privileged"
mounts="-v /sys/kernel/:/sys/kernel/ -v /sys/fs/bpf:/sys/fs/bpf"
# A container takes seconds to start under emulation, and Docker itself a minute.
export patience=300

# prepare_docker TAR: the image under the name of the original, which Docker has loaded.
prepare_docker() {
	until_true docker info
	expect_exit 0 docker load -i "$1"
	expect_exit 0 docker tag localhost/bpflock linuxlock/bpflock
}

end_docker() {
	docker rm -f $(docker ps -aq) >"$work/rm" 2>&1 || :
	docker image rm -f $(docker image ls -q | sort -u) >"$work/rm" 2>&1 || :
}

# at_terminal TEXT ANSWER -- COMMAND...: by pty, in the background. What it prints is in $work/terminal. Sets $terminal.
# $stop is a program whose name appears in the log once it is run.
stop=/tmp/stop-here
at_terminal() {
	cp /bin/true $stop
	: >"$work/terminal"
	pty "$@" >"$work/terminal" 2>&1 &
	terminal=$!
}

# Sets $ended to the exit status of the command at the terminal; its lines, without carriage returns, are in $work/printed.
end_of_terminal() {
	ended=0
	wait "$terminal" || ended=$?
	tr -d '\r' <"$work/terminal" >"$work/printed"
	sed 's/^/  printed: /' "$work/printed"
}

# run_image [OPTION...] -- [WORD...]: with all that the announcement has
run_image() {
	options=""
	while [ $# -gt 0 ] && [ "$1" != -- ]; do options="$options $1"; shift; done
	[ $# -eq 0 ] || shift
	docker run --rm $flags $mounts $options linuxlock/bpflock "$@"
}

# contained OPTION... -- OPERATION: the probe in a container, which is as root as it gets
contained() {
	options=""
	while [ "$1" != -- ]; do options="$options $1"; shift; done
	docker run --rm --privileged -v /vm:/vm:ro --entrypoint /vm/probe $options linuxlock/bpflock "$2"
}

is_loaded() { bpflock-ctl status --json | jq -e "$1"; }
# Something takes the records of the log. To ask the log itself would take that away from it.
drained() { grep "FLOCK .*:$(stat -c %i /sys/fs/bpf/bpflock/maps) " /proc/locks; }
logged() { docker logs bpflock 2>&1 | grep -E -e "$1"; }
