// SPDX-License-Identifier: GPL-2.0-only
#include <inttypes.h>
#include <string.h>

#include "clock.h"
#include "ctl-json.h"
#include "ctl.h"
#include "denials-last.h"
#include "json.h"
#include "loaded-state.h"
#include "operations.h"
#include "pins-set.h"
#include "print.h"
#include "proof.h"
#include "quantity.h"
#include "replaced.h"
#include "ruleset.h"
#include "seal.h"
#include "status-watch.h"
#include "text.h"
#include "util.h"
#include "verbs.h"

static void json_counters(struct json *j, const struct bpflock_counters *c, bool decisions)
{
	if (decisions) {
		json_u64(j, "decisions", loaded_state_decisions(c));
		json_u64(j, "allowed", c->verdicts[BPFLOCK_VERDICT_ALLOW]);
		json_u64(j, "audited", c->verdicts[BPFLOCK_VERDICT_AUDIT]);
		json_u64(j, "denied", c->verdicts[BPFLOCK_VERDICT_DENY]);
		json_u64(j, "coalesced", c->coalesced);
		json_u64(j, "unlogged", c->unlogged);
		json_u64(j, "proofs", c->proofs);
	}
	json_u64(j, "emitted", c->emitted);
	json_u64(j, "dropped", c->dropped);
}

/* A reason that BTF does not name is shown once it has been asked. */
static bool is_shown(const struct loaded_state *r, uint32_t reason)
{
	return r->pins->stamp.operations[reason].name[0] ||
	       loaded_state_decisions(&r->counters[reason]) ||
	       loaded_state_refused(r, BPFLOCK_BY_LOCKDOWN, reason) ||
	       loaded_state_refused(r, BPFLOCK_BY_OTHER, reason);
}

/* Refusals by others, and what became of them. */
struct refused {
	struct bpflock_counters by[_BPFLOCK_BY_MAX], total;
	bool watched;	 /* the program that sees them is there */
	uint64_t missed; /* the kernel did not call it, since it was running on that CPU */
};

static struct refused refused(const struct loaded_state *r)
{
	const struct pins_program *p = loaded_state_program(r, BPFLOCK_REFUSED_PROGRAM);
	struct refused f = { .watched = p, .missed = p ? p->skipped : 0 };

	for (uint32_t by = BPFLOCK_BY_LOCKDOWN; by < _BPFLOCK_BY_MAX; by++) {
		const struct bpflock_counters *c = &f.by[by];

		f.by[by] = loaded_state_total(r, by);
		f.total.verdicts[BPFLOCK_VERDICT_DENY] += c->verdicts[BPFLOCK_VERDICT_DENY];
		f.total.emitted += c->emitted;
		f.total.coalesced += c->coalesced;
		f.total.dropped += c->dropped;
		f.total.unlogged += c->unlogged;
		f.total.proofs += c->proofs;
	}
	return f;
}

static void json_others(struct json *j, const struct loaded_state *r)
{
	const struct refused f = refused(r);

	json_open(j, "other_events", '{');
	json_bool(j, "watched", f.watched);
	json_u64(j, "refused", f.total.verdicts[BPFLOCK_VERDICT_DENY]);
	json_u64(j, "by_lockdown", f.by[BPFLOCK_BY_LOCKDOWN].verdicts[BPFLOCK_VERDICT_DENY]);
	json_u64(j, "by_other", f.by[BPFLOCK_BY_OTHER].verdicts[BPFLOCK_VERDICT_DENY]);
	json_u64(j, "coalesced", f.total.coalesced);
	json_u64(j, "unlogged", f.total.unlogged);
	json_u64(j, "proofs", f.total.proofs);
	json_u64(j, "missed", f.missed);
	json_counters(j, &f.total, false);
	json_close(j, '}');
}

