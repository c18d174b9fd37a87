# shellcheck shell=bash
# shellcheck disable=SC2154 # shared with tests/run
# Which case runs on which kernel, and which cases share a guest.

readonly default_kernels="bookworm trixie sid"
# Guests with systemd take longer to boot.
readonly default_kernels_with_systemd="bookworm trixie"
# A guest boots in seconds, so smaller groups cost little, keep every core busy to the end, and
# confine what a dying guest takes along.
readonly cases_per_guest=12

# The cases as they are run, in $cases: a script that says "each: WORDS" is one for each word, which is $each in it and %
# in what its head says.
expand_cases() {
	local script word words
	cases=$scratch/vm-cases
	cp -r "$top/tests/vm/cases" "$cases"
	while read -r script; do
		read -ra words < <(sed -n 's/^# each: *//p' "$script")
		for word in "${words[@]}"; do
			sed -e "/^# [a-z]*: /s/%/$word/g" -e "1i each=$word" "$script" >"${script%.sh}-$word.sh"
		done
		rm "$script"
	done < <(grep -l '^# each: ' "$cases"/*.sh)
}

# What the heads of all cases say, a case a line: "SCRIPT KERNELS ROOT BOOT QEMU TIMEOUT RUN PLACES ALONE", with \x1f between.
# A process for each word of each case would take half a minute.
heads() {
	awk -v OFS='\037' '
		function flush() { if (script) print script, said["kernels"], said["root"], said["boot"], said["qemu"], said["timeout"], said["run"],
			said["places"], alone }
		FNR == 1 { flush(); split("", said); alone = ""; script = FILENAME }
		/^before_boot\(\) \{$/ || /^# (ends|reboots): / { alone = "alone" }
		match($0, /^# (kernels|root|boot|qemu|timeout|run|places): */) {
			key = substr($2, 1, length($2) - 1)
			if (!(key in said)) said[key] = substr($0, RLENGTH + 1)
		}
		END { flush() }' "$@"
}

matches_one() {
	local word=$1 pattern
	shift
	for pattern in "$@"; do
		# shellcheck disable=SC2053 # a glob
		[[ $word == $pattern ]] && return
	done
	return 1
}

# One of these kernels, always the same for the same name, and over all names each of them as often.
one_of() {
	local name=$1 sum
	shift
	sum=$(cksum <<<"$name")
	echo "${@:1 + ${sum%% *} % $#:1}"
}

