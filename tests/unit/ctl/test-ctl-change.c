// SPDX-License-Identifier: GPL-2.0-only
/* KEY=VALUE, LIST+=VALUE and LIST-=VALUE change a rule set. */
#include "test.h"
#include "ctl-change.h"
#include "expect.h"
#include "kernels.h"
#include "operations.h"
#include "ruleset.h"

TEST(a_list_is_replaced_added_to_and_taken_from)
{
	static const struct {
		const char *words[4];
		const char *block, *allow; /* NULL: it is an error */
		struct expected diagnostics[2];
	} rows[] = {
		{ { "allow=perf" }, "kexec, msr", "perf" },
		{ { "allow=" }, "kexec, msr", "" },
		{ { "allow+=perf" }, "kexec, msr", "hibernation, perf" },
		{ { "allow-=hibernation,perf" }, "kexec, msr", "" },
		{ { "block-=@image", "allow+=kexec" }, "msr", "kexec, hibernation" },
		{ { "block=perf", "block+=kcore", "block-=perf" }, "kcore", "hibernation" },
		{ { "block+=perf", "block+=kcore" }, "kexec, msr, kcore, perf", "hibernation" },
		{ { "block+=", "allow-=" }, "kexec, msr", "hibernation" },
		{ { "block+=perf", "block=kcore" }, NULL, NULL, { { NULL, "\"block\" is given twice" } } },
		{ { "block=perf", "block=kcore" }, NULL, NULL, { { NULL, "\"block\" is given twice" } } },
		{ { "allow-=hibernaton" }, NULL, NULL, { { "allow", "did you mean \"hibernation\"" } } },
		{ { "profile+=baseline" }, NULL, NULL,
		  { { NULL, "\"profile\" is not a list: profile=baseline" } } },
		{ { "+=kexec" }, NULL, NULL, { { NULL, "unknown key \"\"" } } },
		{ { "allow+" }, NULL, NULL, { { NULL, "expected KEY=VALUE" } } },
		{ { "alow+=kexec" }, NULL, NULL, { { NULL, "unknown key \"alow\": did you mean \"allow\"?" } } },
	};
	struct bpflock_operation ops[BPFLOCK_REASONS];

	kernel_operations(kernel_6_1, ops);
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		CLEANUP(diagnostics_done) struct diagnostics d = DIAGNOSTICS_INIT;
		bool seen[_BPFLOCK_SETTING_MAX] = {};
		struct bpflock_policy p;

		ruleset_init(&p);
		p.rules.block = operations_bit(ops, "kexec") | operations_bit(ops, "msr");
		p.rules.allow = operations_bit(ops, "hibernation");
		for (size_t k = 0; k < ARRAY_SIZE(rows[i].words) && rows[i].words[k]; k++)
			ctl_assign(&p, ops, rows[i].words[k], true, seen, "us", &d);
		expect_diagnostics(rows[i].words[0], &d, rows[i].diagnostics);
		if (rows[i].block) {
			CLEANUP(free_charp) char *block = ruleset_setting_text(ops, &p, BPFLOCK_SETTING_BLOCK);
			CLEANUP(free_charp) char *allow = ruleset_setting_text(ops, &p, BPFLOCK_SETTING_ALLOW);

			assert_string_equal(block, rows[i].block);
			assert_string_equal(allow, rows[i].allow);
		}
	}
}
