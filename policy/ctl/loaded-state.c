// SPDX-License-Identifier: GPL-2.0-only
#include "loaded-state.h"

#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "bpffs.h"
#include "clock.h"
#include "ftrace.h"
#include "looser.h"
#include "pins-lock.h"
#include "pins-policy.h"
#include "pins-set.h"
#include "pins-trouble.h"
#include "ruleset.h"
#include "text.h"
#include "util.h"

#define LOAD_WAIT_MS 3000

uint64_t loaded_state_decisions(const struct bpflock_counters *c)
{
	return c->verdicts[BPFLOCK_VERDICT_ALLOW] + c->verdicts[BPFLOCK_VERDICT_AUDIT] +
	       c->verdicts[BPFLOCK_VERDICT_DENY];
}

uint64_t loaded_state_refused(const struct loaded_state *r, enum bpflock_by by, uint32_t reason)
{
	return r->counters[BPFLOCK_COUNTERS_OF(by, reason)].verdicts[BPFLOCK_VERDICT_DENY];
}

const struct pins_program *loaded_state_program(const struct loaded_state *r, const char *name)
{
	for (int i = 0; i < r->n_programs; i++)
		if (strcmp(r->programs[i].name, name) == 0)
			return &r->programs[i];
	return NULL;
}

uint64_t loaded_state_attempts(const struct loaded_state *r, bool root)
{
	return r->counters[root ? BPFLOCK_COUNTERS_TAMPER : BPFLOCK_COUNTERS_TAMPER_OTHERS]
		.verdicts[BPFLOCK_VERDICT_DENY];
}

struct bpflock_counters loaded_state_total(const struct loaded_state *r, enum bpflock_by by)
{
	struct bpflock_counters t = {};

	for (size_t i = 0; i < BPFLOCK_REASONS; i++) {
		const struct bpflock_counters *c = &r->counters[BPFLOCK_COUNTERS_OF(by, i)];

		for (size_t v = 0; v < _BPFLOCK_VERDICT_MAX; v++)
			t.verdicts[v] += c->verdicts[v];
		t.emitted += c->emitted;
		t.coalesced += c->coalesced;
		t.dropped += c->dropped;
		t.unlogged += c->unlogged;
		t.proofs += c->proofs;
	}
	return t;
}

/* Takes over name. */
static struct leftover examine_leftover(const struct ctl *c, char *name)
{
	CLEANUP(pins_freep) struct pins *p = NULL;
	struct leftover l = { .name = name };
	struct bpflock_policy policy;

	pins_open(c->bpffs, name, &p);
	if (!p)
		return l;
	l.enforces = pins_set_hook_attached(p->path);
	if ((p->slots.policy >= 0 || p->slots.ask >= 0) && pins_policy_read_host(p, &policy) == 0)
		l.profile = ruleset_profile_name(policy.rules.profile);
	return l;
}

static void wait_for_load(const struct ctl *c, struct loaded_state *r)
{
	char *names[PINS_MAX_SETS];
	int n = pins_set_list(c->bpffs, names);
	bool others = false;
	pid_t holder;

	for (int i = 0; i < n; i++) {
		others = others || strcmp(names[i], PINS_PUBLISHED) != 0;
		free(names[i]);
	}
	if (others)
		r->load_in_progress =
			pins_lock(c->bpffs, LOAD_WAIT_MS, &r->lock_fd, &holder) == PINS_BUSY;
}

static int choose(const struct ctl *c, struct loaded_state *r)
{
	char *names[PINS_MAX_SETS], deciding[PINS_NAME_LEN];
	int n, result;

	pins_set_deciding(c->bpffs, deciding);
	result = pins_open(c->bpffs, deciding, &r->pins);
	if (r->pins) {
		r->outcome = result;
		r->unpublished = strcmp(deciding, PINS_PUBLISHED) != 0 && !r->load_in_progress;
	}
	n = pins_set_list(c->bpffs, names);
	for (int i = 0; i < n; i++) {
		if (strcmp(names[i], deciding) == 0)
			free(names[i]);
		else
			r->leftovers[r->n_leftovers++] = examine_leftover(c, names[i]);
	}
	if (n < 0)
		return n;
	return r->pins || result > 0 ? 0 : result;
}

PRINTF(2, 3)
static void trouble(struct loaded_state *r, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(r->trouble_text, sizeof(r->trouble_text), fmt, ap);
	va_end(ap);
	r->trouble = r->trouble_text;
}

static uint32_t program_id(const struct loaded_state *r, const char *name)
{
	const struct pins_program *program = loaded_state_program(r, name);

	return program ? program->prog_id : 0;
}

