// SPDX-License-Identifier: GPL-2.0-only
/*
 * A record of any bytes: refused, or an event whose every member is in range, that every format
 * makes safe text of and every filter has an answer to.
 */
#include <errno.h>
#include <string.h>

#include "decode.h"
#include "filter-parse.h"
#include "operations.h"
#include "text.h"
#include "util.h"
#include "cgroups.h"
#include "filter.h"
#include "journal.h"
#include "fuzz.h"

static bool is_inside(const char *text, const uint8_t *data, size_t size)
{
	const uint8_t *at = (const uint8_t *)text;

	return at >= data && at < data + size && memchr(at, '\0', data + size - at);
}

static void check_event(const struct event *e, const uint8_t *data, size_t size)
{
	CHECK(e->head.size == size && e->head.abi == BPFLOCK_ABI && e->head.seq && e->head.count);
	CHECK(memchr(e->head.comm, '\0', sizeof(e->head.comm)));
	CHECK(memchr(e->head.pcomm, '\0', sizeof(e->head.pcomm)));
	switch (e->kind) {
	case EVENT_LOCKED_DOWN:
		CHECK(e->verdict < _BPFLOCK_VERDICT_MAX);
		CHECK(e->why < _BPFLOCK_WHY_MAX);
		CHECK(e->profile < _BPFLOCK_PROFILE_MAX);
		return;
	case EVENT_EXECVE:
		CHECK(is_inside(e->filename, data, size));
		CHECK(strlen(e->filename) == e->filename_len);
		return;
	case EVENT_GRANT:
		CHECK(e->action < _BPFLOCK_GRANT_ACTION_MAX);
		CHECK(is_inside(e->target, data, size) && is_inside(e->note, data, size));
		return;
	case EVENT_TAMPER:
		CHECK(e->attempt < _BPFLOCK_TAMPER_MAX);
		CHECK(e->verdict == BPFLOCK_VERDICT_DENY && e->head.retval == -EPERM);
		CHECK(is_inside(e->object, data, size));
		return;
	default:
		CHECK(false);
	}
}

static struct out out;
static struct wallclock wallclock;
static struct cgroups cgroups;
static struct bpflock_operation operations[BPFLOCK_REASONS];
static const struct format_context context = { .out = &out,
					       .clock = &wallclock,
					       .operations = operations,
					       .cgroups = &cgroups };

static void check_line(const char *s, size_t len)
{
	CHECK(len > 0 && s[len - 1] == '\n');
	for (size_t i = 0, n; i < len - 1; i += n) {
		n = text_printable(s + i, len - 1 - i);
		CHECK(n > 0);
	}
}

static void check_entry(const char *s, size_t len)
{
	const char *entry;
	size_t n;

	CHECK(journal_next(s, len, &entry, &n) == len && n > 0 && entry[n - 1] == '\n');
}

static void check_formats(const struct event *e)
{
	for (size_t i = 0; i < formats_count; i++) {
		out.len = OUT_BATCH - 1; /* as full as a batch can be */
		formats[i].write(&context, e);
		CHECK(!out.overflow);
		(formats[i].journal ? check_entry : check_line)(out.data + OUT_BATCH - 1,
								out.len - (OUT_BATCH - 1));
	}
}

static const struct {
	enum filter_kind kind;
	const char *values[2]; /* one, and what excludes it */
} rows[] = {
	{ FILTER_EVENT, { "decision", "!decision" } },
	{ FILTER_DECISION, { "deny,audit", "!deny,audit" } },
	{ FILTER_OP, { "@integrity,kcore", "!@integrity,kcore" } },
	{ FILTER_UID, { "0,1000", "!0,1000" } },
	{ FILTER_PID, { "1,70902", "!1,70902" } },
	{ FILTER_COMM, { "[!a-g]*", "![!a-g]*" } },
	{ FILTER_CGROUP, { "/system.slice", "!/system.slice" } },
	{ FILTER_UNIT, { "sshd", "!sshd" } },
};

static struct filter filters[ARRAY_SIZE(rows)][2];
static struct filter all; /* that exclude, together */

static void add(struct filter *f, enum filter_kind kind, const char *value)
{
	CLEANUP(diagnostics_done) struct diagnostics d = DIAGNOSTICS_INIT;

	memcpy(f->operations, operations, sizeof(operations));
	CHECK(filter_parse_add(f, kind, value, "", &d));
}

static void set_up(void)
{
	operations_assume(operations);
	wallclock_init(&wallclock, true);
	cgroups_init(&cgroups, -1);
	cgroups_seen(&cgroups, 7014, "/system.slice/sshd.service/\xff\n", 0);
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		for (size_t k = 0; k < 2; k++)
			add(&filters[i][k], rows[i].kind, rows[i].values[k]);
		add(&all, rows[i].kind, rows[i].values[1]);
	}
}

static void check_filters(const struct event *e)
{
	bool every = true;

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		bool wanted = filter_passes(&filters[i][0], &context, e);
		bool unwanted = filter_passes(&filters[i][1], &context, e);

		CHECK(wanted != unwanted);
		every &= unwanted;
	}
	CHECK(filter_passes(&all, &context, e) == every);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct event e = {};
	enum decode_outcome outcome;

	if (!operations[1].name[0])
		set_up();
	outcome = decode_record(data, size, &e);
	CHECK(decode_text(outcome));
	if (outcome != DECODE_OK)
		return 0;
	check_event(&e, data, size);
	check_formats(&e);
	check_filters(&e);
	return 0;
}
