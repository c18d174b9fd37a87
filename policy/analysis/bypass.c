// SPDX-License-Identifier: GPL-2.0-only
#include "bypass.h"

#include <string.h>

#include "operations.h"
#include "util.h"

#define P(power)   (1U << POWER_##power)
#define EVERYTHING ((1U << _POWER_MAX) - 1)

/*
 * A device that is under control can be told to write any memory, unless an IOMMU stands in
 * between, and the registers of that are within reach too.
 */
const struct power_info bypass_powers[_POWER_MAX] = {
	[POWER_CODE] = { "code", "runs code in the kernel", 100, EVERYTHING },
	[POWER_BOOT] = { "boot", "starts another kernel", 100, P(CODE) },
	[POWER_WRITE] = { "write", "writes kernel memory", 95, P(CODE) },
	[POWER_DMA] = { "dma", "has a device write memory", 90, P(WRITE) },
	[POWER_REGISTERS] = { "registers", "writes registers of devices", 80, P(DMA) },
	[POWER_FIRMWARE] = { "firmware", "calls the firmware", 40, 0 },
	[POWER_TASKS] = { "tasks", "writes the memory of any task", 40, 0 },
	[POWER_READ] = { "read", "reads kernel memory", 40, P(GLIMPSE) | P(KEYS) },
	[POWER_MISLEAD] = { "mislead", "misleads the driver of a device", 30, 0 },
	[POWER_GLIMPSE] = { "glimpse", "sees kernel data that passes by", 20, 0 },
	[POWER_KEYS] = { "keys", "reads the keys of IPsec", 10, 0 },
	/* what the kernel loads is its own, so the exposure is no other */
	[POWER_SURFACE] = { "surface", "makes more code of the kernel reachable", 0, 0 },
};

/* By the callers of security_locked_down(), Linux 5.13 to 7.2. */
const struct bypass_fact bypass_facts[] = {
	{ "unsigned_module", P(CODE), "the code of a module is code of the kernel" },
	{ "dev_mem", P(WRITE) | P(REGISTERS),
	  "ports, device registers, and RAM where the kernel does not restrict it to those" },
	{ "efi_test", P(FIRMWARE), "calls EFI runtime services with arguments of one's choice" },
	{ "kexec", P(BOOT), "the next kernel may be any, and finds the memory of this one" },
	{ "hibernation", P(WRITE) | P(READ),
	  "the saved image holds all memory, and can be changed before it is resumed" },
	{ "pci_access", P(DMA) | P(REGISTERS), "drives PCI devices past their drivers" },
	{ "ioport", P(REGISTERS), "every port, those that configure PCI included",
	  .family = FAMILY_X86 },
	{ "msr", P(CODE), "MSRs hold the addresses at which the kernel is entered",
	  .family = FAMILY_X86 },
	{ "acpi_tables", P(WRITE), "AML runs in the kernel and reaches physical memory" },
	{ "device_tree", P(WRITE), "drivers bind to made-up devices and write where those say",
	  .family = FAMILY_POWERPC },
	{ "pcmcia_cis", P(MISLEAD), "a card is taken for another one" },
	{ "tiocsserial", P(REGISTERS), "a serial port writes to any port or device address" },
	{ "unsafe_module_parameters", P(REGISTERS), "drivers use any port or device address" },
	{ "mmiotrace", P(MISLEAD), "a test module writes rubbish to any device address",
	  .family = FAMILY_X86, .needs = "unsafe_module_parameters" },
	{ "debugfs", P(REGISTERS), "files of drivers give raw access to devices" },
	{ "xmon_wr", P(WRITE), "the debugger changes memory", .family = FAMILY_POWERPC,
	  .needs = "xmon_rw" },
	{ "bpf_write", P(TASKS), "programs overwrite the code of tasks under other rule sets" },
	{ "dbg_write_kernel", P(CODE) | P(WRITE),
	  "the debugger changes memory and where it goes on" },
	{ "rtas_error_injection", P(WRITE), "the firmware corrupts memory of one's choice",
	  .family = FAMILY_POWERPC },
	{ "xen_user_actions", P(WRITE), "any hypercall, also those that map and change memory" },
	{ "kcore", P(READ), "is all memory, as a file" },
	{ "kprobes", P(READ), "probes fetch any memory" },
	{ "bpf_read", P(READ), "programs fetch any memory" },
	{ "dbg_read_kernel", P(READ), "the debugger shows memory" },
	{ "perf", P(GLIMPSE), "samples hold registers of interrupted kernel code" },
	/* kernel/trace/trace_eprobe.c asks no KPROBES */
	{ "tracefs", P(READ), "event probes fetch any memory without kprobes (Linux 5.15)" },
	{ "xmon_rw", P(READ), "the debugger shows memory", .family = FAMILY_POWERPC },
	{ "xfrm_secret", P(KEYS), "dumps of security associations hold the keys" },
	{ "module_request", P(SURFACE), "any task has the kernel load drivers of families, ciphers and "
					"file systems" },
};
const size_t bypass_facts_count = ARRAY_SIZE(bypass_facts);

