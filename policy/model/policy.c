// SPDX-License-Identifier: GPL-2.0-only
#include "policy.h"

#include <errno.h>
#include <limits.h>
#include <search.h>
#include <string.h>

#include "like.h"
#include "ruleset.h"
#include "text.h"
#include "util.h"

void policy_init(struct policy *p)
{
	*p = (struct policy){};
	ruleset_init(&p->host);
	p->host.bank = p->host.base = BPFLOCK_NO_BANK;
}

static void rule_free(struct rule *r)
{
	free(r->path);
	free(r);
}

static void forget(void *node)
{
}

void policy_done(struct policy *p)
{
	tdestroy(p->by_path, forget);
	for (size_t i = 0; i < p->n_rules; i++)
		rule_free(p->rules[i]);
	free(p->rules);
	for (size_t i = 0; i < p->n_grants; i++)
		free(p->grants[i].path);
	free(p->grants);
	for (size_t i = 0; i < p->n_gone; i++)
		free(p->gone[i]);
	free(p->gone);
	*p = (struct policy){};
}

struct grant *policy_put_grant(struct policy *p, const struct grant *g)
{
	char *path = strdup(g->path);
	struct grant *new;

	if (!path || !array_grow(&p->grants, p->n_grants, sizeof(*p->grants))) {
		free(path);
		return NULL;
	}
	new = &p->grants[p->n_grants++];
	*new = *g;
	new->path = path;
	return new;
}

bool policy_is_gone(const struct policy *p, const char *path)
{
	for (size_t i = 0; i < p->n_gone; i++)
		if (strcmp(p->gone[i], path) == 0)
			return true;
	return false;
}

int policy_put_gone(struct policy *p, const char *path)
{
	char *copy = strdup(path);

	if (!copy || !array_grow(&p->gone, p->n_gone, sizeof(*p->gone))) {
		free(copy);
		return -ENOMEM;
	}
	p->gone[p->n_gone++] = copy;
	return 0;
}

int policy_copy(const struct policy *p, struct policy *ret_copy)
{
	struct policy copy;

	policy_init(&copy);
	copy.host = p->host;
	copy.files = p->files;
	copy.part = p->part;
	copy.rest = p->rest;
	for (size_t i = 0; i < p->n_rules; i++)
		if (!policy_put_rule(&copy, p->rules[i]))
			goto no_memory;
	for (size_t i = 0; i < p->n_grants; i++)
		if (!policy_put_grant(&copy, &p->grants[i]))
			goto no_memory;
	for (size_t i = 0; i < p->n_gone; i++)
		if (policy_put_gone(&copy, p->gone[i]) < 0)
			goto no_memory;
	*ret_copy = copy;
	return 0;
no_memory:
	policy_done(&copy);
	policy_init(ret_copy);
	return -ENOMEM;
}

#define MOUNT_POINT "/sys/fs/cgroup" /* of every distribution */

/* So that a path is read back as it was printed, and harms no terminal. */
static bool is_printable(const char *s, size_t len)
{
	for (size_t i = 0, n; i < len; i += n) {
		n = text_printable(s + i, len - i);
		if (n == 0)
			return false;
	}
	return true;
}

const char *policy_path_error(const char *path)
{
	unsigned int depth = 0;

	if (strlen(path) >= PATH_MAX)
		return "path longer than 4,095 bytes";
	if (strstr(path, "\"]"))
		return "a quote followed by a bracket is not allowed, because it ends a section";
	if (path[0] != '/')
		return "a cgroup's path begins with /, as in /proc/PID/cgroup";
	if (path[1] == '\0')
		return "the root cgroup is the host: its rule set is [kimglock]";
	if (strncmp(path, MOUNT_POINT, strlen(MOUNT_POINT)) == 0 &&
	    (path[strlen(MOUNT_POINT)] == '/' || path[strlen(MOUNT_POINT)] == '\0'))
		return "leave out the mount point: a cgroup's path is as in /proc/PID/cgroup, e.g. "
		       "/system.slice";
	while (*path) {
		size_t n = strcspn(++path, "/");

		if (n == 0)
			return path[0] ? "two / in a row" : "a / at the end";
		if (n > BPFLOCK_NAME_MAX)
			return "name longer than 255 bytes";
		if ((n == 1 && path[0] == '.') || (n == 2 && path[0] == '.' && path[1] == '.'))
			return "\".\" and \"..\" are not names of cgroups";
		if (memchr(path, '*', n) || memchr(path, '?', n))
			return "* and ? are not supported: name the cgroup above, which includes all "
			       "below it";
		if (!is_printable(path, n))
			return "invalid character in a name: use printable UTF-8, or name a cgroup above it";
		if (++depth >= BPFLOCK_LEVELS_MAX)
			return "more than 63 levels deep: name a cgroup above it";
		path += n;
	}
	return NULL;
}

