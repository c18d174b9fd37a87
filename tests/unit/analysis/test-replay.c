// SPDX-License-Identifier: GPL-2.0-only
/* Recorded decisions under another policy. */
#include "test.h"
#include "namespaces.h"
#include "operations.h"
#include "replay.h"
#include "kernels.h"

#define HOST_NETNS  4026531840U
#define OTHER_NETNS 4026532201U
#define OTHER_PIDNS 4026532200U
#define EXITING	    UINT64_MAX /* the number 0 */

#define ALLOW BPFLOCK_VERDICT_ALLOW
#define AUDIT BPFLOCK_VERDICT_AUDIT
#define DENY  BPFLOCK_VERDICT_DENY

static struct bpflock_operation ops[BPFLOCK_REASONS];
static struct recorded record;

static int set_up(void **state __attribute__((unused)))
{
	kernel_operations(kernel_6_1, ops);
	replay_operations(ops);
	return 0;
}

TEST_GROUP(set_up, NULL)

/* A record; a number of 0, and NULL, mean that the field is not there. */
struct facts {
	const char *op;
	const char *cgroup;
	uint64_t pidns, netns;
	const char *in_host;
	const char *why;
	const char *profile;
	const char *decision; /* NULL: allow */
	const char *by;
};

static void take_word(const char *key, const char *value)
{
	if (value)
		recorded_take(&record, key, strlen(key), value, strlen(value));
}

static void take_number(const char *key, uint64_t n)
{
	char text[24];

	snprintf(text, sizeof(text), "%llu", n == EXITING ? 0ULL : (unsigned long long)n);
	if (n)
		take_word(key, text);
}

static void fill_in(const struct facts *f)
{
	recorded_begin(&record);
	take_word("event", "lsm_locked_down");
	take_word("operation", f->op);
	take_word("decision", f->decision ?: "allow");
	take_word("cgroup", f->cgroup);
	take_word("in_host", f->in_host);
	take_word("why", f->why);
	take_word("profile", f->profile);
	take_word("by", f->by);
	take_number("pidns", f->pidns);
	take_number("netns", f->netns);
	assert_int_equal(recorded_end(&record), RECORDED_OURS);
}

struct row {
	const char *policy;
	struct facts facts;
	enum replay_answer answer;
	uint32_t verdict; /* with REPLAY_KNOWN */
	uint32_t host_netns; /* 0: not given */
};

static void check(const struct row *rows, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		CLEANUP(policy_done) struct policy p = {};
		CLEANUP(replay_done) struct replay r = {};
		uint32_t verdict = _BPFLOCK_VERDICT_MAX;
		enum replay_answer answer;

		kernel_policy(ops, rows[i].policy, &p);
		assert_int_equal(replay_begin(&r, &p, ops), 0);
		r.host_netns = rows[i].host_netns;
		fill_in(&rows[i].facts);
		/* the second one is by what was kept of the first */
		for (int again = 0; again < 2; again++) {
			answer = replay_decide(&r, &record, &verdict);
			if (answer != rows[i].answer ||
			    (answer == REPLAY_KNOWN && verdict != rows[i].verdict))
				fail_msg("row %zu, <%s>: answer %d, verdict %u", i, rows[i].policy, answer, verdict);
		}
	}
}

#define FREE	   "[kimglock]\nprofile = privileged\n"
#define BASELINE   "[kimglock]\nprofile = baseline\n"
#define RESTRICTED "[kimglock]\nprofile = restricted\n"
#define INIT	   INITIAL_PID_NAMESPACE

TEST_ROWS(test_profiles, check, struct row,
	  { FREE, { "kexec", "/a" }, REPLAY_KNOWN, ALLOW },
	  { RESTRICTED, { "kexec", "/a" }, REPLAY_KNOWN, DENY },
	  { RESTRICTED "mode = audit\n", { "kexec", "/a" }, REPLAY_KNOWN, AUDIT },
	  { RESTRICTED "allow = kexec\n", { "kexec", "/a" }, REPLAY_KNOWN, ALLOW },
	  { RESTRICTED, { "kcore", "/a" }, REPLAY_KNOWN, ALLOW },
	  { RESTRICTED "level = confidentiality\n", { "kcore", "/a" }, REPLAY_KNOWN, DENY },
	  { FREE "block = kexec\n", { "kexec", "/a" }, REPLAY_KNOWN, DENY },
	  { FREE "latch = kexec\nmode = audit\n", { "kexec", "/a" }, REPLAY_KNOWN, DENY });

