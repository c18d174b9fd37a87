# kernels: trixie
# root: podman
# timeout: 600
# run: places
# Two builds of the container image of both architectures are the same bytes. Podman takes the image of this machine out of it, the
# other one if it is asked for that, and both into a manifest list.
# shellcheck source=tests/vm/podman.sh
. /vm/podman.sh
image=localhost/bpflock archive=oci-archive:/vm/images/both.tar

architecture() { podman image inspect --format '{{.Architecture}}' $image; }

row same-bytes
expect_exit 0 cmp /vm/images/both.tar /vm/images/again.tar
mkdir layout
tar -x -f /vm/images/both.tar -C layout
index=layout/blobs/sha256/$(jq -r '.manifests[0].digest[7:]' layout/index.json)

row takes-its-own
load_image /vm/images/both.tar
expect_equal "$(architecture)" amd64 "architecture"
expect_allowed dev_mem
expect_exit 0 podman run --rm --privileged --pid=host --cgroupns=host -v /sys/fs/bpf:/sys/fs/bpf \
	-e BPFLOCK_KIMGLOCK_PROFILE=restricted $image load
expect_denied dev_mem
expect_exit 0 podman run --rm --privileged --pid=host --cgroupns=host -v /sys/fs/bpf:/sys/fs/bpf $image bpflock-ctl unload
until_true probe dev_mem
expect_exit 0 podman rmi --all --force

row takes-the-other
expect_exit 0 podman pull --arch arm64 $archive
expect_equal "$(architecture)" arm64 "architecture"
expect_exit 1 podman run --rm $image bpflock --version
expect_grep '[Ee]xec format error' "$work/err"
expect_exit 0 podman rmi --all --force

row is-a-manifest-list
expect_exit 0 podman manifest create localhost/both
expect_exit 0 podman manifest add --all localhost/both $archive
expect_exit 0 podman manifest inspect localhost/both
expect_equal "$(jq -c '[.manifests[] | [.platform.architecture, .digest]] | sort' "$work/out")" \
	"$(jq -c '[.manifests[] | [.platform.architecture, .digest]] | sort' "$index")" "the list"
expect_exit 0 podman rmi --all --force