unsigned int policy_path_depth(const char *path)
{
	unsigned int depth = 0;

	if (path[0] && path[1])
		for (; *path; path++)
			depth += *path == '/';
	return depth;
}

static int by_path(const void *a, const void *b)
{
	return strcmp(((const struct rule *)a)->path, ((const struct rule *)b)->path);
}

struct rule *policy_find_rule(const struct policy *p, const char *path)
{
	struct rule key = { .path = (char *)path };
	struct rule **found = tfind(&key, &p->by_path, by_path);

	return found ? *found : NULL;
}

struct rule *policy_add_rule(struct policy *p, const char *path)
{
	struct rule *r = policy_find_rule(p, path);

	if (r)
		return r;
	if (!array_grow(&p->rules, p->n_rules, sizeof(*p->rules)))
		return NULL;
	r = calloc(1, sizeof(*r));
	if (!r)
		return NULL;
	r->path = strdup(path);
	if (!r->path || !tsearch(r, &p->by_path, by_path)) {
		rule_free(r);
		return NULL;
	}
	p->rules[p->n_rules++] = r;
	return r;
}

struct rule *policy_put_rule(struct policy *p, const struct rule *from)
{
	struct rule *r = policy_add_rule(p, from->path);
	char *path;

	if (!r)
		return NULL;
	path = r->path;
	*r = *from;
	r->path = path;
	return r;
}

bool policy_delete_rule(struct policy *p, const char *path)
{
	struct rule *r = policy_find_rule(p, path);
	size_t i = 0;

	if (!r)
		return false;
	while (p->rules[i] != r)
		i++;
	memmove(&p->rules[i], &p->rules[i + 1], (p->n_rules - i - 1) * sizeof(*p->rules));
	p->n_rules--;
	tdelete(r, &p->by_path, by_path);
	rule_free(r);
	return true;
}

static int by_path_of_pointers(const void *a, const void *b)
{
	return strcmp((*(struct rule *const *)a)->path, (*(struct rule *const *)b)->path);
}

void policy_sort(struct policy *p)
{
	if (p->n_rules)
		qsort(p->rules, p->n_rules, sizeof(*p->rules), by_path_of_pointers);
}

/* Cuts the last component off; false if nothing is left but the root. */
static bool to_parent(char *path)
{
	char *slash = strrchr(path, '/');

	if (!slash || slash == path)
		return false;
	*slash = '\0';
	return true;
}

const struct rule *policy_rule_for(const struct policy *p, const char *path)
{
	CLEANUP(free_charp) char *ancestor = strdup(path);

	if (!ancestor)
		return NULL;
	do {
		const struct rule *r = policy_find_rule(p, ancestor);

		if (r)
			return r;
	} while (to_parent(ancestor));
	return NULL;
}

const struct bpflock_ruleset *policy_rules_at(const struct policy *p, const char *path)
{
	const struct rule *rule = policy_rule_for(p, path);

	return rule ? &rule->rules : &p->host.rules;
}

/* Compiles one rule set. host: the compiled one of the host; NULL: it is wrong. */
static bool compile_rule(struct rule *r, const struct bpflock_ruleset *host,
			 const struct bpflock_operation *ops, struct diagnostics *d)
{
	struct bpflock_policy alone;

	ruleset_init(&alone);
	alone.rules = like_keys(r);
	ruleset_set_source(&alone, BPFLOCK_SETTING_BLOCK, r->source);
	ruleset_set_source(&alone, BPFLOCK_SETTING_ALLOW, r->source);
	if (!ruleset_compile(&alone, ops, d))
		return false;
	if (r->like_host) {
		like_set_keys(r, &alone.rules);
		return !host || like_resolve(r, host, ops, d);
	}
	if (!r->profile_given)
		diagnostic_warning(d, NULL,
				   "%s: cgroup %s: no profile is set: it is privileged, which "
				   "allows all that is not blocked",
				   r->source, r->path);
	r->rules = alone.rules;
	return true;
}

