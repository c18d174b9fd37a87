// SPDX-License-Identifier: GPL-2.0-only
#include "status-text.h"

#include <inttypes.h>
#include <string.h>

#include "clock.h"
#include "denials-last.h"
#include "label.h"
#include "looser-print.h"
#include "operations.h"
#include "pins-set.h"
#include "proof.h"
#include "quantity.h"
#include "refusals.h"
#include "replaced.h"
#include "ruleset.h"
#include "seal.h"
#include "status-next.h"
#include "status-state.h"
#include "status-table.h"
#include "text.h"
#include "util.h"

static void print_others(const struct loaded_state *r, bool all)
{
	const struct refusals f = refusals_by_others(r);
	char missed[64] = "";

	if (!r->policy.host.others || (!all && !f.total.verdicts[BPFLOCK_VERDICT_DENY]))
		return;
	if (!f.watched) {
		label_print("others", "refusals by others are not logged: this kernel does not let bpflock see them");
		return;
	}
	if (f.missed)
		snprintf(missed, sizeof(missed), " (%" PRIu64 " not looked at: recursion_misses)",
			 f.missed);
	label_print("others", "%" PRIu64 " refused by kernel Lockdown, %" PRIu64 " by something else%s",
		    (uint64_t)f.by[BPFLOCK_BY_LOCKDOWN].verdicts[BPFLOCK_VERDICT_DENY],
		    (uint64_t)f.by[BPFLOCK_BY_OTHER].verdicts[BPFLOCK_VERDICT_DENY], missed);
	if (all)
		label_print("", "%" PRIu64 " emitted, %" PRIu64 " coalesced, %" PRIu64 " dropped, %" PRIu64
				" unlogged",
			    (uint64_t)f.total.emitted, (uint64_t)f.total.coalesced,
			    (uint64_t)f.total.dropped, (uint64_t)f.total.unlogged);
}

static void print_refused(const struct bpflock_refused *refused)
{
	CLEANUP(free_charp) char *text = text_escaped(refused->text);
	char when[CLOCK_UTC_LEN];

	if (!refused->time)
		return;
	clock_utc(clock_realtime_of(refused->time), when);
	label_print("refused", "the configured policy, %s: %s", when, text ?: "?");
}

/* Prints what the policy has opened when it took the place of another one. */
static void print_looser(const struct loaded_state *r)
{
	const struct bpflock_policy *host = &r->policy.host;
	CLEANUP(free_charp) char *text =
		looser_print_text(host, r->pins->stamp.operations, OPERATIONS_SHOWN);
	CLEANUP(free_charp) char *safe = text ? text_escaped(text) : NULL;
	char when[CLOCK_UTC_LEN];

	if (!safe)
		return;
	clock_utc(host->looser.time, when);
	label_print("looser", "since %s: %s", when, safe);
}

static void print_setting(const struct loaded_state *r, enum bpflock_setting s)
{
	const struct bpflock_policy *host = &r->policy.host;
	CLEANUP(free_charp) char *value = ruleset_setting_text(r->pins->stamp.operations, host, s);
	CLEANUP(free_charp) char *source = text_escaped(host->sources[s]);

	label_print(settings[s].name, "%s  (%s)", value && value[0] ? value : "(nothing)", source ?: "?");
}

/* Returns whether a setting has another value than the built-in one, which the first line does not show. */
static bool is_set(const struct loaded_state *r, enum bpflock_setting s)
{
	const struct bpflock_operation *ops = r->pins->stamp.operations;
	CLEANUP(free_charp) char *value = ruleset_setting_text(ops, &r->policy.host, s);
	CLEANUP(free_charp) char *built_in = NULL;
	struct bpflock_policy none;

	ruleset_init(&none);
	built_in = ruleset_setting_text(ops, &none, s);
	return s != BPFLOCK_SETTING_PROFILE && s != BPFLOCK_SETTING_LEVEL && value && built_in &&
	       strcmp(value, built_in) != 0;
}

static void print_settings(const struct loaded_state *r, bool all)
{
	for (size_t s = 0; s < _BPFLOCK_SETTING_MAX; s++)
		if (all || is_set(r, s))
			print_setting(r, s);
}

static void print_seal(const struct loaded_state *r)
{
	CLEANUP(free_charp) char *latched =
		operations_text(r->pins->stamp.operations, r->latch.operations);
	CLEANUP(free_charp) char *why = text_escaped(r->seal_why), *how = NULL;
	char text[SEAL_TEXT_LEN];

	if (r->latch.operations)
		label_print("latched", "%s%s", latched ?: "?",
			    r->sealed == SEAL_CLOSED ? "" : "  (until unloaded)");
	if (r->sealed == SEAL_NONE)
		return;
	seal_describe(&r->seal, text);
	how = text_escaped(text);
	label_print("sealed", "%s%s%s%s", r->seal_why[0] ? "not proven, " : "", why ?: "?",
		    r->seal_why[0] ? "; " : "", how ?: "?");
	label_print("tampering",
		    "%" PRIu64 " refused to root, %" PRIu64 " to others, see bpflock-log show --event tamper",
		    loaded_state_attempts(r, true), loaded_state_attempts(r, false));
}

