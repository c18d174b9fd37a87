# kernels: trixie
# root: docker
# boot: lsm=landlock,lockdown,yama,loadpin,safesetid,integrity,apparmor,selinux,smack,tomoyo,bpf,ipe
# timeout: 3600
# run: places
# The lock outlives its container however that ends, and is taken over by the next image without a moment open.
# shellcheck disable=SC2086 # words
. /vm/docker.sh

other_is_made() {
	expect_exit 0 docker create --name other linuxlock/bpflock
	for program in bpflock bpflock-ctl bpflock-log; do
		expect_exit 0 docker cp /vm/other-build/$program other:/usr/sbin/
	done
	expect_exit 0 docker commit other linuxlock/bpflock:other
	expect_exit 0 docker rm other
}

# still WHAT: after that, the policy is as it was
still() {
	expect_denied dev_mem
	expect_exit 1 contained --pid=host --network=host -- dev_mem
	expect_status ".profile == \"restricted\" and .enforcing and .generation == $generation"
	ok "still: $1"
}

is_state() { [ "$(docker inspect --format '{{.State.Status}}' bpflock)" = "$1" ]; }
exit_code() { docker inspect --format '{{.State.ExitCode}}' bpflock; }

# said N TEXT: so many lines of its log are that
said() { [ "$(docker logs bpflock 2>&1 | grep -c -E -e "$2")" -ge "$1" ]; }

row enforces-in-containers-and-on-the-host
prepare_docker /vm/image/bpflock.tar
other_is_made
expect_exit 0 contained -- dev_mem
expect_exit 0 docker run -d --name bpflock $flags $mounts -e BPFLOCK_KIMGLOCK_PROFILE=restricted linuxlock/bpflock
until_true said 1 '^bpflock: loaded: profile restricted'
generation=$(generation)
still "the first start"
probe --hammer dev_mem 3600 20000 >"$work/hammer" &
hammer=$!

row stop-and-start
expect_exit 0 docker stop --time 300 bpflock
expect_equal "$(exit_code)" 0 "exit status after stop"
expect_equal "$(our_processes)" "" "what is left of it"
still stop
expect_exit 0 docker start bpflock
until_true said 1 '^bpflock: unchanged: profile restricted'
still start

row kill
expect_exit 0 docker kill bpflock
until_true is_state exited
expect_equal "$(exit_code)" 137 "exit status after kill"
still kill

row restart
expect_exit 0 docker start bpflock
until_true said 2 '^bpflock: unchanged: profile restricted'
expect_exit 0 docker restart --time 300 bpflock
until_true said 3 '^bpflock: unchanged: profile restricted'
still restart

row exec
expect_exit 0 docker exec bpflock bpflock-ctl status
expect_grep 'profile:? +restricted|restricted' "$work/out"
expect_exit 0 docker exec bpflock bpflock-ctl test
still exec

row remove
expect_exit 0 docker rm -f bpflock
still rm

row next-image
expect_exit 0 docker run -d --name bpflock $flags $mounts -e BPFLOCK_KIMGLOCK_PROFILE=restricted linuxlock/bpflock:other
until_true said 1 '^bpflock: replaced: profile restricted'
expect_status '.build == "other-build" and .enforcing and .profile == "restricted"'
expect_exit 0 docker rm -f bpflock
expect_exit 0 docker run -d --name bpflock $flags $mounts -e BPFLOCK_KIMGLOCK_PROFILE=restricted linuxlock/bpflock
until_true said 1 '^bpflock: replaced: profile restricted'
expect_status '.build != "other-build" and .enforcing and .profile == "restricted"'

row no-moment-was-open
kill -TERM $hammer
wait $hammer || :
cat "$work/hammer"
expect_grep '^allowed=0 denied=[1-9][0-9]{3,} untried=0 other=0' "$work/hammer"

row unload
expect_exit 0 docker rm -f bpflock
expect_exit 0 docker run --rm $flags $mounts linuxlock/bpflock bpflock-ctl unload
until_true contained -- dev_mem
expect_allowed dev_mem
end_docker
