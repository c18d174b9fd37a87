// SPDX-License-Identifier: GPL-2.0-only
#include "test.h"
#include "denials.h"
#include "denials-journal.h"
#include "operations.h"

static struct event event(uint64_t time, uint64_t seq, uint32_t pid, const char *comm)
{
	struct event e = {
		.kind = EVENT_LOCKED_DOWN,
		.count = 1,
		.reason = 2,
		.verdict = BPFLOCK_VERDICT_DENY,
		.head = { .time = time, .seq = seq, .pid = pid, .cgroup_id = 7 },
	};

	snprintf(e.head.comm, sizeof(e.head.comm), "%s", comm);
	return e;
}

static void add(struct denials *d, struct event e)
{
	assert_int_equal(denials_add_event(d, &e), 0);
}

TEST(test_what_is_no_denial)
{
	struct denials d = {};
	struct event e = event(1, 1, 1, "head");

	e.verdict = BPFLOCK_VERDICT_ALLOW;
	add(&d, e);
	add(&d, (struct event){ .kind = EVENT_EXECVE, .verdict = BPFLOCK_VERDICT_DENY });
	add(&d, (struct event){ .kind = EVENT_TAMPER, .verdict = BPFLOCK_VERDICT_DENY });
	denials_unite(&d);
	denials_merge(&d);
	assert_int_equal(d.n, 0);
	e.verdict = BPFLOCK_VERDICT_AUDIT;
	add(&d, e);
	assert_int_equal(d.n, 1);
	denials_done(&d);
}

/* In the ring, among the last of each process, and in the journal, which knows the path of a cgroup
 * that is gone. */
TEST(test_one_from_all_places)
{
	struct event ring = event(10, 4, 1, "head"), last = event(10, UINT64_MAX, 1, "head");
	struct denials d = {};
	struct denial journal;

	ring.count = 3;
	add(&d, last);
	add(&d, ring);
	add(&d, event(10, 5, 2, "head"));
	journal = d.items[0];
	journal.cgroup = strdup("/system.slice/cron.service");
	assert_int_equal(denials_add(&d, &journal), 0);
	denials_unite(&d);
	assert_int_equal(d.n, 2);
	assert_int_equal(d.items[0].count, 3);
	assert_int_equal(d.items[0].seq, 4);
	assert_string_equal(d.items[0].cgroup, "/system.slice/cron.service");
	assert_int_equal(denials_count(&d, BPFLOCK_VERDICT_DENY), 4);
	assert_int_equal(denials_count(&d, BPFLOCK_VERDICT_AUDIT), 0);
	denials_done(&d);
}

/* Repetitions in the tick of the decision that they repeat are a record of their own, of the same time. */
TEST(test_numbers_tell_records_apart)
{
	struct event repeated = event(10, 5, 1, "head");
	struct denials d = {};

	repeated.count = 39;
	add(&d, repeated);
	add(&d, event(10, UINT64_MAX, 1, "head"));
	add(&d, event(10, 4, 1, "head"));
	add(&d, repeated);
	add(&d, event(10, 4, 1, "head"));
	denials_unite(&d);
	assert_int_equal(d.n, 2);
	assert_int_equal(denials_count(&d, BPFLOCK_VERDICT_DENY), 40);
	denials_done(&d);
}

/* Repetitions that wait may have the time of the record that they repeat. */
TEST(test_waiting_ones_count)
{
	struct event waiting = event(10, UINT64_MAX, 1, "head");
	struct denials d = {};

	waiting.count = 5;
	add(&d, event(10, 4, 1, "head"));
	add(&d, waiting);
	d.items[1].waiting = true;
	denials_unite(&d);
	assert_int_equal(denials_count(&d, BPFLOCK_VERDICT_DENY), 6);
	denials_merge(&d);
	assert_int_equal(d.n, 1);
	assert_int_equal(d.items[0].count, 6);
	denials_done(&d);
}

TEST(test_merge)
{
	struct event other = event(40, 9, 4, "head");
	struct denials d = {};

	add(&d, event(20, 7, 2, "head"));
	add(&d, event(10, 6, 1, "head"));
	add(&d, event(30, 8, 3, "dd"));
	other.why = BPFLOCK_WHY_BLOCK;
	add(&d, other);
	denials_merge(&d);
	assert_int_equal(d.n, 3);
	assert_int_equal(d.items[0].time, 40);
	assert_string_equal(d.items[1].comm, "dd");
	assert_int_equal(d.items[2].time, 20);
	assert_int_equal(d.items[2].since, 10);
	assert_int_equal(d.items[2].pid, 2);
	assert_int_equal(d.items[2].count, 2);
	denials_done(&d);
}

/* A service that is started again is the same, whatever cgroup it has now. */
TEST(test_units_outlive_cgroups)
{
	struct denials d = {};

	for (int i = 0; i < 3; i++) {
		struct event e = event(10 + i, 1 + i, 1 + i, "head");

		e.head.cgroup_id = 100 + i;
		add(&d, e);
	}
	d.items[0].unit = strdup("cron.service");
	d.items[2].unit = strdup("cron.service");
	denials_merge(&d);
	assert_int_equal(d.n, 2);
	assert_int_equal(d.items[0].count, 2);
	assert_string_equal(d.items[0].unit, "cron.service");
	denials_done(&d);
}

#define ENTRY                                                                                                    \
	"__CURSOR=s=1\n_SYSTEMD_UNIT=bpflock-log.service\nMESSAGE=DENY dev_mem\nBPFLOCK_EVENT=lsm_locked_down\n" \
	"BPFLOCK_OPERATION=dev_mem\nBPFLOCK_DECISION=deny\nBPFLOCK_WHY=profile\nBPFLOCK_PROFILE=restricted\n"           \
	"BPFLOCK_PID=42\nBPFLOCK_BOOTTIME_NS=1234567890123\n"

