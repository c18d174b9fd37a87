// SPDX-License-Identifier: GPL-2.0-only
/* The command that status names last, by the state and by what was decided. */
#include "test.h"
#include "status-next.h"

#define GOOD		 .pins = &pins, .attached = true, .whole = true
#define DENIES(m)	 .policy.host.rules = { .deny = 1, .mode = (m) }
#define COUNTED(verdict) .counters[3] = { .verdicts[verdict] = 1 }

static struct pins pins;

static const struct {
	struct loaded_state r;
	const char *command; /* without bpflock-ctl; NULL: none */
} rows[] = {
	{ { GOOD }, "preset list" },
	{ { GOOD, COUNTED(BPFLOCK_VERDICT_ALLOW) }, "suggest" },
	{ { GOOD, COUNTED(BPFLOCK_VERDICT_DENY) }, "denials" },
	{ { GOOD, DENIES(BPFLOCK_MODE_ENFORCE) }, "analyze" },
	{ { GOOD, DENIES(BPFLOCK_MODE_ENFORCE), COUNTED(BPFLOCK_VERDICT_ALLOW) }, "analyze" },
	{ { GOOD, DENIES(BPFLOCK_MODE_ENFORCE), COUNTED(BPFLOCK_VERDICT_DENY) }, "denials" },
	{ { GOOD, DENIES(BPFLOCK_MODE_AUDIT) }, "denials" },
	{ { GOOD, DENIES(BPFLOCK_MODE_AUDIT), COUNTED(BPFLOCK_VERDICT_AUDIT) }, "denials" },
	{ { GOOD, DENIES(BPFLOCK_MODE_ENFORCE), COUNTED(BPFLOCK_VERDICT_DENY),
	    .state.trial = true },
	  "apply --confirm" },
	/* an error names its own cure */
	{ { GOOD, .trouble = "not attached", COUNTED(BPFLOCK_VERDICT_DENY), .state.trial = true },
	  NULL },
	{ { GOOD, .policy.host.refused = { .time = 1, .fallback = 1 } }, NULL },
	{ { GOOD, .proof = PROOF_UNKNOWN }, NULL },
	{ { .attached = false }, NULL },
};

TEST(the_next_step_follows_the_state)
{
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		const char *next = status_next(&rows[i].r);

		if (!next != !rows[i].command ||
		    (next && strcmp(next + strlen(CTL_PROGRAM " "), rows[i].command) != 0))
			fail_msg("row %zu: %s", i, next ? next : "nothing");
	}
}
