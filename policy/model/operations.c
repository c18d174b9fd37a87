// SPDX-License-Identifier: GPL-2.0-only
#include "operations.h"

#include <errno.h>
#include <string.h>


#define G(group) (1U << GROUP_##group)
#define OWN	 "module_request"

const struct operation operations_known[] = {
	{ "unsigned_module", "MODULE_SIGNATURE", "unsigned module loading", G(MODULES),
	  .unreliable_subject = true },
	{ "dev_mem", "DEV_MEM", "/dev/mem,kmem,port", G(MEMORY) },
	{ "efi_test", "EFI_TEST", "/dev/efi_test access", G(HARDWARE) },
	{ "kexec", "KEXEC", "kexec of unsigned images", G(IMAGE) },
	{ "hibernation", "HIBERNATION", "hibernation", G(IMAGE), .queried = true },
	{ "pci_access", "PCI_ACCESS", "direct PCI access", G(HARDWARE) },
	{ "ioport", "IOPORT", "raw io port access", G(HARDWARE) },
	{ "msr", "MSR", "raw MSR access", G(HARDWARE) },
	{ "acpi_tables", "ACPI_TABLES", "modifying ACPI tables", G(HARDWARE) },
	{ "device_tree", "DEVICE_TREE", "modifying device tree contents", G(HARDWARE) },
	{ "pcmcia_cis", "PCMCIA_CIS", "direct PCMCIA CIS storage", G(HARDWARE) },
	{ "tiocsserial", "TIOCSSERIAL", "reconfiguration of serial port IO", G(HARDWARE) },
	{ "unsafe_module_parameters", "MODULE_PARAMETERS", "unsafe module parameters", G(MODULES),
	  .unreliable_subject = true },
	{ "mmiotrace", "MMIOTRACE", "unsafe mmio", G(TRACING) },
	{ "debugfs", "DEBUGFS", "debugfs access", G(TRACING) },
	{ "xmon_wr", "XMON_WR", "xmon write access", G(DEBUGGER), .unreliable_subject = true },
	{ "bpf_write", "BPF_WRITE_USER", "use of bpf to write user RAM", G(BPF) },
	{ "dbg_write_kernel", "DBG_WRITE_KERNEL", "use of kgdb/kdb to write kernel RAM",
	  G(DEBUGGER), .unreliable_subject = true },
	{ "rtas_error_injection", "RTAS_ERROR_INJECTION", "RTAS error injection", G(HARDWARE) },
	{ "xen_user_actions", "XEN_USER_ACTIONS", "Xen guest user action", G(HARDWARE) },
	{ "kcore", "KCORE", "/proc/kcore access", G(MEMORY) },
	{ "kprobes", "KPROBES", "use of kprobes", G(TRACING) },
	{ "bpf_read", "BPF_READ_KERNEL", "use of bpf to read kernel RAM", G(BPF) },
	{ "dbg_read_kernel", "DBG_READ_KERNEL", "use of kgdb/kdb to read kernel RAM", G(DEBUGGER),
	  .unreliable_subject = true },
	{ "perf", "PERF", "unsafe use of perf", G(TRACING) },
	{ "tracefs", "TRACEFS", "use of tracefs", G(TRACING), .queried = true },
	{ "xmon_rw", "XMON_RW", "xmon read and write access", G(DEBUGGER),
	  .unreliable_subject = true },
	{ "xfrm_secret", "XFRM_SECRET", "xfrm SA secret", G(MEMORY), .unreliable_subject = true },
	{ OWN, NULL, "module autoload request", .own = true },
};
const size_t operations_known_count = ARRAY_SIZE(operations_known);
_Static_assert(ARRAY_SIZE(operations_known) < BPFLOCK_REASONS, "a mask holds them all");

const struct operation_group_info operation_groups[_GROUP_MAX] = {
	[GROUP_MODULES] = { "@modules", "code that enters the kernel as a module" },
	[GROUP_MEMORY] = { "@memory", "reading and writing memory through files" },
	[GROUP_IMAGE] = { "@image", "replacing or saving the running kernel" },
	[GROUP_HARDWARE] = { "@hardware",
			     "devices, firmware and registers behind the kernel's back" },
	[GROUP_BPF] = { "@bpf", "BPF helpers that reach kernel or user memory" },
	[GROUP_TRACING] = { "@tracing", "kprobes, perf, tracefs, debugfs and mmiotrace" },
	[GROUP_DEBUGGER] = { "@debugger", "kgdb, kdb and xmon" },
	[GROUP_INTEGRITY] = { "@integrity", "all that kernel Lockdown's integrity level refuses" },
	[GROUP_CONFIDENTIALITY] = { "@confidentiality",
				    "all that only its confidentiality level refuses" },
	[GROUP_ALL] = { "@all", "every operation that kernel Lockdown has" },
};

