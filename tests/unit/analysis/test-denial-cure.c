// SPDX-License-Identifier: GPL-2.0-only
#include "test.h"
#include "denial-cure.h"
#include "grants.h"
#include "namespaces.h"
#include "operations.h"

#define ID "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

static struct bpflock_operation ops[BPFLOCK_REASONS];
static struct policy policy;
static struct denial_facts facts;
static uint32_t dev_mem;

static int set_up(void **state)
{
	CLEANUP(diagnostics_done) struct diagnostics d = DIAGNOSTICS_INIT;

	operations_assume(ops);
	policy_init(&policy);
	policy.host.rules.profile = BPFLOCK_PROFILE_RESTRICTED;
	policy_add_rule(&policy, "/system.slice/open.service")->rules.profile =
		BPFLOCK_PROFILE_PRIVILEGED;
	policy_add_rule(&policy, "/machine.slice")->rules.profile = BPFLOCK_PROFILE_RESTRICTED;
	policy_add_rule(&policy, "/system.slice/deep.service/below")->rules.profile =
		BPFLOCK_PROFILE_RESTRICTED;
	assert_true(policy_compile(&policy, ops, &d));
	dev_mem = __builtin_ctzll(operations_bit(ops, "dev_mem"));
	facts = (struct denial_facts){
		.policy = &policy, .named = ~operations_unnamed(ops), .host_netns = 5, .now = 1000
	};
	return 0;
}

static int tear_down(void **state)
{
	policy_done(&policy);
	return 0;
}

struct row {
	const char *cgroup, *unit, *rule;
	bool found;
	enum denial_cure cure;
	const char *target;
};

static void check(const struct row *rows, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		const struct row *r = &rows[i];
		struct denial d = { .reason = dev_mem,
				    .verdict = BPFLOCK_VERDICT_DENY,
				    .pidns = INITIAL_PID_NAMESPACE,
				    .netns = 5,
				    .cgroup = (char *)r->cgroup,
				    .unit = (char *)r->unit,
				    .rule = (char *)r->rule,
				    .rule_cgroup = r->rule != NULL };
		struct denial_advice a;

		facts.unit_found = r->found;
		a = denial_cure(&d, &facts);
		assert_int_equal(a.cure, r->cure);
		if (!r->target) {
			assert_null(a.target);
			continue;
		}
		assert_int_equal(a.len, strlen(r->target));
		assert_memory_equal(a.target, r->target, a.len);
	}
}

TEST_ROWS_WITH(test_targets, set_up, tear_down, check, struct row,
	       /* the manager knows the unit, or it does not */
	       { "/system.slice/cron.service", "cron.service", NULL, true, DENIAL_CURE_UNIT,
		 "cron.service" },
	       { "/system.slice/cron.service/sub", "cron.service", NULL, true, DENIAL_CURE_UNIT,
		 "cron.service" },
	       { "/system.slice/run-u1.service", "run-u1.service", NULL, false, DENIAL_CURE_CGROUP,
		 "/system.slice/run-u1.service" },
	       /* containers, whatever made them */
	       { "/machine.slice/libpod-" ID ".scope/container", "libpod-" ID ".scope",
		 "/machine.slice", true, DENIAL_CURE_CGROUP, "/machine.slice/libpod-" ID ".scope" },
	       { "/docker/" ID, NULL, NULL, false, DENIAL_CURE_CGROUP, "/docker/" ID },
	       { "/kubepods.slice/kubepods-pod1.slice/cri-containerd-" ID ".scope",
		 "cri-containerd-" ID ".scope", NULL, true, DENIAL_CURE_CGROUP,
		 "/kubepods.slice/kubepods-pod1.slice/cri-containerd-" ID ".scope" },
	       { "/lxc.payload.web/init.scope", NULL, NULL, false, DENIAL_CURE_CGROUP,
		 "/lxc.payload.web" },
	       /* no unit at all */
	       { "/", NULL, NULL, false, DENIAL_CURE_HOST, NULL },
	       { "/by/hand", NULL, NULL, false, DENIAL_CURE_CGROUP, "/by/hand" },
	       /* gone, and nobody knows its path */
	       { NULL, NULL, NULL, false, DENIAL_CURE_HOST, NULL },
	       { NULL, NULL, "/machine.slice", false, DENIAL_CURE_CGROUP, "/machine.slice" },
	       /* a rule set below hides a grant to the unit */
	       { "/system.slice/deep.service/below", "deep.service",
		 "/system.slice/deep.service/below", true, DENIAL_CURE_CGROUP,
		 "/system.slice/deep.service/below" },
	       { "/system.slice/deep.service", "deep.service", NULL, true, DENIAL_CURE_UNIT,
		 "deep.service" },
	       /* the policy has changed since */
	       { "/system.slice/open.service", "open.service", NULL, true, DENIAL_CURE_ALLOWED,
		 NULL }, );