TEST_ROWS(test_namespaces, check, struct row,
	  { BASELINE, { "kexec", "/a", INIT, HOST_NETNS }, REPLAY_KNOWN, ALLOW, HOST_NETNS },
	  { BASELINE, { "kexec", "/a", INIT, OTHER_NETNS }, REPLAY_KNOWN, DENY, HOST_NETNS },
	  { BASELINE, { "kexec", "/a", OTHER_PIDNS, HOST_NETNS }, REPLAY_KNOWN, DENY, HOST_NETNS },
	  { BASELINE, { "kexec", "/a", OTHER_PIDNS, HOST_NETNS }, REPLAY_KNOWN, DENY },
	  { BASELINE, { "kexec", "/a", INIT, HOST_NETNS }, REPLAY_NO_NAMESPACES },
	  { BASELINE, { "kexec", "/a", INIT, 0 }, REPLAY_NO_NAMESPACES, 0, HOST_NETNS },
	  { BASELINE, { "kexec", "/a", 0, HOST_NETNS }, REPLAY_NO_NAMESPACES, 0, HOST_NETNS },
	  { BASELINE, { "kexec", "/a", 0, OTHER_NETNS }, REPLAY_KNOWN, DENY, HOST_NETNS },
	  { BASELINE, { "kexec", "/a", INIT, EXITING }, REPLAY_KNOWN, DENY },
	  /* it says so itself, which is better than what was given for all */
	  { BASELINE, { "kexec", "/a", INIT, HOST_NETNS, "yes" }, REPLAY_KNOWN, ALLOW },
	  { BASELINE, { "kexec", "/a", INIT, OTHER_NETNS, "true" }, REPLAY_KNOWN, ALLOW, HOST_NETNS },
	  { BASELINE, { "kexec", "/a", INIT, HOST_NETNS, "no" }, REPLAY_KNOWN, DENY },
	  /* a rule set of baseline has looked */
	  { BASELINE, { "kexec", "/a", INIT, 5, NULL, "profile", "baseline", "allow" }, REPLAY_KNOWN, ALLOW },
	  { BASELINE, { "kexec", "/a", INIT, 5, NULL, "profile", "privileged", "allow" }, REPLAY_NO_NAMESPACES },
	  { BASELINE, { "kexec", "/a", INIT, 5, NULL, "allow", "baseline", "allow" }, REPLAY_NO_NAMESPACES },
	  /* what does not depend on them */
	  { BASELINE "block = kexec\n", { "kexec", "/a" }, REPLAY_KNOWN, DENY },
	  { BASELINE "allow = kexec\n", { "kexec", "/a" }, REPLAY_KNOWN, ALLOW });

#define CGROUPS FREE "[cgroup \"/a\"]\nprofile = restricted\n[cgroup \"/a/b\"]\nprofile = baseline\n"

TEST_ROWS(test_cgroups, check, struct row,
	  { CGROUPS, { "kexec", "/" }, REPLAY_KNOWN, ALLOW },
	  { CGROUPS, { "kexec", "/a" }, REPLAY_KNOWN, DENY },
	  { CGROUPS, { "kexec", "/a/x/y" }, REPLAY_KNOWN, DENY },
	  { CGROUPS, { "kexec", "/ab" }, REPLAY_KNOWN, ALLOW },
	  { CGROUPS, { "kexec", "/a/b", 0, 0, "yes" }, REPLAY_KNOWN, ALLOW },
	  { CGROUPS, { "kexec", "/a/b/c", 0, 0, "no" }, REPLAY_KNOWN, DENY },
	  { CGROUPS, { "kexec", "/a/b" }, REPLAY_NO_NAMESPACES },
	  { CGROUPS, { "kexec", NULL, 0, 0, "yes" }, REPLAY_NO_CGROUP },
	  { CGROUPS, { "kexec", NULL }, REPLAY_NO_CGROUP },
	  /* where all decide alike it does not matter which one does */
	  { CGROUPS, { "kcore", NULL }, REPLAY_KNOWN, ALLOW },
	  { FREE, { "kexec", NULL }, REPLAY_KNOWN, ALLOW },
	  { BASELINE "[cgroup \"/a\"]\nprofile = baseline\n", { "kexec", NULL }, REPLAY_NO_NAMESPACES },
	  { BASELINE "[cgroup \"/a\"]\nprofile = baseline\n", { "kexec", NULL, 0, 0, "yes" }, REPLAY_KNOWN, ALLOW });

