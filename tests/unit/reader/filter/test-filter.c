// SPDX-License-Identifier: GPL-2.0-only
/* Some events pass some filters. */
#include "test.h"
#include "filter-parse.h"
#include "operations.h"
#include "cgroups.h"
#include "stream.h"
#include "filter.h"

static struct bpflock_operation assumed[BPFLOCK_REASONS]; /* dev_mem is 2, kexec is 4 */
static struct wallclock wallclock;
static struct cgroups cgroups;
static struct format_context context = { .clock = &wallclock,
					 .operations = assumed,
					 .cgroups = &cgroups };

enum { DEV_MEM, KEXEC, UNKNOWN, EXEC, GRANT, TAMPER, LOST, INVALID, _EVENTS };
static struct event events[_EVENTS];

static int setup(void **state)
{
	static const struct bpflock_record head = {
		.time = 1000, .tgid = 100, .pid = 101, .uid = 0, .cgroup_id = 11, .comm = "head",
	};

	operations_assume(assumed);
	cgroups_init(&cgroups, -1);
	cgroups_seen(&cgroups, 11, "/system.slice/a.service", 0);
	cgroups_seen(&cgroups, 12, "/user.slice/user@1000.service/app.slice/_b.service/sub", 0);
	events[DEV_MEM] = (struct event){ .kind = EVENT_LOCKED_DOWN, .reason = 2, .head = head,
					  .verdict = BPFLOCK_VERDICT_DENY };
	events[KEXEC] = (struct event){ .kind = EVENT_LOCKED_DOWN, .reason = 4, .head = head,
					.verdict = BPFLOCK_VERDICT_ALLOW };
	events[DEV_MEM].by = BPFLOCK_BY_LOCKDOWN;
	events[KEXEC].head.uid = 1000;
	events[KEXEC].head.cgroup_id = 12;
	strcpy(events[KEXEC].head.comm, "kexec load*");
	events[UNKNOWN] = (struct event){ .kind = EVENT_LOCKED_DOWN, .reason = 60, .head = head,
					  .verdict = BPFLOCK_VERDICT_AUDIT };
	events[UNKNOWN].head.cgroup_id = 13; /* gone before it was named */
	events[EXEC] = (struct event){ .kind = EVENT_EXECVE, .head = head, .filename = "" };
	events[EXEC].head.time = 2000;
	events[GRANT] = (struct event){ .kind = EVENT_GRANT, .head = head, .operations = 1 << 4,
					.target = "/", .note = "" };
	events[TAMPER] = (struct event){ .kind = EVENT_TAMPER, .head = head, .object = "",
					 .verdict = BPFLOCK_VERDICT_DENY };
	events[LOST] = (struct event){ .kind = EVENT_LOST, .count = 1 };
	events[INVALID] = (struct event){ .kind = EVENT_INVALID, .count = 1 };
	return 0;
}

static int teardown(void **state)
{
	cgroups_done(&cgroups);
	return 0;
}

TEST_GROUP(setup, teardown)

/* A filter's option and value, and a second one where they have to hold together. */
struct row {
	struct {
		enum filter_kind kind;
		const char *value;
	} options[3];
	const char *passes; /* by letter: d k u x g t; lost and invalid ones always do */
};

