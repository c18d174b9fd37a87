// SPDX-License-Identifier: GPL-2.0-only
/* Operations: stable names for whatever numbers the running kernel has, and lists of them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "operations-btf.h"
#include "operations.h"
#include "util.h"
#include "expect.h"
#include "kernels.h"

#define BIT(n) (1ULL << (n))

/* bpflock's name of each enumerator, from the design and not from the code. */
static const struct {
	const char *enumerator, *name;
} names[] = {
	{ "MODULE_SIGNATURE", "unsigned_module" },
	{ "DEV_MEM", "dev_mem" },
	{ "EFI_TEST", "efi_test" },
	{ "KEXEC", "kexec" },
	{ "HIBERNATION", "hibernation" },
	{ "PCI_ACCESS", "pci_access" },
	{ "IOPORT", "ioport" },
	{ "MSR", "msr" },
	{ "ACPI_TABLES", "acpi_tables" },
	{ "DEVICE_TREE", "device_tree" },
	{ "PCMCIA_CIS", "pcmcia_cis" },
	{ "TIOCSSERIAL", "tiocsserial" },
	{ "MODULE_PARAMETERS", "unsafe_module_parameters" },
	{ "MMIOTRACE", "mmiotrace" },
	{ "DEBUGFS", "debugfs" },
	{ "XMON_WR", "xmon_wr" },
	{ "BPF_WRITE_USER", "bpf_write" },
	{ "DBG_WRITE_KERNEL", "dbg_write_kernel" },
	{ "RTAS_ERROR_INJECTION", "rtas_error_injection" },
	{ "XEN_USER_ACTIONS", "xen_user_actions" },
	{ "KCORE", "kcore" },
	{ "KPROBES", "kprobes" },
	{ "BPF_READ_KERNEL", "bpf_read" },
	{ "BPF_READ", "bpf_read" },
	{ "DBG_READ_KERNEL", "dbg_read_kernel" },
	{ "PERF", "perf" },
	{ "TRACEFS", "tracefs" },
	{ "XMON_RW", "xmon_rw" },
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

static void numbers_and_classes_follow_the_kernel(void **state)
{
	check_kernel(kernel_5_10);
	check_kernel(kernel_6_1);
}

static void a_reason_of_tomorrow_gets_its_own_name_and_class(void **state)
{
	struct bpflock_operation ops[BPFLOCK_REASONS];
	struct diagnostics d = DIAGNOSTICS_INIT;
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
	diagnostics_done(&d);
}

static void the_former_name_of_bpf_read_is_bpf_read(void **state)
{
	struct bpflock_operation ops[BPFLOCK_REASONS];

	kernel_operations(kernel_5_10, ops);
	assert_true(operations_bit(ops, "bpf_read") == BIT(kernel_reason(kernel_5_10, "BPF_READ")));
	kernel_operations(kernel_6_1, ops);
	assert_true(operations_bit(ops, "bpf_read") == BIT(kernel_reason(kernel_6_1, "BPF_READ_KERNEL")));
}

static void an_enum_that_cannot_be_this_one_is_refused(void **state)
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
static void names_too_long_for_their_row_do_not_merge(void **state)
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

static void assumed_operations_are_all_that_are_known(void **state)
{
	struct bpflock_operation ops[BPFLOCK_REASONS];

	operations_assume(ops);
	for (size_t i = 0; i < ARRAY_SIZE(names) - 2; i++)
		assert_true(operations_bit(ops, names[i].name) != 0);
	assert_true(operations_bit(ops, "foo") == 0);
	assert_string_equal(ops[0].name, "");
}

static void the_kernels_own_words_describe_an_operation(void **state)
{
	struct bpflock_operation ops[BPFLOCK_REASONS];

	kernel_operations(kernel_6_1, ops);
	assert_string_equal(operations_description(ops, 2), "/dev/mem,kmem,port");
	assert_string_equal(operations_name(ops, 2), "dev_mem");
	for (uint32_t reason = 0; reason < 200; reason++) {
		bool listed = reason > 0 && reason < 29 && reason != 20;

		assert_int_equal(strcmp(operations_name(ops, reason), "unknown") != 0, listed);
		assert_int_equal(strcmp(operations_description(ops, reason), "unknown") != 0,
				 listed);
	}
	assert_string_equal(operations_name(ops, UINT32_MAX), "unknown");
	assert_string_equal(operations_description(ops, UINT32_MAX), "unknown");
}

static void levels_govern_as_in_kernel_lockdown(void **state)
{
	struct bpflock_operation ops[BPFLOCK_REASONS];
	uint64_t integrity = BIT(20) - 2; /* 1 to 19 */
	uint64_t confidentiality = BIT(29) - BIT(21);

	kernel_operations(kernel_6_1, ops);
	assert_true(operations_governed(ops, BPFLOCK_LEVEL_INTEGRITY) == integrity);
	assert_true(operations_governed(ops, BPFLOCK_LEVEL_CONFIDENTIALITY) ==
		    (integrity | confidentiality));
	assert_true(operations_in_group(ops, GROUP_INTEGRITY) == integrity);
	assert_true(operations_in_group(ops, GROUP_CONFIDENTIALITY) == confidentiality);
	assert_true(operations_in_group(ops, GROUP_ALL) == (integrity | confidentiality));
}

static void each_known_operation_is_in_a_group_of_its_subject(void **state)
{
	struct bpflock_operation ops[BPFLOCK_REASONS];
	uint64_t all = 0;

	kernel_operations(kernel_6_1, ops);
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
	struct bpflock_operation ops[BPFLOCK_REASONS];
	struct place at = { block[0], 0, 1 };

	kernel_operations(kernel_6_1, ops);
	for (size_t i = 0; i < n; i++) {
		struct diagnostics d = DIAGNOSTICS_INIT;
		uint64_t before = BIT(40), mask = before;
		/* exactly sized, so that the sanitizer sees a look beyond */
		char *list = strdup(rows[i].list);
		bool done = operations_parse_list(ops, list, &at, &mask, &d);

		expect_diagnostics(list, &d, rows[i].diagnostics);
		assert_int_equal(done, rows[i].mask != NULL);
		if (mask != (rows[i].mask ? before | mask_of(rows[i].mask) : before))
			fail_msg("\"%s\": mask %#llx", list, (unsigned long long)mask);
		diagnostics_done(&d);
		free(list);
	}
}

static void commas_and_blanks_separate(void **state)
{
	static const struct list_row rows[] = {
		{ "", "" },
		{ " ", "" },
		{ "\t  ", "" },
		{ "kexec", "KEXEC" },
		{ "kexec,msr", "KEXEC MSR" },
		{ "kexec, msr", "KEXEC MSR" },
		{ "kexec ,msr", "KEXEC MSR" },
		{ "kexec msr", "KEXEC MSR" },
		{ "kexec\tmsr", "KEXEC MSR" },
		{ "  kexec \t,\t msr  ", "KEXEC MSR" },
		{ "kexec kexec,kexec", "KEXEC" },
		{ "unsafe_module_parameters", "MODULE_PARAMETERS" },
		{ "unsigned_module bpf_read", "MODULE_SIGNATURE BPF_READ_KERNEL" },
	};

	check_lists(rows, ARRAY_SIZE(rows));
}

static void groups_stand_wherever_an_operation_does(void **state)
{
	static const struct list_row rows[] = {
		{ "@image", "KEXEC HIBERNATION" },
		{ "@modules", "MODULE_SIGNATURE MODULE_PARAMETERS" },
		{ "@bpf", "BPF_WRITE_USER BPF_READ_KERNEL" },
		{ "@debugger", "XMON_WR XMON_RW DBG_WRITE_KERNEL DBG_READ_KERNEL" },
		{ "@image,msr", "KEXEC HIBERNATION MSR" },
		{ "msr @image kexec", "KEXEC HIBERNATION MSR" },
		{ "@confidentiality",
		  "KCORE KPROBES BPF_READ_KERNEL DBG_READ_KERNEL PERF TRACEFS XMON_RW XFRM_SECRET" },
		{ "image", NULL, { { "--block:1", "unknown operation \"image\": did you mean \"@image\"" } } },
		{ "@imag", NULL, { { "--block:1", "unknown group \"@imag\": did you mean \"@image\"" } } },
		{ "@kexec", NULL, { { "--block:1", "unknown group \"@kexec\": did you mean \"kexec\"" } } },
		{ "@", NULL, { { "--block:1", "unknown group \"@\"" } } },
		{ "@@all", NULL, { { "--block:1", "unknown group \"@@all\"" } } },
	};

	check_lists(rows, ARRAY_SIZE(rows));
}

static void a_wrong_word_is_refused_at_its_column(void **state)
{
	static const struct list_row rows[] = {
		{ "debugsf", NULL, { { "--block:1", "unknown operation \"debugsf\": did you mean \"debugfs\"?" } } },
		{ "msr, debugsf", NULL, { { "--block:6", "\"debugsf\": did you mean \"debugfs\"?" } } },
		{ "  bananas", NULL, { { "--block:3", "unknown operation \"bananas\"" } } },
		{ "Kexec", NULL, { { "--block:1", "\"Kexec\": did you mean \"kexec\"" } } },
		{ "KEXEC", NULL, { { "--block:1", "unknown operation \"KEXEC\"" } } },
		{ "kexe", NULL, { { "--block:1", "\"kexe\": did you mean \"kexec\"" } } },
		{ "kexecs", NULL, { { "--block:1", "\"kexecs\": did you mean \"kexec\"" } } },
		{ "kexec;msr", NULL, { { "--block:1", "unknown operation \"kexec;msr\"" } } },
		{ "kexec\nmsr", NULL, { { "--block:1", "unknown operation \"kexec\\x0amsr\"" } } },
		{ "LOCKDOWN_KEXEC", NULL, { { "--block:1", "unknown operation" } } },
		{ "integrity_max", NULL, { { "--block:1", "unknown operation" } } },
		{ "none", NULL, { { "--block:1", "unknown operation \"none\"" } } },
		{ "*", NULL, { { "--block:1", "unknown operation \"*\"" } } },
		{ "-kexec", NULL, { { "--block:1", "unknown operation \"-kexec\"" } } },
		{ "kexec # why", NULL,
		  { { "--block:7", "unknown operation \"#\"" }, { "--block:9", "unknown operation \"why\"" } } },
		{ "debugsf kexec mrs", NULL,
		  { { "--block:1", "did you mean \"debugfs\"" }, { "--block:15", "did you mean \"msr\"" } } },
	};

	check_lists(rows, ARRAY_SIZE(rows));
}

static void a_stray_comma_is_refused_at_its_column(void **state)
{
	static const struct list_row rows[] = {
		{ ",", NULL, { { "--block:1", "before this comma" } } },
		{ ",kexec", NULL, { { "--block:1", "before this comma" } } },
		{ "  ,kexec", NULL, { { "--block:3", "before this comma" } } },
		{ "kexec,", NULL, { { "--block:6", "after this comma" } } },
		{ "kexec , ", NULL, { { "--block:7", "after this comma" } } },
		{ "kexec,,msr", NULL, { { "--block:7", "before this comma" } } },
		{ "kexec, ,msr", NULL, { { "--block:8", "before this comma" } } },
	};

	check_lists(rows, ARRAY_SIZE(rows));
}

/* Whoever mends a file wants to hear of everything that is wrong with it. */
static void a_stray_comma_hides_no_other_mistake(void **state)
{
	static const struct list_row rows[] = {
		{ "debugsf,,mrs", NULL,
		  { { "--block:1", "debugfs" }, { "--block:9", "before this comma" }, { "--block:10", "msr" } } },
	};

	check_lists(rows, ARRAY_SIZE(rows));
}

static void what_this_kernel_lacks_is_only_a_warning(void **state)
{
	static const struct list_row rows[] = {
		{ "xen_user_actions", "",
		  { { "--block:1", "this kernel has no operation \"xen_user_actions\"", true } } },
		{ "kexec xen_user_actions msr", "KEXEC MSR", { { "--block:7", "xen_user_actions", true } } },
		{ "xen_user_actions bananas", NULL,
		  { { "--block:1", "xen_user_actions", true }, { "--block:18", "bananas" } } },
		{ "foo", NULL, { { "--block:1", "unknown operation \"foo\"" } } },
	};

	check_lists(rows, ARRAY_SIZE(rows));
}

static void columns_count_from_where_the_list_starts(void **state)
{
	static const struct expected expected[] = { { "f:7:16", "bananas" }, {} };
	struct bpflock_operation ops[BPFLOCK_REASONS];
	struct diagnostics d = DIAGNOSTICS_INIT;
	struct place at = { block[1], 7, 11 };
	uint64_t mask = 0;

	kernel_operations(kernel_6_1, ops);
	assert_false(operations_parse_list(ops, "msr, bananas", &at, &mask, &d));
	expect_diagnostics("msr, bananas", &d, expected);
	diagnostics_done(&d);
}

static void words_of_any_length_are_refused(void **state)
{
	struct bpflock_operation ops[BPFLOCK_REASONS];
	struct place at = { block[0], 0, 1 };

	kernel_operations(kernel_6_1, ops);
	for (size_t len = 1; len < 200; len++) {
		struct diagnostics d = DIAGNOSTICS_INIT;
		char *word = calloc(1, len + 1);
		uint64_t mask = 0;

		memset(word, 'q', len);
		assert_false(operations_parse_list(ops, word, &at, &mask, &d));
		assert_int_equal(d.errors, 1);
		assert_non_null(strstr(d.items[0].text, word));
		diagnostics_done(&d);
		free(word);
	}
}

static void no_beginning_of_an_operation_or_group_is_one(void **state)
{
	struct bpflock_operation ops[BPFLOCK_REASONS];
	struct place at = { block[0], 0, 1 };

	kernel_operations(kernel_6_1, ops);
	for (size_t i = 0; i < operations_known_count + _GROUP_MAX; i++) {
		const char *name = i < operations_known_count ?
					   operations_known[i].name :
					   operation_groups[i - operations_known_count].name;

		for (size_t k = 1; k < strlen(name); k++) {
			struct diagnostics d = DIAGNOSTICS_INIT;
			char word[64];
			uint64_t mask = 0;

			snprintf(word, sizeof(word), "%.*s", (int)k, name);
			if (operations_parse_list(ops, word, &at, &mask, &d) || mask)
				fail_msg("%s is taken", word);
			diagnostics_done(&d);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(numbers_and_classes_follow_the_kernel),
		cmocka_unit_test(a_reason_of_tomorrow_gets_its_own_name_and_class),
		cmocka_unit_test(the_former_name_of_bpf_read_is_bpf_read),
		cmocka_unit_test(an_enum_that_cannot_be_this_one_is_refused),
		cmocka_unit_test(names_too_long_for_their_row_do_not_merge),
		cmocka_unit_test(assumed_operations_are_all_that_are_known),
		cmocka_unit_test(the_kernels_own_words_describe_an_operation),
		cmocka_unit_test(levels_govern_as_in_kernel_lockdown),
		cmocka_unit_test(each_known_operation_is_in_a_group_of_its_subject),
		cmocka_unit_test(commas_and_blanks_separate),
		cmocka_unit_test(groups_stand_wherever_an_operation_does),
		cmocka_unit_test(a_wrong_word_is_refused_at_its_column),
		cmocka_unit_test(a_stray_comma_is_refused_at_its_column),
		cmocka_unit_test(a_stray_comma_hides_no_other_mistake),
		cmocka_unit_test(what_this_kernel_lacks_is_only_a_warning),
		cmocka_unit_test(columns_count_from_where_the_list_starts),
		cmocka_unit_test(words_of_any_length_are_refused),
		cmocka_unit_test(no_beginning_of_an_operation_or_group_is_one),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
