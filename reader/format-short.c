// SPDX-License-Identifier: GPL-2.0-only
/* Columns for people: what happened, to what, by whom. Not to be parsed. */
#include "../policy/operations.h"
#include "format.h"

#define RED    "\033[1;31m"
#define YELLOW "\033[33m"
#define NORMAL "\033[0m"

#define WIDTH_MARK    5
#define WIDTH_OBJECT  24 /* unsafe_module_parameters */
#define WIDTH_SUBJECT 23 /* a comm of 15 and a pid of 6 */
#define WIDTH_UID     9

static const struct {
	const char *mark;
	const char *color;
} verdicts[] = {
	[BPFLOCK_VERDICT_ALLOW] = { "allow", NULL },
	[BPFLOCK_VERDICT_AUDIT] = { "audit", YELLOW },
	[BPFLOCK_VERDICT_DENY] = { "DENY", RED },
};
_Static_assert(sizeof(verdicts) / sizeof(verdicts[0]) == _BPFLOCK_VERDICT_MAX,
	       "every verdict needs its mark");

static void mark(const struct format_context *c, const char *text, const char *color)
{
	bool colored = c->color && color;
	size_t start;

	if (colored)
		out_text(c->out, color);
	start = c->out->len;
	out_text(c->out, text);
	out_pad(c->out, start, WIDTH_MARK);
	if (colored)
		out_text(c->out, NORMAL);
}

static void column(const struct format_context *c, const char *s, size_t len, size_t width)
{
	size_t start = c->out->len;

	out_escaped(c->out, s, len, 0);
	out_pad(c->out, start, width);
}

static void subject(const struct format_context *c, const struct bpflock_record *r)
{
	struct out *o = c->out;
	size_t start = o->len;

	out_escaped(o, r->comm, strlen(r->comm), 0);
	out_char(o, '[');
	out_u64(o, r->pid);
	out_char(o, ']');
	out_pad(o, start, WIDTH_SUBJECT);
	start = o->len;
	out_text(o, "uid=");
	out_u64(o, r->uid);
	out_pad(o, start, WIDTH_UID);
}

static void locked_down(const struct format_context *c, const struct event *e)
{
	const char *op = operation_name(c->operations, e->reason);
	char reason[REASON_LEN];

	mark(c, verdicts[e->verdict].mark, verdicts[e->verdict].color);
	column(c, op, strlen(op), WIDTH_OBJECT);
	subject(c, &e->head);
	event_reason(e, reason);
	out_text(c->out, reason);
	if (e->count > 1) {
		out_text(c->out, ", ");
		out_u64(c->out, e->count);
		out_text(c->out, " times");
	}
	if (event_subject_unreliable(c, e))
		out_text(c->out, ", maybe for another task");
}

static void executed(const struct format_context *c, const struct event *e)
{
	const struct bpflock_record *r = &e->head;
	const char *error = r->retval ? "?" : "";

	if (r->retval < 0 && r->retval > -4096 && strerrorname_np(-r->retval))
		error = strerrorname_np(-r->retval);
	mark(c, r->retval ? "fail" : "exec", NULL);
	column(c, error, strlen(error), WIDTH_OBJECT);
	subject(c, r);
	out_escaped(c->out, e->filename, e->filename_len, 0);
	if (e->truncated)
		out_text(c->out, "...");
}

static void granted(const struct format_context *c, const struct event *e)
{
	mark(c, "grant", YELLOW);
	column(c, event_action(e), strlen(event_action(e)), WIDTH_OBJECT);
	subject(c, &e->head);
	out_operations(c, e->operations, ", ");
	out_text(c->out, " to ");
	out_escaped(c->out, e->target, strlen(e->target), 0);
	if (e->note[0])
		out_text(c->out, ": ");
	out_escaped(c->out, e->note, strlen(e->note), 0);
}

static void own(const struct format_context *c, const struct event *e)
{
	mark(c, e->kind == EVENT_LOST ? "LOST" : "BAD", YELLOW);
	out_u64(c->out, e->count);
	out_text(c->out, e->count == 1 ? " record" : " records");
	out_text(c->out, e->kind == EVENT_LOST ? ": the ring was full" : ": skipped as unreadable");
}

static void (*const kinds[_EVENT_MAX])(const struct format_context *c, const struct event *e) = {
	[EVENT_LOCKED_DOWN] = locked_down,
	[EVENT_EXECVE] = executed,
	[EVENT_GRANT] = granted,
	[EVENT_LOST] = own,
	[EVENT_INVALID] = own,
};

void format_short(const struct format_context *c, const struct event *e)
{
	wallclock_time_of_day(c->clock, c->out, e->head.time);
	out_char(c->out, ' ');
	kinds[e->kind](c, e);
	out_char(c->out, '\n');
}
