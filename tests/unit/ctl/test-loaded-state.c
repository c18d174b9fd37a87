// SPDX-License-Identifier: GPL-2.0-only
/* When status says that something is amiss. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>

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
	/* what was found out before, such as that it is not attached, is worse */
	{ { .trouble = "not attached", .skipped = 1 }, "not attached" },
	{ { .trouble = "not attached", .proof = PROOF_SILENT }, "not attached" },
};

static void what_is_amiss_is_told(void **state)
{
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const char *trouble = loaded_state_judge(&rows[i].r);

		if (!trouble != !rows[i].trouble || (trouble && !strstr(trouble, rows[i].trouble)))
			fail_msg("row %zu: %s", i, trouble ? trouble : "nothing");
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_amiss_is_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
