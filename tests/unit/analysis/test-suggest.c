// SPDX-License-Identifier: GPL-2.0-only
/* The policy that follows from what was used. */
#include "test.h"
#include "decide.h"
#include "namespaces.h"
#include "operations.h"
#include "ruleset.h"
#include "suggest.h"
#include "kernels.h"

#define HOST_NETNS 4026531840U
#define UNNAMED	   "?"
#define MAX_USES   6

TEST_OPERATIONS(ops)

static uint64_t mask_of(const char *list)
{
	return kernel_mask(ops, list);
}

struct use {
	const char *operation;
	enum bpflock_verdict verdict;
	const char *comm;
	const char *path; /* NULL: the cgroup is gone */
	bool by_rule;	  /* of a cgroup */
	unsigned int recorded, unrecorded;
};

#define ALLOWED BPFLOCK_VERDICT_ALLOW
#define AUDITED BPFLOCK_VERDICT_AUDIT
#define DENIED	BPFLOCK_VERDICT_DENY

static uint32_t reason_of(const char *name)
{
	return strcmp(name, UNNAMED) == 0 ? 60 : __builtin_ctzll(mask_of(name));
}

static void take(struct suggest *s, const struct use *u, struct bpflock_counters *counters)
{
	struct event e = { .kind = EVENT_LOCKED_DOWN,
			   .reason = reason_of(u->operation),
			   .verdict = u->verdict,
			   .count = u->recorded,
			   .rule_cgroup = u->by_rule ? 42 : 0 };

	counters[bpflock_slot(e.reason)].verdicts[u->verdict] += u->recorded + u->unrecorded;
	e.head.pidns = INITIAL_PID_NAMESPACE;
	e.head.netns = HOST_NETNS;
	e.head.cgroup_id = 42;
	snprintf(e.head.comm, sizeof(e.head.comm), "%s", u->comm ? u->comm : "probe");
	if (u->recorded)
		assert_int_equal(suggest_take(s, &e, u->path, NULL), 0);
}

#define AUDIT_HOST    "[kimglock]\nprofile = restricted\nmode = audit\n"
#define ENFORCE_HOST  "[kimglock]\nprofile = restricted\n"
#define AUDIT_CGROUP  "[cgroup \"/a\"]\nprofile = restricted\nmode = audit\n"
#define AUDIT_SECOND  "[cgroup \"/b\"]\nprofile = restricted\nmode = audit\n"
#define ENFORCE_GROUP "[cgroup \"/a\"]\nprofile = restricted\n"
#define FREE_CGROUP   "[cgroup \"/a\"]\nprofile = privileged\n"

/* A suggestion; its cgroup is /a, the first in order. */
struct expected {
	const char *profile;	  /* of the host */
	const char *allow;	  /* of the host */
	const char *guessed;	  /* of the host */
	const char *blocked;	  /* of the host */
	const char *denied;	  /* of the host */
	const char *cgroup_allow; /* NULL: no cgroup */
	const char *cgroup_guessed;
	const char *cgroup_denied;
};

