// SPDX-License-Identifier: GPL-2.0-only
/* The verb tree draws the cgroups with their rule sets, and how each differs from what is above it.
 */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <string.h>

#include "cgroup-nodes.h"
#include "cgroupfs-open.h"
#include "cgroupfs.h"
#include "clock.h"
#include "ctl-json.h"
#include "grants.h"
#include "json.h"
#include "operations.h"
#include "print.h"
#include "ruleset.h"
#include "terminal.h"
#include "text.h"
#include "verbs.h"

/* Without --all: cgroups that have processes and no rules are shown so deep, and so many of them.
 */
#define DEPTH_MAX 3
#define PLAIN_MAX 50

#define NAMES_SHOWN 6

struct tree {
	const struct ctl *c;
	const struct pins *pins;
	const struct policy *policy;
	int root; /* of cgroup v2, or a negative errno */
	struct cgroup_nodes nodes;
	size_t plain, more; /* cgroups without rules that are shown, and that are left out */
	uint64_t now;
	int error;
};

/* The strings that branches are drawn with. */
struct branches {
	const char *tee, *corner, *bar, *blank;
};

static const struct branches utf8 = { "├─", "└─", "│ ", "  " };
static const struct branches ascii = { "|-", "`-", "| ", "  " };

static bool has_processes(int root, const char *path)
{
	char name[PATH_MAX], byte;
	CLEANUP(close_fdp) int fd = -1;

	if ((size_t)snprintf(name, sizeof(name), "%s/cgroup.procs", path[1] ? path + 1 : ".") >=
	    sizeof(name))
		return false;
	fd = openat(root, name, O_RDONLY | O_CLOEXEC);
	return fd >= 0 && read(fd, &byte, 1) == 1;
}

static bool add_existing(void *arg, uint64_t id, const char *path)
{
	struct tree *t = arg;
	bool all = t->c->options[CTL_ALL] != NULL;
	bool processes = has_processes(t->root, path);

	if (!all && !processes)
		return true;
	if (!all && (policy_path_depth(path) > DEPTH_MAX || t->plain == PLAIN_MAX)) {
		t->more++;
		return true;
	}
	t->plain++;
	t->error = cgroup_nodes_add(&t->nodes, path, CGROUP_PRESENT, processes);
	return t->error == 0;
}

static enum cgroup_presence find(int root, const char *path)
{
	uint64_t id;
	int r = root < 0 ? root : cgroupfs_id(root, path, &id);

	return r == 0 ? CGROUP_PRESENT : root >= 0 && r == -ENOENT ? CGROUP_ABSENT : CGROUP_UNKNOWN;
}

static int collect(struct tree *t)
{
	const struct policy *p = t->policy;
	int r = cgroup_nodes_add(&t->nodes, "/", CGROUP_PRESENT, false);

	for (size_t i = 0; i < p->n_rules && r == 0; i++)
		r = cgroup_nodes_add(&t->nodes, p->rules[i]->path, CGROUP_UNKNOWN, false);
	for (size_t i = 0; i < p->n_grants && r == 0; i++)
		if (p->grants[i].expires > t->now)
			r = cgroup_nodes_add(&t->nodes, p->grants[i].path, CGROUP_UNKNOWN, false);
	if (r == 0 && t->root >= 0)
		r = cgroupfs_walk(t->root, add_existing, t);
	/* cgroups may come and go meanwhile */
	if (r == -EAGAIN)
		r = 0;
	cgroup_nodes_finish(&t->nodes);
	for (size_t i = 0; i < t->nodes.n; i++)
		if (t->nodes.items[i].presence != CGROUP_PRESENT)
			t->nodes.items[i].presence = find(t->root, t->nodes.items[i].path);
	return r ?: t->error;
}

/* The rule set that would hold if this rule were not there. */
static const struct bpflock_ruleset *rules_above(const struct policy *p, const char *path)
{
	CLEANUP(free_charp) char *above = strdup(path);
	const struct rule *r;

	if (above)
		*(strrchr(above, '/') ?: above) = '\0';
	r = above && above[0] ? policy_rule_for(p, above) : NULL;
	return r ? &r->rules : &p->host.rules;
}

