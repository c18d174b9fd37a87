// SPDX-License-Identifier: GPL-2.0-only
/*
 * The program bpflock reads the policy, loads it, proves it and exits. Here are its options and the
 * order of its steps.
 */
#include <errno.h>
#include <signal.h>
#include <string.h>

#include "install.h"
#include "refused.h"
#include "result-print.h"
#include "version.h"

#include "bpffs.h"
#include "catalogue.h"
#include "cgroupfs.h"
#include "capabilities.h"
#include "cmdline.h"
#include "color.h"
#include "complete-words.h"
#include "complete.h"
#include "config.h"
#include "json.h"
#include "lockdown-cure.h"
#include "message.h"
#include "options.h"
#include "overruled.h"
#include "pins-lock.h"
#include "pins-set.h"
#include "pins.h"
#include "pointers.h"
#include "proc.h"
#include "rlimit.h"
#include "ruleset-json.h"
#include "ruleset.h"
#include "seal.h"

#define PROGRAM "bpflock"

enum {
	OPTION_SETTING = 1, /* + enum bpflock_setting */
	OPTION_CONFIG = OPTION_SETTING + _BPFLOCK_SETTING_MAX,
	OPTION_BPFFS,
	OPTION_FALLBACK,
	OPTION_WAIT,
	OPTION_DRY_RUN,
	OPTION_JSON,
	OPTION_QUIET,
	OPTION_COLOR,
	OPTION_HELP,
	OPTION_VERSION,
	_OPTION_MAX,
};

static void complete_json(struct completion *c)
{
	complete_add(c, JSON_PRETTY, "each value on a line of its own");
}

static const struct option_info own_options[] = {
	{ "config", 0, "FILE", "read only this policy file", OPTION_CONFIG,
	  complete_words_policies },
	{ "bpffs", 0, "DIR", "pin below this bpffs (default: " PINS_DEFAULT_BPFFS ")", OPTION_BPFFS,
	  complete_directories },
	{ "fallback", 0, NULL, "if the policy is invalid, load the built-in one",
	  OPTION_FALLBACK },
	{ "wait", 0, "TIME", "wait up to TIME for another change (default: " PINS_LOCK_TIME ")",
	  OPTION_WAIT },
	{ "dry-run", 'n', NULL, "check everything, change nothing", OPTION_DRY_RUN },
	{ "json", 0, JSON_PRETTY, "print the result as JSON", OPTION_JSON, complete_json,
	  .optional = true },
	{ "quiet", 'q', NULL, "print only errors and warnings", OPTION_QUIET },
	COLOR_OPTION(OPTION_COLOR),
	{ "help", 'h', NULL, "print this help", OPTION_HELP },
	{ "version", 'V', NULL, "print the version", OPTION_VERSION },
	/* the name of older versions */
	{ "exec-snoop", 0, "WHAT", "", OPTION_SETTING + BPFLOCK_SETTING_EXEC_LOG, .now = "--exec-log" },
};

#define OPTIONS_MAX (_BPFLOCK_SETTING_MAX + ARRAY_SIZE(own_options))

struct command {
	const char *options[_OPTION_MAX]; /* but for settings; "" for a flag, NULL: not given */
	uint64_t wait_ms;
	bool dry_run, json, json_pretty;
	const char *pointer; /* the command to type instead, if a word is of another program; else NULL */
	/* the settings as the command line has them, in its order */
	struct {
		enum bpflock_setting setting;
		const char *text;
	} given[64];
	size_t n_given;
};

static void complete_option_setting(struct completion *c)
{
	complete_words_setting(c, c->option->id - OPTION_SETTING);
}

/* Lists add up. */
static bool offers(const struct completion *c, const struct option_info *row)
{
	enum bpflock_setting s = row->id - OPTION_SETTING;

	return !c->given[row->id] || (s < _BPFLOCK_SETTING_MAX && settings[s].list);
}

/* The settings are options too, under the same names. */
static size_t option_table(struct option_info table[OPTIONS_MAX])
{
	size_t n = 0;

	for (size_t s = 0; s < _BPFLOCK_SETTING_MAX; s++)
		table[n++] = (struct option_info){ settings[s].name, 0, settings[s].argument,
						   settings[s].description, OPTION_SETTING + s,
						   complete_option_setting };
	for (size_t i = 0; i < ARRAY_SIZE(own_options); i++)
		table[n++] = own_options[i];
	return n;
}

