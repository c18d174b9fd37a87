# shellcheck shell=dash
# shellcheck disable=SC2086,SC2154 # words; of lib.sh
# For cases about a cluster of one node, with nothing in it but what a DaemonSet and kubectl need. Its
# administrator is whoever has the token; nobody else is there. A case that reboots sets $state to where files outlive that.
readonly node=10.0.0.1 state=${state:-/run/cluster} image=registry.example.org/bpflock
export KUBECONFIG=$state/kubeconfig patience=1800 interval=5

# An emulated server on a busy machine does not always answer in time. What is given as standard input is not given again.
readonly busy='unable to return a response|Unable to connect|connection (lost|refused|reset)|timeout|etcdserver: |deadline exceeded'
kubectl() {
	for pause in 5 10 20 40 80 0; do
		answer=0
		command kubectl "$@" >$state/answer 2>$state/complaint || answer=$?
		[ $answer -ne 0 ] && [ $pause -ne 0 ] && grep -q -E "$busy" $state/complaint || break
		sleep $pause
	done
	cat $state/complaint >&2
	cat $state/answer
	return $answer
}

# start PROGRAM ARGUMENT...: one of the cluster's, beside the case and not in its cgroup
start() {
	program=$1
	shift
	expect_exit 0 systemd-run --quiet --unit="$program" --property=Delegate=yes --setenv=PATH="$PATH" -- \
		"/usr/local/bin/$program" "$@"
}

# The loopback address cannot be a node's.
make_network() {
	modprobe -a dummy veth
	ip link add node type dummy
	ip address add $node/24 dev node
	ip link set node up
	ip route add default via 10.0.0.254
	mkdir -p /etc/cni/net.d
	cat >/etc/cni/net.d/pods.conf <<-'EOF'
	{"cniVersion": "0.4.0", "name": "pods", "type": "ptp",
	 "ipam": {"type": "host-local", "ranges": [[{"subnet": "10.1.0.0/24"}]]}}
	EOF
}

# What keeps a pod's namespaces is an image too: ours again, with another entrypoint.
make_pause_image() {
	layout=$work/pause blobs=$work/pause/blobs/sha256
	mkdir "$layout"
	tar -x -f /vm/image/bpflock.tar -C "$layout"
	rm "$layout/manifest.json"
	manifest=$blobs/$(jq -r '.manifests[0].digest[7:]' "$layout/index.json")
	config=$blobs/$(jq -r '.config.digest[7:]' "$manifest")
	jq -c '.config.Entrypoint += ["wait"]' "$config" >"$work/config"
	set_blob "$work/config" '.config' "$manifest" >"$work/manifest"
	set_blob "$work/manifest" '.manifests[0]' "$layout/index.json" |
		jq -c '.manifests[0].annotations."org.opencontainers.image.ref.name" = "localhost/pause:1"' >"$work/index"
	mv "$work/index" "$layout/index.json"
	tar -c -C "$layout" . >"$work/pause.tar"
}

# set_blob FILE WHERE DESCRIBER: stores FILE, prints DESCRIBER with its digest and size there.
set_blob() {
	digest=$(sha256sum <"$1" | head -c 64)
	cp "$1" "$blobs/$digest"
	jq -c --arg digest "sha256:$digest" --argjson size "$(stat -c %s "$1")" \
		"$2.digest = \$digest | $2.size = \$size" "$3"
}

# ctr that names the images as the kubelet does
images() { ctr --namespace k8s.io images "$@"; }

# Its snapshots cannot be on an overlay, which / is.
start_containerd() {
	systemctl stop containerd
	mount -t tmpfs containerd /var/lib/containerd
	mkdir -p /etc/containerd
	cat >/etc/containerd/config.toml <<-'EOF'
	version = 2
	[plugins."io.containerd.grpc.v1.cri"]
	sandbox_image = "localhost/pause:1"
	[plugins."io.containerd.grpc.v1.cri".cni]
	bin_dir = "/usr/lib/cni"
	conf_dir = "/etc/cni/net.d"
	[plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc]
	runtime_type = "io.containerd.runc.v2"
	[plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc.options]
	SystemdCgroup = true
	EOF
	systemctl start containerd
	make_pause_image
	until_true images import "$work/pause.tar"
	expect_exit 0 images import /vm/image/bpflock.tar
}

make_keys() {
	[ ! -e $state/key.public ] || return 0
	mkdir -p $state
	echo secret,administrator,administrator,system:masters >$state/tokens
	openssl genrsa -out $state/key 2048
	openssl rsa -in $state/key -pubout -out $state/key.public
	cat >$KUBECONFIG <<-EOF
	apiVersion: v1
	kind: Config
	current-context: cluster
	contexts: [{name: cluster, context: {cluster: cluster, user: administrator}}]
	clusters: [{name: cluster, cluster: {server: "https://$node:6443", insecure-skip-tls-verify: true}}]
	users: [{name: administrator, user: {token: secret}}]
	EOF
}

