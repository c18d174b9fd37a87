// SPDX-License-Identifier: GPL-2.0-only
/* bpflock-ctl: the verb table and the command line. */
#include "ctl.h"

#include <errno.h>
#include <signal.h>
#include <string.h>

#include "diagnostic.h"
#include "options.h"
#include "privileges.h"
#include "util.h"
#include "version.h"

static const struct option_info options[] = {
	{ "bpffs", 0, "DIR", "the bpffs with the pins (default: " PINS_DEFAULT_BPFFS ")", CTL_BPFFS },
	{ "json", 0, NULL, "print JSON", CTL_JSON },
	{ "dry-run", 'n', NULL, "check and tell, change nothing", CTL_DRY_RUN },
	{ "if-generation", 0, "N", "change only what is still generation N", CTL_IF_GENERATION },
	{ "cgroup", 0, "PATH", "the cgroup of this path", CTL_CGROUP },
	{ "unit", 0, "NAME", "the cgroup of a systemd unit", CTL_UNIT },
	{ "pid", 0, "N", "the cgroup of a process, or the process", CTL_PID },
	{ "self", 0, NULL, "the cgroup of the caller", CTL_SELF },
	{ "host", 0, NULL, "what the host's rule set holds for", CTL_HOST },
	{ "for", 0, "TIME", "until so much later: 90s, 10m, 1h 30m", CTL_FOR },
	{ "reason", 0, "TEXT", "why, for the log", CTL_REASON },
	{ "confirm", 0, NULL, "keep the policy that is on trial", CTL_CONFIRM },
	{ "stdin", 0, NULL, "read the policy from standard input", CTL_STDIN },
	{ "all", 0, NULL, "all of them", CTL_ALL },
	{ "threshold", 0, "N", "status 1 if the exposure is above N (0 to 100)", CTL_THRESHOLD },
	{ "level", 0, "LEVEL", "pins, or objects (the default)", CTL_LEVEL },
	{ "wait", 0, "TIME", "for another change in progress (default: " PINS_LOCK_TIME ")", CTL_WAIT },
	{ "textfile", 0, "FILE", "write a file *.prom for node_exporter", CTL_TEXTFILE },
	{ "format", 0, "FORMAT", "openmetrics (the default) or prometheus", CTL_FORMAT },
	{ "probe", 0, NULL, "prove that the kernel asks, which counts as a use of bpf_read", CTL_PROBE },
	{ "output", 0, "FILE", "write to this file", CTL_OUTPUT },
	{ "help", 'h', NULL, "print this help", CTL_HELP },
	{ "version", 0, NULL, "print the version", CTL_VERSION },
};

#define BIT(option) (1U << (option))
#define ANY	    (BIT(CTL_BPFFS) | BIT(CTL_JSON) | BIT(CTL_HELP) | BIT(CTL_VERSION))
#define LOCK	    (BIT(CTL_DRY_RUN) | BIT(CTL_WAIT))
#define WRITE	    (LOCK | BIT(CTL_IF_GENERATION))
#define CGROUP	    (BIT(CTL_CGROUP) | BIT(CTL_UNIT) | BIT(CTL_PID) | BIT(CTL_SELF))
#define MANY	    64 /* operands */

