# boot: lockdown=integrity own-guest
# timeout: 240
# Kernel Lockdown is asked first and refuses as bpflock does: at each level exactly the probes that it is to refuse. bpflock
# adds what it leaves, and says who does what. The level can only be raised, and booted with the higher one tracefs
# would be empty: so the word above, which nobody reads, keeps other cases out of this guest.
refused=" unsigned_module dev_mem kexec hibernation pci_access ioport msr pcmcia_cis tiocsserial \
unsafe_module_parameters debugfs bpf_write "

row integrity-refuses-its-probes
bind_pcmcia
for operation in $(probe --list | awk '{ print $1 }'); do
	case $refused in
	*" $operation "*) expect_denied "$operation" ;;
	*) expect_allowed "$operation" ;;
	esac
done

row composes-with-integrity
load --profile restricted --level confidentiality
expect_denied kcore
expect_record '.operation == "kcore" and .decision == "deny" and .reason == "denied (restricted)"'
expect_denied dev_mem
expect_no_record '.operation == "dev_mem" and .by != "lockdown"'
expect_status 'any(.operations[]; .name == "dev_mem" and .denied == 0)'
expect_exit 0 bpflock-ctl status
expect_grep '[Ll]ockdown.*integrity' "$work/out"
expect_exit 0 bpflock-ctl doctor --json
expect_json "$work/out" 'any(.checks[]; .name == "lockdown" and .state == "note" and (.detail | test("at integrity")))'
expect_exit 0 bpflock-ctl unload
until_true probe kcore

row confidentiality-refuses-all-probes
[ -e /sys/kernel/security/lockdown ] || mount -t securityfs securityfs /sys/kernel/security
echo confidentiality >/sys/kernel/security/lockdown
for operation in $(probe --list | awk '{ print $1 }'); do
	expect_denied "$operation"
done

# everything is refused before bpflock is asked: it loads, but cannot prove that it would refuse
row says-that-confidentiality-hides-it
load --profile restricted
cat "$work/out" "$work/err" >"$work/said"
expect_grep 'confidentiality' "$work/said"
expect_denied dev_mem
expect_exit 0 bpflock-ctl status
expect_grep '[Ll]ockdown.*confidentiality' "$work/out"
expect_exit 0 bpflock-ctl doctor --json
expect_json "$work/out" 'any(.checks[]; .name == "lockdown" and .state == "note" and (.detail | test("at confidentiality")))'
