// SPDX-License-Identifier: GPL-2.0-only
/* The policy that has a rule set for each unit, with what that unit used. */
#include "test.h"
#include "clock.h"
#include "decide.h"
#include "namespaces.h"
#include "suggest-units.h"
#include "kernels.h"

#define HOST_NETNS 4026531840U
#define MAX_USES   8

TEST_OPERATIONS(ops)

#define ID "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

TEST(a_path_is_filed_under_what_root_has_named_and_what_stays)
{
	static const struct {
		const char *path;
		size_t roots; /* 0: all of it */
		enum suggest_units_place place;
		const char *expected;
	} rows[] = {
		{ "/", 0, SUGGEST_UNITS_NONE, NULL },
		{ "/system.slice/cron.service", 0, SUGGEST_UNITS_UNIT, "/system.slice/cron.service" },
		{ "/system.slice/cron.service/job", 0, SUGGEST_UNITS_UNIT, "/system.slice/cron.service" },
		{ "/system.slice/_io.service", 0, SUGGEST_UNITS_UNIT, "/system.slice/_io.service" },
		{ "/init.scope", 0, SUGGEST_UNITS_UNIT, "/init.scope" },
		{ "/system.slice/run-user-1000.mount", 0, SUGGEST_UNITS_UNIT,
		  "/system.slice/run-user-1000.mount" },
		{ "/system.slice/system-getty.slice/getty@tty1.service", 0, SUGGEST_UNITS_UNIT,
		  "/system.slice/system-getty.slice/getty@tty1.service" },
		{ "/system.slice/system-several.slice/several@1.service", 0, SUGGEST_UNITS_UNIT,
		  "/system.slice/system-several.slice/several@1.service" },
		/* an instance for each connection */
		{ "/system.slice/system-sshd.slice/sshd@12-10.0.0.1:22-10.0.0.2:40000.service", 0,
		  SUGGEST_UNITS_ABOVE, "/system.slice/system-sshd.slice" },
		/* the user's manager is the system manager's unit, and what it makes is the user's */
		{ "/user.slice/user-1000.slice/user@1000.service/app.slice/x.service", 0,
		  SUGGEST_UNITS_UNIT, "/user.slice/user-1000.slice/user@1000.service" },
		{ "/user.slice/user-1000.slice/session-3.scope", 0, SUGGEST_UNITS_ABOVE,
		  "/user.slice/user-1000.slice" },
		{ "/user.slice/user-0.slice/session-c1.scope", 0, SUGGEST_UNITS_ABOVE,
		  "/user.slice/user-0.slice" },
		{ "/system.slice/theirs.service/cron.service", 28, SUGGEST_UNITS_UNIT,
		  "/system.slice/theirs.service" },
		{ "/theirs/system.slice/cron.service", 7, SUGGEST_UNITS_CGROUP, "/theirs" },
		/* containers */
		{ "/machine.slice/libpod-" ID ".scope/container", 0, SUGGEST_UNITS_ABOVE, "/machine.slice" },
		{ "/machine.slice/machine-qemu\\x2d3\\x2dvm.scope", 0, SUGGEST_UNITS_ABOVE, "/machine.slice" },
		{ "/machine.slice/machine-web.scope", 0, SUGGEST_UNITS_UNIT,
		  "/machine.slice/machine-web.scope" },
		{ "/kubepods.slice/kubepods-burstable.slice/"
		  "kubepods-burstable-pod1b4e28ba_2fa1_11d2_883f_0016d3cca427.slice/cri-containerd-" ID ".scope",
		  0, SUGGEST_UNITS_ABOVE, "/kubepods.slice/kubepods-burstable.slice" },
		{ "/kubepods/besteffort/pod1b4e28ba-2fa1-11d2-883f-0016d3cca427/" ID, 0,
		  SUGGEST_UNITS_ABOVE, "/kubepods/besteffort" },
		{ "/docker/" ID, 0, SUGGEST_UNITS_ABOVE, "/docker" },
		{ "/lxc.payload.web/init", 0, SUGGEST_UNITS_CGROUP, "/lxc.payload.web/init" },
		/* nothing above is theirs alone */
		{ "/system.slice/docker-" ID ".scope", 0, SUGGEST_UNITS_FLEETING,
		  "/system.slice/docker-" ID ".scope" },
		{ "/system.slice/run-u12.service", 0, SUGGEST_UNITS_FLEETING, "/system.slice/run-u12.service" },
		{ "/system.slice/run-r0f3e.scope", 0, SUGGEST_UNITS_FLEETING, "/system.slice/run-r0f3e.scope" },
		{ "/system.slice/run-p12-i34.scope", 0, SUGGEST_UNITS_FLEETING,
		  "/system.slice/run-p12-i34.scope" },
		{ "/" ID, 0, SUGGEST_UNITS_FLEETING, "/" ID },
		/* no unit */
		{ "/x/below", 0, SUGGEST_UNITS_CGROUP, "/x/below" },
		{ "/system.slice", 0, SUGGEST_UNITS_CGROUP, "/system.slice" },
		{ "/deadbeefcafeaffe", 0, SUGGEST_UNITS_CGROUP, "/deadbeefcafeaffe" },
		/* names that no section can have */
		{ "/x/a*b/c", 0, SUGGEST_UNITS_ABOVE, "/x" },
		{ "/a?", 0, SUGGEST_UNITS_NONE, NULL },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		size_t roots = rows[i].roots ? rows[i].roots : strlen(rows[i].path);
		char path[PATH_MAX];
		enum suggest_units_place place = suggest_units_path(rows[i].path, roots, path);

		if (place != rows[i].place || (rows[i].expected && strcmp(path, rows[i].expected) != 0))
			fail_msg("%s: %d, %s", rows[i].path, place, place ? path : "");
	}
}

