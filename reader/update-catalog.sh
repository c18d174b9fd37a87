#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# update-catalog.sh: makes the running system's index of message catalogs anew, so that `journalctl -x` knows ours.
set -eu
[ -z "${DESTDIR:-}${MESON_INSTALL_DRY_RUN:-}" ] && [ "$(id -u)" -eq 0 ] || exit 0
! command -v journalctl >/dev/null || journalctl --update-catalog ||
	echo "The message catalog is not updated: journalctl -x does not explain entries of bpflock-log"