bool policy_compile(struct policy *p, const struct bpflock_operation ops[BPFLOCK_REASONS],
		    struct diagnostics *d)
{
	bool good = ruleset_compile(&p->host, ops, d);
	const struct bpflock_ruleset *host = good ? &p->host.rules : NULL;

	for (size_t i = 0; i < p->n_rules; i++)
		good = compile_rule(p->rules[i], host, ops, d) && good;
	return good;
}

static bool rules_equal(const struct policy *a, const struct policy *b, bool sources)
{
	if (a->n_rules != b->n_rules)
		return false;
	for (size_t i = 0; i < a->n_rules; i++) {
		const struct rule *x = a->rules[i], *y = policy_find_rule(b, x->path);

		if (!y || memcmp(&x->rules, &y->rules, sizeof(x->rules)) != 0 || !like_same(x, y))
			return false;
		if (sources && (strcmp(x->source, y->source) != 0 || x->runtime != y->runtime))
			return false;
	}
	return true;
}

/* Returns whether the grants are equal. all: also who gave them, when and why. */
static bool grants_equal(const struct policy *a, const struct policy *b, bool all)
{
	if (a->n_grants != b->n_grants)
		return false;
	for (size_t i = 0; i < a->n_grants; i++) {
		const struct grant *x = &a->grants[i], *y = &b->grants[i];

		if (x->id != y->id || x->operations != y->operations || x->expires != y->expires ||
		    strcmp(x->path, y->path) != 0)
			return false;
		if (all &&
		    (x->given != y->given || x->uid != y->uid || strcmp(x->note, y->note) != 0))
			return false;
	}
	return true;
}

bool policy_equal(const struct policy *a, const struct policy *b)
{
	return ruleset_equal(&a->host, &b->host) && a->host.expires == b->host.expires &&
	       rules_equal(a, b, false) && grants_equal(a, b, false);
}

bool policy_same_rules(const struct policy *a, const struct policy *b)
{
	return rules_equal(a, b, true) && grants_equal(a, b, true);
}

bool policy_identical(const struct policy *a, const struct policy *b)
{
	return ruleset_equal(&a->host, &b->host) && a->host.expires == b->host.expires &&
	       a->host.generation == b->host.generation &&
	       memcmp(a->host.sources, b->host.sources, sizeof(a->host.sources)) == 0 &&
	       memcmp(&a->host.refused, &b->host.refused, sizeof(a->host.refused)) == 0 &&
	       policy_same_rules(a, b);
}

static bool denies(const struct bpflock_ruleset *r, enum bpflock_mode mode)
{
	return r->mode == mode && (r->deny | r->host_only);
}

bool policy_denies(const struct policy *p, enum bpflock_mode mode)
{
	bool any = denies(&p->host.rules, mode);

	for (size_t i = 0; i < p->n_rules && !any; i++)
		any = denies(&p->rules[i]->rules, mode);
	return any;
}

bool policy_needs_module_request(const struct policy *p, uint64_t latched)
{
	bool any = ((p->host.latch | latched) & BPFLOCK_MODULE_REQUEST_BIT) ||
		   ruleset_names_module_request(&p->host.rules) ||
		   (p->part && ruleset_names_module_request(&p->rest));

	for (size_t i = 0; i < p->n_rules && !any; i++)
		any = ruleset_names_module_request(&p->rules[i]->rules);
	return any;
}

void policy_date_sources(struct policy *p, const struct policy *before, uint64_t now)
{
	ruleset_date_sources(&p->host, before ? &before->host : NULL, now);
	for (size_t i = 0; i < p->n_rules; i++) {
		struct rule *r = p->rules[i];
		const struct rule *old = before ? policy_find_rule(before, r->path) : NULL;

		if (old && !like_same(r, old))
			old = NULL;
		ruleset_date_source(r->source, old ? old->source : NULL, now);
	}
}

void policy_force_mode(struct policy *p, enum bpflock_mode mode, const char *source)
{
	ruleset_force_mode(&p->host, mode, source);
	for (size_t i = 0; i < p->n_rules; i++)
		p->rules[i]->rules.mode = mode;
}

int policy_inherit(struct policy *p, const struct policy *in_force)
{
	for (size_t i = 0; i < in_force->n_rules; i++) {
		const struct rule *old = in_force->rules[i];

		if (old->runtime && !policy_find_rule(p, old->path) && !policy_put_rule(p, old))
			return -ENOMEM;
	}
	for (size_t i = 0; i < in_force->n_grants; i++)
		if (!policy_put_grant(p, &in_force->grants[i]))
			return -ENOMEM;
	return 0;
}
