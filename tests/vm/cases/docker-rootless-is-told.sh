# kernels: trixie
# root: docker
# boot: lsm=landlock,lockdown,yama,loadpin,safesetid,integrity,apparmor,selinux,smack,tomoyo,bpf,ipe
# timeout: 900
# run: places
# Docker without root cannot load, however privileged the container: doctor and the loader say why, and change nothing.
# shellcheck disable=SC2086 # words
. /vm/docker.sh
home=/home/rootless

rootless_docker() { docker -H unix://$home/run/docker.sock "$@"; }

run_rootless() { rootless_docker run --rm $flags $mounts linuxlock/bpflock "$@"; }

useradd --create-home rootless
mount -t tmpfs -o "mode=700,uid=$(id -u rootless),gid=$(id -g rootless)" rootless $home
mkdir $home/run
chown rootless: $home/run
modprobe tun
systemd-run --unit=rootless -p User=rootless -p Delegate=yes -E HOME=$home -E XDG_RUNTIME_DIR=$home/run \
	-E PATH=/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin /usr/share/docker.io/contrib/dockerd-rootless.sh
until_true rootless_docker info || { journalctl -u rootless --no-pager | tail -n 50; exit 1; }
expect_exit 0 rootless_docker load -i /vm/image/bpflock.tar
expect_exit 0 rootless_docker tag localhost/bpflock linuxlock/bpflock

row the-loader-refuses
run_rootless load || echo "  status $?"
row doctor
run_rootless bpflock-ctl doctor || echo "  status $?"
expect_nothing_pinned
expect_allowed dev_mem

systemctl stop rootless
umount -l $home
userdel rootless
