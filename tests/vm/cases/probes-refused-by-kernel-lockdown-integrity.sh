# boot: lockdown=integrity
# The kernel's own Lockdown refuses as bpflock does, so it shows that the probes tell a denial:
# exactly the operations of its integrity level.

refused=" unsigned_module dev_mem kexec hibernation pci_access ioport msr pcmcia_cis tiocsserial \
unsafe_module_parameters debugfs bpf_write "

bind_pcmcia
for operation in $(probe --list | awk '{ print $1 }'); do
	case $refused in
	*" $operation "*) expect_denied "$operation" ;;
	*) expect_allowed "$operation" ;;
	esac
done
