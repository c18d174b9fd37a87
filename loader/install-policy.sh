#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# install-policy.sh FILE DIR: installs the commented default policy where there is none yet.
set -eu
dir="${DESTDIR:-}$2"
if [ -e "$dir/bpflock.conf" ]; then
	echo "Keeping $dir/bpflock.conf"
	grep -q '^[[:blank:]]*[^[:blank:]#;].*=' "$dir/bpflock.conf" ||
		echo "It sets nothing, which bpflock refuses: write \"profile = privileged\" below [kimglock]"
	exit 0
fi
install -d -m 0755 "$dir"
install -m 0644 "$1" "$dir/bpflock.conf"
