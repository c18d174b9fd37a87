// SPDX-License-Identifier: GPL-2.0-only
/* Rule sets of cgroups that are like the host's, and what becomes of them when the host's changes. */
#include "test.h"
#include "expect.h"
#include "kernels.h"
#include "like.h"
#include "operations.h"
#include "ruleset.h"

TEST_OPERATIONS(ops)

#define LIKE "[cgroup \"/a\"]\nlike = host\n"

static const char host[] = "[kimglock]\nprofile = restricted\nlevel = confidentiality\nmode = audit\n"
			   "log = denied\nblock = kexec, dev_mem\nallow = msr, kprobes\n";

struct row {
	const char *label;
	const char *keys; /* of the cgroup, below its section */
	const char *profile, *level, *mode, *log, *block, *allow;
};

static void check_one(const char *label, const struct bpflock_ruleset *r, const struct row *e)
{
	struct bpflock_policy alone = { .rules = *r };
	const struct {
		enum bpflock_setting setting;
		const char *expected;
	} scalars[] = { { BPFLOCK_SETTING_PROFILE, e->profile },
			{ BPFLOCK_SETTING_LEVEL, e->level },
			{ BPFLOCK_SETTING_MODE, e->mode },
			{ BPFLOCK_SETTING_LOG, e->log } };

	for (size_t i = 0; i < ARRAY_SIZE(scalars); i++)
		if (strcmp(ruleset_value(&alone, scalars[i].setting), scalars[i].expected) != 0)
			fail_msg("%s: %s is %s", label, settings[scalars[i].setting].name,
				 ruleset_value(&alone, scalars[i].setting));
	if (r->block != kernel_mask(ops, e->block) || r->allow != kernel_mask(ops, e->allow))
		fail_msg("%s: block %#llx, allow %#llx", label, (unsigned long long)r->block,
			 (unsigned long long)r->allow);
}

/* A file with the results as a rule set that inherits nothing has the same masks. */
static void check_masks(const char *label, const struct bpflock_ruleset *r, const struct row *e)
{
	CLEANUP(policy_done) struct policy p;
	char text[1024];

	snprintf(text, sizeof(text),
		 "[cgroup \"/a\"]\nprofile = %s\nlevel = %s\nmode = %s\nlog = %s\nblock = %s\nallow = %s\n",
		 e->profile, e->level, e->mode, e->log, e->block, e->allow);
	kernel_policy(ops, text, &p);
	if (memcmp(&p.rules[0]->rules, r, sizeof(*r)) != 0)
		fail_msg("%s: its masks are others", label);
}

static void check(const struct row *rows, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		CLEANUP(policy_done) struct policy p;
		char text[1024];

		/* the host's section comes last, because it is all that counts */
		snprintf(text, sizeof(text), LIKE "%s%s", rows[i].keys, host);
		kernel_policy(ops, text, &p);
		check_one(rows[i].label, &p.rules[0]->rules, &rows[i]);
		check_masks(rows[i].label, &p.rules[0]->rules, &rows[i]);
	}
}

#define HOSTS "restricted", "confidentiality", "audit", "denied"

TEST_ROWS(own_keys_change_the_hosts_rule_set, check, struct row,
	{ "nothing of its own", "", HOSTS, "kexec, dev_mem", "msr, kprobes" },
	{ "profile", "profile = baseline\n", "baseline", "confidentiality", "audit", "denied",
	  "kexec, dev_mem", "msr, kprobes" },
	{ "the built-in profile", "profile = privileged\n", "privileged", "confidentiality", "audit",
	  "denied", "kexec, dev_mem", "msr, kprobes" },
	{ "level", "level = integrity\n", "restricted", "integrity", "audit", "denied",
	  "kexec, dev_mem", "msr, kprobes" },
	{ "mode", "mode = enforce\n", "restricted", "confidentiality", "enforce", "denied",
	  "kexec, dev_mem", "msr, kprobes" },
	{ "log", "log = all\n", "restricted", "confidentiality", "audit", "all", "kexec, dev_mem",
	  "msr, kprobes" },
	{ "allow adds up", "allow = hibernation\n", HOSTS, "kexec, dev_mem",
	  "msr, kprobes, hibernation" },
	{ "block adds up", "block = hibernation\n", HOSTS, "kexec, dev_mem, hibernation",
	  "msr, kprobes" },
	{ "what the host has too", "block = kexec\nallow = msr\n", HOSTS, "kexec, dev_mem",
	  "msr, kprobes" },
	{ "its allow wins over the host's block", "allow = kexec\n", HOSTS, "dev_mem",
	  "msr, kprobes, kexec" },
	{ "its block wins over the host's allow", "block = kprobes\n", HOSTS,
	  "kexec, dev_mem, kprobes", "msr" },
	{ "both", "block = msr\nallow = dev_mem\n", HOSTS, "kexec, msr", "kprobes, dev_mem" },
	{ "an emptied list adds nothing", "allow = ioport\nallow =\n", HOSTS, "kexec, dev_mem",
	  "msr, kprobes" },
	{ "all of them",
	  "profile = baseline\nlevel = integrity\nmode = enforce\nlog = none\nblock = perf\nallow = ioport\n",
	  "baseline", "integrity", "enforce", "none", "kexec, dev_mem, perf", "msr, kprobes, ioport" })