/* The operations that a rule set decides in this way, as ruleset_decision() calls it, and that one
 * does not. */
static uint64_t decides(const struct tree *t, const struct bpflock_ruleset *r,
			const struct bpflock_ruleset *than, const char *decision)
{
	struct bpflock_policy a = { .rules = *r }, b = { .rules = *than };
	uint64_t mask = 0;

	for (uint32_t i = 0; i < BPFLOCK_REASONS; i++)
		if (t->pins->stamp.operations[i].name[0] &&
		    strcmp(ruleset_decision(&a, i), decision) == 0 &&
		    strcmp(ruleset_decision(&b, i), decision) != 0)
			mask |= 1ULL << i;
	return mask;
}

static const struct {
	const char *word, *key; /* in text and in JSON */
} decisions[] = {
	{ "deny", "deny" },
	{ "host-only", "host_only" },
	{ "audit", "audit" },
	{ "allow", "allow" },
};

/* The number of the grant that a task there has for an operation, 0: none; by the order of numbers.
 */
static uint32_t next_grant(const struct tree *t, const char *path, uint32_t after)
{
	uint32_t next = 0;

	for (uint32_t i = 0; i < BPFLOCK_REASONS; i++) {
		const struct grant *g = grants_find(t->policy, path, i, t->now);

		if (g && g->id > after && (!next || g->id < next))
			next = g->id;
	}
	return next;
}

static void print_some(const struct tree *t, uint64_t mask)
{
	const char *separator = "";
	int n = 0;

	for (uint32_t i = 0; i < BPFLOCK_REASONS && n < NAMES_SHOWN; i++) {
		if (!(mask & (1ULL << i)))
			continue;
		printf("%s%s", separator, operations_name(t->pins->stamp.operations, i));
		separator = ", ";
		mask &= ~(1ULL << i);
		n++;
	}
	if (mask)
		printf(" and %d more", __builtin_popcountll(mask));
}

/* Prints how a rule set decides otherwise than what is above it. */
static void print_differences(const struct tree *t, const struct rule *rule)
{
	const struct bpflock_ruleset *above = rules_above(t->policy, rule->path);
	const char *separator = "";

	for (size_t i = 0; i < ARRAY_SIZE(decisions); i++) {
		uint64_t mask = decides(t, &rule->rules, above, decisions[i].word);

		if (!mask)
			continue;
		printf("%s%s ", separator, decisions[i].word);
		print_some(t, mask);
		separator = "; ";
	}
	puts(separator[0] ? "" : "decides like the rule set above it");
}

static void print_grants(const struct tree *t, const char *path)
{
	const char *separator = " [grant ";
	uint32_t id = 0;

	while ((id = next_grant(t, path, id))) {
		printf("%s%u", separator, id);
		separator = ", ";
	}
	if (separator[0] == ',')
		putchar(']');
}

static void print_node(const struct tree *t, const struct cgroup_node *node, const char *prefix,
		       const char *branch, const char *below)
{
	const struct bpflock_operation *ops = t->pins->stamp.operations;
	const struct rule *rule = policy_find_rule(t->policy, node->path);
	const char *name = strrchr(node->path, '/');

	printf("%s%s", prefix, branch);
	text_puts(stdout, node->path[1] ? name + 1 : node->path);
	if (node->presence != CGROUP_PRESENT)
		printf(" (%s)", node->presence == CGROUP_ABSENT ? "does not exist" : "unknown");
	if (!node->path[1] || rule) {
		fputs(": ", stdout);
		if (rule)
			print_keys_line(ops, rule);
		else
			print_ruleset_line(ops, &t->policy->host.rules);
	}
	print_grants(t, node->path);
	putchar('\n');
	if (!rule)
		return;
	printf("%s%s    ", prefix, below);
	print_differences(t, rule);
}

