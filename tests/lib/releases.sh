# shellcheck shell=bash
# shellcheck disable=SC2154 # shared with tests/run
# Earlier states of this repository, built from its history for cases of upgrades. Each has another design:
# 2026-11-24 has its lock as a plain LSM link (pin format 4), 2026-11-29 on the root of cgroup v2 (format 6), the last one
# has format 8.

readonly -A releases=(
	[2026-11-24]=8076ae0a6426ef084191999ca0766634392bf46e
	[2026-11-29]=d9ec1ca466a49aa3afcc3fed29f4c37e8af0950a
	[2026-11-30]=279ee20c71daf3a8856714cdb93af20718430262
)

# release_of FILE...: what heads of cases say in "release:"
release_of() { sed -n 's/^# release: *//p' "$@"; }

releases_of_cases() {
	local scripts
	mapfile -t scripts < <(cut -f 6 "$scratch/cases")
	release_of "${scripts[@]}" | sort -u
}

# A source package and a shallow clone do not have them.
has_release() { git -C "$top" cat-file -e "${releases[$1]}^{commit}" 2>/dev/null; }

# Of $scratch/cases, those whose release is not in the history are reported and left out.
leave_out_releases() {
	local line suite script name missing=false
	for name in $(releases_of_cases); do
		has_release "$name" || missing=true
	done
	$missing || return 0
	while IFS= read -r line; do
		IFS=$'\x1f' read -r suite _ _ _ _ script _ <<<"${line//$'\t'/$'\x1f'}"
		name=$(release_of "$script")
		if [[ -n $name ]] && ! has_release "$name"; then
			report skip "$suite" "$(basename "$script" .sh)" 0 "its commit is not in this history: git fetch --unshallow"
		else
			printf '%s\n' "$line" >&3
		fi
	done <"$scratch/cases" 3>"$scratch/cases.left"
	mv "$scratch/cases.left" "$scratch/cases"
}

# A commit never changes, so it is exported once.
build_release() {
	local name=$1 source=$build/releases/${releases[$1]} log=$scratch/release-$1.log options
	options=(--buildtype=debugoptimized --prefix=/usr --sysconfdir=/etc -Dman=disabled -Dtests=disabled)
	say "building the release of $name"
	{
		if [[ ! -f $source/build/build.ninja ]]; then
			rm -rf "$source" && mkdir -p "$source" &&
				git -C "$top" archive "${releases[$name]}" | tar -x -C "$source" &&
				meson setup "$source/build" "$source" "${options[@]}"
		fi && ninja -C "$source/build" loader/bpflock policy/bpflock-ctl reader/bpflock-log &&
			install -D -s -t "$build/vm-root/vm/releases/$name" \
				"$source/build"/{loader/bpflock,policy/bpflock-ctl,reader/bpflock-log}
	} >"$log" 2>&1 && return
	tail -n 60 "$log" >&2
	return 1
}

# Of cases that install packages, too.
releases_to_install() {
	local scripts
	mapfile -t scripts < <(cut -f 6 "$scratch/cases" | xargs -d '\n' grep -ls /vm/packages/)
	((${#scripts[@]} == 0)) || release_of "${scripts[@]}" | sort -u
}

# build_release_deb NAME: the package that this release made, of the source that build_release has exported
build_release_deb() {
	local source=$build/releases/${releases[$1]} log=$scratch/release-deb-$1.log out
	out=$source/build-deb
	say "building the package of the release of $1"
	{
		if ! compgen -G "$out/*.deb"; then
			rm -rf "$out" && as_packaged "$source/loader/package" deb "$out"
		fi && install -D -m 644 "$out"/bpflock_*_amd64.deb "$build/vm-root/vm/packages/$1.deb"
	} >"$log" 2>&1 && return
	tail -n 60 "$log" >&2
	return 1
}

build_releases() {
	local name
	for name in $(releases_of_cases); do
		build_release "$name" || return
	done
	for name in $(releases_to_install); do
		build_release_deb "$name" || return
	done
}
