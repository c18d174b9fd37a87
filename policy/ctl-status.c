// SPDX-License-Identifier: GPL-2.0-only
#include <inttypes.h>
#include <string.h>

#include "ctl.h"
#include "json.h"
#include "operations.h"
#include "proof.h"
#include "ruleset.h"
#include "text.h"
#include "util.h"

/* Everything that is told, found out once, then printed as text or JSON. */
struct report {
	struct pins *pins;
	enum pins_outcome outcome;
	struct bpflock_policy policy;
	struct bpflock_counters counters[BPFLOCK_COUNTERS_MAX];
	struct pins_program programs[PINS_MAX_PROGRAMS];
	int n_programs;
	bool attached; /* every program of the set */
	enum proof proof;
	enum kernel_lockdown lockdown;
	char *leftovers[PINS_MAX_SETS]; /* sets beside the shown one */
	int n_leftovers;
	const char *trouble; /* why the status is not OK, NULL if it is */
};

static uint64_t sum_verdicts(const struct bpflock_counters *c)
{
	return c->verdicts[BPFLOCK_VERDICT_ALLOW] + c->verdicts[BPFLOCK_VERDICT_AUDIT] +
	       c->verdicts[BPFLOCK_VERDICT_DENY];
}

static struct bpflock_counters total(const struct report *r)
{
	struct bpflock_counters t = {};

	for (size_t i = 0; i < BPFLOCK_REASONS; i++) {
		const struct bpflock_counters *c = &r->counters[i];

		for (size_t v = 0; v < _BPFLOCK_VERDICT_MAX; v++)
			t.verdicts[v] += c->verdicts[v];
		t.emitted += c->emitted;
		t.coalesced += c->coalesced;
		t.dropped += c->dropped;
		t.unlogged += c->unlogged;
	}
	return t;
}

/*
 * Chooses the set to show: the published one, else one that a killed loader left and that enforces.
 * Its errno is handed up; PINS_ABSENT if there is nothing at all.
 */
static int choose_set(const struct ctl *c, struct report *r)
{
	char *names[PINS_MAX_SETS];
	int n = pins_list(c->bpffs, names), result = PINS_ABSENT;

	for (int i = 0; i < n; i++) {
		bool published = strcmp(names[i], PINS_PUBLISHED) == 0;

		if (!r->pins && result >= 0) {
			result = pins_open(c->bpffs, names[i], &r->pins);
			if (!published && r->pins && !pins_hook_attached(r->pins->path))
				r->pins = pins_free(r->pins);
			if (r->pins) {
				r->outcome = result;
				r->trouble = published
						     ? NULL
						     : "an interrupted load enforces, unpublished";
				free(names[i]);
				continue;
			}
		}
		r->leftovers[r->n_leftovers++] = names[i];
	}
	if (n < 0)
		return n;
	return r->pins ? 0 : result < 0 ? result : PINS_ABSENT;
}

static int collect(struct report *r)
{
	int e;

	e = pins_read_policy(r->pins, &r->policy);
	if (e == 0)
		e = pins_read_counters(r->pins, r->counters);
	if (e < 0)
		return e;
	r->n_programs = pins_read_programs(r->pins->path, r->programs, PINS_MAX_PROGRAMS);
	if (r->n_programs < 0)
		return r->n_programs;
	r->attached = pins_hook_attached(r->pins->path);
	if (!r->attached)
		r->trouble = "the program is not attached";
	for (int i = 0; i < r->n_programs && r->attached; i++) {
		if (!r->programs[i].attached) {
			r->attached = false;
			r->trouble = "some programs are not attached";
		}
	}
	r->lockdown = ctl_kernel_lockdown();
	e = proof_of_pins(r->pins, r->lockdown, &r->proof);
	if (e < 0)
		return e;
	if (r->proof == PROOF_SILENT && r->attached)
		r->trouble = proof_text(r->proof);
	if (!r->trouble && r->n_leftovers)
		r->trouble = "an interrupted load left pins behind";
	return 0;
}

static void json_counters(struct json *j, const struct bpflock_counters *c, bool decisions)
{
	if (decisions) {
		json_u64(j, "decisions", sum_verdicts(c));
		json_u64(j, "allowed", c->verdicts[BPFLOCK_VERDICT_ALLOW]);
		json_u64(j, "audited", c->verdicts[BPFLOCK_VERDICT_AUDIT]);
		json_u64(j, "denied", c->verdicts[BPFLOCK_VERDICT_DENY]);
		json_u64(j, "coalesced", c->coalesced);
		json_u64(j, "unlogged", c->unlogged);
	}
	json_u64(j, "emitted", c->emitted);
	json_u64(j, "dropped", c->dropped);
}

