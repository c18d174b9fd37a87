# kernels: any
# timeout: 300
# A load has room for its file descriptors whatever limit the caller has; where it must not take it, it fails as a whole: nothing
# is left over, what was loaded before decides.

# with_files N COMMAND...: no more, and without the capability to have more
with_files() {
	files=$1
	shift
	setpriv --bounding-set=-sys_resource --inh-caps=-sys_resource sh -c 'ulimit -n "$0" && exec "$@"' "$files" "$@"
}

# until_it_loads PROFILE COMMAND...: at each limit there is; after each failure, COMMAND
until_it_loads() {
	profile=$1 files=4 failures=0
	shift
	until with_files $files bpflock --profile "$profile" --ring-size 64K >"$work/out" 2>"$work/err"; do
		failures=$((failures + 1))
		find /sys/fs/bpf -mindepth 1 -maxdepth 1 >"$work/pinned"
		! grep staging "$work/pinned" || fail "left with $files files: $(cat "$work/err")"
		"$@"
		files=$((files + 1))
		[ $files -lt 100 ] || fail "it does not load: $(cat "$work/err")"
	done
	[ $failures -gt 3 ] || fail "only $failures loads failed"
	ok "$failures loads with up to $files descriptors failed and left nothing"
}
nothing() { [ ! -e /sys/fs/bpf/bpflock ] || fail "a set with $files files: $(cat "$work/err")"; }
the_old_one() { [ "$(generation)" = 1 ] || fail "generation $(generation) with $files files"; }

# with the capability, or below the hard limit
expect_exit 0 sh -c 'ulimit -n 20 && exec bpflock --profile restricted'
expect_denied dev_mem
expect_exit 0 sh -c 'ulimit -n 9 && exec bpflock-ctl set allow=msr'
bpflock-ctl unload
expect_exit 0 setpriv --bounding-set=-sys_resource --inh-caps=-sys_resource \
	sh -c 'ulimit -S -n 9 && exec bpflock --profile restricted'
expect_denied dev_mem
bpflock-ctl unload

until_it_loads restricted nothing
expect_status '.enforcing and .status == 0'
expect_denied dev_mem
bpflock-ctl unload

load --profile restricted
until_it_loads baseline the_old_one
expect_status '.enforcing and .status == 0 and .profile == "baseline"'
expect_allowed dev_mem
