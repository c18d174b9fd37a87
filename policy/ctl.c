// SPDX-License-Identifier: GPL-2.0-only
/* bpflock-ctl: the verb table and the command line. */
#include "ctl.h"

#include <errno.h>
#include <signal.h>
#include <string.h>

#include "diagnostic.h"
#include "options.h"
#include "util.h"
#include "version.h"

enum {
	OPTION_BPFFS = 1,
	OPTION_JSON,
	OPTION_DRY_RUN,
	OPTION_HELP,
	OPTION_VERSION,
};

static const struct option_info options[] = {
	{ "bpffs", 0, "DIR", "the bpffs with the pins (default: " PINS_DEFAULT_BPFFS ")",
	  OPTION_BPFFS },
	{ "json", 0, NULL, "print JSON", OPTION_JSON },
	{ "dry-run", 'n', NULL, "writing verbs: check and tell, change nothing", OPTION_DRY_RUN },
	{ "help", 'h', NULL, "print this help", OPTION_HELP },
	{ "version", 0, NULL, "print the version", OPTION_VERSION },
};

static const struct verb {
	const char *name;
	const char *operands; /* "" for none */
	const char *help;
	bool writes; /* takes --dry-run */
	bool has_operands;
	ctl_fn run;
} verbs[] = {
	{ "status", "", "what is enforced, who set it, and what was decided so far", false, false,
	  ctl_status },
	{ "show operations", "", "the operations and groups of this kernel", false, false,
	  ctl_show_operations },
	{ "show policy", "", "the policy in force, as a policy file", false, false,
	  ctl_show_policy },
	{ "set", "KEY=VALUE...", "change settings, live and all at once", true, true, ctl_set },
	{ "verify", "", "prove that the kernel asks bpflock", false, false, ctl_verify },
	{ "doctor", "", "whether this machine can enforce, and what helps if not", false, false,
	  ctl_doctor },
	{ "unload", "", "end enforcement and remove every pin", true, false, ctl_unload },
};

struct command {
	struct ctl ctl;
	bool help, version;
	char *words[64];
	int n_words;
};

static void print_help(void)
{
	puts("Usage: " CTL_PROGRAM " [OPTION...] VERB\n\n"
	     "Show, explain and change what bpflock enforces.\n");
	for (size_t i = 0; i < ARRAY_SIZE(verbs); i++)
		printf("  %-15s %-13s %s\n", verbs[i].name, verbs[i].operands, verbs[i].help);
	putchar('\n');
	options_print(stdout, options, ARRAY_SIZE(options));
	puts("\nExit status:");
	for (int s = 0; s < _STATUS_MAX; s++)
		printf("  %d  %s\n", s, status_text(s));
	puts("\nSee bpflock-ctl(8).");
}

static void parse_command(int argc, char **argv, struct command *c, struct diagnostics *d)
{
	struct options o;
	const char *value;
	int id;

	options_init(&o, argc, argv, options, ARRAY_SIZE(options), d);
	while ((id = options_next(&o, &value)) != OPTIONS_END) {
		switch (id) {
		case OPTIONS_OPERAND:
			if (c->n_words == ARRAY_SIZE(c->words))
				diagnose_error(d, NULL, "too many operands");
			else
				c->words[c->n_words++] = (char *)value;
			break;
		case OPTION_BPFFS:
			c->ctl.bpffs = value;
			break;
		case OPTION_JSON:
			c->ctl.json = true;
			break;
		case OPTION_DRY_RUN:
			c->ctl.dry_run = true;
			break;
		case OPTION_HELP:
			c->help = true;
			break;
		case OPTION_VERSION:
			c->version = true;
			break;
		}
	}
}

/* How many words of words[n] the verb takes, 0 if it is another verb. */
static int verb_words(const struct verb *v, char *const *words, int n)
{
	const char *space = strchr(v->name, ' ');
	size_t first = space ? (size_t)(space - v->name) : strlen(v->name);

	if (n < 1 || strlen(words[0]) != first || memcmp(words[0], v->name, first) != 0)
		return 0;
	if (!space)
		return 1;
	return n > 1 && strcmp(words[1], space + 1) == 0 ? 2 : 0;
}

