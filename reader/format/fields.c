// SPDX-License-Identifier: GPL-2.0-only
#include <stdio.h>
#include <string.h>
#include <sys/sysmacros.h>

#include "cgroups.h"
#include "field-selection.h"
#include "format.h"
#include "json.h"
#include "namespaces.h"
#include "operations.h"
#include "ruleset.h"
#include "util.h"

#define DECISION (1U << EVENT_LOCKED_DOWN)
#define EXEC	 (1U << EVENT_EXECVE)
#define GRANT	 (1U << EVENT_GRANT)
#define TAMPER	 (1U << EVENT_TAMPER)
#define LOST	 (1U << EVENT_LOST | 1U << EVENT_MISSED)
#define RECORDS	 (DECISION | EXEC | GRANT | TAMPER)
#define ALL	 ((1U << _EVENT_MAX) - 1)

#define GETTER(name)                                                                   \
	static void get_##name(const struct format_context *c __attribute__((unused)), \
			       const struct event *e __attribute__((unused)), struct value *v)

#define NUMBER_GETTER(name, member)  \
	GETTER(name)                 \
	{                            \
		v->type = VALUE_U64; \
		v->u = e->member;    \
	}

NUMBER_GETTER(pid, head.tgid)
NUMBER_GETTER(tid, head.pid)
NUMBER_GETTER(ppid, head.ppid)
NUMBER_GETTER(uid, head.uid)
NUMBER_GETTER(cgroup_id, head.cgroup_id)
NUMBER_GETTER(generation, head.generation)
NUMBER_GETTER(seq, head.seq)
NUMBER_GETTER(count, count)
NUMBER_GETTER(first, first)
NUMBER_GETTER(last, last)
NUMBER_GETTER(pidns, head.pidns)
NUMBER_GETTER(netns, head.netns)
NUMBER_GETTER(boottime, head.time)

static void word(struct value *v, const char *s)
{
	v->type = VALUE_WORD;
	v->s = s;
}

static void bytes(struct value *v, const char *s, size_t len)
{
	v->type = VALUE_BYTES;
	v->s = s;
	v->len = len;
}

GETTER(time)
{
	v->type = VALUE_TIME;
	v->u = e->head.time;
}

GETTER(event)
{
	word(v, event_name(e));
}

/* The name of an operation that only its kernel knows is no constant. */
static void operation_text(struct value *v, const struct operation_words *words, struct text t)
{
	v->type = words->known ? VALUE_WORD : VALUE_BYTES;
	v->s = t.s;
	v->len = t.len;
}

GETTER(operation)
{
	const struct operation_words *words = event_operation(c, e);

	operation_text(v, words, words->name);
}

GETTER(description)
{
	const struct operation_words *words = event_operation(c, e);

	operation_text(v, words, words->description);
}

GETTER(decision)
{
	word(v, event_decision(e));
}

GETTER(by)
{
	if (e->by)
		word(v, ruleset_by_name(e->by));
}

GETTER(reason)
{
	word(v, event_reason(e).s);
}

GETTER(retval)
{
	v->type = VALUE_I64;
	v->i = e->head.retval;
}

static const struct cgroup *find_cgroup(const struct format_context *c, uint64_t id)
{
	return c->cgroups ? cgroups_find(c->cgroups, id, c->clock->now) : NULL;
}

GETTER(cgroup)
{
	const struct cgroup *g = find_cgroup(c, e->head.cgroup_id);

	if (g)
		bytes(v, g->path, g->path_len);
}

GETTER(cgroup_gone)
{
	const struct cgroup *g = find_cgroup(c, e->head.cgroup_id);

	if (g && g->state == CGROUP_GONE)
		v->type = VALUE_TRUE;
}

GETTER(unit)
{
	const struct cgroup *g = find_cgroup(c, e->head.cgroup_id);

	if (g && g->unit_len)
		bytes(v, g->unit, g->unit_len);
}

