# root: systemd
# timeout: 300
# ends: sealed
# Sealed by the unit at boot: systemd goes on, starts units in mount namespaces of their own and removes
# them, and executes itself anew.
before_boot() {
	printf '[kimglock]\nprofile = restricted\nseal = yes\n' >/etc/bpflock/bpflock.conf
	systemctl enable bpflock.service
}

expect_exit 0 systemctl is-active bpflock.service
expect_status '.enforcing and .status == 0 and .sealed.proven'
expect_denied dev_mem
expect_exit 0 systemd-run --wait -p PrivateMounts=yes -p ProtectKernelTunables=yes -p ProtectSystem=strict \
	-p PrivateTmp=yes -p ProtectHome=yes sh -c 'mount -t tmpfs t /mnt && umount /mnt'
expect_exit 0 systemd-run --wait -p MountFlags=slave sh -c 'umount -l /sys/fs/bpf && umount -l /sys'
# as container runtimes begin: a root of their own, and the old one gone
cat >"$work/container" <<'END'
mkdir -p /run/new && mount -t tmpfs new /run/new && cd /run/new && mkdir old bin lib64 sys usr && ln -s usr/lib lib &&
	cp /bin/sh /bin/mount "$(command -v attack)" bin/ && mount --rbind /usr usr && cp -a /lib64/. lib64/ &&
	mount --rbind /sys sys && mount --make-rslave sys && attack pivot . old && cd / &&
	/bin/attack umount /old detach && /bin/attack umount /sys detach && mount -t sysfs sysfs /sys
END
expect_exit 0 unshare -m --propagation slave sh "$work/container"
expect_exit 0 unshare -m --propagation private sh "$work/container"
cat >/run/systemd/system/tried.service <<'END'
[Service]
ExecStart=sleep 1000
ProtectKernelTunables=yes
ProtectControlGroups=yes
ProtectSystem=strict
PrivateDevices=yes
END
systemctl daemon-reload
expect_exit 0 systemctl start tried.service
expect_exit 0 systemctl stop tried.service
rm /run/systemd/system/tried.service
expect_exit 0 systemctl daemon-reexec
expect_exit 0 systemctl restart bpflock.service
expect_exit 0 systemctl reload bpflock.service
expect_denied dev_mem
mkdir -p /run/t
mount -t tmpfs t /run/t
expect_exit 0 umount /run/t
mkdir /run/rbind
mount --rbind /sys /run/rbind
mount --make-rslave /run/rbind
expect_exit 0 umount -l /run/rbind
mkdir -p /run/sysctl.d
echo kernel.ftrace_enabled=1 >/run/sysctl.d/t.conf
expect_exit 0 systemctl restart systemd-sysctl.service
expect_denied dev_mem
expect_exit 0 systemctl is-active multi-user.target
expect_status '.enforcing and .status == 0'