/* An operation that nobody here knows has a level that is not known either. */
TEST_ROWS(test_operations, check, struct row,
	  { FREE, { "brand_new", "/a" }, REPLAY_KNOWN, ALLOW },
	  { RESTRICTED, { "brand_new", "/a" }, REPLAY_NO_OPERATION },
	  { RESTRICTED "level = confidentiality\n", { "brand_new", "/a" }, REPLAY_KNOWN, DENY },
	  { FREE "block = @all\n", { "brand_new", "/a" }, REPLAY_KNOWN, DENY },
	  { FREE "block = @integrity\n", { "brand_new", "/a" }, REPLAY_NO_OPERATION },
	  /* of no name, and so governed at each level */
	  { RESTRICTED, { "unknown", "/a" }, REPLAY_KNOWN, DENY },
	  { FREE, { "unknown", "/a" }, REPLAY_KNOWN, ALLOW },
	  /* of ours, with a profile of its own */
	  { RESTRICTED, { "module_request", "/a" }, REPLAY_KNOWN, ALLOW },
	  { FREE "[kmodlock]\nprofile = restricted\n", { "module_request", "/a" }, REPLAY_KNOWN, DENY },
	  { FREE "[kmodlock]\nprofile = baseline\n", { "module_request", "/a" }, REPLAY_NO_NAMESPACES },
	  { FREE "[kmodlock]\nprofile = baseline\n", { "module_request", "/a", 0, 0, "no" }, REPLAY_KNOWN, DENY },
	  { FREE "block = @all\n", { "module_request", "/a" }, REPLAY_KNOWN, ALLOW },
	  { FREE "latch = module_request\n", { "module_request", "/a" }, REPLAY_KNOWN, DENY },
	  /* 6.1 has it not, this version knows it */
	  { RESTRICTED, { "xen_user_actions", "/a" }, REPLAY_KNOWN, DENY });

struct sum_row {
	const char *policy;
	struct facts facts;
	struct replay_sums sums; /* of three decisions */
};

static void check_sums(const struct sum_row *rows, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		CLEANUP(policy_done) struct policy p = {};
		CLEANUP(replay_done) struct replay r = {};

		kernel_policy(ops, rows[i].policy, &p);
		assert_int_equal(replay_begin(&r, &p, ops), 0);
		fill_in(&rows[i].facts);
		record.count = 3;
		assert_int_equal(replay_take(&r, &record), 0);
		assert_memory_equal(&r.total, &rows[i].sums, sizeof(r.total));
		assert_memory_equal(&r.of_machine[0], &rows[i].sums, sizeof(r.total));
	}
}

#define KNOWN  .answers[REPLAY_KNOWN] = 3
#define WAS(v) .verdicts[v] = 3

TEST_ROWS(test_sums, check_sums, struct sum_row,
	  { FREE, { "kexec", "/a" }, { KNOWN, WAS(ALLOW) } },
	  { RESTRICTED, { "kexec", "/a" }, { KNOWN, WAS(ALLOW), .denied = 3 } },
	  { RESTRICTED, { "kexec", "/a", .decision = "audit" }, { KNOWN, WAS(AUDIT), .denied = 3 } },
	  { RESTRICTED, { "kexec", "/a", .decision = "deny" }, { KNOWN, WAS(DENY) } },
	  { FREE, { "kexec", "/a", .decision = "deny" }, { KNOWN, WAS(DENY), .allowed = 3 } },
	  { FREE, { "kexec", "/a", .decision = "audit" }, { KNOWN, WAS(AUDIT), .logged = 3 } },
	  { RESTRICTED "mode = audit\n", { "kexec", "/a", .decision = "deny" }, { KNOWN, WAS(DENY), .allowed = 3 } },
	  { RESTRICTED "mode = audit\n", { "kexec", "/a" }, { KNOWN, WAS(ALLOW), .logged = 3 } },
	  { BASELINE, { "kexec", "/a" }, { .answers[REPLAY_NO_NAMESPACES] = 3, WAS(ALLOW) } },
	  /* a latch stays, a grant may not */
	  { FREE, { "kexec", "/a", .decision = "deny", .why = "latch" }, { KNOWN, WAS(DENY), .latched = 3 } },
	  { FREE, { "kexec", "/a", .why = "grant" }, { KNOWN, WAS(ALLOW) } },
	  { RESTRICTED, { "kexec", "/a", .why = "grant" }, { .answers[REPLAY_GRANT] = 3, WAS(ALLOW) } },
	  { BASELINE, { "kexec", "/a", .why = "grant" }, { .answers[REPLAY_GRANT] = 3, WAS(ALLOW) } },
	  /* of others nothing changes */
	  { FREE, { "kexec", "/a", .decision = "deny", .by = "lockdown" }, { .answers[REPLAY_OTHERS] = 3 } },
	  { FREE, { "kexec", "/a", .decision = "deny", .by = "bpflock" }, { KNOWN, WAS(DENY), .allowed = 3 } });