# Kernels that were asked for by name: all there are of the releases that a case runs on.
flavours_of() {
	local suite
	for suite in "${kernels[@]}"; do
		! matches_one "${suite%%-*}" "$@" || [[ ${suite##*-} != amd64 ]] || echo "$suite"
	done
}

# Where a case runs by what its head says: the name of a case, what it says, its root.
suites_of() {
	local name=$1 said=$2 root=$3
	local -a suites
	read -ra suites <<<"${root:+$default_kernels_with_systemd}"
	((${#suites[@]})) || read -ra suites <<<"$default_kernels"
	if [[ $said == any ]] && ! $every_kernel && ((${#kernels[@]} == 0)); then
		one_of "$name" "${suites[@]}"
	elif [[ -z $said || $said == any ]]; then
		echo "${suites[*]} $(flavours_of "${suites[@]}")"
	else
		# shellcheck disable=SC2086 # words
		echo "$said $(flavours_of $said)"
	fi
}

# is_asked_for NAME RUN PLACES: what takes too long for every run is run by --places, or has to be named in full.
is_asked_for() {
	if $only_places; then
		[[ $2 == places || -n $3 ]] && { ((${#case_patterns[@]} == 0)) || matches_one "$1" "${case_patterns[@]}"; }
	elif [[ $2 == places ]]; then
		[[ " ${case_patterns[*]} " == *" $1 "* ]]
	else
		((${#case_patterns[@]} == 0)) || matches_one "$1" "${case_patterns[@]}"
	fi
}

# "SUITE<tab>ROOT<tab>ALONE<tab>BOOT<tab>QEMU<tab>SCRIPT<tab>TIMEOUT" for everything that was asked for. ROOT is
# nothing, or one that debian-root makes. ALONE is the name of a case that changes the guest before it boots, or
# for good.
chosen_cases() {
	local script name said suite root alone boot qemu timeout run places
	while IFS=$'\x1f' read -r script said root boot qemu timeout run places alone; do
		name=${script##*/} name=${name%.sh}
		is_asked_for "$name" "$run" "$places" || continue
		! $only_places || said=${places:-$said}
		[[ $boot != default ]] || boot=""
		[[ -z $alone ]] || alone=$name
		for suite in $(suites_of "$name" "$said" "$root"); do
			((${#kernels[@]} == 0)) || matches_one "$suite" "${kernels[@]}" || continue
			printf '%s\t%s\t%s\t%s\t%s\t%s\t%s\n' "$suite" "$root" "$alone" "$boot" "$qemu" "$script" \
				"${timeout:-120}"
		done
	done < <(heads "$cases"/*.sh)
}

# Of $scratch/cases, what chosen_cases has said:
any_needs_arm64() { [[ -n $(cut -f 1 "$scratch/cases" | sed -n '/-arm64$/p') ]] || any_names /vm/images/; }

any_needs_cluster() { [[ -n $(cut -f 2 "$scratch/cases" | sed -n '/^kubernetes$/p') ]]; }

any_needs_root_image() { [[ -n $(cut -f 2 "$scratch/cases" | tr -d '\n') ]]; }

# any_names PATH: of the guest, for which something has to be built
any_names() { cut -f 6 "$scratch/cases" | xargs -d '\n' grep -qs -e "$1"; }

# Cases that share kernel, root, boot line and devices, one group a line, the longest first, lest one runs on alone
# in the end: "WEIGHT<tab>SUITE<tab>ROOT<tab>ALONE<tab>BOOT<tab>QEMU<tab>SCRIPT SCRIPT...". What a case takes is not known,
# but its time limit is; those with systemd come nearer to theirs.
grouped() {
	awk -F '\t' -v most="$cases_per_guest" '
		function flush(key) {
			if (count[key]) print weight[key] "\t" key "\t" scripts[key]
			count[key] = weight[key] = 0; scripts[key] = ""
		}
		{
			key = $1 "\t" $2 "\t" $3 "\t" $4 "\t" $5
			if (count[key] == most) flush(key)
			scripts[key] = scripts[key] (count[key]++ ? " " : "") $6
			weight[key] += $2 ? 3 * $7 : $7
		}
		END { for (key in count) flush(key) }' | sort -rn
}

# What comes from other machines, or is made of that by one process: begun while this machine builds. Who wants it
# later finds it in the cache, or waits for its lock.
fetch_ahead() {
	local suite root
	while read -r suite; do
		quietly "$top/tests/vm/kernels" fetch "$suite" &
	done < <(cut -f 1 "$scratch/cases" | sort -u)
	while read -r root; do
		quietly "$top/tests/vm/debian-root" fetch "$(root_suite "$root")" "$root" &
	done < <(cut -f 2 "$scratch/cases" | sort -u | grep .)
	[[ $(root_suite systemd) != bookworm ]] || quietly "$top/tests/vm/jq" fetch amd64 &
	! any_needs_arm64 || quietly "$top/tests/vm/cross-root" fetch "$(root_suite systemd)" arm64 &
	wait
}

quietly() { setpriv --pdeathsig TERM "$@" >/dev/null || true; }

# What boot says of one case, as a report: report_case SUITE NAME STATUS SECONDS [NOTE]
report_case() {
	local suite=$1 name=$2 status=$3 seconds=$4 note=${5:-}
	local log=$build/vm-logs/$suite-$name.log reason row rows
	took "$suite" "$name" "$seconds"
	# of one that says so, each row that it came past is counted, and the last one is what failed
	mapfile -t rows < <(sed -n 's/^row: //p' "$log" 2>/dev/null)
	for row in "${rows[@]:0:${#rows[@]} - 1}"; do
		report pass "$suite" "$name/$row" "$seconds" "$note"
	done
	((${#rows[@]} == 0)) || name+=/${rows[-1]}
	case $status in
	0)
		# what a case covered, if that differs from run to run
		reason=$(sed -n 's/^points: //p' "$log" | tail -n 1)
		[[ -z $note ]] || reason="$note${reason:+, $reason}"
		report pass "$suite" "$name" "$seconds" "$reason"
		return ;;
	124) reason="took too long" ;;
	125) reason="left something behind" ;;
	[0-9]*) reason="status $status" ;;
	died) reason="the guest died" ;;
	hung) reason="the guest hung" ;;
	unclean) reason="the guest did not shut down cleanly" ;;
	*) reason=$status ;;
	esac
	report fail "$suite" "$name" "$seconds" "$reason" "$log"
}

# run_group WHAT-ENDED SUITE ROOT BOOT QEMU SCRIPT...: calls WHAT-ENDED SUITE NAME STATUS SECONDS for each case.
run_group() {
	local ended=$1 suite=$2 root=$3 boot=$4 qemu=$5 script name status seconds cpu image=()
	local -A reported=()
	shift 5
	[[ -z $root ]] || image=(--root "$(readlink -f "$scratch/$root")" --initrds "$build/initrds")
	while read -r name status seconds cpu; do
		printf '%s\t%s\t%s\n' "${cpu:-0}" "$suite${root:+ with $root}" "$name" >>"$scratch/cpu"
		"$ended" "$suite" "$name" "$status" "$seconds"
		reported[$name]=1
	done < <(exec setpriv --pdeathsig TERM "$top/tests/vm/boot" --kernel "$scratch/$suite.kernel" \
		--initramfs "$scratch/$suite$root.cpio" --logs "$build/vm-logs" --prefix "$suite" \
		--architecture "$(architecture_of "$suite")" --append "$boot${BPFLOCK_FAULTS:+ BPFLOCK_FAULTS=$BPFLOCK_FAULTS}${BPFLOCK_SOAK:+ BPFLOCK_SOAK=$BPFLOCK_SOAK}" --qemu "$qemu" "${image[@]}" "$@")
	for script in "$@"; do
		name=$(basename "$script" .sh)
		[[ -n ${reported[$name]:-} ]] || "$ended" "$suite" "$name" never-ran 0
	done
}

# A complete run keeps all cores busy for the better part of an hour. What fails in it is tried once more, alone in a
# guest, if it is no more than so many cases; the report and the end of the run tell them. Of cases that were chosen,
# the first try counts.
readonly most_second_tries=3

report_or_keep() {
	if [[ $3 == 0 ]] || ((${#case_patterns[@]} + ${#kernels[@]})); then
		report_case "$@"
	else
		report again "$1" "$2" "$4" "status $3" "$build/vm-logs/$1-$2.log"
		printf '%s %s %s %s\n' "$@" >>"$scratch/second-tries"
	fi
}

report_second_try() { report_case "$@" "at the second try"; }

# try_again SUITE NAME: as it is in the list of chosen cases
try_again() {
	local suite root boot qemu script
	IFS=$'\x1f' read -r suite root _ boot qemu script _ < <(awk -F '\t' -v OFS='\037' -v suite="$1" -v script="$cases/$2.sh" \
		'$1 == suite && $6 == script { $1 = $1; print }' "$scratch/cases")
	cp "$build/vm-logs/$1-$2.log" "$build/vm-logs/$1-$2.first-try" || true
	run_group report_second_try "$suite" "$root" "$boot" "$qemu" "$script"
}

second_tries() {
	local suite name status seconds
	[[ -e $scratch/second-tries ]] || return 0
	while read -r suite name status seconds; do
		if (($(wc -l <"$scratch/second-tries") > most_second_tries)); then
			report_case "$suite" "$name" "$status" "$seconds"
		else
			try_again "$suite" "$name" </dev/null
		fi
	done <"$scratch/second-tries"
}

architecture_of() {
	case $1 in
	*-arm64) echo arm64 ;;
	*) echo amd64 ;;
	esac
}

# root_suite ROOT: the Debian of guests with systemd must have at least the C library that bpflock was built with. Docker's
# cases, and those of AppArmor, SELinux, machines and other inits, are about the programs and the policies of one release.
root_suite() {
	local own
	[[ " docker apparmor selinux machines sysvinit " != *" $1 "* ]] || { echo trixie; return; }
	# shellcheck source=/dev/null
	own=$(. /etc/os-release && echo "${VERSION_CODENAME:-}")
	[[ $own == bookworm ]] || own=trixie
	echo "$own"
}

# Failing leaves no $scratch/ROOT.
prepare_root_images() {
	local image root
	while read -r root; do
		image=$("$top/tests/vm/debian-root" fetch "$(root_suite "$root")" "$root") || continue
		if [[ $root == systemd ]] && any_names /vm/initrds/; then
			"$top/tests/vm/initrds" "$image" "$build/vm-root" "$build/initrds" || continue
		fi
		ln -sfn "$image" "$scratch/$root"
	done < <(cut -f 2 "$scratch/cases" | sort -u | grep .)
}

# jq_for ARCHITECTURE ROOT: where jq is that starts faster than the one that its guests would have, if theirs is slow. It
# can be done without.
jq_for() {
	[[ $(root_suite "${2:-systemd}") == bookworm ]] || return 0
	"$top/tests/vm/jq" fetch "$1" || say "guests have a slower jq"
}

# A kernel and what its guests start from, those of each ROOT. Failing leaves no $scratch/SUITEROOT.cpio.
prepare_suite() {
	local suite=$1 directory root jq built=$build cross=()
	directory=$("$top/tests/vm/kernels" fetch "$suite") || return 0
	ln -sfn "$directory" "$scratch/$suite.kernel"
	say "$suite is $(<"$directory/version")"
	if [[ $(architecture_of "$suite") != amd64 ]]; then
		[[ -e $scratch/cross ]] || return 0
		built=$build-arm64 cross=(--cross "$(readlink -f "$scratch/cross")")
	fi
	while read -r root; do
		jq=$(jq_for "$(architecture_of "$suite")" "$root")
		BPFLOCK_GUEST_JQ=$jq BPFLOCK_GUEST_FIREWALL=$firewall BPFLOCK_GUEST_SHIPPERS=$shippers "$top/tests/vm/initramfs" ${root:+--systemd "$root"} "${cross[@]}" "$directory" "$built/vm-root" \
			"$scratch/$suite$root.cpio" || return 0
	done < <(awk -F '\t' -v suite="$suite" '$1 == suite { print $2 }' "$scratch/cases" | sort -u)
}

# Failing leaves no $scratch/cross.
prepare_arm64() {
	local root
	root=$("$top/tests/vm/cross-root" fetch "$(root_suite systemd)" arm64) || return 0
	build_across "$root" && { ! any_names /vm/images/ || build_index "$root"; } && ln -sfn "$root" "$scratch/cross"
}

prepared() {
	local suite=$1 root=$2
	[[ -e $scratch/$suite$root.cpio && (-z $root || -e $scratch/$root) ]]
}

# Without its kernel or its Debian nothing was tested: in CI that is a failure.
report_unprepared() {
	local suite=$1 root=$2 script outcome=skip reason="no kernel"
	shift 2
	[[ ${CI:-} != true ]] || outcome=fail
	if [[ -e $scratch/$suite.kernel && ! -e $scratch/$suite$root.cpio ]]; then
		outcome=fail reason="no guest image"
	elif [[ -e $scratch/$suite.kernel ]]; then
		reason="no root image"
	fi
	for script in "$@"; do
		report "$outcome" "$suite" "$(basename "$script" .sh)" 0 "$reason"
	done
}

# What only some cases want. Configuring takes one core: so all at once. What does not build is reported, and other cases
# go on.
build_for_some() {
	local name
	local -A building=()
	if any_names '/vm/\(other-\|packages/\)'; then
		{ build_others && { ! any_names /vm/packages/ || build_debs_for_guests; }; } &
		building[build-others]=$!
	fi
	build_releases &
	building[build-releases]=$!
	if any_needs_arm64; then
		prepare_arm64 &
		building[build-arm64]=$!
	fi
	if any_names /vm/image/; then
		build_image &
		building[build-image]=$!
	fi
	for name in "${!building[@]}"; do
		wait "${building[$name]}" || report fail vm "$name" 0 "does not build"
	done
}

# The chosen cases that no line of the report is about: "SUITE NAME" each.
unreported() {
	awk -F '\t' '
		NR == FNR { split($0, word, " "); sub(/[\/:].*/, "", word[3]); if (word[1] != "again") seen[word[2] " " word[3]]; next }
		{ sub(/.*\//, "", $6); sub(/\.sh$/, "", $6); if (!(($1 " " $6) in seen)) print $1, $6 }' "$scratch/results" "$1"
}

run_guests() {
	local suite root boot qemu scripts list=$scratch/cases firewall='' shippers=''
	build_for_guests || { report fail vm build 0 "does not build"; return 0; }
	rm -rf "$build/vm-logs"
	mkdir -p "$build/vm-logs"
	prepare_root_images &
	leave_out_releases
	build_for_some
	if any_names /vm/firewall/; then
		need_packages "${firewall_packages[@]}"
		firewall=1
	fi
	if any_names /vm/shippers/; then
		shippers=$build/guest-shippers
		unpack_package "$shippers/rsyslog" rsyslog
	fi
	while read -r suite; do
		prepare_suite "$suite" &
	done < <(cut -f 1 "$list" | sort -u)
	wait
	while IFS= read -r scripts; do
		IFS=$'\x1f' read -r _ suite root _ boot qemu scripts <<<"${scripts//$'\t'/$'\x1f'}"
		read -ra scripts_of_group <<<"$scripts"
		if ! prepared "$suite" "$root"; then
			report_unprepared "$suite" "$root" "${scripts_of_group[@]}"
			continue
		fi
		wait_for_turn "$jobs"
		run_group report_or_keep "$suite" "$root" "$boot" "$qemu" "${scripts_of_group[@]}" &
	done < <(grouped <"$list")
	wait
	second_tries
	while read -r suite name; do
		report fail "$suite" "$name" 0 "was not run"
	done < <(unreported "$list")
	# all JSON that cases have shown
	check vm json "$top/tests/output/schema" log "$top" "$build/vm-logs"/*.log
	# and metrics, which a real Prometheus scrapes for the dashboard
	check vm prometheus "$top/tests/output/prometheus" log "$top" "$build/vm-logs"/*.log
}
