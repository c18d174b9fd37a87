// SPDX-License-Identifier: GPL-2.0-only
#include <inttypes.h>
#include <string.h>

#include "clock.h"
#include "ctl-suggest.h"
#include "operations.h"
#include "print.h"
#include "ruleset.h"
#include "text.h"

#define USES_SHOWN 8	/* of an operation in one section */
#define PATH_SHOWN 1024 /* a line of a policy file has an end */

const char *const ctl_suggest_verbs[_BPFLOCK_VERDICT_MAX] = {
	[BPFLOCK_VERDICT_ALLOW] = "allowed",
	[BPFLOCK_VERDICT_AUDIT] = "audited",
	[BPFLOCK_VERDICT_DENY] = "denied",
};

/* Behind the name of the section. */
static const char *const places[_SUGGEST_UNITS_MAX] = {
	[SUGGEST_UNITS_UNIT] = "",
	[SUGGEST_UNITS_CGROUP] = "; in no unit",
	[SUGGEST_UNITS_ABOVE] =
		"; the cgroup below has another name each time, therefore this is for all of them",
	[SUGGEST_UNITS_FLEETING] = "; its name is new each time, therefore this is for this one only",
};

static void print_use(const struct suggest_use *u, bool with_cgroup)
{
	char since[CLOCK_UTC_LEN];

	clock_utc(u->first, since);
	printf("#   %" PRIu64 " %s: ", u->count, ctl_suggest_verbs[u->verdict]);
	text_puts(stdout, u->comm);
	if (u->exe[0]) {
		fputs(", exe ", stdout);
		text_puts(stdout, u->exe);
	}
	if (u->uid != BPFLOCK_UNSET)
		printf(", uid %u", u->uid);
	printf(", since %s", since);
	if (with_cgroup && u->path && strlen(u->path) <= PATH_SHOWN) {
		fputs(", cgroup ", stdout);
		text_puts(stdout, u->path);
	} else if (with_cgroup && u->cgroup_id) {
		printf(", cgroup %" PRIu64 "%s", u->cgroup_id, u->path ? "" : ", which is gone");
	}
	if (!u->in_host)
		fputs(", not in the host's namespaces", stdout);
	putchar('\n');
}

/* The uses are sorted, so those of a section and operation follow one another. */
static void print_uses(const struct suggest *s, size_t set, const char *path)
{
	uint32_t reason = BPFLOCK_REASONS;
	size_t n = 0;

	for (size_t i = 0; i < s->n_uses; i++) {
		const struct suggest_use *u = &s->uses[i];

		if (u->set != set)
			continue;
		if (u->reason != reason) {
			n = 0;
			printf("# %s:\n", operations_name(s->ops, u->reason));
		}
		reason = u->reason;
		if (n++ < USES_SHOWN)
			print_use(u, !u->path || strcmp(u->path, path) != 0);
		else if (n == USES_SHOWN + 1)
			puts("#   and more, see --json");
	}
}

static void print_unfiled(const struct suggest *s)
{
	if (!s->unfiled)
		return;
	fputs("# The unit is unknown, therefore no section allows it: ", stdout);
	print_mask(s->ops, s->unfiled, "");
	putchar('\n');
	print_uses(s, SUGGEST_UNKNOWN, "");
	for (uint32_t i = 0; i < BPFLOCK_REASONS; i++) {
		uint64_t n = 0;

		for (uint32_t v = 0; v < BPFLOCK_VERDICT_DENY; v++)
			n += suggest_unrecorded(s, i, v);
		if (n && (s->unfiled & (1ULL << i)))
			printf("#   %" PRIu64 " of %s left no record\n", n,
			       operations_name(s->ops, i));
	}
	puts("#");
}

/* The first use that is filed there shows how the section's cgroup was found. */
static unsigned int place_of(const struct suggest *s, size_t set)
{
	for (size_t i = 0; i < s->n_uses; i++)
		if (s->uses[i].set == set)
			return s->uses[i].place;
	return SUGGEST_UNITS_UNIT;
}

void ctl_suggest_units_head(const struct suggest *s, const struct suggest_set *set)
{
	size_t index = set - s->sets;
	const char *path = set->rule ? set->rule->path : "/", *place;

	if (index == SUGGEST_HOST) {
		printf("# Suggested by unit from the operations used up to generation %" PRIu64
		       ". Read it before you apply it.\n#\n",
		       (uint64_t)s->policy.host.generation);
		print_unfiled(s);
		print_uses(s, SUGGEST_HOST, path);
		putchar('\n');
		return;
	}
	place = set->made ? places[place_of(s, index)] : "; had a rule set before";
	fputs("# ", stdout);
	if (strlen(path) <= PATH_SHOWN)
		text_puts(stdout, strrchr(path, '/') + 1);
	printf("%s\n", place ? place : "");
	print_uses(s, index, path);
}
