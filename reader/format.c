// SPDX-License-Identifier: GPL-2.0-only
#include "format.h"

#include <stdio.h>

#include "../policy/operations.h"
#include "../policy/ruleset.h"
#include "../policy/text.h"
#include "../policy/util.h"

const struct format formats[] = {
	{ "classic", "the lines of the original bpflock", format_classic },
	{ "logfmt", "key=value pairs, for logs (default if not on a terminal)", format_logfmt },
	{ "json", "one JSON object a line", format_json },
	{ "short", "aligned columns for people (default on a terminal)", format_short },
};
const size_t formats_count = ARRAY_SIZE(formats);

const struct format *format_find(const char *name)
{
	for (size_t i = 0; i < formats_count; i++)
		if (strcmp(formats[i].name, name) == 0)
			return &formats[i];
	return NULL;
}

static const struct {
	const char *name;
	const char *program;
} kinds[] = {
	[EVENT_LOCKED_DOWN] = { "lsm_locked_down", "kimglock" },
	[EVENT_EXECVE] = { "syscall_execve", "execsnoop" },
	[EVENT_GRANT] = { "grant", "bpflock-ctl" },
	[EVENT_LOST] = { "lost", "bpflock" },
	[EVENT_INVALID] = { "invalid", "bpflock" },
};
_Static_assert(ARRAY_SIZE(kinds) == _EVENT_MAX, "every kind of event needs a row");

const char *event_name(const struct event *e)
{
	return kinds[e->kind].name;
}

const char *event_program(const struct event *e)
{
	return kinds[e->kind].program;
}

const char *event_decision(const struct event *e)
{
	return verdict_name(e->verdict);
}

static const char *const actions[] = {
	[BPFLOCK_GRANT_GIVEN] = "given",
	[BPFLOCK_GRANT_REVOKED] = "revoked",
};
_Static_assert(ARRAY_SIZE(actions) == _BPFLOCK_GRANT_ACTION_MAX, "every action needs its word");

const char *event_action(const struct event *e)
{
	return actions[e->action];
}

void event_reason(const struct event *e, char ret_reason[REASON_LEN])
{
	ruleset_reason(e->verdict, e->why, e->profile, e->rule_cgroup != 0, ret_reason);
}

void out_operations(const struct format_context *c, uint64_t mask, const char *separator)
{
	const char *before = "";

	for (uint32_t reason = 0; reason < BPFLOCK_REASONS; reason++) {
		if (!(mask & (1ULL << reason)))
			continue;
		out_text(c->out, before);
		out_text(c->out, operation_name(c->operations, reason));
		before = separator;
	}
}

bool event_subject_unreliable(const struct format_context *c, const struct event *e)
{
	const struct operation *o = operation_find(operation_name(c->operations, e->reason));

	return o && o->unreliable_subject;
}

bool value_needs_hex(const struct value *v)
{
	for (size_t i = 0, n; v->type == VALUE_BYTES && i < v->len; i += n) {
		n = text_utf8_length(v->s + i, v->len - i);
		if (n == 0)
			return true;
	}
	return false;
}
