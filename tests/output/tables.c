// SPDX-License-Identifier: GPL-2.0-only
/* Prints the tables that no program prints in a form of its own, for `man`: KIND, NAME, what
 * belongs to it. */
#include "bypass.h"
#include "operations.h"
#include "ruleset.h"
#include "exit-status.h"
#include "util.h"
#include "format.h"
#include "message-id.h"

static void print_settings(void)
{
	const char *word, *meaning;

	for (size_t s = 0; s < _BPFLOCK_SETTING_MAX; s++) {
		printf("key\t%s %s\t", ruleset_setting_section(s), ruleset_setting_key(s));
		for (size_t i = 0; (word = ruleset_setting_word(s, i, &meaning)); i++)
			printf("%s%s", i ? " " : "", word);
		putchar('\n');
	}
}

static void print_operations(void)
{
	struct bpflock_operation ops[BPFLOCK_REASONS];

	operations_assume(ops);
	for (size_t i = 0; i < operations_known_count; i++)
		printf("operation\t%s\t\n", operations_known[i].name);
	for (size_t g = 0; g < _GROUP_MAX; g++) {
		printf("group\t%s\t", operation_groups[g].name);
		for (size_t i = 0; i < operations_known_count; i++)
			if (operations_known[i].groups & 1U << g)
				printf("%s ", operations_known[i].name);
		putchar('\n');
	}
}

/* Each power has its weight in tenths, and the operations that give it. */
static void print_powers(void)
{
	for (size_t p = 0; p < _POWER_MAX; p++) {
		printf("power\t%s\t%u.%u ", bypass_powers[p].name, bypass_powers[p].weight / 10,
		       bypass_powers[p].weight % 10);
		for (size_t i = 0; i < bypass_facts_count; i++)
			if (bypass_facts[i].powers & 1U << p)
				printf("%s ", bypass_facts[i].operation);
		putchar('\n');
	}
}

/* An event of each kind that a message id is for. */
static const struct event events[] = {
	{ .kind = EVENT_LOCKED_DOWN, .verdict = BPFLOCK_VERDICT_ALLOW },
	{ .kind = EVENT_LOCKED_DOWN, .verdict = BPFLOCK_VERDICT_AUDIT },
	{ .kind = EVENT_LOCKED_DOWN, .verdict = BPFLOCK_VERDICT_DENY },
	{ .kind = EVENT_LOCKED_DOWN, .verdict = BPFLOCK_VERDICT_DENY, .by = BPFLOCK_BY_LOCKDOWN },
	{ .kind = EVENT_EXECVE, .filename = "" },
	{ .kind = EVENT_GRANT, .action = BPFLOCK_GRANT_GIVEN, .target = "", .note = "" },
	{ .kind = EVENT_GRANT, .action = BPFLOCK_GRANT_REVOKED, .target = "", .note = "" },
	{ .kind = EVENT_TAMPER, .verdict = BPFLOCK_VERDICT_DENY, .object = "" },
	{ .kind = EVENT_TAMPER, .verdict = BPFLOCK_VERDICT_ALLOW, .object = "" },
	{ .kind = EVENT_LOST },
	{ .kind = EVENT_MISSED },
	{ .kind = EVENT_INVALID },
};

/* The fields that each of these has, and whose bytes nobody else chooses. */
static void print_fields(const struct event *e)
{
	static struct out out;
	static struct wallclock wallclock;
	static struct bpflock_operation operations[BPFLOCK_REASONS];
	const struct format_context c = { .out = &out,
					  .clock = &wallclock,
					  .operations = operations };

	operations_assume(operations);
	for (size_t i = 0; i < fields_count; i++) {
		struct value v = { .type = VALUE_NONE };

		if (!(fields[i].kinds & 1U << e->kind))
			continue;
		fields[i].get(&c, e, &v);
		if (v.type != VALUE_NONE && v.type != VALUE_BYTES)
			printf(" %s", fields[i].name);
	}
}

static void print_message_ids(void)
{
	for (size_t i = 0; i < message_ids_count; i++)
		printf("message-id\t%s\t%s\n", message_ids[i].name, message_ids[i].id);
	for (size_t i = 0; i < ARRAY_SIZE(events); i++) {
		printf("message-fields\t%s\t", message_id(&events[i]));
		print_fields(&events[i]);
		putchar('\n');
	}
}

int main(void)
{
	print_settings();
	print_operations();
	print_powers();
	for (int s = 0; s < _STATUS_MAX; s++)
		printf("status\t%d\t%s\n", s, exit_status_text(s));
	for (size_t i = 0; i < fields_count; i++)
		printf("field\t%s\t\n", fields[i].name);
	for (size_t i = 0; i < formats_count; i++)
		printf("format\t%s\t\n", formats[i].name);
	print_message_ids();
	return 0;
}
