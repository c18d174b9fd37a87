// SPDX-License-Identifier: GPL-2.0-only
#include "status-table.h"

#include <inttypes.h>

#include "decide.h"
#include "operations.h"
#include "ruleset.h"
#include "terminal.h"
#include "util.h"

/* A line of so many columns has room for the descriptions. */
#define COLUMNS_WIDE	   120
#define DESCRIPTION_COLUMN 81

static uint64_t refused_by_others(const struct loaded_state *r, uint32_t i)
{
	return loaded_state_refused(r, BPFLOCK_BY_LOCKDOWN, i) +
	       loaded_state_refused(r, BPFLOCK_BY_OTHER, i);
}

/* Returns whether a list decides it, not the profile. */
static bool departs(const struct loaded_state *r, uint32_t i)
{
	const struct bpflock_policy *host = &r->policy.host;
	uint64_t lists = ruleset_mask(host, BPFLOCK_SETTING_BLOCK) |
			 ruleset_mask(host, BPFLOCK_SETTING_ALLOW);

	return (lists & bpflock_bit(i)) || bpflock_is_latched(r->latch.operations, i);
}

static bool is_used(const struct loaded_state *r, uint32_t i)
{
	return loaded_state_decisions(&r->counters[i]) || refused_by_others(r, i);
}

static void print_head(bool wide)
{
	printf("\n%-26s %-10s %10s %10s %10s %8s%s\n", "OPERATION", "DECISION", "ALLOWED",
	       "AUDITED", "DENIED", "OTHERS", wide ? "  DESCRIPTION" : "");
}

static void print_row(const struct loaded_state *r, uint32_t i, bool wide)
{
	const struct bpflock_operation *ops = r->pins->stamp.operations;
	const struct bpflock_counters *c = &r->counters[i];

	printf("%-26s %-10s %10" PRIu64 " %10" PRIu64 " %10" PRIu64 " %8" PRIu64,
	       operations_name(ops, i), ruleset_decision(&r->policy.host, i),
	       (uint64_t)c->verdicts[BPFLOCK_VERDICT_ALLOW],
	       (uint64_t)c->verdicts[BPFLOCK_VERDICT_AUDIT],
	       (uint64_t)c->verdicts[BPFLOCK_VERDICT_DENY], refused_by_others(r, i));
	if (wide) {
		fputs("  ", stdout);
		terminal_print_last(stdout, operations_description(ops, i), DESCRIPTION_COLUMN);
	}
	putchar('\n');
}

void status_table_print(const struct loaded_state *r, bool all)
{
	bool wide = terminal_columns(stdout) >= COLUMNS_WIDE;
	size_t shown = 0, more = 0;

	for (uint32_t i = 0; i < BPFLOCK_REASONS; i++) {
		if (!loaded_state_is_shown(r, i))
			continue;
		if (!all && !is_used(r, i) && !departs(r, i)) {
			more++;
			continue;
		}
		if (shown++ == 0)
			print_head(wide);
		print_row(r, i, wide);
	}
	if (more && shown)
		printf("%zu more operations: " CTL_PROGRAM " status --all\n", more);
	else if (more)
		printf("\nno operation was used yet: " CTL_PROGRAM " status --all shows all %zu\n",
		       more);
	putchar('\n');
}
