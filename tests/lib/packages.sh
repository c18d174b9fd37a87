# shellcheck shell=bash
# shellcheck disable=SC2034,SC2154 # shared with tests/run
# What building and testing need from Debian.

readonly build_packages=(clang llvm bpftool libbpf-dev libelf-dev zlib1g-dev meson ninja-build
	pkg-config gcc libc6-dev scdoc)
readonly unit_packages=(libcmocka-dev jq python3 binutils valgrind libc6-dbg clang-tidy cppcheck)
readonly vm_packages=(qemu-system-x86 busybox-static cpio xz-utils zstd kmod util-linux jq strace
	debian-archive-keyring)
# For the packages that loader/package makes, and for who reads them.
readonly deb_packages=(dpkg-dev debhelper fakeroot)
readonly distribute_packages=(lintian rpm)
# For guests with systemd. The last two are for a user who is not root.
readonly root_packages=(mmdebstrap erofs-utils fakeroot uidmap)

installed() {
	[[ $(dpkg-query -W -f '${db:Status-Status}' "$1" 2>/dev/null) == installed ]]
}

# Install those of the named packages that are missing. apt-get update only if it cannot be done
# without, since most runs need nothing.
need_packages() {
	local package missing=() as_root=() install
	for package in "$@"; do
		installed "$package" || missing+=("$package")
	done
	((${#missing[@]})) || return 0
	((EUID == 0)) || as_root=(sudo --)
	install=("${as_root[@]}" env DEBIAN_FRONTEND=noninteractive
		apt-get -qq -y --no-install-recommends install)
	say "installing ${missing[*]}"
	"${install[@]}" "${missing[@]}" </dev/null >"$scratch/apt.log" 2>&1 && return
	"${as_root[@]}" apt-get -qq update </dev/null >"$scratch/apt.log" 2>&1 &&
		"${install[@]}" "${missing[@]}" </dev/null >>"$scratch/apt.log" 2>&1 && return
	tail -n 20 "$scratch/apt.log" >&2
	die "cannot install ${missing[*]}"
}
