# run: places
# kernels: bookworm trixie
# root: kubernetes
# qemu: -m 4G
# timeout: 5400
# loader/kubernetes in a real cluster, by the commands of its README: installed, given other policies and another
# image, rolled back, deleted and uninstalled. See tests/vm/kubernetes.
# shellcheck source=tests/vm/cluster.sh
. /vm/cluster.sh
manifests=/tmp/kubernetes

# Of the pods that there are: updates leave one that ends.
pod_state() {
	in_bpflock get pods -l app.kubernetes.io/name=bpflock -o json |
		jq -e "[.items[] | select(.metadata.deletionTimestamp | not)] | length == 1 and (.[0].status | $1)"
}

apply() {
	expect_exit 0 kubectl apply -k "$manifests$1"
	sed 's/^/  time: /' /proc/uptime
}

policy_is() { printf '[kimglock]\n%s\n' "$@" >$manifests/bpflock.conf; }

# Asks the kernel until the file goes, and says how often it was let through.
probe_on() {
	while [ -e "$work/probing" ]; do
		! probe dev_mem 2>/dev/null || echo allowed
		sleep 0.2
	done >"$work/allowed"
}

trap 'tell_of_cluster; at_exit' EXIT
start_cluster
cp -r /vm/image/kubernetes $manifests
for tag in 0.1.0 0.1.1; do
	expect_exit 0 images tag localhost/bpflock:latest registry.example.org/bpflock:$tag
done
expect_exit 0 kubectl create namespace bpflock
expect_exit 0 kubectl apply -k $manifests --dry-run=server
expect_exit 0 kubectl apply -k $manifests/uninstall --dry-run=server
expect_exit 0 kubectl delete namespace bpflock
expect_pod before 0

apply ""
rolled_out
load_said '^bpflock: loaded: profile baseline, .* 2 cgroup rule sets'
expect_status '.profile == "baseline" and .enforcing == true'
expect_allowed dev_mem
expect_pod after 1
until_true has_logged '.operation == "dev_mem" and .decision == "deny" and (.cgroup | startswith("/kubepods.slice/kubepods-"))'

# Another policy is another ConfigMap, and so another pod.
policy_is 'profile = restricted'
apply ""
rolled_out
load_said '^bpflock: policy updated: profile restricted'
expect_denied dev_mem

touch "$work/probing"
probe_on &
prober=$!

# Another image loads the same again.
sed -i 's/newTag: .*/newTag: 0.1.1/' $manifests/kustomization.yaml
apply ""
rolled_out
load_said 'unchanged: profile restricted'
expect_equal "$(in_bpflock get pods -o jsonpath='{.items[*].spec.containers[0].image}')" \
	registry.example.org/bpflock:0.1.1 "image"

# A wrong policy is told by the pod, and changes nothing.
policy_is 'profile = base'
apply ""
until_true pod_state 'any(.initContainerStatuses[] | .state, .lastState; .terminated.exitCode? == 2)'
expect_denied dev_mem
expect_exit 0 in_bpflock rollout undo daemonset/bpflock
rolled_out
load_said 'unchanged: profile restricted'

rm "$work/probing"
wait $prober
expect_equal "$(cat "$work/allowed")" "" "what was let through meanwhile"

# Back to the first policy, whose ConfigMap is still there.
expect_exit 0 in_bpflock rollout undo daemonset/bpflock --to-revision=1
rolled_out
load_said '^bpflock: policy updated: profile baseline'
expect_allowed dev_mem

# Without its pods the policy stays.
expect_exit 0 in_bpflock delete daemonset bpflock
until_true no_pods
expect_status '.profile == "baseline" and .enforcing == true'
expect_pod later 1

apply /uninstall
rolled_out bpflock-uninstall
expect_exit 3 bpflock-ctl status
expect_pod last 0
expect_exit 0 kubectl delete namespace bpflock
expect_exit 0 kubectl delete pods --all
trap at_exit EXIT
end_cluster
