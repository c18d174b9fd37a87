// SPDX-License-Identifier: GPL-2.0-only
#include "status-text.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "clock.h"
#include "denials-last.h"
#include "operations.h"
#include "pins-set.h"
#include "print.h"
#include "proof.h"
#include "quantity.h"
#include "refusals.h"
#include "replaced.h"
#include "ruleset.h"
#include "seal.h"
#include "text.h"
#include "util.h"

static void print_others(const struct loaded_state *r)
{
	const struct refusals f = refusals_by_others(r);

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

void status_text_state(const struct loaded_state *r)
{
	printf("%12s: ", "state");
	loaded_state_print(stdout, r);
	putchar('\n');
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
	return r->module_requests == PROOF_ENFORCING ? "the kernel asks bpflock about module requests"
	       : r->module_requests == PROOF_SILENT
		       ? PROOF_NO_MODULE_REQUESTS
		       : "not provable: this kernel loads no modules by itself";
}

void status_text_print(const struct loaded_state *r, bool records)
{
	const struct bpflock_operation *ops = r->pins->stamp.operations;
	struct bpflock_counters t = loaded_state_total(r, BPFLOCK_BY_BPFLOCK);

	status_text_state(r);
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
	if (records)
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

		if (!loaded_state_is_shown(r, i))
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
