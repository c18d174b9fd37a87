// SPDX-License-Identifier: GPL-2.0-only
/* The chain's decision is that of decide.h, for random rule sets, latches and grants. */
#include "test.h"
#include "chain.h"
#include "decide.h"
#include "grants.h"
#include "kernels.h"
#include "operations.h"
#include "ruleset.h"

#define ROUNDS 20000

static uint64_t state = 88172645463325252ULL;

/* The numbers of xorshift64, the same in every run. */
static uint64_t number(uint64_t below)
{
	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return state % below;
}

static uint64_t mask(void)
{
	return number(UINT64_MAX) & number(UINT64_MAX) & number(UINT64_MAX);
}

static void make(const struct bpflock_operation *ops, struct policy *p)
{
	CLEANUP(diagnostics_done) struct diagnostics d = DIAGNOSTICS_INIT;
	struct bpflock_ruleset *r = &p->host.rules;

	policy_init(p);
	r->profile = number(_BPFLOCK_PROFILE_MAX);
	r->level = number(_BPFLOCK_LEVEL_MAX);
	r->mode = number(_BPFLOCK_MODE_MAX);
	r->kmodlock = number(_BPFLOCK_KMODLOCK_MAX);
	r->block = mask() & operations_in_group(ops, GROUP_ALL);
	r->allow = mask() & operations_in_group(ops, GROUP_ALL) & ~r->block;
	/* blocking it blocks xmon_wr */
	if (r->block & operations_bit(ops, "xmon_rw"))
		r->allow &= ~operations_bit(ops, "xmon_wr");
	assert_true(policy_compile(p, ops, &d));
	if (number(2))
		assert_non_null(grants_add(p, "/", mask(), 0, 1000, 0, ""));
}

/* The name of a verdict here. */
static enum chain_says said(uint32_t verdict)
{
	return verdict == BPFLOCK_VERDICT_DENY	  ? CHAIN_DENIES
	       : verdict == BPFLOCK_VERDICT_AUDIT ? CHAIN_AUDITS
						  : CHAIN_ALLOWS;
}

static void check(const struct policy *p, uint64_t latch, uint32_t reason, bool in_host,
		  bool lockdown, bool asked)
{
	struct explanation e = explain(p, "/", in_host, reason, 0);
	uint32_t verdict = bpflock_decide(&p->host.rules, reason, in_host);
	struct chain_step steps[_CHAIN_MAX];
	int deciders = 0;

	if (verdict != BPFLOCK_VERDICT_ALLOW && grants_find(p, "/", reason, 0))
		verdict = BPFLOCK_VERDICT_ALLOW;
	if (bpflock_is_latched(latch, reason)) {
		e = explain_latched(e);
		verdict = BPFLOCK_VERDICT_DENY;
	}
	if (lockdown)
		verdict = BPFLOCK_VERDICT_DENY;
	chain_make(&e, lockdown, asked, steps);
	for (int i = 0; i < _CHAIN_MAX; i++) {
		if (steps[i].decides) {
			deciders++;
			assert_int_equal(steps[i].says, said(verdict));
		}
		assert_true(deciders || asked || lockdown || i == CHAIN_LOCKDOWN ||
			    steps[i].says == CHAIN_UNREACHED);
	}
	assert_int_equal(deciders, lockdown || asked);
	assert_int_equal(steps[CHAIN_LOCKDOWN].decides, lockdown);
}

TEST(the_deciding_step_says_what_the_kernel_decides)
{
	struct bpflock_operation ops[BPFLOCK_REASONS];

	kernel_operations(kernel_6_1, ops);
	for (int i = 0; i < ROUNDS; i++) {
		CLEANUP(policy_done) struct policy p;

		make(ops, &p);
		check(&p, number(2) ? mask() : 0, number(70), number(2), number(8) == 0,
		      number(8) != 0);
	}
}

TEST(steps_before_the_deciding_one_pass_it_on)
{
	static const struct grant grant = {};
	static const struct {
		struct explanation e;
		enum chain_link decides;
		enum chain_says says[_CHAIN_MAX];
	} rows[] = {
#define NEVER CHAIN_UNREACHED
#define PASS  CHAIN_PASSES
		{ { .verdict = BPFLOCK_VERDICT_DENY, .why = BPFLOCK_WHY_LATCH },
		  CHAIN_LATCH,
		  { PASS, CHAIN_DENIES, NEVER, NEVER, NEVER, NEVER, NEVER } },
		{ { BPFLOCK_VERDICT_DENY, BPFLOCK_WHY_BLOCK, BPFLOCK_VERDICT_DENY,
		    BPFLOCK_WHY_BLOCK },
		  CHAIN_BLOCK,
		  { PASS, PASS, CHAIN_DENIES, NEVER, NEVER, NEVER, PASS } },
		{ { BPFLOCK_VERDICT_ALLOW, BPFLOCK_WHY_ALLOW, BPFLOCK_VERDICT_ALLOW,
		    BPFLOCK_WHY_ALLOW },
		  CHAIN_ALLOW,
		  { PASS, PASS, PASS, CHAIN_ALLOWS, NEVER, NEVER, NEVER } },
		{ { BPFLOCK_VERDICT_ALLOW, BPFLOCK_WHY_LEVEL, BPFLOCK_VERDICT_ALLOW,
		    BPFLOCK_WHY_LEVEL },
		  CHAIN_LEVEL,
		  { PASS, PASS, PASS, PASS, CHAIN_ALLOWS, NEVER, NEVER } },
		{ { BPFLOCK_VERDICT_AUDIT, BPFLOCK_WHY_PROFILE, BPFLOCK_VERDICT_AUDIT,
		    BPFLOCK_WHY_PROFILE },
		  CHAIN_PROFILE,
		  { PASS, PASS, PASS, PASS, PASS, CHAIN_AUDITS, PASS } },
		{ { BPFLOCK_VERDICT_ALLOW, BPFLOCK_WHY_GRANT, BPFLOCK_VERDICT_DENY,
		    BPFLOCK_WHY_BLOCK, .grant = &grant },
		  CHAIN_GRANT,
		  { PASS, PASS, CHAIN_DENIES, NEVER, NEVER, NEVER, CHAIN_ALLOWS } },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct chain_step steps[_CHAIN_MAX];

		chain_make(&rows[i].e, false, true, steps);
		for (int k = 0; k < _CHAIN_MAX; k++) {
			assert_int_equal(steps[k].says, rows[i].says[k]);
			assert_int_equal(steps[k].decides, k == (int)rows[i].decides);
		}
	}
}
