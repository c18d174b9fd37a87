# shellcheck shell=bash
# shellcheck disable=SC2154 # shared with tests/run
# Which case runs on which kernel, and which cases share a guest.

readonly cases=$top/tests/vm/cases
readonly default_kernels="bookworm trixie sid"
# A guest boots in seconds, so smaller groups cost little, keep every core busy to the end, and
# confine what a dying guest takes along.
readonly cases_per_guest=12

header() { sed -n "s/^# $1: *//p" "$2" | head -n 1; }

matches_one() {
	local word=$1 pattern
	shift
	for pattern in "$@"; do
		# shellcheck disable=SC2053 # a glob
		[[ $word == $pattern ]] && return
	done
	return 1
}

# "SUITE<tab>BOOT<tab>QEMU<tab>SCRIPT" for everything that was asked for.
chosen_cases() {
	local script name suite suites boot
	for script in "$cases"/*.sh; do
		name=$(basename "$script" .sh)
		((${#case_patterns[@]} == 0)) || matches_one "$name" "${case_patterns[@]}" || continue
		suites=$(header kernels "$script")
		boot=$(header boot "$script")
		[[ $boot != default ]] || boot=""
		for suite in ${suites:-$default_kernels}; do
			((${#kernels[@]} == 0)) || matches_one "$suite" "${kernels[@]}" || continue
			printf '%s\t%s\t%s\t%s\n' "$suite" "$boot" "$(header qemu "$script")" "$script"
		done
	done
}

# Cases that share kernel, boot line and devices, one group a line, the largest first:
# "COUNT<tab>SUITE<tab>BOOT<tab>QEMU<tab>SCRIPT SCRIPT..."
grouped() {
	awk -F '\t' -v most="$cases_per_guest" '
		function flush(key) {
			if (count[key]) print count[key] "\t" key "\t" scripts[key]
			count[key] = 0; scripts[key] = ""
		}
		{
			key = $1 "\t" $2 "\t" $3
			if (count[key] == most) flush(key)
			scripts[key] = scripts[key] (count[key]++ ? " " : "") $4
		}
		END { for (key in count) flush(key) }' | sort -rn
}

# What boot says of one case, as a report.
report_case() {
	local suite=$1 name=$2 status=$3 seconds=$4
	local log=$build/vm-logs/$suite-$name.log reason
	case $status in
	0) report pass "$suite" "$name" "$seconds"; return ;;
	124) reason="took too long" ;;
	125) reason="left something behind" ;;
	[0-9]*) reason="status $status" ;;
	died) reason="the guest died" ;;
	hung) reason="the guest hung" ;;
	*) reason=$status ;;
	esac
	report fail "$suite" "$name" "$seconds" "$reason" "$log"
}

run_group() {
	local suite=$1 boot=$2 qemu=$3 script name status seconds
	local -A reported=()
	shift 3
	while read -r name status seconds; do
		report_case "$suite" "$name" "$status" "$seconds"
		reported[$name]=1
	done < <(exec setpriv --pdeathsig TERM "$top/tests/vm/boot" --kernel "$scratch/$suite.kernel" \
		--initramfs "$scratch/$suite.cpio" --logs "$build/vm-logs" --prefix "$suite" \
		--append "$boot" --qemu "$qemu" "$@")
	for script in "$@"; do
		name=$(basename "$script" .sh)
		[[ -n ${reported[$name]:-} ]] || report_case "$suite" "$name" never-ran 0
	done
}

# A kernel and what its guests start from. Failing leaves no $scratch/SUITE.cpio.
prepare_suite() {
	local suite=$1 directory
	directory=$("$top/tests/vm/kernels" fetch "$suite") || return 0
	ln -sfn "$directory" "$scratch/$suite.kernel"
	say "$suite is $(<"$directory/version")"
	"$top/tests/vm/initramfs" "$directory" "$build/vm-root" "$scratch/$suite.cpio" || return 0
}

# Without its kernel nothing was tested: in CI that is a failure.
report_unprepared() {
	local suite=$1 script outcome=skip reason="no kernel"
	shift
	[[ ${CI:-} != true ]] || outcome=fail
	[[ ! -e $scratch/$suite.kernel ]] || outcome=fail reason="no guest image"
	for script in "$@"; do
		report "$outcome" "$suite" "$(basename "$script" .sh)" 0 "$reason"
	done
}

run_guests() {
	local suite boot qemu scripts list=$scratch/cases
	build_for_guests || { report fail vm build 0 "does not build"; return 0; }
	rm -rf "$build/vm-logs"
	mkdir -p "$build/vm-logs"
	chosen_cases >"$list"
	while read -r suite; do
		prepare_suite "$suite" &
	done < <(cut -f 1 "$list" | sort -u)
	wait
	while IFS= read -r scripts; do
		IFS=$'\x1f' read -r _ suite boot qemu scripts <<<"${scripts//$'\t'/$'\x1f'}"
		read -ra scripts_of_group <<<"$scripts"
		if [[ ! -e $scratch/$suite.cpio ]]; then
			report_unprepared "$suite" "${scripts_of_group[@]}"
			continue
		fi
		while (($(jobs -pr | wc -l) >= jobs)); do
			wait -n || true
		done
		run_group "$suite" "$boot" "$qemu" "${scripts_of_group[@]}" &
	done < <(grouped <"$list")
	wait
}
