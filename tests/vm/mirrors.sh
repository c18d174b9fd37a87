# shellcheck shell=bash
# shellcheck disable=SC2034 # shared with kernels, debian-root, cross-root and kubernetes
# Where what the guests are made of is kept, and the archives it comes from.

readonly cache=${BPFLOCK_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/bpflock}
readonly keyring=/usr/share/keyrings/debian-archive-keyring.gpg

say() { printf '%s: %s\n' "${0##*/}" "$*" >&2; }
die() { say "$*"; exit 1; }

# The archives this machine already uses, one URI a line. apt itself prints them, so that deb822
# and one-line sources are both understood. Release names with a suffix (-security, -updates)
# carry no full suite, and third-party archives sort themselves out by failing where they are tried.
mirrors() {
	if [[ -n ${BPFLOCK_MIRROR:-} ]]; then
		printf '%s\n' "${BPFLOCK_MIRROR%/}"
		return
	fi
	apt-get --print-uris update 2>/dev/null |
		sed -nE "s,^'(.*[^/])/+dists/[a-z]+/InRelease'.*,\1,p" | awk '!seen[$0]++'
}

# mmdebstrap's apt reads none of this machine's settings; of those only proxies matter.
proxies() {
	apt-config dump --format '%F "%v";%n' Acquire |
		sed -nE '/^Acquire::.*::Proxy(-Auto-Detect)? "./Ip' | sed 's/^/--aptopt=/'
}

# apt_options DIRECTORY ARCHITECTURE: apt with nothing of the machine's but its transport settings (proxies and the like).
apt_options() {
	local directory=$1 architecture=$2
	printf '%s\n' -q -o "Dir::State=$directory/state" -o "Dir::State::lists=$directory/lists" \
		-o "Dir::State::status=$directory/status" -o "Dir::Cache=$directory/cache" \
		-o "Dir::Etc::sourcelist=$directory/sources.list" -o Dir::Etc::sourceparts=/dev/null \
		-o Dir::Etc::preferences=/dev/null -o Dir::Etc::preferencesparts=/dev/null \
		-o Acquire::Languages=none -o Acquire::Retries=3 -o APT::Sandbox::User=root \
		-o "APT::Architecture=$architecture" -o "APT::Architectures=$architecture" \
		-o APT::Update::Post-Invoke-Success::=
}

need_keyring() {
	[[ -e $keyring ]] && return
	[[ $EUID -eq 0 ]] || die "$keyring is missing; install debian-archive-keyring"
	DEBIAN_FRONTEND=noninteractive apt-get install -qq -y debian-archive-keyring >&2 ||
		die "cannot install debian-archive-keyring"
}

usage_of_cache() {
	cat <<-EOT
	BPFLOCK_CACHE=DIR    where $1 are kept (now: $cache)
	BPFLOCK_MIRROR=URI   Debian archive to use instead of the one in this machine's apt sources
	BPFLOCK_OFFLINE=1    use what is in the cache, ask no mirror
	EOT
}