static void print_cgroups(const struct policy *p)
{
	char likes[48] = "";
	size_t like = 0;

	for (size_t i = 0; i < p->n_rules; i++)
		like += p->rules[i]->like_host;
	if (like)
		snprintf(likes, sizeof(likes), " (%zu like the host's)", like);
	label_print("cgroups", "%zu with rule sets of their own%s, see " CTL_PROGRAM " cgroup list",
		    p->n_rules, likes);
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
		label_print("grants", "%zu, see " CTL_PROGRAM " grants", grants);
	if (r->state.trial)
		label_print("on trial",
			    "ends in %" PRIu64 " s, back to generation %" PRIu64
			    " unless it is confirmed",
			    expires > now ? (expires - now) / 1000000000 : 0,
			    (uint64_t)r->state.fallback.generation);
	if (r->pins->stamp.replaced.dropped) {
		CLEANUP(free_charp) char *safe = NULL;
		char text[256];

		replaced_describe(&r->pins->stamp.replaced, text, sizeof(text));
		safe = text_escaped(text);
		label_print("lost at load", "%s", safe ?: "?");
	}
	if (r->state.reverted)
		label_print("reverted", "the policy on trial was not confirmed, and the one before it is active");
}

static const char *modules_text(const struct loaded_state *r)
{
	return r->module_requests == PROOF_ENFORCING ? "enforcing (verified) for module requests"
	       : r->module_requests == PROOF_SILENT
		       ? PROOF_NO_MODULE_REQUESTS
		       : "not verifiable: this kernel loads no modules by itself";
}

/* Prints how it was loaded, and how it was proven. */
static void print_set(const struct loaded_state *r)
{
	label_print("bpflock", "%s, loaded by version %s", r->pins->path, r->pins->stamp.build);
	label_print("enforcement", "%s; %s", r->attached ? "attached" : "NOT attached",
		    proof_text(r->proof));
	if (pins_has_module_program(r->pins))
		label_print("modules", "%s", modules_text(r));
	label_print("generation", "%" PRIu64, (uint64_t)r->policy.host.generation);
}

static void print_lockdown(const struct loaded_state *r, bool all)
{
	const struct bpflock_operation *ops = r->pins->stamp.operations;
	bool denies = r->lockdown >= KERNEL_LOCKDOWN_INTEGRITY;
	CLEANUP(free_charp) char *denied =
		operations_text(ops, securityfs_lockdown_denies(r->lockdown, ops));

	if (all || denies)
		label_print("kernel", "Lockdown is %s", securityfs_lockdown_name(r->lockdown));
	if (all && denies)
		label_print("", "before bpflock is called it denies: %s",
			    denied && denied[0] ? denied : "nothing");
}

static void print_counts(const struct loaded_state *r, bool all)
{
	struct bpflock_counters t = loaded_state_total(r, BPFLOCK_BY_BPFLOCK);

	if (r->skipped)
		label_print("skipped",
			    "the kernel did not call bpflock %" PRIu64 " times (recursion_misses)",
			    r->skipped);
	label_print("decisions",
		    "%" PRIu64 " (%" PRIu64 " allowed, %" PRIu64 " audited, %" PRIu64 " denied)",
		    loaded_state_decisions(&t), (uint64_t)t.verdicts[BPFLOCK_VERDICT_ALLOW],
		    (uint64_t)t.verdicts[BPFLOCK_VERDICT_AUDIT],
		    (uint64_t)t.verdicts[BPFLOCK_VERDICT_DENY]);
	if (all || t.dropped)
		label_print("records",
			    "%" PRIu64 " emitted, %" PRIu64 " coalesced, %" PRIu64 " dropped, %" PRIu64
			    " unlogged",
			    (uint64_t)t.emitted, (uint64_t)t.coalesced, (uint64_t)t.dropped,
			    (uint64_t)t.unlogged);
	print_others(r, all);
	if (all)
		label_print("proofs", "%" PRIu64 " operations of bpflock itself, not in these counts",
			    (uint64_t)t.proofs);
}

static void print_leftovers(const struct loaded_state *r)
{
	for (int i = 0; i < r->n_leftovers; i++) {
		const struct leftover *l = &r->leftovers[i];

		label_print(r->load_in_progress ? "being loaded" : "leftover", "%s%s%s%s", l->name,
			    l->enforces ? ", enforces too" : "", l->profile ? ": profile " : "",
			    l->profile ?: "");
	}
}

void status_text_print(const struct loaded_state *r, bool all, bool records)
{
	const char *next = status_next(r);

	status_state_print(r);
	print_refused(&r->policy.host.refused);
	print_looser(r);
	if (all)
		print_set(r);
	print_settings(r, all);
	print_extent(r);
	print_seal(r);
	print_lockdown(r, all);
	print_counts(r, all);
	print_leftovers(r);
	status_table_print(r, all);
	if (records)
		denials_last_print(r->pins);
	if (next)
		label_print("next", "%s", next);
}