static const struct {
	const char *label;
	const char *policy;
	struct use uses[MAX_USES];
	struct expected e;
} rows[] = {
	{ "nothing used", AUDIT_HOST, {}, { "restricted", "", "", "", "", NULL } },
	{ "audited uses are allowed",
	  AUDIT_HOST,
	  { { "kexec", AUDITED, "kexec", "/", false, 3, 0 },
	    { "msr", AUDITED, "wrmsr", "/x", false, 1, 0 } },
	  { "restricted", "kexec, msr", "", "", "", NULL } },
	{ "to what is in the list already",
	  AUDIT_HOST "allow = hibernation\n",
	  { { "kexec", AUDITED, NULL, "/", false, 1, 0 },
	    { "hibernation", ALLOWED, NULL, "/", false, 1, 0 } },
	  { "restricted", "kexec, hibernation", "", "", "", NULL } },
	{ "uses outside the level are allowed anyway",
	  AUDIT_HOST,
	  { { "kcore", ALLOWED, NULL, "/", false, 1, 0 } },
	  { "restricted", "", "", "", "", NULL } },
	{ "baseline stays baseline",
	  "[kimglock]\nprofile = baseline\nmode = audit\n",
	  { { "kexec", AUDITED, NULL, "/x", false, 1, 0 },
	    { "msr", ALLOWED, NULL, "/", false, 1, 0 } },
	  { "baseline", "kexec", "", "", "", NULL } },
	{ "what is blocked by name is told, not allowed",
	  AUDIT_HOST "block = kexec\n",
	  { { "kexec", AUDITED, NULL, "/", false, 1, 0 } },
	  { "restricted", "", "", "kexec", "", NULL } },
	{ "what is denied on purpose stays so",
	  ENFORCE_HOST,
	  { { "kexec", DENIED, NULL, "/", false, 1, 0 },
	    { "msr", DENIED, NULL, "/", false, 0, 5 } },
	  { "restricted", "", "", "", "kexec", NULL } },
	{ "audited before the mode was enforce",
	  ENFORCE_HOST,
	  { { "kexec", AUDITED, NULL, "/", false, 1, 0 } },
	  { "restricted", "", "", "", "kexec", NULL } },
	{ "denied before the mode was audit",
	  AUDIT_HOST,
	  { { "kexec", DENIED, NULL, "/", false, 1, 0 },
	    { "msr", AUDITED, NULL, "/", false, 1, 0 } },
	  { "restricted", "msr", "", "", "kexec", NULL } },
	{ "a privileged host becomes restricted",
	  "",
	  { { "kexec", ALLOWED, NULL, "/", false, 2, 0 },
	    { "kcore", ALLOWED, NULL, "/x", false, 2, 0 } },
	  { "restricted", "kexec, kcore", "", "", "", NULL } },
	{ "also by what the counters alone know",
	  "[kimglock]\nlog = none\n",
	  { { "kexec", ALLOWED, NULL, NULL, false, 0, 2 } },
	  { "restricted", "kexec", "kexec", "", "", NULL } },
	{ "also by what was audited before",
	  "",
	  { { "kexec", AUDITED, NULL, "/", false, 1, 0 } },
	  { "restricted", "kexec", "", "", "", NULL } },
	{ "a few lost records change nothing",
	  AUDIT_HOST,
	  { { "kexec", AUDITED, NULL, "/", false, 1, 9 } },
	  { "restricted", "kexec", "", "", "", NULL } },
	{ "bpf_read is used as all others are",
	  "",
	  { { "bpf_read", ALLOWED, "bpflock-ctl", "/", false, 4, 0 },
	    { "bpf_read", ALLOWED, "bpflock-other", "/", false, 1, 0 } },
	  { "restricted", "bpf_read", "", "", "", NULL } },
	{ "what the kernel does not name cannot be listed",
	  AUDIT_HOST,
	  { { UNNAMED, AUDITED, NULL, "/", false, 1, 0 } },
	  { "restricted", "", "", "", "", NULL } },
	{ "each rule set gets what its own tasks used",
	  AUDIT_HOST AUDIT_CGROUP,
	  { { "kexec", AUDITED, NULL, "/x", false, 1, 0 },
	    { "msr", AUDITED, NULL, "/a", true, 1, 0 },
	    { "ioport", AUDITED, NULL, "/a/below", true, 1, 0 } },
	  { "restricted", "kexec", "", "", "", "msr, ioport", "", "" } },
	{ "an enforced host keeps what it denies",
	  ENFORCE_HOST AUDIT_CGROUP,
	  { { "kexec", DENIED, NULL, "/", false, 1, 0 },
	    { "msr", AUDITED, NULL, "/a", true, 1, 0 } },
	  { "restricted", "", "", "", "kexec", "msr", "", "" } },
	{ "an enforced cgroup too",
	  AUDIT_HOST ENFORCE_GROUP,
	  { { "kexec", AUDITED, NULL, "/", false, 1, 0 },
	    { "msr", DENIED, NULL, "/a", true, 1, 0 } },
	  { "restricted", "kexec", "", "", "", "", "", "msr" } },
	{ "a rule set that came later decides",
	  AUDIT_HOST ENFORCE_GROUP,
	  { { "kexec", AUDITED, NULL, "/a", false, 1, 0 } },
	  { "restricted", "", "", "", "", "", "", "kexec" } },
	{ "a privileged cgroup stays so",
	  ENFORCE_HOST FREE_CGROUP,
	  { { "kexec", ALLOWED, NULL, "/a", true, 1, 0 } },
	  { "restricted", "", "", "", "", "", "", "" } },
	{ "without a record it was the host's",
	  AUDIT_HOST AUDIT_CGROUP,
	  { { "kexec", AUDITED, NULL, NULL, false, 0, 1 } },
	  { "restricted", "kexec", "kexec", "", "", "", "", "" } },
	{ "unless that cannot be",
	  ENFORCE_HOST AUDIT_CGROUP AUDIT_SECOND,
	  { { "kexec", AUDITED, NULL, NULL, false, 0, 1 } },
	  { "restricted", "", "", "", "", "kexec", "kexec", "" } },
	{ "or a cgroup is known to have it",
	  ENFORCE_HOST AUDIT_CGROUP AUDIT_SECOND,
	  { { "kexec", AUDITED, NULL, NULL, false, 0, 1 },
	    { "kexec", AUDITED, NULL, "/b", true, 1, 0 } },
	  { "restricted", "", "", "", "", "", "", "" } },
	{ "a cgroup that is gone had one of the rule sets",
	  AUDIT_HOST AUDIT_CGROUP,
	  { { "kexec", AUDITED, NULL, NULL, true, 1, 0 } },
	  { "restricted", "", "", "", "", "kexec", "kexec", "" } },
	{ "a cgroup that is gone may have had the host's",
	  AUDIT_HOST AUDIT_CGROUP,
	  { { "kexec", AUDITED, NULL, NULL, false, 1, 0 } },
	  { "restricted", "kexec", "", "", "", "", "", "" } },
};

