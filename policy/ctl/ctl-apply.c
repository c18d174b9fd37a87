// SPDX-License-Identifier: GPL-2.0-only
/* apply, reset and diff: whole policies from files. */
#include <errno.h>
#include <string.h>

#include "config-files.h"
#include "ctl-change.h"
#include "ctl-source.h"
#include "pins-policy.h"
#include "pins-revoke.h"
#include "ruleset.h"
#include "seal.h"
#include "text.h"

/* What is to take the place of the policy in force. */
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

/* What programs and maps were made for stays as it is where the source is silent about it. */
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
		text = ctl_setting_text(ops, &new->host, s);
		is = ctl_setting_text(ops, &in_force->host, s);
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

static enum exit_status end_trial_of(struct pins *pins, bool keep, struct bpflock_policy *ret_host)
{
	CLEANUP(policy_done) struct policy policy = {};
	struct pins_policy_state state;
	int r = pins_policy_read(pins, &policy, &state);

	if (r == 0 && !state.trial) {
		ctl_error("no policy is on trial, or it has ended already: nothing was changed");
		return STATUS_FAILED;
	}
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
	if (r == 0)
		r = pins_policy_read_host(pins, ret_host);
	return r < 0 ? ctl_failed("end the trial", r) : STATUS_OK;
}

static enum exit_status end_trial(const struct ctl *c, bool keep)
{
	CLEANUP(pins_freep) struct pins *pins = NULL;
	CLEANUP(close_fdp) int lock = -1;
	const char *result = keep ? "confirmed" : "reverted";
	enum exit_status status = ctl_check_machine();
	struct bpflock_policy p;

	if (status == STATUS_OK)
		status = ctl_lock(c, &lock);
	if (status == STATUS_OK)
		status = ctl_open(c, &pins);
	if (status == STATUS_OK)
		status = end_trial_of(pins, keep, &p);
	if (status != STATUS_OK)
		return status;
	if (c->json) {
		struct json j = ctl_json();

		json_open(&j, NULL, '{');
		json_string(&j, "result", result);
		json_u64(&j, "generation", p.generation);
		json_close(&j, '}');
		putchar('\n');
	} else {
		printf(CTL_PROGRAM ": %s, generation %llu\n", result,
		       (unsigned long long)p.generation);
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
	enum exit_status status = STATUS_USAGE;
	bool ends = c->options[CTL_CONFIRM] || c->options[CTL_REVERT], right;

	if (ends && stands_alone(c))
		return end_trial(c, c->options[CTL_CONFIRM]);
	right = !ends && words_are_right(c, &change) &&
		ctl_source(c, &by.source, &d);
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

/* Collects the lines of a difference, as JSON or as text. */
struct difference {
	struct json json;
	bool as_json;
	const char *section; /* whose head is to be printed before the next line */
	size_t n;
};

static void line(struct difference *out, const char *section, const char *key, const char *old,
		 const char *new)
{
	out->n++;
	if (out->as_json) {
		json_open(&out->json, NULL, '{');
		json_string(&out->json, "section", section);
		json_string(&out->json, "key", key);
		if (old)
			json_string(&out->json, "old", old);
		if (new)
			json_string(&out->json, "new", new);
		json_close(&out->json, '}');
		return;
	}
	if (!out->section || strcmp(out->section, section) != 0) {
		putchar('[');
		text_puts(stdout, section);
		puts("]");
	}
	if (old)
		printf("-%s = %s\n", key, old);
	if (new)
		printf("+%s = %s\n", key, new);
	out->section = section;
}

/* old or new NULL: there is no such rule set on that side. */
static void compare(struct difference *out, const struct bpflock_operation *ops, const char *section,
		    const struct bpflock_policy *old, const struct bpflock_policy *new)
{
	bool host = strcmp(section, "kimglock") == 0;

	for (size_t s = 0; s < _BPFLOCK_SETTING_MAX; s++) {
		CLEANUP(free_charp) char *before = old ? ctl_setting_text(ops, old, s) : NULL;
		CLEANUP(free_charp) char *after = new ? ctl_setting_text(ops, new, s) : NULL;

		if (settings[s].host && !host)
			continue;
		if (!before || !after || strcmp(before, after) != 0)
			line(out, host ? ruleset_setting_section(s) : section,
			     ruleset_setting_key(s), before, after);
	}
}

static void compare_rule(struct difference *out, const struct bpflock_operation *ops,
			 const struct rule *old, const struct rule *new)
{
	const char *path = (old ?: new)->path;
	struct bpflock_policy before = {}, after = {};
	char section[PATH_MAX + 16];

	if (old)
		before.rules = old->rules;
	if (new)
		after.rules = new->rules;
	snprintf(section, sizeof(section), "cgroup \"%s\"", path);
	out->section = NULL;
	compare(out, ops, section, old ? &before : NULL, new ? &after : NULL);
	out->section = NULL;
}

static void compare_all(struct difference *out, const struct bpflock_operation *ops,
			struct policy *old, struct policy *new)
{
	compare(out, ops, "kimglock", &old->host, &new->host);
	policy_sort(old);
	policy_sort(new);
	for (size_t i = 0; i < old->n_rules; i++)
		compare_rule(out, ops, old->rules[i], policy_find_rule(new, old->rules[i]->path));
	for (size_t i = 0; i < new->n_rules; i++)
		if (!policy_find_rule(old, new->rules[i]->path))
			compare_rule(out, ops, NULL, new->rules[i]);
}

static enum exit_status print_difference(const struct ctl *c, const struct bpflock_operation *ops,
					 struct policy *old, struct policy *new)
{
	struct difference out = { .as_json = c->json };

	if (!c->json) {
		compare_all(&out, ops, old, new);
		if (!out.n)
			puts(CTL_PROGRAM ": no difference");
		return STATUS_OK;
	}
	out.json = ctl_json();
	json_open(&out.json, NULL, '{');
	json_u64(&out.json, "generation", old->host.generation);
	json_open(&out.json, "changes", '[');
	compare_all(&out, ops, old, new);
	json_close(&out.json, ']');
	json_bool(&out.json, "equal", out.n == 0);
	json_close(&out.json, '}');
	putchar('\n');
	return STATUS_OK;
}

static enum exit_status diff(const struct ctl *c, const struct replacement *by,
			     struct diagnostics *d)
{
	CLEANUP(pins_freep) struct pins *pins = NULL;
	CLEANUP(policy_done) struct policy old = {};
	CLEANUP(policy_done) struct policy new = {};
	enum exit_status status = ctl_open_policy(c, &pins, &old);

	if (status != STATUS_OK)
		return status;
	make(by, pins->stamp.operations, &old, &new, d);
	ctl_keep_audit(&new);
	if (d->errors || !policy_compile(&new, pins->stamp.operations, d))
		return STATUS_USAGE;
	ctl_warn_overruled(&new, pins->stamp.operations, d);
	return print_difference(c, pins->stamp.operations, &old, &new);
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
