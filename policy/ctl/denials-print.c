// SPDX-License-Identifier: GPL-2.0-only
#include "denials-print.h"

#include <inttypes.h>
#include <string.h>

#include "clock.h"
#include "ctl.h"
#include "decide.h"
#include "lockdown-cure.h"
#include "operations.h"
#include "ruleset.h"
#include "text.h"
#include "util.h"

#define COLUMN "%13s: "

static const char *const marks[] = {
	[BPFLOCK_VERDICT_ALLOW] = "allow",
	[BPFLOCK_VERDICT_AUDIT] = "audit",
	[BPFLOCK_VERDICT_DENY] = "DENY",
};
_Static_assert(ARRAY_SIZE(marks) == _BPFLOCK_VERDICT_MAX, "every verdict needs its mark");

/* Returns whether every character can be printed as it is, and stand between single quotes. */
static bool can_be_quoted(const char *s, size_t len)
{
	for (size_t i = 0, n; i < len; i += n) {
		n = text_printable(s + i, len - i);
		if (!n || s[i] == '\'')
			return false;
	}
	return len > 0;
}

/* The word that a shell reads as this text; NULL if none can be printed safely. Owned by the
 * caller. */
static char *shell_word(const char *s, size_t len)
{
	static const char plain[] =
		"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789/.:_@%+=,-";
	char *word = NULL;

	if (strspn(s, plain) >= len)
		return strndup(s, len);
	if (!can_be_quoted(s, len))
		return NULL;
	return asprintf(&word, "'%.*s'", (int)len, s) < 0 ? NULL : word;
}

/* The command of a cure that is one; NULL if it is none, or cannot be written as one. Owned by the
 * caller. */
static char *command(const struct denials_print *p, const struct denial *d,
		     const struct denial_advice *a)
{
	CLEANUP(free_charp) char *word = a->target ? shell_word(a->target, a->len) : NULL;
	const char *operation = operations_name(p->ops, d->reason);
	char *text = NULL;
	int n = -1;

	if (a->cure == DENIAL_CURE_HOST)
		n = asprintf(&text, CTL_PROGRAM " grant %s --host --for 1h", operation);
	else if (a->cure == DENIAL_CURE_UNIT && word)
		n = asprintf(&text, CTL_PROGRAM " grant %s --unit %s --for 1h", operation, word);
	else if (a->cure == DENIAL_CURE_CGROUP && word)
		n = asprintf(&text, CTL_PROGRAM " grant %s --cgroup %s --for 1h", operation, word);
	return n < 0 ? NULL : text;
}

/* Why no command would allow it, and what would; NULL where there is one. */
static const char *no_command(const struct denials_print *p, const struct denial *d,
			      const struct denial_advice *a)
{
	static char text[256];
	char reason[RULESET_REASON_LEN];

	switch (a->cure) {
	case DENIAL_CURE_UNIT:
	case DENIAL_CURE_CGROUP:
		return "the cgroup's name cannot be written safely; name the cgroup with --pid of a process in it";
	case DENIAL_CURE_HOST:
		return NULL;
	case DENIAL_CURE_ALLOWED:
		ruleset_reason(a->now.verdict, a->now.why, a->now.rules->profile, a->now.rule,
			       reason);
		snprintf(text, sizeof(text), "the active policy allows it now: %s", reason);
		return text;
	case DENIAL_CURE_LATCHED:
		return "it is latched until unloaded; to allow it later, take it out of latch in the policy files";
	case DENIAL_CURE_SEALED:
		return "it is sealed until reboot; to allow it then, add it to allow in the policy files";
	case DENIAL_CURE_LOCKDOWN:
		snprintf(
			text, sizeof(text),
			"kernel Lockdown refuses it, and no policy can change that; to end that, %s",
			lockdown_cure());
		return text;
	case DENIAL_CURE_OTHERS:
		return "bpflock did not refuse it, and no policy of bpflock can allow it";
	case DENIAL_CURE_UNNAMED:
		return "this kernel has no name for the operation, and no list can allow it";
	case DENIAL_CURE_UNKNOWN:
		break;
	}
	return p->policy ? "the cgroup whose rule set decided is gone"
			 : "the active policy can be read by root only";
}