static const struct verb {
	const char *name;
	const char *operands; /* "" for none */
	const char *help;
	int min, max;	  /* operands */
	unsigned int accepts; /* options besides those that all take */
	ctl_fn run;
	bool files; /* looks at files alone, or at texts of the kernel that anybody may read */
} verbs[] = {
	{ "status", "", "what is enforced, who set it, what was decided so far", 0, 0, 0, ctl_status },
	{ "show operations", "", "the operations and groups of this kernel", 0, 0, 0,
	  ctl_show_operations, true },
	{ "show policy", "", "the policy in force, as a policy file", 0, 0, 0, ctl_show_policy },
	{ "explain", "OPERATION", "what would be decided, by which rule, and why", 1, 1, CGROUP,
	  ctl_explain },
	{ "analyze", "[FILE]", "what is left open, and what of it leads around what is blocked", 0,
	  1, BIT(CTL_STDIN) | BIT(CTL_THRESHOLD), ctl_analyze },
	{ "suggest", "", "the policy that allows what was used so far, and who used it", 0, 0, 0,
	  ctl_suggest },
	{ "metrics", "", "all of that for Prometheus", 0, 0,
	  BIT(CTL_TEXTFILE) | BIT(CTL_FORMAT) | BIT(CTL_PROBE), ctl_metrics },
	{ "set", "KEY=VALUE...", "change settings, live and all at once", 1, MANY, WRITE, ctl_set },
	{ "block", "LIST...", "deny operations to everybody", 1, MANY, WRITE, ctl_block },
	{ "allow", "LIST...", "exempt operations from the profile", 1, MANY, WRITE, ctl_allow },
	{ "apply", "[FILE]", "put a policy file in force", 0, 1,
	  WRITE | BIT(CTL_STDIN) | BIT(CTL_FOR) | BIT(CTL_CONFIRM), ctl_apply },
	{ "diff", "[FILE]", "what a policy file, or the configuration, would change", 0, 1,
	  BIT(CTL_STDIN), ctl_diff },
	{ "reset", "", "back to the configuration: end all that was set at run time", 0, 0, WRITE,
	  ctl_reset },
	{ "cgroup set", "[PATH] KEY=VALUE...", "the rule set of a cgroup", 0, MANY, WRITE | CGROUP,
	  ctl_cgroup_set },
	{ "cgroup delete", "[PATH]", "back to the rule set of what is above it", 0, 1,
	  WRITE | CGROUP | BIT(CTL_ALL), ctl_cgroup_delete },
	{ "cgroup list", "", "the rule sets of cgroups, and which exist", 0, 0, 0,
	  ctl_cgroup_list },
	{ "grant", "LIST...", "an exception that ends by itself (--for)", 1, MANY,
	  WRITE | CGROUP | BIT(CTL_HOST) | BIT(CTL_FOR) | BIT(CTL_REASON), ctl_grant },
	{ "revoke", "[ID...]", "end grants now", 0, MANY, WRITE | BIT(CTL_ALL), ctl_revoke },
	{ "grants", "", "the grants that have not ended", 0, 0, 0, ctl_grants },
	{ "check", "[FILE]", "whether a policy file, or the configuration, is right", 0, 1,
	  BIT(CTL_STDIN), ctl_check, true },
	{ "cat-config", "", "the policy files, in the order they are read", 0, 0, 0,
	  ctl_cat_config, true },
	{ "verify", "", "prove that the kernel asks bpflock", 0, 0, 0, ctl_verify },
	{ "doctor", "", "whether this machine can enforce, and what helps if not", 0, 0, 0,
	  ctl_doctor },
	{ "bugreport", "", "for a report: versions, checks, status, policy files; no records", 0, 0,
	  BIT(CTL_OUTPUT), ctl_bugreport },
	{ "seal", "", "refuse removal and changes, to everybody, until reboot", 0, 0,
	  LOCK | BIT(CTL_LEVEL), ctl_seal },
	{ "unload", "", "end enforcement and remove every pin", 0, 0, LOCK, ctl_unload },
};

struct command {
	struct ctl ctl;
	char *words[MANY + 2];
	int n_words;
};

static void print_help(void)
{
	puts("Usage: " CTL_PROGRAM " [OPTION...] VERB\n\n"
	     "Show, explain and change what bpflock enforces.\n");
	for (size_t i = 0; i < ARRAY_SIZE(verbs); i++)
		printf("  %-15s %-19s %s\n", verbs[i].name, verbs[i].operands, verbs[i].help);
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
		if (id == OPTIONS_ERROR)
			continue;
		if (id != OPTIONS_OPERAND) {
			if (c->ctl.options[id] && value)
				diagnose_error(d, NULL, "option \"--%s\" is given twice",
					       options_row(options, ARRAY_SIZE(options), id)->name);
			c->ctl.options[id] = value ? value : "";
		} else if (c->n_words == ARRAY_SIZE(c->words)) {
			diagnose_error(d, NULL, "too many operands");
		} else {
			c->words[c->n_words++] = (char *)value;
		}
	}
	c->ctl.json = c->ctl.options[CTL_JSON];
	c->ctl.dry_run = c->ctl.options[CTL_DRY_RUN];
	if (!pins_lock_time(c->ctl.options[CTL_WAIT], &c->ctl.wait_ms))
		diagnose_error(d, NULL, "--wait: \"%s\" is no duration: expected 0, 500ms, 10s, 5m",
			       c->ctl.options[CTL_WAIT]);
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

/* Whether it is the first word of verbs of two ("show operations"), which are then listed. */
static bool is_first_word(const char *word, char *ret_verbs, size_t size)
{
	size_t n = 0, len = strlen(word);

	for (size_t i = 0; i < ARRAY_SIZE(verbs) && n < size; i++)
		if (strncmp(verbs[i].name, word, len) == 0 && verbs[i].name[len] == ' ')
			n += snprintf(ret_verbs + n, size - n, "%s\"%s\"", n ? ", " : "",
				      verbs[i].name);
	return n > 0;
}

