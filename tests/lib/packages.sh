# shellcheck shell=bash
# shellcheck disable=SC2034,SC2154 # shared with tests/run
# What building and testing need from Debian.

readonly build_packages=(clang llvm bpftool libbpf-dev libelf-dev zlib1g-dev meson ninja-build
	pkg-config gcc libc6-dev scdoc)
# Programs of Prometheus are downloaded apart, see tests/output/prometheus-program.
readonly unit_packages=(libcmocka-dev jq python3 python3-yaml python3-jsonschema python3-prometheus-client
	python3-kubernetes
	binutils ccache valgrind libc6-dbg clang-tidy cppcheck bash-completion zsh fish mandoc tmux graphviz)
# Unpacked for one test each, see unpack_package.
declare -rA shipper_packages=([rsyslog]=rsyslog [syslog-ng]=syslog-ng-core)
# What cases print as JSON is validated here.
readonly vm_packages=(qemu-system-x86 busybox-static cpio xz-utils zstd binutils kmod util-linux jq strace
	debian-archive-keyring python3 python3-jsonschema)
# For guests of another architecture.
readonly cross_packages=(qemu-system-arm lld binutils mmdebstrap)
# For the packages that loader/package makes, and for who reads them.
readonly deb_packages=(dpkg-dev debhelper fakeroot)
readonly distribute_packages=(lintian rpm)
# For guests with systemd. The last two are for a user who is not root.
readonly root_packages=(mmdebstrap erofs-utils fakeroot uidmap)
# For the programs of a cluster.
readonly cluster_packages=(dpkg-dev make rsync)
# For guests whose cases name /vm/firewall/.
readonly firewall_packages=(nftables iptables)
# For the container image, and for reading the manifests of pods.
readonly image_packages=(python3 python3-yaml)

installed() {
	[[ $(dpkg-query -W -f '${db:Status-Status}' "$1" 2>/dev/null) == installed ]]
}

as_root=()
((EUID == 0)) || as_root=(sudo --)

update_lists() { "${as_root[@]}" apt-get -qq update; }

# Install those of the named packages that are missing. apt-get update only if it cannot be done
# without, since most runs need nothing.
need_packages() {
	local package missing=() install
	for package in "$@"; do
		installed "$package" || missing+=("$package")
	done
	((${#missing[@]})) || return 0
	install=("${as_root[@]}" env DEBIAN_FRONTEND=noninteractive
		apt-get -qq -y --no-install-recommends install)
	say "installing ${missing[*]}"
	"${install[@]}" "${missing[@]}" </dev/null >"$scratch/apt.log" 2>&1 && return
	update_lists </dev/null >"$scratch/apt.log" 2>&1 &&
		"${install[@]}" "${missing[@]}" </dev/null >>"$scratch/apt.log" 2>&1 && return
	tail -n 20 "$scratch/apt.log" >&2
	die "cannot install ${missing[*]}"
}

# packages_for PACKAGE: it and what it depends on, as far as they are not installed.
packages_for() {
	apt-get -qq -s --no-install-recommends install "$1" | sed -n 's/^Inst \([^ ]*\) .*/\1/p'
}

# download_packages PACKAGE DIRECTORY
download_packages() {
	local packages
	packages=$(packages_for "$1") || return
	# shellcheck disable=SC2086 # words
	[[ -z $packages ]] || (cd "$2" && apt-get -qq download $packages)
}

# unpack_package DIRECTORY PACKAGE: what would start a service if it were installed, with its libraries. Whoever wants
# it does without, where it cannot be had.
unpack_package() {
	local work file
	[[ ! -e $1.done ]] || return 0
	mkdir -p "$1"
	work=$(mktemp -d "$scratch/$2-XXXXXX")
	{
		download_packages "$2" "$work" || { update_lists && download_packages "$2" "$work"; }
	} </dev/null >"$work/apt.log" 2>&1 || { say "cannot fetch $2"; return 0; }
	for file in "$work"/*.deb; do
		[[ ! -e $file ]] || dpkg-deb -x "$file" "$1"
	done
	touch "$1.done"
}
