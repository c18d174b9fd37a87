// SPDX-License-Identifier: GPL-2.0-only
/*
 * The verb edit changes a policy file as visudo(8) does: a copy is edited, checked together with
 * the other files, and tried. It takes the place of the file when somebody has confirmed the trial.
 */
#include <errno.h>
#include <string.h>
#include <sys/stat.h>

#include "clock.h"
#include "ctl-change.h"
#include "ctl-replace.h"
#include "ctl-trial.h"
#include "edit-file.h"
#include "editor.h"
#include "interrupt.h"
#include "message.h"
#include "pins-set.h"
#include "preflight.h"
#include "quantity.h"
#include "question.h"
#include "seal.h"
#include "text.h"
#include "verbs.h"

#define TRIAL "5m"

/* The ways to install what was edited. */
enum course {
	COURSE_TRIAL,
	COURSE_NOT_LOADED, /* nothing to try it in */
	COURSE_SEALED,	   /* until reboot nothing is replaced */
	COURSE_LOADER,	   /* it changes what programs and maps are made for */
};

struct edit {
	const struct ctl *c;
	struct edit_file file;
	struct ctl_replacement by; /* the configuration with the text in the file's place */
	char *text;		   /* owned */
	uint64_t trial_ns;
	bool installed;
};

static enum exit_status run_editor(struct edit *e)
{
	char name[EDITOR_NAME_LEN];
	int r = editor_run(e->file.copy, &interrupt_caught, name);

	if (r == 0)
		return STATUS_OK;
	if (r < 0)
		ctl_error("%s: cannot run the editor: %s" MESSAGE_UNCHANGED, name, strerror(-r));
	else
		ctl_error("%s: the editor failed (exit status %d)" MESSAGE_UNCHANGED, name, r);
	return STATUS_FAILED;
}

static enum exit_status read_edited(struct edit *e)
{
	char *text = NULL;
	size_t len;
	enum exit_status status = edit_file_read(&e->file, &text, &len);

	if (status != STATUS_OK)
		return status;
	free(e->text);
	e->text = text;
	e->by.source = (struct ctl_source){ .file = e->file.path, .stand_in = text, .len = len };
	return STATUS_OK;
}

static bool is_changed(const struct edit *e)
{
	return e->by.source.len != e->file.len || memcmp(e->text, e->file.text, e->file.len) != 0;
}

/* Returns whether the whole configuration is right with the text; if not, that is reported. */
static bool is_right(const struct edit *e)
{
	CLEANUP(diagnostics_done) struct diagnostics d = DIAGNOSTICS_INIT;
	CLEANUP(config_files_done) struct config_files files = {};
	CLEANUP(preflight_done) struct preflight pf;
	CLEANUP(policy_done) struct policy p;

	preflight_init(&pf, e->c->bpffs);
	preflight_operations(&pf);
	policy_init(&p);
	ctl_source_read(&e->by.source, pf.operations, CONFIG_TRUST_ROOT, &p, &files, &d);
	if (!d.errors && policy_compile(&p, pf.operations, &d))
		return true;
	ctl_diagnostics(&d);
	return false;
}

/* Runs the editor until the text is right or given up. */
static enum exit_status edit_until_right(struct edit *e)
{
	for (;;) {
		enum exit_status status = run_editor(e);
		char answer = '\0';

		if (status == STATUS_OK)
			status = read_edited(e);
		if (status != STATUS_OK || !is_changed(e) || is_right(e))
			return status;
		if (!interrupt_caught && !e->c->options[CTL_YES] && isatty(STDIN_FILENO))
			answer = question_ask("(e)dit again, (d)iscard?", 0);
		if (answer == 'e' || answer == 'E')
			continue;
		ctl_error("nothing was changed");
		return STATUS_USAGE;
	}
}

/* Chooses how a text is installed, if one may be; if none may, that is reported. */
static enum exit_status choose(const struct edit *e, const struct pins *pins,
			       const struct policy *active, enum course *ret)
{
	CLEANUP(diagnostics_done) struct diagnostics d = DIAGNOSTICS_INIT;
	CLEANUP(policy_done) struct policy new = {};
	struct bpflock_seal seal;
	enum seal_state sealed;
	int r = seal_look_read(pins->path, &sealed, &seal);

	if (r < 0)
		return ctl_failed("read the seal", r);
	if (sealed == SEAL_CLOSED) {
		*ret = COURSE_SEALED;
		return STATUS_OK;
	}
	ctl_replace_make(&e->by, pins->stamp.operations, active, &new, &d);
	*ret = ctl_replace_takes_the_loader(pins->stamp.operations, &new, active) ? COURSE_LOADER
										  : COURSE_TRIAL;
	return STATUS_OK;
}

