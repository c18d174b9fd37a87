// SPDX-License-Identifier: GPL-2.0-only
/*
 * The verdict, for every combination of what it depends on, against a model that shares nothing with
 * the code but the enums: it knows sets and classes, no masks.
 */
#include "test.h"
#include "decide.h"
#include "operations.h"
#include "ruleset.h"
#include "kernels.h"

enum list { LIST_EMPTY, LIST_THIS, LIST_OTHER, _LIST_MAX };

enum class { CLASS_INTEGRITY, CLASS_CONFIDENTIALITY, CLASS_UNLISTED };

struct situation {
	enum bpflock_profile profile;
	enum bpflock_level level;
	enum bpflock_mode mode;
	enum list block, allow;
	bool in_host;
	uint32_t reason;
	enum class class;
};

struct answer {
	uint32_t verdict, why;
};

static struct answer model(const struct situation *s)
{
	uint32_t refusal = s->mode == BPFLOCK_MODE_AUDIT ? BPFLOCK_VERDICT_AUDIT : BPFLOCK_VERDICT_DENY;
	bool governed = s->class != CLASS_CONFIDENTIALITY || s->level == BPFLOCK_LEVEL_CONFIDENTIALITY;

	if (s->block == LIST_THIS)
		return (struct answer){ refusal, BPFLOCK_WHY_BLOCK };
	if (s->allow == LIST_THIS)
		return (struct answer){ BPFLOCK_VERDICT_ALLOW, BPFLOCK_WHY_ALLOW };
	if (s->profile == BPFLOCK_PROFILE_PRIVILEGED)
		return (struct answer){ BPFLOCK_VERDICT_ALLOW, BPFLOCK_WHY_PROFILE };
	if (!governed)
		return (struct answer){ BPFLOCK_VERDICT_ALLOW, BPFLOCK_WHY_LEVEL };
	if (s->profile == BPFLOCK_PROFILE_BASELINE && s->in_host)
		return (struct answer){ BPFLOCK_VERDICT_ALLOW, BPFLOCK_WHY_PROFILE };
	return (struct answer){ refusal, BPFLOCK_WHY_PROFILE };
}

/* Two operations that are neither this one nor tied to another. */
static uint32_t other(const struct enumerator *kernel, uint32_t reason, const char *first,
		      const char *second)
{
	uint32_t number = kernel_reason(kernel, first);

	return number != reason ? number : (uint32_t)kernel_reason(kernel, second);
}

static void compile(const struct enumerator *kernel, const struct situation *s,
		    struct bpflock_policy *ret_policy, bool expected)
{
	struct bpflock_operation ops[BPFLOCK_REASONS];
	CLEANUP(diagnostics_done) struct diagnostics d = DIAGNOSTICS_INIT;

	kernel_operations(kernel, ops);
	ruleset_init(ret_policy);
	ret_policy->rules.profile = s->profile;
	ret_policy->rules.level = s->level;
	ret_policy->rules.mode = s->mode;
	if (s->block)
		ret_policy->rules.block =
			1ULL << (s->block == LIST_THIS ? s->reason : other(kernel, s->reason, "KEXEC", "MSR"));
	if (s->allow)
		ret_policy->rules.allow = 1ULL << (s->allow == LIST_THIS ?
							   s->reason :
							   other(kernel, s->reason, "KCORE", "PERF"));
	assert_int_equal(ruleset_compile(ret_policy, ops, &d), expected);
	assert_int_equal(d.errors, !expected);
}

static void check(const struct bpflock_ruleset *r, const struct situation *s)
{
	struct answer a = model(s);
	uint32_t verdict = bpflock_decide(r, s->reason, s->in_host);
	uint32_t why = bpflock_why(r, s->reason);
	int needed = bpflock_needs_namespaces(r, s->reason);

	if (verdict != a.verdict || why != a.why)
		fail_msg("profile %d level %d mode %d block %d allow %d in_host %d reason %u: "
			 "verdict %u, not %u; why %u, not %u",
			 s->profile, s->level, s->mode, s->block, s->allow, s->in_host, s->reason,
			 verdict, a.verdict, why, a.why);
	/* what the hook does: the namespaces are looked up only if they matter */
	assert_int_equal(bpflock_decide(r, s->reason, needed && s->in_host), verdict);
	/* a number on its way through a wider register */
	assert_int_equal(bpflock_decide(r, (uint32_t)(0xdeadbeef00000000ULL | s->reason), s->in_host),
			 verdict);
}

