# kernels: any
# Exit status 2, the word, the nearest right one; and not the least change.

refused() {
	pattern=$1
	shift
	expect_exit 2 "$@"
	expect_grep "$pattern" "$work/err"
	expect_equal "$(cat "$work/out")" "" output
}

refuse_all() {
	refused '"restrictd".*restricted' bpflock --profile restrictd
	refused '"restrict"' bpflock --profile restrict
	refused '"restricted2"' bpflock --profile restricted2
	refused '"integ"' bpflock --level integ
	refused '"enforced".*enforce' bpflock --mode enforced
	refused '"some"' bpflock --exec-log some
	refused '"debugsf".*debugfs' bpflock --block debugsf
	refused '"dev_me".*dev_mem' bpflock --block kexec,dev_me
	refused '"@image2"' bpflock --block @image2
	refused 'dev_mem' bpflock --block dev_mem --allow dev_mem
	refused '"--profil".*--profile' bpflock --profil restricted
	refused '"restricted"' bpflock restricted
	refused '"frobnicate"' bpflock-ctl frobnicate
	refused '"profil".*profile' bpflock-ctl set profil=restricted
	refused '"restrictd".*restricted' bpflock-ctl set profile=restrictd
	refused '"debugsf".*debugfs' bpflock-ctl set profile=restricted block=debugsf
	refused '"frobnicate"' bpflock-log frobnicate
	refused '"xml"' bpflock-log show -o xml
	refused 'policy\.conf:2.*"profil"' bpflock --config /tmp/policy.conf
}

printf '[kimglock]\nprofil = restricted\n' >/tmp/policy.conf
chmod 600 /tmp/policy.conf
refuse_all
expect_nothing_pinned
expect_allowed dev_mem

load --profile baseline --block kexec
before=$(bpflock-ctl policy --json)
generation=$(generation)
refuse_all
expect_equal "$(bpflock-ctl policy --json)" "$before" policy
expect_equal "$(generation)" "$generation" generation
expect_denied kexec
expect_allowed dev_mem
