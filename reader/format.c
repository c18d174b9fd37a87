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

static const struct {
	const char *decision;
	const char *reason;
} verdicts[] = {
	[BPFLOCK_VERDICT_ALLOW] = { "allow", "allow" },
	[BPFLOCK_VERDICT_AUDIT] = { "audit", "audit" },
	[BPFLOCK_VERDICT_DENY] = { "deny", "denied" },
};
_Static_assert(ARRAY_SIZE(verdicts) == _BPFLOCK_VERDICT_MAX, "every verdict needs its words");

static const char *const whys[] = {
	[BPFLOCK_WHY_PROFILE] = NULL, /* the profile's name */
	[BPFLOCK_WHY_LEVEL] = "level",
	[BPFLOCK_WHY_BLOCK] = "block",
	[BPFLOCK_WHY_ALLOW] = "allow",
};
_Static_assert(ARRAY_SIZE(whys) == _BPFLOCK_WHY_MAX, "every cause needs its word");

const char *event_decision(const struct event *e)
{
	return verdicts[e->verdict].decision;
}

void event_reason(const struct event *e, char ret_reason[REASON_LEN])
{
	const char *why = whys[e->why];

	snprintf(ret_reason, REASON_LEN, "%s (%s)", verdicts[e->verdict].reason,
		 why ? why : profile_name(e->profile));
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
