// SPDX-License-Identifier: GPL-2.0-only
/*
 * The lines of the original, field for field. It quotes nothing inside msg="", so a comm with a
 * blank can look like a field: programs that must not be fooled read logfmt or JSON.
 */
#include "format.h"

static void text(const struct format_context *c, const char *key, const char *s, size_t len)
{
	out_text(c->out, key);
	out_escaped(c->out, s, len, '"');
}

static void unsigned_number(const struct format_context *c, const char *key, uint64_t n)
{
	out_text(c->out, key);
	out_u64(c->out, n);
}

static void task(const struct format_context *c, const struct bpflock_record *r)
{
	unsigned_number(c, " tgid=", r->tgid);
	unsigned_number(c, " pid=", r->pid);
	unsigned_number(c, " ppid=", r->ppid);
	unsigned_number(c, " uid=", r->uid);
	unsigned_number(c, " cgroupid=", r->cgroup_id);
	text(c, " comm=", r->comm, strlen(r->comm));
	text(c, " pcomm=", r->pcomm, strlen(r->pcomm));
}

static void locked_down(const struct format_context *c, const struct event *e)
{
	struct text operation = event_operation(c, e)->description;
	struct text reason = event_reason(e);

	text(c, " operation=", operation.s, operation.len);
	task(c, &e->head);
	out_text(c->out, " retval=");
	out_i64(c->out, e->head.retval);
	text(c, " reason=", reason.s, reason.len);
}

static void executed(const struct format_context *c, const struct event *e)
{
	task(c, &e->head);
	text(c, " filename=", e->filename, e->filename_len);
	out_text(c->out, " retval=");
	out_i64(c->out, e->head.retval);
}

static void granted(const struct format_context *c, const struct event *e)
{
	text(c, " action=", event_action(e), strlen(event_action(e)));
	out_text(c->out, " operations=");
	event_operations(c, e->operations, ",");
	text(c, " target=", e->target, strlen(e->target));
	task(c, &e->head);
	text(c, " note=", e->note, strlen(e->note));
}

static void tampered(const struct format_context *c, const struct event *e)
{
	text(c, " attempt=", event_attempt(e), strlen(event_attempt(e)));
	text(c, " object=", e->object, strlen(e->object));
	unsigned_number(c, " object_id=", e->object_id);
	task(c, &e->head);
	out_text(c->out, " retval=");
	out_i64(c->out, e->head.retval);
	text(c, " decision=", event_decision(e), strlen(event_decision(e)));
}

static void own(const struct format_context *c, const struct event *e)
{
	unsigned_number(c, " count=", e->count);
}

static const struct {
	const char *level;
	void (*body)(const struct format_context *c, const struct event *e);
} kinds[_EVENT_MAX] = {
	[EVENT_LOCKED_DOWN] = { "info", locked_down },
	[EVENT_EXECVE] = { "info", executed },
	[EVENT_GRANT] = { "info", granted },
	[EVENT_TAMPER] = { "warning", tampered },
	[EVENT_LOST] = { "warning", own },
	[EVENT_MISSED] = { "warning", own },
	[EVENT_INVALID] = { "warning", own },
};

void format_classic(const struct format_context *c, const struct event *e)
{
	struct out *o = c->out;

	out_text(o, "time=\"");
	wallclock_rfc3339(c->clock, o, e->head.time, false);
	out_text(o, "\" level=");
	out_text(o, kinds[e->kind].level);
	out_text(o, " msg=\"event=");
	out_text(o, event_name(e));
	kinds[e->kind].body(c, e);
	out_text(o, "\" bpfprog=");
	out_text(o, event_program(e));
	out_text(o, " subsys=bpf\n");
}
