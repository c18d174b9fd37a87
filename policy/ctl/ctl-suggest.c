// SPDX-License-Identifier: GPL-2.0-only
/*
 * The verb suggest makes the policy that allows what was used, from the counters and the records
 * left in the ring.
 */
#include <inttypes.h>
#include <string.h>

#include "cgroupfs-open.h"
#include "cgroupfs-unit.h"
#include "clock.h"
#include "ctl-json.h"
#include "ctl-logs.h"
#include "ctl-suggest.h"
#include "ctl.h"
#include "diagnostic.h"
#include "json.h"
#include "like.h"
#include "log-snapshot.h"
#include "operations.h"
#include "pins-policy.h"
#include "print.h"
#include "ruleset.h"
#include "suggest-units.h"
#include "text.h"
#include "verbs.h"

#define USES_SHOWN 8	/* per operation, in text */
#define PATH_SHOWN 1024 /* a line of a policy file has an end */

static int take(void *s, const struct event *e, const char *path, const char *rule_path)
{
	return suggest_take(s, e, path, rule_path);
}

static size_t roots_of(void *root_fd, const char *path)
{
	return cgroupfs_unit_roots(*(int *)root_fd, path);
}

static int file_by_unit(struct suggest *s)
{
	CLEANUP(close_fdp) int root = cgroupfs_open();

	return root < 0 ? root : suggest_units(s, roots_of, &root);
}

static int take_recorded(void *s, const char *log, struct recorded *record)
{
	return suggest_take_recorded(s, record);
}

/* Reads the logs that are named. Returns whether there was no error. */
static bool read_logs(const struct ctl *c, struct suggest *s)
{
	CLEANUP(diagnostics_done) struct diagnostics d = DIAGNOSTICS_INIT;
	struct recorded record;
	struct ctl_log log;

	for (int i = 0; i < c->n; i++)
		ctl_logs_read(c->operands[i], &record, take_recorded, s, &log, &d);
	ctl_diagnostics(&d);
	return !d.errors;
}

static enum exit_status collect(const struct ctl *c, const struct pins *pins, struct suggest *s,
				struct policy *p)
{
	CLEANUP(diagnostics_done) struct diagnostics d = DIAGNOSTICS_INIT;
	struct bpflock_counters counters[BPFLOCK_COUNTERS_MAX];
	int r = pins_policy_read(pins, p, NULL);

	if (r < 0)
		return ctl_failed("read the policy", r);
	r = pins_read_counters(pins, counters);
	if (r < 0)
		return ctl_failed("read the counters", r);
	r = suggest_begin(s, p, pins->stamp.operations, pins->stamp.host_netns);
	if (r < 0)
		return ctl_failed("copy the policy", r);
	r = log_snapshot_read(pins, take, s);
	if (r < 0)
		return ctl_failed("read the records", r);
	if (!read_logs(c, s))
		return STATUS_USAGE;
	r = c->options[CTL_BY_UNIT] ? file_by_unit(s) : 0;
	if (r < 0)
		return ctl_failed("look at the cgroups", r);
	if (suggest_finish(s, counters, &d))
		return STATUS_OK;
	ctl_diagnostics(&d);
	ctl_error("the active policy cannot be written as a file");
	return STATUS_FAILED;
}

static const char *set_path(const struct suggest *s, size_t set)
{
	return s->sets[set].rule ? s->sets[set].rule->path : "/";
}

static void json_use(struct json *j, const struct suggest *s, const struct suggest_use *u)
{
	char since[CLOCK_UTC_LEN];

	json_open(j, NULL, '{');
	json_string(j, "operation", operations_name(s->ops, u->reason));
	json_string(j, "decision", ruleset_verdict_name(u->verdict));
	json_u64(j, "count", u->count);
	clock_utc(u->first, since);
	json_string(j, "since", since);
	json_string(j, "comm", u->comm);
	if (u->exe[0])
		json_string(j, "exe", u->exe);
	if (u->uid != BPFLOCK_UNSET)
		json_u64(j, "uid", u->uid);
	if (u->cgroup_id)
		json_u64(j, "cgroup_id", u->cgroup_id);
	if (u->path)
		json_string(j, "cgroup", u->path);
	else
		json_null(j, "cgroup");
	json_bool(j, "in_host_namespaces", u->in_host);
	if (u->set == SUGGEST_UNKNOWN)
		json_null(j, "rule_set");
	else
		json_string(j, "rule_set", set_path(s, u->set));
	json_close(j, '}');
}