static void unknown_verb(const struct command *c, struct diagnostics *d)
{
	const char *names[ARRAY_SIZE(verbs)];
	char words[128], known[256];
	bool two;

	if (c->n_words == 0) {
		diagnose_error(d, NULL, "expected a verb: see " CTL_PROGRAM " --help");
		return;
	}
	two = is_first_word(c->words[0], known, sizeof(known));
	if (two && c->n_words == 1) {
		diagnose_error(d, NULL, "expected one of %s", known);
		return;
	}
	for (size_t i = 0; i < ARRAY_SIZE(verbs); i++)
		names[i] = verbs[i].name;
	snprintf(words, sizeof(words), "%s%s%s", c->words[0], two ? " " : "",
		 two ? c->words[1] : "");
	diagnose_unknown(d, NULL, "verb", words, strlen(words), names, ARRAY_SIZE(names));
}

static void check_options(const struct verb *v, const struct ctl *c, struct diagnostics *d)
{
	for (size_t id = 1; id < _CTL_OPTION_MAX; id++) {
		if (!c->options[id] || ((v->accepts | ANY) & BIT(id)))
			continue;
		if (id == CTL_DRY_RUN)
			diagnose_error(d, NULL, "\"%s\" changes nothing, so it takes no --dry-run",
				       v->name);
		else
			diagnose_error(d, NULL, "\"%s\" takes no --%s", v->name,
				       options_row(options, ARRAY_SIZE(options), id)->name);
	}
}

static const struct verb *find_verb(struct command *c, struct diagnostics *d)
{
	for (size_t i = 0; i < ARRAY_SIZE(verbs); i++) {
		const struct verb *v = &verbs[i];
		int n = verb_words(v, c->words, c->n_words);

		if (n == 0)
			continue;
		c->ctl.verb = v->name;
		c->ctl.operands = c->words + n;
		c->ctl.n = c->n_words - n;
		if (c->ctl.n > v->max)
			diagnose_error(d, NULL, "\"%s\" takes no%s operand, but got \"%s\"", v->name,
				       v->max ? " further" : "", c->ctl.operands[v->max]);
		if (c->ctl.n < v->min)
			diagnose_error(d, NULL, "\"%s\" needs operands: %s", v->name, v->operands);
		check_options(v, &c->ctl, d);
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
	if (ctl_first_error()[0])
		json_string(&j, "error", ctl_first_error());
	json_close(&j, '}');
	putchar('\n');
}

int main(int argc, char **argv)
{
	CLEANUP(diagnostics_done) struct diagnostics d = DIAGNOSTICS_INIT;
	const struct verb *verb = NULL;
	struct command c = {};
	enum exit_status status = STATUS_USAGE;
	int r;

	/* a reader that has gone is no reason to stop half-way */
	signal(SIGPIPE, SIG_IGN);
	parse_command(argc, argv, &c, &d);
	if (!d.errors && (c.ctl.options[CTL_HELP] || c.ctl.options[CTL_VERSION])) {
		if (c.ctl.options[CTL_HELP])
			print_help();
		else
			puts(CTL_PROGRAM " " BPFLOCK_VERSION);
		return fflush(stdout) == 0 ? STATUS_OK : STATUS_FAILED;
	}
	c.ctl.bpffs = pins_bpffs(c.ctl.options[CTL_BPFFS]);
	if (!pins_bpffs_valid(c.ctl.bpffs))
		diagnose_error(&d, NULL, "the path of the bpffs is empty or too long");
	if (!d.errors)
		verb = find_verb(&c, &d);
	ctl_diagnostics(&d);
	if (!d.errors) {
		r = privileges_keep(verb->files ? PRIVILEGES_FILES : PRIVILEGES_KERNEL);
		status = r < 0 ? ctl_failed("give up capabilities", r) : verb->run(&c.ctl);
	}
	if (c.ctl.json && status != STATUS_OK && !ctl_json_begun())
		print_json_failure(status);
	/* an error may have come before, of which flushing says nothing */
	r = fflush(stdout) != 0 ? errno : ferror(stdout) ? EIO : 0;
	if (r && status == STATUS_OK) {
		ctl_error("cannot write the result: %s", strerror(r));
		status = STATUS_FAILED;
	}
	return status;
}
