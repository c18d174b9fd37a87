// SPDX-License-Identifier: GPL-2.0-only
/* The exceptions of a policy that kernel Lockdown overrules, and what would make them hold. */
#include "test.h"
#include "config.h"
#include "grants.h"
#include "kernels.h"
#include "operations.h"
#include "grants.h"
#include "overruled.h"

#define NONE	  KERNEL_LOCKDOWN_NONE
#define INTEGRITY KERNEL_LOCKDOWN_INTEGRITY
#define ALL	  KERNEL_LOCKDOWN_CONFIDENTIALITY
#define NOW	  1000

TEST(each_exception_is_named)
{
	static const struct {
		const char *text;
		enum kernel_lockdown level;
		size_t found;
		const char *first; /* begins with this */
	} rows[] = {
		{ "profile = restricted\n", INTEGRITY, 0, NULL },
		{ "profile = restricted\nallow = hibernation\n", NONE, 0, NULL },
		{ "profile = restricted\nallow = hibernation\n", KERNEL_LOCKDOWN_ABSENT, 0, NULL },
		{ "profile = restricted\nallow = hibernation\n", INTEGRITY, 1,
		  "policy:3: allow does not hold for hibernation: kernel Lockdown (integrity)" },
		/* what this level leaves alone bpflock still grants */
		{ "profile = restricted\nlevel = confidentiality\nallow = kcore\n", INTEGRITY, 0,
		  NULL },
		{ "profile = restricted\nlevel = confidentiality\nallow = kcore\n", ALL, 1,
		  "policy:4: allow does not hold for kcore: " },
		{ "profile = restricted\n", ALL, 1,
		  "built-in: level = integrity does not hold for 8 operations: " },
		{ "profile = restricted\nmode = audit\n", INTEGRITY, 1,
		  "policy:3: mode = audit does not hold for " },
		{ "profile = privileged\n", INTEGRITY, 1,
		  "policy:2: profile = privileged does not hold for " },
		{ "profile = baseline\n", INTEGRITY, 1,
		  "policy:2: profile = baseline does not hold for " },
		{ "profile = privileged\nblock = @integrity\n", INTEGRITY, 0, NULL },
		{ "profile = restricted\n[cgroup \"/a\"]\nprofile = restricted\n", INTEGRITY, 0,
		  NULL },
		{ "profile = restricted\n[cgroup \"/a\"]\nprofile = restricted\nallow = msr\n",
		  INTEGRITY, 1, "policy:3: [cgroup \"/a\"] allow does not hold for msr: " },
		{ "profile = restricted\n[cgroup \"/a\"]\nprofile = privileged\n", INTEGRITY, 1,
		  "policy:3: [cgroup \"/a\"] profile = privileged does not hold for " },
		/* a rule set that opens no more than the host's is not named again */
		{ "profile = restricted\nallow = msr\n[cgroup \"/a\"]\nprofile = restricted\nallow = msr\n",
		  INTEGRITY, 1, "policy:3: allow does not hold for msr: " },
	};
	struct bpflock_operation ops[BPFLOCK_REASONS];

	kernel_operations(kernel_6_1, ops);
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		CLEANUP(diagnostics_done) struct diagnostics d = DIAGNOSTICS_INIT;
		CLEANUP(policy_done) struct policy p;
		char text[256];
		size_t n;

		policy_init(&p);
		snprintf(text, sizeof(text), "[kimglock]\n%s", rows[i].text);
		config_read_text(&p, ops, text, strlen(text), "policy", &d);
		assert_true(policy_compile(&p, ops, &d));
		assert_int_equal(d.n, 0);
		n = overruled_warn(&p, ops, rows[i].level, "reboot", NOW, &d);
		if (n != rows[i].found || d.n != (n ? n + 1 : 0) ||
		    (n && strncmp(d.items[0].text, rows[i].first, strlen(rows[i].first)) != 0))
			fail_msg("row %zu: %zu: %s", i, n, d.n ? d.items[0].text : "");
		if (n)
			assert_string_equal(d.items[n].text, "to make them hold, reboot");
	}
}

TEST(grants_that_last_are_named)
{
	static const struct {
		const char *operation;
		uint64_t expires;
		size_t found;
	} rows[] = {
		{ "msr", NOW + 1, 1 }, { "msr", NOW, 0 }, { "kcore", NOW + 1, 0 },
	};
	struct bpflock_operation ops[BPFLOCK_REASONS];

	kernel_operations(kernel_6_1, ops);
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		CLEANUP(diagnostics_done) struct diagnostics d = DIAGNOSTICS_INIT;
		CLEANUP(policy_done) struct policy p;

		policy_init(&p);
		p.host.rules.profile = BPFLOCK_PROFILE_RESTRICTED;
		assert_true(policy_compile(&p, ops, &d));
		assert_non_null(grants_add(&p, "/a", operations_bit(ops, rows[i].operation),
						 1, rows[i].expires, 0, NULL));
		assert_int_equal(overruled_warn(&p, ops, INTEGRITY, "reboot", NOW, &d),
				 rows[i].found);
		if (rows[i].found)
			assert_ptr_equal(strstr(d.items[0].text,
						"/a: grant 1 does not hold for msr: "),
					 d.items[0].text);
	}
}