static void parse(const char *text, size_t len, struct denials *d)
{
	static struct bpflock_operation ops[BPFLOCK_REASONS];

	operations_assume(ops);
	assert_int_equal(denials_journal_parse(text, len, ops, d), 0);
}

TEST(test_journal)
{
	static const char text[] = ENTRY
		"BPFLOCK_CGROUP=/system.slice/cron.service\nBPFLOCK_UID=1000\nBPFLOCK_COUNT=3\n"
		"BPFLOCK_COMM\n\4\0\0\0\0\0\0\0a\n=b\n\n" ENTRY "BPFLOCK_SEQ=9\n";
	struct denials d = {};

	parse(text, sizeof(text) - 1, &d);
	assert_int_equal(d.n, 2);
	assert_int_equal(d.items[0].reason, 2);
	assert_int_equal(d.items[0].verdict, BPFLOCK_VERDICT_DENY);
	assert_int_equal(d.items[0].profile, BPFLOCK_PROFILE_RESTRICTED);
	assert_int_equal(d.items[0].time, 1234567890123);
	assert_int_equal(d.items[0].pid, 42);
	assert_int_equal(d.items[0].uid, 1000);
	assert_int_equal(d.items[0].count, 3);
	assert_string_equal(d.items[0].comm, "a\n=b");
	assert_string_equal(d.items[0].cgroup, "/system.slice/cron.service");
	assert_int_equal(d.items[1].count, 1);
	assert_int_equal(d.items[1].seq, 9);
	denials_done(&d);
}

/* After an upgrade the journal of this boot has entries of both versions. */
TEST(test_journal_of_an_older_version)
{
	static const char text[] =
		"BPFLOCK_EVENT=lsm_locked_down\nBPFLOCK_OPERATION=/dev/mem,kmem,port\nBPFLOCK_OP=dev_mem\n"
		"BPFLOCK_DECISION=deny\nBPFLOCK_WHY=profile\nBPFLOCK_PROFILE=restricted\nBPFLOCK_TGID=42\n"
		"BPFLOCK_PID=43\nBPFLOCK_CGROUPID=7\nBPFLOCK_RULE_CGROUPID=5\nBPFLOCK_BOOTTIME_NS=12\n\n" ENTRY
		"BPFLOCK_TID=43\nBPFLOCK_CGROUP_ID=7\nBPFLOCK_RULE_CGROUP_ID=5\n";
	struct denials d = {};

	parse(text, sizeof(text) - 1, &d);
	assert_int_equal(d.n, 2);
	for (size_t i = 0; i < d.n; i++) {
		assert_int_equal(d.items[i].reason, 2);
		assert_int_equal(d.items[i].tgid, 42);
		assert_int_equal(d.items[i].pid, 43);
		assert_int_equal(d.items[i].cgroup_id, 7);
		assert_int_equal(d.items[i].rule_cgroup, 5);
	}
	denials_done(&d);
}

static const struct unreadable {
	const char *text;
	size_t len;
} unreadable[] = {
#define TEXT(t)                  \
	{                        \
		t, sizeof(t) - 1 \
	}
	TEXT(""),
	TEXT("\n\n\n"),
	TEXT("-- No entries --\n"),
	TEXT("BPFLOCK_OP"),
	TEXT("BPFLOCK_COMM\n"),
	TEXT("BPFLOCK_COMM\n\4\0\0"),
	TEXT("BPFLOCK_COMM\n\377\377\377\377\377\377\377\377abc\n"),
	TEXT("BPFLOCK_COMM\n\4\0\0\0\0\0\0\0abc\n"),
	TEXT("BPFLOCK_EVENT=lsm_locked_down\nBPFLOCK_OPERATION=dev_mem\nBPFLOCK_DECISION=deny\n"),
	TEXT("BPFLOCK_EVENT=grant\nBPFLOCK_OPERATION=dev_mem\nBPFLOCK_DECISION=deny\nBPFLOCK_WHY=profile\n"
	     "BPFLOCK_PROFILE=restricted\nBPFLOCK_PID=42\nBPFLOCK_BOOTTIME_NS=1\n"),
	TEXT("BPFLOCK_EVENT=lsm_locked_down\nBPFLOCK_OPERATION=nothing\nBPFLOCK_DECISION=deny\nBPFLOCK_WHY=profile\n"
	     "BPFLOCK_PROFILE=restricted\nBPFLOCK_PID=42\nBPFLOCK_BOOTTIME_NS=1\n"),
	TEXT("BPFLOCK_EVENT=lsm_locked_down\nBPFLOCK_OPERATION=dev_mem\nBPFLOCK_DECISION=allow\nBPFLOCK_WHY=profile\n"
	     "BPFLOCK_PROFILE=restricted\nBPFLOCK_PID=42\nBPFLOCK_BOOTTIME_NS=1\n"),
	TEXT("BPFLOCK_EVENT=lsm_locked_down\nBPFLOCK_OPERATION=dev_mem\nBPFLOCK_DECISION=deny\nBPFLOCK_WHY=profile\n"
	     "BPFLOCK_PROFILE=restricted\nBPFLOCK_PID=-1\nBPFLOCK_BOOTTIME_NS=1\n"),
};

TEST(test_journal_without_denials)
{
	for (size_t i = 0; i < ARRAY_SIZE(unreadable); i++) {
		struct denials d = {};

		parse(unreadable[i].text, unreadable[i].len, &d);
		assert_int_equal(d.n, 0);
		denials_done(&d);
	}
}
