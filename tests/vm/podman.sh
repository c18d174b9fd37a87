# shellcheck shell=dash
# Sourced by the cases about the container image: podman in a guest without a bridge, where a network namespace with nothing
# in it is one as well.
export patience=300

# The image is in the case's own words, because those choose what its guest is given: load_image /vm/image/bpflock.tar
load_image() {
	printf '[containers]\nnetns = "none"\n' >/etc/containers/containers.conf
	printf '[storage]\ndriver = "vfs"\nrunroot = "/run/containers"\ngraphroot = "/var/lib/containers"\n' \
		>/etc/containers/storage.conf
	expect_exit 0 podman load -i "$1"
}
