# kernels: any
# root: podman
# timeout: 300
# Containers of Podman start and stop under the preset "server" as they do without it: nothing that podman, conmon and crun do
# is refused. What a container does is.
printf '[containers]\nnetns = "none"\n' >/etc/containers/containers.conf
printf '[storage]\ndriver = "vfs"\nrunroot = "/run/containers"\ngraphroot = "/var/lib/containers"\n' \
	>/etc/containers/storage.conf
mkdir -p /tmp/container
cp /vm/probe /tmp/container/
run() { podman run --rm "$@"; }

mkdir -p /etc/bpflock
expect_exit 0 bpflock-ctl preset use server
load
expect_exit 0 run --rootfs /tmp/container /probe --list
expect_exit 0 run --privileged --rootfs /tmp/container /probe --list
expect_exit 0 run --network=host --pid=host --rootfs /tmp/container /probe --list
expect_no_record '.decision == "deny"'
expect_exit 1 run --privileged --rootfs /tmp/container /probe dev_mem
expect_record '.operation == "dev_mem" and .decision == "deny" and .comm == "probe"'
