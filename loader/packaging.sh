#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# What the scripts of a package, Debian's or RPM's, have in common:
#   packaging before-upgrade    by the version that goes
#   packaging after-upgrade     by the version that comes
#   packaging before-removal
# Installing is none of these: it loads and enables nothing. Never fails, whatever is in force. Does nothing where its root is not
# that of process 1.
set -eu

# Only the version that goes is sure to be able to read what it has loaded.
readonly as_configured=/run/bpflock-as-configured

say() { printf 'bpflock: %s\n' "$@"; }

# Also where something is amiss, or where this version cannot read it.
is_loaded() {
	status=0
	bpflock-ctl status >/dev/null 2>&1 || status=$?
	[ $status -eq 0 ] || [ $status -eq 6 ]
}

before_upgrade() {
	rm -f $as_configured
	! bpflock-ctl diff 2>/dev/null | grep -q 'no difference' || : >$as_configured
}

# The new programs in the place of those in force, if that changes no policy.
take_over() {
	is_loaded || return 0
	if [ ! -e $as_configured ]; then
		say "the policy in force is not the configured one, so it stays, as the version before loaded it." \
			"\"systemctl reload bpflock\" puts the configured one and this version in its place."
		return 0
	fi
	status=0
	bpflock || status=$?
	case $status in
	0 | 6) ;;
	4) say "sealed: what the version before loaded stays in force until reboot; then this version takes over." ;;
	*) say "what the version before loaded stays in force; \"systemctl reload bpflock\" tries again." ;;
	esac
}

# Not where it could not read what is in force: the process of the version before goes on.
restart_log() {
	[ -d /run/systemd/system ] || return 0
	! bpflock-ctl policy >/dev/null 2>&1 || systemctl try-restart bpflock-log.service || :
}

after_upgrade() {
	take_over
	rm -f $as_configured
	restart_log
}

# Removing the tools does not unlock: it must be no way around what unloading asks for.
before_removal() {
	! is_loaded || tell_what_stays
	[ ! -d /run/systemd/system ] || systemctl stop bpflock-metrics.timer bpflock-log.service bpflock.service || :
}

tell_what_stays() {
	status=0
	bpflock-ctl unload --dry-run >/dev/null 2>&1 || status=$?
	if [ $status -eq 4 ]; then
		say "the policy in force is sealed: it stays in force until reboot, also without this package."
	else
		say "the policy in force stays so until reboot, also without this package. To end it now:" \
			"rm -r /sys/fs/bpf/bpflock"
	fi
}

# In a chroot or an image that is being made, /sys can be the host's, and what is loaded is then none of this root's
# business. The initial pid namespace has this number on each Linux. Who makes images can also say so, to systemctl and us.
is_the_running_system() {
	case ${SYSTEMD_OFFLINE:-} in 1 | y* | t* | on) return 1 ;; esac
	# shellcheck disable=SC3013 # -ef is in dash, bash and busybox
	[ / -ef /proc/1/root ] && [ "$(readlink /proc/self/ns/pid)" = 'pid:[4026531836]' ]
}

case ${1:-} in
before-upgrade | after-upgrade | before-removal) is_the_running_system || exit 0 ;;
esac
case ${1:-} in
before-upgrade) before_upgrade ;;
after-upgrade) after_upgrade ;;
before-removal) before_removal ;;
*) sed -n 's/^# *\(packaging .*\)/usage: \1/p' "$0" >&2; exit 2 ;;
esac
