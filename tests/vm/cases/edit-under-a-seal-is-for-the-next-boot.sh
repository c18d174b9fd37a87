# kernels: any
# timeout: 200
# ends: sealed
# Under a seal nothing that is edited is tried: the file is changed, and the policy stays.
# shellcheck source=tests/vm/seal.sh
. /vm/seal.sh

load_for_seal
change seal --yes
before=$(bpflock-ctl policy)
# shellcheck disable=SC2016 # the editor expands it
printf '#!/bin/sh\nprintf "[kimglock]\\nprofile = privileged\\n" >"$1"\n' >"$work/editor"
chmod 755 "$work/editor"
export EDITOR="$work/editor"
expect_exit 1 pty 'Install it?' n -- bpflock-ctl edit
expect_grep 'sealed until reboot' "$work/out"
[ ! -e /etc/bpflock/bpflock.conf.d ] || fail "something was installed"
expect_exit 0 pty 'Install it?' y -- bpflock-ctl edit
expect_grep 'privileged' /etc/bpflock/bpflock.conf.d/50-local.conf
expect_equal "$(bpflock-ctl policy)" "$before" "the policy"
expect_status '.sealed.proven and .trial == null'
