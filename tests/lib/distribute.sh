# shellcheck shell=bash
# shellcheck disable=SC2154 # shared with tests/run
# The packages that loader/package makes: built, read by who knows what packages are to be like, and as other
# versions for guests that install them. The unit tests that their builds would run are run elsewhere.

readonly debian_package=$build/packages/deb rpm_package=$build/packages/rpm

as_packaged() {
	DEB_BUILD_OPTIONS="nocheck noautodbgsym parallel=$cores" DEB_BUILD_PROFILES=nocheck "$@"
}

# package deb|rpm; unless there is one of what the source is now. The tests are no part of what is packaged. Guests want
# the same ones meanwhile.
package() (
	kind=$1 out=$build/packages/$1
	exec 8>"$scratch/$kind.lock"
	flock 8
	[[ ! -e $out/built || -n $(find "$top" -mindepth 1 \( -path "$top/.git" -o -path "$top/build*" -o -path "$top/tests" \) \
		-prune -o -newer "$out/built" -print -quit) ]] || exit 0
	say "building a package ($kind)"
	rm -rf "$out"
	mkdir -p "$out"
	touch "$scratch/$kind.begun"
	as_packaged "$top/loader/package" "$kind" "$out" &&
		mv "$scratch/$kind.begun" "$out/built"
)

deb_of() { printf '%s\n' "$debian_package"/bpflock_*_amd64.deb; }

# expect_files WHAT: each line of standard input is in the list $1, and no loose BPF object.
expect_files() {
	local list=$1 file failed=0
	while read -r file; do
		grep -qxF -e "$file" "$list" || { echo "not in the package: $file"; failed=1; }
	done
	! grep -E '\.bpf\.o$' "$list" || failed=1
	return "$failed"
}

programs_and_units() {
	printf '%s\n' /usr/sbin/bpflock{,-ctl,-log} /etc/bpflock/bpflock.conf \
		/usr/lib/bpflock/{packaging,initrd} /usr/lib/bpflock/presets/{audit,server,desktop,container-host}.conf \
		/usr/lib/bpflock/exceptions/{fwupd,hibernate,kdump,rasdaemon}.conf \
		/usr/share/bpflock/schema/{common,status,bpflock,bpflock-log}.json \
		/usr/lib/sysusers.d/bpflock.conf /usr/lib/dracut/modules.d/90bpflock/module-setup.sh
	printf "$1/%s\n" bpflock.service bpflock-log.{service,path} modprobe@.service.d/bpflock.conf
	printf '%s\n' "${1%/*}/system-preset/85-bpflock.preset"
}

# man_pages: where each is installed, not compressed
man_pages() {
	local page
	for page in "$top"/man/*.scd; do
		page=$(basename "$page" .scd)
		printf '/usr/share/man/man%s/%s\n' "${page##*.}" "$page"
	done
}

distribute_deb() {
	local list=$scratch/deb.list units
	package deb || return
	dpkg-deb -c "$(deb_of)" | sed 's,^[^ ]* .* \./,/,' >"$list"
	cat "$list"
	units=$(sed -n 's,/bpflock.service$,,p' "$list")
	[[ $units =~ ^(/usr)?/lib/systemd/system$ ]] || return
	{
		programs_and_units "$units"
		man_pages | sed 's/$/.gz/'
		printf '%s\n' /usr/share/initramfs-tools/{hooks,scripts/init-bottom}/bpflock \
			/usr/share/doc/bpflock/{README.Debian,copyright}
	} | expect_files "$list" || return
	# what an administrator has changed is kept, and nothing else is
	[[ $(dpkg-deb -I "$(deb_of)" conffiles) == /etc/bpflock/bpflock.conf ]]
}

# another_source DIRECTORY: without history, and with the modes that another umask leaves.
another_source() (
	umask 027
	mkdir -p "$1"
	cd "$top" && find . \( -path ./.git -o -path './build*' \) -prune -o \( -type f -o -type l \) -print0 |
		tar -c --null --no-recursion -T - | tar -x --no-same-permissions --touch -C "$1"
)

# Of another copy in another directory, by somebody with another umask, language and time zone, the same bytes. What says
# who built it, and when, is compared by nobody.
distribute_reproducible() {
	local again=$scratch/again file
	package deb && another_source "$again/source" || return
	(
		umask 077
		export TZ=Pacific/Kiritimati LC_ALL=C.UTF-8 TMPDIR=$again
		as_packaged "$again/source/loader/package" deb "$again/debs"
	) || return
	for file in "$debian_package"/*.{deb,dsc,tar.*}; do
		cmp "$file" "$again/debs/${file##*/}" || return
	done
}

distribute_lintian() {
	local as_root=()
	((EUID)) || as_root=(--allow-root)
	package deb &&
		lintian --fail-on error,warning "${as_root[@]}" "$debian_package"/bpflock_*.changes
}

distribute_rpm() {
	local list=$scratch/rpm.list file
	package rpm || return
	file=$(printf '%s\n' "$rpm_package"/bpflock-[0-9]*.x86_64.rpm)
	# man pages are compressed or not, as rpmbuild is set up
	rpm -qpl "$file" | sed 's/\.gz$//' | tee "$list"
	{
		programs_and_units /usr/lib/systemd/system
		man_pages
	} | expect_files "$list" || return
	[[ $(rpm -qpc "$file") == /etc/bpflock/bpflock.conf ]] || return
	rpm -qp --scripts "$file" | tee "$scratch/rpm.scripts"
	for file in before-upgrade after-upgrade before-removal; do
		grep -q -- "/usr/lib/bpflock/packaging $file" "$scratch/rpm.scripts" || return
	done
}

run_packages() {
	mkdir -p "$build/package-logs"
	check package rpm distribute_rpm &
	check package deb distribute_deb
	check package lintian distribute_lintian
	check package deb-reproducible distribute_reproducible
	wait
}

# other_deb VERSION [PROGRAMS]: the package under another version, with the programs of that directory. Hardly
# compressed, for emulated machines.
other_deb() {
	local version=$1 programs=${2:-} tree=$scratch/deb-$1
	dpkg-deb -R "$(deb_of)" "$tree"
	sed -i "s/^Version: .*/Version: $version/" "$tree/DEBIAN/control"
	[[ -z $programs ]] || install -m 755 -t "$tree/usr/sbin" "$programs"/bpflock{,-ctl,-log}
	dpkg-deb --root-owner-group -Zgzip -z1 -b "$tree" "$build/vm-root/vm/packages/$version.deb"
	rm -r "$tree"
}

# For cases that install them: versions that alternate between two builds, of which the even ones are the
# "other-build" of build_others.
build_debs_for_guests() {
	mkdir -p "$build/vm-root/vm/packages"
	{
		package deb && other_deb 1 && other_deb 2 "$build/vm-root/vm/other-build" &&
			other_deb 3 && other_deb 4 "$build/vm-root/vm/other-build"
	} >"$scratch/debs.log" 2>&1 && return
	tail -n 60 "$scratch/debs.log" >&2
	return 1
}