static void json_operations(struct json *j, const struct report *r)
{
	const struct bpflock_operation *ops = r->pins->stamp.operations;
	__u64 before_us = kernel_lockdown_denies(r->lockdown, ops);

	json_open(j, "operations", '[');
	for (__u32 i = 0; i < BPFLOCK_REASONS; i++) {
		const struct bpflock_counters *c = &r->counters[i];

		/* a reason that BTF does not name is shown once it has been asked */
		if (!ops[i].name[0] && !sum_verdicts(c))
			continue;
		json_open(j, NULL, '{');
		json_string(j, "name", operation_name(ops, i));
		json_u64(j, "reason", i);
		json_string(j, "description", operation_description(ops, i));
		json_string(j, "decision", policy_decision(&r->policy, i));
		json_u64(j, "allowed", c->verdicts[BPFLOCK_VERDICT_ALLOW]);
		json_u64(j, "audited", c->verdicts[BPFLOCK_VERDICT_AUDIT]);
		json_u64(j, "denied", c->verdicts[BPFLOCK_VERDICT_DENY]);
		json_bool(j, "kernel_lockdown_denies", before_us & (1ULL << i));
		json_close(j, '}');
	}
	json_close(j, ']');
}

static void json_firing(struct json *j, const struct report *r)
{
	if (r->proof == PROOF_IMPOSSIBLE)
		json_null(j, "firing");
	else
		json_bool(j, "firing", r->proof == PROOF_FIRING);
	json_string(j, "firing_detail", proof_text(r->proof));
}

static void print_json(const struct report *r, enum exit_status status)
{
	const struct bpflock_operation *ops = r->pins->stamp.operations;
	struct bpflock_counters t = total(r);
	struct json j = { .f = stdout };

	json_open(&j, NULL, '{');
	json_bool(&j, "loaded", true);
	json_u64(&j, "status", status);
	if (r->trouble)
		json_string(&j, "trouble", r->trouble);
	json_string(&j, "pins", r->pins->path);
	json_string(&j, "build", r->pins->stamp.build);
	json_u64(&j, "abi", r->pins->stamp.abi);
	ctl_json_policy(&j, ops, &r->policy);
	json_bool(&j, "attached", r->attached);
	json_firing(&j, r);
	json_string(&j, "kernel_lockdown", kernel_lockdown_name(r->lockdown));
	ctl_json_mask(&j, "kernel_lockdown_denies", ops, kernel_lockdown_denies(r->lockdown, ops));
	json_open(&j, "totals", '{');
	json_counters(&j, &t, true);
	json_close(&j, '}');
	json_open(&j, "exec_events", '{');
	json_counters(&j, &r->counters[BPFLOCK_COUNTERS_EXEC], false);
	json_close(&j, '}');
	json_operations(&j, r);
	json_open(&j, "programs", '[');
	for (int i = 0; i < r->n_programs; i++) {
		json_open(&j, NULL, '{');
		json_string(&j, "name", r->programs[i].name);
		json_u64(&j, "id", r->programs[i].prog_id);
		json_u64(&j, "link", r->programs[i].link_id);
		json_bool(&j, "attached", r->programs[i].attached);
		json_close(&j, '}');
	}
	json_close(&j, ']');
	json_open(&j, "leftovers", '[');
	for (int i = 0; i < r->n_leftovers; i++)
		json_string(&j, NULL, r->leftovers[i]);
	json_close(&j, ']');
	json_close(&j, '}');
	putchar('\n');
}

static void print_setting(const struct report *r, enum bpflock_setting s)
{
	const struct bpflock_operation *ops = r->pins->stamp.operations;
	const char *value = policy_value(&r->policy, s);

	printf("%12s: ", settings[s].name);
	if (value)
		fputs(value, stdout);
	else
		ctl_print_mask(ops,
			       s == BPFLOCK_SETTING_BLOCK ? r->policy.rules.block
							  : r->policy.rules.allow,
			       "(nothing)");
	fputs("  (", stdout);
	text_puts(stdout, r->policy.sources[s]);
	puts(")");
}

