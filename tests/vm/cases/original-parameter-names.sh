# kernels: any
# All twelve of the original, reachable on this machine or not.

load --profile privileged --block unsigned_module,unsafe_module_parameters,dev_mem,kexec,hibernation,pci_access,ioport,msr,mmiotrace,debugfs,xmon_rw,bpf_write
for operation in unsigned_module unsafe_module_parameters dev_mem kexec hibernation pci_access ioport \
	msr debugfs bpf_write; do
	expect_denied $operation
done
# xmon_rw was documented as write access to xmon, which is another reason today.
for operation in mmiotrace xmon_rw xmon_wr; do
	expect_status "any(.operations[]; .name == \"$operation\" and .decision == \"deny\")"
done
expect_allowed tiocsserial