/* A program of somebody else's behind ours has the last word. */
static void judge_order(struct loaded_state *r, const struct attachment *lock)
{
	const struct attachment *other = lock ? attachments_behind(r->attachments, lock) : NULL;

	if (other)
		trouble(r, "program %u (%s) is called after bpflock's and can undo its refusals",
			other->prog_id, other->name);
}

/* The kernel's own list shows the lock, whatever the pins say. */
static int judge_attachment(struct loaded_state *r)
{
	const struct attachment *lock, *other;
	int e;

	r->attachments = calloc(1, sizeof(*r->attachments));
	e = r->attachments ? attachments_read(r->attachments) : -ENOMEM;
	if (e < 0)
		return e;
	lock = attachments_find(r->attachments, program_id(r, BPFLOCK_HOOK_PROGRAM));
	if (!lock) {
		r->attached = false;
		r->trouble = "the program is not attached to the root of cgroup v2";
		return 0;
	}
	for (size_t n = 0; (other = attachments_lock(r->attachments, n)); n++)
		if (other != lock && !r->load_in_progress && !r->unpublished)
			trouble(r, "another bpflock enforces too (program %u)", other->prog_id);
	judge_order(r, lock);
	judge_order(r, attachments_find(r->attachments, program_id(r, BPFLOCK_MODULE_PROGRAM)));
	return 0;
}

