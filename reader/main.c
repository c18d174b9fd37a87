// SPDX-License-Identifier: GPL-2.0-only
/* bpflock-log: prints decisions and program executions. */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "../policy/options.h"
#include "../policy/pins.h"
#include "program.h"
#include "say.h"
#include "version.h"

enum {
	OPTION_OUTPUT = 1,
	OPTION_BPFFS,
	OPTION_UTC,
	OPTION_HELP,
	OPTION_VERSION,
};

static const struct option_info option_table[] = {
	{ "output", 'o', "FORMAT", "how to print: classic, logfmt, json or short", OPTION_OUTPUT },
	{ "bpffs", 0, "DIR", "the bpffs with the pins (default: " PINS_DEFAULT_BPFFS ")",
	  OPTION_BPFFS },
	{ "utc", 0, NULL, "print times in UTC", OPTION_UTC },
	{ "help", 'h', NULL, "print this help", OPTION_HELP },
	{ "version", 0, NULL, "print the version", OPTION_VERSION },
};

static const struct verb {
	const char *name;
	const char *description;
	enum exit_status (*run)(const struct request *request);
} verbs[] = {
	{ "tail", "print what is in the ring and what comes, until a signal", tail_run },
	{ "show", "print what is in the ring now, and leave it there", show_run },
};

struct command {
	const struct verb *verb;
	const struct format *format;
	const char *bpffs;
	bool utc;
	bool help;
	bool version;
};

static const struct verb *find_verb(const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(verbs); i++)
		if (strcmp(verbs[i].name, name) == 0)
			return &verbs[i];
	return NULL;
}

static void take_operand(struct command *c, const char *word, struct diagnostics *d)
{
	const char *names[ARRAY_SIZE(verbs)];

	if (c->verb) {
		/* behind an unknown option it may be that one's argument */
		if (d->errors == 0)
			diagnose_error(d, NULL, "unexpected argument \"%s\"", word);
		return;
	}
	c->verb = find_verb(word);
	for (size_t i = 0; i < ARRAY_SIZE(verbs); i++)
		names[i] = verbs[i].name;
	if (!c->verb)
		diagnose_unknown(d, NULL, "command", word, strlen(word), names, ARRAY_SIZE(names));
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

static void parse(struct command *c, int argc, char **argv, struct diagnostics *d)
{
	struct options o;
	const char *value;
	int id;

	options_init(&o, argc, argv, option_table, ARRAY_SIZE(option_table), d);
	while ((id = options_next(&o, &value)) != OPTIONS_END) {
		switch (id) {
		case OPTIONS_OPERAND:
			take_operand(c, value, d);
			break;
		case OPTION_OUTPUT:
			take_format(c, value, d);
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
		}
	}
	if (!c->verb && !c->help && !c->version && d->errors == 0)
		diagnose_error(d, NULL, "which command? tail or show; see bpflock-log --help");
}

static void print_help(void)
{
	static const enum exit_status statuses[] = {
		STATUS_OK,	   STATUS_FAILED,	 STATUS_USAGE,
		STATUS_NOT_LOADED, STATUS_NOT_PERMITTED, STATUS_DEGRADED,
		STATUS_BUSY,
	};

	printf("Usage: bpflock-log [OPTION...] COMMAND\n\n"
	       "Prints what bpflock decided, and the program executions it traced.\n\nCommands:\n");
	for (size_t i = 0; i < ARRAY_SIZE(verbs); i++)
		printf("  %-10s %s\n", verbs[i].name, verbs[i].description);
	printf("\nOptions:\n");
	options_print(stdout, option_table, ARRAY_SIZE(option_table));
	printf("\nFormats:\n");
	for (size_t i = 0; i < formats_count; i++)
		printf("  %-10s %s\n", formats[i].name, formats[i].description);
	printf("\nExit status:\n");
	for (size_t i = 0; i < ARRAY_SIZE(statuses); i++)
		printf("  %d  %s\n", (int)statuses[i], status_text(statuses[i]));
	printf("\nSee bpflock-log(8).\n");
}

enum exit_status output_failed(int error)
{
	if (error == -EPIPE)
		return STATUS_OK;
	if (error == -ECANCELED)
		say("nobody takes the output; what was not taken stays in the ring");
	else
		say("cannot write the output: %s", strerror(-error));
	return STATUS_FAILED;
}

void say_invalid_records(const struct feed *f)
{
	for (int i = 0; i < _DECODE_MAX; i++) {
		if (f->invalid[i] && i == DECODE_FOREIGN)
			say("skipped %" PRIu64 " records of format version %u; "
			    "this bpflock-log %s reads %u",
			    f->invalid[i], f->foreign_abi, BPFLOCK_VERSION, BPFLOCK_ABI);
		else if (f->invalid[i])
			say("skipped %" PRIu64 " damaged records: %s", f->invalid[i],
			    decode_text(i));
	}
}

static enum exit_status run(const struct command *c)
{
	bool terminal = isatty(STDOUT_FILENO);
	const char *no_color = getenv("NO_COLOR");
	struct request request = {
		.bpffs = c->bpffs,
		.format = c->format ? c->format : format_find(terminal ? "short" : "logfmt"),
		.utc = c->utc,
		.color = terminal && !(no_color && *no_color),
	};

	signal(SIGPIPE, SIG_IGN);
	return c->verb->run(&request);
}

int main(int argc, char **argv)
{
	struct diagnostics d = DIAGNOSTICS_INIT;
	struct command c = {};

	/* what is opened first must not become the standard output by accident */
	if (fcntl(STDOUT_FILENO, F_GETFD) < 0 || fcntl(STDERR_FILENO, F_GETFD) < 0)
		return STATUS_FAILED;
	parse(&c, argc, argv, &d);
	c.bpffs = pins_bpffs(c.bpffs);
	if (!pins_bpffs_valid(c.bpffs))
		diagnose_error(&d, NULL, "the path of the bpffs is empty or too long");
	diagnostics_print(&d, stderr, "bpflock-log");
	if (d.errors) {
		diagnostics_done(&d);
		return STATUS_USAGE;
	}
	if (!c.help && !c.version)
		return run(&c);
	if (c.help)
		print_help();
	else
		printf("bpflock-log %s\n", BPFLOCK_VERSION);
	return fflush(stdout) == 0 ? STATUS_OK : STATUS_FAILED;
}