static void print_others(const struct loaded_state *r)
{
	const struct refused f = refused(r);

	if (!r->policy.host.others)
		return;
	printf("%12s: ", "others");
	if (!f.watched) {
		puts("what they refuse is not logged: this kernel does not let bpflock see it");
		return;
	}
	printf("%" PRIu64 " refused by kernel Lockdown, %" PRIu64 " by something else",
	       (uint64_t)f.by[BPFLOCK_BY_LOCKDOWN].verdicts[BPFLOCK_VERDICT_DENY],
	       (uint64_t)f.by[BPFLOCK_BY_OTHER].verdicts[BPFLOCK_VERDICT_DENY]);
	if (f.missed)
		printf(" (%" PRIu64 " not looked at: recursion_misses)", f.missed);
	printf("\n%12s: %" PRIu64 " emitted, %" PRIu64 " coalesced, %" PRIu64 " dropped, %" PRIu64
	       " unlogged\n",
	       "", (uint64_t)f.total.emitted, (uint64_t)f.total.coalesced, (uint64_t)f.total.dropped,
	       (uint64_t)f.total.unlogged);
}

static void json_operations(struct json *j, const struct loaded_state *r)
{
	const struct bpflock_operation *ops = r->pins->stamp.operations;
	__u64 before_us = securityfs_lockdown_denies(r->lockdown, ops);

	json_open(j, "operations", '[');
	for (__u32 i = 0; i < BPFLOCK_REASONS; i++) {
		const struct bpflock_counters *c = &r->counters[i];

		if (!is_shown(r, i))
			continue;
		json_open(j, NULL, '{');
		json_string(j, "name", operations_name(ops, i));
		json_u64(j, "reason", i);
		json_string(j, "description", operations_description(ops, i));
		json_string(j, "decision", ruleset_decision(&r->policy.host, i));
		json_u64(j, "allowed", c->verdicts[BPFLOCK_VERDICT_ALLOW]);
		json_u64(j, "audited", c->verdicts[BPFLOCK_VERDICT_AUDIT]);
		json_u64(j, "denied", c->verdicts[BPFLOCK_VERDICT_DENY]);
		json_bool(j, "kernel_lockdown_denies", before_us & (1ULL << i));
		json_u64(j, "refused_by_lockdown", loaded_state_refused(r, BPFLOCK_BY_LOCKDOWN, i));
		json_u64(j, "refused_by_other", loaded_state_refused(r, BPFLOCK_BY_OTHER, i));
		json_close(j, '}');
	}
	json_close(j, ']');
}

static void json_firing(struct json *j, const struct loaded_state *r)
{
	if (r->proof == PROOF_IMPOSSIBLE)
		json_null(j, "firing");
	else
		json_bool(j, "firing", r->proof == PROOF_FIRING);
	json_string(j, "firing_detail", proof_text(r->proof));
}

/* It is null if there is no program for them, or if this kernel loads no modules by itself. */
static void json_module_requests(struct json *j, const struct loaded_state *r)
{
	if (!pins_has_module_program(r->pins) || r->module_requests == PROOF_IMPOSSIBLE)
		json_null(j, "module_requests_firing");
	else
		json_bool(j, "module_requests_firing", r->module_requests == PROOF_FIRING);
}

/* A policy that reverts by itself, or the one it has reverted to. */
static void json_trial(struct json *j, const struct loaded_state *r)
{
	uint64_t now = clock_boottime(), expires = r->policy.host.expires;

	if (!r->state.trial && !r->state.reverted) {
		json_null(j, "trial");
		return;
	}
	json_open(j, "trial", '{');
	json_bool(j, "reverted", r->state.reverted);
	if (r->state.trial) {
		json_u64(j, "seconds_left", expires > now ? (expires - now) / 1000000000 : 0);
		json_u64(j, "reverts_to", r->state.fallback.generation);
	}
	json_close(j, '}');
}