static void unknown_verb(const struct command *c, struct diagnostics *d)
{
	const char *names[ARRAY_SIZE(verbs)];
	char words[128];

	if (c->n_words == 0) {
		diagnose_error(d, NULL, "expected a verb: see " CTL_PROGRAM " --help");
		return;
	}
	for (size_t i = 0; i < ARRAY_SIZE(verbs); i++)
		names[i] = verbs[i].name;
	if (strcmp(c->words[0], "show") == 0 && c->n_words == 1) {
		diagnose_error(d, NULL, "expected \"show operations\" or \"show policy\"");
		return;
	}
	snprintf(words, sizeof(words), "%s%s%s", c->words[0],
		 strcmp(c->words[0], "show") == 0 ? " " : "",
		 strcmp(c->words[0], "show") == 0 ? c->words[1] : "");
	diagnose_unknown(d, NULL, "verb", words, strlen(words), names, ARRAY_SIZE(names));
}

static const struct verb *find_verb(struct command *c, struct diagnostics *d)
{
	for (size_t i = 0; i < ARRAY_SIZE(verbs); i++) {
		const struct verb *v = &verbs[i];
		int n = verb_words(v, c->words, c->n_words);

		if (n == 0)
			continue;
		c->ctl.operands = c->words + n;
		c->ctl.n = c->n_words - n;
		if (c->ctl.n > 0 && !v->has_operands)
			diagnose_error(d, NULL, "\"%s\" takes no operand, but got \"%s\"", v->name,
				       c->ctl.operands[0]);
		if (c->ctl.n == 0 && v->has_operands)
			diagnose_error(d, NULL, "\"%s\" needs operands: %s", v->name, v->operands);
		if (c->ctl.dry_run && !v->writes)
			diagnose_error(d, NULL, "\"%s\" changes nothing, so it takes no --dry-run",
				       v->name);
		return v;
	}
	unknown_verb(c, d);
	return NULL;
}

/* What was read from stdout as JSON is JSON also when nothing came of it. */
static void print_json_failure(enum exit_status status)
{
	struct json j = ctl_json();

	json_open(&j, NULL, '{');
	json_u64(&j, "status", status);
	json_string(&j, "status_text", status_text(status));
	if (ctl_last_error()[0])
		json_string(&j, "error", ctl_last_error());
	json_close(&j, '}');
	putchar('\n');
}

int main(int argc, char **argv)
{
	CLEANUP(diagnostics_done) struct diagnostics d = DIAGNOSTICS_INIT;
	const struct verb *verb = NULL;
	struct command c = {};
	enum exit_status status = STATUS_USAGE;

	/* a reader that has gone is no reason to stop half-way */
	signal(SIGPIPE, SIG_IGN);
	parse_command(argc, argv, &c, &d);
	if (!d.errors && (c.help || c.version)) {
		if (c.help)
			print_help();
		else
			puts(CTL_PROGRAM " " BPFLOCK_VERSION);
		return fflush(stdout) == 0 ? STATUS_OK : STATUS_FAILED;
	}
	c.ctl.bpffs = pins_bpffs(c.ctl.bpffs);
	if (!pins_bpffs_valid(c.ctl.bpffs))
		diagnose_error(&d, NULL, "the path of the bpffs is empty or too long");
	if (!d.errors)
		verb = find_verb(&c, &d);
	diagnostics_print(&d, stderr, CTL_PROGRAM);
	if (!d.errors)
		status = verb->run(&c.ctl);
	if (c.ctl.json && status != STATUS_OK && !ctl_json_begun())
		print_json_failure(status);
	if (fflush(stdout) != 0 && status == STATUS_OK) {
		ctl_error("cannot write the result: %s", strerror(errno));
		status = STATUS_FAILED;
	}
	return status;
}