static void print_text(const struct tree *t)
{
	const struct branches *b = terminal_utf8() ? &utf8 : &ascii;
	char prefix[(BPFLOCK_LEVELS_MAX + 1) * sizeof("│ ")] = "";
	size_t ends[BPFLOCK_LEVELS_MAX + 2] = {}; /* of the prefix of each depth */

	for (size_t i = 0; i < t->nodes.n; i++) {
		const struct cgroup_node *node = &t->nodes.items[i];
		unsigned int depth = policy_path_depth(node->path);
		const char *below = node->last ? b->blank : b->bar;

		if (depth > BPFLOCK_LEVELS_MAX)
			continue;
		if (depth == 0) {
			print_node(t, node, "", "", "");
			continue;
		}
		prefix[ends[depth]] = '\0';
		print_node(t, node, prefix, node->last ? b->corner : b->tee, below);
		ends[depth + 1] = ends[depth] + snprintf(prefix + ends[depth],
							 sizeof(prefix) - ends[depth], "%s", below);
	}
	if (t->more)
		printf("%zu more cgroups have processes and no rule set: " CTL_PROGRAM
		       " tree --all\n",
		       t->more);
}

static void json_rule(struct json *j, const struct tree *t, const struct rule *rule)
{
	const struct bpflock_operation *ops = t->pins->stamp.operations;
	const struct bpflock_ruleset *above = rules_above(t->policy, rule->path);

	json_open(j, "rule", '{');
	ctl_json_rule(j, ops, rule);
	json_bool(j, "runtime", rule->runtime);
	ctl_json_source(j, rule->source);
	json_close(j, '}');
	json_open(j, "differs", '{');
	for (size_t i = 0; i < ARRAY_SIZE(decisions); i++)
		operations_json(j, decisions[i].key, ops,
				decides(t, &rule->rules, above, decisions[i].word));
	json_close(j, '}');
}

static void json_node(struct json *j, const struct tree *t, const struct cgroup_node *node)
{
	const struct rule *rule = policy_find_rule(t->policy, node->path);
	const struct rule *by = policy_rule_for(t->policy, node->path);
	uint32_t id = 0;

	json_open(j, NULL, '{');
	json_string(j, "path", node->path);
	if (node->presence == CGROUP_UNKNOWN)
		json_null(j, "exists");
	else
		json_bool(j, "exists", node->presence == CGROUP_PRESENT);
	json_bool(j, "processes", node->processes);
	json_string(j, "rule_set", by ? by->path : "/");
	if (rule)
		json_rule(j, t, rule);
	json_open(j, "grants", '[');
	while ((id = next_grant(t, node->path, id)))
		json_u64(j, NULL, id);
	json_close(j, ']');
	json_close(j, '}');
}

static void print_json(const struct tree *t)
{
	struct json j = ctl_json();

	json_u64(&j, "generation", t->policy->host.generation);
	json_open(&j, "host", '{');
	ctl_json_ruleset(&j, t->pins->stamp.operations, &t->policy->host.rules);
	json_close(&j, '}');
	json_open(&j, "cgroups", '[');
	for (size_t i = 0; i < t->nodes.n; i++)
		json_node(&j, t, &t->nodes.items[i]);
	json_close(&j, ']');
	json_u64(&j, "left_out", t->more);
	json_end(&j);
}

enum exit_status ctl_tree(const struct ctl *c)
{
	CLEANUP(pins_freep) struct pins *pins = NULL;
	CLEANUP(policy_done) struct policy policy = {};
	CLEANUP(close_fdp) int root = -1;
	enum exit_status status = ctl_open_policy(c, &pins, &policy);
	struct tree t = { .c = c, .pins = pins, .policy = &policy, .now = clock_boottime() };
	int r;

	if (status != STATUS_OK)
		return status;
	root = t.root = cgroupfs_open();
	r = collect(&t);
	if (r < 0)
		status = ctl_failed("list the cgroups", r);
	else if (c->json)
		print_json(&t);
	else
		print_text(&t);
	cgroup_nodes_done(&t.nodes);
	return status;
}