static const struct row rows[] = {
	{ {}, "dkuxgt" }, { { { FILTER_OP, "dev_mem" } }, "d" },
	{ { { FILTER_OP, "kexec" } }, "kg" },
	{ { { FILTER_OP, "dev_mem,kexec" } }, "dkg" },
	{ { { FILTER_OP, "dev_mem" }, { FILTER_OP, "kexec" } }, "dkg" },
	{ { { FILTER_OP, "@memory" } }, "d" },
	{ { { FILTER_OP, "@all" } }, "dkug" },
	{ { { FILTER_OP, "!dev_mem" } }, "kuxgt" },
	{ { { FILTER_OP, "!@all" } }, "xt" },
	{ { { FILTER_OP, "@all" }, { FILTER_OP, "!kexec" } }, "du" },
	{ { { FILTER_DECISION, "deny" } }, "dt" },
	{ { { FILTER_DECISION, "deny,audit" } }, "dut" },
	{ { { FILTER_DECISION, "!allow" } }, "duxgt" },
	{ { { FILTER_BY, "lockdown" } }, "d" },
	{ { { FILTER_BY, "bpflock" } }, "ku" },
	{ { { FILTER_BY, "bpflock,lockdown" } }, "dku" },
	{ { { FILTER_BY, "other" } }, "" },
	{ { { FILTER_BY, "!lockdown" } }, "kuxgt" },
	{ { { FILTER_EVENT, "syscall_execve" } }, "x" },
	{ { { FILTER_EVENT, "exec,grant" } }, "xg" },
	{ { { FILTER_EVENT, "lsm_locked_down" } }, "dku" },
	{ { { FILTER_EVENT, "tamper" } }, "t" },
	{ { { FILTER_EVENT, "tamper,exec" } }, "xt" },
	{ { { FILTER_EVENT, "!tamper" } }, "dkuxg" },
	{ { { FILTER_EVENT, "tamper" }, { FILTER_DECISION, "deny" } }, "t" },
	{ { { FILTER_EVENT, "tamper" }, { FILTER_DECISION, "allow,audit" } }, "" },
	{ { { FILTER_EVENT, "tamper" }, { FILTER_OP, "@all" } }, "" },
	{ { { FILTER_DECISION, "!deny" } }, "kuxg" },
	{ { { FILTER_EVENT, "!decision" } }, "xgt" },
	{ { { FILTER_UID, "1000" } }, "k" },
	{ { { FILTER_UID, "0,1000" } }, "dkuxgt" },
	{ { { FILTER_UID, "!0" } }, "k" },
	{ { { FILTER_UID, "0" }, { FILTER_DECISION, "deny" } }, "dt" },
	{ { { FILTER_UID, "1000" }, { FILTER_DECISION, "deny" } }, "" },
	{ { { FILTER_PID, "100" } }, "dkuxgt" }, { { { FILTER_PID, "101" } }, "dkuxgt" },
	{ { { FILTER_PID, "1" } }, "" }, { { { FILTER_COMM, "head" } }, "duxgt" },
	{ { { FILTER_COMM, "he" } }, "" }, { { { FILTER_COMM, "HEAD" } }, "" },
	{ { { FILTER_COMM, "k*" } }, "k" }, { { { FILTER_COMM, "*load\\*" } }, "k" },
	{ { { FILTER_COMM, "hea[a-d]" }, { FILTER_COMM, "kexec*" } }, "dkuxgt" },
	{ { { FILTER_COMM, "!h*" } }, "k" },
	{ { { FILTER_CGROUP, "/system.slice" } }, "dxgt" },
	{ { { FILTER_CGROUP, "/system.slice/" } }, "dxgt" },
	{ { { FILTER_CGROUP, "/sys/fs/cgroup/system.slice/a.service" } }, "dxgt" },
	{ { { FILTER_CGROUP, "/system.slice/a" } }, "" },
	{ { { FILTER_CGROUP, "/" } }, "dkxgt" },
	{ { { FILTER_CGROUP, "!/system.slice" } }, "ku" },
	{ { { FILTER_UNIT, "a.service" } }, "dxgt" },
	{ { { FILTER_UNIT, "a" } }, "dxgt" },
	{ { { FILTER_UNIT, "b" } }, "k" },
	{ { { FILTER_UNIT, "user@1000.service" } }, "k" },
	{ { { FILTER_UNIT, "app.slice" } }, "k" },
	{ { { FILTER_UNIT, "!a" } }, "ku" },
	{ { { FILTER_UNIT, "!a" }, { FILTER_CGROUP, "/" } }, "k" },
	{ { { FILTER_OP, "!kexec" }, { FILTER_DECISION, "!audit" }, { FILTER_EVENT, "!exec" } },
	  "dt" },
};

static void expect_passes(const struct filter *f, const char *expected, const char *title)
{
	static const char letters[] = "dkuxgt";
	char passed[sizeof(letters)] = "";

	for (size_t i = 0; i < LOST; i++)
		if (filter_passes(f, &context, &events[i]))
			passed[strlen(passed)] = letters[i];
	if (strcmp(passed, expected) != 0)
		fail_msg("%s: passed <%s>, not <%s>", title, passed, expected);
	assert_true(filter_passes(f, &context, &events[LOST]));
	assert_true(filter_passes(f, &context, &events[INVALID]));
}

TEST(test_rows)
{
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		CLEANUP(diagnostics_done) struct diagnostics d = DIAGNOSTICS_INIT;
		CLEANUP(filter_parse_done) struct filter f = {};

		memcpy(f.operations, assumed, sizeof(assumed));
		for (size_t k = 0; k < ARRAY_SIZE(rows[i].options); k++)
			if (rows[i].options[k].value)
				assert_true(filter_parse_add(&f, rows[i].options[k].kind,
						       rows[i].options[k].value, "--it", &d));
		assert_int_equal(d.n, 0);
		expect_passes(&f, rows[i].passes, rows[i].options[0].value);
	}
}