static void json_seal(struct json *j, const struct loaded_state *r)
{
	const struct bpflock_seal *seal = &r->seal;

	if (r->sealed == SEAL_NONE) {
		json_null(j, "sealed");
		return;
	}
	json_open(j, "sealed", '{');
	json_bool(j, "proven", r->sealed == SEAL_CLOSED && !r->seal_why[0]);
	if (r->seal_why[0])
		json_string(j, "why_not", r->seal_why);
	json_u64(j, "since_boottime_ns", seal->since);
	json_u64(j, "uid", seal->uid);
	json_string(j, "source", seal->source);
	json_close(j, '}');
}

/* Prints what was lost when this set was loaded over one that could not be read. */
static void json_dropped(struct json *j, const struct bpflock_replaced *r)
{
	if (!r->dropped) {
		json_null(j, "dropped");
		return;
	}
	json_open(j, "dropped", '{');
	json_string(j, "build", r->build);
	json_u64(j, "abi", r->abi);
	json_open(j, "kinds", '[');
	for (size_t i = 0; i < REPLACED_MAX; i++)
		if (replaced_name(r->dropped, i))
			json_string(j, NULL, replaced_name(r->dropped, i));
	json_close(j, ']');
	json_close(j, '}');
}

static void print_state(const struct loaded_state *r)
{
	printf("%12s: ", "state");
	loaded_state_print(stdout, r);
	putchar('\n');
}

static void json_state(struct json *j, const struct loaded_state *r, enum exit_status status)
{
	json_bool(j, "loaded", r->pins != NULL);
	json_u64(j, "status", status);
	json_string(j, "state", protections[loaded_state_protection(r)].word);
	if (r->trouble)
		json_string(j, "trouble", r->trouble);
}

/* The configured policy was refused in favour of the one in force. */
static void json_refused(struct json *j, const struct bpflock_refused *refused)
{
	char when[CLOCK_UTC_LEN];

	if (!refused->time) {
		json_null(j, "refused");
		return;
	}
	clock_utc(clock_realtime_of(refused->time), when);
	json_open(j, "refused", '{');
	json_string(j, "time", when);
	json_string(j, "error", refused->text);
	json_close(j, '}');
}

static void print_refused(const struct bpflock_refused *refused)
{
	char when[CLOCK_UTC_LEN];

	if (!refused->time)
		return;
	clock_utc(clock_realtime_of(refused->time), when);
	printf("%12s: the configured policy, %s: ", "refused", when);
	text_puts(stdout, refused->text);
	putchar('\n');
}

static void print_json(const struct loaded_state *r, enum exit_status status)
{
	const struct bpflock_operation *ops = r->pins->stamp.operations;
	struct bpflock_counters t = loaded_state_total(r, BPFLOCK_BY_BPFLOCK);
	struct json j = ctl_json();

	json_open(&j, NULL, '{');
	json_state(&j, r, status);
	json_refused(&j, &r->policy.host.refused);
	json_string(&j, "pins", r->pins->path);
	json_string(&j, "build", r->pins->stamp.build);
	json_u64(&j, "abi", r->pins->stamp.abi);
	json_dropped(&j, &r->pins->stamp.replaced);
	ctl_json_policy(&j, ops, &r->policy);
	json_trial(&j, r);
	json_seal(&j, r);
	operations_json(&j, "latched", ops, r->latch.operations);
	json_u64(&j, "recursion_misses", r->skipped);
	json_bool(&j, "attached", r->attached);
	json_firing(&j, r);
	json_module_requests(&j, r);
	json_string(&j, "kernel_lockdown", securityfs_lockdown_name(r->lockdown));
	operations_json(&j, "kernel_lockdown_denies", ops,
			securityfs_lockdown_denies(r->lockdown, ops));
	json_open(&j, "totals", '{');
	json_counters(&j, &t, true);
	json_close(&j, '}');
	json_open(&j, "exec_events", '{');
	json_counters(&j, &r->counters[BPFLOCK_COUNTERS_EXEC], false);
	json_close(&j, '}');
	json_open(&j, "grant_events", '{');
	json_counters(&j, &r->counters[BPFLOCK_COUNTERS_GRANT], false);
	json_close(&j, '}');
	json_open(&j, "tamper_events", '{');
	json_u64(&j, "attempts", loaded_state_attempts(r, true) + loaded_state_attempts(r, false));
	json_u64(&j, "by_root", loaded_state_attempts(r, true));
	json_counters(&j, &r->counters[BPFLOCK_COUNTERS_TAMPER], false);
	json_close(&j, '}');
	json_others(&j, r);
	denials_last_json(r->pins, &j);
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
	json_bool(&j, "load_in_progress", r->load_in_progress);
	json_open(&j, "leftovers", '[');
	for (int i = 0; i < r->n_leftovers; i++) {
		json_open(&j, NULL, '{');
		json_string(&j, "name", r->leftovers[i].name);
		json_bool(&j, "enforces", r->leftovers[i].enforces);
		if (r->leftovers[i].profile)
			json_string(&j, "profile", r->leftovers[i].profile);
		json_close(&j, '}');
	}
	json_close(&j, ']');
	json_close(&j, '}');
	putchar('\n');
}

