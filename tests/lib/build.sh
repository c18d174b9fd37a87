# shellcheck shell=bash
# shellcheck disable=SC2154 # shared with tests/run
# Building, in a directory of each purpose.

# Only the options this tree declares, so that renaming one does not break every test.
declared_options() {
	local option
	for option in "$@"; do
		grep -qs "option('${option%%=*}'" "$top"/meson_options.txt "$top"/meson.options &&
			printf -- '-D%s\n' "$option"
	done
	return 0
}

# build DIRECTORY MESON_OPTION...; what the tools say is shown only if they fail.
build() {
	local directory=$1 log=$scratch/${1##*/}.log
	shift
	say "building in ${directory#"$top"/}"
	if [[ ! -f $directory/build.ninja ]]; then
		meson setup "$directory" "$top" --werror --prefix=/usr --sysconfdir=/etc "$@" >"$log" 2>&1
	fi && ninja -C "$directory" >>"$log" 2>&1 && return
	tail -n 60 "$log" >&2
	return 1
}

# The programs of two other versions, for cases of upgrades: one with another pin format, one with ours.
build_others() {
	local options name version
	mapfile -t options < <(declared_options man=disabled tests=disabled)
	for name in other-abi other-build; do
		version=[\'-DBPFLOCK_VERSION=\"$name\"\']
		[[ $name != other-abi ]] || version=${version/[/[\'-DBPFLOCK_ABI=99\',}
		build "$build/$name" -Dc_args="$version" "${options[@]}" || return
		install -D -t "$build/vm-root/vm/$name" \
			"$build/$name"/{loader/bpflock,policy/bpflock-ctl,reader/bpflock-log}
	done
}

install_for_guests() {
	rm -rf "$1/vm-root"
	meson install -C "$1" --no-rebuild --quiet --destdir "$1/vm-root" >"$scratch/install.log" 2>&1 && return
	tail -n 20 "$scratch/install.log" >&2
	return 1
}

# The container image and how pods are run, for cases that name /vm/image/.
build_image() {
	local log=$scratch/image.log image=$build/vm-root/vm/image pods=$top/loader/kubernetes
	rm -rf "$image"
	say "building the container image"
	mkdir -p "$image/pods" &&
		"$top/loader/container/build" "$image/bpflock.tar" >"$log" 2>&1 &&
		"$top/tests/vm/podman-of" "$pods/daemonset.yaml" "$image/pods" >"$log" 2>&1 &&
		"$top/tests/vm/podman-of" "$pods/uninstall/daemonset.yaml" "$image/pods" >"$log" 2>&1 &&
		cp -r "$pods" "$image/" && return
	tail -n 60 "$log" >&2
	return 1
}

build_for_guests() {
	local options
	mapfile -t options < <(declared_options man=enabled tests=disabled)
	build "$build" "${options[@]}" && install_for_guests "$build"
}

# build_across ROOT: for arm64, with what cross-root has made. Meson does not look at a cross file again.
build_across() {
	local root=$1 options file=$build-arm64/cross.ini
	cat >"$scratch/cross.ini" <<-EOF
	[constants]
	root = '$root'
	[binaries]
	c = ['$top/tests/vm/cross-cc', root]
	c_ld = 'lld'
	ar = 'llvm-ar'
	strip = 'llvm-strip'
	pkgconfig = 'pkg-config'
	[properties]
	sys_root = root
	pkg_config_libdir = root + '/usr/lib/aarch64-linux-gnu/pkgconfig'
	[host_machine]
	system = 'linux'
	cpu_family = 'aarch64'
	cpu = 'aarch64'
	endian = 'little'
	EOF
	if ! cmp -s "$scratch/cross.ini" "$file"; then
		rm -rf "$build-arm64"
		install -D -m 644 "$scratch/cross.ini" "$file"
	fi
	mapfile -t options < <(declared_options man=disabled tests=disabled)
	build "$build-arm64" --cross-file "$file" "${options[@]}" && install_for_guests "$build-arm64"
}

# build_index ROOT: the container image of both architectures, for cases that name /vm/images/. One that names again.tar
# there finds what another build has made.
build_index() {
	local log=$scratch/index.log options=(--cross-file "$build-arm64/cross.ini" --sysroot "$1") directory
	say "building the container image of both architectures"
	mkdir -p "$scratch/index"
	if ! {
		"$top/loader/container/build" "${options[@]}" "$scratch/index/both.tar" &&
			{ ! any_names /vm/images/again.tar || build_index_again "${options[@]}"; }
	} >"$log" 2>&1; then
		tail -n 60 "$log" >&2
		return 1
	fi
	for directory in "$build" "$build-arm64"; do
		install -D -t "$directory/vm-root/vm/images" "$scratch/index"/*.tar || return
	done
}

# build_index_again OPTION...: of a copy of the tree in another place, and under another umask
build_index_again() {
	local copy=$scratch/another/deeper/copy epoch
	epoch=${SOURCE_DATE_EPOCH:-$(git -C "$top" log -1 --format=%ct 2>/dev/null || echo 0)}
	mkdir -p "$copy" "$scratch/another/tmp" &&
		(cd "$top" && cp -r meson.build meson_options.txt LICENSE bpf loader man policy reader tests "$copy/") &&
		(umask 077 && cd / && SOURCE_DATE_EPOCH=$epoch TMPDIR=$scratch/another/tmp \
			"$copy/loader/container/build" "$@" "$scratch/index/again.tar")
}

build_for_units() {
	local options
	mapfile -t options < <(declared_options man=disabled tests=enabled)
	build "$build-sanitize" --buildtype=debug -Db_sanitize=address,undefined "${options[@]}" &
	build "$build-plain" "${options[@]}" && wait $!
}
