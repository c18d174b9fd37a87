# run: places
# kernels: trixie sid
# root: kubernetes
# qemu: -m 4G
# timeout: 5400
# boot: tsc=reliable
# reboots: once
# The policy in a real cluster while nodes live on: the log names pods, one pod gets a rule set of its own, metrics are written,
# the image is replaced by that of another version without a moment open, everything is deleted but the policy, and the node
# reboots. See tests/vm/kubernetes. A busy guest's kernel may take its clock for broken, and read a slower one.
# shellcheck disable=SC2086 # words
state=/var/lib/cluster
# shellcheck source=tests/vm/cluster.sh
. /vm/cluster.sh
manifests=$state/manifests
besteffort=/kubepods.slice/kubepods-besteffort.slice

# make_other_image TAG: ours with the programs of another version, which are a layer more
make_other_image() {
	layout=$work/other blobs=$work/other/blobs/sha256
	mkdir -p "$layout" "$work/layer/usr/sbin"
	tar -x -f /vm/image/bpflock.tar -C "$layout"
	rm "$layout/manifest.json"
	cp /vm/other-build/bpflock /vm/other-build/bpflock-ctl /vm/other-build/bpflock-log "$work/layer/usr/sbin/"
	tar -c --owner=0 --group=0 -C "$work/layer" usr >"$work/layer.tar"
	manifest=$blobs/$(jq -r '.manifests[0].digest[7:]' "$layout/index.json")
	config=$blobs/$(jq -r '.config.digest[7:]' "$manifest")
	jq -c '.layers += [{mediaType: "application/vnd.oci.image.layer.v1.tar"}]' "$manifest" >"$work/layers"
	set_blob "$work/layer.tar" '.layers[-1]' "$work/layers" >"$work/manifest"
	jq -c --arg diff "sha256:$(sha256sum <"$work/layer.tar" | head -c 64)" \
		'.rootfs.diff_ids += [$diff] | .history += [{created_by: "other-build"}]' "$config" >"$work/config"
	set_blob "$work/config" '.config' "$work/manifest" >"$work/manifest.new"
	set_blob "$work/manifest.new" '.manifests[0]' "$layout/index.json" |
		jq -c --arg name "$1" '.manifests[0].annotations."org.opencontainers.image.ref.name" = $name' >"$work/index"
	mv "$work/index" "$layout/index.json"
	tar -c -C "$layout" . >"$work/other.tar"
	expect_exit 0 images import "$work/other.tar"
}

# On a disk that a reboot clears, as it is here, a registry has them again.
provide_images() {
	expect_exit 0 images tag localhost/bpflock:latest $image:0.1.0
	make_other_image $image:0.2.0
}

runs() { [ "$(phase "$1")" = Running ]; }
slice_of() { echo "$besteffort/kubepods-besteffort-pod$(kubectl get pod "$1" -o jsonpath='{.metadata.uid}' | tr - _).slice"; }

# series FILE: their names and labels, without values
series() { sed -n 's/^\(bpflock_.*\) [^ ]*$/\1/p' "$1" | sort; }

# kubectl itself fails with 1 too
agent_is_denied() {
	expect_exit 1 kubectl exec agent -- /vm/probe dev_mem
	expect_grep 'terminated with exit code 1$' "$work/err"
}

no_namespace() { left=$(kubectl get namespace bpflock --ignore-not-found -o name) && [ -z "$left" ]; }
is_denied() { verdict=0; probe dev_mem || verdict=$?; [ $verdict -eq 1 ]; }

trap 'tell_of_cluster; at_exit' EXIT

if ! is_rebooted; then
row load
start_cluster
cp -r /vm/image/kubernetes $manifests
provide_images
expect_pod before 0
printf '[kimglock]\nprofile = restricted\n' >$manifests/bpflock.conf
expect_exit 0 kubectl apply -k $manifests
rolled_out
load_said '^bpflock: loaded: profile restricted'
expect_denied dev_mem
expect_pod after 1

row the-log-has-pod-and-container
{ echo '  containers:'; container tries 'command: [/vm/probe, --hammer, dev_mem, "36000", "200000"]'; } | make_pod tries
until_true runs tries
uid=$(kubectl get pod tries -o jsonpath='{.metadata.uid}')
id=$(kubectl get pod tries -o jsonpath='{.status.containerStatuses[0].containerID}')
until_true has_logged ".operation == \"dev_mem\" and .decision == \"deny\" and .pod == \"$uid\" and
	\"containerd://\" + .container == \"$id\""
expect_exit 0 kubectl delete --ignore-not-found pod tries

