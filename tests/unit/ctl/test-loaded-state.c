// SPDX-License-Identifier: GPL-2.0-only
/* When status says that something is amiss, and in which word it says whether it protects. */
#include "test.h"
#include "loaded-state.h"

#define GOOD .attached = true, .whole = true

static const struct {
	struct loaded_state r;
	const char *trouble; /* what it says, or NULL */
} rows[] = {
	{ { GOOD }, NULL },
	{ { GOOD, .proof = PROOF_EXPECTED }, NULL },
	{ { GOOD, .proof = PROOF_IMPOSSIBLE }, NULL },
	{ { GOOD, .proof = PROOF_SILENT }, "" },
	/* one question without an answer is one too many */
	{ { GOOD, .skipped = 1 }, "recursion_misses" },
	{ { GOOD, .skipped = UINT64_MAX }, "recursion_misses" },
	{ { GOOD, .n_leftovers = 1 }, "an interrupted load" },
	{ { GOOD, .n_leftovers = 1, .load_in_progress = true }, NULL },
	{ { .attached = true }, "programs are missing" },
	{ { GOOD, .seal_trouble = "sealed, not proven: x" }, "not proven" },
	{ { GOOD, .unpublished = true, .n_leftovers = 1 }, "an interrupted load enforces, unpublished" },
	{ { GOOD, .unpublished = true, .n_leftovers = 1, .sealed = SEAL_CLOSED },
	  "an interrupted seal holds, unpublished" },
	{ { .trouble = "not attached", .unpublished = true }, "not attached" },
	/* of one that cannot be proven it is not said that it holds */
	{ { GOOD, .unpublished = true, .sealed = SEAL_CLOSED, .seal_trouble = "sealed, not proven: x" },
	  "not proven" },
	/* what was found out before, such as that it is not attached, is worse */
	{ { .trouble = "not attached", .skipped = 1 }, "not attached" },
	{ { .trouble = "not attached", .proof = PROOF_SILENT }, "not attached" },
};

TEST(what_is_amiss_is_told)
{
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const char *trouble = loaded_state_judge(&rows[i].r);

		if (!trouble != !rows[i].trouble || (trouble && !strstr(trouble, rows[i].trouble)))
			fail_msg("row %zu: %s", i, trouble ? trouble : "nothing");
	}
}

#define DENIES(m) .policy.host.rules = { .deny = 1, .mode = (m) }
#define ENFORCES  DENIES(BPFLOCK_MODE_ENFORCE)
#define AUDITS	  DENIES(BPFLOCK_MODE_AUDIT)
#define FALLBACK  .policy.host.refused = { .time = 1, .fallback = 1, .text = "a.conf:2:1: x" }
#define RULE(r)	  .policy.rules = (struct rule *[]){ &(r) }, .policy.n_rules = 1

static struct pins pins;
static struct rule denying = { .rules = { .host_only = 2 } },
		   auditing = { .rules = { .deny = 2, .mode = BPFLOCK_MODE_AUDIT } };

#define LOADED .pins = &pins

static const struct {
	struct loaded_state r;
	const char *word;
	enum exit_status status;
	const char *reason;
} protected_rows[] = {
	{ { .proof = PROOF_ENFORCING }, "not-loaded", STATUS_NOT_LOADED },
	{ { .trouble = "hidden" }, "degraded", STATUS_DEGRADED, "hidden" },
	{ { LOADED, ENFORCES }, "enforcing", STATUS_OK },
	{ { LOADED, .policy.host.rules = { .host_only = 1 } }, "enforcing", STATUS_OK },
	{ { LOADED, ENFORCES, .proof = PROOF_EXPECTED }, "enforcing", STATUS_OK },
	/* Lockdown answers first, and what it leaves bpflock still denies */
	{ { LOADED, ENFORCES, .proof = PROOF_IMPOSSIBLE }, "enforcing", STATUS_OK },
	{ { LOADED, ENFORCES, .proof = PROOF_UNKNOWN }, "unknown", STATUS_FAILED },
	{ { LOADED, ENFORCES, .trouble = "not attached" },
	  "degraded",
	  STATUS_DEGRADED,
	  "not attached" },
	{ { LOADED }, "privileged", STATUS_OK },
	{ { LOADED, .policy.host.rules.mode = BPFLOCK_MODE_AUDIT }, "privileged", STATUS_OK },
	{ { LOADED, AUDITS }, "audit-only", STATUS_OK },
	/* somebody is denied something, if not on the host */
	{ { LOADED, RULE(denying) }, "enforcing", STATUS_OK },
	{ { LOADED, AUDITS, RULE(denying) }, "enforcing", STATUS_OK },
	{ { LOADED, ENFORCES, RULE(auditing) }, "enforcing", STATUS_OK },
	{ { LOADED, RULE(auditing) }, "audit-only", STATUS_OK },
	{ { LOADED, .latch.operations = 4 }, "enforcing", STATUS_OK },
	{ { LOADED, AUDITS, .latch.operations = 4 }, "enforcing", STATUS_OK },
	/* it is not what was configured, whatever else denies */
	{ { LOADED, FALLBACK }, "fallback", STATUS_DEGRADED, "a.conf:2:1: x" },
	{ { LOADED, FALLBACK, RULE(denying) }, "fallback", STATUS_DEGRADED, "a.conf:2:1: x" },
	{ { LOADED, FALLBACK, .trouble = "x" }, "degraded", STATUS_DEGRADED, "x" },
	/* the policy before a refused one is as good as it was */
	{ { LOADED, .policy.host.rules.deny = 1,
	    .policy.host.refused = { .time = 1, .text = "a.conf:2:1: x" } },
	  "enforcing",
	  STATUS_OK },
};

TEST(one_word_answers_whether_it_protects)
{
	for (size_t i = 0; i < sizeof(protected_rows) / sizeof(protected_rows[0]); i++) {
		const struct loaded_state *r = &protected_rows[i].r;
		const struct protection_info *is = &protections[loaded_state_protection(r)];
		const char *reason = loaded_state_reason(r), *expected = protected_rows[i].reason;

		if (strcmp(is->word, protected_rows[i].word) != 0 ||
		    is->status != protected_rows[i].status || !reason != !expected ||
		    (reason && strcmp(reason, expected) != 0))
			fail_msg("row %zu: %s, %d, %s", i, is->word, is->status,
				 reason ? reason : "no reason");
	}
}

TEST(every_answer_has_its_own_word)
{
	for (size_t i = 0; i < _PROTECTION_MAX; i++) {
		assert_non_null(protections[i].sentence);
		for (size_t k = 0; k < i; k++)
			assert_string_not_equal(protections[i].word, protections[k].word);
	}
}
