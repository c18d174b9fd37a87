// SPDX-License-Identifier: GPL-2.0-only
/* The verbs apply, reset and diff read whole policies from files. */
#include <string.h>

#include "config-files.h"
#include "ctl-change.h"
#include "ctl-json.h"
#include "ctl-replace.h"
#include "ctl-source.h"
#include "ctl-trial.h"
#include "json.h"
#include "verbs.h"

/* The words of apply, apart from its source. */
static bool words_are_right(const struct ctl *c, struct change *change)
{
	if (!c->n && !c->options[CTL_STDIN]) {
		ctl_error("apply: expected a policy file, or --stdin");
		return false;
	}
	if (!c->options[CTL_FOR])
		return true;
	change->how = PINS_WRITE_TRIAL;
	return ctl_duration(c, &change->trial_ns);
}

static bool stands_alone(const struct ctl *c)
{
	if (!c->n && !c->options[CTL_STDIN] && !c->options[CTL_FOR] && !c->dry_run &&
	    !c->options[CTL_IF_GENERATION] && !(c->options[CTL_CONFIRM] && c->options[CTL_REVERT]))
		return true;
	ctl_error("apply: --confirm and --revert stand alone: they end the trial");
	return false;
}

enum exit_status ctl_apply(const struct ctl *c)
{
	CLEANUP(diagnostics_done) struct diagnostics d = DIAGNOSTICS_INIT;
	struct ctl_replacement by = {};
	struct change change = { .edit = ctl_replace, .data = &by, .how = PINS_WRITE_FOR_GOOD };
	CLEANUP(free_charp) char *path = NULL;
	enum exit_status status = STATUS_USAGE;
	bool ends = c->options[CTL_CONFIRM] || c->options[CTL_REVERT], right;

	if (ends && stands_alone(c))
		return ctl_trial_end(c, &(struct ctl_trial_end){ .keep = c->options[CTL_CONFIRM] });
	right = !ends && words_are_right(c, &change) && ctl_source(c, &by.source, &d);
	by.source.file = config_files_full_path(by.source.file, &path);
	if (right) {
		ctl_diagnostics(&d);
		status = ctl_change(c, &change);
	} else {
		ctl_refuse(&d);
	}
	ctl_source_done(&by.source);
	return status;
}

enum exit_status ctl_reset(const struct ctl *c)
{
	struct ctl_replacement by = { .fresh = true };

	return ctl_change(c, &(struct change){ .edit = ctl_replace,
					       .data = &by,
					       .how = PINS_WRITE_FOR_GOOD });
}

static void print_difference(const struct ctl *c, const struct difference *difference)
{
	struct json j;
	bool any;

	if (!c->json) {
		if (!difference_print(difference))
			puts(CTL_PROGRAM ": no difference");
		return;
	}
	j = ctl_json();
	json_u64(&j, "generation", difference->old->host.generation);
	any = difference_print_json(difference, &j);
	json_bool(&j, "equal", !any);
	json_end(&j);
}

static enum exit_status diff(const struct ctl *c, const struct ctl_replacement *by,
			     struct diagnostics *d)
{
	CLEANUP(pins_freep) struct pins *pins = NULL;
	CLEANUP(policy_done) struct policy old = {};
	CLEANUP(policy_done) struct policy new = {};
	enum exit_status status = ctl_open_policy(c, &pins, &old);
	struct difference difference;

	if (status != STATUS_OK)
		return status;
	ctl_replace_make(by, pins->stamp.operations, &old, &new, d);
	ctl_keep_audit(&new);
	if (d->errors || !policy_compile(&new, pins->stamp.operations, d))
		return STATUS_USAGE;
	ctl_warn_overruled(&new, pins->stamp.operations, d);
	status = ctl_difference(pins, &old, &new, &difference);
	difference.from = "loaded";
	difference.to = ctl_source_name(&by->source);
	if (status == STATUS_OK)
		print_difference(c, &difference);
	return status;
}

enum exit_status ctl_diff(const struct ctl *c)
{
	CLEANUP(diagnostics_done) struct diagnostics d = DIAGNOSTICS_INIT;
	enum exit_status status = STATUS_USAGE;
	struct ctl_replacement by = {};

	if (ctl_source(c, &by.source, &d))
		status = diff(c, &by, &d);
	ctl_diagnostics(&d);
	ctl_source_done(&by.source);
	return status;
}
