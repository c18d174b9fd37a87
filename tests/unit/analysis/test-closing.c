// SPDX-License-Identifier: GPL-2.0-only
/* The setting that lowers the exposure most, of policies of all sorts. */
#include "test.h"
#include "closing.h"
#include "config.h"
#include "grants.h"
#include "kernels.h"
#include "operations.h"

#define K(text) "[kimglock]\n" text "\n"

static struct bpflock_operation ops[BPFLOCK_REASONS];

static int setup_group(void **state)
{
	kernel_operations(kernel_6_1, ops);
	return 0;
}

TEST_GROUP(setup_group, NULL)

static void make(struct policy *p, const char *text)
{
	CLEANUP(diagnostics_done) struct diagnostics d = DIAGNOSTICS_INIT;

	policy_init(p);
	assert_true(!text[0] || config_read_text(p, ops, text, strlen(text), "f", &d));
	assert_true(policy_compile(p, ops, &d));
}

static const char *find(const struct policy *p, bool enforced, bool operation, struct closing *ret)
{
	struct analysis a = { .ops = ops, .policy = p, .machine = "x86_64", .enforced = enforced };
	bool found;

	assert_int_equal(analysis_run(&a), 0);
	found = closing_find(&a, operation, ret);
	/* it is lower than before, somewhere */
	if (found)
		assert_true(ret->exposure[ANALYSIS_HOST] < a.subjects[0].exposure[ANALYSIS_HOST] ||
			    ret->exposure[ANALYSIS_ELSEWHERE] < a.subjects[0].exposure[ANALYSIS_ELSEWHERE]);
	analysis_done(&a);
	return found ? ret->setting : "";
}

TEST(one_setting_closes_most)
{
	static const struct {
		const char *text, *setting, *operation;
	} rows[] = {
		/* nothing is closed yet: an operation alone lowers nothing while others give the same */
		{ "", "profile=restricted", "" },
		{ K("profile=baseline"), "profile=restricted", "block+=perf" },
		{ K("profile=restricted"), "level=confidentiality", "block+=perf" },
		{ K("profile=restricted\nlevel=confidentiality"), "", "" },
		/* an exemption is worse than the level */
		{ K("profile=restricted\nallow=kexec"), "allow-=kexec", "allow-=kexec" },
		{ K("profile=restricted\nlevel=confidentiality\nallow=perf, hibernation"), "allow=",
		  "allow-=hibernation" },
		/* of two that are equal neither alone lowers anything, but both do */
		{ K("profile=restricted\nlevel=confidentiality\nallow=kexec, msr"), "allow=", "" },
		/* a mode that denies nothing hides the rest */
		{ K("profile=restricted\nmode=audit"), "mode=enforce", "" },
		/* rule sets of cgroups have settings of their own */
		{ K("profile=restricted\nlevel=confidentiality") "[cgroup \"/x\"]\nprofile=privileged\n", "", "" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		CLEANUP(policy_done) struct policy p;
		struct closing closing;

		make(&p, rows[i].text);
		assert_string_equal(find(&p, true, false, &closing), rows[i].setting);
		assert_string_equal(find(&p, true, true, &closing), rows[i].operation);
		/* no setting helps where nothing is enforced */
		assert_string_equal(find(&p, false, false, &closing), "");
	}
}

TEST(the_exposure_is_that_with_the_setting)
{
	CLEANUP(policy_done) struct policy p, with;
	struct analysis a = { .ops = ops, .policy = &with, .machine = "x86_64", .enforced = true };
	struct closing closing;

	make(&p, K("profile=baseline\nlevel=confidentiality"));
	assert_string_equal(find(&p, true, false, &closing), "profile=restricted");
	make(&with, K("profile=restricted\nlevel=confidentiality"));
	assert_int_equal(analysis_run(&a), 0);
	assert_memory_equal(closing.exposure, a.subjects[0].exposure, sizeof(closing.exposure));
	analysis_done(&a);
}

/* A grant keeps open what it is for, whatever the setting. */
TEST(grants_stay)
{
	CLEANUP(policy_done) struct policy p;
	struct closing closing;

	make(&p, K("profile=restricted\nlevel=confidentiality"));
	assert_non_null(grants_add(&p, "/", operations_bit(ops, "kexec"), 0, UINT64_MAX, 0, NULL));
	assert_string_equal(find(&p, true, false, &closing), "");
}
