# kernels: trixie
# root: docker
# boot: lsm=landlock,lockdown,yama,loadpin,safesetid,integrity,apparmor,selinux,smack,tomoyo,bpf,ipe
# timeout: 3600
# run: places
# Where the daemon remaps users, --userns=host --privileged loads: no file of the image is in its way, and one that is mounted has
# to be root's.
# shellcheck disable=SC2086 # words
. /vm/docker.sh

remap() {
	mkdir -p /etc/docker
	echo '{"userns-remap": "default"}' >/etc/docker/daemon.json
	expect_exit 0 systemctl restart docker.service
}
conf=/root/bpflock.conf
mounted="-v $conf:/etc/bpflock/bpflock.conf"

row loads
until_true docker info
remap
prepare_docker /vm/image/bpflock.tar
docker info --format '{{.SecurityOptions}}' >"$work/info"
expect_grep userns "$work/info"
expect_exit 0 run_image --userns=host -e BPFLOCK_KIMGLOCK_PROFILE=baseline -- load
expect_status '.profile == "baseline" and .enforcing'
expect_no_grep 'not owned' "$work/err"

row a-file-of-roots
printf '[kimglock]\nprofile = restricted\n' >$conf
expect_exit 0 run_image --userns=host $mounted -- load
expect_status '.profile == "restricted"'

row a-file-of-another
chown 1000 $conf
expect_exit 2 run_image --userns=host $mounted -- load
expect_grep 'not owned by root in this container \(uid 1000' "$work/err"
expect_status '.profile == "restricted"'

# In its user namespace it is not root, and Docker lets no container be privileged there.
row without-userns-host
expect_exit 125 run_image -- load
expect_grep 'privileged mode is incompatible with user namespaces' "$work/err"
expect_exit 4 docker run --rm $mounts linuxlock/bpflock load
expect_grep 'use --userns=host' "$work/err"
expect_status '.profile == "restricted"'

end_docker
rm $conf /etc/docker/daemon.json
systemctl restart docker.service
