// SPDX-License-Identifier: GPL-2.0-only
/* The verbs apply, reset and diff read whole policies from files. */
#include <errno.h>
#include <string.h>

#include "config-files.h"
#include "ctl-change.h"
#include "ctl-json.h"
#include "ctl-source.h"
#include "json.h"
#include "pins-policy.h"
#include "pins-revoke.h"
#include "ruleset.h"
#include "seal.h"
#include "text.h"
#include "verbs.h"

/* The candidate is the policy that replaces the active one. */
struct replacement {
	struct ctl_source source;
	bool fresh; /* what bpflock-ctl has set at run time ends too */
};

static void read_source(const struct replacement *by, const struct bpflock_operation *ops,
			struct policy *p, struct diagnostics *d)
{
	CLEANUP(config_files_done) struct config_files files = {};

	ctl_source_read(&by->source, ops, CONFIG_TRUST_ROOT, p, &files, d);
}

/* Settings that programs and maps were made for stay unchanged if the source does not name them. */
static void keep_silent(struct policy *new, const struct policy *in_force)
{
	for (size_t s = 0; s < _BPFLOCK_SETTING_MAX; s++)
		if (settings[s].load && ruleset_is_built_in(&new->host, s))
			ruleset_copy_setting(&new->host, &in_force->host, s);
}

static void refuse_what_takes_the_loader(const struct bpflock_operation *ops, const struct policy *new,
					 const struct policy *in_force,
					 const struct ctl_source *from,
					 struct diagnostics *d)
{
	for (size_t s = 0; s < _BPFLOCK_SETTING_MAX; s++) {
		CLEANUP(free_charp) char *text = NULL;
		CLEANUP(free_charp) char *is = NULL;

		if (!settings[s].load)
			continue;
		text = ruleset_setting_text(ops, &new->host, s);
		is = ruleset_setting_text(ops, &in_force->host, s);
		if (!text || !is || strcmp(text, is) != 0)
			diagnostic_error(
				d, NULL,
				"%s: %s is to be \"%s\", and changing that takes the loader%s%s",
				new->host.sources[s], ruleset_setting_key(s), text ? text : "?",
				from->text   ? ""
				: from->file ? ": bpflock --config "
					     : ": bpflock",
				from->file ?: "");
	}
}

/* The policy that the source makes of the one in force. */
static void make(const struct replacement *by, const struct bpflock_operation *ops,
		 const struct policy *in_force, struct policy *new, struct diagnostics *d)
{
	policy_init(new);
	new->host.generation = in_force->host.generation;
	read_source(by, ops, new, d);
	keep_silent(new, in_force);
	if (!by->fresh && policy_inherit(new, in_force) < 0)
		diagnostic_error(d, NULL, "out of memory");
}

static void replace(const struct ctl *c, const struct bpflock_operation *ops, struct policy *p,
		    bool words, struct diagnostics *d, void *data)
{
	const struct replacement *by = data;
	struct policy new;

	if (words) {
		read_source(by, ops, p, d);
		return;
	}
	make(by, ops, p, &new, d);
	refuse_what_takes_the_loader(ops, &new, p, &by->source, d);
	policy_done(p);
	*p = new;
}

/* Back to what was before the trial, as one more generation. */
static int revert(struct pins *pins, const struct pins_policy_state *state)
{
	CLEANUP(policy_done) struct policy fallback = {};
	int r = pins_policy_read_fallback(pins, &fallback);

	if (r < 0)
		return r;
	fallback.host.generation = state->newest_generation + 1;
	return pins_policy_write(&pins->slots, &fallback, PINS_WRITE_FOR_GOOD);
}

/* Under a seal to the stricter side alone, which whoever sealed has found out. */
static int settle(const struct pins *pins, bool keep)
{
	struct bpflock_seal seal;
	enum seal_state sealed;
	int r = seal_look_read(pins->path, &sealed, &seal);

	if (r < 0)
		return r;
	if (seal.stricter != (keep ? BPFLOCK_SLOT_ACTIVE : BPFLOCK_SLOT_FALLBACK))
		return -EPERM;
	return pins_revoke_trial(pins);
}

/* *ret_policy and *ret_fallback: what is on trial, and what it would have fallen back to. */
static enum exit_status end_trial_of(struct pins *pins, bool keep, struct policy *ret_policy,
				     struct policy *ret_fallback)
{
	struct pins_policy_state state;
	int r = pins_policy_read(pins, ret_policy, &state);

