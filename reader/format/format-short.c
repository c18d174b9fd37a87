// SPDX-License-Identifier: GPL-2.0-only
/*
 * The format short is for people: in columns, one line each that fits a terminal, and whole
 * elsewhere; as the message of a journal entry without columns. Not to be parsed.
 */
#include "cgroups.h"
#include "format.h"
#include "terminal.h"

#define WIDTH_TIME 9 /* the blank behind it included, as in the next one */
#define WIDTH_MARK 6
#define WIDTH_UID  9
#define FIELD_MIN  8 /* nothing is cut to less */

/* Widths of columns without the blank behind each; unit: 0 if the line has no such column. */
struct columns {
	int object, subject, unit;
	int tail;     /* room that is kept for the end of the line */
	bool details; /* the uid, and why */
};

/* They fill 80 columns, and FORMAT_WIDE; what is more goes to subject and unit. */
static const struct columns narrow = { .object = 16, .subject = 24, .unit = 17, .tail = 5 };
static const struct columns wide = {
	.object = 24, /* unsafe_module_parameters */
	.subject = 25,
	.unit = 18,
	.tail = 35, /* uid=1000  denied (restricted) x999 */
	.details = true,
};
/* These are for lines that are not cut: a text that does not fit pushes the rest aside. */
static const struct columns whole = { .object = 24, .subject = 32, .unit = 24, .details = true };

#define COLUMNS	    4 /* object, subject, unit, uid */
#define SUBJECT_MAX 40
#define UNIT_MAX    32
#define TARGET_MAX  20 /* of a grant, where there is little room */

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

/* The line that is being written. */
struct line {
	const struct format_context *c;
	bool message; /* without columns */
	bool cut;
	struct columns columns;
	int left; /* columns of the terminal, from here on */
	/* blanks at the end of each column, which the rest of the line may take */
	struct {
		size_t end;
		int len;
	} gaps[COLUMNS];
	size_t n_gaps;
	int slack; /* that no column needs; below 0: that are missing */
};

static int clamp(int n, int min, int max)
{
	return n < min ? min : n > max ? max : n;
}

/*
 * Lays the line out. unit: whether there is always a column for it; tail: columns of the line's
 * end, 0: what the layout has for it.
 */
static void lay_out(struct line *l, bool unit, int tail)
{
	int width = l->c->columns, extra;
	struct columns *k = &l->columns;

	*k = !width ? whole : width < FORMAT_WIDE ? narrow : wide;
	l->cut = width > 0;
	if (!l->cut)
		return;
	l->left = width - WIDTH_TIME - WIDTH_MARK;
	extra = l->left - (k->object + k->subject + k->unit + 3) - k->tail;
	k->unit = clamp(k->unit + extra / 2, FIELD_MIN, UNIT_MAX);
	k->subject = clamp(k->subject + extra - extra / 2, FIELD_MIN, SUBJECT_MAX);
	if (!unit && !k->details) {
		k->tail += k->unit + 1;
		k->unit = 0;
	}
	l->slack = l->left - (k->object + k->subject + 2) - (k->unit ? k->unit + 1 : 0) -
		   (tail ?: k->tail);
}

static void mark(struct line *l, const char *text, enum terminal_style style)
{
	struct out *o = l->c->out;
	size_t start;

	if (l->message) {
		out_text(o, text);
		out_char(o, ' ');
		return;
	}
	if (!l->c->color)
		style = TERMINAL_PLAIN;
	out_text(o, terminal_begin(style));
	start = o->len;
	out_text(o, text);
	out_pad(o, start, WIDTH_MARK - 1);
	out_text(o, terminal_end(style));
}

/* Ends what was written from `start` on as a column. Columns that are missing are taken from its
 * blanks. */
static void end_column(struct line *l, size_t start, int column)
{
	struct out *o = l->c->out;
	int used, width = column + (l->slack < 0 ? l->slack : 0);

	if (l->message) {
		out_char(o, ' ');
		return;
	}
	used = out_columns(o, start);
	if (width < used)
		width = used;
	out_pad(o, start, width);
	l->gaps[l->n_gaps].end = o->len;
	l->gaps[l->n_gaps++].len = width - used;
	l->slack -= width - column;
	l->left -= width + 1;
}