/* Below the section of its own name a key means the same wherever "like" stands. */
TEST(the_order_of_keys_and_sections_does_not_count)
{
	static const char *const texts[] = {
		"[cgroup \"/a\"]\nlike = host\nallow = kexec\nlog = none\n[kimglock]\nprofile = restricted\nblock = kexec\n",
		"[cgroup \"/a\"]\nallow = kexec\nlog = none\nlike = host\n[kimglock]\nprofile = restricted\nblock = kexec\n",
		("[kimglock]\nprofile = restricted\nblock = kexec\n[cgroup \"/a\"]\nallow = kexec\n"
		 "[cgroup \"/a\"]\nlog = none\nlike = host\n"),
	};
	CLEANUP(policy_done) struct policy first;

	kernel_policy(ops, texts[0], &first);
	assert_int_equal(first.rules[0]->rules.profile, BPFLOCK_PROFILE_RESTRICTED);
	for (size_t i = 1; i < ARRAY_SIZE(texts); i++) {
		CLEANUP(policy_done) struct policy p;

		kernel_policy(ops, texts[i], &p);
		assert_true(policy_equal(&p, &first));
	}
}

TEST(each_takes_from_the_host_and_not_from_the_one_above)
{
	CLEANUP(policy_done) struct policy p;
	const struct rule *a, *b, *c;

	kernel_policy(ops,
		      "[kimglock]\nprofile = restricted\nblock = kexec\n"
		      "[cgroup \"/a\"]\nlike = host\nallow = kexec\n"
		      "[cgroup \"/a/b\"]\nlike = host\nallow = msr\n"
		      "[cgroup \"/a/b/c\"]\nprofile = privileged\n",
		      &p);
	a = policy_rule_for(&p, "/a/x");
	b = policy_rule_for(&p, "/a/b/x");
	c = policy_rule_for(&p, "/a/b/c");
	assert_int_equal(a->rules.allow, kernel_mask(ops, "kexec"));
	assert_int_equal(a->rules.block, 0);
	assert_int_equal(b->rules.allow, kernel_mask(ops, "msr"));
	assert_int_equal(b->rules.block, kernel_mask(ops, "kexec"));
	assert_int_equal(c->rules.deny, 0);
}

/* Changes of the host's rule set. */
static const struct host_change {
	const char *label;
	enum bpflock_setting setting;
	const char *text;
} changes[] = {
	{ "profile", BPFLOCK_SETTING_PROFILE, "restricted" },
	{ "a weaker profile", BPFLOCK_SETTING_PROFILE, "privileged" },
	{ "level", BPFLOCK_SETTING_LEVEL, "confidentiality" },
	{ "block", BPFLOCK_SETTING_BLOCK, "@all" },
	{ "another block", BPFLOCK_SETTING_BLOCK, "xmon_rw" },
	{ "no block", BPFLOCK_SETTING_BLOCK, "" },
	{ "allow", BPFLOCK_SETTING_ALLOW, "@hardware" },
	{ "mode", BPFLOCK_SETTING_MODE, "audit" },
	{ "log", BPFLOCK_SETTING_LOG, "none" },
};

static void change_host(struct policy *p, const struct host_change *c)
{
	CLEANUP(diagnostics_done) struct diagnostics d = DIAGNOSTICS_INIT;
	struct place at = { "test", 0, 1 };

	assert_true(ruleset_assign(&p->host, ops, c->setting, c->text, &at, true, &d));
	if (c->setting == BPFLOCK_SETTING_BLOCK)
		p->host.rules.allow &= ~p->host.rules.block;
	if (c->setting == BPFLOCK_SETTING_ALLOW)
		p->host.rules.block &= ~p->host.rules.allow;
	if (!policy_compile(p, ops, &d))
		fail_msg("%s: %s", c->label, d.items[0].text);
}

/* One after the other, as a policy that is read from the kernel, changed and written again. */
TEST(the_rule_set_follows_each_change_of_the_hosts)
{
	static const char *const keys[] = { "", "allow = xmon_wr\n", "block = msr\nlog = all\n",
					    "profile = baseline\nallow = kexec\n" };

	for (size_t k = 0; k < ARRAY_SIZE(keys); k++) {
		CLEANUP(policy_done) struct policy p;
		char text[1024];

		snprintf(text, sizeof(text),
			 "[kimglock]\nprofile = baseline\nblock = dev_mem\n" LIKE "%s"
			 "[cgroup \"/z\"]\nprofile = baseline\nblock = dev_mem\n", keys[k]);
		kernel_policy(ops, text, &p);
		for (size_t i = 0; i < ARRAY_SIZE(changes); i++) {
			const struct bpflock_ruleset alone = p.rules[1]->rules;
			CLEANUP(policy_done) struct policy fresh;

			change_host(&p, &changes[i]);
			/* from the words again, with the host as it is now */
			kernel_policy(ops, text, &fresh);
			fresh.host.rules = p.host.rules;
			change_host(&fresh, &changes[i]);
			if (memcmp(&p.rules[0]->rules, &fresh.rules[0]->rules, sizeof(alone)) != 0)
				fail_msg("%s: it has not followed: %s", keys[k], changes[i].label);
			/* and what inherits nothing has not */
			assert_memory_equal(&alone, &p.rules[1]->rules, sizeof(alone));
		}
	}
}