/* The one byte that a policy has for it says no more than the decision does. */
static void check_quick(struct bpflock_policy *p, const struct situation *s)
{
	static const uint32_t logs[] = { BPFLOCK_LOG_ALL, BPFLOCK_LOG_DENIED, BPFLOCK_LOG_NONE };

	for (size_t i = 0; i < ARRAY_SIZE(logs); i++) {
		bool quiet = logs[i] != BPFLOCK_LOG_ALL, allowed;
		uint8_t quick;

		p->rules.log = logs[i];
		p->bank = p->base = BPFLOCK_NO_BANK;
		p->expires = 0;
		allowed = bpflock_decide(&p->rules, s->reason, s->in_host) == BPFLOCK_VERDICT_ALLOW;
		quick = bpflock_quick(p, s->reason);
		assert_int_equal(quick == BPFLOCK_QUICK_ALLOW ||
					 (quick == BPFLOCK_QUICK_HOST && s->in_host),
				 allowed && quiet);
		assert_int_equal(quick, bpflock_quick_of_rules(&p->rules, s->reason));
		p->bank = 0;
		assert_int_equal(bpflock_quick(p, s->reason), BPFLOCK_QUICK_RULES);
		p->expires = 1;
		assert_int_equal(bpflock_quick(p, s->reason), BPFLOCK_QUICK_NOT);
		p->bank = BPFLOCK_NO_BANK;
		assert_int_equal(bpflock_quick(p, s->reason), BPFLOCK_QUICK_NOT);
	}
}

/* Every profile, level, mode and place for one reason under the given lists. */
static void check_all(const struct enumerator *kernel, uint32_t reason, enum class class,
		      enum list block, enum list allow)
{
	struct situation s = { .reason = reason, .class = class, .block = block, .allow = allow };
	bool conflict = block == LIST_THIS && allow == LIST_THIS;

	for (unsigned int i = 0; i < _BPFLOCK_PROFILE_MAX * _BPFLOCK_LEVEL_MAX * _BPFLOCK_MODE_MAX; i++) {
		struct bpflock_policy p;

		s.profile = i % _BPFLOCK_PROFILE_MAX;
		s.level = i / _BPFLOCK_PROFILE_MAX % _BPFLOCK_LEVEL_MAX;
		s.mode = i / _BPFLOCK_PROFILE_MAX / _BPFLOCK_LEVEL_MAX;
		compile(kernel, &s, &p, !conflict);
		for (int in_host = 0; in_host < 2 && !conflict; in_host++) {
			s.in_host = in_host;
			check(&p.rules, &s);
			check_quick(&p, &s);
		}
	}
}

static void check_kernel(const struct enumerator *kernel)
{
	int integrity_max = kernel_reason(kernel, "INTEGRITY_MAX");
	int confidentiality_max = kernel_reason(kernel, "CONFIDENTIALITY_MAX");

	for (int reason = 1; reason < confidentiality_max; reason++) {
		enum class class = reason < integrity_max ? CLASS_INTEGRITY : CLASS_CONFIDENTIALITY;

		if (reason == integrity_max)
			continue;
		for (int lists = 0; lists < _LIST_MAX * _LIST_MAX; lists++)
			check_all(kernel, reason, class, lists % _LIST_MAX, lists / _LIST_MAX);
	}
}

TEST(each_operation_of_6_1_is_decided_as_the_model_says)
{
	check_kernel(kernel_6_1);
}

TEST(each_operation_of_5_10_is_decided_as_the_model_says)
{
	check_kernel(kernel_5_10);
}

TEST(operations_newer_than_this_build_are_decided_by_their_class)
{
	check_kernel(kernel_next);
}

/* A reason that cannot be named in a list is left to the profile, and governed at every level. */
static void check_unlisted(uint32_t reason)
{
	static const enum list lists[] = { LIST_EMPTY, LIST_OTHER };

	for (size_t i = 0; i < ARRAY_SIZE(lists); i++)
		for (size_t j = 0; j < ARRAY_SIZE(lists); j++)
			check_all(kernel_6_1, reason, CLASS_UNLISTED, lists[i], lists[j]);
}

TEST(reason_0_is_governed_at_every_level)
{
	check_unlisted(0);
}

TEST(reasons_beyond_the_mask_are_governed_at_every_level)
{
	static const uint32_t reasons[] = { 64, 65, 66, 84, 127, 128, 1 << 16, INT32_MAX, UINT32_MAX - 63,
					    UINT32_MAX };

	for (size_t i = 0; i < ARRAY_SIZE(reasons); i++)
		check_unlisted(reasons[i]);
}

