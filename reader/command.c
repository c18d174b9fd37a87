// SPDX-License-Identifier: GPL-2.0-only
#include "command.h"

#include <string.h>
#include <time.h>

#include "../policy/options.h"
#include "../policy/pins.h"
#include "../policy/preflight.h"
#include "since.h"
#include "wallclock.h"

enum {
	OPTION_OUTPUT = 1,
	OPTION_FIELDS,
	OPTION_SINCE,
	OPTION_BPFFS,
	OPTION_UTC,
	OPTION_HELP,
	OPTION_VERSION,
	OPTION_FILTER, /* the first of them; from here on by enum filter_kind */
};

static const struct option_info option_table[] = {
	{ "output", 'o', "FORMAT", "how to print, see below", OPTION_OUTPUT },
	{ "fields", 0, "LIST", "only these fields, in this order (json, logfmt)", OPTION_FIELDS },
	{ "op", 0, "LIST", "only these operations and @groups", OPTION_FILTER + FILTER_OP },
	{ "decision", 0, "LIST", "only these: allow, audit, deny",
	  OPTION_FILTER + FILTER_DECISION },
	{ "event", 0, "LIST", "only these: decision, exec, grant, tamper", OPTION_FILTER + FILTER_EVENT },
	{ "uid", 0, "LIST", "only of these users, by number", OPTION_FILTER + FILTER_UID },
	{ "pid", 0, "LIST", "only of these processes or threads", OPTION_FILTER + FILTER_PID },
	{ "comm", 0, "PATTERN", "only of commands that match", OPTION_FILTER + FILTER_COMM },
	{ "cgroup", 0, "PATH", "only of this cgroup and those below it",
	  OPTION_FILTER + FILTER_CGROUP },
	{ "unit", 0, "NAME", "only of this systemd unit", OPTION_FILTER + FILTER_UNIT },
	{ "since", 0, "TIME", "only what is not older", OPTION_SINCE },
	{ "bpffs", 0, "DIR", "the bpffs with the pins (default: " PINS_DEFAULT_BPFFS ")",
	  OPTION_BPFFS },
	{ "utc", 0, NULL, "times are in UTC", OPTION_UTC },
	{ "help", 'h', NULL, "print this help", OPTION_HELP },
	{ "version", 0, NULL, "print the version", OPTION_VERSION },
};

void command_print_options(FILE *f)
{
	const char *before = "";

	options_print(f, option_table, ARRAY_SIZE(option_table));
	fprintf(f, "\nTo be repeated: --fields adds up; of ");
	for (size_t i = 0; i < ARRAY_SIZE(option_table); i++) {
		if (option_table[i].id < OPTION_FILTER)
			continue;
		fprintf(f, "%s--%s", before, option_table[i].name);
		before = ", ";
	}
	fprintf(f, "\nany value can match, and a leading ! excludes. "
		   "Of all others the last one counts.\n");
}

static void take_operand(struct command *c, const char *word, struct diagnostics *d)
{
	/* behind an unknown option it may be that one's argument */
	if (c->verb && d->errors == 0)
		diagnose_error(d, NULL, "unexpected argument \"%s\"", word);
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
		diagnose_unknown(d, &at, "format", word, strlen(word), names, n);
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
	filter_add(&c->filter, kind, value, option, d);
}

static void take(struct command *c, int id, const char *value, struct diagnostics *d)
{
	switch (id) {
	case OPTIONS_ERROR:
		break;
	case OPTIONS_OPERAND:
		take_operand(c, value, d);
		break;
	case OPTION_OUTPUT:
		take_format(c, value, d);
		break;
	case OPTION_FIELDS:
		choice_parse(&c->fields, value, d);
		break;
	case OPTION_SINCE:
		c->since = value;
		break;
	case OPTION_BPFFS:
		c->bpffs = value;
		break;
	case OPTION_UTC:
		c->utc = true;
		break;
	case OPTION_HELP:
		c->help = true;
		break;
	case OPTION_VERSION:
		c->version = true;
		break;
	default:
		take_filter(c, id, value, d);
	}
}

static void check_since(struct command *c, struct diagnostics *d)
{
	const struct place at = { .source = "--since" };
	struct wallclock clock;
	struct timespec now;
	int64_t ns;

	clock_gettime(CLOCK_REALTIME, &now);
	if (!since_parse(c->since, now.tv_sec * 1000000000LL + now.tv_nsec, c->utc, &ns)) {
		diagnose_error(d, &at,
			       "\"%s\" is no time: expected \"2026-11-24 10:00\", \"10:00\", "
			       "\"today\", \"-1h\" or the like",
			       c->since);
		return;
	}
	wallclock_init(&clock, c->utc);
	ns -= clock.offset;
	c->filter.since = ns > 0 ? ns : 0;
}

void command_done(struct command *c)
{
	filter_done(&c->filter);
}

void command_parse(struct command *c, int argc, char **argv, struct diagnostics *d)
{
	struct options o;
	const char *value;
	int id;

	memset(c, 0, sizeof(*c));
	options_init(&o, argc, argv, option_table, ARRAY_SIZE(option_table), d);
	while ((id = options_next(&o, &value)) != OPTIONS_END)
		take(c, id, value, d);
	if (c->since)
		check_since(c, d);
	if (c->fields.n && !c->format)
		c->format = format_find("logfmt");
	if (c->fields.n && c->format && !c->format->fields)
		diagnose_error(d, NULL, "--fields goes with -o json and -o logfmt, not with %s",
			       c->format->name);
	if (!c->verb && !c->help && !c->version && d->errors == 0)
		diagnose_error(d, NULL, "which command? tail or show; see bpflock-log --help");
}
