// SPDX-License-Identifier: GPL-2.0-only
#include "command.h"

#include <string.h>
#include <time.h>

#include "capabilities.h"
#include "clock.h"
#include "color.h"
#include "complete-words.h"
#include "complete.h"
#include "filter-parse.h"
#include "options.h"
#include "pins.h"
#include "preflight.h"
#include "ruleset.h"
#include "since.h"

enum {
	OPTION_OUTPUT = 1,
	OPTION_FIELDS,
	OPTION_SINCE,
	OPTION_BPFFS,
	OPTION_UTC,
	OPTION_QUIET,
	OPTION_COLOR,
	OPTION_HELP,
	OPTION_VERSION,
	OPTION_FILTER, /* the first of them; from here on by enum filter_kind */
};

static void complete_formats(struct completion *c)
{
	for (size_t i = 0; i < formats_count; i++)
		complete_add(c, formats[i].name, formats[i].description);
}

static void add_fields(struct completion *c)
{
	for (size_t i = 0; i < fields_count; i++)
		if (!complete_listed(c, fields[i].name))
			complete_add(c, fields[i].name, NULL);
}

static void complete_fields(struct completion *c)
{
	complete_list(c, add_fields);
}

static void add_events(struct completion *c)
{
	const char *word;

	for (size_t i = 0; (word = filter_parse_event_word(i)); i++)
		if (!complete_listed(c, word))
			complete_add(c, word, NULL);
}

static void add_decisions(struct completion *c)
{
	for (uint32_t verdict = 0; verdict < _BPFLOCK_VERDICT_MAX; verdict++)
		if (!complete_listed(c, ruleset_verdict_name(verdict)))
			complete_add(c, ruleset_verdict_name(verdict), NULL);
}

static void add_sources(struct completion *c)
{
	for (uint32_t by = 0; by < _BPFLOCK_BY_MAX; by++)
		if (!complete_listed(c, ruleset_by_name(by)))
			complete_add(c, ruleset_by_name(by), NULL);
}

static void complete_filter(struct completion *c)
{
	static const struct {
		bool list;
		complete_fn complete;
	} rows[_FILTER_MAX] = {
		[FILTER_EVENT] = { true, add_events },
		[FILTER_DECISION] = { true, add_decisions },
		[FILTER_BY] = { true, add_sources },
		[FILTER_OP] = { false, complete_words_operations }, /* a list by itself */
		[FILTER_UID] = { true, complete_words_users },
		[FILTER_LOGINUID] = { true, complete_words_users },
		[FILTER_EXE] = { false, complete_files },
		[FILTER_PID] = { true, complete_words_processes },
		[FILTER_CGROUP] = { false, complete_words_cgroups },
		[FILTER_UNIT] = { false, complete_words_units },
	};
	complete_fn words = rows[c->option->id - OPTION_FILTER].complete;

	if (c->word[0] == '!')
		complete_skip(c, 1);
	if (rows[c->option->id - OPTION_FILTER].list)
		complete_list(c, words);
	else
		words(c);
}

static const struct option_info option_table[] = {
	{ "output", 'o', "FORMAT", "print classic, logfmt, json, short or journal", OPTION_OUTPUT,
	  complete_formats },
	{ "fields", 0, "LIST", "print these fields, in this order (json, logfmt)", OPTION_FIELDS,
	  complete_fields },
	{ "op", 0, "LIST", "select operations and @groups (! excludes)", OPTION_FILTER + FILTER_OP,
	  complete_filter },
	{ "decision", 0, "LIST", "select allow, audit or deny",
	  OPTION_FILTER + FILTER_DECISION, complete_filter },
	{ "by", 0, "LIST", "select decisions by bpflock, lockdown or other",
	  OPTION_FILTER + FILTER_BY, complete_filter },
	{ "event", 0, "LIST", "select decision, exec, grant or tamper",
	  OPTION_FILTER + FILTER_EVENT, complete_filter },
	{ "uid", 0, "LIST", "select user ids", OPTION_FILTER + FILTER_UID,
	  complete_filter },
	{ "loginuid", 0, "LIST", "select login user ids, or unset",
	  OPTION_FILTER + FILTER_LOGINUID, complete_filter },
	{ "pid", 0, "LIST", "select process or thread ids", OPTION_FILTER + FILTER_PID,
	  complete_filter },
	{ "comm", 0, "PATTERN", "select commands that match", OPTION_FILTER + FILTER_COMM },
	{ "exe", 0, "PATTERN", "select executables that match, by path or name",
	  OPTION_FILTER + FILTER_EXE, complete_filter },
	{ "cgroup", 0, "PATH", "select a cgroup and all below it",
	  OPTION_FILTER + FILTER_CGROUP, complete_filter },
	{ "unit", 0, "NAME", "select a systemd unit", OPTION_FILTER + FILTER_UNIT,
	  complete_filter },
	{ "since", 0, "TIME", "select records since then: -1h, today, 10:00", OPTION_SINCE },
	{ "bpffs", 0, "DIR", "use the pins on this bpffs (default: " PINS_DEFAULT_BPFFS ")",
	  OPTION_BPFFS, complete_directories },
	{ "utc", 0, NULL, "print times in UTC (default: local time)", OPTION_UTC },
	{ "quiet", 'q', NULL, "print no summary at the end", OPTION_QUIET },
	COLOR_OPTION(OPTION_COLOR),
	{ "help", 'h', NULL, "print this help", OPTION_HELP },
	{ "version", 'V', NULL, "print the version", OPTION_VERSION },
};

