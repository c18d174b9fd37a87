// SPDX-License-Identifier: GPL-2.0-only
/* The verbs cgroup set, cgroup delete and cgroup list change and show rule sets of cgroups. */
#include <errno.h>
#include <string.h>

#include "cgroupfs-open.h"
#include "cgroupfs.h"
#include "cmdline.h"
#include "ctl-change.h"
#include "ctl-json.h"
#include "ctl-target.h"
#include "json.h"
#include "like.h"
#include "message.h"
#include "print.h"
#include "ruleset.h"
#include "table.h"
#include "terminal.h"
#include "text.h"
#include "verbs.h"

#define DATES_WIDTH 120 /* columns, from which on there is room for dates */

#define SOURCE CTL_PROGRAM " cgroup set"

/* The command line of these verbs, apart from the active policy. */
struct cgroup_change {
	char *path; /* NULL: all */
	int first;  /* operand that is no path */
};

static bool is_like(const char *word)
{
	return strncmp(word, LIKE_KEY "=", strlen(LIKE_KEY "=")) == 0;
}

/* Before the other keys, which are its own then. */
static void set_like(const struct ctl *c, const struct cgroup_change *change, struct rule *r,
		     struct diagnostics *d)
{
	struct place at = { LIKE_KEY, 0, 1 };
	bool seen = false;

	for (int i = change->first; i < c->n; i++) {
		if (!is_like(c->operands[i]))
			continue;
		if (seen)
			diagnostic_error(d, NULL, "\"" LIKE_KEY "\" is given twice");
		like_assign(r, c->operands[i] + strlen(LIKE_KEY "="), &at, d);
		seen = true;
	}
}

static void set(const struct ctl *c, const struct bpflock_operation *ops, struct policy *p,
		bool words, struct diagnostics *d, void *data)
{
	const struct cgroup_change *change = data;
	bool seen[_BPFLOCK_SETTING_MAX] = {};
	bool existed = policy_find_rule(p, change->path);
	struct rule *r = policy_add_rule(p, change->path);
	struct bpflock_policy alone;

	if (!r) {
		diagnostic_error(d, NULL, "out of memory");
		return;
	}
	set_like(c, change, r, d);
	ruleset_init(&alone);
	alone.rules = like_keys(r);
	for (int i = change->first; i < c->n; i++)
		if (!is_like(c->operands[i]))
			ctl_assign(&alone, ops, c->operands[i], false, seen, SOURCE, d);
	if (d->errors)
		return;
	r->profile_given = existed || seen[BPFLOCK_SETTING_PROFILE];
	like_set_keys(r, &alone.rules);
	for (size_t s = 0; s < _BPFLOCK_SETTING_MAX; s++)
		r->keys |= (uint32_t)seen[s] << s;
	r->runtime = true;
	snprintf(r->source, sizeof(r->source), SOURCE);
}

enum exit_status ctl_cgroup_set(const struct ctl *c)
{
	struct cgroup_change change = {};
	enum exit_status status;
	bool operand = !ctl_target_given(c);

	if (operand && (c->n == 0 || strchr(c->operands[0], '='))) {
		ctl_error("cgroup set: no cgroup: use a path, --unit, --pid or "
			  "--self" MESSAGE_UNCHANGED);
		return STATUS_USAGE;
	}
	status = ctl_target(c, operand, &change.path);
	change.first = operand;
	if (status == STATUS_OK && c->n == change.first) {
		ctl_error("cgroup set: expected KEY=VALUE, for example profile=restricted" MESSAGE_UNCHANGED);
		status = STATUS_USAGE;
	}
	if (status == STATUS_OK)
		status = ctl_change(c, &(struct change){ .edit = set,
							 .data = &change,
							 .about = change.path,
							 .how = PINS_WRITE_KEEP });
	free(change.path);
	return status;
}

static void delete (const struct ctl *c, const struct bpflock_operation *ops, struct policy *p,
		    bool words, struct diagnostics *d, void *data)
{
	const struct cgroup_change *change = data;

	if (!change->path)
		while (p->n_rules)
			policy_delete_rule(p, p->rules[p->n_rules - 1]->path);
	else if (!policy_delete_rule(p, change->path) && !words)
		diagnostic_warning(d, NULL, "cgroup %s has no rule set of its own", change->path);
}

