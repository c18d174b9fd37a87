// SPDX-License-Identifier: GPL-2.0-only
#include "status-json.h"

#include <string.h>

#include "clock.h"
#include "ctl-json.h"
#include "denials-last.h"
#include "looser-print.h"
#include "operations.h"
#include "pins-set.h"
#include "proof.h"
#include "refusals.h"
#include "replaced.h"
#include "ruleset.h"
#include "seal.h"
#include "text.h"
#include "util.h"

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

static void json_others(struct json *j, const struct loaded_state *r)
{
	const struct refusals f = refusals_by_others(r);

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

static void json_operations(struct json *j, const struct loaded_state *r)
{
	const struct bpflock_operation *ops = r->pins->stamp.operations;
	__u64 before_us = securityfs_lockdown_denies(r->lockdown, ops);

	json_open(j, "operations", '[');
	for (__u32 i = 0; i < BPFLOCK_REASONS; i++) {
		const struct bpflock_counters *c = &r->counters[i];

		if (!loaded_state_is_shown(r, i))
			continue;
		json_open(j, NULL, '{');
		json_string(j, "name", operations_name(ops, i));
		json_u64(j, "lockdown_reason", i);
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

static void json_enforcing(struct json *j, const struct loaded_state *r)
{
	if (r->proof == PROOF_IMPOSSIBLE)
		json_null(j, "enforcing");
	else
		json_bool(j, "enforcing", r->proof == PROOF_ENFORCING);
	json_string(j, "enforcing_detail", proof_text(r->proof));
}

/* It is null if there is no program for them, or if this kernel loads no modules by itself. */
static void json_module_requests(struct json *j, const struct loaded_state *r)
{
	if (!pins_has_module_program(r->pins) || r->module_requests == PROOF_IMPOSSIBLE)
		json_null(j, "module_requests_enforcing");
	else
		json_bool(j, "module_requests_enforcing", r->module_requests == PROOF_ENFORCING);
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

void status_json_state(struct json *j, const struct loaded_state *r, enum exit_status status)
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

void status_json_print(const struct loaded_state *r, enum exit_status status)
{
	const struct bpflock_operation *ops = r->pins->stamp.operations;
	struct bpflock_counters t = loaded_state_total(r, BPFLOCK_BY_BPFLOCK);
	struct json j = ctl_json();

	status_json_state(&j, r, status);
	json_refused(&j, &r->policy.host.refused);
	looser_print_json(&j, &r->policy.host, ops);
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
	json_enforcing(&j, r);
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
	json_end(&j);
}
