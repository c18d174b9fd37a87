// SPDX-License-Identifier: GPL-2.0-only
#include "analyze-text.h"

#include <stdio.h>
#include <string.h>

#include "bypass.h"
#include "closing.h"
#include "ctl.h"
#include "operations.h"
#include "table.h"
#include "terminal.h"
#include "util.h"

static const struct analysis_subject *host(const struct analysis *a)
{
	return &a->subjects[0];
}

static enum terminal_style style_of(unsigned int exposure)
{
	return exposure >= 75 ? TERMINAL_RED : exposure >= 50 ? TERMINAL_YELLOW : TERMINAL_GREEN;
}

static void print_exposure(const struct analysis_subject *s, enum analysis_place place)
{
	unsigned int exposure = s->exposure[place];

	printf("%u.%u ", exposure / 10, exposure % 10);
	terminal_print(stdout, style_of(exposure), bypass_word(exposure));
}

static bool is_worse(const struct analysis *a, const struct analysis_subject *s)
{
	return s->exposure[ANALYSIS_HOST] > host(a)->exposure[ANALYSIS_HOST] ||
	       s->exposure[ANALYSIS_ELSEWHERE] > host(a)->exposure[ANALYSIS_ELSEWHERE];
}

/* Returns the operations that a rule set leaves open to tasks to whom the host's denies them. */
static uint64_t opened(const struct analysis *a, const struct analysis_subject *s)
{
	return (s->open[ANALYSIS_HOST] & ~host(a)->open[ANALYSIS_HOST]) |
	       (s->open[ANALYSIS_ELSEWHERE] & ~host(a)->open[ANALYSIS_ELSEWHERE]);
}

static void add_exposure(struct table *t, unsigned int exposure)
{
	table_addf(t, "%u.%u %s", exposure / 10, exposure % 10, bypass_word(exposure));
}

/* The other rule sets that are more open than the host's. */
static void print_worse(const struct analysis *a)
{
	static const struct table_column columns[] = {
		{ "OTHER RULE SET", TABLE_PATH },
		{ "HOST TASKS", TABLE_TEXT },
		{ "ELSEWHERE", TABLE_TEXT },
		{ "OPEN THERE ONLY", TABLE_WORDS },
	};
	CLEANUP(table_freep) struct table *t = table_new(columns, ARRAY_SIZE(columns));
	bool any = false;

	for (size_t i = 1; i < a->n; i++) {
		const struct analysis_subject *s = &a->subjects[i];
		CLEANUP(free_charp) char *open = NULL;

		if (!is_worse(a, s))
			continue;
		open = operations_text(a->ops, opened(a, s) & a->applicable);
		table_add(t, s->path);
		add_exposure(t, s->exposure[ANALYSIS_HOST]);
		add_exposure(t, s->exposure[ANALYSIS_ELSEWHERE]);
		table_add(t, open && open[0] ? open : "(nothing)");
		any = true;
	}
	if (!any)
		return;
	putchar('\n');
	table_print(t, stdout);
}

static void print_exposures(const struct analysis *a)
{
	fputs("Exposure of host tasks: ", stdout);
	print_exposure(host(a), ANALYSIS_HOST);
	fputs("\nExposure of tasks elsewhere: ", stdout);
	print_exposure(host(a), ANALYSIS_ELSEWHERE);
	putchar('\n');
}

static void print_closing(const struct analysis *a, const struct closing *c, const char *label,
			  bool loaded)
{
	static const char *const names[_ANALYSIS_PLACES] = { "host tasks", "elsewhere" };
	const char *separator = " (";

	printf("%s%s%s", label, loaded ? CTL_PROGRAM " set " : "", c->setting);
	for (int p = 0; p < _ANALYSIS_PLACES; p++) {
		unsigned int now = host(a)->exposure[p], then = c->exposure[p];

		if (now == then)
			continue;
		printf("%s%s: %u.%u -> %u.%u", separator, names[p], now / 10, now % 10, then / 10,
		       then % 10);
		separator = ", ";
	}
	puts(")");
}

/* The best setting, and if it closes more than one operation the best of those that close one. */
static void print_closings(const struct analysis *a, bool loaded)
{
	struct closing best, single;

	if (!closing_find(a, false, &best))
		return;
	print_closing(a, &best, "Close next: ", loaded);
	if (closing_find(a, true, &single) && strcmp(single.setting, best.setting) != 0)
		print_closing(a, &single, "Or one operation: ", loaded);
}

/* Returns how far one operation opens the kernel if it is the only open one. */
static unsigned int weight_of(const struct analysis *a, uint32_t reason)
{
	return bypass_exposure(a->ops, 1ULL << reason);
}

/* Returns the operation of a mask that weighs most, and takes it out. */
static uint32_t take_heaviest(const struct analysis *a, uint64_t *mask)
{
	uint32_t heaviest = __builtin_ctzll(*mask);

	for (uint32_t i = heaviest + 1; i < BPFLOCK_REASONS; i++)
		if ((*mask & (1ULL << i)) && weight_of(a, i) > weight_of(a, heaviest))
			heaviest = i;
	*mask &= ~(1ULL << heaviest);
	return heaviest;
}

static void add_weight(struct table *t, unsigned int weight)
{
	table_addf(t, "%u.%u", weight / 10, weight % 10);
}