/* Cuts what was written from `start` on to the column and what is to spare; its end is what
 * matters. */
static void cut_column(struct line *l, size_t start, int column)
{
	if (l->cut)
		out_cut_left(l->c->out, start, clamp(column + l->slack, FIELD_MIN, l->c->columns));
	end_column(l, start, column);
}

static void object(struct line *l, const char *text, size_t len)
{
	size_t start = l->c->out->len;

	if (l->message && !len)
		return;
	out_bytes(l->c->out, text, len);
	end_column(l, start, l->columns.object);
}

/* The executable, unless it is not known; a process can call itself anything. A message has its
 * last name. */
static const char *name_of(const struct line *l, const struct event *e)
{
	const char *slash;

	if (e->kind != EVENT_LOCKED_DOWN || !e->exe[0])
		return e->head.comm;
	if (!l->message)
		return event_exe(l->c, e);
	slash = strrchr(e->exe, '/');
	return slash ? slash + 1 : e->exe;
}

static void unit(struct line *l, const struct event *e)
{
	struct out *o = l->c->out;
	size_t start = o->len;
	const struct cgroup *g =
		l->c->cgroups ? cgroups_find(l->c->cgroups, e->head.cgroup_id, l->c->clock->now)
			      : NULL;

	if (g && g->unit_len)
		out_escaped(o, g->unit, g->unit_len, 0);
	else if (g)
		out_escaped(o, g->path, g->path_len, 0);
	else
		out_char(o, '-');
	cut_column(l, start, l->columns.unit);
}

/* Writes the task. doubtful: it may have been another one, which a mark shows in lines that are
 * cut. */
static void subject(struct line *l, const struct event *e, bool doubtful)
{
	const struct bpflock_record *r = &e->head;
	const char *name = name_of(l, e);
	struct out *o = l->c->out;
	size_t start = o->len;

	out_escaped(o, name, strlen(name), 0);
	out_char(o, '[');
	out_u64(o, r->tgid);
	out_char(o, ']');
	if (doubtful && l->cut)
		out_char(o, '?');
	cut_column(l, start, l->columns.subject);
	if (!l->message && l->columns.unit)
		unit(l, e);
	if (!l->message && !l->columns.details)
		return;
	start = o->len;
	out_text(o, "uid=");
	out_u64(o, r->uid);
	end_column(l, start, WIDTH_UID);
}

static int digits(uint64_t n)
{
	int len = 1;

	while (n /= 10)
		len++;
	return len;
}

/* Returns the columns of a decision's end. */
static int tail_of(const struct line *l, const struct event *e)
{
	int len = e->count > 1 ? digits(e->count) + 2 : 1;

	if (l->c->columns && l->c->columns < FORMAT_WIDE)
		return len;
	len += WIDTH_UID + 1 + (int)event_reason(e).len;
	return len + clamp(digits(e->head.uid) + 4 - WIDTH_UID, 0, 20);
}

static void locked_down(struct line *l, const struct event *e)
{
	const struct operation_words *operation = event_operation(l->c, e);
	struct text reason = event_reason(e);
	bool details = l->message;
	struct out *o = l->c->out;

	if (!l->message) {
		lay_out(l, true, tail_of(l, e));
		details = l->columns.details;
	}
	mark(l, verdicts[e->verdict].mark, verdicts[e->verdict].style);
	object(l, operation->name.s, operation->name.len);
	subject(l, e, operation->unreliable);
	if (details)
		out_bytes(o, reason.s, reason.len);
	if (e->count > 1) {
		out_text(o, details ? " x" : "x");
		out_u64(o, e->count);
	}
	if (operation->unreliable && !l->cut)
		out_text(o, ", maybe for another task");
	if (!details && e->count <= 1)
		out_trim(o); /* the unit is the last word */
}

/* Begins the line of another record. */
static void begin(struct line *l, const char *text, enum terminal_style style, const char *about,
		  const struct event *e)
{
	if (!l->message)
		lay_out(l, false, 0);
	mark(l, text, style);
	object(l, about, strlen(about));
	subject(l, e, false);
}