static void print_setting(const struct loaded_state *r, enum bpflock_setting s)
{
	const struct bpflock_operation *ops = r->pins->stamp.operations;
	char buffer[QUANTITY_LEN];
	const char *value = ruleset_text(&r->policy.host, s, buffer);

	printf("%12s: ", settings[s].name);
	if (value)
		fputs(value, stdout);
	else
		print_mask(ops, ruleset_mask(&r->policy.host, s), "(nothing)");
	fputs("  (", stdout);
	text_puts(stdout, r->policy.host.sources[s]);
	puts(")");
}

static void print_seal(const struct loaded_state *r)
{
	char text[SEAL_TEXT_LEN];

	if (r->latch.operations) {
		printf("%12s: ", "latched");
		print_mask(r->pins->stamp.operations, r->latch.operations, "nothing");
		puts(r->sealed == SEAL_CLOSED ? "" : "  (until unloaded)");
	}
	if (r->sealed == SEAL_NONE)
		return;
	seal_describe(&r->seal, text);
	printf("%12s: ", "sealed");
	if (r->seal_why[0]) {
		fputs("not proven, ", stdout);
		text_puts(stdout, r->seal_why);
		fputs("; ", stdout);
	}
	text_puts(stdout, text);
	printf("\n%12s: %" PRIu64 " refused to root, %" PRIu64
	       " to others, see bpflock-log show --event tamper\n",
	       "tampering", loaded_state_attempts(r, true), loaded_state_attempts(r, false));
}

static void print_cgroups(const struct policy *p)
{
	size_t like = 0;

	for (size_t i = 0; i < p->n_rules; i++)
		like += p->rules[i]->like_host;
	printf("%12s: %zu with rule sets of their own", "cgroups", p->n_rules);
	if (like)
		printf(" (%zu like the host's)", like);
	puts(", see " CTL_PROGRAM " cgroup list");
}

/* Prints what there is besides the host's rule set. */
static void print_extent(const struct loaded_state *r)
{
	uint64_t now = clock_boottime(), expires = r->policy.host.expires;
	size_t grants = 0;

	for (size_t i = 0; i < r->policy.n_grants; i++)
		grants += r->policy.grants[i].expires > now;
	if (r->policy.n_rules)
		print_cgroups(&r->policy);
	if (grants)
		printf("%12s: %zu, see " CTL_PROGRAM " grants\n", "grants", grants);
	if (r->state.trial)
		printf("%12s: ends in %" PRIu64 " s, back to generation %" PRIu64
		       ", unless confirmed: " CTL_PROGRAM " apply --confirm\n",
		       "on trial", expires > now ? (expires - now) / 1000000000 : 0,
		       (uint64_t)r->state.fallback.generation);
	if (r->pins->stamp.replaced.dropped) {
		char text[256];

		replaced_describe(&r->pins->stamp.replaced, text, sizeof(text));
		printf("%12s: ", "lost at load");
		text_puts(stdout, text);
		putchar('\n');
	}
	if (r->state.reverted)
		printf("%12s: a policy was on trial, and nobody confirmed it\n", "reverted");
}