const struct operation *operations_find(const char *name)
{
	for (size_t i = 0; i < operations_known_count; i++)
		if (strcmp(operations_known[i].name, name) == 0)
			return &operations_known[i];
	return NULL;
}

const char *operations_name(const struct bpflock_operation ops[BPFLOCK_REASONS], uint32_t reason)
{
	return reason < BPFLOCK_REASONS && ops[reason].name[0] ? ops[reason].name : "unknown";
}

const char *operations_description(const struct bpflock_operation ops[BPFLOCK_REASONS],
				   uint32_t reason)
{
	const char *name = operations_name(ops, reason);
	const struct operation *known = operations_find(name);

	return known ? known->description : name;
}

void operations_assume(struct bpflock_operation ret_ops[BPFLOCK_REASONS])
{
	memset(ret_ops, 0, BPFLOCK_REASONS * sizeof(*ret_ops));
	for (size_t i = 0; i < operations_known_count; i++)
		if (!operations_known[i].own)
			snprintf(ret_ops[i + 1].name, sizeof(ret_ops[i + 1].name), "%s",
				 operations_known[i].name);
	operations_add_own(ret_ops);
}

void operations_add_own(struct bpflock_operation ops[BPFLOCK_REASONS])
{
	ops[BPFLOCK_MODULE_REQUEST] =
		(struct bpflock_operation){ OWN, .level = BPFLOCK_LEVEL_NONE };
}

uint64_t operations_named(const struct bpflock_operation ops[BPFLOCK_REASONS])
{
	uint64_t mask = 0;

	for (uint32_t i = 0; i < BPFLOCK_REASONS; i++)
		if (ops[i].name[0])
			mask |= 1ULL << i;
	return mask;
}

uint32_t operations_kept(const struct bpflock_operation ops[BPFLOCK_REASONS])
{
	uint64_t kernels = operations_named(ops) & ~BPFLOCK_MODULE_REQUEST_BIT;
	uint32_t reasons = kernels ? BPFLOCK_REASONS - __builtin_clzll(kernels) : 1;

	return BPFLOCK_KEPT_INDEX(reasons, 0);
}

uint64_t operations_governed(const struct bpflock_operation ops[BPFLOCK_REASONS], uint32_t level)
{
	uint64_t mask = 0;

	for (uint32_t i = 0; i < BPFLOCK_REASONS; i++)
		if (ops[i].name[0] && ops[i].level <= level)
			mask |= 1ULL << i;
	return mask;
}

uint64_t operations_unnamed(const struct bpflock_operation ops[BPFLOCK_REASONS])
{
	return ~(operations_named(ops) | BPFLOCK_MODULE_REQUEST_BIT);
}

static bool in_group(const struct bpflock_operation *op, enum operation_group g)
{
	const struct operation *known;

	switch (g) {
	case GROUP_ALL:
		return op->level != BPFLOCK_LEVEL_NONE;
	case GROUP_INTEGRITY:
		return op->level == BPFLOCK_LEVEL_INTEGRITY;
	case GROUP_CONFIDENTIALITY:
		return op->level == BPFLOCK_LEVEL_CONFIDENTIALITY;
	default:
		known = operations_find(op->name);
		return known && (known->groups & (1U << g));
	}
}

uint64_t operations_in_group(const struct bpflock_operation ops[BPFLOCK_REASONS],
			     enum operation_group g)
{
	uint64_t mask = 0;

	for (uint32_t i = 0; i < BPFLOCK_REASONS; i++)
		if (ops[i].name[0] && in_group(&ops[i], g))
			mask |= 1ULL << i;
	return mask;
}

void operations_json(struct json *j, const char *key,
		     const struct bpflock_operation ops[BPFLOCK_REASONS], uint64_t mask)
{
	json_open(j, key, '[');
	for (uint32_t i = 0; i < BPFLOCK_REASONS; i++)
		if (mask & (1ULL << i))
			json_string(j, NULL, operations_name(ops, i));
	json_close(j, ']');
}

