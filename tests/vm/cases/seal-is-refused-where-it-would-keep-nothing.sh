# kernels: any
# timeout: 200
# ends: sealed
# What is not worth sealing is refused unless forced; without a terminal somebody has to say yes; the levels of
# older versions are taken, and warned of.
# shellcheck source=tests/vm/seal.sh
. /vm/seal.sh

load --profile privileged
expect_exit 2 bpflock-ctl seal --yes
expect_grep 'denies nothing.*--force' "$work/err"
load --profile restricted --mode audit
expect_exit 2 bpflock-ctl seal --yes
expect_grep 'mode is audit.*--force' "$work/err"
mkdir -p /etc/bpflock
printf '[kimglock]\nprofile = privileged\nseal = yes\n' >/etc/bpflock/bpflock.conf
expect_exit 6 bpflock
expect_grep 'not sealed: it denies nothing' "$work/err"
expect_status '.sealed == null'
rm /etc/bpflock/bpflock.conf

load_for_seal
expect_exit 2 bpflock-ctl seal
expect_grep 'hint: bpflock-ctl seal --yes' "$work/err"
expect_exit 2 bpflock-ctl seal --level pin
expect_exit 0 bpflock-ctl seal --dry-run --level pins
expect_grep 'one kind of seal' "$work/err"
printf '[kimglock]\nprofile = restricted\nallow = msr\nblock = kcore\n' >"$work/trial"
change apply --for 1h "$work/trial"
expect_exit 1 bpflock-ctl seal --yes
expect_grep 'no side of the trial is the stricter' "$work/err"
change apply --revert
expect_status '.trial == null and .block == []'
echo 0 >/proc/sys/kernel/ftrace_enabled
expect_exit 6 bpflock-ctl seal --yes
echo 1 >/proc/sys/kernel/ftrace_enabled
expect_exit 1 unshare -p -f --mount-proc bpflock-ctl seal --yes
expect_grep 'first pid and time namespaces' "$work/err"
expect_status '.sealed == null and .leftovers == []'
change unload
until_true probe dev_mem

printf '[kimglock]\nprofile = restricted\nseal = pins\nlatch = kexec\n' >/etc/bpflock/bpflock.conf
load
expect_grep 'one kind of seal' "$work/err"
expect_grep 'sealed until reboot' "$work/out"
expect_status '.sealed.proven and .latched == ["kexec"] and (.sealed.source | contains("bpflock.conf:3"))'
expect_exit 0 bpflock-ctl explain kexec
expect_grep 'latched by .*bpflock.conf:4' "$work/out"
expect_exit 4 bpflock-ctl set block=ioport
expect_exit 4 bpflock-ctl unload
load
expect_grep '^bpflock: unchanged: ' "$work/out"
expect_denied dev_mem