start_control_plane() {
	until_true systemctl is-active etcd
	start kube-apiserver --etcd-servers=http://127.0.0.1:2379 --cert-dir=$state --advertise-address=$node \
		--kubelet-preferred-address-types=InternalIP \
		--token-auth-file=$state/tokens --authorization-mode=AlwaysAllow --allow-privileged=true \
		--service-cluster-ip-range=10.2.0.0/24 --service-account-issuer=https://cluster \
		--service-account-key-file=$state/key.public --service-account-signing-key-file=$state/key
	until_true command kubectl get --raw /readyz
	start kube-scheduler --kubeconfig=$KUBECONFIG --leader-elect=false
	start kube-controller-manager --kubeconfig=$KUBECONFIG --leader-elect=false \
		--controllers=daemonset,namespace,garbagecollector,serviceaccount,nodelifecycle
}

# No disk is its own here, so none is measured.
start_kubelet() {
	mkdir -p /var/lib/kubelet
	mount -t tmpfs kubelet /var/lib/kubelet
	touch /etc/resolv.conf # every pod gets it
	cat >$state/kubelet <<-'EOF'
	apiVersion: kubelet.config.k8s.io/v1beta1
	kind: KubeletConfiguration
	authentication: {anonymous: {enabled: true}, webhook: {enabled: false}}
	authorization: {mode: AlwaysAllow}
	cgroupDriver: systemd
	failSwapOn: false
	makeIPTablesUtilChains: false
	evictionHard: {memory.available: 10Mi}
	imageGCHighThresholdPercent: 100
	EOF
	start kubelet --config=$state/kubelet --kubeconfig=$KUBECONFIG --container-runtime=remote \
		--container-runtime-endpoint=unix:///run/containerd/containerd.sock --node-ip=$node \
		--hostname-override=node
	until_true command kubectl get node node
	until_true command kubectl get serviceaccount default
	expect_exit 0 kubectl wait --for=condition=Ready --timeout=30m node/node
}

# What went wrong, where it is told. A command that just fails has failed the case, too.
tell_of_cluster() {
	[ $? -eq 0 ] || touch "$work/failed"
	command kubectl get pods,events --all-namespaces || :
	command kubectl describe nodes,pods || :
	for unit in kube-apiserver kube-scheduler kube-controller-manager kubelet containerd; do
		journalctl --no-pager -q -n 40 -u $unit
	done
}

start_cluster() {
	make_network
	make_keys
	start_containerd
	start_control_plane
	start_kubelet
}

end_cluster() {
	systemctl stop kubelet kube-controller-manager kube-scheduler kube-apiserver etcd containerd
}

in_bpflock() { kubectl --namespace bpflock "$@"; }

rolled_out() {
	expect_exit 0 in_bpflock rollout status "daemonset/${1:-bpflock}" --timeout=30m
	sed 's/^/  time: /' /proc/uptime
}

no_pods() { [ -z "$(in_bpflock get pods -o name)" ]; }

# Of the pods that there are: updates leave one that ends.
load_said() {
	pod=$(in_bpflock get pods -l app.kubernetes.io/name=bpflock -o json |
		jq -r '.items[] | select(.metadata.deletionTimestamp | not) | .metadata.name')
	expect_exit 0 in_bpflock logs "$pod" -c load
	expect_grep "$1" "$work/out"
}

has_logged() {
	in_bpflock logs daemonset/bpflock -c log >"$work/log" && jq -e -s "any(.[]; $1)" "$work/log"
}

# make_pod NAME: one that has all that a node has to give. The manifest's end, containers, is the standard input.
make_pod() {
	{
		cat <<-END
		apiVersion: v1
		kind: Pod
		metadata: {name: $1}
		spec:
		  hostPID: true
		  hostNetwork: true
		  restartPolicy: Never
		  terminationGracePeriodSeconds: 1
		  automountServiceAccountToken: false
		  volumes: [{name: vm, hostPath: {path: /vm}}, {name: bpffs, hostPath: {path: /sys/fs/bpf}}]
		END
		cat
	} >"$work/pod.yaml"
	kubectl apply -f "$work/pod.yaml"
}

# container NAME WORDS: an item of a list of containers, WORDS being a list of YAML
container() {
	cat <<-END
	    - name: $1
	      image: $image:0.1.0
	      $2
	      securityContext: {privileged: true}
	      volumeMounts: [{name: vm, mountPath: /vm}, {name: bpffs, mountPath: /sys/fs/bpf}]
	END
}

phase() { kubectl get pod "$1" -o jsonpath='{.status.phase}'; }
has_ended() { [ "$(phase "$1")" = Failed ] || [ "$(phase "$1")" = Succeeded ]; }
exit_code() { kubectl get pod "$1" -o jsonpath='{.status.containerStatuses[0].state.terminated.exitCode}'; }

# expect_pod NAME STATUS: of a new pod that tries
expect_pod() {
	{ echo '  containers:'; container probe 'command: [/vm/probe, dev_mem]'; } | make_pod "$1"
	until_true has_ended "$1"
	expect_equal "$(exit_code "$1")" "$2" "exit status of the pod $1, which tries"
}
