// SPDX-License-Identifier: GPL-2.0-only
/* The program bpflock-log prints decisions and program executions. */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "cgroupfs-open.h"
#include "cgroups.h"
#include "clock.h"
#include "command.h"
#include "complete.h"
#include "journal.h"
#include "message.h"
#include "output.h"
#include "pins.h"
#include "pointers.h"
#include "reading.h"
#include "terminal.h"
#include "version.h"

static const struct verb {
	const char *name;
	const char *description;
	enum reading_way way;
	const char *format; /* unless another one is chosen */
} verbs[] = {
	{ "follow", "print the records of the ring, then new ones; keep them (also: tail)",
	  READING_FOLLOW, "short" },
	{ "show", "print the records of the ring; keep them", READING_SHOW, "short" },
	{ "drain", "print the records of the ring, then new ones; remove them", READING_DRAIN,
	  "logfmt" },
	{ "tail", NULL, READING_FOLLOW, "short" },
};

static const struct verb *find_verb(const char *name, struct diagnostics *d)
{
	const char *names[ARRAY_SIZE(verbs)];

	for (size_t i = 0; i < ARRAY_SIZE(verbs); i++) {
		if (strcmp(verbs[i].name, name) == 0)
			return &verbs[i];
		names[i] = verbs[i].name;
	}
	diagnostic_unknown(d, NULL, "command", name, strlen(name), names, ARRAY_SIZE(names));
	return NULL;
}

/* The help fits a screen of 80x24; the rest is in bpflock-log(8). */
static void print_help(void)
{
	puts("Usage: bpflock-log [OPTION...] COMMAND   Print the log. See bpflock-log(8).");
	for (size_t i = 0; i < ARRAY_SIZE(verbs); i++)
		if (verbs[i].description)
			printf("  %-6s %s\n", verbs[i].name, verbs[i].description);
	command_print_options(stdout);
}

static void complete_verb(struct completion *c)
{
	for (size_t i = 0; c->n == 0 && i < ARRAY_SIZE(verbs); i++)
		complete_add(c, verbs[i].name, verbs[i].description);
}

static enum exit_status open_journal(void)
{
	const char *path = secure_getenv("BPFLOCK_JOURNAL_SOCKET");
	int r;

	if (!path || !*path)
		path = JOURNAL_SOCKET;
	r = output_to_journal(path);
	if (r == 0)
		return STATUS_OK;
	message_error("%s: cannot connect to systemd-journald: %s", path, strerror(-r));
	if (r == -ENOENT || r == -ECONNREFUSED)
		message_hint("choose another format with --output");
	return STATUS_FAILED;
}

/* Names are as good as can be had, but a filter by them without any would hide everything. */
static enum exit_status open_cgroups(bool needed, struct cgroups **ret)
{
	static struct cgroups cgroups;
	int fd = cgroupfs_open();

	if (fd < 0 && needed) {
		message_error("cgroup v2: cannot find its hierarchy: %s", strerror(-fd));
		return STATUS_FAILED;
	}
	if (fd >= 0) {
		cgroups_init(&cgroups, fd);
		*ret = &cgroups;
	}
	return STATUS_OK;
}

static struct field_selection *chosen_layout(const struct command *c, const struct format *format)
{
	static struct field_selection selection;

	if (!c->fields.n)
		return NULL;
	field_selection_init(&selection,
			     strcmp(format->name, "json") == 0 ? FIELD_SELECTION_JSON
							       : FIELD_SELECTION_LOGFMT,
			     &c->fields);
	return &selection;
}

static enum exit_status run(struct command *c, const struct verb *verb)
{
	bool by_cgroup = filter_needs_cgroups(&c->filter);
	enum exit_status status = STATUS_OK;
	/* NOLINTNEXTLINE(clang-analyzer-core.NullDereference): no verb is a usage error */
	const struct format *format = c->format ?: format_find(verb->format);
	struct request request = {
		.bpffs = c->bpffs,
		.format = format,
		.selection = chosen_layout(c, format),
		.since = c->since_time,
		.filter = c->filter.kinds || c->since_time ? &c->filter : NULL,
		.utc = c->utc,
		.quiet = c->quiet,
		.color = terminal_colored(stdout),
		.columns = terminal_columns(stdout),
	};

	signal(SIGPIPE, SIG_IGN);
	if (clock_view() == CLOCK_UNKNOWN)
		message_warning("times may be wrong: %s", clock_refusal());
	if (request.format->journal)
		status = open_journal();
	if (status == STATUS_OK && (request.format->cgroups || by_cgroup))
		status = open_cgroups(by_cgroup, &request.cgroups);
	if (status == STATUS_OK)
		/* NOLINTNEXTLINE(clang-analyzer-core.NullDereference): no verb is a usage error */
		status = reading_run(&request, verb->way);
	if (request.cgroups)
		cgroups_done(request.cgroups);
	return status;
}

static enum exit_status inform(const struct command *c)
{
	if (c->help)
		print_help();
	else
		printf("bpflock-log %s\n", BPFLOCK_VERSION);
	return fflush(stdout) == 0 ? STATUS_OK : STATUS_FAILED;
}

int main(int argc, char **argv)
{
	struct diagnostics d = DIAGNOSTICS_INIT;
	CLEANUP(command_done) struct command c = {};
	const struct verb *verb = NULL;

	message_program("bpflock-log");
	/* what is opened first must not become the standard output by accident */
	if (fcntl(STDOUT_FILENO, F_GETFD) < 0 || fcntl(STDERR_FILENO, F_GETFD) < 0)
		return STATUS_FAILED;
	if (complete_asked(argc, argv))
		return command_complete(complete_verb, argc, argv);
	command_parse(&c, argc, argv, &d);
	if (c.verb)
		verb = find_verb(c.verb, &d);
	c.bpffs = pins_bpffs(c.bpffs);
	if (!pins_bpffs_valid(c.bpffs))
		diagnostic_error(&d, NULL, "--bpffs: path empty or too long");
	diagnostics_print(&d, stderr, "bpflock-log");
	if (d.errors) {
		if (c.verb && !verb && pointers_find(c.verb))
			message_hint("%s", pointers_find(c.verb));
		diagnostics_done(&d);
		return STATUS_USAGE;
	}
	diagnostics_done(&d);
	return c.help || c.version ? inform(&c) : run(&c, verb);
}