	if (r == 0 && !state.trial) {
		ctl_error("no policy is on trial, or it has ended already: nothing was changed");
		return STATUS_FAILED;
	}
	if (r == 0)
		r = pins_policy_read_fallback(pins, ret_fallback);
	if (r == 0 && pins->slots.ask >= 0) {
		r = settle(pins, keep);
		if (r == -EPERM) {
			ctl_error("under a seal a trial is ended to its stricter side alone, which is %s. "
				  "Nothing was changed",
				  keep ? "what it falls back to" : "the policy on trial");
			return STATUS_NOT_PERMITTED;
		}
	} else if (r == 0) {
		r = pins_make_writable(pins);
		if (r == 0)
			r = keep ? pins_policy_confirm(pins) : revert(pins, &state);
	}
	return r < 0 ? ctl_failed("end the trial", r) : STATUS_OK;
}

static enum exit_status end_trial(const struct ctl *c, bool keep)
{
	CLEANUP(pins_freep) struct pins *pins = NULL;
	CLEANUP(policy_done) struct policy policy = {};
	CLEANUP(policy_done) struct policy fallback = {};
	CLEANUP(close_fdp) int lock = -1;
	const char *result = keep ? "confirmed" : "reverted";
	enum exit_status status = ctl_check_machine();
	struct difference difference;
	struct bpflock_policy now;
	int r;

	if (status == STATUS_OK)
		status = ctl_lock(c, &lock);
	if (status == STATUS_OK)
		status = ctl_open(c, &pins);
	if (status == STATUS_OK)
		status = end_trial_of(pins, keep, &policy, &fallback);
	/* what is kept is told as a change of what would have been */
	if (status == STATUS_OK)
		status = ctl_difference(pins, keep ? &fallback : &policy, keep ? &policy : &fallback,
					&difference);
	if (status != STATUS_OK)
		return status;
	r = pins_policy_read_host(pins, &now);
	if (r < 0)
		return ctl_failed("read the policy", r);
	if (c->json) {
		struct json j = ctl_json();

		json_open(&j, NULL, '{');
		json_string(&j, "result", result);
		json_u64(&j, "generation", now.generation);
		difference_print_json(&difference, &j);
		json_close(&j, '}');
		putchar('\n');
	} else {
		printf(CTL_PROGRAM ": %s, generation %llu\n", result,
		       (unsigned long long)now.generation);
		difference_print(&difference);
	}
	return STATUS_OK;
}

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
	struct replacement by = {};
	struct change change = { .edit = replace, .data = &by, .how = PINS_WRITE_FOR_GOOD };
	CLEANUP(free_charp) char *path = NULL;
	enum exit_status status = STATUS_USAGE;
	bool ends = c->options[CTL_CONFIRM] || c->options[CTL_REVERT], right;

	if (ends && stands_alone(c))
		return end_trial(c, c->options[CTL_CONFIRM]);
	right = !ends && words_are_right(c, &change) &&
		ctl_source(c, &by.source, &d);
	by.source.file = config_files_full_path(by.source.file, &path);
	ctl_diagnostics(&d);
	if (right)
		status = ctl_change(c, &change);
	else
		ctl_error("nothing was changed");
	ctl_source_done(&by.source);
	return status;
}

enum exit_status ctl_reset(const struct ctl *c)
{
	struct replacement by = { .fresh = true };

	return ctl_change(c, &(struct change){
				     .edit = replace, .data = &by, .how = PINS_WRITE_FOR_GOOD });
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
	json_open(&j, NULL, '{');
	json_u64(&j, "generation", difference->old->host.generation);
	any = difference_print_json(difference, &j);
	json_bool(&j, "equal", !any);
	json_close(&j, '}');
	putchar('\n');
}

static enum exit_status diff(const struct ctl *c, const struct replacement *by,
			     struct diagnostics *d)
{
	CLEANUP(pins_freep) struct pins *pins = NULL;
	CLEANUP(policy_done) struct policy old = {};
	CLEANUP(policy_done) struct policy new = {};
	enum exit_status status = ctl_open_policy(c, &pins, &old);
	struct difference difference;

	if (status != STATUS_OK)
		return status;
	make(by, pins->stamp.operations, &old, &new, d);
	ctl_keep_audit(&new);
	if (d->errors || !policy_compile(&new, pins->stamp.operations, d))
		return STATUS_USAGE;
	ctl_warn_overruled(&new, pins->stamp.operations, d);
	status = ctl_difference(pins, &old, &new, &difference);
	if (status == STATUS_OK)
		print_difference(c, &difference);
	return status;
}

enum exit_status ctl_diff(const struct ctl *c)
{
	CLEANUP(diagnostics_done) struct diagnostics d = DIAGNOSTICS_INIT;
	enum exit_status status = STATUS_USAGE;
	struct replacement by = {};

	if (ctl_source(c, &by.source, &d))
		status = diff(c, &by, &d);
	ctl_diagnostics(&d);
	ctl_source_done(&by.source);
	return status;
}