struct use {
	const char *operations;
	enum bpflock_verdict verdict;
	const char *comm;
	const char *path; /* NULL: the cgroup is gone */
	uint64_t rule_cgroup;
	unsigned int recorded, unrecorded;
};

#define ALLOWED BPFLOCK_VERDICT_ALLOW
#define AUDITED BPFLOCK_VERDICT_AUDIT
#define DENIED	BPFLOCK_VERDICT_DENY

static uint64_t gone; /* the number of the cgroup of what take() takes, if it is not 0 */

static void take(struct suggest *s, const struct use *u, struct bpflock_counters *counters)
{
	struct event e = { .kind = EVENT_LOCKED_DOWN,
			   .reason = __builtin_ctzll(kernel_mask(ops, u->operations)),
			   .verdict = u->verdict,
			   .count = u->recorded,
			   .rule_cgroup = u->rule_cgroup };

	counters[e.reason].verdicts[u->verdict] += u->recorded + u->unrecorded;
	e.head.pidns = INITIAL_PID_NAMESPACE;
	e.head.netns = HOST_NETNS;
	for (const char *c = u->path ?: ""; *c; c++)
		e.head.cgroup_id = e.head.cgroup_id * 31 + *c;
	if (gone)
		e.head.cgroup_id = gone;
	e.head.time = 1000 - u->recorded;
	snprintf(e.head.comm, sizeof(e.head.comm), "%s", u->comm ? u->comm : "probe");
	snprintf(e.exe, sizeof(e.exe), "/bin/%s", e.head.comm);
	if (u->recorded)
		assert_int_equal(suggest_take(s, &e, u->path, NULL), 0);
}

/* All is root's but what is below these. */
static size_t roots_of(void *arg, const char *path)
{
	static const char *const theirs[] = { "/system.slice/theirs.service", "/theirs" };

	assert_ptr_equal(arg, ops);
	for (size_t i = 0; i < ARRAY_SIZE(theirs); i++)
		if (strncmp(path, theirs[i], strlen(theirs[i])) == 0)
			return strlen(theirs[i]);
	return strlen(path);
}

static void append(char *to, size_t size, const char *label, uint64_t mask)
{
	size_t n = strlen(to);

	if (!mask)
		return;
	n += snprintf(to + n, size - n, " %s", label);
	for (uint32_t i = 0; i < BPFLOCK_REASONS; i++)
		if (mask & (1ULL << i))
			n += snprintf(to + n, size - n, " %s", ops[i].name);
}

