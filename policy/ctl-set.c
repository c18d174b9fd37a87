// SPDX-License-Identifier: GPL-2.0-only
#include <string.h>

#include "cmdline.h"
#include "ctl.h"
#include "diagnostic.h"
#include "json.h"
#include "preflight.h"
#include "ruleset.h"
#include "util.h"

#define GONE_WAIT_MS 10000

static void unknown_key(const char *word, size_t len, struct diagnostics *d)
{
	const char *words[_BPFLOCK_SETTING_MAX];

	for (size_t s = 0; s < _BPFLOCK_SETTING_MAX; s++)
		words[s] = settings[s].name;
	diagnose_unknown(d, NULL, "key", word, len, words, _BPFLOCK_SETTING_MAX);
}

/* Assigns one KEY=VALUE. seen: the keys named before. */
static void assign(struct bpflock_policy *p, const struct bpflock_operation *ops, const char *word,
		   bool seen[_BPFLOCK_SETTING_MAX], struct diagnostics *d)
{
	const char *equals = strchr(word, '=');
	size_t len = equals ? (size_t)(equals - word) : 0, s = 0;
	struct place at = { NULL, 0, 1 };

	if (!equals) {
		diagnose_error(d, NULL, "expected KEY=VALUE, got \"%s\"", word);
		return;
	}
	while (s < _BPFLOCK_SETTING_MAX &&
	       (strlen(settings[s].name) != len || memcmp(settings[s].name, word, len) != 0))
		s++;
	if (s == _BPFLOCK_SETTING_MAX) {
		unknown_key(word, len, d);
		return;
	}
	at.source = settings[s].name;
	if (s == BPFLOCK_SETTING_EXEC_SNOOP)
		diagnose_error(d, NULL,
			       "\"%s\" attaches programs, so it takes the loader: bpflock --%s",
			       settings[s].name, word);
	else if (seen[s])
		diagnose_error(d, NULL, "\"%s\" is given twice", settings[s].name);
	else if (ruleset_assign(p, ops, s, equals + 1, &at, true, d))
		ruleset_set_source(p, s, CTL_PROGRAM " set");
	seen[s] = true;
}

static bool assign_all(const struct ctl *c, const struct bpflock_operation *ops,
		       struct bpflock_policy *p, struct diagnostics *d)
{
	bool seen[_BPFLOCK_SETTING_MAX] = {};

	for (int i = 0; i < c->n; i++)
		assign(p, ops, c->operands[i], seen, d);
	/* whoever booted with bpflock=audit needs a way back in, whatever a timer sets */
	if (seen[BPFLOCK_SETTING_MODE] && p->rules.mode != BPFLOCK_MODE_AUDIT &&
	    cmdline_read() == CMDLINE_AUDIT)
		diagnose_error(d, NULL,
			       "bpflock=audit on the kernel command line keeps the mode at audit "
			       "until a boot without it");
	return !d->errors && ruleset_compile(p, ops, d);
}

static void report(const struct ctl *c, const struct bpflock_policy *p, bool changed)
{
	const char *result = changed ? "updated" : "unchanged";

	if (c->json) {
		struct json j = ctl_json();

		json_open(&j, NULL, '{');
		json_string(&j, "result", result);
		json_bool(&j, "dry_run", c->dry_run);
		json_u64(&j, "generation", p->generation);
		json_close(&j, '}');
		putchar('\n');
		return;
	}
	if (!changed)
		printf(CTL_PROGRAM ": already so, generation %llu\n",
		       (unsigned long long)p->generation);
	else
		printf(CTL_PROGRAM ": %s, generation %llu\n",
		       c->dry_run ? "dry run, would be updated" : result,
		       (unsigned long long)p->generation);
}

static enum exit_status change(const struct ctl *c, const struct pins *pins, struct diagnostics *d)
{
	struct bpflock_policy old, new;
	bool changed;
	int r;

	r = pins_read_policy(pins, &old);
	if (r < 0)
		return ctl_failed("read the policy", r);
	new = old;
	if (!assign_all(c, pins->stamp.operations, &new, d))
		return STATUS_USAGE;
	changed = !ruleset_equal(&old, &new);
	if (changed)
		new.generation++;
	/*
	 * the same policy set by somebody else is no new generation, but its origin is told right
	 */
	if (!c->dry_run && memcmp(&old, &new, sizeof(old)) != 0) {
		r = pins_write_policy(pins, &new);
		if (r < 0)
			return ctl_failed("switch the policy", r);
	}
	report(c, &new, changed);
	return STATUS_OK;
}

/* Beside a set left behind by an interrupted load, which refuses too, a new policy would not be
 * what is enforced. */
static enum exit_status remove_leftovers(const struct ctl *c, const struct pins *pins)
{
	unsigned int removed = 0;
	int r;

	if (!pins_hook_attached(pins->path))
		return STATUS_OK;
	r = pins_remove_leftovers(c->bpffs, GONE_WAIT_MS, &removed);
	return r < 0 ? ctl_failed("remove what an interrupted load left", r) : STATUS_OK;
}

static enum exit_status locked_change(const struct ctl *c, struct diagnostics *d)
{
	CLEANUP(pins_freep) struct pins *pins = NULL;
	CLEANUP(close_fdp) int lock = -1;
	enum exit_status status = STATUS_OK;

	if (!c->dry_run)
		status = ctl_lock(c, &lock);
	if (status == STATUS_OK)
		status = ctl_open(c, &pins);
	if (status == STATUS_OK && !c->dry_run)
		status = remove_leftovers(c, pins);
	return status == STATUS_OK ? change(c, pins, d) : status;
}

/* Whether the words are right by themselves: that is told whatever is loaded, and by whomever. */
static bool words_are_right(const struct ctl *c, struct diagnostics *d)
{
	CLEANUP(preflight_done) struct preflight pf;
	struct bpflock_policy policy;

	preflight_init(&pf, c->bpffs);
	preflight_operations(&pf);
	ruleset_init(&policy);
	return assign_all(c, pf.operations, &policy, d);
}

enum exit_status ctl_set(const struct ctl *c)
{
	CLEANUP(diagnostics_done) struct diagnostics words = DIAGNOSTICS_INIT;
	CLEANUP(diagnostics_done) struct diagnostics whole = DIAGNOSTICS_INIT;
	enum exit_status status = STATUS_USAGE;

	if (words_are_right(c, &words))
		status = locked_change(c, &whole);
	diagnostics_print(&words, stderr, CTL_PROGRAM);
	/* its warnings are those of the words, told already */
	if (whole.errors)
		diagnostics_print(&whole, stderr, CTL_PROGRAM);
	if (status == STATUS_USAGE)
		ctl_error("nothing was changed");
	return status;
}
