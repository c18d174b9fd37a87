// SPDX-License-Identifier: GPL-2.0-only
/* The program bpflock-ctl: the tables of options and verbs. */
#include "ctl.h"

#include <errno.h>
#include <signal.h>
#include <string.h>

#include "capabilities.h"
#include "clock.h"
#include "color.h"
#include "complete-words.h"
#include "complete.h"
#include "ctl-command.h"
#include "ctl-complete.h"
#include "ctl-json.h"
#include "json.h"
#include "message.h"
#include "verb.h"
#include "diagnostic.h"
#include "pins-lock.h"
#include "rlimit.h"
#include "util.h"
#include "verbs.h"

static void complete_json(struct completion *c)
{
	complete_add(c, JSON_PRETTY, "each value on a line of its own");
}

/* The letter n is of --dry-run, and of --lines for verbs that take that: see ctl-command.c. */
static struct option_info options[] = {
	{ "bpffs", 0, "DIR", "use the pins on this bpffs (default: " PINS_DEFAULT_BPFFS ")", CTL_BPFFS,
	  complete_directories },
	{ "json", 0, JSON_PRETTY, "print JSON", CTL_JSON, complete_json, .optional = true },
	{ "dry-run", 'n', NULL, "check and report, change nothing", CTL_DRY_RUN },
	{ "if-generation", 0, "N", "change the policy only if its generation is N", CTL_IF_GENERATION,
	  ctl_complete_generation },
	{ "cgroup", 0, "PATH", "use the cgroup with this path", CTL_CGROUP, complete_words_cgroups },
	{ "unit", 0, "NAME", "use the cgroup of this systemd unit", CTL_UNIT, complete_words_units },
	{ "pid", 0, "N", "use this process, or its cgroup", CTL_PID,
	  complete_words_processes },
	{ "self", 0, NULL, "use the cgroup of the caller", CTL_SELF },
	{ "host", 0, NULL, "use the host: tasks without a cgroup rule set", CTL_HOST },
	{ "for", 0, "TIME", "end it after TIME: 90s, 10m, 1h 30m", CTL_FOR },
	{ "comment", 0, "TEXT", "write TEXT into the log", CTL_COMMENT },
	{ "confirm", 0, NULL, "keep the policy that is on trial", CTL_CONFIRM },
	{ "revert", 0, NULL, "end the trial, return to the policy before", CTL_REVERT },
	{ "stdin", 0, NULL, "read the policy from standard input", CTL_STDIN },
	{ "all", 0, NULL, "include all of them", CTL_ALL },
	{ "threshold", 0, "N", "return status 1 if exposure is above N (0 to 100)", CTL_THRESHOLD },
	{ "level", 0, "LEVEL", "ignore this: there is only one kind of seal", CTL_LEVEL },
	{ "yes", 0, NULL, "assume the answer yes", CTL_YES },
	{ "force", 0, NULL, "also seal a policy that denies nothing", CTL_FORCE },
	{ "wait", 0, "TIME", "wait up to TIME for another change (default: " PINS_LOCK_TIME ")",
	  CTL_WAIT },
	{ "textfile", 0, "FILE", "write this *.prom file for node_exporter", CTL_TEXTFILE,
	  complete_files },
	{ "format", 0, "FORMAT", "print openmetrics (default) or prometheus", CTL_FORMAT,
	  ctl_complete_format },
	{ "probe", 0, NULL, "test enforcement, by one use of bpf_read", CTL_PROBE },
	{ "host-netns", 0, "N", "take N as the inode of the host's network namespace",
	  CTL_HOST_NETNS },
	{ "exit-code", 0, NULL, "return status 1 if a decision may change", CTL_EXIT_CODE },
	{ "lines", 0, "N", "show the last N, or all with 0 (default: 10)", CTL_LINES },
	{ "by-unit", 0, NULL, "suggest a rule set per unit, none for the host", CTL_BY_UNIT },
	{ "dot", 0, NULL, "print a graph for graphviz", CTL_DOT },
	{ "watch", 0, NULL, "print it again after each change", CTL_WATCH },
	{ "interval", 0, "TIME", "look every TIME (default: 2s)", CTL_INTERVAL },
	{ "quiet", 'q', NULL, "print only errors and warnings", CTL_QUIET },
	COLOR_OPTION(CTL_COLOR),
	{ "help", 'h', NULL, "print this help", CTL_HELP },
	{ "version", 'V', NULL, "print the version", CTL_VERSION },
	/* names of older versions */
	{ "reason", 0, "TEXT", "", CTL_COMMENT, .now = "--comment" },
	{ "output", 0, "FILE", "", CTL_OUTPUT, complete_files, .now = "bugreport FILE" },
};