/* Reasons that this kernel's BTF does not list are as unknown as those beyond the mask (abi.h). */
TEST(reasons_below_64_that_btf_does_not_list_are_governed_at_every_level)
{
	check_unlisted(kernel_reason(kernel_6_1, "INTEGRITY_MAX"));
	for (uint32_t reason = kernel_reason(kernel_6_1, "CONFIDENTIALITY_MAX"); reason < 64; reason++)
		if (reason != BPFLOCK_MODULE_REQUEST)
			check_unlisted(reason);
}

TEST(a_list_of_everything_leaves_the_unlisted_to_the_profile)
{
	struct place at = { "--allow", 0, 1 };
	struct bpflock_operation ops[BPFLOCK_REASONS];
	CLEANUP(diagnostics_done) struct diagnostics d = DIAGNOSTICS_INIT;
	struct bpflock_policy p;

	kernel_operations(kernel_6_1, ops);
	ruleset_init(&p);
	p.rules.profile = BPFLOCK_PROFILE_RESTRICTED;
	assert_true(ruleset_assign(&p, ops, BPFLOCK_SETTING_ALLOW, "@all", &at, true, &d));
	assert_true(ruleset_compile(&p, ops, &d));
	for (const struct enumerator *e = &kernel_6_1[1]; e->name; e++)
		if (!strstr(e->name, "_MAX"))
			assert_int_equal(bpflock_decide(&p.rules, e->value, 0), BPFLOCK_VERDICT_ALLOW);
	assert_int_equal(bpflock_decide(&p.rules, 0, 1), BPFLOCK_VERDICT_DENY);
	assert_int_equal(bpflock_decide(&p.rules, 64, 1), BPFLOCK_VERDICT_DENY);
}

TEST(the_built_in_policy_allows_everything)
{
	struct bpflock_operation ops[BPFLOCK_REASONS];
	CLEANUP(diagnostics_done) struct diagnostics d = DIAGNOSTICS_INIT;
	struct bpflock_policy p;

	kernel_operations(kernel_6_1, ops);
	ruleset_init(&p);
	assert_true(ruleset_compile(&p, ops, &d));
	for (uint32_t reason = 0; reason < 200; reason++) {
		assert_int_equal(bpflock_decide(&p.rules, reason, 0), BPFLOCK_VERDICT_ALLOW);
		assert_int_equal(bpflock_why(&p.rules, reason), BPFLOCK_WHY_PROFILE);
		assert_false(bpflock_needs_namespaces(&p.rules, reason));
	}
}

TEST(namespaces_are_asked_for_only_where_they_matter)
{
	static const struct {
		enum bpflock_profile profile;
		bool blocked, allowed;
		const char *name;
		bool expected;
	} rows[] = {
		{ BPFLOCK_PROFILE_PRIVILEGED, false, false, "MSR", false },
		{ BPFLOCK_PROFILE_PRIVILEGED, true, false, "MSR", false },
		{ BPFLOCK_PROFILE_BASELINE, false, false, "MSR", true },
		{ BPFLOCK_PROFILE_BASELINE, true, false, "MSR", false },
		{ BPFLOCK_PROFILE_BASELINE, false, true, "MSR", false },
		{ BPFLOCK_PROFILE_BASELINE, false, false, "KCORE", false }, /* outside the level */
		{ BPFLOCK_PROFILE_RESTRICTED, false, false, "MSR", false },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct situation s = { .profile = rows[i].profile,
				       .reason = kernel_reason(kernel_6_1, rows[i].name),
				       .block = rows[i].blocked ? LIST_THIS : LIST_EMPTY,
				       .allow = rows[i].allowed ? LIST_THIS : LIST_EMPTY };
		struct bpflock_policy p;

		compile(kernel_6_1, &s, &p, true);
		assert_int_equal(bpflock_needs_namespaces(&p.rules, s.reason), rows[i].expected);
	}
}

