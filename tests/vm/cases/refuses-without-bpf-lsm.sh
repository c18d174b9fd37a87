# kernels: any
# boot: lsm=lockdown,capability,yama
# Loading, attaching and pinning would all succeed here, and nothing would be enforced.

expect_exit 5 bpflock --profile restricted
expect_grep '"bpf" is not in the active LSM list' "$work/err"
expect_grep 'lsm=' "$work/err"
expect_equal "$(cat "$work/out")" "" output
expect_nothing_pinned
expect_allowed dev_mem
expect_exit 5 bpflock-ctl doctor --json
expect_json "$work/out" '.status == 5 and ([.checks[] | select(.state == "failed").name] == ["lsm-list"])'

# what README.md says of it
[ -e /sys/kernel/security/lsm ] || mount -t securityfs securityfs /sys/kernel/security
mkdir -p /etc/default
printf 'GRUB_TIMEOUT=1\nGRUB_CMDLINE_LINUX="quiet"\n' >/etc/default/grub
printf '#!/bin/sh\ntouch %s/updated\n' "$work" >"$work/update-grub"
chmod 755 "$work/update-grub"
sed -n '/^## Requirements$/,/^## /s/^    //p' /vm/source/README.md >"$work/cure"
expect_exit 0 env PATH="$work:$PATH" sh -e "$work/cure"
expect_exit 0 test -e "$work/updated"
expect_grep '^GRUB_CMDLINE_LINUX="lsm=[a-z,]*lockdown[a-z,]*,bpf quiet"$' /etc/default/grub
rm -r /etc/default