static void print_time(const struct denials_print *p, uint64_t boottime, char *day)
{
	char this_day[CLOCK_DAY_LEN], hour[CLOCK_HOUR_LEN];

	clock_local((int64_t)boottime + p->offset, this_day, hour);
	if (strcmp(day, this_day) != 0)
		printf("%s\n", this_day);
	memcpy(day, this_day, CLOCK_DAY_LEN);
	fputs(hour, stdout);
}

static void print_program(FILE *f, const struct denial *d)
{
	text_puts(f, d->comm);
	fprintf(f, "[%u]", d->tgid);
}

static void print_count(const struct denials_print *p, const struct denial *d)
{
	char day[CLOCK_DAY_LEN], last[CLOCK_DAY_LEN], hour[CLOCK_HOUR_LEN];

	if (d->count < 2)
		return;
	printf(", %" PRIu64 " times", d->count);
	if (d->since == d->time)
		return;
	clock_local((int64_t)d->time + p->offset, last, hour);
	clock_local((int64_t)d->since + p->offset, day, hour);
	printf(" since %s%s%s", strcmp(day, last) ? day : "", strcmp(day, last) ? " " : "", hour);
}

void denials_print_line(FILE *f, const struct denials_print *p, const struct denial *d)
{
	char today[CLOCK_DAY_LEN], day[CLOCK_DAY_LEN], hour[CLOCK_HOUR_LEN];

	clock_local(clock_realtime(), today, hour);
	clock_local((int64_t)d->time + p->offset, day, hour);
	fprintf(f, "%s%s%s", strcmp(day, today) ? day : "", strcmp(day, today) ? " " : "", hour);
	fprintf(f, " %s %s ", marks[d->verdict], operations_name(p->ops, d->reason));
	print_program(f, d);
	if (d->unit || d->cgroup) {
		fputs(", ", f);
		text_puts(f, d->unit ? d->unit : d->cgroup);
	}
	if (d->count > 1)
		fprintf(f, ", %" PRIu64 " times", d->count);
	if (d->by)
		fprintf(f, ", by %s", ruleset_by_name(d->by));
}

/* The place that set what decided, as long as the active policy decides in the same way; else NULL.
 */
static const char *source_of(const struct denials_print *p, const struct denial *d,
			     const struct denial_advice *a)
{
	if (d->by)
		return NULL;
	if (d->why == BPFLOCK_WHY_LATCH)
		return p->latch && bpflock_is_latched(p->latch->operations, d->reason)
			       ? p->latch->by[d->reason < BPFLOCK_REASONS ? d->reason
									  : BPFLOCK_REASONS - 1]
					 .source
			       : NULL;
	if (!a->explained || a->now.why != d->why || a->now.verdict != d->verdict ||
	    !a->now.rule != !d->rule_cgroup)
		return NULL;
	return explain_source(p->policy, &a->now, d->reason);
}

static void print_cause(const struct denials_print *p, const struct denial *d,
			const struct denial_advice *a)
{
	enum bpflock_setting setting = explain_setting(d->why, d->reason);
	const char *source = source_of(p, d, a);

	printf(COLUMN, "because");
	if (d->by) {
		puts(d->by == BPFLOCK_BY_LOCKDOWN
			     ? "kernel Lockdown refused it"
			     : "another security module or BPF program refused it");
		return;
	}
	if (d->why == BPFLOCK_WHY_LATCH)
		fputs("it is latched, for everybody", stdout);
	else if (d->why == BPFLOCK_WHY_PROFILE)
		printf("%s is %s", settings[setting].name, ruleset_profile_name(d->profile));
	else
		printf("it is in the list %s", settings[setting].name);
	if (d->rule) {
		fputs(" in the rule set of ", stdout);
		text_puts(stdout, d->rule);
	} else if (d->rule_cgroup) {
		fputs(" in the rule set of a cgroup that is gone", stdout);
	}
	if (source) {
		fputs(" (", stdout);
		text_puts(stdout, source);
		putchar(')');
	} else if (a->explained) {
		fputs(" (the policy has changed since)", stdout);
	}
	putchar('\n');
}