static void print_text(const struct report *r)
{
	const struct bpflock_operation *ops = r->pins->stamp.operations;
	struct bpflock_counters t = total(r);

	printf("%12s: %s, loaded by version %s\n", "bpflock", r->pins->path, r->pins->stamp.build);
	printf("%12s: %s; %s\n", "enforcement", r->attached ? "attached" : "NOT attached",
	       proof_text(r->proof));
	printf("%12s: %" PRIu64 "\n", "generation", (uint64_t)r->policy.generation);
	for (size_t s = 0; s < _BPFLOCK_SETTING_MAX; s++)
		print_setting(r, s);
	printf("%12s: %s", "kernel", "Lockdown is ");
	printf("%s\n", kernel_lockdown_name(r->lockdown));
	if (r->lockdown >= KERNEL_LOCKDOWN_INTEGRITY) {
		printf("%12s  before bpflock is asked it denies: ", "");
		ctl_print_mask(ops, kernel_lockdown_denies(r->lockdown, ops), "nothing");
		putchar('\n');
	}
	printf("%12s: %" PRIu64 " (%" PRIu64 " allowed, %" PRIu64 " audited, %" PRIu64 " denied)\n",
	       "decisions", sum_verdicts(&t), (uint64_t)t.verdicts[BPFLOCK_VERDICT_ALLOW],
	       (uint64_t)t.verdicts[BPFLOCK_VERDICT_AUDIT],
	       (uint64_t)t.verdicts[BPFLOCK_VERDICT_DENY]);
	printf("%12s: %" PRIu64 " emitted, %" PRIu64 " coalesced, %" PRIu64 " dropped, %" PRIu64
	       " unlogged\n",
	       "records", (uint64_t)t.emitted, (uint64_t)t.coalesced, (uint64_t)t.dropped,
	       (uint64_t)t.unlogged);
	for (int i = 0; i < r->n_leftovers; i++)
		printf("%12s: %s\n", "leftover", r->leftovers[i]);
	printf("\n%-26s %-10s %10s %10s %10s\n", "OPERATION", "DECISION", "ALLOWED", "AUDITED",
	       "DENIED");
	for (__u32 i = 0; i < BPFLOCK_REASONS; i++) {
		const struct bpflock_counters *c = &r->counters[i];

		if (!ops[i].name[0] && !sum_verdicts(c))
			continue;
		printf("%-26s %-10s %10" PRIu64 " %10" PRIu64 " %10" PRIu64 "\n",
		       operation_name(ops, i), policy_decision(&r->policy, i),
		       (uint64_t)c->verdicts[BPFLOCK_VERDICT_ALLOW],
		       (uint64_t)c->verdicts[BPFLOCK_VERDICT_AUDIT],
		       (uint64_t)c->verdicts[BPFLOCK_VERDICT_DENY]);
	}
}

static enum exit_status not_loaded(const struct ctl *c)
{
	if (c->json)
		puts("{\"loaded\":false,\"status\":3,\"attached\":false,\"firing\":false}");
	ctl_error("bpflock is not loaded (no %s/%s): load it with bpflock(8)", c->bpffs,
		  PINS_PUBLISHED);
	return STATUS_NOT_LOADED;
}

/* A set that cannot be read as ours: what can be said for certain, and no more. */
static enum exit_status unreadable(const struct ctl *c, const struct report *r)
{
	bool attached = pins_hook_attached(r->pins->path);
	const char *trouble = r->outcome == PINS_FOREIGN
				      ? "made by a version with another pin format"
				      : "some of its pins are missing";

	if (c->json) {
		struct json j = { .f = stdout };

		json_open(&j, NULL, '{');
		json_bool(&j, "loaded", true);
		json_u64(&j, "status", STATUS_DEGRADED);
		json_string(&j, "trouble", trouble);
		json_string(&j, "pins", r->pins->path);
		json_string(&j, "build", r->pins->stamp.build);
		json_u64(&j, "abi", r->pins->stamp.abi);
		json_bool(&j, "attached", attached);
		json_null(&j, "firing");
		json_close(&j, '}');
		putchar('\n');
	}
	ctl_error("%s: %s; its lockdown program is %sattached. Load anew with bpflock(8)",
		  r->pins->path, trouble, attached ? "" : "NOT ");
	return STATUS_DEGRADED;
}

static enum exit_status run(const struct ctl *c, struct report *r)
{
	enum exit_status status;
	int e = choose_set(c, r);

	if (e == PINS_ABSENT)
		return not_loaded(c);
	if (e < 0)
		return ctl_failed("open the pins", e);
	if (r->outcome != PINS_OK)
		return unreadable(c, r);
	e = collect(r);
	if (e < 0)
		return ctl_failed("read the pinned maps", e);
	status = r->trouble ? STATUS_DEGRADED : STATUS_OK;
	if (c->json)
		print_json(r, status);
	else
		print_text(r);
	if (r->trouble)
		ctl_error("degraded: %s: load anew with bpflock(8)", r->trouble);
	return status;
}

enum exit_status ctl_status(const struct ctl *c)
{
	struct report r = {};
	enum exit_status status = run(c, &r);

	pins_free(r.pins);
	for (int i = 0; i < r.n_leftovers; i++)
		free(r.leftovers[i]);
	return status;
}
