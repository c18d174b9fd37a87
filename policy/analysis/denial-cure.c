// SPDX-License-Identifier: GPL-2.0-only
#include "denial-cure.h"

#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "container.h"
#include "decide.h"
#include "namespaces.h"
#include "util.h"

/* The shortest part of the path that names the same container as the whole. */
size_t denial_cure_container(const char *path)
{
	struct container whole, part;
	char beginning[PATH_MAX];

	container_find(path, &whole);
	for (size_t len = 0; whole.id[0] && path[len] && len < sizeof(beginning);) {
		len += 1 + strcspn(path + len + 1, "/");
		snprintf(beginning, sizeof(beginning), "%.*s", (int)len, path);
		container_find(beginning, &part);
		if (strcmp(part.id, whole.id) == 0)
			return len;
	}
	return 0;
}

/* A rule set below the target's cgroup hides grants to it. */
static bool reaches(const struct explanation *e, size_t target_len)
{
	return !e->rule || strlen(e->rule->path) <= target_len;
}

/* The length of the path to the unit's cgroup, which the path goes through. */
static size_t unit_path_len(const struct denial *d)
{
	const char *unit = strstr(d->cgroup, d->unit);

	return unit ? unit + strlen(d->unit) - d->cgroup : 0;
}

static void choose_cgroup(struct denial_advice *a, const char *path, size_t len)
{
	a->cure = DENIAL_CURE_CGROUP;
	a->target = path;
	a->len = len;
}

/* Whom to give a grant: no more than who was refused, by a name that lasts. */
static void choose_target(const struct denial *d, const struct denial_facts *f,
			  struct denial_advice *a)
{
	const struct rule *rule = a->now.rule;
	size_t container = d->cgroup ? denial_cure_container(d->cgroup) : 0;

	if (container && reaches(&a->now, container)) {
		choose_cgroup(a, d->cgroup, container);
	} else if (d->cgroup && d->unit && f->unit_found && !container &&
		   reaches(&a->now, unit_path_len(d))) {
		a->cure = DENIAL_CURE_UNIT;
		a->target = d->unit;
		a->len = strlen(d->unit);
	} else if (d->cgroup && !policy_path_error(d->cgroup)) {
		choose_cgroup(a, d->cgroup, strlen(d->cgroup));
	} else if (rule) {
		choose_cgroup(a, rule->path, strlen(rule->path));
	} else {
		a->cure = DENIAL_CURE_HOST;
	}
}

/* The path that is explained; if the cgroup is gone, the one whose rule set decided will do. */
static const char *path_of(const struct denial *d)
{
	if (d->cgroup)
		return d->cgroup;
	return d->rule_cgroup ? d->rule : "/";
}

struct denial_advice denial_cure(const struct denial *d, const struct denial_facts *f)
{
	bool in_host = d->pidns == INITIAL_PID_NAMESPACE && d->netns == f->host_netns;
	struct denial_advice a = { .cure = DENIAL_CURE_UNKNOWN };
	uint64_t bit = d->reason < BPFLOCK_REASONS ? bpflock_bit(d->reason) : 0;

	if (f->policy && path_of(d)) {
		a.now = explain(f->policy, path_of(d), in_host, d->reason, f->now);
		a.explained = true;
	}
	if (bpflock_is_latched(f->latched, d->reason))
		a.now = explain_latched(a.now);
	if (bpflock_is_latched(f->latched, d->reason))
		a.cure = DENIAL_CURE_LATCHED;
	else if ((f->lockdown & bit) || d->by == BPFLOCK_BY_LOCKDOWN)
		a.cure = DENIAL_CURE_LOCKDOWN;
	else if (d->by)
		a.cure = DENIAL_CURE_OTHERS;
	else if (a.explained && a.now.verdict == BPFLOCK_VERDICT_ALLOW)
		a.cure = DENIAL_CURE_ALLOWED;
	else if (f->sealed)
		a.cure = DENIAL_CURE_SEALED;
	else if (!(f->named & bit))
		a.cure = DENIAL_CURE_UNNAMED;
	else if (a.explained)
		choose_target(d, f, &a);
	return a;
}