void command_print_options(FILE *f)
{
	options_print(f, option_table, ARRAY_SIZE(option_table));
}

/* Filters and fields add up. */
static bool offers(const struct completion *c, const struct option_info *row)
{
	return row->id >= OPTION_FILTER || row->id == OPTION_FIELDS || !c->given[row->id];
}

int command_complete(complete_fn verbs, int argc, char **argv)
{
	const struct complete_program program = {
		.options = option_table,
		.n_options = ARRAY_SIZE(option_table),
		.offers = offers,
		.operand = verbs,
		.privileges = CAPABILITIES_FILES,
	};

	return complete(&program, argc, argv);
}

static void take_operand(struct command *c, const char *word, struct diagnostics *d)
{
	/* "help" and "help follow" */
	if (!c->verb && !c->help && strcmp(word, "help") == 0) {
		c->help = true;
		return;
	}
	/* behind an unknown option it may be that one's argument */
	if (c->verb && d->errors == 0)
		diagnostic_error(d, NULL, "unexpected argument \"%s\"", word);
	if (!c->verb)
		c->verb = word;
}

static void take_format(struct command *c, const char *word, struct diagnostics *d)
{
	const struct place at = { .source = "--output" };
	const char *names[16];
	size_t n = 0;

	c->format = format_find(word);
	for (; n < formats_count && n < ARRAY_SIZE(names); n++)
		names[n] = formats[n].name;
	if (!c->format)
		diagnostic_unknown(d, &at, "format", word, strlen(word), names, n);
}

/* The words there are, and their numbers, unless the kernel does not tell. */
static void read_operations(struct filter *f)
{
	struct preflight pf;

	preflight_init(&pf, PINS_DEFAULT_BPFFS);
	preflight_operations(&pf);
	memcpy(f->operations, pf.operations, sizeof(f->operations));
	preflight_done(&pf);
}

static void take_filter(struct command *c, int id, const char *value, struct diagnostics *d)
{
	const struct option_info *row = options_row(option_table, ARRAY_SIZE(option_table), id);
	enum filter_kind kind = id - OPTION_FILTER;
	char option[32];

	if (kind == FILTER_OP && !(c->filter.kinds & 1U << FILTER_OP))
		read_operations(&c->filter);
	snprintf(option, sizeof(option), "--%s", row->name);
	filter_parse_add(&c->filter, kind, value, option, d);
}

static bool take(void *command, int id, const char *value, struct diagnostics *d)
{
	if (id == OPTIONS_OPERAND)
		take_operand(command, value, d);
	else if (id == OPTION_FIELDS)
		field_selection_parse(&((struct command *)command)->fields, value, d);
	else if (id >= OPTION_FILTER)
		take_filter(command, id, value, d);
	else
		return false;
	return true;
}

static void check_since(struct command *c, struct diagnostics *d)
{
	const struct place at = { .source = "--since" };
	int64_t ns;

	if (!since_parse(c->since, clock_realtime(), c->utc, &ns)) {
		diagnostic_error(d, &at,
				 "\"%s\" is not a time: use \"2026-11-24 10:00\", \"10:00\", "
				 "\"today\" or \"-1h\"",
				 c->since);
		return;
	}
	c->since_time = ns > 0 ? ns : 1;
}

void command_done(struct command *c)
{
	filter_parse_done(&c->filter);
}

void command_parse(struct command *c, int argc, char **argv, struct diagnostics *d)
{
	const char *given[OPTION_FILTER] = {};
	struct options o;

	memset(c, 0, sizeof(*c));
	options_init(&o, argc, argv, option_table, ARRAY_SIZE(option_table), d);
	options_collect(&o, given, take, c);
	c->since = given[OPTION_SINCE];
	c->bpffs = given[OPTION_BPFFS];
	c->utc = given[OPTION_UTC];
	c->quiet = given[OPTION_QUIET];
	color_choose(given[OPTION_COLOR], d);
	c->help = given[OPTION_HELP] || c->help;
	c->version = given[OPTION_VERSION];
	if (given[OPTION_OUTPUT])
		take_format(c, given[OPTION_OUTPUT], d);
	if (c->since)
		check_since(c, d);
	if (c->fields.n && !c->format)
		c->format = format_find("logfmt");
	if (c->fields.n && c->format && !c->format->fields)
		diagnostic_error(d, NULL, "--fields: not valid with -o %s: use -o json or -o logfmt",
				 c->format->name);
	if (!c->verb && !c->help && !c->version && d->errors == 0)
		diagnostic_error(d, NULL,
				 "no command: use follow, show or drain");
}
