// SPDX-License-Identifier: GPL-2.0-only
#include "suggest-units.h"

#include <ctype.h>
#include <errno.h>
#include <string.h>

#include "unit.h"
#include "util.h"

#define SYSTEM_SLICE "/system.slice"
#define ID_LEN	     12 /* hexadecimal digits in a row: an id of a container, the end of a UUID */

/* An id has a digit, which no word does. */
static bool has_id(const char *name, size_t len)
{
	size_t run = 0;
	bool digit = false;

	for (size_t i = 0; i < len; i++) {
		if (!isxdigit((unsigned char)name[i])) {
			run = 0;
			digit = false;
			continue;
		}
		digit = digit || isdigit((unsigned char)name[i]);
		if (++run >= ID_LEN && digit)
			return true;
	}
	return false;
}

/* Instances of a socket with Accept= are numbered: sshd@3-10.0.0.1:22-10.0.0.2:5000.service. */
static bool is_connection(const char *name, size_t len)
{
	const char *at = memchr(name, '@', len);
	size_t digits = at ? strspn(at + 1, "0123456789") : 0;

	return digits && at[1 + digits] == '-';
}

/* Units of systemd-run(1): run-r0123.scope, run-u12.service, run-p12-i34.scope. */
static bool is_transient(const char *name, size_t len)
{
	const char *suffix = unit_suffix(name, len);

	if (!suffix || (strncmp(suffix, ".scope", 6) != 0 && strncmp(suffix, ".service", 8) != 0) ||
	    strncmp(name, "run-", 4) != 0)
		return false;
	name += 4 + (strchr("rup", name[4]) != NULL);
	return isxdigit((unsigned char)*name);
}

/* Sessions of users and virtual machines are numbered by what starts them. */
static bool is_numbered(const char *name)
{
	static const char machine[] = "machine-qemu\\x2d";
	const char *rest = name + strlen("session-");

	if (strncmp(name, "session-", strlen("session-")) == 0)
		return isdigit((unsigned char)rest[*rest == 'c']);
	return strncmp(name, machine, strlen(machine)) == 0;
}

static bool is_new_each_time(const char *name, size_t len)
{
	return has_id(name, len) || is_connection(name, len) || is_transient(name, len) ||
	       is_numbered(name);
}

static bool is_unit(const char *name, size_t len)
{
	const char *suffix = unit_suffix(name, len);

	return unit_has_cgroup(name, len) && strncmp(suffix, ".slice", 6) != 0;
}

/* Returns how much of path[len] names the section's cgroup. */
static size_t find_end(const char *path, size_t len, enum suggest_units_place *ret_place)
{
	for (size_t start = 0, end; start < len; start = end) {
		const char *name = path + start + 1;
		size_t n = strcspn(name, "/");

		end = start + 1 + n;
		if (is_new_each_time(name, n)) {
			bool above = start && !(start == strlen(SYSTEM_SLICE) &&
						strncmp(path, SYSTEM_SLICE, start) == 0);

			*ret_place = above ? SUGGEST_UNITS_ABOVE : SUGGEST_UNITS_FLEETING;
			return above ? start : end;
		}
		if (is_unit(name, n)) {
			*ret_place = SUGGEST_UNITS_UNIT;
			return end;
		}
	}
	*ret_place = SUGGEST_UNITS_CGROUP;
	return len;
}

enum suggest_units_place suggest_units_path(const char *path, size_t roots, char ret_path[PATH_MAX])
{
	enum suggest_units_place place;

	if (path[0] != '/' || !path[1] || roots < 2 || roots > strlen(path) || roots >= PATH_MAX)
		return SUGGEST_UNITS_NONE;
	snprintf(ret_path, PATH_MAX, "%.*s", (int)roots, path);
	ret_path[find_end(ret_path, roots, &place)] = '\0';
	while (policy_path_error(ret_path)) {
		char *slash = strrchr(ret_path, '/');

		if (!slash || slash == ret_path)
			return SUGGEST_UNITS_NONE;
		*slash = '\0';
		place = SUGGEST_UNITS_ABOVE;
	}
	return place;
}

/* Makes the rule set that a use is filed under; *ret_rule is NULL if that is the host's, or
 * unknown. */
static int file_use(struct suggest *s, struct suggest_use *u, suggest_units_roots_fn roots,
		    void *arg, struct rule **ret_rule)
{
	enum suggest_units_place place = SUGGEST_UNITS_NONE;
	char path[PATH_MAX];
	struct rule *r;

	*ret_rule = NULL;
	if (u->path)
		place = suggest_units_path(u->path, roots(arg, u->path), path);
	if (place == SUGGEST_UNITS_NONE) {
		if (u->path && !u->path[1])
			return 0;
		u->set = SUGGEST_UNKNOWN;
		s->unfiled |= 1ULL << u->reason;
		return 0;
	}
	r = policy_add_rule(&s->policy, path);
	if (!r)
		return -ENOMEM;
	r->like_host = true;
	u->place = place;
	*ret_rule = r;
	return 0;
}

