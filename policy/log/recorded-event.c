// SPDX-License-Identifier: GPL-2.0-only
#include "recorded-event.h"

#include <stdio.h>
#include <string.h>

#include "clock.h"
#include "namespaces.h"
#include "operations.h"
#include "ruleset.h"
#include "unit.h"

static void set_text(struct recorded *r, enum recorded_field field, char *to, size_t size,
		     const char *text)
{
	if (!text || (size_t)snprintf(to, size, "%s", text) >= size)
		to[0] = '\0';
	else
		r->given |= 1U << field;
}

/* The unit is in the path, as bpflock-log finds it there. */
static void set_unit(struct recorded *r, const char *path)
{
	size_t len;
	const char *unit = path ? unit_of_path(path, &len) : NULL;

	if (!unit || len >= sizeof(r->unit))
		return;
	memcpy(r->unit, unit, len);
	r->unit[len] = '\0';
	r->given |= 1U << RECORDED_UNIT;
}

void recorded_of_event(struct recorded *r, const struct event *e, const char *path,
		       const struct bpflock_operation ops[BPFLOCK_REASONS], uint32_t host_netns)
{
	recorded_begin(r);
	r->kind = e->kind == EVENT_LOCKED_DOWN ? RECORDED_DECISION : RECORDED_OTHER;
	r->given = 1U << RECORDED_VERDICT | 1U << RECORDED_WHY | 1U << RECORDED_PROFILE |
		   1U << RECORDED_COUNT | 1U << RECORDED_PIDNS | 1U << RECORDED_NETNS |
		   1U << RECORDED_IN_HOST | 1U << RECORDED_TIME;
	r->verdict = e->verdict;
	r->why = e->why;
	r->profile = e->profile;
	r->count = e->count;
	r->pidns = e->head.pidns;
	r->netns = e->head.netns;
	r->in_host = r->pidns == INITIAL_PID_NAMESPACE && r->netns == host_netns;
	r->time = clock_realtime_of(e->head.time);
	set_unit(r, path);
	set_text(r, RECORDED_OP, r->op, sizeof(r->op), operations_name(ops, e->reason));
	set_text(r, RECORDED_CGROUP, r->cgroup, sizeof(r->cgroup), path);
	if (e->by)
		set_text(r, RECORDED_BY, r->by, sizeof(r->by), ruleset_by_name(e->by));
	if (e->exe[0])
		set_text(r, RECORDED_EXE, r->exe, sizeof(r->exe), e->exe);
	set_text(r, RECORDED_COMM, r->comm, sizeof(r->comm), e->head.comm);
}
