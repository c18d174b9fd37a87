# shellcheck shell=dash
# shellcheck disable=SC2154,SC2016 # shared with lib.sh and seal.sh; the attacks' own shells expand
# Sourced after seal.sh by the cases attacks-*: reads attacks.tab, which says what its columns are.
#
# The judgement is that of the kernel and of the policy: /dev/mem is refused to the host and given to the cgroup /g,
# and bpflock-ctl shows the same policy as before, if need be after its pins were made again.
bpf=/sys/fs/bpf
case $(uname -r) in
6.1.*) kernel=6.1 ;;
6.12.*) kernel=6.12 ;;
*) kernel=new ;;
esac

mount_all() {
	mkdir -p /sys
	[ -d /proc/1 ] || mount -t proc proc /proc
	[ -d /dev/pts ] || mount -t devtmpfs devtmpfs /dev
	[ -d /sys/kernel ] || mount -t sysfs sysfs /sys
	[ -e /sys/fs/cgroup/cgroup.procs ] || mount -t cgroup2 cgroup2 /sys/fs/cgroup
	[ -e /sys/kernel/tracing/trace ] || mount -t tracefs tracefs /sys/kernel/tracing
	[ -d /sys/kernel/debug/tracing ] || mount -t debugfs debugfs /sys/kernel/debug
	# whatever lies over the bpffs, or is it but empty
	until [ "$(stat -f -c %t $bpf)" = cafe4a11 ]; do
		umount -l $bpf 2>/dev/null || mount -t bpf bpf $bpf || break
	done
	mount -o remount,rw $bpf 2>/dev/null || :
}

mem() {
	probe dev_mem 2>/dev/null && echo allowed && return
	[ $? -eq 1 ] && echo denied || echo odd
}

in_g() {
	ask in-g 'probe dev_mem 2>/dev/null'
	[ "$answer" = 0 ] && echo allowed || echo denied
}

# facts: "MEM IN_G POLICY"
facts() { echo "$(mem) $(in_g) $(bpflock-ctl policy 2>/dev/null || echo "none: $?")"; }

# is_locked FACTS
is_locked() { [ "${1#denied allowed }" != "$1" ]; }

# Without pins nobody reads the policy, but what it decides is there to be seen.
decisions() {
	for operation in dev_mem ioport msr kexec hibernation debugfs bpf_read bpf_write kcore; do
		status=0
		probe $operation 2>/dev/null || status=$?
		ask in-g "probe $operation 2>/dev/null"
		printf '%s%s ' $status "$answer"
	done
}

# Whether all is as it was; without pins they are made again.
holds_still() {
	[ "$(facts)" = "$as_loaded" ] && return
	mount_all 2>/dev/null
	[ ! -d $bpf/aside ] || mv $bpf/aside $bpf/bpflock 2>/dev/null || :
	bpflock-ctl repair >"$work/repair" 2>&1 || :
	[ "$(facts)" != "$as_loaded" ] || return 0
	echo "  now: $(facts), before: $as_loaded"
	cat "$work/repair"
	return 1
}

