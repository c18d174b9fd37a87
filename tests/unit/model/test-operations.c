// SPDX-License-Identifier: GPL-2.0-only
/* Operations: stable names for whatever numbers the running kernel has, and lists of them. */
#include "test.h"
#include "operations-btf.h"
#include "operations.h"
#include "expect.h"
#include "kernels.h"

TEST_OPERATIONS(ops)

#define BIT(n) (1ULL << (n))

/* Each enumerator has a name of ours, from the design and not from the code. */
static const struct {
	const char *enumerator, *name;
} names[] = {
	{ "MODULE_SIGNATURE", "unsigned_module" },
	{ "DEV_MEM", "dev_mem" }, { "EFI_TEST", "efi_test" }, { "KEXEC", "kexec" },
	{ "HIBERNATION", "hibernation" },
	{ "PCI_ACCESS", "pci_access" }, { "IOPORT", "ioport" }, { "MSR", "msr" },
	{ "ACPI_TABLES", "acpi_tables" }, { "DEVICE_TREE", "device_tree" },
	{ "PCMCIA_CIS", "pcmcia_cis" }, { "TIOCSSERIAL", "tiocsserial" },
	{ "MODULE_PARAMETERS", "unsafe_module_parameters" },
	{ "MMIOTRACE", "mmiotrace" }, { "DEBUGFS", "debugfs" }, { "XMON_WR", "xmon_wr" },
	{ "BPF_WRITE_USER", "bpf_write" },
	{ "DBG_WRITE_KERNEL", "dbg_write_kernel" },
	{ "RTAS_ERROR_INJECTION", "rtas_error_injection" },
	{ "XEN_USER_ACTIONS", "xen_user_actions" },
	{ "KCORE", "kcore" }, { "KPROBES", "kprobes" }, { "BPF_READ_KERNEL", "bpf_read" },
	{ "BPF_READ", "bpf_read" }, { "DBG_READ_KERNEL", "dbg_read_kernel" },
	{ "PERF", "perf" }, { "TRACEFS", "tracefs" }, { "XMON_RW", "xmon_rw" },
	{ "XFRM_SECRET", "xfrm_secret" },
	/* of kernel_next, unknown to this build */
	{ "FOO", "foo" },
	{ "BAR_SECRET", "bar_secret" },
};

static const char *expected_name(const char *enumerator)
{
	enumerator += strlen("LOCKDOWN_");
	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		if (strcmp(names[i].enumerator, enumerator) == 0)
			return names[i].name;
	return ""; /* NONE and the two limits are no operations */
}

static void check_kernel(const struct enumerator *kernel)
{
	struct bpflock_operation ops[BPFLOCK_REASONS];
	int integrity_max = kernel_reason(kernel, "INTEGRITY_MAX");
	int count = 0;

	kernel_operations(kernel, ops);
	for (; kernel->name; kernel++, count++) {
		assert_string_equal(ops[kernel->value].name, expected_name(kernel->name));
		assert_int_equal(ops[kernel->value].level, kernel->value < integrity_max ?
								   BPFLOCK_LEVEL_INTEGRITY :
								   BPFLOCK_LEVEL_CONFIDENTIALITY);
	}
	for (int i = count; i < BPFLOCK_REASONS; i++)
		assert_string_equal(ops[i].name, "");
}

TEST(numbers_and_classes_follow_the_kernel)
{
	check_kernel(kernel_5_10);
	check_kernel(kernel_6_1);
}

TEST(a_reason_of_tomorrow_gets_its_own_name_and_class)
{
	struct bpflock_operation ops[BPFLOCK_REASONS];
	CLEANUP(diagnostics_done) struct diagnostics d = DIAGNOSTICS_INIT;
	struct place at = { "--block", 0, 1 };
	uint64_t mask = 0;

	check_kernel(kernel_next);
	kernel_operations(kernel_next, ops);
	assert_int_equal(ops[21].level, BPFLOCK_LEVEL_INTEGRITY);
	assert_string_equal(operations_name(ops, 21), "foo");
	assert_string_equal(operations_description(ops, 21), "foo");
	assert_true(operations_parse_list(ops, "foo,bar_secret", &at, &mask, &d));
	assert_true(mask == (BIT(21) | BIT(kernel_reason(kernel_next, "BAR_SECRET"))));
	assert_int_equal(d.n, 0);
}

