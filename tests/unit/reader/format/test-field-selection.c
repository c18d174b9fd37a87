// SPDX-License-Identifier: GPL-2.0-only
/* A choice of fields, and cgroups among them. */
#include "test.h"
#include "operations.h"
#include "cgroups.h"
#include "field-selection.h"

static struct out out;
static struct wallclock wallclock;
static struct bpflock_operation operations[BPFLOCK_REASONS];
static struct format_context context = { .out = &out,
					 .clock = &wallclock,
					 .operations = operations };

static struct event decision(void)
{
	return (struct event){
		.kind = EVENT_LOCKED_DOWN, .count = 1, .reason = 2, .verdict = BPFLOCK_VERDICT_DENY,
		.head = { .time = 1234567890123, .seq = 7, .generation = 3, .cgroup_id = 11,
			  .retval = -1, .comm = "a\xff" },
		.rule_cgroup = 12,
	};
}

static struct event exec(void)
{
	return (struct event){ .kind = EVENT_EXECVE, .count = 1, .filename = "x", .filename_len = 1,
			       .head = { .seq = 8, .comm = "head", .cgroup_id = 13 } };
}

static struct event tamper(void)
{
	return (struct event){ .kind = EVENT_TAMPER, .verdict = BPFLOCK_VERDICT_DENY,
			       .attempt = BPFLOCK_TAMPER_DETACH, .object = "" };
}

static void expect(const char *fields, enum field_selection_style style, const struct event *e,
		   const char *expected)
{
	static void (*const formats[])(const struct format_context *c, const struct event *e) = {
		[FIELD_SELECTION_JSON] = format_json,
		[FIELD_SELECTION_LOGFMT] = format_logfmt,
	};
	CLEANUP(diagnostics_done) struct diagnostics d = DIAGNOSTICS_INIT;
	struct choice choice = {};
	struct field_selection selection;

	operations_assume(operations);
	assert_true(field_selection_parse(&choice, fields, &d));
	field_selection_init(&selection, style, &choice);
	context.selection = &selection;
	out.len = 0;
	formats[style](&context, e);
	out_char(&out, '\0');
	assert_string_equal(out.data, expected);
	context.selection = NULL;
}

TEST(test_choice)
{
	struct event d = decision(), x = exec(), t = tamper();

	expect("operation,decision", FIELD_SELECTION_JSON, &d,
	       "{\"operation\":\"dev_mem\",\"decision\":\"deny\"}\n");
	expect("decision,operation", FIELD_SELECTION_JSON, &d,
	       "{\"decision\":\"deny\",\"operation\":\"dev_mem\"}\n");
	expect("decision,operation", FIELD_SELECTION_LOGFMT, &d, "decision=deny operation=dev_mem\n");
	expect("operation,operation", FIELD_SELECTION_LOGFMT, &d, "operation=dev_mem\n");
	expect("generation", FIELD_SELECTION_LOGFMT, &d, "generation=3\n");
	expect("seq,boottime_ns", FIELD_SELECTION_LOGFMT, &d, "seq=7 boottime_ns=1234567890123\n");
	/* what is not UTF-8 comes twice */
	expect("comm", FIELD_SELECTION_JSON, &d, "{\"comm\":\"a\\ufffd\",\"comm_hex\":\"61ff\"}\n");
	expect("comm", FIELD_SELECTION_LOGFMT, &d, "comm=\"a\\ufffd\" comm_hex=61ff\n");
	/* an event that has none of them is a line all the same */
	expect("operation,filename", FIELD_SELECTION_JSON, &x, "{\"filename\":\"x\"}\n");
	expect("operation", FIELD_SELECTION_JSON, &x, "{}\n");
	expect("operation", FIELD_SELECTION_LOGFMT, &x, "\n");
	expect("object_id,attempt,operation,decision", FIELD_SELECTION_JSON, &t,
	       "{\"attempt\":\"detach\",\"decision\":\"deny\"}\n");
	expect("attempt,object", FIELD_SELECTION_JSON, &d, "{}\n");
}

