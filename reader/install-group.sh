#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# install-group.sh FILE: makes the group of a file for sysusers.d, because it has to exist when bpflock loads.
set -eu
[ -z "${DESTDIR:-}${MESON_INSTALL_DRY_RUN:-}" ] && [ "$(id -u)" -eq 0 ] || exit 0
if command -v systemd-sysusers >/dev/null; then
	systemd-sysusers "$1"
else
	groupadd --system --force bpflock
fi || echo "The group bpflock is not made: only root can read the log"