#define QUIET  BIT(CTL_QUIET)
#define LOCK   (BIT(CTL_DRY_RUN) | BIT(CTL_WAIT) | QUIET)
#define WRITE  (LOCK | BIT(CTL_IF_GENERATION))
#define CGROUP (BIT(CTL_CGROUP) | BIT(CTL_UNIT) | BIT(CTL_PID) | BIT(CTL_SELF))
#define MANY   CTL_COMMAND_OPERANDS

static const struct verb verbs[] = {
	{ "status", "", "show the state",
	  "show the state, the policy with its sources, and the last denials",
	  CTL_PROGRAM " status", 0, 0, BIT(CTL_ALL) | BIT(CTL_WATCH) | BIT(CTL_INTERVAL) | QUIET,
	  ctl_status },
	{ "policy", "", "print the active policy",
	  "print the active policy as a policy file",
	  CTL_PROGRAM " policy >now.conf", 0, 0, 0, ctl_policy },
	{ "operations", "", "list operations and groups",
	  "list the operations and groups of this kernel",
	  CTL_PROGRAM " operations", 0, 0, 0, ctl_operations, .files = true },
	{ "explain", "OPERATION", "show why one is denied",
	  "show how an operation is decided, by which rule, and why",
	  CTL_PROGRAM " explain dev_mem --unit cron.service", 1, 1, CGROUP,
	  ctl_explain, .complete = complete_words_operation },
	{ "denials", "", "show the last denials",
	  "show the last denials, the rule behind each, and how to allow it",
	  CTL_PROGRAM " denials --lines 3", 0, 0, BIT(CTL_LINES), ctl_denials },
	{ "analyze", "[FILE]", "find ways around a policy",
	  "show which operations are open, and which lead around blocked ones",
	  CTL_PROGRAM " analyze --threshold 50", 0, 1, BIT(CTL_STDIN) | BIT(CTL_THRESHOLD) | BIT(CTL_DOT) | QUIET,
	  ctl_analyze, .complete = complete_words_policies },
	{ "tree", "", "show cgroups and rules",
	  "show the cgroups with their rule sets, and how each differs from its parent",
	  CTL_PROGRAM " tree --all", 0, 0, BIT(CTL_ALL), ctl_tree },
	{ "suggest", "[LOG...]", "suggest a policy",
	  "print a policy that allows all uses so far, with their users",
	  CTL_PROGRAM " suggest --by-unit >new.conf", 0, MANY, BIT(CTL_BY_UNIT),
	  ctl_suggest, .complete = complete_files },
	{ "replay", "FILE [LOG...]", "try FILE on past decisions",
	  "show which recorded decisions a policy file would change",
	  CTL_PROGRAM " replay new.conf --exit-code", 1, MANY,
	  BIT(CTL_HOST_NETNS) | BIT(CTL_EXIT_CODE) | QUIET, ctl_replay, .complete = ctl_complete_replay },
	{ "metrics", "", "print for Prometheus",
	  "print the state in OpenMetrics, for Prometheus",
	  CTL_PROGRAM " metrics --textfile bpflock.prom", 0, 0,
	  BIT(CTL_TEXTFILE) | BIT(CTL_FORMAT) | BIT(CTL_PROBE), ctl_metrics,
	  .refuses = BIT(CTL_JSON) },
	{ "set", "KEY=VALUE...", "change settings",
	  "change settings of the active policy, all at once; LIST+= adds, LIST-= removes",
	  CTL_PROGRAM " set profile=baseline block+=dev_mem,@modules", 1, MANY, WRITE,
	  ctl_set, .complete = ctl_complete_assignments },
	{ "block", "LIST...", "deny operations",
	  "deny operations to everybody",
	  CTL_PROGRAM " block kexec,hibernation", 1, MANY, WRITE,
	  ctl_block, .complete = complete_words_operations },
	{ "allow", "LIST...", "exempt operations",
	  "exempt operations from the profile",
	  CTL_PROGRAM " allow hibernation", 1, MANY, WRITE,
	  ctl_allow, .complete = complete_words_operations },
	{ "apply", "[FILE]", "make a file active",
	  "make a policy file active, without loading programs",
	  CTL_PROGRAM " apply new.conf --for 10m", 0, 1,
	  WRITE | BIT(CTL_STDIN) | BIT(CTL_FOR) | BIT(CTL_CONFIRM) |
		  BIT(CTL_REVERT),
	  ctl_apply, .complete = complete_words_policies },
	{ "edit", "[FILE]", "edit, try, keep a file",
	  "edit a policy file: check it, try it, and install it if you keep it",
	  CTL_PROGRAM " edit --for 10m", 0, 1, (LOCK & ~QUIET) | BIT(CTL_FOR) | BIT(CTL_YES), ctl_edit,
	  .refuses = BIT(CTL_JSON), .complete = complete_files },
	{ "diff", "[FILE]", "show changes of a file",
	  "show the changes that a policy file, or the configuration, would make",
	  CTL_PROGRAM " diff new.conf", 0, 1, BIT(CTL_STDIN),
	  ctl_diff, .complete = complete_words_policies },
	{ "reload", "", "load the files again",
	  "load the policy files again, by running bpflock",
	  CTL_PROGRAM " reload --dry-run", 0, 0, LOCK, ctl_reload },
	{ "reset", "", "return to the files",
	  "return to the configuration, and end all changes made at run time",
	  CTL_PROGRAM " reset --dry-run", 0, 0, WRITE, ctl_reset },
	{ "cgroup set", "[PATH] KEY=VALUE...", NULL,
	  "give a cgroup a rule set, or change it",
	  CTL_PROGRAM " cgroup set /machine.slice profile=restricted", 0, MANY, WRITE | CGROUP,
	  ctl_cgroup_set, .complete = ctl_complete_cgroup_assignments },
	{ "cgroup delete", "[PATH]", NULL,
	  "delete the rule set of a cgroup, which then has that of its parent",
	  CTL_PROGRAM " cgroup delete --unit cron.service", 0, 1, WRITE | CGROUP | BIT(CTL_ALL),
	  ctl_cgroup_delete, .complete = ctl_complete_rules },
	{ "cgroup list", "", NULL,
	  "list the rule sets of cgroups, and show which cgroups exist",
	  CTL_PROGRAM " cgroup list", 0, 0, 0, ctl_cgroup_list },
	{ "grant", "LIST...", "allow for a time",
	  "allow operations to a cgroup for a time (--for)",
	  CTL_PROGRAM " grant kprobes --unit ssh.service --for 1h --comment tracing", 1, MANY,
	  WRITE | CGROUP | BIT(CTL_HOST) | BIT(CTL_FOR) | BIT(CTL_COMMENT),
	  ctl_grant, .complete = complete_words_operations },
	{ "revoke", "[ID...]", "end grants",
	  "end grants now",
	  CTL_PROGRAM " revoke --all", 0, MANY, WRITE | BIT(CTL_ALL),
	  ctl_revoke, .complete = ctl_complete_grants },
	{ "grants", "", "list grants",
	  "list the grants that have not ended",
	  CTL_PROGRAM " grants", 0, 0, 0, ctl_grants },
	{ "check", "[FILE]", "check policy files",
	  "check a policy file, or the configuration, for mistakes",
	  CTL_PROGRAM " check new.conf", 0, 1, BIT(CTL_STDIN) | QUIET,
	  ctl_check, .files = true, .complete = complete_words_policies },
	{ "cat-config", "[FILE]", "print policy files",
	  "print the policy files in the order in which they are read",
	  CTL_PROGRAM " cat-config", 0, 1, 0, ctl_cat_config, .files = true,
	  .complete = complete_words_policies },
	{ "preset list", "", NULL,
	  "list presets and exceptions, their purpose, and which are used",
	  CTL_PROGRAM " preset list", 0, 0, 0, ctl_preset_list, .files = true },
	{ "preset show", "NAME", NULL,
	  "show a preset or an exception, with the operations that it allows and denies",
	  CTL_PROGRAM " preset show server", 1, 1, 0, ctl_preset_show, .refuses = BIT(CTL_JSON),
	  .files = true, .complete = complete_words_presets },
	{ "preset use", "NAME", NULL,
	  "name a preset or an exception in a drop-in; load nothing",
	  CTL_PROGRAM " preset use kdump --dry-run", 1, 1, BIT(CTL_DRY_RUN) | QUIET, ctl_preset_use,
	  .files = true, .writes = true, .complete = complete_words_presets },
	{ "test", "", "prove the enforcement",
	  "prove that the kernel enforces the active policy",
	  CTL_PROGRAM " test", 0, 0, QUIET, ctl_test },
	{ "doctor", "", "check this machine",
	  "check if this machine can enforce, and show a cure if not",
	  CTL_PROGRAM " doctor", 0, 0, BIT(CTL_ALL) | QUIET, ctl_doctor },
	{ "bugreport", "[FILE]", "collect facts for a report",
	  "collect versions, checks, status and policy files, without records",
	  CTL_PROGRAM " bugreport report.txt", 0, 1, BIT(CTL_OUTPUT) | QUIET, ctl_bugreport,
	  .refuses = BIT(CTL_JSON), .complete = complete_files },
	{ "repair", "", "pin lost programs again",
	  "pin programs again whose pins are gone or hidden",
	  CTL_PROGRAM " repair", 0, 0, LOCK, ctl_repair },
	{ "seal", "", "seal it until reboot",
	  "keep the policy, as it is or stricter, until reboot",
	  CTL_PROGRAM " seal --yes", 0, 0,
	  LOCK | BIT(CTL_LEVEL) | BIT(CTL_YES) | BIT(CTL_FORCE), ctl_seal },
	{ "latch", "LIST...", "deny until reboot or unload",
	  "deny operations to everybody, in spite of rules and grants",
	  CTL_PROGRAM " latch kexec,@modules", 1, MANY, LOCK,
	  ctl_latch, .complete = complete_words_operations },
	{ "unload", "", "end enforcement",
	  "end enforcement and remove all pins",
	  CTL_PROGRAM " unload", 0, 0, LOCK, ctl_unload },
};

