// SPDX-License-Identifier: GPL-2.0-only
/*
 * Decisions are foretold for a task, for every combination of rule sets, grants, place and
 * operation, against a model that shares nothing with the code but the enums: it walks a tree of
 * cgroups, knows sets and classes, and neither masks nor paths.
 */
#include "test.h"
#include "explain.h"
#include "grants.h"
#include "kernels.h"

#define NOW	1000
#define LIVE(n) (NOW + 1ULL + (n)) /* ends of grants */

enum list { LIST_NONE, LIST_BLOCK, LIST_ALLOW };

struct kind {
	enum bpflock_profile profile;
	enum bpflock_level level;
	enum bpflock_mode mode;
	enum list list; /* where `listed` operations stand */
};

#define PRIVILEGED BPFLOCK_PROFILE_PRIVILEGED
#define BASELINE   BPFLOCK_PROFILE_BASELINE
#define RESTRICTED BPFLOCK_PROFILE_RESTRICTED
#define INTEGRITY  BPFLOCK_LEVEL_INTEGRITY
#define ALL	   BPFLOCK_LEVEL_CONFIDENTIALITY
#define ENFORCE	   BPFLOCK_MODE_ENFORCE
#define AUDIT	   BPFLOCK_MODE_AUDIT

static const struct kind kinds[] = {
	{ PRIVILEGED, INTEGRITY, ENFORCE, LIST_NONE },
	{ PRIVILEGED, INTEGRITY, ENFORCE, LIST_BLOCK },
	{ PRIVILEGED, INTEGRITY, AUDIT, LIST_BLOCK },
	{ PRIVILEGED, ALL, ENFORCE, LIST_ALLOW },
	{ BASELINE, INTEGRITY, ENFORCE, LIST_NONE },
	{ BASELINE, ALL, ENFORCE, LIST_NONE },
	{ BASELINE, ALL, AUDIT, LIST_NONE },
	{ BASELINE, INTEGRITY, ENFORCE, LIST_BLOCK },
	{ BASELINE, ALL, ENFORCE, LIST_ALLOW },
	{ RESTRICTED, INTEGRITY, ENFORCE, LIST_NONE },
	{ RESTRICTED, ALL, ENFORCE, LIST_ALLOW },
	{ RESTRICTED, ALL, AUDIT, LIST_NONE },
};

/* The cgroups there are; the first three may have rule sets and grants. */
enum { ROOT, A, A_B, _PLACES, A_B_C = _PLACES, A_C, AB, X, _CGROUPS };

static const struct {
	const char *path;
	int parent;
} cgroups[_CGROUPS] = {
	[ROOT] = { "/", -1 },	     [A] = { "/a", ROOT },  [A_B] = { "/a/b", A },
	[A_B_C] = { "/a/b/c", A_B }, [A_C] = { "/a/c", A }, [AB] = { "/ab", ROOT },
	[X] = { "/x", ROOT },
};

/* One operation of each class, and numbers that have no name. */
static struct {
	uint32_t reason;
	bool listed, confidential;
} operations[4];

static struct bpflock_operation ops[BPFLOCK_REASONS];
static uint64_t listed;

static int setup(void **state)
{
	uint32_t kexec = kernel_reason(kernel_6_1, "KEXEC"),
		 perf = kernel_reason(kernel_6_1, "PERF");

	kernel_operations(kernel_6_1, ops);
	listed = 1ULL << kexec | 1ULL << perf;
	operations[0].reason = kexec;
	operations[0].listed = true;
	operations[1].reason = perf;
	operations[1].listed = operations[1].confidential = true;
	operations[2].reason = 60;
	operations[3].reason = BPFLOCK_REASONS + 7;
	return 0;
}

TEST_GROUP(setup, NULL)

struct situation {
	const struct kind *rules[_PLACES]; /* NULL: none; the root's is the host's */
	bool grants[_PLACES];		   /* for what is listed */
	int cgroup, operation;
	bool in_host;
};

struct answer {
	uint32_t verdict, why;
	int place; /* whose rule set */
	int grant; /* whose, -1: none */
	bool depends;
};

static struct answer decide(const struct kind *k, int operation, bool in_host)
{
	uint32_t refusal = k->mode == AUDIT ? BPFLOCK_VERDICT_AUDIT : BPFLOCK_VERDICT_DENY;
	bool governed = k->level == ALL || !operations[operation].confidential;