load_fresh() {
	mount_all
	echo 1 >/proc/sys/kernel/ftrace_enabled
	bpflock-ctl unload >/dev/null 2>&1 || :
	rm -rf /sys/fs/bpf/*
	bpflock --profile restricted --block bpf_read >"$work/load" 2>&1 || { cat "$work/load"; fail "cannot load"; }
	bpflock-ctl cgroup set /g profile=privileged >"$work/load" 2>&1 || { cat "$work/load"; fail "cannot set"; }
	as_loaded=$(facts)
	is_locked "$as_loaded" || fail "loaded, and it is: $as_loaded"
}

# What is pinned nowhere else ends with its pins, and could not be found again. So another bpffs has it too, which only
# a namespace of its own shows, for as long as $keeper lives.
is_elsewhere() { [ "$(readlink "/proc/$1/ns/mnt")" != "$(readlink /proc/self/ns/mnt)" ]; }
begin_keeping() {
	mkdir -p /keeper
	mount -t bpf keeper /keeper
	for id in $(bpf_ids prog '.name | startswith("bplks_")'); do bpftool prog pin id "$id" "/keeper/$id"; done
	unshare -m --propagation private sleep 1000 &
	keeper=$!
	until_true is_elsewhere $keeper
	umount -l /keeper
}

# Nothing has the pins any more, and no file system of theirs is mounted.
end_keeping() {
	kill -KILL "$keeper"
	wait "$keeper" 2>/dev/null || :
	rm -rf /sys/fs/bpf/*
	all_mounts_gone
	mount_all
	sleep 1
	now=$(decisions)
	[ "$now" = "$as_decided" ] || fail "without pins and mounts: $now, before: $as_decided"
	ok "without pins and mounts: $now"
	# what a seal cannot stop, either
	expect_exit 6 bpflock-ctl status
}

# Words of attacks.tab that are executed in the place of a shell.
make_programs() {
	mkdir "$work/bin"
	PATH=$work/bin:$PATH
	echo 'echo 0 >/sys/fs/cgroup/g/cgroup.procs; exec "$@"' >"$work/bin/exempted"
	echo 'echo 0 >/sys/fs/cgroup/h/cgroup.procs; exec "$@"' >"$work/bin/child"
	echo 'echo 1 >/proc/sys/kernel/ftrace_enabled; sleep 0.3; probe dev_mem' >"$work/bin/one_over_one"
	sed -i '1i #!/bin/sh' "$work"/bin/*
	chmod 755 "$work"/bin/*
}

begin_attacks() {
	mkdir -p /sys/fs/cgroup/g /sys/fs/cgroup/h
	start_task in-g in_cgroup /g
	make_programs
	load_fresh
	rows=0 wrong=""
}

# wrong_row NAME WHY: the others go on
wrong_row() {
	echo "WRONG: $1: $2"
	sed 's/^/  /' "$work/row"
	wrong="$wrong
  $1: $2"
}

end_attacks() {
	[ $rows -gt 0 ] || fail "no rows"
	[ -z "$wrong" ] || fail "of $rows attacks:$wrong"
	ok "$rows attacks"
	echo "points: $rows attacks"
}

# each_row GROUP FUNCTION: calls it with $name, $stage, $command, $unsealed, $sealed set. A process for each word of the
# table would take longer than the attacks.
each_row() {
	group=$1
	awk -F '[ \t]*[|][ \t]*' -v OFS='\037' -v group="$1" -v kernel="$kernel" '
		$1 == group && (" " $7 " ") ~ (" (all|" kernel ") ") {
			print group ": " $2, $3, $4, $5, $6
		}' /vm/attacks.tab >"$work/rows-$2"
	while IFS=$(printf '\037') read -r name stage command unsealed sealed <&9; do
		$2
	done 9<"$work/rows-$2"
}

run_command() {
	status=0
	(eval "$command") >"$work/row" 2>&1 9<&- || status=$?
}

opens_in_the_end() {
	tries=0
	until [ "$(mem)" = allowed ]; do
		tries=$((tries + 1))
		[ $tries -lt 300 ] || return 1
		sleep 0.1
	done
}

try_unsealed() {
	rows=$((rows + 1))
	run_command
	so=yes
	case $unsealed in
	opens) opens_in_the_end || so="/dev/mem is refused" ;;
	while | works) [ $status -eq 0 ] || so="status $status" ;;
	bends) [ "$(facts)" != "$as_loaded" ] || so="nothing is other than before" ;;
	cannot:*)
		[ "$(mem)" = denied ] || so="it can: /dev/mem is open"
		case $sealed in refused) [ $status -ne 0 ] || so="it can: status 0" ;; esac
		;;
	*) so="no such word: $unsealed" ;;
	esac
	[ $status -ne 127 ] || so="no such command"
	# which step fails where is worth a look when kernels change
	case $command in *freplace-ours*) sed 's/^/  /' "$work/row" ;; esac
	if [ "$so" = yes ]; then
		echo "$name: unsealed: $unsealed"
	else
		wrong_row "$name" "should be: $unsealed, but $so"
	fi
	# what mounts and pins have become shows in no fact
	echo 1 >/proc/sys/kernel/ftrace_enabled
	[ "$group" != mounts ] && [ "$(facts)" = "$as_loaded" ] || load_fresh
}

judge_sealed() {
	rows=$((rows + 1))
	so=yes
	holds_still >"$work/holds" || so="it does not hold: $(cat "$work/holds")"
	case $command in *freplace-ours*) sed 's/^/  /' "$work/row" ;; esac
	case $sealed in
	refused) [ $status -ne 0 ] || so="status 0" ;;
	works) [ $status -eq 0 ] || so="status $status" ;;
	harmless) ;;
	*) so="no such word: $sealed" ;;
	esac
	[ $status -ne 127 ] || so="no such command"
	if [ "$so" = yes ]; then
		echo "$name: sealed: $sealed: $(tail -n 1 "$work/row" | cut -c 1-70)"
	else
		wrong_row "$name" "should be: $sealed, but $so"
	fi
}

try_sealed() {
	[ "$stage" = - ] || return 0
	run_command
	judge_sealed
}

# As far as the stage says, in the background: $held is its process. It may come to an end before that, too.
hold() {
	gate=$work/gate-$1
	mkfifo "$gate"
	(
		exec 9<&-
		export ATTACK_STAGE="$stage" ATTACK_GATE="$gate"
		eval "exec $command"
	) >"$work/held-$1" 2>&1 &
	held=$!
	tries=0
	until grep -q '^ready' "$work/held-$1" || [ ! -d /proc/$held ] || [ $tries -ge 1200 ]; do
		tries=$((tries + 1))
		sleep 0.05
	done
}

# Before the seal: with each of these in place nothing is sealed.
try_no_seal() {
	[ "$sealed" = no-seal ] || return 0
	rows=$((rows + 1))
	hold $rows
	grep -q '^ready' "$work/held-$rows" || { cp "$work/held-$rows" "$work/row"; wrong_row "$name" "it does not come so far"; }
	status=0
	bpflock-ctl seal --yes >"$work/row" 2>&1 || status=$?
	kill -KILL $held 2>/dev/null || :
	wait $held 2>/dev/null || :
	if [ $status -ne 1 ] || ! grep -q -E 'cannot seal: program [0-9]|cannot attach the program' "$work/row"; then
		wrong_row "$name" "should be no seal, but status $status"
	elif [ "$(facts)" != "$as_loaded" ]; then
		wrong_row "$name" "no seal, but now: $(facts)"
	else
		echo "$name: no seal: $(tail -n 1 "$work/row" | cut -c 1-100)"
	fi
}

hold_row() {
	[ "$stage" != - ] && [ "$sealed" != no-seal ] || return 0
	hold "r$((n_held = n_held + 1))"
	eval "held_$n_held=$held"
}

finish_row() {
	[ "$stage" != - ] && [ "$sealed" != no-seal ] || return 0
	n_held=$((n_held + 1))
	eval "held=\$held_$n_held"
	# whoever has ended without coming to the gate reads nothing
	[ ! -d /proc/$held ] || timeout 60 sh -c "echo go >'$work/gate-r$n_held'" || :
	status=0
	wait $held || status=$?
	cp "$work/held-r$n_held" "$work/row"
	judge_sealed
}

# seal_against GROUP: what is of before is prepared, sealed is done, and what is of after done
seal_against() {
	each_row "$1" try_no_seal
	n_held=0
	each_row "$1" hold_row
	status=0
	bpflock-ctl seal --yes >"$work/row" 2>&1 || status=$?
	# who holds the link of the set that went keeps its program there
	[ $status -eq 0 ] || grep -q 'cannot verify that: program .*(locked_down)' "$work/row" ||
		{ cat "$work/row"; fail "not sealed: $(grep '^bpflock-ctl: ' "$work/row")"; }
	as_loaded=$(facts) as_decided=$(decisions)
	is_locked "$as_loaded" || fail "sealed, and it is: $as_loaded"
	n_held=0
	each_row "$1" finish_row
	until_true bpflock-ctl test
	each_row "$1" try_sealed
}

# While it is sealed, on a set that is not: what is stolen keeps it from being sealed, and what was loaded decides on.
try_thief() {
	rows=$((rows + 1))
	run_command
	so=yes
	bpflock-ctl status --json >"$work/status" 2>>"$work/row" || :
	is=$(jq -c 'if .sealed then .sealed.proven else null end' "$work/status")
	[ $status -eq 1 ] || so="status $status"
	[ "$(facts)" = "$as_loaded" ] || so="it does not hold: $(facts), $as_loaded"
	case $sealed in
	no-seal) [ "$is" = null ] || so="it is sealed" ;;
	seal) [ "$is" = true ] || so="it is not sealed" ;;
	*) so="no such word: $sealed" ;;
	esac
	case $command in
	*" stop "* | *" kill "* | *" id "*) ;;
	*) grep -q '^stolen: [1-9]' "$work/row" || so="nothing was stolen" ;;
	esac
	if [ "$so" = yes ]; then
		echo "$name: $sealed: $(grep '^stolen' "$work/row"); $(grep '^bpflock-ctl: ' "$work/row" | cut -c 1-100)"
	else
		wrong_row "$name" "should be: $sealed, but $so"
	fi
	rm -f $bpf/attack-*
}

# Words of attacks.tab.

lock_id() { bpftool -j prog show | jq '[.[] | select(.name == "locked_down" or .name == "bplks_locked_do").id][-1]'; }

# and_undo UNDO COMMAND...: undo it then, and have the command's status
and_undo() {
	undo=$1 status=0
	shift
	"$@" || status=$?
	eval "$undo"
	return $status
}

slots_taken() {
	for hook in file_lock inode_rename inode_symlink path_chmod path_mkdir path_unlink; do
		set -- attack lsm-cgroup /sys/fs/cgroup "$hook" 0 "$@"
	done
	"$@"
}

kprobe_on() {
	status=1
	echo "p:attacks/on $1" >/sys/kernel/tracing/kprobe_events || return 2
	echo 1 >/sys/kernel/tracing/events/attacks/on/enable && { probe dev_mem && status=0; } 2>/dev/null
	echo 0 >/sys/kernel/tracing/events/attacks/on/enable
	echo >/sys/kernel/tracing/kprobe_events
	return $status
}

tracer_on() {
	status=1
	echo "$2" >/sys/kernel/tracing/set_ftrace_filter || return 2
	echo "$1" >/sys/kernel/tracing/current_tracer || return 2
	{ probe dev_mem && status=0; } 2>/dev/null
	echo nop >/sys/kernel/tracing/current_tracer
	echo >/sys/kernel/tracing/set_ftrace_filter
	return $status
}

# with_sysctl NAME VALUE COMMAND...; one of them cannot be set back, which nobody here minds
with_sysctl() {
	sysctl=/proc/sys/$1
	before=$(cat "$sysctl")
	echo "$2" >"$sysctl" || return 2
	shift 2
	and_undo 'echo "$before" >"$sysctl" || :' "$@"
}

frozen() {
	echo 1 >/sys/fs/cgroup/g/cgroup.freeze || return 2
	and_undo 'echo 0 >/sys/fs/cgroup/g/cgroup.freeze' "$@"
}

at_any_offset() {
	echo -1 >/proc/sys/kernel/sysctl_writes_strict
	and_undo 'echo 1 >/proc/sys/kernel/sysctl_writes_strict' "$@"
}

in_v1() {
	mkdir -p /v1
	mount -t cgroup -o none,name=attack none /v1 || return 2
	mkdir -p /v1/a
	and_undo 'rmdir /v1/a; umount /v1' sh -c 'echo 0 >/v1/a/cgroup.procs; exec "$@"' sh "$@"
}

other_proc() {
	mkdir -p /p
	mount -t proc proc /p
	status=0
	echo 0 >/p/sys/kernel/ftrace_enabled || status=$?
	umount /p
	return $status
}

remake_cgroup() {
	mkdir -p /sys/fs/cgroup/x
	rmdir /sys/fs/cgroup/x
	in_cgroup /x probe dev_mem
}

deep_cgroup() {
	path=/d
	for _ in $(seq 100); do path=$path/d; done
	and_undo 'find /sys/fs/cgroup/d -depth -type d -exec rmdir {} + 2>/dev/null' in_cgroup $path "$@"
}

clock_ahead() {
	now=$(date +%s)
	date -s "@$((now + 1000000000))" >/dev/null || return 2
	and_undo 'date -s "@$now" >/dev/null' "$@"
}

in_small_cgroup() {
	echo +memory >/sys/fs/cgroup/cgroup.subtree_control || return 2
	mkdir -p /sys/fs/cgroup/small
	echo 0 >/sys/fs/cgroup/small/memory.high
	and_undo 'rmdir /sys/fs/cgroup/small' in_cgroup /small "$@"
}

hardly_any_memory() {
	dd if=/dev/zero of=/dev/shm/full bs=1M count=2000 2>/dev/null
	and_undo 'rm -f /dev/shm/full' "$@"
}

cpus_off_and_on() {
	echo 0 >/sys/devices/system/cpu/cpu1/online && probe dev_mem
	echo 1 >/sys/devices/system/cpu/cpu1/online
}

# All but the ancestors of this one, the task in /g, and those that hold for later.
kill_others() {
	for process in /proc/[0-9]*; do
		pid=${process#/proc/}
		case $(tr '\0' ' ' <"$process/cmdline" 2>/dev/null) in
		bpflock* | */bpflock* | udevd* | syslogd*) kill -KILL "$pid" ;;
		esac
	done
}