static const struct verb_table table = { verbs, ARRAY_SIZE(verbs), options, ARRAY_SIZE(options) };

/* A failed command with --json prints JSON, too. */
static void print_json_failure(enum exit_status status)
{
	struct json j = ctl_json();

	json_u64(&j, "status", status);
	json_string(&j, "status_text", exit_status_text(status));
	if (ctl_first_error()[0])
		json_string(&j, "error", ctl_first_error());
	json_end(&j);
}

/* Returns the capabilities that the verb and the given options need. */
static uint64_t needed_privileges(const struct verb *v, const struct ctl *c)
{
	return (v->files ? CAPABILITIES_FILES : CAPABILITIES_KERNEL) |
	       (v->writes || c->options[CTL_OUTPUT] || c->options[CTL_TEXTFILE] ||
				(v->run == ctl_bugreport && c->n) ?
			CAPABILITIES_WRITING :
			0);
}

static enum exit_status inform(struct ctl_command *c, struct diagnostics *d)
{
	ctl_command_inform(&table, c, d);
	ctl_diagnostics(d);
	if (c->pointer)
		ctl_hint("%s", c->pointer);
	return d->errors ? STATUS_USAGE : fflush(stdout) == 0 ? STATUS_OK : STATUS_FAILED;
}

/* Runs a verb whose command line is right. */
static enum exit_status run(const struct verb *v, const struct ctl *c)
{
	int r;