	if (operations[operation].listed && k->list == LIST_BLOCK)
		return (struct answer){ refusal, BPFLOCK_WHY_BLOCK };
	if (operations[operation].listed && k->list == LIST_ALLOW)
		return (struct answer){ BPFLOCK_VERDICT_ALLOW, BPFLOCK_WHY_ALLOW };
	if (k->profile == PRIVILEGED)
		return (struct answer){ BPFLOCK_VERDICT_ALLOW, BPFLOCK_WHY_PROFILE };
	if (!governed)
		return (struct answer){ BPFLOCK_VERDICT_ALLOW, BPFLOCK_WHY_LEVEL };
	if (k->profile == BASELINE)
		return (struct answer){ in_host ? BPFLOCK_VERDICT_ALLOW : refusal,
					BPFLOCK_WHY_PROFILE, .depends = true };
	return (struct answer){ refusal, BPFLOCK_WHY_PROFILE };
}

/* Upwards until somebody has a rule set; grants on the way count. */
static struct answer model(const struct situation *s)
{
	struct answer a;
	int place = s->cgroup, grant = -1;

	for (;; place = cgroups[place].parent) {
		/* a higher one ends later, see make() */
		if (place < _PLACES && s->grants[place])
			grant = place;
		if (place < _PLACES && s->rules[place])
			break;
	}
	a = decide(s->rules[place], s->operation, s->in_host);
	a.place = place;
	a.grant = -1;
	if (a.verdict != BPFLOCK_VERDICT_ALLOW && grant >= 0 && operations[s->operation].listed) {
		a.verdict = BPFLOCK_VERDICT_ALLOW;
		a.why = BPFLOCK_WHY_GRANT;
		a.grant = grant;
	}
	return a;
}

static void set(struct bpflock_ruleset *r, const struct kind *k)
{
	r->profile = k->profile;
	r->level = k->level;
	r->mode = k->mode;
	r->block = k->list == LIST_BLOCK ? listed : 0;
	r->allow = k->list == LIST_ALLOW ? listed : 0;
}

static void make(const struct situation *s, struct policy *ret)
{
	CLEANUP(diagnostics_done) struct diagnostics d = DIAGNOSTICS_INIT;

	policy_init(ret);
	set(&ret->host.rules, s->rules[ROOT]);
	for (int i = _PLACES - 1; i > ROOT; i--) {
		struct rule *r;

		if (!s->rules[i])
			continue;
		r = policy_add_rule(ret, cgroups[i].path);
		set(&r->rules, s->rules[i]);
		r->profile_given = true;
	}
	for (int i = 0; i < _PLACES; i++) {
		if (!s->grants[i])
			continue;
		grants_add(ret, cgroups[i].path, listed, 0, LIVE(_PLACES - i), 0, "");
		/* one that has just ended, and one for something else */
		grants_add(ret, cgroups[i].path, listed, 0, NOW, 0, "");
		grants_add(ret, cgroups[i].path, ~listed & ~1ULL & ~(1ULL << 60), 0,
				 UINT64_MAX, 0, "");
	}
	assert_true(policy_compile(ret, ops, &d));
	assert_int_equal(d.n, 0);
}

static void check(const struct situation *s, const struct policy *p)
{
	struct answer a = model(s);
	struct explanation e = explain(p, cgroups[s->cgroup].path, s->in_host,
				       operations[s->operation].reason, NOW);
	const char *rule = e.rule ? e.rule->path : "/", *grant = e.grant ? e.grant->path : "none";

	if (e.verdict != a.verdict || e.why != a.why || strcmp(rule, cgroups[a.place].path) != 0 ||
	    strcmp(grant, a.grant < 0 ? "none" : cgroups[a.grant].path) != 0 ||
	    e.depends_on_namespaces != a.depends)
		fail_msg(
			"%s, in_host %d, operation %d, rule sets %td %td %td, grants %d %d %d: "
			"verdict %u, not %u; why %u, not %u; by %s, not %s; grant of %s, not %s; "
			"depends %d, not %d",
			cgroups[s->cgroup].path, s->in_host, s->operation, s->rules[ROOT] - kinds,
			s->rules[A] ? s->rules[A] - kinds : -1,
			s->rules[A_B] ? s->rules[A_B] - kinds : -1, s->grants[ROOT], s->grants[A],
			s->grants[A_B], e.verdict, a.verdict, e.why, a.why, rule,
			cgroups[a.place].path, grant, a.grant < 0 ? "none" : cgroups[a.grant].path,
			e.depends_on_namespaces, a.depends);
	assert_ptr_equal(e.rules, e.rule ? &e.rule->rules : &p->host.rules);
	if (e.grant)
		assert_true(e.grant->expires == LIVE(_PLACES - a.grant));
}

static void check_everywhere(struct situation *s)
{
	CLEANUP(policy_done) struct policy p;

	make(s, &p);
	for (int i = 0; i < _CGROUPS * 2 * (int)ARRAY_SIZE(operations); i++) {
		s->cgroup = i % _CGROUPS;
		s->in_host = i / _CGROUPS % 2;
		s->operation = i / _CGROUPS / 2;
		check(s, &p);
	}
}