/* A trial that is somebody else's would be confirmed or ended with ours. */
static enum exit_status check_trial(const struct pins *pins)
{
	CLEANUP(policy_done) struct policy p = {};
	struct pins_policy_state state;
	int r = pins_policy_read(pins, &p, &state);

	if (r < 0)
		return ctl_failed("read the policy", r);
	if (!state.trial)
		return STATUS_OK;
	ctl_error(
		"a policy is on trial: confirm it or end it first" MESSAGE_UNCHANGED);
	return STATUS_BUSY;
}

/* Looks at what is loaded. A set that cannot be changed is reported before anybody edits. */
static enum exit_status find_course(const struct edit *e, enum course *ret)
{
	CLEANUP(pins_freep) struct pins *pins = NULL;
	CLEANUP(policy_done) struct policy active = {};
	char name[PINS_NAME_LEN];
	enum exit_status status;

	pins_set_deciding(e->c->bpffs, name);
	*ret = COURSE_NOT_LOADED;
	if (pins_open(e->c->bpffs, name, &pins) == PINS_ABSENT && !ctl_hidden_lock(e->c))
		return STATUS_OK;
	pins = pins_free(pins);
	status = ctl_open_policy(e->c, &pins, &active);
	if (status == STATUS_OK)
		status = check_trial(pins);
	return status == STATUS_OK ? choose(e, pins, &active, ret) : status;
}

static bool read_configuration(const struct ctl_source *source, const struct bpflock_operation *ops,
			       struct policy *p, struct diagnostics *d)
{
	CLEANUP(config_files_done) struct config_files files = {};

	policy_init(p);
	ctl_source_read(source, ops, CONFIG_TRUST_ROOT, p, &files, d);
	return !d->errors && policy_compile(p, ops, d);
}

/* Shows what the edit changes between the files before and after, as nothing is tried. */
static void show_difference(const struct edit *e)
{
	CLEANUP(diagnostics_done) struct diagnostics before = DIAGNOSTICS_INIT;
	CLEANUP(diagnostics_done) struct diagnostics after = DIAGNOSTICS_INIT;
	CLEANUP(preflight_done) struct preflight pf;
	CLEANUP(policy_done) struct policy old, new;
	struct difference d = { .old = &old, .new = &new, .now = clock_boottime() };
	const struct ctl_source none = {};

	preflight_init(&pf, e->c->bpffs);
	preflight_operations(&pf);
	d.ops = pf.operations;
	if (!read_configuration(&e->by.source, pf.operations, &new, &after)) {
		policy_init(&old);
		return;
	}
	ctl_warn_overruled(&new, pf.operations, &after);
	ctl_diagnostics(&after);
	/* files that were wrong before have nothing to compare with */
	if (read_configuration(&none, pf.operations, &old, &before))
		difference_print(&d);
}

static enum exit_status install(void *data)
{
	struct edit *e = data;
	enum exit_status status = edit_file_install(&e->file, e->text, e->by.source.len);

	e->installed = status == STATUS_OK;
	if (e->installed) {
		printf(CTL_PROGRAM ": installed ");
		text_puts(stdout, e->file.path);
		putchar('\n');
	}
	return status;
}

static enum exit_status install_untried(struct edit *e, enum course course)
{
	static const char *const notes[] = {
		[COURSE_NOT_LOADED] = "nothing is loaded: the files take effect at the next load",
		[COURSE_SEALED] =
			"the loaded policy is sealed until reboot: the files take effect at the next boot",
		[COURSE_LOADER] =
			"this change needs a load and cannot be tried: the files take effect at "
			"the next load",
	};
	enum exit_status status;

	show_difference(e);
	printf(CTL_PROGRAM ": %s\n", notes[course]);
	if (e->c->dry_run) {
		printf(CTL_PROGRAM ": dry run, nothing was changed\n");
		return STATUS_OK;
	}
	if (course != COURSE_NOT_LOADED && !e->c->options[CTL_YES] &&
	    !question_is_yes(question_ask("Install it? [y/N]", 0))) {
		ctl_error("nothing was changed");
		return STATUS_FAILED;
	}
	status = install(e);
	if (status == STATUS_OK && course != COURSE_SEALED)
		ctl_hint("bpflock");
	return status;
}