	/* who would have one kept is refused, see ctl_check_machine() */
	if (!v->files && !(v->accepts & BIT(CTL_DRY_RUN)) && clock_view() == CLOCK_UNKNOWN)
		fprintf(stderr, CTL_PROGRAM ": warning: %s: times may be wrong\n", clock_refusal());
	rlimit_raise_files();
	/* where securityfs is not mounted, reading it takes what is given up next */
	if (v->run == ctl_check || v->run == ctl_preset_show || v->run == ctl_preset_use)
		ctl_kernel_lockdown();
	r = capabilities_limit(needed_privileges(v, c));
	if (r < 0)
		return ctl_failed("give up capabilities", r);
	if (c->options[CTL_QUIET] && !freopen("/dev/null", "we", stdout))
		return ctl_failed("open /dev/null", -errno);
	return v->run(c);
}

int main(int argc, char **argv)
{
	CLEANUP(diagnostics_done) struct diagnostics d = DIAGNOSTICS_INIT;
	const struct verb *verb = NULL;
	struct ctl_command c = {};
	enum exit_status status = STATUS_USAGE;
	int r;

	message_program(CTL_PROGRAM);
	/* a reader that has gone is no reason to stop half-way */
	signal(SIGPIPE, SIG_IGN);
	if (complete_asked(argc, argv))
		return ctl_complete(&table, argc, argv);
	ctl_command_parse(&table, argc, argv, &c, &d);
	if (!d.errors && (c.ctl.options[CTL_HELP] || c.ctl.options[CTL_VERSION]))
		return inform(&c, &d);
	c.ctl.bpffs = pins_bpffs(c.ctl.options[CTL_BPFFS]);
	if (!pins_bpffs_valid(c.ctl.bpffs))
		diagnostic_error(&d, NULL, "--bpffs: path empty or too long");
	if (!d.errors)
		verb = ctl_command_verb(&table, &c, &d);
	ctl_diagnostics(&d);
	if (c.pointer)
		ctl_hint("%s", c.pointer);
	if (!d.errors)
		status = run(verb, &c.ctl);
	if (c.ctl.json && status != STATUS_OK && !ctl_json_begun())
		print_json_failure(status);
	/* an error may have come before, of which flushing says nothing */
	r = fflush(stdout) != 0 ? errno : ferror(stdout) ? EIO : 0;
	if (r && status == STATUS_OK) {
		ctl_error("standard output: cannot write the result: %s", strerror(r));
		status = STATUS_FAILED;
	}
	return status;
}