static void check_mask(const char *label, const char *what, uint64_t mask, const char *expected)
{
	if (mask != mask_of(expected))
		fail_msg("%s: %s is %#llx, not %s", label, what, (unsigned long long)mask,
			 expected);
}

static void check(const char *label, const struct suggest *s, const struct expected *e)
{
	const struct policy *p = &s->policy;

	assert_string_equal(ruleset_profile_name(p->host.rules.profile), e->profile);
	check_mask(label, "allow", p->host.rules.allow, e->allow);
	check_mask(label, "guessed", s->sets[0].guessed, e->guessed);
	check_mask(label, "blocked", s->sets[0].blocked, e->blocked);
	check_mask(label, "denied", s->sets[0].denied, e->denied);
	if (!e->cgroup_allow)
		return;
	check_mask(label, "allow of /a", p->rules[0]->rules.allow, e->cgroup_allow);
	check_mask(label, "guessed of /a", s->sets[1].guessed, e->cgroup_guessed);
	check_mask(label, "denied of /a", s->sets[1].denied, e->cgroup_denied);
}

/* Whatever was audited under a rule set in audit mode is allowed by it, or blocked by name. */
static void check_promise(const char *label, const struct suggest *s)
{
	for (size_t i = 0; i < s->n_uses; i++) {
		const struct suggest_use *u = &s->uses[i];
		const struct bpflock_ruleset *r;

		if (u->verdict != AUDITED || u->set == SUGGEST_UNKNOWN ||
		    s->sets[u->set].mode != BPFLOCK_MODE_AUDIT)
			continue;
		r = u->set ? &s->policy.rules[u->set - 1]->rules : &s->policy.host.rules;
		if (bpflock_decide(r, u->reason, false) != ALLOWED &&
		    !((s->sets[u->set].blocked | s->unlisted) & (1ULL << u->reason)))
			fail_msg("%s: %s is denied", label, operations_name(ops, u->reason));
	}
	for (size_t i = 0; i < s->n_sets; i++) {
		const struct bpflock_ruleset *r =
			i ? &s->policy.rules[i - 1]->rules : &s->policy.host.rules;

		assert_int_equal(r->mode, BPFLOCK_MODE_ENFORCE);
	}
}

TEST(suggestions_follow_from_uses)
{
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct bpflock_counters counters[BPFLOCK_COUNTERS_MAX] = {};
		CLEANUP(diagnostics_done) struct diagnostics d = DIAGNOSTICS_INIT;
		CLEANUP(policy_done) struct policy in_force;
		CLEANUP(suggest_done) struct suggest s;

		kernel_policy(ops, rows[i].policy, &in_force);
		assert_int_equal(suggest_begin(&s, &in_force, ops, HOST_NETNS), 0);
		for (size_t k = 0; k < MAX_USES && rows[i].uses[k].operation; k++)
			take(&s, &rows[i].uses[k], counters);
		if (!suggest_finish(&s, counters, &d))
			fail_msg("%s: %s", rows[i].label, d.items[0].text);
		check(rows[i].label, &s, &rows[i].e);
		check_promise(rows[i].label, &s);
	}
}