/* The program is named by its path, and what it was about, where that is known. */
static void print_exe(const struct denial *d)
{
	if (d->exe) {
		printf(COLUMN, "program");
		text_puts(stdout, d->exe);
		putchar('\n');
	}
	if (d->about[0]) {
		printf(COLUMN, "module");
		text_puts(stdout, d->about);
		putchar('\n');
	}
}

static void print_subject(const struct denial *d)
{
	printf(COLUMN, d->unit ? "unit" : "cgroup");
	if (d->unit || d->cgroup)
		text_puts(stdout, d->unit ? d->unit : d->cgroup);
	else
		printf("%" PRIu64 ", which is gone", d->cgroup_id);
	putchar('\n');
}

void denials_print_cure(const struct denials_print *p, const struct denial *d,
			const struct denial_advice *a)
{
	CLEANUP(free_charp) char *text = command(p, d, a);

	printf(COLUMN, text ? "hint" : "note");
	fputs(text ? text : no_command(p, d, a), stdout);
	putchar('\n');
}

void denials_print_text(const struct denials_print *p, const struct denial *d,
			const struct denial_advice *a, char *day)
{
	const struct operation *known = operations_find(operations_name(p->ops, d->reason));

	print_time(p, d->time, day);
	printf(" %-5s %s ", marks[d->verdict], operations_name(p->ops, d->reason));
	print_program(stdout, d);
	printf(" uid=%u", d->uid);
	if (d->loginuid != BPFLOCK_UNSET && d->loginuid != d->uid)
		printf(" loginuid=%u", d->loginuid);
	print_count(p, d);
	if (known && known->unreliable_subject)
		fputs(", maybe for another task", stdout);
	putchar('\n');
	print_exe(d);
	print_subject(d);
	print_cause(p, d, a);
	denials_print_cure(p, d, a);
}

static void json_time(const struct denials_print *p, struct json *j, const char *key,
		      uint64_t boottime)
{
	char text[CLOCK_UTC_LEN];

	clock_utc((int64_t)boottime + p->offset, text);
	json_string(j, key, text);
}

static void json_text(struct json *j, const char *key, const char *text)
{
	if (text)
		json_string(j, key, text);
	else
		json_null(j, key);
}

static void json_cure(const struct denials_print *p, struct json *j, const struct denial *d,
		      const struct denial_advice *a)
{
	CLEANUP(free_charp) char *text = command(p, d, a);

	json_text(j, "source", source_of(p, d, a));
	json_text(j, "allow", text);
	json_text(j, "note", text ? NULL : no_command(p, d, a));
}

void denials_print_json(const struct denials_print *p, struct json *j, const struct denial *d,
			const struct denial_advice *a)
{
	char reason[RULESET_REASON_LEN];

	if (d->by)
		snprintf(reason, sizeof(reason), "denied (%s)", ruleset_by_name(d->by));
	else
		ruleset_reason(d->verdict, d->why, d->profile, d->rule_cgroup != 0, reason);
	json_open(j, NULL, '{');
	json_time(p, j, "time", d->time);
	json_time(p, j, "since", d->since);
	json_u64(j, "count", d->count);
	json_string(j, "operation", operations_name(p->ops, d->reason));
	json_string(j, "decision", ruleset_verdict_name(d->verdict));
	json_string(j, "reason", reason);
	json_text(j, "by", d->by ? ruleset_by_name(d->by) : NULL);
	json_text(j, "why", d->by ? NULL : ruleset_why_name(d->why));
	json_string(j, "comm", d->comm);
	json_u64(j, "pid", d->tgid);
	json_u64(j, "uid", d->uid);
	if (d->loginuid != BPFLOCK_UNSET)
		json_u64(j, "loginuid", d->loginuid);
	else
		json_null(j, "loginuid");
	json_text(j, "exe", d->exe);
	json_text(j, "module", d->about[0] ? d->about : NULL);
	json_u64(j, "cgroup_id", d->cgroup_id);
	json_text(j, "cgroup", d->cgroup);
	json_text(j, "unit", d->unit);
	json_text(j, "rule_set", d->rule_cgroup ? d->rule : "/");
	json_u64(j, "generation", d->generation);
	json_u64(j, "boottime_ns", d->time);
	if (a)
		json_cure(p, j, d, a);
	json_close(j, '}');
}