static const struct bypass_fact unknown[_BPFLOCK_LEVEL_MAX] = {
	[BPFLOCK_LEVEL_INTEGRITY] = { NULL, P(CODE),
				      "unknown to this version: taken for the worst of its level" },
	[BPFLOCK_LEVEL_CONFIDENTIALITY] = { NULL, P(READ),
					    "unknown to this version: taken for the worst of its level" },
};

static const struct bypass_fact *find(const char *operation)
{
	for (size_t i = 0; i < bypass_facts_count; i++)
		if (strcmp(bypass_facts[i].operation, operation) == 0)
			return &bypass_facts[i];
	return NULL;
}

const struct bypass_fact *bypass_fact(const struct bpflock_operation *op)
{
	const struct bypass_fact *f = find(op->name);

	return f ? f : &unknown[op->level < _BPFLOCK_LEVEL_MAX ? op->level : 0];
}

/* The names are beginnings of the machine's name in uname(2). */
static const struct {
	const char *prefix;
	enum machine_family family;
} machines[] = {
	{ "x86_64", FAMILY_X86 }, { "i386", FAMILY_X86 }, { "i486", FAMILY_X86 },
	{ "i586", FAMILY_X86 },	  { "i686", FAMILY_X86 }, { "ppc", FAMILY_POWERPC },
};

static enum machine_family family_of(const char *machine)
{
	for (size_t i = 0; i < ARRAY_SIZE(machines); i++)
		if (strncmp(machine, machines[i].prefix, strlen(machines[i].prefix)) == 0)
			return machines[i].family;
	return FAMILY_ANY;
}

uint64_t bypass_applicable(const struct bpflock_operation ops[BPFLOCK_REASONS], const char *machine)
{
	enum machine_family here = family_of(machine);
	uint64_t mask = 0;

	for (uint32_t i = 0; i < BPFLOCK_REASONS; i++) {
		enum machine_family family;

		if (!ops[i].name[0])
			continue;
		family = bypass_fact(&ops[i])->family;
		if (family == FAMILY_ANY || family == here)
			mask |= 1ULL << i;
	}
	return mask;
}

void bypass_assume_levels(struct bpflock_operation ops[BPFLOCK_REASONS])
{
	const unsigned int reading = bypass_closure(P(READ));

	for (uint32_t i = 0; i < BPFLOCK_REASONS; i++)
		if (ops[i].name[0] && ops[i].level != BPFLOCK_LEVEL_NONE)
			ops[i].level = (bypass_fact(&ops[i])->powers & ~reading)
					       ? BPFLOCK_LEVEL_INTEGRITY
					       : BPFLOCK_LEVEL_CONFIDENTIALITY;
}

unsigned int bypass_closure(unsigned int some)
{
	unsigned int before;

	do {
		before = some;
		for (size_t i = 0; i < _POWER_MAX; i++)
			if (some & (1U << i))
				some |= bypass_powers[i].leads_to;
	} while (some != before);
	return some;
}

/*
 * Returns the powers that an operation gives while these are open: none if another one on the way
 * is denied.
 */
static unsigned int given(const struct bpflock_operation ops[BPFLOCK_REASONS], uint64_t open,
			  uint32_t reason)
{
	const struct bypass_fact *f = bypass_fact(&ops[reason]);

	if (!(open & (1ULL << reason)) || !ops[reason].name[0])
		return 0;
	if (f->needs && !(open & operations_bit(ops, f->needs)))
		return 0;
	return f->powers;
}

uint64_t bypass_through(const struct bpflock_operation ops[BPFLOCK_REASONS], uint64_t open,
			uint32_t reason)
{
	unsigned int guarded = bypass_fact(&ops[reason])->powers;
	uint64_t ways = 0;

	for (uint32_t i = 0; i < BPFLOCK_REASONS; i++)
		if (i != reason && (guarded & ~bypass_closure(given(ops, open, i))) == 0)
			ways |= 1ULL << i;
	return ways;
}

unsigned int bypass_exposure(const struct bpflock_operation ops[BPFLOCK_REASONS], uint64_t open)
{
	unsigned int some = 0;
	uint64_t closed = 1000000, whole = closed;

	for (uint32_t i = 0; i < BPFLOCK_REASONS; i++)
		some |= given(ops, open, i);
	for (size_t i = 0; i < _POWER_MAX; i++)
		if (some & (1U << i))
			closed = closed * (100 - bypass_powers[i].weight) / 100;
	return (100 * (whole - closed) + whole / 2) / whole;
}

static const struct {
	unsigned int from;
	const char *word;
} words[] = {
	{ 90, "UNSAFE" }, { 75, "EXPOSED" }, { 50, "MEDIUM" }, { 10, "OK" }, { 0, "SAFE" },
};

const char *bypass_word(unsigned int exposure)
{
	size_t i = 0;

	while (exposure < words[i].from)
		i++;
	return words[i].word;
}
