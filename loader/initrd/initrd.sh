#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# What the hooks of initramfs-tools and dracut have in common, and what they put into the initrd:
#   initrd wanted      whether bpflock is to be in it; status 1: it is not
#   initrd copy DIR    the policy, below DIR, which becomes the initrd
#   initrd lock        in the initrd. Never fails: a boot goes on, and bpflock.service has its turn
# Runs under klibc's shell, with no more programs than bpflock.
set -u

# One file, as it is now: links lead elsewhere in an initrd, but for one to /dev/null, which masks.
# In the initrd it is root's. So what the loader would not trust is not copied, and what stands in its place is an
# error: the initrd locks nothing then, and says so, as bpflock.service will.
copy_file() { # DIR FILE
	mkdir -p "$1${2%/*}" || return 1
	if [ -c "$2" ]; then
		ln -sf /dev/null "$1$2"
		return
	fi
	if ! said=$(bpflock-ctl cat-config "$2" 2>&1 >"$1$2"); then
		echo "W: $said" >&2
		echo "W: bpflock: $2 is not copied, so this initrd will lock nothing" >&2
		echo "refused when this initrd was made: see bpflock-ctl check" >"$1$2" || return 1
	fi
	chmod 644 "$1$2"
}

# The presets and exceptions that these name, of which cat-config prints the paths. What is in /run is made at each boot.
copy_named() { # DIR
	bpflock-ctl cat-config 2>/dev/null | while read -r sign file rest; do
		case $sign$rest$file in
		\#/run/*) ;;
		\#/*/bpflock/presets/*.conf | \#/*/bpflock/exceptions/*.conf)
			[ ! -e "$file" ] || copy_file "$1" "$file" || return 1 ;;
		esac
	done
}

# All that bpflock reads.
copy() {
	for dir in /etc /usr/local/lib /usr/lib; do
		for file in "$dir/bpflock/bpflock.conf" "$dir"/bpflock/bpflock.conf.d/*.conf; do
			[ ! -e "$file" ] || copy_file "$1" "$file" || return 1
		done
	done
	copy_named "$1" || return 1
	# An error here would leave the machine without a new initrd, perhaps with a kernel that needs one.
	bpflock-ctl check >/dev/null 2>&1 ||
		echo "W: bpflock: the policy has mistakes, see bpflock-ctl check: this initrd will lock nothing" >&2
}

# Into the kernel's log, which the journal takes over.
tell() { while read -r line; do echo "<$1>$line"; done >/dev/kmsg; }

# The seal is left to bpflock.service: the policy in the initrd may be older than that of the root file system,
# and a sealed one would stay until reboot.
lock() {
	if said=$(bpflock --seal no 2>&1); then
		echo "$said" | tell 5
	else
		{ echo "$said"; echo "bpflock: nothing is locked in the initrd; bpflock.service is next"; } | tell 3
	fi
}

case ${1:-} in
wanted) [ -e /etc/bpflock/initramfs ] ;;
copy) copy "$2" ;;
lock) lock ;;
*) echo "usage: initrd wanted | copy DIR | lock" >&2; exit 2 ;;
esac