TEST(the_former_name_of_bpf_read_is_bpf_read)
{
	struct bpflock_operation ops[BPFLOCK_REASONS];

	kernel_operations(kernel_5_10, ops);
	assert_true(operations_bit(ops, "bpf_read") == BIT(kernel_reason(kernel_5_10, "BPF_READ")));
	kernel_operations(kernel_6_1, ops);
	assert_true(operations_bit(ops, "bpf_read") == BIT(kernel_reason(kernel_6_1, "BPF_READ_KERNEL")));
}

TEST(an_enum_that_cannot_be_this_one_is_refused)
{
	static const struct {
		struct enumerator rows[5];
		int expected;
	} cases[] = {
		{ { { "LOCKDOWN_NONE", 0 }, { "LOCKDOWN_A", 1 }, { "LOCKDOWN_INTEGRITY_MAX", 2 },
		    { "LOCKDOWN_CONFIDENTIALITY_MAX", 3 } }, 0 },
		{ { { "LOCKDOWN_NONE", 0 }, { "LOCKDOWN_A", 1 } }, -ENOENT },
		{ { { "LOCKDOWN_INTEGRITY_MAX", 2 } }, -ENOENT },
		{ { { "LOCKDOWN_CONFIDENTIALITY_MAX", 2 } }, -ENOENT },
		{ { { "LOCKDOWN_INTEGRITY_MAX", 3 }, { "LOCKDOWN_CONFIDENTIALITY_MAX", 3 } }, -ENOENT },
		{ { { "LOCKDOWN_INTEGRITY_MAX", 4 }, { "LOCKDOWN_CONFIDENTIALITY_MAX", 3 } }, -ENOENT },
		{ { { "LOCKDOWN_INTEGRITY_MAX", 0 }, { "LOCKDOWN_CONFIDENTIALITY_MAX", 3 } }, -ENOENT },
		{ { { "lockdown_a", 1 }, { "LOCKDOWN_INTEGRITY_MAX", 2 },
		    { "LOCKDOWN_CONFIDENTIALITY_MAX", 3 } }, -EBADMSG },
		{ { { "LOCKDOWN_A", 64 }, { "LOCKDOWN_INTEGRITY_MAX", 2 },
		    { "LOCKDOWN_CONFIDENTIALITY_MAX", 3 } }, -E2BIG },
		{ { { "LOCKDOWN_A", -1 }, { "LOCKDOWN_INTEGRITY_MAX", 2 },
		    { "LOCKDOWN_CONFIDENTIALITY_MAX", 3 } }, -E2BIG },
		{ { { "LOCKDOWN_A", 63 }, { "LOCKDOWN_INTEGRITY_MAX", 2 },
		    { "LOCKDOWN_CONFIDENTIALITY_MAX", 3 } }, 0 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct bpflock_operation ops[BPFLOCK_REASONS];
		struct raw_btf *btf;
		struct blob b;
		int r;

		blob_init(&b);
		blob_enum(&b, "lockdown_reason", cases[i].rows);
		assert_int_equal(blob_btf(&b, &btf), 0);
		memset(ops, 0x5a, sizeof(ops));
		r = operations_btf_read(btf, ops);
		if (r != cases[i].expected)
			fail_msg("row %zu: %d", i, r);
		if (r < 0)
			for (size_t k = 0; k < sizeof(ops); k++)
				assert_int_equal(((unsigned char *)ops)[k], 0x5a);
		btf_raw_free(btf);
	}
}

/* Names that do not fit would be cut, and two of them could become one that a list cannot tell apart. */
TEST(names_too_long_for_their_row_do_not_merge)
{
	static const struct enumerator rows[] = {
		{ "LOCKDOWN_A_NAME_LONGER_THAN_ANY_KERNEL_HAS_TODAY_ONE", 1 },
		{ "LOCKDOWN_A_NAME_LONGER_THAN_ANY_KERNEL_HAS_TODAY_TWO", 2 },
		{ "LOCKDOWN_INTEGRITY_MAX", 3 },
		{ "LOCKDOWN_CONFIDENTIALITY_MAX", 4 },
		{}
	};
	struct bpflock_operation ops[BPFLOCK_REASONS];
	struct raw_btf *btf;
	struct blob b;
	int r;

	blob_init(&b);
	blob_enum(&b, "lockdown_reason", rows);
	assert_int_equal(blob_btf(&b, &btf), 0);
	r = operations_btf_read(btf, ops);
	btf_raw_free(btf);
	if (r == 0)
		assert_string_not_equal(ops[1].name, ops[2].name);
}

TEST(assumed_operations_are_all_that_are_known)
{
	struct bpflock_operation ops[BPFLOCK_REASONS];

	operations_assume(ops);
	for (size_t i = 0; i < ARRAY_SIZE(names) - 2; i++)
		assert_true(operations_bit(ops, names[i].name) != 0);
	assert_true(operations_bit(ops, "foo") == 0);
	assert_string_equal(ops[0].name, "");
}

TEST(the_kernels_own_words_describe_an_operation)
{
	assert_string_equal(operations_description(ops, 2), "/dev/mem,kmem,port");
	assert_string_equal(operations_name(ops, 2), "dev_mem");
	for (uint32_t reason = 0; reason < 200; reason++) {
		bool listed = (reason > 0 && reason < 29 && reason != 20) ||
			      reason == BPFLOCK_MODULE_REQUEST;

		assert_int_equal(strcmp(operations_name(ops, reason), "unknown") != 0, listed);
		assert_int_equal(strcmp(operations_description(ops, reason), "unknown") != 0,
				 listed);
	}
	assert_string_equal(operations_name(ops, UINT32_MAX), "unknown");
	assert_string_equal(operations_description(ops, UINT32_MAX), "unknown");
}

TEST(levels_govern_as_in_kernel_lockdown)
{
	uint64_t integrity = BIT(20) - 2; /* 1 to 19 */
	uint64_t confidentiality = BIT(29) - BIT(21);

	assert_true(operations_governed(ops, BPFLOCK_LEVEL_INTEGRITY) == integrity);
	assert_true(operations_governed(ops, BPFLOCK_LEVEL_CONFIDENTIALITY) ==
		    (integrity | confidentiality));
	assert_true(operations_in_group(ops, GROUP_INTEGRITY) == integrity);
	assert_true(operations_in_group(ops, GROUP_CONFIDENTIALITY) == confidentiality);
	assert_true(operations_in_group(ops, GROUP_ALL) == (integrity | confidentiality));
}

TEST(ours_is_in_no_group_and_not_among_the_unnamed)
{
	struct bpflock_operation own[BPFLOCK_REASONS], ops[BPFLOCK_REASONS];

	kernel_operations(kernel_6_1, ops);
	memcpy(own, ops, sizeof(own));
	assert_false(operations_unnamed(ops) & BPFLOCK_MODULE_REQUEST_BIT);
	operations_add_own(own);
	assert_true(operations_bit(own, "module_request") == BPFLOCK_MODULE_REQUEST_BIT);
	for (int g = 0; g < _GROUP_MAX; g++)
		assert_true(operations_in_group(own, g) == operations_in_group(ops, g));
	for (int l = 0; l < _BPFLOCK_LEVEL_MAX; l++)
		assert_true(operations_governed(own, l) == operations_governed(ops, l));
	assert_true(operations_unnamed(own) == operations_unnamed(ops));
	assert_true(operations_named(own) == (operations_named(ops) | BPFLOCK_MODULE_REQUEST_BIT));
}

TEST(each_known_operation_is_in_a_group_of_its_subject)
{
	uint64_t all = 0;

	for (int g = 0; g < GROUP_INTEGRITY; g++) {
		assert_true(operations_in_group(ops, g) != 0);
		all |= operations_in_group(ops, g);
	}
	assert_true(all == operations_in_group(ops, GROUP_ALL));
}

static const char *const block[] = { "--block", "f" };

struct list_row {
	const char *list;
	const char *mask; /* enumerators it means, blanks between; NULL: refused */
	struct expected diagnostics[4];
};

static uint64_t mask_of(const char *enumerators)
{
	char copy[512], *save = NULL;
	uint64_t mask = 0;

	snprintf(copy, sizeof(copy), "%s", enumerators);
	for (char *word = strtok_r(copy, " ", &save); word; word = strtok_r(NULL, " ", &save)) {
		int reason = kernel_reason(kernel_6_1, word);

		assert_true(reason > 0);
		mask |= BIT(reason);
	}
	return mask;
}

static void check_lists(const struct list_row *rows, size_t n)
{
	struct place at = { block[0], 0, 1 };

	for (size_t i = 0; i < n; i++) {
		CLEANUP(diagnostics_done) struct diagnostics d = DIAGNOSTICS_INIT;
		uint64_t before = BIT(40), mask = before;
		/* exactly sized, so that the sanitizer sees a look beyond */
		CLEANUP(free_charp) char *list = strdup(rows[i].list);
		bool done = operations_parse_list(ops, list, &at, &mask, &d);

		expect_diagnostics(list, &d, rows[i].diagnostics);
		assert_int_equal(done, rows[i].mask != NULL);
		if (mask != (rows[i].mask ? before | mask_of(rows[i].mask) : before))
			fail_msg("\"%s\": mask %#llx", list, (unsigned long long)mask);
	}
}

TEST_ROWS(commas_and_blanks_separate, check_lists, struct list_row,
	{ "", "" }, { " ", "" }, { "\t  ", "" }, { "kexec", "KEXEC" },
	{ "kexec,msr", "KEXEC MSR" }, { "kexec, msr", "KEXEC MSR" },
	{ "kexec ,msr", "KEXEC MSR" }, { "kexec msr", "KEXEC MSR" },
	{ "kexec\tmsr", "KEXEC MSR" }, { "  kexec \t,\t msr  ", "KEXEC MSR" },
	{ "kexec kexec,kexec", "KEXEC" },
	{ "unsafe_module_parameters", "MODULE_PARAMETERS" },
	{ "unsigned_module bpf_read", "MODULE_SIGNATURE BPF_READ_KERNEL" })

TEST_ROWS(groups_stand_wherever_an_operation_does, check_lists, struct list_row,
	{ "@image", "KEXEC HIBERNATION" },
	{ "@modules", "MODULE_SIGNATURE MODULE_PARAMETERS" },
	{ "@bpf", "BPF_WRITE_USER BPF_READ_KERNEL" },
	{ "@debugger", "XMON_WR XMON_RW DBG_WRITE_KERNEL DBG_READ_KERNEL" },
	{ "@image,msr", "KEXEC HIBERNATION MSR" },
	{ "msr @image kexec", "KEXEC HIBERNATION MSR" },
	{ "@confidentiality",
	  "KCORE KPROBES BPF_READ_KERNEL DBG_READ_KERNEL PERF TRACEFS XMON_RW XFRM_SECRET" },
	{ "image", NULL, { { "--block", "unknown operation \"image\": did you mean \"@image\"" } } },
	{ "@imag", NULL, { { "--block", "unknown group \"@imag\": did you mean \"@image\"" } } },
	{ "@kexec", NULL, { { "--block", "unknown group \"@kexec\": did you mean \"kexec\"" } } },
	{ "@", NULL, { { "--block", "unknown group \"@\"" } } },
	{ "@@all", NULL, { { "--block", "unknown group \"@@all\"" } } })

TEST_ROWS(a_wrong_word_is_refused_at_its_column, check_lists, struct list_row,
	{ "debugsf", NULL, { { "--block", "unknown operation \"debugsf\": did you mean \"debugfs\"?" } } },
	{ "msr, debugsf", NULL, { { "--block:6", "\"debugsf\": did you mean \"debugfs\"?" } } },
	{ "  bananas", NULL, { { "--block:3", "unknown operation \"bananas\"" } } },
	{ "Kexec", NULL, { { "--block", "\"Kexec\": did you mean \"kexec\"" } } },
	{ "KEXEC", NULL, { { "--block", "unknown operation \"KEXEC\"" } } },
	{ "kexe", NULL, { { "--block", "\"kexe\": did you mean \"kexec\"" } } },
	{ "kexecs", NULL, { { "--block", "\"kexecs\": did you mean \"kexec\"" } } },
	{ "kexec;msr", NULL, { { "--block", "unknown operation \"kexec;msr\"" } } },
	{ "kexec\nmsr", NULL, { { "--block", "unknown operation \"kexec\\x0amsr\"" } } },
	{ "LOCKDOWN_KEXEC", NULL, { { "--block", "unknown operation" } } },
	{ "integrity_max", NULL, { { "--block", "unknown operation" } } },
	{ "none", NULL, { { "--block", "unknown operation \"none\"" } } },
	{ "*", NULL, { { "--block", "unknown operation \"*\"" } } },
	{ "-kexec", NULL, { { "--block", "unknown operation \"-kexec\"" } } },
	{ "kexec # why", NULL,
	  { { "--block:7", "unknown operation \"#\"" }, { "--block:9", "unknown operation \"why\"" } } },
	{ "debugsf kexec mrs", NULL,
	  { { "--block", "did you mean \"debugfs\"" }, { "--block:15", "did you mean \"msr\"" } } })

TEST_ROWS(a_stray_comma_is_refused_at_its_column, check_lists, struct list_row,
	{ ",", NULL, { { "--block", "before this comma" } } },
	{ ",kexec", NULL, { { "--block", "before this comma" } } },
	{ "  ,kexec", NULL, { { "--block:3", "before this comma" } } },
	{ "kexec,", NULL, { { "--block:6", "after this comma" } } },
	{ "kexec , ", NULL, { { "--block:7", "after this comma" } } },
	{ "kexec,,msr", NULL, { { "--block:7", "before this comma" } } },
	{ "kexec, ,msr", NULL, { { "--block:8", "before this comma" } } })

/* A file is mended at once if everything that is wrong with it is told. */
TEST_ROWS(a_stray_comma_hides_no_other_mistake, check_lists, struct list_row,
	{ "debugsf,,mrs", NULL,
	  { { "--block", "debugfs" }, { "--block:9", "before this comma" }, { "--block:10", "msr" } } })

TEST_ROWS(what_this_kernel_lacks_is_only_a_warning, check_lists, struct list_row,
	{ "xen_user_actions", "",
	  { { "--block", "this kernel has no operation \"xen_user_actions\"", true } } },
	{ "kexec xen_user_actions msr", "KEXEC MSR", { { "--block:7", "xen_user_actions", true } } },
	{ "xen_user_actions bananas", NULL,
	  { { "--block", "xen_user_actions", true }, { "--block:18", "bananas" } } },
	{ "foo", NULL, { { "--block", "unknown operation \"foo\"" } } })

TEST(columns_count_from_where_the_list_starts)
{
	static const struct expected expected[] = { { "f:7:16", "bananas" }, {} };
	CLEANUP(diagnostics_done) struct diagnostics d = DIAGNOSTICS_INIT;
	struct place at = { block[1], 7, 11 };
	uint64_t mask = 0;

	assert_false(operations_parse_list(ops, "msr, bananas", &at, &mask, &d));
	expect_diagnostics("msr, bananas", &d, expected);
}

TEST(words_of_any_length_are_refused)
{
	struct place at = { block[0], 0, 1 };

	for (size_t len = 1; len < 200; len++) {
		CLEANUP(diagnostics_done) struct diagnostics d = DIAGNOSTICS_INIT;
		CLEANUP(free_charp) char *word = calloc(1, len + 1);
		uint64_t mask = 0;

		memset(word, 'q', len);
		assert_false(operations_parse_list(ops, word, &at, &mask, &d));
		assert_int_equal(d.errors, 1);
		assert_non_null(strstr(d.items[0].text, word));
	}
}

TEST(no_beginning_of_an_operation_or_group_is_one)
{
	struct place at = { block[0], 0, 1 };

	for (size_t i = 0; i < operations_known_count + _GROUP_MAX; i++) {
		const char *name = i < operations_known_count ?
					   operations_known[i].name :
					   operation_groups[i - operations_known_count].name;

		for (size_t k = 1; k < strlen(name); k++) {
			CLEANUP(diagnostics_done) struct diagnostics d = DIAGNOSTICS_INIT;
			char word[64];
			uint64_t mask = 0;

			snprintf(word, sizeof(word), "%.*s", (int)k, name);
			if (operations_parse_list(ops, word, &at, &mask, &d) || mask)
				fail_msg("%s is taken", word);
		}
	}
}

/* The slots beside the ring reach to the last reason of the kernel's; ours has none. */
TEST(slots_are_for_the_reasons_of_the_kernel)
{
	struct bpflock_operation few[BPFLOCK_REASONS] = {};

	assert_int_equal(operations_kept(few), BPFLOCK_KEPT_INDEX(1, 0));
	strcpy(few[3].name, "kexec");
	operations_add_own(few);
	assert_int_equal(operations_kept(few), BPFLOCK_KEPT_INDEX(4, 0));
	strcpy(few[BPFLOCK_REASONS - 1].name, "new");
	assert_int_equal(operations_kept(few), BPFLOCK_KEPT_MAX);
}