TEST(other_settings_are_kept)
{
	static const struct bpflock_counters counters[BPFLOCK_COUNTERS_MAX];
	CLEANUP(diagnostics_done) struct diagnostics d = DIAGNOSTICS_INIT;
	CLEANUP(policy_done) struct policy p;
	CLEANUP(suggest_done) struct suggest s;

	kernel_policy(ops, "[kimglock]\nprofile = baseline\nlevel = confidentiality\nblock = kexec\n"
		    "allow = msr\nlog = denied\n[execsnoop]\ntrace = all\n" ENFORCE_GROUP
		    "log = none\n",
		    &p);
	assert_int_equal(suggest_begin(&s, &p, ops, HOST_NETNS), 0);
	assert_true(suggest_finish(&s, counters, &d));
	assert_true(policy_equal(&s.policy, &p));
}

TEST(alike_uses_are_one)
{
	struct bpflock_counters counters[BPFLOCK_COUNTERS_MAX] = {};
	struct event exec = { .kind = EVENT_EXECVE };
	CLEANUP(diagnostics_done) struct diagnostics d = DIAGNOSTICS_INIT;
	static const struct use uses[] = {
		{ "kexec", AUDITED, "a", "/", false, 3, 1 },
		{ "kexec", AUDITED, "a", "/", false, 2, 0 },
		{ "kexec", AUDITED, "b", "/", false, 1, 0 },
		{ "kexec", DENIED, "a", "/", false, 1, 0 },
		{ "msr", AUDITED, "a", "/", false, 1, 0 },
	};
	CLEANUP(policy_done) struct policy p;
	CLEANUP(suggest_done) struct suggest s;

	kernel_policy(ops, AUDIT_HOST, &p);
	assert_int_equal(suggest_begin(&s, &p, ops, HOST_NETNS), 0);
	for (size_t i = 0; i < ARRAY_SIZE(uses); i++)
		take(&s, &uses[i], counters);
	assert_int_equal(suggest_take(&s, &exec, "/", NULL), 0);
	assert_int_equal(s.n_uses, 4);
	assert_int_equal(s.uses[0].count, 5);
	assert_true(s.uses[0].in_host);
	assert_string_equal(s.uses[0].path, "/");
	assert_true(suggest_finish(&s, counters, &d));
	assert_int_equal(suggest_unrecorded(&s, reason_of("kexec"), AUDITED), 1);
	assert_int_equal(suggest_unrecorded(&s, reason_of("kexec"), DENIED), 0);
}

/* No policy can allow what others refuse, so it asks for nothing. */
TEST(refusals_by_others_are_no_uses)
{
	struct event e = { .kind = EVENT_LOCKED_DOWN,
			   .reason = reason_of("kexec"),
			   .verdict = DENIED,
			   .by = BPFLOCK_BY_LOCKDOWN,
			   .count = 1 };
	CLEANUP(policy_done) struct policy p;
	CLEANUP(suggest_done) struct suggest s;

	kernel_policy(ops, AUDIT_HOST, &p);
	assert_int_equal(suggest_begin(&s, &p, ops, HOST_NETNS), 0);
	assert_int_equal(suggest_take(&s, &e, "/", NULL), 0);
	assert_int_equal(s.n_uses, 0);
	e.by = BPFLOCK_BY_BPFLOCK;
	assert_int_equal(suggest_take(&s, &e, "/", NULL), 0);
	assert_int_equal(s.n_uses, 1);
}

TEST(a_task_gone_is_known_by_its_rule_set)
{
	static const struct bpflock_counters counters[BPFLOCK_COUNTERS_MAX];
	struct event e = { .kind = EVENT_LOCKED_DOWN,
			   .reason = reason_of("kexec"),
			   .verdict = AUDITED,
			   .count = 1,
			   .rule_cgroup = 42 };
	CLEANUP(diagnostics_done) struct diagnostics d = DIAGNOSTICS_INIT;
	CLEANUP(policy_done) struct policy p;
	CLEANUP(suggest_done) struct suggest s;

	kernel_policy(ops, AUDIT_HOST AUDIT_CGROUP AUDIT_SECOND, &p);
	assert_int_equal(suggest_begin(&s, &p, ops, HOST_NETNS), 0);
	assert_int_equal(suggest_take(&s, &e, NULL, "/b"), 0);
	assert_true(suggest_finish(&s, counters, &d));
	check_mask("by its rule set", "allow of /b", s.policy.rules[1]->rules.allow, "kexec");
	check_mask("by its rule set", "allow of /a", s.policy.rules[0]->rules.allow, "");
	check_mask("by its rule set", "allow", s.policy.host.rules.allow, "");
}