GETTER(rule)
{
	const struct cgroup *g = e->rule_cgroup ? find_cgroup(c, e->rule_cgroup) : NULL;

	if (g)
		bytes(v, g->path, g->path_len);
}

/* A text that is left out if it is empty. */
static void maybe(struct value *v, const char *s)
{
	if (s[0])
		bytes(v, s, strlen(s));
}

GETTER(pod)
{
	const struct cgroup *g = find_cgroup(c, e->head.cgroup_id);

	if (g)
		maybe(v, g->pod);
}

GETTER(container)
{
	const struct cgroup *g = find_cgroup(c, e->head.cgroup_id);

	if (g)
		maybe(v, g->container);
}

static void audited(struct value *v, uint32_t id)
{
	v->type = id == BPFLOCK_UNSET ? VALUE_NONE : VALUE_U64;
	v->u = id;
}

GETTER(loginuid)
{
	audited(v, e->head.loginuid);
}

GETTER(session)
{
	audited(v, e->head.session);
}

GETTER(exe)
{
	maybe(v, event_exe(c, e));
}

GETTER(exe_deleted)
{
	v->type = e->exe_deleted ? VALUE_TRUE : VALUE_NONE;
}

GETTER(exe_dev)
{
	static char number[24];

	if (!e->exe_inode)
		return;
	snprintf(number, sizeof(number), "%u:%u", major(e->exe_dev), minor(e->exe_dev));
	bytes(v, number, strlen(number));
}

GETTER(exe_ino)
{
	v->type = e->exe_inode ? VALUE_U64 : VALUE_NONE;
	v->u = e->exe_inode;
}

GETTER(module)
{
	maybe(v, e->about);
}

GETTER(comm)
{
	bytes(v, e->head.comm, strlen(e->head.comm));
}

GETTER(pcomm)
{
	bytes(v, e->head.pcomm, strlen(e->head.pcomm));
}

GETTER(filename)
{
	bytes(v, e->filename, e->filename_len);
}

GETTER(truncated)
{
	v->type = e->truncated ? VALUE_TRUE : VALUE_NONE;
}

GETTER(profile)
{
	if (!e->by)
		word(v, ruleset_profile_name(e->profile));
}

GETTER(program)
{
	word(v, event_program(e));
}

GETTER(why)
{
	if (!e->by)
		word(v, ruleset_why_name(e->why));
}

GETTER(rule_cgroup)
{
	v->type = e->rule_cgroup ? VALUE_U64 : VALUE_NONE;
	v->u = e->rule_cgroup;
}

GETTER(action)
{
	word(v, event_action(e));
}

GETTER(grant_id)
{
	v->type = VALUE_U64;
	v->u = e->grant;
}

GETTER(target)
{
	bytes(v, e->target, strlen(e->target));
}

GETTER(comment)
{
	maybe(v, e->note);
}

GETTER(operations)
{
	v->type = VALUE_OPERATIONS;
	v->u = e->operations;
}

/* Seconds from the record to the end of the grant; a revoked one has none left. */
GETTER(seconds)
{
	if (e->action != BPFLOCK_GRANT_GIVEN || e->expires < e->head.time)
		return;
	v->type = VALUE_U64;
	v->u = (e->expires - e->head.time) / 1000000000;
}

GETTER(attempt)
{
	word(v, event_attempt(e));
}

GETTER(object)
{
	maybe(v, e->object);
}

GETTER(object_id)
{
	v->type = e->object_id ? VALUE_U64 : VALUE_NONE;
	v->u = e->object_id;
}

GETTER(in_host)
{
	if (c->host_netns)
		v->type = e->head.pidns == INITIAL_PID_NAMESPACE && e->head.netns == c->host_netns
				  ? VALUE_TRUE
				  : VALUE_FALSE;
}

GETTER(schema)
{
	v->type = VALUE_U64;
	v->u = JSON_SCHEMA;
}