/* Writes a policy as " host kexec; /a like allow msr unfiled ioport". */
static void render(const struct suggest *s, char *to, size_t size)
{
	to[0] = '\0';
	append(to, size, "host", s->policy.host.rules.allow);
	for (size_t i = 0; i < s->policy.n_rules; i++) {
		const struct rule *r = s->policy.rules[i];

		snprintf(to + strlen(to), size - strlen(to), "; %s%s", r->path,
			 r->like_host ? " like" : "");
		append(to, size, "allow", r->like_host ? r->own_allow : r->rules.allow);
	}
	append(to, size, "unfiled", s->unfiled);
}

static void suggest_by_unit(const char *policy, const struct use *uses, struct suggest *ret)
{
	struct bpflock_counters counters[BPFLOCK_COUNTERS_MAX] = {};
	CLEANUP(diagnostics_done) struct diagnostics d = DIAGNOSTICS_INIT;
	CLEANUP(policy_done) struct policy in_force;

	kernel_policy(ops, policy, &in_force);
	assert_int_equal(suggest_begin(ret, &in_force, ops, HOST_NETNS), 0);
	for (size_t k = 0; k < MAX_USES && uses[k].operations; k++)
		take(ret, &uses[k], counters);
	assert_int_equal(suggest_units(ret, roots_of, ops), 0);
	if (!suggest_finish(ret, counters, &d))
		fail_msg("%s", d.items[0].text);
}

#define AUDIT	   "[kimglock]\nprofile = restricted\nmode = audit\n"
#define CRON	   "/system.slice/cron.service"
#define THEIRS	   "/system.slice/theirs.service"
#define AUDITED_A  "[cgroup \"/a\"]\nprofile = restricted\nmode = audit\n"
#define LIKE_A	   "[cgroup \"/a\"]\nlike = host\nallow = msr\n"

struct row {
	const char *label, *policy;
	struct use uses[MAX_USES];
	const char *expected;
};

static void check(const struct row *rows, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		CLEANUP(suggest_done) struct suggest s;
		char text[1024];

		suggest_by_unit(rows[i].policy, rows[i].uses, &s);
		render(&s, text, sizeof(text));
		if (strcmp(text, rows[i].expected) != 0)
			fail_msg("%s: \"%s\", not \"%s\"", rows[i].label, text, rows[i].expected);
	}
}

TEST_ROWS(each_unit_gets_what_it_used_and_the_host_what_is_left, check, struct row,
	{ "nothing", AUDIT, {}, "" },
	{ "a unit", AUDIT, { { "kexec", AUDITED, NULL, CRON, 0, 3, 0 } }, "; " CRON " like allow kexec" },
	{ "two units and the host", "",
	  { { "kexec", ALLOWED, NULL, CRON "/job", 0, 3, 0 },
	    { "msr", ALLOWED, NULL, "/init.scope", 0, 1, 0 },
	    { "kexec", ALLOWED, NULL, "/init.scope", 0, 1, 0 },
	    { "ioport", ALLOWED, NULL, "/", 0, 1, 0 } },
	  " host ioport; /init.scope like allow kexec msr; " CRON " like allow kexec" },
	{ "what is somebody else's is named by its owner", AUDIT,
	  { { "kexec", AUDITED, NULL, THEIRS "/cron.service", 0, 1, 0 } },
	  "; " THEIRS " like allow kexec" },
	{ "the same, in no unit", AUDIT,
	  { { "kexec", AUDITED, NULL, "/theirs/cron.service", 0, 1, 0 } }, "; /theirs like allow kexec" },
	{ "a cgroup that is gone", AUDIT,
	  { { "kexec", AUDITED, NULL, NULL, 0, 1, 0 }, { "msr", AUDITED, NULL, CRON, 0, 1, 0 } },
	  "; " CRON " like allow msr unfiled kexec" },
	{ "what left no record", AUDIT,
	  { { "kexec", AUDITED, NULL, NULL, 0, 0, 4 }, { "msr", AUDITED, NULL, CRON, 0, 1, 0 } },
	  "; " CRON " like allow msr unfiled kexec" },
	{ "what is allowed anyway needs no section", AUDIT "allow = kexec\n",
	  { { "kexec", ALLOWED, NULL, CRON, 0, 1, 0 }, { "kcore", ALLOWED, NULL, CRON, 0, 1, 0 } },
	  " host kexec" },
	{ "the host's own module requests need no section", "[kmodlock]\nprofile = privileged\n",
	  { { "module_request", ALLOWED, NULL, CRON, 0, 1, 0 } }, "" },
	{ "what is denied, or blocked by name, stays so", "[kimglock]\nprofile = restricted\n",
	  { { "kexec", DENIED, NULL, CRON, 0, 1, 0 } }, "" },
	{ "blocked by name", AUDIT "block = kexec\n", { { "kexec", AUDITED, NULL, CRON, 0, 1, 0 } }, "" },
	{ "a rule set that there was has its own", AUDIT AUDITED_A,
	  { { "kexec", AUDITED, NULL, "/a/cron.service", 7, 1, 0 }, { "msr", AUDITED, NULL, "/b", 0, 1, 0 } },
	  "; /a allow kexec; /b like allow msr" },
	{ "one that is like the host's, too", AUDIT LIKE_A,
	  { { "kexec", AUDITED, NULL, "/a/cron.service", 7, 1, 0 } }, "; /a like allow kexec msr" },
	{ "and if the host only logs", LIKE_A,
	  { { "kexec", ALLOWED, NULL, "/a", 7, 1, 0 } }, "; /a like allow kexec msr" })