TEST(module_requests_stay_open_to_whom_they_were)
{
	static const struct {
		const char *policy;
		bool elsewhere; /* a task outside the host's namespaces asked */
		uint32_t kmodlock;
		bool allowed;
	} rows[] = {
		{ "", true, BPFLOCK_KMODLOCK_OFF, false },
		{ "[kmodlock]\nprofile = privileged\n", false, BPFLOCK_KMODLOCK_BASELINE, false },
		{ "[kmodlock]\nprofile = privileged\n", true, BPFLOCK_KMODLOCK_BASELINE, true },
		{ ENFORCE_HOST "[kmodlock]\nprofile = privileged\n", true, BPFLOCK_KMODLOCK_BASELINE,
		  true },
		{ ENFORCE_HOST "[kmodlock]\nprofile = restricted\n", true,
		  BPFLOCK_KMODLOCK_RESTRICTED, false },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct bpflock_counters counters[BPFLOCK_COUNTERS_MAX] = {};
		struct event e = { .kind = EVENT_LOCKED_DOWN,
				   .reason = BPFLOCK_MODULE_REQUEST,
				   .verdict = i + 1 == ARRAY_SIZE(rows) ? DENIED : ALLOWED,
				   .count = 1 };
		CLEANUP(diagnostics_done) struct diagnostics d = DIAGNOSTICS_INIT;
		CLEANUP(policy_done) struct policy p;
		CLEANUP(suggest_done) struct suggest s;

		e.head.pidns = INITIAL_PID_NAMESPACE + rows[i].elsewhere;
		e.head.netns = HOST_NETNS;
		counters[BPFLOCK_MODULE_REQUEST].verdicts[e.verdict] = 1;
		kernel_policy(ops, rows[i].policy, &p);
		assert_int_equal(suggest_begin(&s, &p, ops, HOST_NETNS), 0);
		assert_int_equal(suggest_take(&s, &e, "/", NULL), 0);
		assert_true(suggest_finish(&s, counters, &d));
		assert_int_equal(s.policy.host.rules.kmodlock, rows[i].kmodlock);
		assert_int_equal(s.policy.host.rules.allow == BPFLOCK_MODULE_REQUEST_BIT,
				 rows[i].allowed);
	}
}

/* A rule set that is like the host's becomes baseline with it. */
TEST(module_requests_under_a_rule_set_like_the_hosts_stay_open_too)
{
	for (int elsewhere = 0; elsewhere < 2; elsewhere++) {
		struct bpflock_counters counters[BPFLOCK_COUNTERS_MAX] = {};
		struct event e = { .kind = EVENT_LOCKED_DOWN,
				   .reason = BPFLOCK_MODULE_REQUEST,
				   .verdict = ALLOWED,
				   .count = 1 };
		CLEANUP(diagnostics_done) struct diagnostics d = DIAGNOSTICS_INIT;
		CLEANUP(policy_done) struct policy p;
		CLEANUP(suggest_done) struct suggest s;
		const struct rule *r;

		e.head.pidns = INITIAL_PID_NAMESPACE + elsewhere;
		e.head.netns = HOST_NETNS;
		counters[BPFLOCK_MODULE_REQUEST].verdicts[ALLOWED] = 1;
		kernel_policy(ops,
			      "[kmodlock]\nprofile = privileged\n"
			      "[cgroup \"/a\"]\nlike = host\nallow = kexec\n",
			      &p);
		assert_int_equal(suggest_begin(&s, &p, ops, HOST_NETNS), 0);
		assert_int_equal(suggest_take(&s, &e, "/a", NULL), 0);
		assert_true(suggest_finish(&s, counters, &d));
		r = s.policy.rules[0];
		assert_int_equal(r->rules.kmodlock, BPFLOCK_KMODLOCK_BASELINE);
		assert_int_equal(bpflock_decide(&r->rules, BPFLOCK_MODULE_REQUEST, !elsewhere), ALLOWED);
		assert_int_equal(!!(r->own_allow & BPFLOCK_MODULE_REQUEST_BIT), elsewhere);
		assert_int_equal(s.policy.host.rules.allow, 0);
	}
}
