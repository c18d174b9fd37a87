// SPDX-License-Identifier: GPL-2.0-only
/*
 * Words, NUL-separated: a command, the path of its cgroup, and a command line of bpflock-log. It is
 * refused, or its filters have an answer to each event, the same as without those that it does not
 * have, and its fields make a line.
 */
#include "fuzz.h"

#include "clock.h"
#include "operations.h"
#include "preflight.h"
#include "cgroups.h"

/* The kernel of the machine that runs this is no part of the input. */
static bool assumed_operations(struct preflight *pf)
{
	operations_assume(pf->operations);
	return true;
}

#define preflight_operations assumed_operations
#include "command.c"
#undef preflight_operations

#define WORDS_MAX 32
#define CGROUP	  11

static struct out out;
static struct wallclock wallclock;
static struct cgroups cgroups;
static struct bpflock_operation operations[BPFLOCK_REASONS];
static struct event events[_EVENT_MAX];

static void set_up(const char *comm, const char *path)
{
	struct bpflock_record head = {
		.seq = 1, .tgid = 100, .pid = 101, .uid = 1000, .count = 1, .cgroup_id = CGROUP
	};

	snprintf(head.comm, sizeof(head.comm), "%s", comm);
	head.time = clock_boottime();
	operations_assume(operations);
	wallclock_init(&wallclock, true);
	cgroups_init(&cgroups, -1);
	if (path[0] == '/')
		cgroups_seen(&cgroups, CGROUP, path, wallclock.now);
	for (enum event_kind kind = 0; kind < _EVENT_MAX; kind++)
		events[kind] = (struct event){ .kind = kind,
					       .head = head,
					       .count = 1,
					       .reason = 2,
					       .verdict = BPFLOCK_VERDICT_DENY,
					       .operations = 4,
					       .target = "/",
					       .note = "",
					       .object = "",
					       .filename = "" };
}

/* f without all filters but one. */
static struct filter only(const struct filter *f, enum filter_kind kind)
{
	struct filter one = *f;

	one.kinds &= 1U << kind;
	one.since = 0;
	return one;
}

static void check_filter(const struct filter *f, const struct format_context *c)
{
	for (enum event_kind kind = 0; kind < _EVENT_MAX; kind++) {
		const struct event *e = &events[kind];
		bool every = kind >= EVENT_LOST || e->head.time >= f->since;

		for (enum filter_kind k = 0; k < _FILTER_MAX; k++) {
			struct filter one = only(f, k);

			CHECK(one.kinds || filter_passes(&one, c, e));
			every &= filter_passes(&one, c, e);
		}
		CHECK(filter_passes(f, c, e) == every);
		CHECK(every || kind < EVENT_LOST);
	}
}

static void check_values(const struct filter_values *v, bool texts)
{
	CHECK(v->given || (!v->mask && !v->n));
	for (size_t i = 0; texts && i < v->n; i++)
		CHECK(v->texts[i]);
}

static void check_command(const struct command *c)
{
	struct field_selection selection;
	struct format_context context = {
		.out = &out, .clock = &wallclock, .operations = operations, .cgroups = &cgroups
	};

	CHECK(c->verb || c->help || c->version);
	CHECK(!c->fields.n || c->format->fields);
	for (enum filter_kind k = 0; k < _FILTER_MAX; k++) {
		const struct filter_values *wanted = &c->filter.wanted[k];
		const struct filter_values *unwanted = &c->filter.unwanted[k];

		CHECK((wanted->given || unwanted->given) == !!(c->filter.kinds & 1U << k));
		check_values(wanted, k >= FILTER_COMM);
		check_values(unwanted, k >= FILTER_COMM);
	}
	check_filter(&c->filter, &context);
	if (!c->fields.n)
		return;
	field_selection_init(&selection,
			     c->format->write == format_json ? FIELD_SELECTION_JSON
							     : FIELD_SELECTION_LOGFMT,
			     &c->fields);
	context.selection = &selection;
	for (enum event_kind kind = 0; kind < _EVENT_MAX; kind++) {
		out.len = 0;
		c->format->write(&context, &events[kind]);
		CHECK(!out.overflow && out.len && out.data[out.len - 1] == '\n');
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct diagnostics d = DIAGNOSTICS_INIT;
	char *argv[WORDS_MAX + 3] = { (char *)"", (char *)"" };
	char *text = malloc(size + 1);
	struct command c;
	int n = 0;

	CHECK(text);
	if (size)
		memcpy(text, data, size);
	text[size] = '\0';
	for (char *p = text; p <= text + size && n < WORDS_MAX + 2; p += strlen(p) + 1)
		argv[n++] = p;
	set_up(argv[0], argv[1]);
	/* the path stands where the name of the program would */
	command_parse(&c, n > 1 ? n - 1 : 1, argv + 1, &d);
	if (!d.errors)
		check_command(&c);
	for (size_t i = 0; i < d.n; i++)
		for (const char *s = d.items[i].text; *s; s++)
			CHECK((unsigned char)*s >= 0x20 && *s != 0x7f);
	command_done(&c);
	cgroups_done(&cgroups);
	diagnostics_done(&d);
	free(text);
	return 0;
}