TEST(test_since)
{
	struct filter f = { .since = 2000 };

	expect_passes(&f, "x", "since");
	f.since = 2001;
	expect_passes(&f, "", "since later");
}

/* Only what systemd knows as a type of unit is taken for a suffix. */
TEST(test_units_are_completed)
{
	static const struct {
		const char *value;
		const char *unit;
	} units[] = {
		{ "cron", "cron.service" },
		{ "cron.service", "cron.service" },
		{ "openvpn@my.net", "openvpn@my.net.service" },
		{ "openvpn@my.net.service", "openvpn@my.net.service" },
		{ "org.example.App", "org.example.App.service" },
		{ "user-1000.slice", "user-1000.slice" },
		{ "session-1.scope", "session-1.scope" }, { "run.lock.mount", "run.lock.mount" },
		{ ".service", ".service.service" }, { "!a.b", "a.b.service" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(units); i++) {
		CLEANUP(diagnostics_done) struct diagnostics d = DIAGNOSTICS_INIT;
		CLEANUP(filter_parse_done) struct filter f = {};
		const struct filter_values *v =
			units[i].value[0] == '!' ? f.unwanted : f.wanted;

		assert_true(filter_parse_add(&f, FILTER_UNIT, units[i].value, "--unit", &d));
		assert_int_equal(v[FILTER_UNIT].n, 1);
		assert_string_equal(v[FILTER_UNIT].texts[0], units[i].unit);
	}
}

/* The masks were made with numbers that are not those of the records' kernel. */
TEST(test_other_numbers)
{
	static struct bpflock_operation other[BPFLOCK_REASONS];
	CLEANUP(diagnostics_done) struct diagnostics d = DIAGNOSTICS_INIT;
	CLEANUP(filter_parse_done) struct filter f = {};

	strcpy(other[2].name, "kexec");
	strcpy(other[4].name, "dev_mem");
	memcpy(f.operations, other, sizeof(other));
	assert_true(filter_parse_add(&f, FILTER_OP, "dev_mem", "--op", &d));
	expect_passes(&f, "d", "other numbers");
}

TEST(test_no_cgroups)
{
	CLEANUP(diagnostics_done) struct diagnostics d = DIAGNOSTICS_INIT;
	CLEANUP(filter_parse_done) struct filter f = {};

	assert_true(filter_parse_add(&f, FILTER_UNIT, "a", "--unit", &d));
	assert_true(filter_needs_cgroups(&f));
	context.cgroups = NULL;
	expect_passes(&f, "", "no cgroups");
	context.cgroups = &cgroups;
}

static const struct {
	enum filter_kind kind;
	const char *value;
	const char *said;
} mistakes[] = {
	{ FILTER_OP, "dev_mme",
	  "--it: unknown operation \"dev_mme\": did you mean \"dev_mem\"?" },
	{ FILTER_OP, "!kexec,@al", "--it:8: unknown group \"@al\": did you mean \"@all\"?" },
	{ FILTER_OP, "", "--it: expected an operation" },
	{ FILTER_OP, "!", "--it:2: expected an operation" },
	{ FILTER_DECISION, "denied", "--it: unknown decision \"denied\": did you mean \"deny\"?" },
	{ FILTER_DECISION, "deny,", "--it: unknown decision \"\": use allow, audit or deny" },
	{ FILTER_BY, "lockdwn", "--it: unknown source of decisions \"lockdwn\": did you mean \"lockdown\"?" },
	{ FILTER_EVENT, "execs", "--it: unknown event \"execs\": did you mean \"exec\"?" },
	{ FILTER_EVENT, "!lost", "--it: unknown event \"lost\": use decision, exec, grant, tamper, "
				  "lsm_locked_down or syscall_execve" },
	{ FILTER_UID, "root", "--it: \"root\" is not a user id: use a number" },
	{ FILTER_UID, "4294967296", "--it: \"4294967296\" is not a user id: use a number" },
	{ FILTER_UID, "", "--it: \"\" is not a user id: use a number" },
	{ FILTER_PID, "-1", "--it: \"-1\" is not a process id: use a number" },
	{ FILTER_COMM, "systemd-journald",
	  "--it: the kernel keeps only 15 bytes of a command: use \"systemd-journal\", not "
	  "\"systemd-journald\"" },
	{ FILTER_CGROUP, "system.slice",
	  "--it: \"system.slice\": a cgroup's path begins with /, as in /proc/PID/cgroup" },
	{ FILTER_CGROUP, "", "--it: \"\": a cgroup's path begins with /, as in /proc/PID/cgroup" },
	{ FILTER_UNIT, "a/b", "--it: \"a/b\" is not the name of a unit: use NAME.service" },
	{ FILTER_UNIT, "", "--it: \"\" is not the name of a unit: use NAME.service" },
	{ FILTER_UNIT, "a b", "--it: \"a b\" is not the name of a unit: use NAME.service" },
	{ FILTER_UNIT, "apt.timer", "--it: \"apt.timer\": a timer has no cgroup of its own" },
};

TEST(test_mistakes)
{
	for (size_t i = 0; i < ARRAY_SIZE(mistakes); i++) {
		CLEANUP(diagnostics_done) struct diagnostics d = DIAGNOSTICS_INIT;
		CLEANUP(filter_parse_done) struct filter f = {};

		memcpy(f.operations, assumed, sizeof(assumed));
		assert_false(filter_parse_add(&f, mistakes[i].kind, mistakes[i].value, "--it", &d));
		assert_int_equal(d.n, 1);
		assert_string_equal(d.items[0].text, mistakes[i].said);
	}
}

#define SIZE 262144

static unsigned long producer, consumer;
static uint8_t data[2 * SIZE];
static struct ring ring;
static struct out out;
static struct stream feed;

static int last_seq(void *arg, uint64_t *ret_seq)
{
	(void)arg;
	*ret_seq = 1000;
	return 0;
}

static void write_seq(const struct format_context *c, const struct event *e)
{
	out_text(c->out, e->kind == EVENT_LOST ? "lost" : "");
	out_u64(c->out, e->kind == EVENT_LOST ? e->count : e->head.seq);
	out_char(c->out, ' ');
}

static void emit(uint64_t seq, uint8_t verdict)
{
	const uint32_t header[] = { sizeof(struct bpflock_decision_record), 0 };
	const struct bpflock_decision_record r = {
		.head = { .size = sizeof(r), .abi = BPFLOCK_ABI, .count = 1, .seq = seq,
			  .event = BPFLOCK_EVENT_LOCKED_DOWN },
		.verdict = verdict,
	};

	assert_true(producer + BPFLOCK_RING_BYTES(sizeof(r)) <= SIZE);
	memcpy(data + producer, header, sizeof(header));
	memcpy(data + producer + sizeof(header), &r, sizeof(r));
	producer += BPFLOCK_RING_BYTES(sizeof(r));
}

static void start_feed(const struct filter *f)
{
	static const struct format format = { .write = write_seq };
	static struct format_context feed_context = { .out = &out, .operations = assumed };

	producer = consumer = out.len = 0;
	ring_init(&ring, data, SIZE, &producer, &consumer);
	feed = (struct stream){ .format = &format, .filter = f, .context = &feed_context,
			      .last_seq = last_seq };
	stream_init(&feed, &ring, 0, 0);
}

/* Records that are not printed are consumed and accounted for, and a loss among them is told. */
TEST(test_feed)
{
	CLEANUP(diagnostics_done) struct diagnostics d = DIAGNOSTICS_INIT;
	CLEANUP(filter_parse_done) struct filter f = {};

	assert_true(filter_parse_add(&f, FILTER_DECISION, "deny", "--decision", &d));
	start_feed(&f);
	emit(1, BPFLOCK_VERDICT_ALLOW);
	emit(2, BPFLOCK_VERDICT_DENY);
	emit(6, BPFLOCK_VERDICT_ALLOW);
	assert_int_equal(stream_run(&feed, UINT64_MAX), STREAM_EMPTY);
	out_char(&out, '\0');
	assert_string_equal(out.data, "2 lost3 ");
	assert_int_equal(stream_checkpoint(&feed).position, producer);
	assert_int_equal(stream_checkpoint(&feed).seq, 6);
	assert_int_equal(stream_checkpoint(&feed).lost, 3);
	assert_int_equal(feed.records, 3);
}

/* A flood of which nothing is printed: from time to time its room has to be given back. */
TEST(test_feed_gives_back)
{
	const struct filter f = { .since = UINT64_MAX };
	unsigned int batches = 1;

	start_feed(&f);
	for (uint64_t seq = 1; seq <= 500; seq++)
		emit(seq, BPFLOCK_VERDICT_ALLOW);
	while (stream_run(&feed, UINT64_MAX) == STREAM_FULL) {
		assert_int_equal(out.len, 0);
		batches++;
	}
	assert_int_equal(batches, 2);
	assert_int_equal(stream_checkpoint(&feed).seq, 500);
}