void operations_print(FILE *f, const struct bpflock_operation ops[BPFLOCK_REASONS], uint64_t mask,
		      unsigned int most)
{
	unsigned int n = 0;

	for (uint32_t i = 0; i < BPFLOCK_REASONS; i++)
		if ((mask & (1ULL << i)) && n++ < most)
			fprintf(f, "%s%s", n > 1 ? ", " : "", operations_name(ops, i));
	if (n > most)
		fprintf(f, " and %u more", n - most);
}

char *operations_text(const struct bpflock_operation ops[BPFLOCK_REASONS], uint64_t mask)
{
	char *text = NULL;
	size_t len;
	FILE *f = open_memstream(&text, &len);

	if (!f)
		return NULL;
	operations_print(f, ops, mask, BPFLOCK_REASONS);
	return fclose(f) == 0 ? text : NULL;
}

uint64_t operations_bit(const struct bpflock_operation ops[BPFLOCK_REASONS], const char *name)
{
	for (uint32_t i = 0; i < BPFLOCK_REASONS; i++)
		if (ops[i].name[0] && strcmp(ops[i].name, name) == 0)
			return 1ULL << i;
	return 0;
}

uint32_t operations_proof(const struct bpflock_operation ops[BPFLOCK_REASONS])
{
	uint64_t bit = operations_bit(ops, "bpf_read");

	return bit ? (uint32_t)__builtin_ctzll(bit) : BPFLOCK_REASON_UNKNOWN;
}

static void unknown_word(const struct bpflock_operation ops[BPFLOCK_REASONS],
			 const struct place *at, const char *word, size_t len,
			 struct diagnostics *d)
{
	const char *words[ARRAY_SIZE(operations_known) + _GROUP_MAX + BPFLOCK_REASONS];
	bool group = word[0] == '@';
	size_t n = 0;

	/* those of its kind come first, since the first are listed */
	for (size_t i = 0; i < _GROUP_MAX && group; i++)
		words[n++] = operation_groups[i].name;
	for (size_t i = 0; i < BPFLOCK_REASONS; i++)
		if (ops[i].name[0])
			words[n++] = ops[i].name;
	for (size_t i = 0; i < operations_known_count; i++)
		words[n++] = operations_known[i].name;
	for (size_t i = 0; i < _GROUP_MAX && !group; i++)
		words[n++] = operation_groups[i].name;
	diagnostic_unknown(d, at, group ? "group" : "operation", word, len, words, n);
}

static void add_word(const struct bpflock_operation ops[BPFLOCK_REASONS], const struct place *at,
		     const char *word, size_t len, uint64_t *mask, struct diagnostics *d)
{
	char name[64];
	uint64_t bit;

	snprintf(name, sizeof(name), "%.*s", (int)len, word);
	for (size_t g = 0; g < _GROUP_MAX; g++) {
		if (strcmp(name, operation_groups[g].name) == 0) {
			*mask |= operations_in_group(ops, g);
			return;
		}
	}
	bit = len < sizeof(name) ? operations_bit(ops, name) : 0;
	*mask |= bit;
	if (bit)
		return;
	if (operations_find(name))
		diagnostic_warning(d, at, "this kernel has no operation \"%s\": ignored", name);
	else
		unknown_word(ops, at, word, len, d);
}

bool operations_parse_list(const struct bpflock_operation ops[BPFLOCK_REASONS], const char *list,
			   const struct place *at, uint64_t *mask, struct diagnostics *d)
{
	static const char blanks[] = " \t";
	size_t errors = d->errors;
	uint64_t found = 0;
	const char *p = list + strspn(list, blanks);

	while (*p) {
		size_t len = strcspn(p, ", \t");
		struct place here = *at;

		here.column += p - list;
		if (len == 0)
			diagnostic_error(d, &here, "expected an operation before this comma");
		else
			add_word(ops, &here, p, len, &found, d);
		p += len;
		p += strspn(p, blanks);
		if (*p != ',')
			continue;
		here.column = at->column + (p - list);
		p++;
		p += strspn(p, blanks);
		if (!*p && len > 0) /* of a comma with nothing on either side one half is reported */
			diagnostic_error(d, &here, "expected an operation after this comma");
	}
	if (d->errors != errors)
		return false;
	*mask |= found;
	return true;
}