lie() {
	printf '#!/bin/sh\necho all is well\n' >"$work/lie"
	chmod 755 "$work/lie"
	real=$(command -v bpflock-ctl)
	mount --bind "$work/lie" "$real" || return 2
	said=$(bpflock-ctl status)
	umount "$real"
	[ "$said" = 'all is well' ]
}

apply_privileged() {
	printf '[kimglock]\nprofile = privileged\n' >"$work/privileged"
	bpflock-ctl apply "$work/privileged"
}

command_line_off() {
	echo 'bpflock=off' >"$work/cmdline"
	mount --bind "$work/cmdline" /proc/cmdline || return 2
	and_undo 'umount /proc/cmdline' "$@"
}

hidden() {
	mount -t bpf other $bpf || return 2
	and_undo 'umount $bpf' "$@"
}

ftrace_off() {
	echo 0 >/proc/sys/kernel/ftrace_enabled
	and_undo 'echo 1 >/proc/sys/kernel/ftrace_enabled' "$@"
}

other_bpffs() {
	mkdir -p /b
	mount --bind $bpf /b
	and_undo 'umount /b' "$@"
}

moved_into_tmpfs() {
	mkdir -p /m
	mount -t tmpfs m /m
	mkdir /m/m
	mount --move $bpf /m/m
	umount -l /m
}

