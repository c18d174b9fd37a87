// SPDX-License-Identifier: GPL-2.0-only
#include "replay-report.h"

#include <inttypes.h>
#include <stdio.h>

#include "clock.h"
#include "ctl-json.h"
#include "json.h"
#include "ruleset.h"
#include "text.h"
#include "util.h"

#define ROWS_SHOWN 20 /* of a table, in text */

static const struct {
	const char *json;
	const char *heading;
} tables[] = {
	[REPLAY_BY_OPERATION] = { "by_operation", "OPERATION" },
	[REPLAY_BY_UNIT] = { "by_unit", "UNIT OR CGROUP" },
	[REPLAY_BY_EXECUTABLE] = { "by_executable", "EXECUTABLE OR COMMAND" },
};
_Static_assert(ARRAY_SIZE(tables) == _REPLAY_BY_MAX, "every table needs a row");

/* The reasons for not knowing, and what else is counted apart. */
static const struct {
	const char *json;
	const char *text;
} answers[] = {
	[REPLAY_KNOWN] = { "known", NULL },
	[REPLAY_OTHERS] = { "refused_by_others", NULL },
	[REPLAY_NO_CGROUP] = { "cgroup",
			       "the path of the cgroup was not recorded, and rule sets differ" },
	[REPLAY_NO_NAMESPACES] = { "namespaces",
				   "the host's network namespace is not known: see --host-netns" },
	[REPLAY_NO_OPERATION] = { "operation", "this version does not know the operation" },
	[REPLAY_GRANT] = { "grant", "a grant allowed it, which may end or apply no more" },
};
_Static_assert(ARRAY_SIZE(answers) == _REPLAY_ANSWER_MAX, "every answer needs a row");

static void print_sum(const struct replay_sums *s)
{
	const char *separator = ":";

	printf("%" PRIu64 " of %" PRIu64 " decisions would change", replay_changed(s),
	       replay_decisions(s));
	if (s->denied) {
		printf("%s %" PRIu64 " newly denied", separator, s->denied);
		separator = ",";
	}
	if (s->allowed) {
		printf("%s %" PRIu64 " newly allowed", separator, s->allowed);
		separator = ",";
	}
	if (s->logged)
		printf("%s %" PRIu64 " in the log alone", separator, s->logged);
	if (replay_unknown(s))
		printf("; %" PRIu64 " not known", replay_unknown(s));
	putchar('\n');
}

static const char *newest(const struct replay_row *row, char text[CLOCK_UTC_LEN])
{
	if (!row->newest)
		return "-";
	clock_utc(row->newest, text);
	return text;
}

static void print_row(const struct replay_row *row)
{
	char change[32], time[CLOCK_UTC_LEN];

	snprintf(change, sizeof(change), "%s -> %s", ruleset_verdict_name(row->old),
		 ruleset_verdict_name(row->new));
	printf("%10" PRIu64 "  %-14s  %-20s  ", row->count, change, newest(row, time));
	text_puts(stdout, row->name[0] ? row->name : "(not recorded)");
	putchar('\n');
}

static void print_table(const struct replay_table *t, const char *heading)
{
	uint64_t rest = t->rows[REPLAY_ROWS].count;

	printf("\n%10s  %-14s  %-20s  %s\n", "DECISIONS", "CHANGE", "NEWEST", heading);
	for (size_t i = 0; i < t->n; i++) {
		if (i < ROWS_SHOWN)
			print_row(&t->rows[i]);
		else
			rest += t->rows[i].count;
	}
	if (rest)
		printf("%10" PRIu64 "  in further rows, see --json\n", rest);
}

static void print_machines(const struct replay *r)
{
	if (r->machines.n < 2)
		return;
	printf("\n%10s %10s %10s %10s %10s  MACHINE\n", "DECISIONS", "CHANGED", "DENIED", "ALLOWED",
	       "NOT KNOWN");
	for (size_t i = 0; i <= r->machines.n; i++) {
		size_t at = i < r->machines.n ? i : REPLAY_ROWS;
		const struct replay_row *row = &r->machines.rows[at];
		const struct replay_sums *s = &r->of_machine[row->id];

		if (i == r->machines.n && !row->count)
			break;
		printf("%10" PRIu64 " %10" PRIu64 " %10" PRIu64 " %10" PRIu64 " %10" PRIu64 "  ",
		       replay_decisions(s), replay_changed(s), s->denied, s->allowed,
		       replay_unknown(s));
		text_puts(stdout, row->name ? row->name : "(all further ones)");
		putchar('\n');
	}
}

static void print_unknown(const struct replay_sums *s)
{
	if (!replay_unknown(s))
		return;
	printf("\n%10s  WHY IT IS NOT KNOWN\n", "DECISIONS");
	for (enum replay_answer a = 0; a < _REPLAY_ANSWER_MAX; a++)
		if (answers[a].text && s->answers[a])
			printf("%10" PRIu64 "  %s\n", s->answers[a], answers[a].text);
}