enum exit_status ctl_cgroup_delete(const struct ctl *c)
{
	struct cgroup_change change = {};
	enum exit_status status = STATUS_OK;

	if (!c->options[CTL_ALL])
		status = ctl_target(c, c->n > 0, &change.path);
	else if (c->n || ctl_target_given(c)) {
		ctl_error("cgroup delete: --all and one cgroup exclude each other" MESSAGE_UNCHANGED);
		status = STATUS_USAGE;
	}
	if (status == STATUS_OK)
		status = ctl_change(c, &(struct change){ .edit = delete,
							 .data = &change,
							 .about = change.path,
							 .how = PINS_WRITE_KEEP });
	free(change.path);
	return status;
}

/* Returns whether there is a cgroup of a rule's path now. */
static const char *state_of(int root, const struct rule *r)
{
	uint64_t id;
	int e = root < 0 ? root : cgroupfs_id(root, r->path, &id);

	return e == 0 ? "live" : root >= 0 && e == -ENOENT ? "armed" : "unknown";
}

static void print_json(const struct pins *pins, const struct policy *p, int root)
{
	struct json j = ctl_json();

	json_u64(&j, "generation", p->host.generation);
	json_open(&j, "cgroups", '[');
	for (size_t i = 0; i < p->n_rules; i++) {
		const struct rule *r = p->rules[i];
		uint64_t id = 0;

		json_open(&j, NULL, '{');
		json_string(&j, "path", r->path);
		json_string(&j, "state", state_of(root, r));
		if (root >= 0 && cgroupfs_id(root, r->path, &id) == 0)
			json_u64(&j, "cgroup_id", id);
		ctl_json_rule(&j, pins->stamp.operations, r);
		json_bool(&j, "runtime", r->runtime);
		ctl_json_source(&j, r->source);
		json_close(&j, '}');
	}
	json_close(&j, ']');
	json_end(&j);
}

/* Adds the rule set as it was asked for and, if it is like the host's, as it results. */
static void add_rules(struct table *t, const struct bpflock_operation *ops, const struct rule *r)
{
	CLEANUP(free_charp) char *asked = print_keys_text(ops, r);
	CLEANUP(free_charp) char *result = r->like_host ? print_ruleset_text(ops, &r->rules) : NULL;

	if (result)
		table_addf(t, "%s (results in: %s)", asked ?: "?", result);
	else
		table_add(t, asked ?: "?");
}

static void print_text(const struct pins *pins, const struct policy *p, int root)
{
	static const struct table_column columns[] = {
		{ "CGROUP", TABLE_PATH }, { "STATE", TABLE_TEXT }, { "RULE SET", TABLE_WORDS },
		{ "SET BY", TABLE_PATH }, { "SINCE", TABLE_TEXT },
	};
	/* the date is the first to go */
	unsigned int width = terminal_columns(stdout);
	bool dates = !width || width >= DATES_WIDTH;
	CLEANUP(table_freep) struct table *t = table_new(columns, ARRAY_SIZE(columns) - !dates);

	if (!p->n_rules) {
		puts("No cgroup has a rule set of its own.");
		return;
	}
	for (size_t i = 0; i < p->n_rules; i++) {
		const struct rule *r = p->rules[i];
		char source[BPFLOCK_SOURCE_LEN];
		const char *date;

		table_add(t, r->path);
		table_add(t, state_of(root, r));
		add_rules(t, pins->stamp.operations, r);
		table_add(t, ruleset_split_source(r->source, source, &date));
		if (dates)
			table_add(t, date ?: "");
	}
	table_print(t, stdout);
}

enum exit_status ctl_cgroup_list(const struct ctl *c)
{
	CLEANUP(pins_freep) struct pins *pins = NULL;
	CLEANUP(policy_done) struct policy p = {};
	CLEANUP(close_fdp) int root = -1;
	enum exit_status status = ctl_open_policy(c, &pins, &p);

	if (status != STATUS_OK)
		return status;
	root = cgroupfs_open();
	policy_sort(&p);
	if (c->json)
		print_json(pins, &p, root);
	else
		print_text(pins, &p, root);
	return STATUS_OK;
}