static const char *modules_text(const struct loaded_state *r)
{
	return r->module_requests == PROOF_FIRING ? "the kernel asks bpflock about module requests"
	       : r->module_requests == PROOF_SILENT
		       ? PROOF_NO_MODULE_REQUESTS
		       : "not provable: this kernel loads no modules by itself";
}

static void print_text(const struct loaded_state *r)
{
	const struct bpflock_operation *ops = r->pins->stamp.operations;
	struct bpflock_counters t = loaded_state_total(r, BPFLOCK_BY_BPFLOCK);

	print_state(r);
	print_refused(&r->policy.host.refused);
	printf("%12s: %s, loaded by version %s\n", "bpflock", r->pins->path, r->pins->stamp.build);
	printf("%12s: %s; %s\n", "enforcement", r->attached ? "attached" : "NOT attached",
	       proof_text(r->proof));
	if (pins_has_module_program(r->pins))
		printf("%12s: %s\n", "modules", modules_text(r));
	if (r->skipped)
		printf("%12s: %" PRIu64 " times by the kernel (recursion_misses): each a question without an "
		       "answer\n",
		       "skipped", r->skipped);
	printf("%12s: %" PRIu64 "\n", "generation", (uint64_t)r->policy.host.generation);
	for (size_t s = 0; s < _BPFLOCK_SETTING_MAX; s++)
		print_setting(r, s);
	print_extent(r);
	print_seal(r);
	printf("%12s: %s", "kernel", "Lockdown is ");
	printf("%s\n", securityfs_lockdown_name(r->lockdown));
	if (r->lockdown >= KERNEL_LOCKDOWN_INTEGRITY) {
		printf("%12s  before bpflock is asked it denies: ", "");
		print_mask(ops, securityfs_lockdown_denies(r->lockdown, ops), "nothing");
		putchar('\n');
	}
	printf("%12s: %" PRIu64 " (%" PRIu64 " allowed, %" PRIu64 " audited, %" PRIu64 " denied)\n",
	       "decisions", loaded_state_decisions(&t), (uint64_t)t.verdicts[BPFLOCK_VERDICT_ALLOW],
	       (uint64_t)t.verdicts[BPFLOCK_VERDICT_AUDIT],
	       (uint64_t)t.verdicts[BPFLOCK_VERDICT_DENY]);
	printf("%12s: %" PRIu64 " emitted, %" PRIu64 " coalesced, %" PRIu64 " dropped, %" PRIu64
	       " unlogged\n",
	       "records", (uint64_t)t.emitted, (uint64_t)t.coalesced, (uint64_t)t.dropped,
	       (uint64_t)t.unlogged);
	print_others(r);
	printf("%12s: %" PRIu64 " questions of bpflock's own, which are none of these\n", "proofs",
	       (uint64_t)t.proofs);
	denials_last_print(r->pins);
	for (int i = 0; i < r->n_leftovers; i++)
		printf("%12s: %s%s%s%s\n", r->load_in_progress ? "being loaded" : "leftover",
		       r->leftovers[i].name, r->leftovers[i].enforces ? ", enforces too" : "",
		       r->leftovers[i].profile ? ": profile " : "",
		       r->leftovers[i].profile ? r->leftovers[i].profile : "");
	printf("\n%-26s %-10s %10s %10s %10s %8s\n", "OPERATION", "DECISION", "ALLOWED", "AUDITED",
	       "DENIED", "OTHERS");
	for (__u32 i = 0; i < BPFLOCK_REASONS; i++) {
		const struct bpflock_counters *c = &r->counters[i];

		if (!is_shown(r, i))
			continue;
		printf("%-26s %-10s %10" PRIu64 " %10" PRIu64 " %10" PRIu64 " %8" PRIu64 "\n",
		       operations_name(ops, i), ruleset_decision(&r->policy.host, i),
		       (uint64_t)c->verdicts[BPFLOCK_VERDICT_ALLOW],
		       (uint64_t)c->verdicts[BPFLOCK_VERDICT_AUDIT],
		       (uint64_t)c->verdicts[BPFLOCK_VERDICT_DENY],
		       loaded_state_refused(r, BPFLOCK_BY_LOCKDOWN, i) +
			       loaded_state_refused(r, BPFLOCK_BY_OTHER, i));
	}
}