/* Says what the figures above cannot show. */
static void print_limits(const struct replay_sums *s)
{
	putchar('\n');
	if (s->answers[REPLAY_OTHERS])
		printf("%" PRIu64 " refusal%s came from kernel Lockdown or another module. The policy does not change that.\n",
		       s->answers[REPLAY_OTHERS], s->answers[REPLAY_OTHERS] == 1 ? "" : "s");
	if (s->latched)
		printf("%" PRIu64 " denials were latched. They stay denied for as long as the set is loaded.\n",
		       s->latched);
	if (s->lost)
		printf("%" PRIu64 " records were lost. They are not part of these counts.\n", s->lost);
	if (!s->verdicts[BPFLOCK_VERDICT_ALLOW])
		puts("There is no allowed decision: with log = denied, newly denied ones do not show.");
	puts("A log does not show decisions that \"log\" left out, grants, and later operations of programs that would have been denied.\n"
	     "Rule sets of bpflock-ctl cgroup set are not part of the new policy.");
}

void replay_report_print(const struct replay_report *r)
{
	const struct replay *replay = r->replay;

	print_sum(&replay->total);
	for (enum replay_by by = 0; by < _REPLAY_BY_MAX; by++)
		if (replay->tables[by].n)
			print_table(&replay->tables[by], tables[by].heading);
	print_machines(replay);
	print_unknown(&replay->total);
	print_limits(&replay->total);
}

static void json_sums(struct json *j, const struct replay_sums *s)
{
	json_u64(j, "decisions", replay_decisions(s));
	json_u64(j, "changed", replay_changed(s));
	json_u64(j, "newly_denied", s->denied);
	json_u64(j, "newly_allowed", s->allowed);
	json_u64(j, "log_only", s->logged);
	json_u64(j, "not_known", replay_unknown(s));
	json_open(j, "not_known_for", '{');
	for (enum replay_answer a = 0; a < _REPLAY_ANSWER_MAX; a++)
		if (answers[a].text)
			json_u64(j, answers[a].json, s->answers[a]);
	json_close(j, '}');
	json_open(j, "recorded", '{');
	for (uint32_t v = 0; v < _BPFLOCK_VERDICT_MAX; v++)
		json_u64(j, ruleset_verdict_name(v), s->verdicts[v]);
	json_close(j, '}');
	json_u64(j, answers[REPLAY_OTHERS].json, s->answers[REPLAY_OTHERS]);
	json_u64(j, "latched", s->latched);
	json_u64(j, "lost", s->lost);
}

/* The name is null for all that had no room in the table. */
static void json_name(struct json *j, const char *name)
{
	if (name)
		json_string(j, "name", name);
	else
		json_null(j, "name");
}

static void json_row(struct json *j, const struct replay_row *row)
{
	char time[CLOCK_UTC_LEN];

	json_open(j, NULL, '{');
	json_name(j, row->name);
	if (row->name) {
		json_string(j, "old", ruleset_verdict_name(row->old));
		json_string(j, "new", ruleset_verdict_name(row->new));
	}
	json_u64(j, "count", row->count);
	if (row->newest)
		json_string(j, "newest", newest(row, time));
	json_close(j, '}');
}

static void json_table(struct json *j, const struct replay_table *t, const char *key)
{
	json_open(j, key, '[');
	for (size_t i = 0; i < t->n; i++)
		json_row(j, &t->rows[i]);
	if (t->rows[REPLAY_ROWS].count)
		json_row(j, &t->rows[REPLAY_ROWS]);
	json_close(j, ']');
}

static void json_machine(struct json *j, const struct replay *r, const struct replay_row *row)
{
	json_open(j, NULL, '{');
	json_name(j, row->name);
	json_sums(j, &r->of_machine[row->id]);
	json_close(j, '}');
}

static void json_machines(struct json *j, const struct replay *r)
{
	json_open(j, "machines", '[');
	for (size_t i = 0; i < r->machines.n; i++)
		json_machine(j, r, &r->machines.rows[i]);
	if (r->machines.rows[REPLAY_ROWS].count)
		json_machine(j, r, &r->machines.rows[REPLAY_ROWS]);
	json_close(j, ']');
}

static void json_logs(struct json *j, const struct replay_report *r)
{
	json_open(j, "logs", '[');
	for (size_t i = 0; i < r->n; i++) {
		const struct ctl_log *log = &r->logs[i];

		json_open(j, NULL, '{');
		json_string(j, "name", log->name);
		json_u64(j, "records", log->records);
		json_u64(j, "unreadable", log->unreadable);
		if (log->unreadable) {
			json_u64(j, "unreadable_line", log->line);
			json_string(j, "unreadable_because", log->fault);
		}
		json_close(j, '}');
	}
	json_close(j, ']');
}

void replay_report_print_json(const struct replay_report *r)
{
	struct json j = ctl_json();

	json_string(&j, "policy", r->policy);
	json_sums(&j, &r->replay->total);
	for (enum replay_by by = 0; by < _REPLAY_BY_MAX; by++)
		json_table(&j, &r->replay->tables[by], tables[by].json);
	json_machines(&j, r->replay);
	json_logs(&j, r);
	json_end(&j);
}
