# kernels: trixie
# root: docker
# boot: lsm=landlock,lockdown,yama,loadpin,safesetid,integrity,apparmor,selinux,smack,tomoyo,bpf,ipe
# timeout: 3600
# run: places
# Docker without root cannot load, however privileged its container: the loader and doctor say why, and change nothing.
# shellcheck disable=SC2086 # words
. /vm/docker.sh
home=/home/rootless

# of_user COMMAND...: in the user's session
of_user() { runuser -u rootless -- env HOME=$home XDG_RUNTIME_DIR=$runtime DBUS_SESSION_BUS_ADDRESS=unix:path=$runtime/bus "$@"; }
rootless_docker() { docker -H unix://$runtime/docker.sock "$@"; }
run_rootless() { rootless_docker run --rm $flags $mounts linuxlock/bpflock "$@"; }

# What it stores is on a file system of its own, as what Docker with root stores.
row starts-without-root
until_true docker info
systemctl stop docker.service docker.socket containerd.service
useradd --create-home rootless
mount -t tmpfs -o "mode=700,uid=$(id -u rootless),gid=$(id -g rootless)" rootless $home
modprobe tun
runtime=/run/user/$(id -u rootless)
loginctl enable-linger rootless
until_true of_user systemctl --user is-active basic.target
of_user systemd-run --user --unit=rootless -p Delegate=yes -E PATH=/usr/sbin:/usr/bin:/sbin:/bin \
	/usr/share/docker.io/contrib/dockerd-rootless.sh
(until_true rootless_docker info) || {
	journalctl --no-pager -n 100
	exit 1
}
rootless_docker info >"$work/info" 2>&1
expect_grep '^ *rootless$' "$work/info"
expect_exit 0 rootless_docker load -i /vm/image/bpflock.tar
expect_exit 0 rootless_docker tag localhost/bpflock linuxlock/bpflock

row the-loader-refuses
expect_exit 4 run_rootless load
expect_grep 'a user namespace cannot load BPF programs, not even as root' "$work/err"
expect_grep 'hint: .*a runtime that runs as root' "$work/err"
expect_exit 4 run_rootless
expect_nothing_pinned

row doctor
expect_exit 4 run_rootless bpflock-ctl doctor
expect_grep 'a user namespace cannot load BPF programs' "$work/out"
expect_grep 'a runtime that runs as root' "$work/out"
expect_no_grep 'the loader mounts it' "$work/out"
expect_exit 4 rootless_docker run --rm --privileged linuxlock/bpflock bpflock-ctl doctor
expect_no_grep 'the loader mounts it' "$work/out"
expect_nothing_pinned
expect_allowed dev_mem

loginctl disable-linger rootless
loginctl terminate-user rootless
has_ended() { [ ! -d "/sys/fs/cgroup/user.slice/user-${runtime##*/}.slice" ]; }
until_true has_ended
umount $home
userdel rootless
rm -r $home
systemctl start docker.service