# An init container is a cgroup of its own.
row a-pod-does-not-rule-itself
{
	echo '  initContainers:'
	container rules 'args: [bpflock-ctl, cgroup, set, --self, profile=privileged]'
	echo '  containers:'
	container probe 'command: [/vm/probe, dev_mem]'
} | make_pod itself
until_true has_ended itself
expect_equal "$(exit_code itself)" 1 "exit status of the pod that names itself"
expect_status "[.cgroups[] | select(.path | startswith(\"$(slice_of itself)/\"))] | length == 1"
change cgroup delete --all

# The commands of the README's section, for a pod of this case.
row a-pod-gets-a-rule-set
{ echo '  containers:'; container agent 'args: [wait]'; } | make_pod agent
until_true runs agent
agent_is_denied
sed -n '/^## Rules for pods$/,/^## /s/^    //p' $manifests/README.md | sed -n '/^uid=/,/^EOF$/p' |
	sed 's/-n falco/-n default/; s/falco-x7v2q/agent/; s/burstable/besteffort/g; s/NODE/node/; s/"allow=.*]$/"allow=dev_mem"]/' >"$work/commands"
expect_grep '^EOF$' "$work/commands"
until_true sh -eu "$work/commands"
rule_is_set() { bpflock-ctl status --json | jq -e "any(.cgroups[]; .path == \"$(slice_of agent)\")"; }
until_true rule_is_set
expect_exit 0 kubectl exec agent -- /vm/probe dev_mem
expect_pod another 1
expect_denied dev_mem
change cgroup delete --all
agent_is_denied
expect_exit 0 in_bpflock delete --ignore-not-found pod bpflock-rules

row metrics
file=/var/lib/prometheus/node-exporter/bpflock.prom
expect_exit 0 kubectl apply -k $manifests/metrics
rolled_out bpflock-metrics
expect_grep '^bpflock_enforcing 1$' $file
expect_grep '^bpflock_decisions_total\{operation="dev_mem",verdict="denied"\} [1-9]' $file
expect_exit 0 bpflock-ctl metrics --format prometheus
series "$work/out" >"$work/here"
series $file >"$work/there"
[ -s "$work/here" ] || fail "no series"
expect_equal "$(cat "$work/there")" "$(cat "$work/here")" "series"

row the-next-image
probe --hammer dev_mem 36000 20000 >"$work/hammer" &
hammer=$!
sed -i 's/newTag: .*/newTag: 0.2.0/' $manifests/kustomization.yaml
expect_exit 0 kubectl apply -k $manifests
rolled_out
load_said '^bpflock: replaced: profile restricted'
expect_status '.build == "other-build" and .enforcing and .profile == "restricted"'
expect_exit 0 in_bpflock set image daemonset/bpflock load=$image:0.1.0 log=$image:0.1.0
rolled_out
load_said '^bpflock: replaced: profile restricted'
expect_status '.build != "other-build" and .enforcing and .profile == "restricted"'
kill -TERM $hammer
wait $hammer || :
cat "$work/hammer"
expect_grep '^allowed=0 denied=[1-9][0-9]{2,} untried=0 other=0' "$work/hammer"

# All that was applied goes, with the namespace. The policy is the kernel's.
row delete
expect_exit 0 kubectl delete --ignore-not-found --timeout=30m -k $manifests
until_true no_namespace
expect_equal "$(our_processes | grep log)" "" "readers that are left on the node"
expect_status '.enforcing and .profile == "restricted"'
expect_denied dev_mem
expect_pod deleted 1
expect_exit 1 kubectl apply -k $manifests/uninstall
expect_grep 'namespaces "bpflock" not found' "$work/err"
expect_exit 0 kubectl apply -f $manifests/namespace.yaml
expect_exit 0 kubectl apply -k $manifests/uninstall
rolled_out bpflock-uninstall
expect_exit 3 bpflock-ctl status
expect_pod uninstalled 0
expect_exit 0 in_bpflock delete --ignore-not-found daemonset bpflock-uninstall
until_true no_pods

row reboot
expect_exit 0 kubectl delete pods --all --timeout=30m
expect_exit 0 kubectl apply -k $manifests
rolled_out
expect_denied dev_mem
end_cluster
trap at_exit EXIT
reboot_here
fi

# Nothing is loaded before the node's pods are, and nobody has to apply anything for that.
row after-the-reboot
expect_exit 3 bpflock-ctl status
expect_allowed dev_mem
trap 'tell_of_cluster; at_exit' EXIT
make_network
make_keys
start_containerd
provide_images
start_control_plane
start_kubelet
until_true is_denied
rolled_out
load_said '^bpflock: loaded: profile restricted'
expect_status '.enforcing and .profile == "restricted" and .generation == 1'
expect_pod rebooted 1
expect_exit 0 kubectl delete --ignore-not-found --timeout=30m -k $manifests
expect_exit 0 kubectl delete pods --all --timeout=30m
trap at_exit EXIT
end_cluster
rm -rf $state
change unload