static void give(struct command *c, enum bpflock_setting setting, const char *text,
		 struct diagnostics *d)
{
	for (size_t i = 0; i < c->n_given; i++)
		if (c->given[i].setting == setting && !settings[setting].list)
			diagnostic_error(d, NULL, "option \"--%s\" is given twice",
					 settings[setting].name);
	if (c->n_given == ARRAY_SIZE(c->given)) {
		diagnostic_error(d, NULL, "too many options");
		return;
	}
	c->given[c->n_given].setting = setting;
	c->given[c->n_given++].text = text;
}

static void take_operand(struct command *c, const char *word, struct diagnostics *d)
{
	if (strcmp(word, "help") == 0) {
		c->options[OPTION_HELP] = "";
		return;
	}
	diagnostic_error(d, NULL, "unexpected operand \"%s\": " PROGRAM " takes options only", word);
	if (!c->pointer)
		c->pointer = pointers_find(word);
}

static bool take(void *command, int id, const char *value, struct diagnostics *d)
{
	if (id == OPTIONS_OPERAND)
		take_operand(command, value, d);
	else if (id < OPTION_CONFIG)
		give(command, id - OPTION_SETTING, value, d);
	return id < OPTION_CONFIG;
}

static void parse_json(struct command *c, struct diagnostics *d)
{
	const struct place at = { .source = "--json" };
	const char *how = c->options[OPTION_JSON];

	c->json = how;
	c->json_pretty = how && strcmp(how, JSON_PRETTY) == 0;
	if (how && how[0] && !c->json_pretty)
		diagnostic_error(d, &at, "\"%s\" is not valid: use " JSON_PRETTY, how);
}

static void parse_command(int argc, char **argv, struct command *c, struct diagnostics *d)
{
	struct option_info table[OPTIONS_MAX];
	struct options o;

	options_init(&o, argc, argv, table, option_table(table), d);
	options_collect(&o, c->options, take, c);
	c->dry_run = c->options[OPTION_DRY_RUN];
	parse_json(c, d);
	c->wait_ms = pins_lock_time(c->options[OPTION_WAIT], d);
	color_choose(c->options[OPTION_COLOR], d);
}

/* The help fits a screen of 80x24; the rest is in bpflock(8). */
static void print_help(void)
{
	struct option_info table[OPTIONS_MAX];
	size_t n = option_table(table);

	puts("Usage: " PROGRAM " [OPTION...]   Load a policy, prove it, exit. More: bpflock(8).");
	options_print(stdout, table, n);
}

static int complete_options(int argc, char **argv)
{
	struct option_info table[OPTIONS_MAX];
	const struct complete_program program = {
		.options = table,
		.n_options = option_table(table),
		.offers = offers,
		.privileges = CAPABILITIES_FILES,
	};

	return complete(&program, argc, argv);
}

/* All but the built-in values, weakest first. */
static bool assemble(const struct command *c, const struct bpflock_operation *ops,
		     struct policy *p, struct diagnostics *d)
{
	bool seen[_BPFLOCK_SETTING_MAX] = {};
	CLEANUP(free_charp) char *path = NULL;

	catalogue_read(p, ops, "", config_files_full_path(c->options[OPTION_CONFIG], &path), d);
	config_read_environment(p, ops, environ, d);
	for (size_t i = 0; i < c->n_given; i++) {
		enum bpflock_setting s = c->given[i].setting;
		char source[32];
		struct place at = { source, 0, 1 };

		snprintf(source, sizeof(source), "--%s", settings[s].name);
		ruleset_assign(&p->host, ops, s, c->given[i].text, &at, !seen[s], d);
		seen[s] = true;
	}
	return !d->errors && policy_compile(p, ops, d);
}

/* Reports what is in the way. The caller closes *ret_fd. */
static enum exit_status take_lock(const struct command *c, const char *bpffs, int *ret_fd)
{
	pid_t holder = 0;
	char text[512];
	int r = bpffs_lock(bpffs, c->wait_ms, ret_fd, &holder);

	if (r == PINS_BUSY) {
		pins_lock_describe_holder(bpffs, holder, text, sizeof(text));
		message_error("%s", text);
		return STATUS_BUSY;
	}
	if (r < 0) {
		message_cannot(bpffs, "mount or lock a bpffs", r);
		return STATUS_FAILED;
	}
	return STATUS_OK;
}