/* Whatever a unit used is allowed to it and to nobody else. */
TEST(the_same_uses_pass_again_and_others_do_not)
{
	static const struct use uses[MAX_USES] = {
		{ "kexec", ALLOWED, NULL, CRON, 0, 3, 0 },
		{ "msr", ALLOWED, NULL, "/user.slice/user-0.slice/session-1.scope", 0, 1, 0 },
		{ "ioport", ALLOWED, NULL, "/x", 0, 1, 0 },
		{ "unsigned_module", ALLOWED, NULL, "/", 0, 1, 0 },
	};
	CLEANUP(suggest_done) struct suggest s;

	suggest_by_unit("", uses, &s);
	for (size_t i = 0; uses[i].operations; i++) {
		const struct rule *r = policy_rule_for(&s.policy, uses[i].path);
		const struct bpflock_ruleset *rules = r ? &r->rules : &s.policy.host.rules;

		for (size_t k = 0; uses[k].operations; k++) {
			uint32_t reason = __builtin_ctzll(kernel_mask(ops, uses[k].operations));
			/* what the host has, a rule set that is like it has too */
			bool allowed = k == i || uses[k].path[1] == '\0';

			assert_int_equal(bpflock_decide(rules, reason, true),
					 allowed ? ALLOWED : DENIED);
		}
	}
}

