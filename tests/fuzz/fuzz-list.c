// SPDX-License-Identifier: GPL-2.0-only
/* Texts of any bytes as lists and as values of every setting. */

#include "operations.h"
#include "ruleset.h"
#include "fuzz.h"

static void check_list(const struct bpflock_operation *ops, const char *text)
{
	CLEANUP(diagnostics_done) struct diagnostics d = DIAGNOSTICS_INIT;
	struct place at = { "--block", 0, 1 };
	uint64_t mask = 1ULL << 63;

	if (operations_parse_list(ops, text, &at, &mask, &d)) {
		CHECK(d.errors == 0);
		CHECK((mask & ~(1ULL << 63) & ~operations_in_group(ops, GROUP_ALL)) == 0);
	} else {
		CHECK(d.errors > 0);
		CHECK(mask == 1ULL << 63);
	}
	for (size_t i = 0; i < d.n; i++)
		for (const char *p = d.items[i].text; *p; p++)
			CHECK((unsigned char)*p >= 0x20 && *p != 0x7f);
}

static void check_setting(const struct bpflock_operation *ops, enum bpflock_setting s, const char *text)
{
	CLEANUP(diagnostics_done) struct diagnostics d = DIAGNOSTICS_INIT;
	struct place at = { "test", 0, 1 };
	struct bpflock_policy p, before;
	char buffer[QUANTITY_LEN];

	ruleset_init(&p);
	before = p;
	if (ruleset_assign(&p, ops, s, text, &at, true, &d)) {
		CHECK(d.errors == 0);
		CHECK(settings[s].list || ruleset_text(&p, s, buffer));
		CHECK(ruleset_compile(&p, ops, &d));
	} else {
		CHECK(d.errors > 0);
		CHECK(memcmp(&p, &before, sizeof(p)) == 0);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct bpflock_operation ops[BPFLOCK_REASONS];
	CLEANUP(free_charp) char *text = fuzz_text(data, size);

	operations_assume(ops);
	check_list(ops, text);
	for (size_t s = 0; s < _BPFLOCK_SETTING_MAX; s++)
		check_setting(ops, s, text);
	return 0;
}
