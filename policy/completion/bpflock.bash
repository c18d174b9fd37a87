# SPDX-License-Identifier: GPL-2.0-only
# Completion of bpflock, bpflock-ctl and bpflock-log in bash. What can stand where, the programs know:
# they are asked, see policy/complete.h.

_bpflock() {
	local line=${COMP_LINE:0:COMP_POINT} words=() word piece i quoted='' kind=''

	# Readline takes words apart at = and : as well, so they are put together again. Of what stands
	# before the cursor, the last piece is what it will replace.
	line=${line#*"${COMP_WORDS[0]}"}
	for ((i = 1; i <= COMP_CWORD; i++)); do
		piece=${COMP_WORDS[i]}
		if ((i == 1)) || [[ $line == [[:blank:]]* ]]; then
			line=${line#"${line%%[![:blank:]]*}"}
			words+=('')
		fi
		((i < COMP_CWORD)) || piece=$line
		line=${line#"$piece"}
		((i == COMP_CWORD)) || words[-1]+=$piece
	done
	[[ $piece != [=:@] ]] || { words[-1]+=$piece; piece=; }
	if [[ $piece == [\"\']* ]]; then
		quoted=yes piece=${piece:1}
	else
		# shellcheck disable=SC2162 # without its backslashes
		IFS= read piece <<<"$piece"
	fi
	word=${words[-1]}
	words[-1]+=$piece

	while IFS= read -r line; do
		case $line in
		$'\tnospace') compopt -o nospace ;;
		$'\t'*) kind=${line#?} ;;
		*)
			line=${line%%$'\t'*}
			COMPREPLY+=("${line#"$word"}") ;;
		esac
	done < <(PATH=$PATH:/usr/local/sbin:/usr/sbin command "${1##*/}" --complete "${words[@]}" 2>/dev/null)

	if [[ $kind ]]; then
		compopt -o filenames
		while IFS= read -r line; do
			COMPREPLY+=("$line")
		done < <(compgen -"${kind:0:1}" -- "$piece")
		return
	fi
	((${#COMPREPLY[@]} != 1)) || [[ ${COMPREPLY[0]} != *[=/] ]] || compopt -o nospace
	# Names are others', and are typed here.
	if [[ ! $quoted ]]; then
		for i in "${!COMPREPLY[@]}"; do
			[[ ${COMPREPLY[i]} != *[!A-Za-z0-9_.,:@%+/=-]* ]] || printf -v 'COMPREPLY[i]' %q "${COMPREPLY[i]}"
		done
	fi
} && complete -F _bpflock bpflock bpflock-ctl bpflock-log
