// SPDX-License-Identifier: GPL-2.0-only
#include "filter.h"
#include "unit.h"

#include <fnmatch.h>
#include <string.h>

#include "cgroups.h"
#include "operations.h"
#include "util.h"

#define DECISION (1U << EVENT_LOCKED_DOWN)
#define EXEC	 (1U << EVENT_EXECVE)
#define GRANT	 (1U << EVENT_GRANT)
#define TAMPER	 (1U << EVENT_TAMPER)
#define RECORDS	 (DECISION | EXEC | GRANT | TAMPER)

static bool event_matches(const struct filter *f, const struct filter_values *v,
			  const struct format_context *c, const struct event *e)
{
	return v->mask & 1ULL << e->kind;
}

static bool decision_matches(const struct filter *f, const struct filter_values *v,
			     const struct format_context *c, const struct event *e)
{
	return v->mask & 1ULL << e->verdict;
}

static bool by_matches(const struct filter *f, const struct filter_values *v,
		       const struct format_context *c, const struct event *e)
{
	return v->mask & 1ULL << e->by;
}

/* The bit in the filter's masks of a reason of the records' kernel. */
static uint64_t bit_of(const struct filter *f, const struct format_context *c, uint32_t reason)
{
	const char *name = operations_name(c->operations, reason);

	if (reason < BPFLOCK_REASONS && strcmp(f->operations[reason].name, name) == 0)
		return 1ULL << reason;
	reason = BPFLOCK_REASON_UNKNOWN;
	return operations_bit(f->operations, name) ?: 1ULL << reason;
}

static bool operation_matches(const struct filter *f, const struct filter_values *v,
			      const struct format_context *c, const struct event *e)
{
	if (e->kind == EVENT_LOCKED_DOWN)
		return v->mask & bit_of(f, c, e->reason);
	for (uint32_t reason = 0; reason < BPFLOCK_REASONS; reason++)
		if ((e->operations & 1ULL << reason) && (v->mask & bit_of(f, c, reason)))
			return true;
	return false;
}

static bool has_number(const struct filter_values *v, uint32_t number)
{
	for (size_t i = 0; i < v->n; i++)
		if (v->numbers[i] == number)
			return true;
	return false;
}

static bool uid_matches(const struct filter *f, const struct filter_values *v,
			const struct format_context *c, const struct event *e)
{
	return has_number(v, e->head.uid);
}

static bool loginuid_matches(const struct filter *f, const struct filter_values *v,
			     const struct format_context *c, const struct event *e)
{
	return has_number(v, e->head.loginuid);
}

static bool pid_matches(const struct filter *f, const struct filter_values *v,
			const struct format_context *c, const struct event *e)
{
	return has_number(v, e->head.tgid) || has_number(v, e->head.pid);
}

static bool comm_matches(const struct filter *f, const struct filter_values *v,
			 const struct format_context *c, const struct event *e)
{
	for (size_t i = 0; i < v->n; i++)
		if (fnmatch(v->texts[i], e->head.comm, 0) == 0)
			return true;
	return false;
}

/* A pattern without '/' is for the last name of the path. */
static bool exe_matches(const struct filter *f, const struct filter_values *v,
			const struct format_context *c, const struct event *e)
{
	const char *exe = event_exe(c, e), *slash = strrchr(exe, '/');

	for (size_t i = 0; exe[0] && i < v->n; i++) {
		const char *name = slash && !strchr(v->texts[i], '/') ? slash + 1 : exe;

		if (fnmatch(v->texts[i], name, 0) == 0)
			return true;
	}
	return false;
}

static const struct cgroup *find_cgroup(const struct format_context *c, const struct event *e)
{
	return c->cgroups ? cgroups_find(c->cgroups, e->head.cgroup_id, c->clock->now) : NULL;
}

/* Returns whether path is ancestor or below it. */
static bool is_below(const char *path, const char *ancestor)
{
	size_t n = strlen(ancestor);

	return n == 1 || (strncmp(path, ancestor, n) == 0 && (path[n] == '/' || path[n] == '\0'));
}

static bool cgroup_matches(const struct filter *f, const struct filter_values *v,
			   const struct format_context *c, const struct event *e)
{
	const struct cgroup *g = find_cgroup(c, e);

	for (size_t i = 0; g && i < v->n; i++)
		if (is_below(g->path, v->texts[i]))
			return true;
	return false;
}

static bool has_component(const char *path, const char *name)
{
	size_t wanted = strlen(name);

	while (*path) {
		size_t len = strcspn(path, "/"), n = len;
		const char *component = unit_unescape(path, &n);

		if (n == wanted && memcmp(component, name, n) == 0)
			return true;
		path += len;
		path += *path == '/';
	}
	return false;
}

static bool unit_matches(const struct filter *f, const struct filter_values *v,
			 const struct format_context *c, const struct event *e)
{
	const struct cgroup *g = find_cgroup(c, e);

	for (size_t i = 0; g && i < v->n; i++)
		if (has_component(g->path, v->texts[i]))
			return true;
	return false;
}

static const struct {
	unsigned int events; /* that can match at all */
	bool (*matches)(const struct filter *f, const struct filter_values *v,
			const struct format_context *c, const struct event *e);
} kinds[] = {
	[FILTER_EVENT] = { RECORDS, event_matches },
	[FILTER_DECISION] = { DECISION | TAMPER, decision_matches },
	[FILTER_BY] = { DECISION, by_matches },
	[FILTER_OP] = { DECISION | GRANT, operation_matches },
	[FILTER_UID] = { RECORDS, uid_matches },
	[FILTER_LOGINUID] = { RECORDS, loginuid_matches },
	[FILTER_PID] = { RECORDS, pid_matches },
	[FILTER_COMM] = { RECORDS, comm_matches },
	[FILTER_EXE] = { DECISION, exe_matches },
	[FILTER_CGROUP] = { RECORDS, cgroup_matches },
	[FILTER_UNIT] = { RECORDS, unit_matches },
};
_Static_assert(ARRAY_SIZE(kinds) == _FILTER_MAX, "every filter needs a row");

static bool holds(const struct filter *f, enum filter_kind kind, const struct format_context *c,
		  const struct event *e)
{
	const struct filter_values *wanted = &f->wanted[kind], *unwanted = &f->unwanted[kind];
	bool can = kinds[kind].events & 1U << e->kind;

	if (wanted->given && !(can && kinds[kind].matches(f, wanted, c, e)))
		return false;
	return !(unwanted->given && can && kinds[kind].matches(f, unwanted, c, e));
}

bool filter_passes(const struct filter *f, const struct format_context *c, const struct event *e)
{
	if (e->kind >= EVENT_LOST)
		return true;
	if (e->head.time < f->since)
		return false;
	for (enum filter_kind kind = 0; f->kinds >> kind; kind++)
		if ((f->kinds & 1U << kind) && !holds(f, kind, c, e))
			return false;
	return true;
}