TEST(a_new_block_of_the_host_holds_at_once)
{
	CLEANUP(policy_done) struct policy p;
	uint64_t kexec = kernel_mask(ops, "kexec"), msr = kernel_mask(ops, "msr");

	kernel_policy(ops, LIKE "allow = msr\n", &p);
	assert_int_equal(p.rules[0]->rules.deny, 0);
	change_host(&p, &(struct host_change){ "block", BPFLOCK_SETTING_BLOCK, "kexec, msr" });
	assert_int_equal(p.rules[0]->rules.deny, kexec);
	assert_int_equal(p.host.rules.deny, kexec | msr);
	change_host(&p, &(struct host_change){ "profile", BPFLOCK_SETTING_PROFILE, "restricted" });
	assert_int_equal(p.rules[0]->rules.deny & msr, 0);
	assert_int_equal(p.rules[0]->rules.deny | msr, p.host.rules.deny);
}

TEST(a_load_takes_it_over_and_works_it_out_again)
{
	CLEANUP(diagnostics_done) struct diagnostics d = DIAGNOSTICS_INIT;
	CLEANUP(policy_done) struct policy old, new;

	kernel_policy(ops, LIKE "allow = msr\n", &old);
	old.rules[0]->runtime = true;
	kernel_policy(ops, "[kimglock]\nprofile = restricted\n", &new);
	assert_int_equal(policy_inherit(&new, &old), 0);
	assert_true(policy_compile(&new, ops, &d));
	assert_true(new.rules[0]->like_host && new.rules[0]->runtime);
	assert_int_equal(new.rules[0]->rules.deny, new.host.rules.deny & ~kernel_mask(ops, "msr"));
}

TEST(audit_mode_from_the_command_line_is_for_it_too)
{
	CLEANUP(diagnostics_done) struct diagnostics d = DIAGNOSTICS_INIT;
	CLEANUP(policy_done) struct policy p;

	kernel_policy(ops, LIKE "mode = enforce\n[cgroup \"/b\"]\nlike = host\n", &p);
	policy_force_mode(&p, BPFLOCK_MODE_AUDIT, "x");
	assert_true(policy_compile(&p, ops, &d));
	for (size_t i = 0; i < p.n_rules; i++)
		assert_int_equal(p.rules[i]->rules.mode, BPFLOCK_MODE_AUDIT);
}

TEST(equal_are_those_that_are_asked_for_alike)
{
	static const struct {
		const char *a, *b;
		bool same;
	} rows[] = {
		{ LIKE, LIKE, true },
		{ LIKE, "[cgroup \"/a\"]\nprofile = privileged\n", false },
		{ LIKE, LIKE "allow = msr\n", false },
		{ LIKE, LIKE "block = msr\n", false },
		{ LIKE, LIKE "log = all\n", false },
		{ LIKE "log = all\n", LIKE "log = none\n", false },
		{ LIKE "allow =\n", LIKE, true },
		{ LIKE "[kimglock]\nlog = none\n", LIKE, true },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		CLEANUP(policy_done) struct policy a, b;

		kernel_policy(ops, rows[i].a, &a);
		kernel_policy(ops, rows[i].b, &b);
		if (like_same(a.rules[0], b.rules[0]) != rows[i].same ||
		    like_same(b.rules[0], a.rules[0]) != rows[i].same)
			fail_msg("row %zu", i);
		/* even if they come to the same today */
		b.host.rules = a.host.rules;
		if (!rows[i].same)
			assert_false(policy_equal(&a, &b));
	}
}

TEST(its_own_contradiction_is_an_error_and_told_once)
{
	static const struct expected expected[] = {
		{ NULL, "operation \"msr\" is both blocked (f:3) and allowed (f:3)" },
		{}
	};
	CLEANUP(diagnostics_done) struct diagnostics d = DIAGNOSTICS_INIT;
	CLEANUP(policy_done) struct policy p;

	kernel_policy(ops, "[kimglock]\nblock = msr\n" LIKE, &p);
	strcpy(p.rules[0]->source, "f:3");
	p.rules[0]->own_block = p.rules[0]->own_allow = kernel_mask(ops, "msr");
	assert_false(policy_compile(&p, ops, &d));
	expect_diagnostics("own", &d, expected);
}