/*
 * Makes room for the rest of a line, from `start` on, where there is too little: by blanks before
 * it, those of the last column first. Returns its start.
 */
static size_t make_room(struct line *l, size_t start)
{
	struct out *o = l->c->out;
	int over = (int)out_columns(o, start) - l->left;

	for (size_t i = l->n_gaps; i-- && over > 0;) {
		int n = clamp(over, 0, l->gaps[i].len);
		size_t end = l->gaps[i].end;

		memmove(o->data + end - n, o->data + end, o->len - end);
		o->len -= n;
		start -= n;
		over -= n;
		l->left += n;
	}
	return start;
}

static void executed(struct line *l, const struct event *e)
{
	const struct bpflock_record *r = &e->head;
	const char *error = r->retval ? "?" : "";
	struct out *o = l->c->out;
	size_t start;

	if (r->retval < 0 && r->retval > -4096 && strerrorname_np(-r->retval))
		error = strerrorname_np(-r->retval);
	begin(l, r->retval ? "fail" : "exec", TERMINAL_PLAIN, error, e);
	start = o->len;
	out_escaped(o, e->filename, e->filename_len, 0);
	if (e->truncated)
		out_text(o, "...");
	if (!l->cut)
		return;
	start = make_room(l, start);
	out_cut_left(o, start, clamp(l->left, FIELD_MIN, l->c->columns));
}

/* Cuts the words at the end of a line, of which the first matter most. */
static void end_words(struct line *l, size_t start)
{
	if (!l->cut)
		return;
	start = make_room(l, start);
	out_cut_right(l->c->out, start, clamp(l->left, FIELD_MIN, l->c->columns));
}

static void granted(struct line *l, const struct event *e)
{
	struct out *o = l->c->out;
	size_t start, target;

	begin(l, "grant", TERMINAL_YELLOW, event_action(e), e);
	start = o->len;
	event_operations(l->c, e->operations, ", ");
	out_text(o, " to ");
	target = o->len;
	out_escaped(o, e->target, strlen(e->target), 0);
	if (l->cut && !l->columns.details)
		out_cut_left(o, target, TARGET_MAX);
	if (e->note[0])
		out_text(o, ": ");
	out_escaped(o, e->note, strlen(e->note), 0);
	end_words(l, start);
}

static void tampered(struct line *l, const struct event *e)
{
	struct out *o = l->c->out;
	size_t start;

	begin(l, verdicts[e->verdict].mark, verdicts[e->verdict].style, event_attempt(e), e);
	start = o->len;
	out_text(o, e->verdict == BPFLOCK_VERDICT_DENY ? "sealed" : "not sealed");
	if (e->object[0]) {
		out_text(o, ": ");
		out_escaped(o, e->object, strlen(e->object), 0);
	} else if (e->object_id) {
		out_text(o, ": object ");
		out_u64(o, e->object_id);
	}
	end_words(l, start);
}

static void own(struct line *l, const struct event *e)
{
	static const char *const words[_EVENT_MAX][2] = {
		[EVENT_LOST] = { "LOST", ": the ring was full" },
		[EVENT_MISSED] = { "MISS", ": bpflock-log drain was faster" },
		[EVENT_INVALID] = { "BAD", ": skipped as unreadable" },
	};
	struct out *o = l->c->out;

	mark(l, words[e->kind][0], TERMINAL_YELLOW);
	out_u64(o, e->count);
	out_text(o, e->count == 1 ? " record" : " records");
	out_text(o, words[e->kind][1]);
}

static void (*const kinds[_EVENT_MAX])(struct line *l, const struct event *e) = {
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
	struct line l = { c };

	if (c->days)
		wallclock_day(c->clock, c->out, e->head.time);
	wallclock_time_of_day(c->clock, c->out, e->head.time);
	out_char(c->out, ' ');
	kinds[e->kind](&l, e);
	out_char(c->out, '\n');
}

void format_message(const struct format_context *c, const struct event *e)
{
	struct line l = { c, .message = true };

	kinds[e->kind](&l, e);
}
