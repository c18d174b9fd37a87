# kernels: any
# root: podman
# timeout: 600
# run: places
# The containers of loader/kubernetes, run by podman with the rights that their manifests give them.
# shellcheck source=tests/vm/podman.sh
. /vm/podman.sh

# pod CONTAINER [OPTION]...: of those in the manifests
pod() {
	pod_name=$1
	shift
	eval "podman run $* $(cat "/vm/image/pods/$pod_name")"
}

# As a kubelet lays out a ConfigMap: a file by two symbolic links, in a directory that anybody may write to.
policy_is() {
	rm -rf /tmp/bpflock-policy
	mkdir -p /tmp/bpflock-policy/..2026_11_24
	chmod 777 /tmp/bpflock-policy
	cat >/tmp/bpflock-policy/..2026_11_24/bpflock.conf
	ln -s ..2026_11_24 /tmp/bpflock-policy/..data
	ln -s ..data/bpflock.conf /tmp/bpflock-policy/bpflock.conf
}

contained() {
	podman run --rm --privileged -v /vm:/vm:ro --entrypoint /vm/probe "$@" localhost/bpflock dev_mem
}

# Its standard output alone, as the kubelet's log of a container has it.
logged() {
	sed -n 's/^[^ ]* stdout [FP] //p' /tmp/log >"$work/log"
	jq -e -s "any(.[]; $1)" "$work/log"
}

# The path of a cgroup that is new may be missing at first.
logged_with_cgroup() {
	in_cgroup "$1" probe dev_mem
	logged ".operation == \"dev_mem\" and .decision == \"deny\" and .cgroup == \"$1\""
}

load_image /vm/image/bpflock.tar
expect_exit 0 contained --cgroup-parent=kubepods.slice
policy_is </vm/image/kubernetes/bpflock.conf
expect_exit 0 pod load --rm
expect_grep '^bpflock: loaded: profile baseline, .* 2 cgroup rule sets' "$work/out"
expect_equal "$(cat "$work/err")" "" "what load says"
expect_exit 0 pod load --rm
expect_grep '^bpflock: unchanged: ' "$work/out"

# A pod has the rule set of its slice, whatever namespaces of the host it has.
expect_exit 1 contained
expect_exit 0 contained --pid=host --network=host
expect_exit 1 contained --pid=host --network=host --cgroup-parent=kubepods.slice

expect_exit 0 pod log --detach --name=log --log-driver=k8s-file --log-opt=path=/tmp/log
until_true logged_with_cgroup /kubepods.slice/pod1
pid=$(podman inspect --format '{{.State.Pid}}' log)
grep -E '^(Uid|Gid|Groups|Cap|NoNewPrivs|Seccomp):?' "/proc/$pid/status"
for set in CapInh CapPrm CapEff CapBnd CapAmb; do
	expect_grep "^$set:[[:space:]]*0+\$" "/proc/$pid/status"
done
expect_grep '^Uid:[[:space:]]65520[[:space:]]65520[[:space:]]65520' "/proc/$pid/status"
expect_grep '^NoNewPrivs:[[:space:]]1$' "/proc/$pid/status"

# The next policy comes while that reads on.
sed 's/^profile = baseline$/profile = restricted/' /vm/image/kubernetes/bpflock.conf | policy_is
expect_exit 0 pod load --rm
expect_grep 'policy updated: profile restricted' "$work/out"
expect_denied msr
until_true logged '.operation == "msr" and .decision == "deny" and .reason == "denied (restricted)"'
expect_equal "$(podman inspect --format '{{.State.Status}}' log)" running "state of the reader"

# A wrong one is told, and changes nothing.
echo 'profile = restricted' | policy_is
expect_exit 2 pod load --rm
expect_denied msr

expect_exit 0 podman stop --time 60 log
expect_equal "$(podman inspect --format '{{.State.ExitCode}}' log)" 0 "exit status of the reader"
expect_denied debugfs
expect_exit 0 podman start log
until_true logged '.operation == "debugfs" and .decision == "deny" and .generation == 2'

expect_exit 0 pod unload --rm
expect_equal "$(podman wait log)" 3 "exit status of the reader once unloaded"
until_true contained
expect_exit 0 pod unload --rm
expect_exit 0 pod wait --detach --name=wait
expect_exit 0 podman stop --time 60 wait
expect_equal "$(podman inspect --format '{{.State.ExitCode}}' wait)" 0 "exit status of what waits"
expect_exit 0 podman rm --all
rmdir /sys/fs/cgroup/kubepods.slice/pod1
expect_exit 0 podman rmi --all --force
