# kernels: trixie
# root: podman
# timeout: 900
# run: places
# Podman has containers in the cgroups that a kubelet gives to pods. The log has the ids of both. A container that names itself
# gives its pod no rule set, and one that names the pod's slice does. Three capabilities are enough to write metrics.
# shellcheck disable=SC2086 # words
# shellcheck source=tests/vm/podman.sh
. /vm/podman.sh
uid=0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0
slice=kubepods-burstable-pod0f1e2d3c_4b5a_6978_8796_a5b4c3d2e1f0.slice
path=/kubepods.slice/kubepods-burstable.slice/$slice
other=kubepods-burstable-pod11111111_2222_3333_4444_555555555555.slice
rights="--privileged --pid=host --network=host --cgroupns=host -v /sys/fs/bpf:/sys/fs/bpf"

# pod CONTAINER [OPTION]...: of those in the manifests
pod() {
	pod_name=$1
	shift
	eval "podman run $* $(cat "/vm/image/pods/$pod_name")"
}

# in_pod SLICE OPTION...: the probe, with all that a pod can have of the host
in_pod() {
	parent=$1
	shift
	podman run $rights -v /vm:/vm:ro --cgroup-parent=$parent --entrypoint /vm/probe "$@"
}
tries() { in_pod $1 --rm localhost/bpflock dev_mem; }

# words_in_pod OPTION... -- WORD...: of the image, as an init container of the pod
words_in_pod() {
	options=""
	while [ "$1" != -- ]; do options="$options $1"; shift; done
	shift
	rm -f "$work/cid"
	podman run --rm $rights --cgroup-parent=$slice --cidfile "$work/cid" $options localhost/bpflock "$@"
}

# Its standard output alone, as the kubelet's log of a container has it.
logged() {
	sed -n 's/^[^ ]* stdout [FP] //p' /tmp/log >"$work/log"
	jq -e -s "any(.[]; $1)" "$work/log"
}

# series FILE: their names and labels, without values
series() { sed -n 's/^\(bpflock_.*\) [^ ]*$/\1/p' "$1" | sort; }

row the-log-has-the-ids
load_image /vm/image/bpflock.tar
mkdir /tmp/bpflock-policy
cp /vm/image/kubernetes/bpflock.conf /tmp/bpflock-policy/
expect_exit 0 tries $slice
expect_exit 0 pod load --rm
expect_exit 0 pod log --detach --name=log --log-driver=k8s-file --log-opt=path=/tmp/log
expect_exit 0 in_pod $slice --detach --name=tries localhost/bpflock --hammer dev_mem 36000 200000
id=$(podman inspect --format '{{.Id}}' tries)
expect_equal "${#id}" 64 "length of the id"
until_true logged ".operation == \"dev_mem\" and .decision == \"deny\" and .pod == \"$uid\" and .container == \"$id\" and
	(.cgroup | startswith(\"$path/libpod-$id.scope\"))"
expect_exit 0 podman rm --force --time 0 tries

row itself-is-not-its-pod
expect_exit 0 words_in_pod -- bpflock-ctl cgroup set --self profile=privileged
# crun adds a cgroup below the scope
expect_status "[.cgroups[] | select((.path | startswith(\"$path/libpod-$(cat "$work/cid").scope\")) and .profile == \"privileged\")] | length == 1"
itself=$(jq -r ".cgroups[].path | select(startswith(\"$path/\"))" "$work/status")
expect_exit 1 tries $slice
change cgroup delete "$itself"
expect_exit 1 words_in_pod --cgroupns=private -- bpflock-ctl cgroup set --self profile=privileged
expect_grep 'this is a cgroup namespace, where paths differ: use --cgroup PATH' "$work/err"
expect_status '.cgroups | length == 2'

row its-slice-is
expect_exit 0 words_in_pod -- bpflock-ctl cgroup set $path profile=privileged
expect_exit 0 tries $slice
expect_exit 1 tries $other
# and what may do that may do anything
expect_exit 0 words_in_pod -- bpflock-ctl set mode=audit
expect_status '.mode == "audit"'
change set mode=enforce
change cgroup delete $path
expect_exit 1 tries $slice

row metrics
expect_exit 4 podman exec log bpflock-ctl metrics
mkdir /tmp/textfile
chown 65534:65534 /tmp/textfile
expect_exit 0 podman run --detach --name=metrics --network=none --cgroupns=private --user=0:0 --read-only --read-only-tmpfs=false \
	--security-opt=no-new-privileges --security-opt=seccomp=unconfined --memory=64m \
	--cap-drop=ALL --cap-add=SYS_ADMIN --cap-add=NET_ADMIN --cap-add=DAC_OVERRIDE \
	-v /sys/fs/bpf:/sys/fs/bpf:ro -v /sys/fs/cgroup:/host/sys/fs/cgroup:ro -v /sys/kernel/security:/sys/kernel/security:ro \
	-v /tmp/textfile:/textfile \
	localhost/bpflock wait
expect_exit 0 podman exec metrics bpflock-ctl metrics --textfile /textfile/bpflock.prom
expect_grep '^bpflock_enforcing 1$' /tmp/textfile/bpflock.prom
expect_grep '^bpflock_decisions_total\{operation="dev_mem",verdict="denied"\} [1-9]' /tmp/textfile/bpflock.prom
expect_equal "$(stat -c '%a %u' /tmp/textfile/bpflock.prom)" "644 0" "mode and owner"
expect_exit 0 bpflock-ctl metrics --format prometheus
series "$work/out" >"$work/here"
series /tmp/textfile/bpflock.prom >"$work/there"
[ -s "$work/here" ] || fail "no series"
expect_equal "$(cat "$work/there")" "$(cat "$work/here")" "series"

row end
expect_exit 0 podman rm --all --force --time 0
expect_exit 0 pod unload --rm
until_true tries $slice
expect_exit 0 podman rmi --all --force
rm -r /tmp/textfile /tmp/bpflock-policy /tmp/log