const char *loaded_state_judge(const struct loaded_state *r)
{
	const struct {
		bool so;
		const char *trouble;
	} troubles[] = {
		/* the worst first */
		{ r->attached && r->proof == PROOF_SILENT, proof_text(r->proof) },
		{ r->trouble, r->trouble },
		{ r->unpublished && r->sealed == SEAL_NONE,
		  "an interrupted load enforces, unpublished" },
		{ r->unpublished && !r->seal_trouble[0], "an interrupted seal holds, unpublished" },
		{ r->lacks_module_program,
		  "the policy names module_request, and the set has no program for module requests" },
		{ r->attached && r->module_requests == PROOF_SILENT, PROOF_NO_MODULE_REQUESTS },
		{ r->skipped,
		  "the kernel has skipped the program (recursion_misses), and calls of the hook were "
		  "not decided" },
		{ r->n_leftovers && !r->load_in_progress, "an interrupted load left pins behind" },
		{ r->seal_trouble[0], r->seal_trouble },
		{ !r->whole, "some of its programs are missing" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(troubles); i++)
		if (troubles[i].so)
			return troubles[i].trouble;
	return NULL;
}

const char *loaded_state_cure(const struct loaded_state *r)
{
	/* a seal refuses that it is switched off, and does not mind that it is switched on */
	if (ftrace_is_off() > 0)
		return "sysctl kernel.ftrace_enabled=1";
	if (r->hidden || (r->outcome == PINS_BROKEN && r->attached))
		return CTL_PROGRAM " repair";
	if (r->sealed == SEAL_NONE)
		return "bpflock";
	return r->unpublished ? CTL_PROGRAM " seal" : NULL;
}

/* The programs that see refusals by others are attached once the set before is gone. */
static bool may_wait(const struct loaded_state *r, const char *program)
{
	return r->load_in_progress && (strcmp(program, BPFLOCK_REFUSED_PROGRAM) == 0 ||
				       strcmp(program, BPFLOCK_BY_LOCKDOWN_PROGRAM) == 0);
}

/* No program runs when a trial ends by itself, so nothing has recorded then what that opened. */
static void record_end_of_trial(struct loaded_state *r)
{
	CLEANUP(policy_done) struct policy trial = {};

	if (r->state.reverted && pins_policy_read_slot(r->pins, BPFLOCK_SLOT_ACTIVE, &trial) == 0)
		looser_record(&r->policy, &trial,
			      &(struct looser_context){ r->pins->stamp.operations, r->latch.operations,
							clock_realtime_of(trial.host.expires) });
}

static int collect(struct loaded_state *r, bool ask)
{
	const struct pins_program *lock;
	int e;

	e = pins_policy_read(r->pins, &r->policy, &r->state);
	if (e == 0)
		e = pins_read_counters(r->pins, r->counters);
	if (e < 0)
		return e;
	e = pins_read_latch(r->pins, &r->latch);
	if (e < 0)
		return e;
	record_end_of_trial(r);
	e = seal_check(r->pins, &r->sealed, &r->seal, r->seal_why);
	if (e == 0 && r->seal_why[0])
		snprintf(r->seal_trouble, sizeof(r->seal_trouble), "sealed, not proven: %s",
			 r->seal_why);
	if (e < 0)
		return e;
	r->n_programs = pins_set_programs(r->pins->path, r->programs, PINS_MAX_PROGRAMS);
	if (r->n_programs < 0)
		return r->n_programs;
	r->attached = true;
	e = judge_attachment(r);
	if (e < 0)
		return e;
	lock = loaded_state_program(r, BPFLOCK_HOOK_PROGRAM);
	r->skipped = lock ? lock->skipped : 0;
	lock = loaded_state_program(r, BPFLOCK_MODULE_PROGRAM);
	r->skipped += lock ? lock->skipped : 0;
	for (int i = 0; i < r->n_programs && r->attached; i++) {
		if (!r->programs[i].attached && !may_wait(r, r->programs[i].name)) {
			r->attached = false;
			/* an interrupted load has not come so far */
			if (!r->unpublished)
				r->trouble = r->trouble ?: "some programs are not attached";
		}
	}
	r->lockdown = ctl_kernel_lockdown();
	if (ask)
		e = proof_of_pins(r->pins, r->lockdown, &r->proof);
	else
		r->proof = proof_by_signs();
	if (e == 0 && ask)
		e = proof_of_module_requests(r->pins, &r->module_requests);
	r->lacks_module_program =
		pins_set_lacks_module_program(r->pins, &r->policy, r->latch.operations);
	if (e < 0)
		return e;
	/* whether they are attached is judged above */
	r->whole = (uint32_t)r->n_programs == r->pins->stamp.programs;
	r->trouble = loaded_state_judge(r);
	return 0;
}

/* Judges a set that is not ours, or not whole, by what is certain. */
static void judge_unreadable(struct loaded_state *r)
{
	r->attached = pins_set_hook_attached(r->pins->path);
	r->sealed = pins_trouble_lasts(r->pins) ? SEAL_CLOSED : SEAL_NONE;
	pins_trouble(r->pins, r->trouble_text);
	r->trouble = r->trouble_text;
}

int loaded_state_find(const struct ctl *c, struct loaded_state *r, bool ask)
{
	int e;

	wait_for_load(c, r);
	e = choose(c, r);
	if (e < 0)
		return e;
	if (!r->pins) {
		r->hidden = ctl_hidden_lock(c);
		if (r->hidden)
			trouble(r, "program %u enforces, but its pins are missing or hidden",
				r->hidden);
		else if (bpffs_left_out(c->bpffs))
			r->proof = PROOF_UNKNOWN;
		return 0;
	}
	if (r->outcome == PINS_OK)
		return collect(r, ask);
	judge_unreadable(r);
	return 0;
}

enum exit_status loaded_state_look(const struct ctl *c, struct loaded_state *r, bool ask)
{
	int e = loaded_state_find(c, r, ask);

	if (e == -ENOTDIR)
		return ctl_not_ours(c);
	return e < 0 ? ctl_failed("read the pins", e) : STATUS_OK;
}

enum protection loaded_state_protection(const struct loaded_state *r)
{
	const struct {
		bool so;
		enum protection is;
	} rows[] = {
		{ r->trouble, PROTECTION_DEGRADED },
		{ r->proof == PROOF_UNKNOWN, PROTECTION_UNKNOWN },
		{ !r->pins, PROTECTION_NOT_LOADED },
		{ r->policy.host.refused.fallback, PROTECTION_FALLBACK },
		{ r->latch.operations || policy_denies(&r->policy, BPFLOCK_MODE_ENFORCE),
		  PROTECTION_ENFORCING },
		{ policy_denies(&r->policy, BPFLOCK_MODE_AUDIT), PROTECTION_AUDIT_ONLY },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		if (rows[i].so)
			return rows[i].is;
	return PROTECTION_PRIVILEGED;
}

const char *loaded_state_reason(const struct loaded_state *r)
{
	switch (loaded_state_protection(r)) {
	case PROTECTION_DEGRADED:
		return r->trouble;
	case PROTECTION_FALLBACK:
		return r->policy.host.refused.text;
	default:
		return NULL;
	}
}

void loaded_state_print(FILE *f, const struct loaded_state *r)
{
	const struct protection_info *is = &protections[loaded_state_protection(r)];
	const char *reason = loaded_state_reason(r);

	fprintf(f, "%s: %s", is->word, is->sentence);
	if (!reason)
		return;
	fputs(": ", f);
	text_puts(f, reason);
}

void loaded_state_done(struct loaded_state *r)
{
	close_fdp(&r->lock_fd);
	r->lock_fd = -1;
	r->pins = pins_free(r->pins);
	free(r->attachments);
	r->attachments = NULL;
	policy_done(&r->policy);
	while (r->n_leftovers > 0)
		free(r->leftovers[--r->n_leftovers].name);
}

bool loaded_state_is_shown(const struct loaded_state *r, uint32_t reason)
{
	return r->pins->stamp.operations[reason].name[0] ||
	       loaded_state_decisions(&r->counters[reason]) ||
	       loaded_state_refused(r, BPFLOCK_BY_LOCKDOWN, reason) ||
	       loaded_state_refused(r, BPFLOCK_BY_OTHER, reason);
}