/* Every kind of rule set for the host, and every kind or none for two cgroups. */
static void check_rule_sets(struct situation *s)
{
	const size_t n = ARRAY_SIZE(kinds);

	for (size_t i = 0; i < n * (n + 1) * (n + 1); i++) {
		size_t a = i / n % (n + 1), a_b = i / n / (n + 1);

		s->rules[ROOT] = &kinds[i % n];
		s->rules[A] = a < n ? &kinds[a] : NULL;
		s->rules[A_B] = a_b < n ? &kinds[a_b] : NULL;
		check_everywhere(s);
	}
}

TEST(rule_sets_are_explained_as_the_model_says)
{
	struct situation s = {};

	check_rule_sets(&s);
}

TEST(grants_are_explained_as_the_model_says)
{
	for (int grants = 1; grants < 1 << _PLACES; grants++) {
		struct situation s = {};

		for (int i = 0; i < _PLACES; i++)
			s.grants[i] = grants >> i & 1;
		check_rule_sets(&s);
	}
}

TEST(a_grant_makes_a_difference_until_it_ends)
{
	static const struct kind restricted = { RESTRICTED, ALL, ENFORCE, LIST_NONE };
	static const struct kind allowing = { RESTRICTED, ALL, ENFORCE, LIST_ALLOW };
	static const struct {
		const struct kind *kind;
		uint64_t now;
		uint32_t verdict, why;
		bool granted;
	} rows[] = {
		{ &restricted, 0, BPFLOCK_VERDICT_ALLOW, BPFLOCK_WHY_GRANT, true },
		{ &restricted, LIVE(_PLACES) - 1, BPFLOCK_VERDICT_ALLOW, BPFLOCK_WHY_GRANT, true },
		{ &restricted, LIVE(_PLACES), BPFLOCK_VERDICT_DENY, BPFLOCK_WHY_PROFILE, false },
		{ &restricted, UINT64_MAX, BPFLOCK_VERDICT_DENY, BPFLOCK_WHY_PROFILE, false },
		/* what is allowed anyway takes no grant */
		{ &allowing, 0, BPFLOCK_VERDICT_ALLOW, BPFLOCK_WHY_ALLOW, false },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct situation s = { .rules = { rows[i].kind }, .grants = { true } };
		struct explanation e;
		CLEANUP(policy_done) struct policy p;

		make(&s, &p);
		e = explain(&p, "/a", false, operations[0].reason, rows[i].now);
		assert_int_equal(e.verdict, rows[i].verdict);
		assert_int_equal(e.why, rows[i].why);
		assert_int_equal(e.grant != NULL, rows[i].granted);
	}
}

TEST(the_setting_that_decides_is_named)
{
	static const struct {
		uint32_t why, reason;
		enum bpflock_setting setting;
	} rows[] = {
		{ BPFLOCK_WHY_PROFILE, 3, BPFLOCK_SETTING_PROFILE },
		{ BPFLOCK_WHY_PROFILE, BPFLOCK_MODULE_REQUEST, BPFLOCK_SETTING_KMODLOCK },
		{ BPFLOCK_WHY_BLOCK, BPFLOCK_MODULE_REQUEST, BPFLOCK_SETTING_BLOCK },
		{ BPFLOCK_WHY_ALLOW, 3, BPFLOCK_SETTING_ALLOW },
		{ BPFLOCK_WHY_LEVEL, 3, BPFLOCK_SETTING_LEVEL },
		{ BPFLOCK_WHY_LATCH, BPFLOCK_MODULE_REQUEST, BPFLOCK_SETTING_LATCH },
		{ BPFLOCK_WHY_GRANT, BPFLOCK_MODULE_REQUEST, _BPFLOCK_SETTING_MAX },
	};
	struct policy p = {};
	struct explanation e;

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		assert_int_equal(explain_setting(rows[i].why, rows[i].reason), rows[i].setting);
	snprintf(p.host.sources[BPFLOCK_SETTING_PROFILE], BPFLOCK_SOURCE_LEN, "a.conf:1");
	snprintf(p.host.sources[BPFLOCK_SETTING_KMODLOCK], BPFLOCK_SOURCE_LEN, "b.conf:2");
	p.host.rules.profile = BPFLOCK_PROFILE_RESTRICTED;
	p.host.rules.kmodlock = BPFLOCK_KMODLOCK_RESTRICTED;
	e = explain(&p, "/", true, BPFLOCK_MODULE_REQUEST, NOW);
	assert_string_equal(explain_source(&p, &e, BPFLOCK_MODULE_REQUEST), "b.conf:2");
}