/* A log knows the cgroups that are gone by now. */
TEST(records_of_a_log_are_uses_too)
{
	static const struct {
		const char *key, *value;
	} fields[] = { { "event", "lsm_locked_down" }, { "operation", "kexec" }, { "decision", "audit" },
		       { "count", "3" }, { "comm", "kexec" }, { "exe", "/usr/sbin/kexec" },
		       { "time", "2026-11-24T10:00:00Z" } };
	static const struct {
		const char *key, *value; /* of one field more, or in place of one */
		const char *expected;
	} rows[] = {
		{ "cgroup", CRON, "; " CRON " like allow kexec" },
		{ "cgroup", "/", " host kexec" },
		{ "cgroup", "(gone)", " unfiled kexec" },
		{ "comm", "other", " unfiled kexec" },
		{ "operation", "no_such_operation", "" },
		{ "by", "lockdown", "" },
		{ "event", "grant", "" },
		{ "decision", "deny", "" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct bpflock_counters counters[BPFLOCK_COUNTERS_MAX] = {};
		CLEANUP(diagnostics_done) struct diagnostics d = DIAGNOSTICS_INIT;
		CLEANUP(policy_done) struct policy in_force;
		CLEANUP(suggest_done) struct suggest s;
		struct recorded r;
		char text[1024];

		kernel_policy(ops, AUDIT, &in_force);
		assert_int_equal(suggest_begin(&s, &in_force, ops, HOST_NETNS), 0);
		recorded_begin(&r);
		for (size_t k = 0; k < ARRAY_SIZE(fields); k++)
			if (strcmp(fields[k].key, rows[i].key) != 0)
				recorded_take(&r, fields[k].key, strlen(fields[k].key),
					      fields[k].value, strlen(fields[k].value));
		recorded_take(&r, rows[i].key, strlen(rows[i].key), rows[i].value,
			      strlen(rows[i].value));
		recorded_end(&r);
		assert_int_equal(suggest_take_recorded(&s, &r), 0);
		assert_int_equal(suggest_take_recorded(&s, &r), 0);
		assert_int_equal(suggest_units(&s, roots_of, ops), 0);
		assert_true(suggest_finish(&s, counters, &d));
		render(&s, text, sizeof(text));
		if (strcmp(text, rows[i].expected) != 0)
			fail_msg("%s=%s: \"%s\"", rows[i].key, rows[i].value, text);
		assert_true(s.n_uses <= 1);
		if (!s.n_uses)
			continue;
		assert_int_equal(s.uses[0].count, 6);
		assert_int_equal(s.uses[0].uid, BPFLOCK_UNSET);
		assert_string_equal(s.uses[0].exe, "/usr/sbin/kexec");
	}
}

/* The number that the log has is that of the record in the ring, if both are of this boot. */
TEST(a_log_names_the_cgroups_that_are_gone)
{
	for (int earlier = 0; earlier < 2; earlier++) {
		static const struct use use = { "kexec", AUDITED, "kexec", NULL, 0, 1, 0 };
		struct bpflock_counters counters[BPFLOCK_COUNTERS_MAX] = {};
		CLEANUP(diagnostics_done) struct diagnostics d = DIAGNOSTICS_INIT;
		CLEANUP(policy_done) struct policy in_force;
		CLEANUP(suggest_done) struct suggest s;
		struct recorded r;
		char text[1024];

		kernel_policy(ops, AUDIT, &in_force);
		assert_int_equal(suggest_begin(&s, &in_force, ops, HOST_NETNS), 0);
		gone = 77;
		take(&s, &use, counters);
		gone = 0;
		recorded_begin(&r);
		r.given = 1U << RECORDED_VERDICT | 1U << RECORDED_CGROUP | 1U << RECORDED_CGROUPID;
		r.kind = RECORDED_DECISION;
		r.verdict = AUDITED;
		r.cgroupid = 77;
		r.time = earlier ? 1 : clock_realtime();
		strcpy(r.op, "msr");
		strcpy(r.cgroup, CRON);
		assert_int_equal(suggest_take_recorded(&s, &r), 0);
		assert_int_equal(suggest_units(&s, roots_of, ops), 0);
		assert_true(suggest_finish(&s, counters, &d));
		render(&s, text, sizeof(text));
		assert_string_equal(text, earlier ? "; " CRON " like allow msr unfiled kexec" :
						    "; " CRON " like allow kexec msr");
	}
}

TEST(the_order_of_records_does_not_count)
{
	static const struct use uses[MAX_USES] = {
		{ "kexec", AUDITED, "b", CRON, 0, 3, 0 }, { "kexec", AUDITED, "a", CRON, 0, 2, 0 },
		{ "msr", AUDITED, "a", CRON, 0, 1, 0 },	  { "msr", AUDITED, "a", "/x", 0, 1, 0 },
		{ "kexec", AUDITED, "a", "/", 0, 1, 0 },
	};
	struct use turned[MAX_USES] = {};
	CLEANUP(suggest_done) struct suggest s;
	CLEANUP(suggest_done) struct suggest t;

	for (size_t i = 0; i < 5; i++)
		turned[i] = uses[4 - i];
	suggest_by_unit(AUDIT, uses, &s);
	suggest_by_unit(AUDIT, turned, &t);
	assert_int_equal(s.n_uses, t.n_uses);
	assert_true(policy_equal(&s.policy, &t.policy));
	for (size_t i = 0; i < s.n_uses; i++) {
		assert_string_equal(s.uses[i].comm, t.uses[i].comm);
		assert_string_equal(s.uses[i].exe, t.uses[i].exe);
		assert_memory_equal(s.uses[i].exe, "/bin/", 5);
		assert_int_equal(s.uses[i].reason, t.uses[i].reason);
		assert_int_equal(s.uses[i].set, t.uses[i].set);
	}
}