static void take(struct replay *r, const char *machine, const char *op, const char *unit, uint64_t count,
		 const char *time)
{
	fill_in(&(struct facts){ op, "/a" });
	take_word("hostname", machine);
	take_word("unit", unit);
	take_word("comm", "c");
	take_word("time", time);
	take_number("count", count);
	assert_int_equal(recorded_end(&record), RECORDED_OURS);
	assert_int_equal(replay_take(r, &record), 0);
}

TEST(test_tables)
{
	CLEANUP(policy_done) struct policy p = {};
	CLEANUP(replay_done) struct replay r = {};
	const struct replay_row *rows;

	kernel_policy(ops, RESTRICTED, &p);
	assert_int_equal(replay_begin(&r, &p, ops), 0);
	take(&r, "m2", "kexec", "u.service", 2, "2026-11-24T10:00:00Z");
	take(&r, "m1", "msr", NULL, 5, "2026-11-24T10:00:00Z");
	take(&r, "m2", "kexec", NULL, 1, "2026-11-24T09:00:00Z");
	take(&r, "m2", "kcore", "u.service", 50, "2026-11-24T10:00:00Z");
	record.kind = RECORDED_LOST;
	record.count = 9;
	assert_int_equal(replay_take(&r, &record), 0);
	replay_finish(&r);
	assert_int_equal(replay_changed(&r.total), 8);
	assert_int_equal(replay_decisions(&r.total), 58);
	assert_int_equal(r.total.lost, 9);
	rows = r.tables[REPLAY_BY_OPERATION].rows;
	assert_int_equal(r.tables[REPLAY_BY_OPERATION].n, 2);
	assert_string_equal(rows[0].name, "msr");
	assert_int_equal(rows[0].count, 5);
	assert_string_equal(rows[1].name, "kexec");
	assert_int_equal(rows[1].count, 3);
	assert_int_equal(rows[1].newest / 1000000000, 1795514400);
	rows = r.tables[REPLAY_BY_UNIT].rows;
	assert_string_equal(rows[0].name, "/a");
	assert_int_equal(rows[0].count, 6);
	assert_string_equal(rows[1].name, "u.service");
	assert_string_equal(r.tables[REPLAY_BY_EXECUTABLE].rows[0].name, "c");
	assert_int_equal(r.machines.n, 2);
	assert_string_equal(r.machines.rows[0].name, "m1");
	assert_int_equal(r.of_machine[r.machines.rows[0].id].denied, 5);
	assert_int_equal(r.of_machine[r.machines.rows[1].id].lost, 9);
}

/* A log can have more names than there is room for; then their sum is right. */
TEST(test_bounded)
{
	CLEANUP(policy_done) struct policy p = {};
	CLEANUP(replay_done) struct replay r = {};
	char name[32];

	kernel_policy(ops, RESTRICTED, &p);
	assert_int_equal(replay_begin(&r, &p, ops), 0);
	for (int i = 0; i < REPLAY_ROWS + 10; i++) {
		snprintf(name, sizeof(name), "%d", i);
		take(&r, name, "kexec", name, 2, NULL);
	}
	assert_int_equal(r.tables[REPLAY_BY_UNIT].n, REPLAY_ROWS);
	assert_int_equal(r.tables[REPLAY_BY_UNIT].rows[REPLAY_ROWS].count, 20);
	assert_int_equal(r.tables[REPLAY_BY_OPERATION].n, 1);
	assert_int_equal(r.of_machine[REPLAY_ROWS].denied, 20);
}