TEST(module_requests_have_a_profile_of_their_own)
{
	static const struct {
		const char *kmodlock, *block, *allow;
		uint32_t in_host, elsewhere, profile, why;
	} rows[] = {
#define D BPFLOCK_VERDICT_DENY
#define A BPFLOCK_VERDICT_ALLOW
		{ "off", "@all", "", A, A, BPFLOCK_PROFILE_PRIVILEGED, BPFLOCK_WHY_PROFILE },
		{ "privileged", "", "", A, A, BPFLOCK_PROFILE_PRIVILEGED, BPFLOCK_WHY_PROFILE },
		{ "baseline", "", "", A, D, BPFLOCK_PROFILE_BASELINE, BPFLOCK_WHY_PROFILE },
		{ "restricted", "", "", D, D, BPFLOCK_PROFILE_RESTRICTED, BPFLOCK_WHY_PROFILE },
		{ "off", "module_request", "", D, D, BPFLOCK_PROFILE_PRIVILEGED, BPFLOCK_WHY_BLOCK },
		{ "restricted", "", "module_request", A, A, BPFLOCK_PROFILE_RESTRICTED, BPFLOCK_WHY_ALLOW },
		{ "off", "", "@all", A, A, BPFLOCK_PROFILE_PRIVILEGED, BPFLOCK_WHY_PROFILE },
	};
	static const char *const profiles[] = { "privileged", "baseline", "restricted" };
	struct bpflock_operation ops[BPFLOCK_REASONS];

	kernel_operations(kernel_6_1, ops);
	operations_add_own(ops);
	for (size_t i = 0; i < ARRAY_SIZE(rows) * ARRAY_SIZE(profiles); i++) {
		CLEANUP(diagnostics_done) struct diagnostics d = DIAGNOSTICS_INIT;
		const struct place at = { "test", 0, 1 };
		const char *profile = profiles[i % ARRAY_SIZE(profiles)];
		const size_t n = i / ARRAY_SIZE(profiles);
		struct bpflock_policy p;

		ruleset_init(&p);
		ruleset_assign(&p, ops, BPFLOCK_SETTING_PROFILE, profile, &at, true, &d);
		ruleset_assign(&p, ops, BPFLOCK_SETTING_KMODLOCK, rows[n].kmodlock, &at, true, &d);
		ruleset_assign(&p, ops, BPFLOCK_SETTING_BLOCK, rows[n].block, &at, true, &d);
		ruleset_assign(&p, ops, BPFLOCK_SETTING_ALLOW, rows[n].allow, &at, true, &d);
		assert_true(ruleset_compile(&p, ops, &d));
		assert_int_equal(bpflock_decide(&p.rules, BPFLOCK_MODULE_REQUEST, 1), rows[n].in_host);
		assert_int_equal(bpflock_decide(&p.rules, BPFLOCK_MODULE_REQUEST, 0), rows[n].elsewhere);
		assert_int_equal(bpflock_profile_of(&p.rules, BPFLOCK_MODULE_REQUEST), rows[n].profile);
		assert_int_equal(bpflock_why(&p.rules, BPFLOCK_MODULE_REQUEST), rows[n].why);
		assert_int_equal(ruleset_names_module_request(&p.rules),
				 strcmp(rows[n].kmodlock, "off") != 0 ||
					 strcmp(rows[n].block, "module_request") == 0);
	}
}

TEST(a_reason_of_the_kernels_is_never_taken_for_a_module_request)
{
	assert_int_equal(bpflock_kernel_reason(BPFLOCK_MODULE_REQUEST), BPFLOCK_REASONS);
	assert_int_equal(bpflock_kernel_reason(BPFLOCK_MODULE_REQUEST - 1), BPFLOCK_MODULE_REQUEST - 1);
	assert_int_equal(bpflock_kernel_reason(63), 63);
	assert_false(bpflock_is_latched(BPFLOCK_MODULE_REQUEST_BIT,
					bpflock_kernel_reason(BPFLOCK_MODULE_REQUEST)));
	assert_true(bpflock_is_latched(~BPFLOCK_MODULE_REQUEST_BIT,
				       bpflock_kernel_reason(BPFLOCK_MODULE_REQUEST)));
	assert_false(bpflock_is_latched(~BPFLOCK_MODULE_REQUEST_BIT, BPFLOCK_MODULE_REQUEST));
}

TEST(slots_and_bits_stay_inside_the_mask)
{
	for (uint32_t reason = 0; reason < 64; reason++) {
		assert_int_equal(bpflock_slot(reason), reason);
		assert_true(bpflock_bit(reason) == 1ULL << reason);
	}
	assert_int_equal(bpflock_slot(64), BPFLOCK_REASON_UNKNOWN);
	assert_int_equal(bpflock_slot(UINT32_MAX), BPFLOCK_REASON_UNKNOWN);
	assert_true(bpflock_bit(64) == 1);
	assert_true(bpflock_bit(UINT32_MAX) == 1);
}
