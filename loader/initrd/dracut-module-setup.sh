#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# dracut: what has to be in the initrd for dracut-pre-pivot.sh

check() {
	require_binaries @SBINDIR@/bpflock && @LIBDIR@/initrd wanted
}

depends() { :; }

# shellcheck disable=SC2154 # dracut's
install() {
	inst_multiple @SBINDIR@/bpflock @LIBDIR@/initrd
	@LIBDIR@/initrd copy "$initdir"
	inst_hook pre-pivot 10 "$moddir/dracut-pre-pivot.sh"
}