static enum exit_status put_in_force(const struct command *c, struct preflight *pf,
				     const struct policy *policy, bool audit,
				     struct install_result *ret)
{
	struct install_plan plan = { .preflight = pf, .policy = policy,
				     .audit = audit,
				     .dry_run = c->dry_run };
	CLEANUP(close_fdp) int lock = -1;
	enum exit_status status = c->dry_run ? STATUS_OK : take_lock(c, pf->bpffs, &lock);

	if (status != STATUS_OK)
		return status;
	install(&plan, ret);
	return ret->status;
}

static void report_check(const struct check_result *failed)
{
	message_error("%s", failed->detail);
	if (failed->cure[0])
		message_hint("%s", failed->cure);
}

static void print_off(const struct command *c)
{
	struct json j;

	if (!c->json) {
		puts(PROGRAM ": bpflock=off on the kernel command line: nothing was loaded");
		return;
	}
	j = json_begin(stdout, c->json_pretty);
	json_u64(&j, "status", STATUS_OK);
	json_string(&j, "result", "off");
	json_bool(&j, "enforcing", false);
	json_end(&j);
}

/* From a policy without mistakes to the end. */
static enum exit_status run(const struct command *c, struct preflight *pf,
			    struct policy *policy)
{
	CLEANUP(diagnostics_done) struct diagnostics d = DIAGNOSTICS_INIT;
	enum cmdline_override override = CMDLINE_NOTHING;
	struct install_result result = { .outcome = INSTALL_FAILED };
	struct check_result check;
	enum exit_status status;

	/* preflight refuses if it cannot be read */
	cmdline_read(&override);
	if (override == CMDLINE_UNKNOWN)
		message_warning("kernel command line: unknown value of bpflock=: use off or audit");
	if (override == CMDLINE_OFF) {
		print_off(c);
		return STATUS_OK;
	}
	if (override == CMDLINE_AUDIT)
		policy_force_mode(policy, BPFLOCK_MODE_AUDIT, CMDLINE_SOURCE);
	pf->attach = c->dry_run; /* a load tries by attaching the real one */
	if (!preflight_all(pf, &check)) {
		if (c->json)
			result_print_json(policy, &result, check.status, c->dry_run, c->json_pretty);
		report_check(&check);
		return check.status;
	}
	overruled_warn(policy, pf->operations, pf->lockdown, lockdown_cure(), 0, &d);
	diagnostics_print(&d, stderr, PROGRAM);
	if (policy->n_rules && cgroupfs_is_v1()) {
		message_warning(CGROUPFS_V1);
		message_hint(CGROUPFS_V1_CURE);
	}
	status = put_in_force(c, pf, policy, override == CMDLINE_AUDIT, &result);
	if (status == STATUS_OK && policy->host.refused.fallback)
		status = STATUS_USAGE;
	if (result.has_difference)
		result_warn_looser(&result);
	/* also of a policy that is in force with something amiss */
	if (c->json)
		result_print_json(policy, &result, status, c->dry_run, c->json_pretty);
	else if (result.outcome != INSTALL_FAILED)
		result_print_text(policy, &result, c->dry_run);
	install_result_done(&result);
	return status;
}

/* Returns whether a policy is active, because an invalid one leaves that unchanged. */
static bool is_loaded(const char *bpffs)
{
	CLEANUP(pins_freep) struct pins *pins = NULL;

	pins_open(bpffs, PINS_PUBLISHED, &pins);
	return pins && pins_set_hook_attached(pins->path);
}

/* A wrong policy leaves the one in force, and a note there, so that status shows it. */
static void keep(const struct command *c, const char *bpffs, const struct bpflock_refused *refused)
{
	CLEANUP(close_fdp) int lock = -1;
	int r;

	if (c->dry_run || take_lock(c, bpffs, &lock) != STATUS_OK)
		return;
	r = refused_note(bpffs, refused);
	if (r < 0)
		message_warning("%s/%s: cannot record the refused policy: %s", bpffs, PINS_PUBLISHED,
				strerror(-r));
}

/*
 * At boot there is no policy to keep when the configured one is wrong. The built-in one allows all,
 * but it logs and counts, and can be changed by bpflock-ctl. It is a failure all the same.
 */