static enum denial_cure cure_of(uint32_t reason)
{
	struct denial d = { .reason = reason,
			    .verdict = BPFLOCK_VERDICT_DENY,
			    .cgroup = (char *)"/a" };

	return denial_cure(&d, &facts).cure;
}

TEST_WITH(test_no_command_helps, set_up, tear_down)
{
	struct denial gone = { .reason = dev_mem, .rule_cgroup = 77 };
	struct denial others = { .reason = dev_mem,
				 .verdict = BPFLOCK_VERDICT_DENY,
				 .cgroup = (char *)"/a" };

	assert_int_equal(cure_of(dev_mem), DENIAL_CURE_CGROUP);
	assert_int_equal(cure_of(63), DENIAL_CURE_UNNAMED);
	others.by = BPFLOCK_BY_LOCKDOWN;
	assert_int_equal(denial_cure(&others, &facts).cure, DENIAL_CURE_LOCKDOWN);
	others.by = BPFLOCK_BY_OTHER;
	assert_int_equal(denial_cure(&others, &facts).cure, DENIAL_CURE_OTHERS);
	assert_int_equal(denial_cure(&gone, &facts).cure, DENIAL_CURE_UNKNOWN);
	gone.by = BPFLOCK_BY_LOCKDOWN;
	assert_int_equal(denial_cure(&gone, &facts).cure, DENIAL_CURE_LOCKDOWN);
	gone.by = BPFLOCK_BY_OTHER;
	assert_int_equal(denial_cure(&gone, &facts).cure, DENIAL_CURE_OTHERS);
	facts.sealed = true;
	assert_int_equal(cure_of(dev_mem), DENIAL_CURE_SEALED);
	facts.lockdown = 1ULL << dev_mem;
	assert_int_equal(cure_of(dev_mem), DENIAL_CURE_LOCKDOWN);
	facts.latched = 1ULL << dev_mem;
	assert_int_equal(cure_of(dev_mem), DENIAL_CURE_LATCHED);
	facts = (struct denial_facts){ .named = ~0ULL };
	assert_int_equal(cure_of(dev_mem), DENIAL_CURE_UNKNOWN);
}

/* The grant that is advised allows it, and one that holds is seen. */
TEST_WITH(test_the_grant_helps, set_up, tear_down)
{
	struct denial d = { .reason = dev_mem,
			    .verdict = BPFLOCK_VERDICT_DENY,
			    .cgroup = (char *)"/by/hand" };
	struct denial_advice a = denial_cure(&d, &facts);
	CLEANUP(free_charp) char *path = strndup(a.target, a.len);

	assert_non_null(grants_add(&policy, path, 1ULL << dev_mem, 0, 2000, 0, NULL));
	a = denial_cure(&d, &facts);
	assert_int_equal(a.cure, DENIAL_CURE_ALLOWED);
	assert_int_equal(a.now.why, BPFLOCK_WHY_GRANT);
	facts.now = 3000;
	assert_int_equal(denial_cure(&d, &facts).cure, DENIAL_CURE_CGROUP);
}