static bool is_kept(const struct edit *e, const struct change_result *trial)
{
	char question[128], left[QUANTITY_LEN];
	uint64_t now = clock_boottime();

	if (e->c->options[CTL_YES])
		return true;
	quantity_print_duration(
		trial->expires > now ? (trial->expires - now) / NS_PER_S * NS_PER_S : 0, left);
	snprintf(question, sizeof(question),
		 "Keep this policy? Without an answer it ends in %s. [y/N]", left);
	return question_is_yes(question_ask(question, trial->expires));
}

/*
 * The file comes first: if we are killed in between, the next load brings what was confirmed, and
 * not a reboot what was given up.
 */
static enum exit_status keep(struct edit *e, const struct change_result *trial)
{
	return ctl_trial_end(e->c, &(struct ctl_trial_end){ .keep = true,
							    .generation = trial->generation,
							    .before = install,
							    .data = e });
}

static enum exit_status end_trial(struct edit *e, const struct change_result *trial)
{
	enum exit_status status = STATUS_OK;

	if (is_kept(e, trial)) {
		status = keep(e, trial);
		if (e->installed)
			return status;
	}
	if (clock_boottime() < trial->expires)
		status = ctl_trial_end(e->c,
				       &(struct ctl_trial_end){ .generation = trial->generation });
	ctl_error("the policy was not kept: %s%s is unchanged",
		  status == STATUS_OK ? "the one before it is active again, and " : "",
		  e->file.path);
	return STATUS_FAILED;
}

static enum exit_status try_it(struct edit *e)
{
	struct change_result result = {};
	struct change change = { .edit = ctl_replace,
				 .data = &e->by,
				 .how = PINS_WRITE_TRIAL,
				 .trial_ns = e->trial_ns,
				 .result = &result };
	enum exit_status status = ctl_change(e->c, &change);

	if (status != STATUS_OK || e->c->dry_run)
		return status;
	/* what differs in comments alone is active already */
	return result.expires ? end_trial(e, &result) : install(e);
}

static enum exit_status edit(struct edit *e)
{
	enum course course;
	enum exit_status status = edit_until_right(e);

	if (status != STATUS_OK)
		return status;
	if (interrupt_caught) {
		ctl_error("interrupted" MESSAGE_UNCHANGED);
		return STATUS_FAILED;
	}
	if (!is_changed(e)) {
		printf(CTL_PROGRAM ": the file was not edited, nothing was changed\n");
		return STATUS_OK;
	}
	status = find_course(e, &course);
	if (status != STATUS_OK)
		return status;
	return course == COURSE_TRIAL ? try_it(e) : install_untried(e, course);
}

static bool words_are_right(struct edit *e)
{
	const struct ctl *c = e->c;

	quantity_duration(TRIAL, &e->trial_ns);
	return !c->options[CTL_FOR] || ctl_duration(c, &e->trial_ns);
}

static bool can_ask(const struct ctl *c)
{
	if (c->options[CTL_YES] || c->dry_run || isatty(STDIN_FILENO))
		return true;
	ctl_error(
		"edit: cannot confirm the policy without a terminal" MESSAGE_UNCHANGED);
	ctl_hint(CTL_PROGRAM " edit --yes");
	return false;
}

static enum exit_status open_and_edit(struct edit *e)
{
	enum course course;
	enum exit_status status = ctl_check_machine();

	if (status == STATUS_OK)
		status = edit_file_open(&e->file, e->c->n ? e->c->operands[0] : NULL);
	if (status == STATUS_OK)
		status = find_course(e, &course);
	return status == STATUS_OK ? edit(e) : status;
}

enum exit_status ctl_edit(const struct ctl *c)
{
	struct edit e = { .c = c, .file = EDIT_FILE_INIT };
	enum exit_status status;

	if (!words_are_right(&e))
		return STATUS_USAGE;
	if (!can_ask(c))
		return STATUS_FAILED;
	umask(022);
	interrupt_catch();
	status = open_and_edit(&e);
	edit_file_done(&e.file);
	free(e.text);
	return status;
}