static enum exit_status fall_back(const struct command *c, struct preflight *pf,
				  const struct bpflock_refused *refused)
{
	CLEANUP(policy_done) struct policy built_in;
	struct diagnostics d = DIAGNOSTICS_INIT;

	policy_init(&built_in);
	built_in.host.refused = *refused;
	built_in.host.refused.fallback = 1;
	policy_compile(&built_in, pf->operations, &d);
	diagnostics_done(&d);
	message_error("falling back to the built-in policy, which allows everything");
	run(c, pf, &built_in);
	return STATUS_USAGE;
}

static void print_failure(const struct command *c, enum exit_status status)
{
	result_print_json(NULL, &(struct install_result){ .outcome = INSTALL_FAILED }, status,
			  c->dry_run, c->json_pretty);
}

/*
 * A user namespace cannot load anything, and the owner of the policy cannot be told: so no word
 * about its files.
 */
static enum exit_status refuse_namespace(const struct command *c, struct preflight *pf)
{
	struct check_result check;

	preflight_all(pf, &check);
	report_check(&check);
	if (c->json)
		print_failure(c, check.status);
	return check.status;
}

static void nothing_changed(const struct command *c, const struct diagnostics *d,
			    enum exit_status status)
{
	diagnostics_print_unchanged(d, stderr, PROGRAM);
	if (c->json)
		print_failure(c, status);
}

int main(int argc, char **argv)
{
	CLEANUP(diagnostics_done) struct diagnostics d = DIAGNOSTICS_INIT;
	CLEANUP(preflight_done) struct preflight pf;
	CLEANUP(policy_done) struct policy policy;
	struct command c = {};
	enum exit_status status = STATUS_USAGE;
	bool call_is_right;
	int r;

	/* a reader that has gone is no reason to stop half-way */
	signal(SIGPIPE, SIG_IGN);
	preflight_init(&pf, NULL);
	policy_init(&policy);
	if (complete_asked(argc, argv))
		return complete_options(argc, argv);
	rlimit_raise_files();
	r = capabilities_limit(CAPABILITIES_KERNEL);
	if (r < 0) {
		message_error("cannot give up capabilities: %s", strerror(-r));
		return STATUS_FAILED;
	}
	parse_command(argc, argv, &c, &d);
	if (!d.errors && (c.options[OPTION_HELP] || c.options[OPTION_VERSION])) {
		if (c.options[OPTION_HELP])
			print_help();
		else
			puts(PROGRAM " " BPFLOCK_VERSION);
		return fflush(stdout) == 0 ? STATUS_OK : STATUS_FAILED;
	}
	if (c.options[OPTION_QUIET] && !freopen("/dev/null", "we", stdout)) {
		message_cannot("/dev/null", "open", -errno);
		return STATUS_FAILED;
	}
	pf.bpffs = pins_bpffs(c.options[OPTION_BPFFS]);
	if (!pins_bpffs_valid(pf.bpffs))
		diagnostic_error(&d, NULL, "--bpffs: path empty or too long");
	/*
	 * the policy's own mistakes come before the machine's: they are the same wherever it is run
	 */
	preflight_operations(&pf);
	call_is_right = !d.errors;
	if (call_is_right && proc_in_user_namespace() > 0)
		return refuse_namespace(&c, &pf);
	if (call_is_right)
		assemble(&c, pf.operations, &policy, &d);
	if (!d.errors) {
		diagnostics_print(&d, stderr, PROGRAM);
		status = run(&c, &pf, &policy);
	} else {
		const struct bpflock_refused refused = refused_make(&d);
		bool loaded = call_is_right && is_loaded(pf.bpffs);

		if (call_is_right && c.options[OPTION_FALLBACK] && !loaded) {
			diagnostics_print(&d, stderr, PROGRAM);
			status = fall_back(&c, &pf, &refused);
		} else {
			nothing_changed(&c, &d, status);
			if (c.pointer)
				message_hint("%s", c.pointer);
		}
		if (loaded)
			keep(&c, pf.bpffs, &refused);
	}
	if (fflush(stdout) != 0 && status == STATUS_OK) {
		/* the policy is active, but who reads this cannot know */
		message_error("standard output: cannot write the result: %s", strerror(errno));
		status = STATUS_FAILED;
	}
	return status;
}