static uint64_t total(const struct suggest *s, uint32_t reason)
{
	uint64_t n = 0;

	for (uint32_t v = 0; v < _BPFLOCK_VERDICT_MAX; v++)
		n += s->counters[reason].verdicts[v];
	return n;
}

static uint64_t total_unrecorded(const struct suggest *s, uint32_t reason)
{
	uint64_t n = 0;

	for (uint32_t v = 0; v < _BPFLOCK_VERDICT_MAX; v++)
		n += suggest_unrecorded(s, reason, v);
	return n;
}

static void json_operations(struct json *j, const struct suggest *s)
{
	json_open(j, "operations", '[');
	for (uint32_t i = 0; i < BPFLOCK_REASONS; i++) {
		if (!total(s, i))
			continue;
		json_open(j, NULL, '{');
		json_string(j, "name", operations_name(s->ops, i));
		json_u64(j, "lockdown_reason", i);
		json_u64(j, "allowed", s->counters[i].verdicts[BPFLOCK_VERDICT_ALLOW]);
		json_u64(j, "audited", s->counters[i].verdicts[BPFLOCK_VERDICT_AUDIT]);
		json_u64(j, "denied", s->counters[i].verdicts[BPFLOCK_VERDICT_DENY]);
		json_u64(j, "unrecorded", total_unrecorded(s, i));
		json_close(j, '}');
	}
	json_close(j, ']');
}

static void json_sets(struct json *j, const struct suggest *s)
{
	json_open(j, "rule_sets", '[');
	for (size_t i = 0; i < s->n_sets; i++) {
		const struct suggest_set *set = &s->sets[i];

		json_open(j, NULL, '{');
		json_string(j, "path", set_path(s, i));
		json_bool(j, "made", set->made);
		operations_json(j, "added", s->ops, set->added);
		operations_json(j, "guessed", s->ops, set->guessed);
		operations_json(j, "blocked", s->ops, set->blocked);
		operations_json(j, "denied", s->ops, set->denied);
		json_close(j, '}');
	}
	json_close(j, ']');
}

static void print_json(const struct suggest *s)
{
	struct json j = ctl_json();

	json_open(&j, "policy", '{');
	ctl_json_policy(&j, s->ops, &s->policy);
	json_close(&j, '}');
	json_bool(&j, "by_unit", s->by_unit);
	operations_json(&j, "unfiled", s->ops, s->unfiled);
	json_sets(&j, s);
	json_operations(&j, s);
	json_open(&j, "uses", '[');
	for (size_t i = 0; i < s->n_uses; i++)
		json_use(&j, s, &s->uses[i]);
	json_close(&j, ']');
	json_end(&j);
}

static void print_use(const struct suggest *s, const struct suggest_use *u)
{
	printf("#   %" PRIu64 " %s: ", u->count, ctl_suggest_verbs[u->verdict]);
	text_puts(stdout, u->comm);
	if (u->uid != BPFLOCK_UNSET)
		printf(", uid %u", u->uid);
	fputs(", cgroup ", stdout);
	if (u->path && strlen(u->path) <= PATH_SHOWN)
		text_puts(stdout, u->path);
	else if (u->cgroup_id)
		printf("%" PRIu64 "%s", u->cgroup_id, u->path ? "" : ", which is gone");
	else
		fputs("unknown", stdout);
	if (!u->in_host)
		fputs(", not in the host's namespaces", stdout);
	if (u->set == SUGGEST_UNKNOWN)
		fputs(", rule set unknown", stdout);
	else if (u->set != SUGGEST_HOST && strlen(set_path(s, u->set)) <= PATH_SHOWN) {
		fputs(", rule set ", stdout);
		text_puts(stdout, set_path(s, u->set));
	}
	putchar('\n');
}

static void print_uses(const struct suggest *s, uint32_t reason)
{
	size_t n = 0;

	for (size_t i = 0; i < s->n_uses; i++) {
		if (s->uses[i].reason != reason)
			continue;
		if (n++ < USES_SHOWN)
			print_use(s, &s->uses[i]);
	}
	if (n > USES_SHOWN)
		printf("#   and %zu more, see --json\n", n - USES_SHOWN);
}