/* The rule sets that there were keep what was found out about them. */
static int grow_sets(struct suggest *s)
{
	struct suggest_set *sets = calloc(1 + s->policy.n_rules, sizeof(*sets));
	size_t old = 1;

	if (!sets)
		return -ENOMEM;
	policy_sort(&s->policy);
	sets[SUGGEST_HOST] = s->sets[SUGGEST_HOST];
	for (size_t i = 0; i < s->policy.n_rules; i++) {
		struct suggest_set *set = &sets[i + 1];

		if (old < s->n_sets && s->sets[old].rule == s->policy.rules[i]) {
			*set = s->sets[old++];
			continue;
		}
		*set = (struct suggest_set){ .rule = s->policy.rules[i],
					     .profile = s->policy.host.rules.profile,
					     .mode = s->policy.host.rules.mode,
					     .made = true };
	}
	free(s->sets);
	s->sets = sets;
	s->n_sets = 1 + s->policy.n_rules;
	return 0;
}

static int by_path(const void *path, const void *set)
{
	return strcmp(path, ((const struct suggest_set *)set)->rule->path);
}

static size_t set_of_rule(const struct suggest *s, const struct rule *rule)
{
	const struct suggest_set *found =
		bsearch(rule->path, s->sets + 1, s->n_sets - 1, sizeof(*s->sets), by_path);

	return found ? (size_t)(found - s->sets) : SUGGEST_HOST;
}

static int by_set(const void *a, const void *b)
{
	const struct suggest_use *x = a, *y = b;
	int r;

	if (x->set != y->set)
		return x->set < y->set ? -1 : 1;
	if (x->reason != y->reason)
		return x->reason < y->reason ? -1 : 1;
	r = strcmp(x->path ?: "", y->path ?: "");
	if (r == 0)
		r = strcmp(x->comm, y->comm);
	if (r == 0)
		r = strcmp(x->exe, y->exe);
	if (r == 0)
		r = (x->uid > y->uid) - (x->uid < y->uid);
	if (r == 0)
		r = (x->verdict > y->verdict) - (x->verdict < y->verdict);
	return r ? r : (x->cgroup_id > y->cgroup_id) - (x->cgroup_id < y->cgroup_id);
}

static int by_cgroup(const void *a, const void *b)
{
	const struct suggest_use *x = a, *y = b;

	if (x->cgroup_id != y->cgroup_id)
		return x->cgroup_id < y->cgroup_id ? -1 : 1;
	return (y->path != NULL) - (x->path != NULL);
}

/* A log may have the name of a cgroup that is gone by now. 0 or -ENOMEM. */
static int name_those_gone(struct suggest *s)
{
	if (s->n_uses)
		qsort(s->uses, s->n_uses, sizeof(*s->uses), by_cgroup);
	for (size_t i = 1; i < s->n_uses; i++) {
		struct suggest_use *u = &s->uses[i];

		if (u->path || !u->cgroup_id || u[-1].cgroup_id != u->cgroup_id || !u[-1].path)
			continue;
		u->path = strdup(u[-1].path);
		if (!u->path)
			return -ENOMEM;
	}
	return 0;
}

int suggest_units(struct suggest *s, suggest_units_roots_fn roots, void *arg)
{
	CLEANUP(diagnostics_done) struct diagnostics d = DIAGNOSTICS_INIT;
	struct rule **filed = calloc(s->n_uses + 1, sizeof(*filed));
	int r = filed ? name_those_gone(s) : -ENOMEM;

	for (size_t i = 0; r == 0 && i < s->n_uses; i++) {
		struct suggest_use *u = &s->uses[i];

		if (u->set != SUGGEST_HOST && u->set != SUGGEST_UNKNOWN)
			filed[i] = (struct rule *)s->sets[u->set].rule;
		else if (u->set == SUGGEST_HOST && suggest_is_wanted(s, u))
			r = file_use(s, u, roots, arg, &filed[i]);
		else if (u->set == SUGGEST_UNKNOWN && u->verdict == BPFLOCK_VERDICT_AUDIT)
			s->unfiled |= 1ULL << u->reason;
	}
	if (r == 0)
		r = grow_sets(s);
	for (size_t i = 0; r == 0 && i < s->n_uses; i++)
		if (filed[i])
			s->uses[i].set = set_of_rule(s, filed[i]);
	free(filed);
	if (r < 0)
		return r;
	s->by_unit = true;
	if (s->n_uses)
		qsort(s->uses, s->n_uses, sizeof(*s->uses), by_set);
	/* it was compiled before, and what is like the host is no error */
	return policy_compile(&s->policy, s->ops, &d) ? 0 : -ENOMEM;
}
