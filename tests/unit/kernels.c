// SPDX-License-Identifier: GPL-2.0-only
#include "kernels.h"

#include "test.h"
#include "config.h"
#include "operations-btf.h"
#include "operations.h"

#define L(number, name) { "LOCKDOWN_" #name, number }

const struct enumerator kernel_5_10[] = {
	L(0, NONE), L(1, MODULE_SIGNATURE), L(2, DEV_MEM), L(3, EFI_TEST), L(4, KEXEC),
	L(5, HIBERNATION), L(6, PCI_ACCESS), L(7, IOPORT), L(8, MSR), L(9, ACPI_TABLES),
	L(10, PCMCIA_CIS), L(11, TIOCSSERIAL), L(12, MODULE_PARAMETERS), L(13, MMIOTRACE),
	L(14, DEBUGFS), L(15, XMON_WR), L(16, INTEGRITY_MAX), L(17, KCORE), L(18, KPROBES),
	L(19, BPF_READ), L(20, PERF), L(21, TRACEFS), L(22, XMON_RW), L(23, XFRM_SECRET),
	L(24, CONFIDENTIALITY_MAX), {}
};

const struct enumerator kernel_6_1[] = {
	L(0, NONE), L(1, MODULE_SIGNATURE), L(2, DEV_MEM), L(3, EFI_TEST), L(4, KEXEC),
	L(5, HIBERNATION), L(6, PCI_ACCESS), L(7, IOPORT), L(8, MSR), L(9, ACPI_TABLES),
	L(10, DEVICE_TREE), L(11, PCMCIA_CIS), L(12, TIOCSSERIAL), L(13, MODULE_PARAMETERS),
	L(14, MMIOTRACE), L(15, DEBUGFS), L(16, XMON_WR), L(17, BPF_WRITE_USER),
	L(18, DBG_WRITE_KERNEL), L(19, RTAS_ERROR_INJECTION), L(20, INTEGRITY_MAX), L(21, KCORE),
	L(22, KPROBES), L(23, BPF_READ_KERNEL), L(24, DBG_READ_KERNEL), L(25, PERF),
	L(26, TRACEFS), L(27, XMON_RW), L(28, XFRM_SECRET), L(29, CONFIDENTIALITY_MAX), {}
};

const struct enumerator kernel_next[] = {
	L(0, NONE), L(1, MODULE_SIGNATURE), L(2, DEV_MEM), L(3, EFI_TEST), L(4, KEXEC),
	L(5, HIBERNATION), L(6, PCI_ACCESS), L(7, IOPORT), L(8, MSR), L(9, ACPI_TABLES),
	L(10, DEVICE_TREE), L(11, PCMCIA_CIS), L(12, TIOCSSERIAL), L(13, MODULE_PARAMETERS),
	L(14, MMIOTRACE), L(15, DEBUGFS), L(16, XMON_WR), L(17, BPF_WRITE_USER),
	L(18, DBG_WRITE_KERNEL), L(19, RTAS_ERROR_INJECTION), L(20, XEN_USER_ACTIONS), L(21, FOO),
	L(22, INTEGRITY_MAX), L(23, KCORE), L(24, KPROBES), L(25, BPF_READ_KERNEL),
	L(26, DBG_READ_KERNEL), L(27, PERF), L(28, TRACEFS), L(29, XMON_RW), L(30, XFRM_SECRET),
	L(31, BAR_SECRET), L(32, CONFIDENTIALITY_MAX), {}
};

void kernel_operations(const struct enumerator *kernel, struct bpflock_operation ret_ops[BPFLOCK_REASONS])
{
	struct raw_btf *btf;
	struct blob b;

	blob_init(&b);
	blob_any(&b, "int", BTF_KIND_INT, 0);
	blob_enum(&b, "lockdown_reason", kernel);
	assert_int_equal(blob_btf(&b, &btf), 0);
	assert_int_equal(operations_btf_read(btf, ret_ops), 0);
	btf_raw_free(btf);
}

int kernel_reason(const struct enumerator *kernel, const char *name)
{
	static const char prefix[] = "LOCKDOWN_";

	for (; kernel->name; kernel++)
		if (strcmp(kernel->name + sizeof(prefix) - 1, name) == 0)
			return kernel->value;
	return -1;
}

uint64_t kernel_mask(const struct bpflock_operation ops[BPFLOCK_REASONS], const char *list)
{
	CLEANUP(diagnostics_done) struct diagnostics d = DIAGNOSTICS_INIT;
	struct place at = { "test", 0, 1 };
	uint64_t mask = 0;

	if (!operations_parse_list(ops, list, &at, &mask, &d) || d.n)
		fail_msg("%s: %s", list, d.n ? d.items[0].text : "out of memory");
	return mask;
}

void kernel_policy(const struct bpflock_operation ops[BPFLOCK_REASONS], const char *text,
		   struct policy *ret)
{
	CLEANUP(diagnostics_done) struct diagnostics d = DIAGNOSTICS_INIT;

	policy_init(ret);
	if ((text[0] && !config_read_text(ret, ops, text, strlen(text), "test", &d)) ||
	    !policy_compile(ret, ops, &d))
		fail_msg("%s", d.n ? d.items[0].text : "out of memory");
}