static void print_operation(const struct suggest *s, uint32_t reason)
{
	const struct operation *known = operations_find(operations_name(s->ops, reason));
	uint64_t bit = 1ULL << reason, unrecorded = total_unrecorded(s, reason);
	const char *separator = "";

	printf("# %s: ", operations_name(s->ops, reason));
	for (uint32_t v = 0; v < _BPFLOCK_VERDICT_MAX; v++) {
		if (!s->counters[reason].verdicts[v])
			continue;
		printf("%s%" PRIu64 " %s", separator, (uint64_t)s->counters[reason].verdicts[v],
		       ctl_suggest_verbs[v]);
		separator = ", ";
	}
	putchar('\n');
	print_uses(s, reason);
	if (unrecorded)
		printf("#   %" PRIu64 " use%s left no record\n", unrecorded,
		       unrecorded == 1 ? "" : "s");
	if (s->unlisted & bit)
		puts("#   the kernel does not name it, so no list can allow it");
	if (known && known->queried)
		puts("#   mere reads need it too");
	if (known && known->unreliable_subject)
		puts("#   the named process need not be the one that wanted it");
}

static void print_operations(const struct suggest *s, const char *text, uint64_t mask)
{
	if (!mask)
		return;
	fputs(text, stdout);
	print_mask(s->ops, mask, "");
	putchar('\n');
}

static void note_head(const struct suggest *s)
{
	printf("# Suggested from uses up to generation %" PRIu64
	       ". Read it before you apply it.\n#\n",
	       (uint64_t)s->policy.host.generation);
	for (uint32_t i = 0; i < BPFLOCK_REASONS; i++)
		if (total(s, i))
			print_operation(s, i);
	putchar('\n');
}

static void note_profile(const struct suggest *s, const struct suggest_set *set)
{
	bool privileged = set->profile == BPFLOCK_PROFILE_PRIVILEGED;

	if (privileged && !set->rule)
		puts("# was privileged, which logs and allows");
	if (privileged && set->rule)
		print_operations(s, "# privileged on purpose; used so far: ",
				 set->used[BPFLOCK_VERDICT_ALLOW]);
}

static void note_allow(const struct suggest *s, const struct suggest_set *set)
{
	print_operations(s, "# added: ", set->added & ~set->guessed);
	print_operations(
		s, "# added, but no record shows whether this rule set decided: ", set->guessed);
	print_operations(s, "# denied so far; to allow: allow = ", set->denied);
}

static void note(const struct policy *p, const struct rule *r, enum bpflock_setting setting,
		 void *arg)
{
	const struct suggest *s = arg;
	const struct suggest_set *set = s->sets;

	while (set->rule != r)
		set++;
	if (setting == _BPFLOCK_SETTING_MAX && s->by_unit)
		ctl_suggest_units_head(s, set);
	else if (setting == _BPFLOCK_SETTING_MAX && !r)
		note_head(s);
	if (set->made)
		return;
	if (setting == BPFLOCK_SETTING_PROFILE)
		note_profile(s, set);
	if (setting == BPFLOCK_SETTING_BLOCK)
		print_operations(
			s, "# used, but blocked here; to allow, take off the list: ", set->blocked);
	if (setting == BPFLOCK_SETTING_ALLOW)
		note_allow(s, set);
	if (setting == BPFLOCK_SETTING_MODE && set->mode == BPFLOCK_MODE_AUDIT &&
	    (!r || like_names(r, setting)))
		puts("# was audit");
}

enum exit_status ctl_suggest(const struct ctl *c)
{
	CLEANUP(pins_freep) struct pins *pins = NULL;
	CLEANUP(policy_done) struct policy in_force = {};
	CLEANUP(suggest_done) struct suggest s = {};
	enum exit_status status = ctl_open(c, &pins);

	if (status == STATUS_OK)
		status = collect(c, pins, &s, &in_force);
	if (status != STATUS_OK)
		return status;
	if (c->json)
		print_json(&s);
	else
		print_policy(s.ops, &s.policy, note, &s);
	return STATUS_OK;
}