/* Writes e with `kept`, which has written others before, and with a selection that has not. */
static void expect_the_same(struct field_selection *kept, enum field_selection_style style,
			    const struct event *e)
{
	static void (*const formats[])(const struct format_context *c, const struct event *e) = {
		[FIELD_SELECTION_JSON] = format_json,
		[FIELD_SELECTION_LOGFMT] = format_logfmt,
		[FIELD_SELECTION_JOURNAL] = format_journal,
	};
	static struct field_selection fresh;
	size_t half;

	field_selection_init(&fresh, style, NULL);
	out.len = 0;
	context.selection = &fresh;
	formats[style](&context, e);
	half = out.len;
	context.selection = kept;
	formats[style](&context, e);
	context.selection = NULL;
	assert_int_equal(out.len, 2 * half);
	assert_memory_equal(out.data, out.data + half, half);
}

/* A field that was kept from an event before is never printed for another value. */
TEST(test_kept_fields)
{
	static const char *const texts[] = {
		"", "a", "b", "\"", "a\\", "a\"", "a\xff", "\xff", "=", " ", "a b", "ab", "a\nb", "\n",
		"0123456789abcd", "0123456789abce",
	};
	static struct field_selection kept;

	operations_assume(operations);
	wallclock_init(&wallclock, true);
	for (enum field_selection_style style = 0; style < _FIELD_SELECTION_MAX; style++) {
		field_selection_init(&kept, style, NULL);
		for (size_t i = 0; i < 3 * ARRAY_SIZE(texts) * 7; i++) {
			const char *text = texts[i / 3 % ARRAY_SIZE(texts)];
			struct event e = decision();

			e.head.seq = e.head.cgroup_id = i;
			e.head.retval = -(int)(i % 2);
			e.head.pid = i / 2 % 3;
			e.verdict = i / 3 % _BPFLOCK_VERDICT_MAX;
			e.why = i % _BPFLOCK_WHY_MAX;
			e.exe_inode = i % 5 / 2;
			e.exe_dev = i % 5;
			e.exe_deleted = i / 5 % 2;
			e.reason = 1 + i % 5;
			/* names of another kernel, in the same place */
			snprintf(operations[5].name, sizeof(operations[5].name), "unheard_%zu", i % 7);
			snprintf(e.head.comm, sizeof(e.head.comm), "%s", text);
			snprintf(e.exe, sizeof(e.exe), "/%s%s%s%s", text, text, text, text);
			expect_the_same(&kept, style, &e);
		}
	}
	operations_assume(operations);
}

TEST(test_own_lines_are_whole)
{
	struct event lost = { .kind = EVENT_LOST, .count = 5, .first = 1, .last = 6 };

	wallclock_init(&wallclock, true);
	wallclock.offset = 1644578638LL * 1000000000;
	expect("operation", FIELD_SELECTION_LOGFMT, &lost,
	       "time=2022-02-11T11:23:58.000000Z event=lost count=5 first=1 last=6 bpfprog=bpflock "
	       "subsys=bpf\n");
}

/* The names of older versions, with a warning. */
TEST(test_old_names)
{
	CLEANUP(diagnostics_done) struct diagnostics d = DIAGNOSTICS_INIT;
	struct choice choice = {};
	struct event e = decision();

	assert_true(field_selection_parse(&choice, "op,tgid,cgroupid,gen", &d));
	assert_int_equal(choice.n, 4);
	assert_string_equal(choice.fields[1]->name, "pid");
	assert_string_equal(choice.fields[2]->name, "cgroup_id");
	assert_int_equal(d.n, 4);
	assert_string_equal(d.items[0].text, "--fields: the field \"op\" is old: use \"operation\"");
	expect("op,gen", FIELD_SELECTION_LOGFMT, &e, "operation=dev_mem generation=3\n");
}

