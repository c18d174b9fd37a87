# kernels: any
# timeout: 200
# ends: sealed
# Somebody who has got hold of a map while it was being sealed, or of a program that could answer in the place
# of ours, keeps it from being sealed; what was loaded decides on, and nothing is left behind.
# shellcheck source=tests/vm/seal.sh
. /vm/seal.sh

none_left() { bpflock-ctl status && [ -z "$(bpf_ids prog '.name | startswith("bplks_")')" ]; }
nothing_left() {
	until_true none_left
	expect_status '.status == 0 and .sealed == null and .leftovers == []'
	holds "$*"
}

load_for_seal
mkfifo "$work/in"
sh -c 'echo $$; exec bpflock-ctl seal --yes' >"$work/seal" 2>&1 </dev/null &
seal=$!
exec 4<>"$work/in"
attack steal $seal bplks_ <&4 >"$work/thief" 2>&1 &
thief=$!
status=0
wait $seal || status=$?
expect_equal $status 1 'the status of a seal while somebody has a map'
expect_grep '^stolen: [0-9]' "$work/thief"
expect_grep 'someone else holds the map [0-9]+ \(' "$work/seal"
echo >&4
wait $thief
nothing_left 'a stolen map'

for program in 'fmod-ret security_bpf 0' 'fmod-ret security_locked_down 0' 'lsm-cgroup /sys/fs/cgroup/h bpf 0'; do
	# shellcheck disable=SC2086 # words
	attack $program sh -c "until [ -e $work/over ]; do sleep 0.2; done" >"$work/attack" 2>&1 &
	attack=$!
	until_true grep -q '^attach: done' "$work/attack"
	expect_exit 1 bpflock-ctl seal --yes
	expect_grep 'cannot seal: program [0-9]+ \(.*end the process that holds it' "$work/err"
	touch "$work/over"
	wait $attack || fail "$program could not be tried: $(cat "$work/attack")"
	rm "$work/over"
	nothing_left "$program"
done

# nor does a file of types help that is not the kernel's
sed 's/security_bpf_prog/security_bpx_prog/g' /sys/kernel/btf/vmlinux >"$work/btf"
attack fmod-ret security_bpf_prog 0 sh -c "until [ -e $work/over ]; do sleep 0.2; done" >"$work/attack" 2>&1 &
attack=$!
until_true grep -q '^attach: done' "$work/attack"
mount --bind "$work/btf" /sys/kernel/btf/vmlinux
expect_exit 1 bpflock-ctl seal --yes
expect_grep 'cannot seal: program [0-9]+ \(' "$work/err"
umount /sys/kernel/btf/vmlinux
touch "$work/over"
wait $attack || fail "it could not be tried: $(cat "$work/attack")"
nothing_left 'another file of types'
change seal --yes
expect_status '.sealed.proven and .status == 0'
holds 'all'