/* The operations that the host's rule set leaves open to host tasks, and the powers they give. */
static void print_open(const struct analysis *a)
{
	static const struct table_column columns[] = {
		{ "OPEN", TABLE_TEXT },
		{ "WEIGHT", TABLE_NUMBER },
		{ "TO", TABLE_TEXT },
		{ "GIVES", TABLE_WORDS },
	};
	CLEANUP(table_freep) struct table *t = table_new(columns, ARRAY_SIZE(columns));
	uint64_t open = host(a)->open[ANALYSIS_HOST] & a->applicable;

	if (!open)
		return;
	while (open) {
		uint32_t i = take_heaviest(a, &open);
		const struct bypass_fact *f = bypass_fact(&a->ops[i]);
		bool all = host(a)->open[ANALYSIS_ELSEWHERE] & (1ULL << i);

		table_add(t, a->ops[i].name);
		add_weight(t, weight_of(a, i));
		table_add(t, all ? "all" : "host");
		/* the first is the strongest */
		table_addf(t, "%s: %s", bypass_powers[__builtin_ctz(f->powers)].description,
			   f->how);
	}
	putchar('\n');
	table_print(t, stdout);
}

/* The operations that are denied, at least outside the host's namespaces, and the ways around each.
 */
static void print_denied(const struct analysis *a)
{
	static const struct table_column columns[] = {
		{ "DENIED", TABLE_TEXT },
		{ "WEIGHT", TABLE_NUMBER },
		{ "DECISION", TABLE_TEXT },
		{ "BYPASSED THROUGH", TABLE_WORDS },
	};
	CLEANUP(table_freep) struct table *t = table_new(columns, ARRAY_SIZE(columns));
	uint64_t denied = a->named & a->applicable & ~host(a)->open[ANALYSIS_ELSEWHERE];

	if (!denied)
		return;
	while (denied) {
		uint32_t i = take_heaviest(a, &denied);
		/* host tasks may do all that others may: theirs is the longer list */
		bool open = host(a)->open[ANALYSIS_HOST] & (1ULL << i);
		uint64_t ways =
			analysis_ways(a, host(a), open ? ANALYSIS_ELSEWHERE : ANALYSIS_HOST, i);
		CLEANUP(free_charp) char *text = operations_text(a->ops, ways);

		table_add(t, a->ops[i].name);
		add_weight(t, weight_of(a, i));
		table_add(t, analysis_decision(a, i));
		table_add(t, ways && text	  ? text
			     : open && a->way_out ? "kernel helpers"
						  : "(nothing)");
	}
	putchar('\n');
	table_print(t, stdout);
}

/*
 * Returns whether there is anything that a way out opens, under the host's rule set or another one.
 */
static bool has_escapes(const struct analysis *a)
{
	for (size_t i = 0; i < a->n; i++)
		if (analysis_escapes(a, &a->subjects[i]))
			return true;
	return false;
}

static void print_helpers(const struct analysis *a, const struct helpers *h)
{
	static const struct table_column columns[] = {
		{ "KERNEL HELPER", TABLE_TEXT },
		{ "STATE", TABLE_TEXT },
		{ "WHY", TABLE_WORDS },
	};
	CLEANUP(table_freep) struct table *t = table_new(columns, ARRAY_SIZE(columns));

	if (!has_escapes(a))
		return;
	for (int i = 0; i < _HELPER_MAX; i++) {
		char why[256];

		helpers_explain(h, i, why, sizeof(why));
		table_add(t, helper_infos[i].name);
		table_add(t, helpers_state_name(helpers_state(h, i)));
		table_add(t, why);
	}
	putchar('\n');
	table_print(t, stdout);
}

static void print_note(const char *text)
{
	terminal_print_last(stdout, text, 0);
	putchar('\n');
}

static void print_notes(const struct analysis *a, const struct helpers *h)
{
	bool cgroups = false;

	for (size_t i = 1; i < a->n; i++)
		cgroups = cgroups || a->subjects[i].audited;
	if (!a->enforced)
		print_note(
			a->attached
				? "The program is attached, but the policy is not enforced: everything counts as open."
				: "The program is NOT attached: nothing is denied, and everything counts as open.");
	else if (host(a)->audited)
		print_note(
			"The mode is audit: nothing is denied, and operations that would be denied count as open.");
	if (a->enforced && cgroups)
		print_note("Cgroup rule sets with mode = audit deny nothing: see " CTL_PROGRAM
			   " cgroup list.");
	if (a->kernel_denies)
		print_note("Operations that kernel Lockdown denies count as closed.");
	if (!has_escapes(a))
		return;
	if (a->way_out)
		print_note(
			"Tasks elsewhere can have the kernel start a program on the host: operations that are open "
			"to host tasks count as open to them.");
	else if (helpers_any(h, HELPER_UNKNOWN))
		print_note(
			"Whether tasks elsewhere can have the kernel start a program on the host is unknown, and not counted.");
}

/* Names the operations that no table has, because this machine never uses them. */
static void print_never(const struct analysis *a)
{
	CLEANUP(free_charp) char *text = operations_text(a->ops, a->named & ~a->applicable);

	if (!text || !text[0])
		return;
	printf("\nNever used on %s: ", a->machine);
	terminal_print_last(stdout, text, strlen("Never used on : ") + strlen(a->machine));
	putchar('\n');
}

void analyze_text(const struct analysis *a, const struct helpers *h, bool loaded)
{
	print_exposures(a);
	print_closings(a, loaded);
	print_notes(a, h);
	print_worse(a);
	print_open(a);
	print_denied(a);
	print_helpers(a, h);
	print_never(a);
}
