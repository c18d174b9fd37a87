// SPDX-License-Identifier: GPL-2.0-only
#include "kernels.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "operations-btf.h"
#include "operations.h"

const struct enumerator kernel_5_10[] = {
	{ "LOCKDOWN_NONE", 0 },
	{ "LOCKDOWN_MODULE_SIGNATURE", 1 },
	{ "LOCKDOWN_DEV_MEM", 2 },
	{ "LOCKDOWN_EFI_TEST", 3 },
	{ "LOCKDOWN_KEXEC", 4 },
	{ "LOCKDOWN_HIBERNATION", 5 },
	{ "LOCKDOWN_PCI_ACCESS", 6 },
	{ "LOCKDOWN_IOPORT", 7 },
	{ "LOCKDOWN_MSR", 8 },
	{ "LOCKDOWN_ACPI_TABLES", 9 },
	{ "LOCKDOWN_PCMCIA_CIS", 10 },
	{ "LOCKDOWN_TIOCSSERIAL", 11 },
	{ "LOCKDOWN_MODULE_PARAMETERS", 12 },
	{ "LOCKDOWN_MMIOTRACE", 13 },
	{ "LOCKDOWN_DEBUGFS", 14 },
	{ "LOCKDOWN_XMON_WR", 15 },
	{ "LOCKDOWN_INTEGRITY_MAX", 16 },
	{ "LOCKDOWN_KCORE", 17 },
	{ "LOCKDOWN_KPROBES", 18 },
	{ "LOCKDOWN_BPF_READ", 19 },
	{ "LOCKDOWN_PERF", 20 },
	{ "LOCKDOWN_TRACEFS", 21 },
	{ "LOCKDOWN_XMON_RW", 22 },
	{ "LOCKDOWN_XFRM_SECRET", 23 },
	{ "LOCKDOWN_CONFIDENTIALITY_MAX", 24 },
	{}
};

const struct enumerator kernel_6_1[] = {
	{ "LOCKDOWN_NONE", 0 },
	{ "LOCKDOWN_MODULE_SIGNATURE", 1 },
	{ "LOCKDOWN_DEV_MEM", 2 },
	{ "LOCKDOWN_EFI_TEST", 3 },
	{ "LOCKDOWN_KEXEC", 4 },
	{ "LOCKDOWN_HIBERNATION", 5 },
	{ "LOCKDOWN_PCI_ACCESS", 6 },
	{ "LOCKDOWN_IOPORT", 7 },
	{ "LOCKDOWN_MSR", 8 },
	{ "LOCKDOWN_ACPI_TABLES", 9 },
	{ "LOCKDOWN_DEVICE_TREE", 10 },
	{ "LOCKDOWN_PCMCIA_CIS", 11 },
	{ "LOCKDOWN_TIOCSSERIAL", 12 },
	{ "LOCKDOWN_MODULE_PARAMETERS", 13 },
	{ "LOCKDOWN_MMIOTRACE", 14 },
	{ "LOCKDOWN_DEBUGFS", 15 },
	{ "LOCKDOWN_XMON_WR", 16 },
	{ "LOCKDOWN_BPF_WRITE_USER", 17 },
	{ "LOCKDOWN_DBG_WRITE_KERNEL", 18 },
	{ "LOCKDOWN_RTAS_ERROR_INJECTION", 19 },
	{ "LOCKDOWN_INTEGRITY_MAX", 20 },
	{ "LOCKDOWN_KCORE", 21 },
	{ "LOCKDOWN_KPROBES", 22 },
	{ "LOCKDOWN_BPF_READ_KERNEL", 23 },
	{ "LOCKDOWN_DBG_READ_KERNEL", 24 },
	{ "LOCKDOWN_PERF", 25 },
	{ "LOCKDOWN_TRACEFS", 26 },
	{ "LOCKDOWN_XMON_RW", 27 },
	{ "LOCKDOWN_XFRM_SECRET", 28 },
	{ "LOCKDOWN_CONFIDENTIALITY_MAX", 29 },
	{}
};

const struct enumerator kernel_next[] = {
	{ "LOCKDOWN_NONE", 0 },
	{ "LOCKDOWN_MODULE_SIGNATURE", 1 },
	{ "LOCKDOWN_DEV_MEM", 2 },
	{ "LOCKDOWN_EFI_TEST", 3 },
	{ "LOCKDOWN_KEXEC", 4 },
	{ "LOCKDOWN_HIBERNATION", 5 },
	{ "LOCKDOWN_PCI_ACCESS", 6 },
	{ "LOCKDOWN_IOPORT", 7 },
	{ "LOCKDOWN_MSR", 8 },
	{ "LOCKDOWN_ACPI_TABLES", 9 },
	{ "LOCKDOWN_DEVICE_TREE", 10 },
	{ "LOCKDOWN_PCMCIA_CIS", 11 },
	{ "LOCKDOWN_TIOCSSERIAL", 12 },
	{ "LOCKDOWN_MODULE_PARAMETERS", 13 },
	{ "LOCKDOWN_MMIOTRACE", 14 },
	{ "LOCKDOWN_DEBUGFS", 15 },
	{ "LOCKDOWN_XMON_WR", 16 },
	{ "LOCKDOWN_BPF_WRITE_USER", 17 },
	{ "LOCKDOWN_DBG_WRITE_KERNEL", 18 },
	{ "LOCKDOWN_RTAS_ERROR_INJECTION", 19 },
	{ "LOCKDOWN_XEN_USER_ACTIONS", 20 },
	{ "LOCKDOWN_FOO", 21 },
	{ "LOCKDOWN_INTEGRITY_MAX", 22 },
	{ "LOCKDOWN_KCORE", 23 },
	{ "LOCKDOWN_KPROBES", 24 },
	{ "LOCKDOWN_BPF_READ_KERNEL", 25 },
	{ "LOCKDOWN_DBG_READ_KERNEL", 26 },
	{ "LOCKDOWN_PERF", 27 },
	{ "LOCKDOWN_TRACEFS", 28 },
	{ "LOCKDOWN_XMON_RW", 29 },
	{ "LOCKDOWN_XFRM_SECRET", 30 },
	{ "LOCKDOWN_BAR_SECRET", 31 },
	{ "LOCKDOWN_CONFIDENTIALITY_MAX", 32 },
	{}
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
	struct diagnostics d = DIAGNOSTICS_INIT;
	struct place at = { "test", 0, 1 };
	uint64_t mask = 0;

	if (!operations_parse_list(ops, list, &at, &mask, &d) || d.n)
		fail_msg("%s: %s", list, d.n ? d.items[0].text : "out of memory");
	diagnostics_done(&d);
	return mask;
}