static enum exit_status not_loaded(const struct ctl *c, const struct loaded_state *r)
{
	if (c->json) {
		struct json j = ctl_json();

		json_open(&j, NULL, '{');
		json_state(&j, r, protections[loaded_state_protection(r)].status);
		json_bool(&j, "attached", r->hidden != 0);
		json_bool(&j, "firing", false);
		if (r->hidden)
			json_u64(&j, "hidden_program", r->hidden);
		json_close(&j, '}');
		putchar('\n');
	} else {
		print_state(r);
	}
	return ctl_absent(c);
}

/* A set that cannot be read as ours: what can be said for certain, and no more. */
static enum exit_status unreadable(const struct ctl *c, const struct loaded_state *r)
{
	const struct bpflock_stamp *stamp = &r->pins->stamp;

	if (c->json) {
		struct json j = ctl_json();

		json_open(&j, NULL, '{');
		json_state(&j, r, STATUS_DEGRADED);
		json_string(&j, "pins", r->pins->path);
		json_string(&j, "build", stamp->build);
		json_u64(&j, "abi", stamp->abi);
		json_bool(&j, "attached", r->attached);
		json_null(&j, "firing");
		json_close(&j, '}');
		putchar('\n');
	} else {
		print_state(r);
	}
	ctl_error("%s: %s; its lockdown program is %sattached", r->pins->path, r->trouble,
		  r->attached ? "" : "NOT ");
	ctl_hint("%s", loaded_state_cure(r));
	return STATUS_DEGRADED;
}

static enum exit_status run(const struct ctl *c, struct loaded_state *r)
{
	enum exit_status status = loaded_state_look(c, r, true);

	if (status != STATUS_OK)
		return status;
	if (!r->pins)
		return not_loaded(c, r);
	if (r->outcome != PINS_OK)
		return unreadable(c, r);
	status = protections[loaded_state_protection(r)].status;
	if (c->json)
		print_json(r, status);
	else
		print_text(r);
	if (r->trouble)
		ctl_error("degraded: %s", r->trouble);
	else if (status == STATUS_DEGRADED)
		ctl_error("fallback: %s", r->policy.host.refused.text);
	if (status == STATUS_DEGRADED && loaded_state_cure(r))
		ctl_hint("%s", loaded_state_cure(r));
	return status;
}

static enum exit_status look(const struct ctl *c)
{
	struct loaded_state r = LOADED_STATE_INIT;
	enum exit_status status = run(c, &r);

	loaded_state_done(&r);
	return status;
}

#define INTERVAL     "2s"
#define INTERVAL_MIN (100 * NS_PER_MS)

static bool read_interval(const struct ctl *c, uint64_t *ret_ns)
{
	const char *text = c->options[CTL_INTERVAL];

	if (text && !c->options[CTL_WATCH]) {
		ctl_error("status: --interval goes with --watch");
		return false;
	}
	if (quantity_duration(text ?: INTERVAL, ret_ns) && *ret_ns >= INTERVAL_MIN)
		return true;
	ctl_error("--interval: \"%s\" is not a duration of 100ms or more: use 2s, 500ms or 1m", text);
	return false;
}

enum exit_status ctl_status(const struct ctl *c)
{
	uint64_t interval;

	if (!read_interval(c, &interval))
		return STATUS_USAGE;
	return c->options[CTL_WATCH] ? status_watch(c, interval, look) : look(c);
}
