// SPDX-License-Identifier: GPL-2.0-only
/*
 * The format short is for people: in columns on a terminal, in one sentence as the message of a
 * journal entry. Not to be parsed.
 */
#include "format.h"
#include "terminal.h"

#define WIDTH_MARK 5

/* A column that does not fit pushes the rest of its line aside: nothing is cut off. */
static const struct widths {
	size_t object, subject, uid;
} wide = {
	.object = 24,  /* unsafe_module_parameters */
	.subject = 23, /* a comm of 15 and a pid of 6 */
	.uid = 9,
}, narrow = {
	/* so that a line with "denied (restricted)" takes 80 columns */
	.object = 15, /* unsigned_module */
	.subject = 19,
	.uid = 8,
};

static const struct {
	const char *mark;
	enum terminal_style style;
} verdicts[] = {
	[BPFLOCK_VERDICT_ALLOW] = { "allow", TERMINAL_PLAIN },
	[BPFLOCK_VERDICT_AUDIT] = { "audit", TERMINAL_YELLOW },
	[BPFLOCK_VERDICT_DENY] = { "DENY", TERMINAL_RED },
};
_Static_assert(sizeof(verdicts) / sizeof(verdicts[0]) == _BPFLOCK_VERDICT_MAX,
	       "every verdict needs its mark");

/* The way in which the pieces below are put together. */
struct style {
	const struct format_context *c;
	const struct widths *columns; /* NULL: none */
	bool color;
};

static void pad(const struct style *s, size_t start, size_t width)
{
	out_pad(s->c->out, start, width);
}

static void mark(const struct style *s, const char *text, enum terminal_style style)
{
	struct out *o = s->c->out;
	size_t start;

	if (!s->color)
		style = TERMINAL_PLAIN;
	out_text(o, terminal_begin(style));
	start = o->len;
	out_text(o, text);
	pad(s, start, s->columns ? WIDTH_MARK : 0);
	out_text(o, terminal_end(style));
}

static void object(const struct style *s, const char *text)
{
	size_t start = s->c->out->len;

	if (!s->columns && !*text)
		return;
	out_text(s->c->out, text);
	pad(s, start, s->columns ? s->columns->object : 0);
}

/* The executable's own name, unless it is not known; a process can call itself anything. */
static const char *name_of(const struct event *e)
{
	const char *slash = strrchr(e->exe, '/');

	if (e->kind != EVENT_LOCKED_DOWN || !e->exe[0])
		return e->head.comm;
	return slash ? slash + 1 : e->exe;
}

static void subject(const struct style *s, const struct event *e)
{
	const struct bpflock_record *r = &e->head;
	const char *name = name_of(e);
	struct out *o = s->c->out;
	size_t start = o->len;

	out_escaped(o, name, strlen(name), 0);
	out_char(o, '[');
	out_u64(o, r->tgid);
	out_char(o, ']');
	pad(s, start, s->columns ? s->columns->subject : 0);
	start = o->len;
	out_text(o, "uid=");
	out_u64(o, r->uid);
	pad(s, start, s->columns ? s->columns->uid : 0);
}

static void locked_down(const struct style *s, const struct event *e)
{
	const struct operation_words *operation = event_operation(s->c, e);
	struct text reason = event_reason(e);
	struct out *o = s->c->out;

	mark(s, verdicts[e->verdict].mark, verdicts[e->verdict].style);
	object(s, operation->name.s);
	subject(s, e);
	out_bytes(o, reason.s, reason.len);
	if (e->count > 1) {
		out_text(o, ", ");
		out_u64(o, e->count);
		out_text(o, " times");
	}
	if (operation->unreliable)
		out_text(o, ", maybe for another task");
}

static void executed(const struct style *s, const struct event *e)
{
	const struct bpflock_record *r = &e->head;
	const char *error = r->retval ? "?" : "";

	if (r->retval < 0 && r->retval > -4096 && strerrorname_np(-r->retval))
		error = strerrorname_np(-r->retval);
	mark(s, r->retval ? "fail" : "exec", TERMINAL_PLAIN);
	object(s, error);
	subject(s, e);
	out_escaped(s->c->out, e->filename, e->filename_len, 0);
	if (e->truncated)
		out_text(s->c->out, "...");
}

static void granted(const struct style *s, const struct event *e)
{
	struct out *o = s->c->out;

	mark(s, "grant", TERMINAL_YELLOW);
	object(s, event_action(e));
	subject(s, e);
	event_operations(s->c, e->operations, ", ");
	out_text(o, " to ");
	out_escaped(o, e->target, strlen(e->target), 0);
	if (e->note[0])
		out_text(o, ": ");
	out_escaped(o, e->note, strlen(e->note), 0);
}

static void tampered(const struct style *s, const struct event *e)
{
	struct out *o = s->c->out;

	mark(s, verdicts[e->verdict].mark, verdicts[e->verdict].style);
	object(s, event_attempt(e));
	subject(s, e);
	out_text(o, e->verdict == BPFLOCK_VERDICT_DENY ? "sealed" : "not sealed");
	if (e->object[0]) {
		out_text(o, ": ");
		out_escaped(o, e->object, strlen(e->object), 0);
	} else if (e->object_id) {
		out_text(o, ": object ");
		out_u64(o, e->object_id);
	}
}

static void own(const struct style *s, const struct event *e)
{
	static const char *const words[_EVENT_MAX][2] = {
		[EVENT_LOST] = { "LOST", ": the ring was full" },
		[EVENT_MISSED] = { "MISS", ": bpflock-log drain was faster" },
		[EVENT_INVALID] = { "BAD", ": skipped as unreadable" },
	};
	struct out *o = s->c->out;

	mark(s, words[e->kind][0], TERMINAL_YELLOW);
	out_u64(o, e->count);
	out_text(o, e->count == 1 ? " record" : " records");
	out_text(o, words[e->kind][1]);
}

static void (*const kinds[_EVENT_MAX])(const struct style *s, const struct event *e) = {
	[EVENT_LOCKED_DOWN] = locked_down,
	[EVENT_EXECVE] = executed,
	[EVENT_GRANT] = granted,
	[EVENT_TAMPER] = tampered,
	[EVENT_LOST] = own,
	[EVENT_MISSED] = own,
	[EVENT_INVALID] = own,
};

void format_short(const struct format_context *c, const struct event *e)
{
	const struct style s = { c, .columns = c->narrow ? &narrow : &wide, .color = c->color };

	if (c->days)
		wallclock_day(c->clock, c->out, e->head.time);
	wallclock_time_of_day(c->clock, c->out, e->head.time);
	out_char(c->out, ' ');
	kinds[e->kind](&s, e);
	out_char(c->out, '\n');
}

void format_message(const struct format_context *c, const struct event *e)
{
	const struct style s = { c };

	kinds[e->kind](&s, e);
}
