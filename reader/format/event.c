// SPDX-License-Identifier: GPL-2.0-only
#include "event.h"

#include <string.h>

#include "format.h"
#include "mountinfo.h"
#include "operations.h"
#include "ruleset.h"
#include "util.h"

static const struct {
	const char *name;
	const char *program;
} kinds[] = {
	[EVENT_LOCKED_DOWN] = { "lsm_locked_down", "kimglock" },
	[EVENT_EXECVE] = { "syscall_execve", "execsnoop" },
	[EVENT_GRANT] = { "grant", "bpflock-ctl" },
	[EVENT_TAMPER] = { "tamper", "seal" },
	[EVENT_LOST] = { "lost", "bpflock" },
	[EVENT_MISSED] = { "missed", "bpflock" },
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
	return ruleset_verdict_name(e->verdict);
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

static const char *const attempts[] = {
	[BPFLOCK_TAMPER_ATTACH] = "attach",   [BPFLOCK_TAMPER_DETACH] = "detach",
	[BPFLOCK_TAMPER_PROGRAM] = "program", [BPFLOCK_TAMPER_NAME] = "name",
	[BPFLOCK_TAMPER_MAP] = "map",	      [BPFLOCK_TAMPER_SYSCTL] = "sysctl",
	[BPFLOCK_TAMPER_UNLOAD] = "unload",
};
_Static_assert(ARRAY_SIZE(attempts) == _BPFLOCK_TAMPER_MAX, "every attempt needs its word");

const char *event_attempt(const struct event *e)
{
	return attempts[e->attempt];
}

static struct text text_of(const char *s)
{
	return (struct text){ s, strlen(s) };
}

struct reason {
	size_t len;
	char s[RULESET_REASON_LEN];
};

struct text event_reason(const struct event *e)
{
	static struct reason texts[_BPFLOCK_VERDICT_MAX][_BPFLOCK_WHY_MAX][_BPFLOCK_PROFILE_MAX][2];
	static const char *const others[_BPFLOCK_BY_MAX] = {
		[BPFLOCK_BY_LOCKDOWN] = "denied (lockdown)",
		[BPFLOCK_BY_OTHER] = "denied (other)",
	};
	struct reason *t = &texts[e->verdict][e->why][e->profile][e->rule_cgroup != 0];

	if (e->by)
		return text_of(others[e->by]);
	if (!t->len) {
		ruleset_reason(e->verdict, e->why, e->profile, e->rule_cgroup != 0, t->s);
		t->len = strlen(t->s);
	}
	return (struct text){ t->s, t->len };
}

/* Kernels name their operations in C, so that no name needs quoting. */
static bool is_identifier(const char *name)
{
	return name[0] && !name[strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789_")];
}

/* A row is known by its bytes, so what is noted down can never be of another kernel. */
const struct operation_words *event_operation(const struct format_context *c, const struct event *e)
{
	static const struct operation_words unknown = {
		{ "unknown", 7 }, { "unknown", 7 }, true, false
	};
	static struct {
		struct bpflock_operation row;
		struct operation_words words;
	} memo[BPFLOCK_REASONS];
	const struct bpflock_operation *row = c->operations + e->reason;
	const struct operation *known;

	if (e->reason >= BPFLOCK_REASONS)
		return &unknown;
	if (memo[e->reason].words.name.s && memcmp(row, &memo[e->reason].row, sizeof(*row)) == 0)
		return &memo[e->reason].words;
	if (!is_identifier(row->name))
		return &unknown;
	memo[e->reason].row = *row;
	row = &memo[e->reason].row;
	known = operations_find(row->name);
	memo[e->reason].words = (struct operation_words){
		.name = text_of(known ? known->name : row->name),
		.description = text_of(known ? known->description : row->name),
		.known = known,
		.unreliable = known && known->unreliable_subject,
	};
	return &memo[e->reason].words;
}

const char *event_exe(const struct format_context *c, const struct event *e)
{
	static char path[PATH_MAX + sizeof(e->exe)];

	if (c->mounts && e->exe[0] == '/' &&
	    mountinfo_find(c->mounts, c->clock->now, e->exe_dev, e->exe, path, sizeof(path)))
		return path;
	return e->exe;
}

void event_operations(const struct format_context *c, uint64_t mask, const char *separator)
{
	const char *before = "";

	for (uint32_t reason = 0; reason < BPFLOCK_REASONS; reason++) {
		if (!(mask & (1ULL << reason)))
			continue;
		out_text(c->out, before);
		out_text(c->out, operations_name(c->operations, reason));
		before = separator;
	}
}
