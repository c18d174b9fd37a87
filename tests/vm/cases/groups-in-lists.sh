# kernels: any
load --profile privileged --block @image,ioport
expect_denied kexec
expect_denied hibernation
expect_denied ioport
expect_allowed dev_mem
load --profile restricted --allow @image
expect_allowed kexec
expect_allowed hibernation
expect_denied dev_mem
load --profile privileged --block @all
expect_denied kcore
expect_denied dev_mem
expect_exit 0 bpflock-ctl show operations
for group in modules memory image hardware bpf tracing debugger integrity confidentiality all; do
	expect_grep "@$group" "$work/out"
done
