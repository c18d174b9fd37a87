// SPDX-License-Identifier: GPL-2.0-only
/* The kernel's own Lockdown says its level, and refuses before bpflock is asked. */
#include "test.h"
#include "operations.h"
#include "securityfs.h"
#include "kernels.h"

TEST(the_level_in_brackets_is_active)
{
	static const struct {
		const char *text;
		enum kernel_lockdown expected;
	} rows[] = {
		{ "[none] integrity confidentiality", KERNEL_LOCKDOWN_NONE },
		{ "none [integrity] confidentiality", KERNEL_LOCKDOWN_INTEGRITY },
		{ "none integrity [confidentiality]", KERNEL_LOCKDOWN_CONFIDENTIALITY },
		{ "[none]", KERNEL_LOCKDOWN_NONE },
		{ "[integrity] none", KERNEL_LOCKDOWN_INTEGRITY },
		/* once set, the kernel may list less */
		{ "[confidentiality]", KERNEL_LOCKDOWN_CONFIDENTIALITY },
		{ "", KERNEL_LOCKDOWN_ABSENT },
		{ "none integrity confidentiality", KERNEL_LOCKDOWN_ABSENT },
		{ "[absent]", KERNEL_LOCKDOWN_ABSENT },
		{ "[integ] [integrityx]", KERNEL_LOCKDOWN_ABSENT },
		{ "[integrity", KERNEL_LOCKDOWN_ABSENT },
		{ "integrity]", KERNEL_LOCKDOWN_ABSENT },
		{ "[ integrity ]", KERNEL_LOCKDOWN_ABSENT },
		{ "x[integrity]", KERNEL_LOCKDOWN_ABSENT },
		{ "[something-new] integrity", KERNEL_LOCKDOWN_ABSENT },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		CLEANUP(free_charp) char *copy = strdup(rows[i].text);

		if (securityfs_lockdown_parse(copy) != rows[i].expected)
			fail_msg("\"%s\": %d", copy, securityfs_lockdown_parse(copy));
	}
}

TEST(each_level_has_a_name)
{
	static const char *const names[_KERNEL_LOCKDOWN_MAX] = { "absent", "unknown", "none",
								 "integrity", "confidentiality" };

	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		assert_string_equal(securityfs_lockdown_name(i), names[i]);
}

TEST(a_level_refuses_what_it_governs)
{
	struct bpflock_operation ops[BPFLOCK_REASONS];
	uint64_t integrity = 0, all = 0;
	int limit = kernel_reason(kernel_6_1, "INTEGRITY_MAX");

	kernel_operations(kernel_6_1, ops);
	for (const struct enumerator *e = &kernel_6_1[1]; e->name; e++) {
		if (strstr(e->name, "_MAX"))
			continue;
		all |= 1ULL << e->value;
		if (e->value < limit)
			integrity |= 1ULL << e->value;
	}
	assert_true(securityfs_lockdown_denies(KERNEL_LOCKDOWN_ABSENT, ops) == 0);
	assert_true(securityfs_lockdown_denies(KERNEL_LOCKDOWN_NONE, ops) == 0);
	assert_true(securityfs_lockdown_denies(KERNEL_LOCKDOWN_INTEGRITY, ops) == integrity);
	assert_true(securityfs_lockdown_denies(KERNEL_LOCKDOWN_CONFIDENTIALITY, ops) == all);
}