GETTER(subsys)
{
	word(v, "bpf");
}

GETTER(subject)
{
	if (event_operation(c, e)->unreliable)
		word(v, "unreliable");
}

const struct field fields[] = {
	{ "time", ALL, get_time, .differs = true },
	{ "event", ALL, get_event },
	{ "operation", DECISION, get_operation },
	{ "decision", DECISION | TAMPER, get_decision },
	{ "by", DECISION, get_by },
	{ "reason", DECISION, get_reason },
	{ "retval", RECORDS, get_retval },
	{ "pid", RECORDS, get_pid },
	{ "tid", RECORDS, get_tid },
	{ "ppid", RECORDS, get_ppid },
	{ "uid", RECORDS, get_uid },
	{ "cgroup_id", RECORDS, get_cgroup_id },
	{ "cgroup", RECORDS, get_cgroup },
	{ "cgroup_gone", RECORDS, get_cgroup_gone },
	{ "unit", RECORDS, get_unit },
	{ "pod", RECORDS, get_pod },
	{ "container", RECORDS, get_container },
	{ "loginuid", RECORDS, get_loginuid },
	{ "session", RECORDS, get_session },
	{ "comm", RECORDS, get_comm },
	{ "pcomm", RECORDS, get_pcomm },
	{ "exe", DECISION, get_exe },
	{ "exe_deleted", DECISION, get_exe_deleted },
	{ "exe_dev", DECISION, get_exe_dev },
	{ "exe_ino", DECISION, get_exe_ino },
	{ "module", DECISION, get_module },
	{ "description", DECISION, get_description },
	{ "subject", DECISION, get_subject },
	{ "action", GRANT, get_action },
	{ "grant", GRANT, get_grant_id },
	{ "operations", GRANT, get_operations },
	{ "target", GRANT, get_target },
	{ "seconds", GRANT, get_seconds },
	{ "comment", GRANT, get_comment },
	{ "attempt", TAMPER, get_attempt },
	{ "object", TAMPER, get_object },
	{ "object_id", TAMPER, get_object_id },
	{ "filename", EXEC, get_filename },
	{ "truncated", EXEC, get_truncated },
	{ "profile", DECISION, get_profile },
	{ "why", DECISION, get_why },
	{ "rule_cgroup_id", DECISION, get_rule_cgroup },
	{ "rule", DECISION, get_rule },
	{ "generation", DECISION | GRANT, get_generation },
	{ "seq", RECORDS, get_seq, .differs = true },
	{ "count", ALL, get_count },
	{ "first", LOST, get_first },
	{ "last", LOST, get_last },
	{ "pidns", RECORDS, get_pidns },
	{ "netns", RECORDS, get_netns },
	{ "in_host", RECORDS, get_in_host },
	{ "boottime_ns", ALL, get_boottime, .not_logfmt = true, .differs = true },
	{ "bpfprog", ALL, get_program },
	{ "subsys", ALL, get_subsys },
	{ "schema", ALL, get_schema, .not_logfmt = true },
};
const size_t fields_count = ARRAY_SIZE(fields);
_Static_assert(ARRAY_SIZE(fields) <= FIELD_SELECTION_MAX, "a layout holds them all");

void fields_plain(const struct format_context *c, const struct value *v)
{
	switch (v->type) {
	case VALUE_NONE:
	case VALUE_WORD:
	case VALUE_BYTES:
		break;
	case VALUE_U64:
		out_u64(c->out, v->u);
		break;
	case VALUE_I64:
		out_i64(c->out, v->i);
		break;
	case VALUE_TRUE:
		out_text(c->out, "yes");
		break;
	case VALUE_FALSE:
		out_text(c->out, "no");
		break;
	case VALUE_TIME:
		wallclock_rfc3339(c->clock, c->out, v->u, true);
		break;
	case VALUE_OPERATIONS:
		event_operations(c, v->u, ",");
		break;
	}
}