TEST(test_mistakes)
{
	static const struct {
		const char *fields, *said;
	} rows[] = {
		{ "operation,commm", "--fields:11: unknown field \"commm\": did you mean \"comm\"?" },
		{ "XYZ", "--fields: unknown field \"XYZ\": use time, event, operation, decision, by, reason, retval, pid, ..." },
		{ "", "--fields: expected a field" },
		{ "operation,", "--fields:11: expected a field" },
		{ ",operation", "--fields: expected a field" },
		{ "op seq reason", "--fields: unknown field \"op seq reason\": use time, event, operation, decision, by, reason, retval, pid, ..." },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		CLEANUP(diagnostics_done) struct diagnostics d = DIAGNOSTICS_INIT;
		struct choice choice = {};

		assert_false(field_selection_parse(&choice, rows[i].fields, &d));
		assert_int_equal(d.n, 1);
		assert_string_equal(d.items[0].text, rows[i].said);
	}
}

TEST(test_cgroups)
{
	static const char fields_all[] = "cgroup,cgroup_gone,unit,rule";
	static struct cgroups cgroups;
	struct event d = decision(), x = exec();

	cgroups_init(&cgroups, -1);
	cgroups_seen(&cgroups, 11, "/system.slice/a b.service", 0);
	cgroups_seen(&cgroups, 12, "/ci", 0);
	context.cgroups = &cgroups;
	wallclock.now = 0;
	expect(fields_all, FIELD_SELECTION_JSON, &d,
	       "{\"cgroup\":\"/system.slice/a b.service\",\"unit\":\"a b.service\","
	       "\"rule\":\"/ci\"}\n");
	expect(fields_all, FIELD_SELECTION_LOGFMT, &d,
	       "cgroup=\"/system.slice/a b.service\" unit=\"a b.service\" rule=/ci\n");
	expect(fields_all, FIELD_SELECTION_JSON, &x, "{}\n"); /* 13 has no name */
	x.head.cgroup_id = 12;
	((struct cgroup *)cgroups_find(&cgroups, 12, 0))->state = CGROUP_GONE;
	expect(fields_all, FIELD_SELECTION_JSON, &x, "{\"cgroup\":\"/ci\",\"cgroup_gone\":true}\n");
	expect(fields_all, FIELD_SELECTION_LOGFMT, &x, "cgroup=/ci cgroup_gone=yes\n");
	d.rule_cgroup = 0;
	expect("rule,rule_cgroup_id", FIELD_SELECTION_JSON, &d, "{}\n");
	context.cgroups = NULL;
	expect(fields_all, FIELD_SELECTION_JSON, &d, "{}\n");
	cgroups_done(&cgroups);
}

/* The longest lines there are fit behind a batch that is just not full. */
TEST(test_longest)
{
	static char name[BPFLOCK_PATH_MAX], path[BPFLOCK_PATH_MAX];
	static struct cgroups cgroups;
	struct event x = exec(), d = decision();

	operations_assume(operations);
	memset(name, 0x01, sizeof(name) - 1);
	memset(path, 0x01, sizeof(path) - 1);
	name[0] = path[1] = 0xff;
	path[0] = '/';
	memcpy(path + 4000, ".slice", 7);
	x.filename = name;
	x.filename_len = sizeof(name) - 1;
	cgroups_init(&cgroups, -1);
	cgroups_seen(&cgroups, 12, path, 0);
	cgroups_seen(&cgroups, 13, path, 0);
	d.head.cgroup_id = 13;
	context.cgroups = &cgroups;
	for (size_t i = 0; i < formats_count; i++) {
		out.len = OUT_BATCH - 1;
		formats[i].write(&context, &x);
		assert_false(out.overflow);
		out.len = OUT_BATCH - 1;
		formats[i].write(&context, &d);
		assert_false(out.overflow);
	}
	context.cgroups = NULL;
	cgroups_done(&cgroups);
}