moved_deep() {
	mkdir -p /m
	at=/m
	for _ in $(seq "$1"); do
		mount -t tmpfs m $at
		mkdir $at/m
		at=$at/m
	done
	mount --move $bpf $at
	umount -l /m
}

moved_into_proc() {
	sleep 1000 &
	victim=$!
	mount --move $bpf /proc/$victim/task
	kill -KILL $victim
	wait $victim
}

moved_and_removed() {
	mkdir -p /m/m
	mount --move $bpf /m/m
	unshare -m sh -c 'umount -l /m/m; rmdir /m/m'
}

by_propagation() {
	mount --make-r"$1" /
	shift
	and_undo 'mount --make-rprivate /' unshare -m --propagation unchanged "$@"
}

by_master() {
	mount --make-rshared /
	status=0
	# the master is the namespace left behind, by its process
	unshare -m --propagation unchanged sleep 1000 &
	master=$!
	until is_elsewhere $master; do sleep 0.05; done
	mount --make-rslave /
	nsenter -t $master -m "$@" || status=$?
	kill -KILL $master
	mount --make-rprivate /
	return $status
}

by_rbind() {
	mount --make-rshared /
	mkdir -p /rbind
	mount --rbind /sys /rbind
	status=0
	umount -l /rbind || status=$?
	mount --make-rprivate /
	return $status
}

removed_elsewhere() { unshare -m --propagation private sh -c 'umount -l /sys; rmdir /sys'; }

renamed_elsewhere() {
	unshare -m --propagation private sh -c 'umount -l /sys; mv /sys /other-sys && mv /other-sys /sys'
}

all_mounts_gone() {
	for mounted in /sys/fs/bpf /sys/kernel/tracing /sys/kernel/debug /sys/fs/cgroup /sys; do
		umount -l $mounted
	done
}
