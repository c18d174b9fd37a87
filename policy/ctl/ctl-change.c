// SPDX-License-Identifier: GPL-2.0-only
#include "ctl-change.h"

#include <errno.h>
#include <string.h>

#include "clock.h"
#include "cgroupfs.h"
#include "cmdline.h"
#include "ctl-json.h"
#include "grants.h"
#include "json.h"
#include "like.h"
#include "looser.h"
#include "message.h"
#include "pins-policy.h"
#include "pins-revoke.h"
#include "pins-set.h"
#include "policy-part.h"
#include "preflight.h"
#include "quantity.h"
#include "ruleset.h"
#include "util.h"

#define GONE_WAIT_MS 10000

static void unknown_key(const char *word, size_t len, bool host, struct diagnostics *d)
{
	const char *words[_BPFLOCK_SETTING_MAX + 1];
	size_t n = 0;

	if (host && strlen(LIKE_KEY) == len && memcmp(LIKE_KEY, word, len) == 0) {
		diagnostic_error(d, NULL,
				 "\"" LIKE_KEY "\" is a key of cgroups: " CTL_PROGRAM
				 " cgroup set PATH " LIKE_KEY "=" LIKE_HOST);
		return;
	}
	for (size_t s = 0; s < _BPFLOCK_SETTING_MAX; s++)
		words[n++] = settings[s].name;
	if (!host)
		words[n++] = LIKE_KEY;
	diagnostic_unknown(d, NULL, "key", word, len, words, n);
}

enum exit_status ctl_difference(const struct pins *pins, struct policy *old, struct policy *new,
				struct difference *ret)
{
	struct bpflock_latch latch;
	int r = pins_read_latch(pins, &latch);

	if (r < 0)
		return ctl_failed("read the latch", r);
	*ret = (struct difference){ .ops = pins->stamp.operations,
				    .old = old,
				    .new = new,
				    .latched = latch.operations,
				    .now = clock_boottime() };
	return STATUS_OK;
}

void ctl_assign(struct bpflock_policy *p, const struct bpflock_operation *ops, const char *word,
		bool host, bool seen[_BPFLOCK_SETTING_MAX], const char *source, struct diagnostics *d)
{
	const char *equals = strchr(word, '=');
	size_t len = equals ? (size_t)(equals - word) : 0, s = 0;
	char sign = len && strchr("+-", word[len - 1]) ? word[--len] : '=';
	struct place at = { NULL, 0, 1 };

	if (!equals) {
		diagnostic_error(d, NULL, "expected KEY=VALUE, got \"%s\"", word);
		return;
	}
	while (s < _BPFLOCK_SETTING_MAX &&
	       (strlen(settings[s].name) != len || memcmp(settings[s].name, word, len) != 0))
		s++;
	if (s == _BPFLOCK_SETTING_MAX) {
		unknown_key(word, len, host, d);
		return;
	}
	at.source = settings[s].name;
	if (settings[s].load)
		diagnostic_error(
			d, NULL,
			"\"%s\" can be changed only by loading: bpflock --%s",
			settings[s].name, word);
	else if (settings[s].host && !host)
		diagnostic_error(d, NULL, "\"%s\" is a setting of the host: " CTL_PROGRAM " set %s",
				 settings[s].name, word);
	else if (sign != '=' && !settings[s].list)
		diagnostic_error(d, NULL, "\"%s\" is not a list: %s=%s", settings[s].name,
				 settings[s].name, equals + 1);
	else if (seen[s] && sign == '=')
		diagnostic_error(d, NULL, "\"%s\" is given twice", settings[s].name);
	else if (sign == '-' ? ruleset_take(p, ops, s, equals + 1, &at, d) :
			       ruleset_assign(p, ops, s, equals + 1, &at, sign == '=', d))
		ruleset_set_source(p, s, source);
	seen[s] = true;
}

static void report(const struct ctl *c, const struct difference *difference, bool changed)
{
	const struct policy *p = difference->new;
	const char *result = changed ? "updated" : "unchanged";
	uint64_t now = clock_boottime();
	uint64_t left = p->host.expires > now ? (p->host.expires - now) / 1000000000 : 0;

	if (c->json) {
		struct json j = ctl_json();

		json_string(&j, "result", result);
		json_bool(&j, "dry_run", c->dry_run);
		json_u64(&j, "generation", p->host.generation);
		if (p->host.expires)
			json_u64(&j, "trial_seconds_left", left);
		difference_print_json(difference, &j);
		json_end(&j);
		return;
	}
	if (!changed)
		printf(CTL_PROGRAM ": unchanged, generation %llu",
		       (unsigned long long)p->host.generation);
	else
		printf(CTL_PROGRAM ": %s, generation %llu",
		       c->dry_run ? "dry run, would be updated" : result,
		       (unsigned long long)p->host.generation);
	if (p->host.expires)
		printf("; on trial, it ends in %llu s unless confirmed: " CTL_PROGRAM
		       " apply --confirm",
		       (unsigned long long)left);
	putchar('\n');
	difference_print(difference);
}

static void announce(const struct pins *pins, const struct policy *new, const struct grant *g,
		     enum bpflock_grant_action action)
{
	static const char *const done[_BPFLOCK_GRANT_ACTION_MAX] = {
		[BPFLOCK_GRANT_GIVEN] = "is given",
		[BPFLOCK_GRANT_REVOKED] = "is revoked",
	};
	struct bpflock_announcement a = { .generation = new->host.generation,
					  .operations = g->operations,
					  .expires = g->expires,
					  .id = g->id,
					  .action = action };
	size_t len = strlen(g->path);
	int r;

	/* of a longer path the end tells more */
	snprintf(a.target, sizeof(a.target), "%s",
		 g->path + (len < sizeof(a.target) ? 0 : len - sizeof(a.target) + 1));
	memcpy(a.note, g->note, sizeof(a.note));
	r = pins_policy_announce(pins, &a);
	/* a full ring has counted it; that there is no such program was told by the loader */
	if (r < 0 && r != -ENOBUFS && r != -ENOENT)
		fprintf(stderr,
			CTL_PROGRAM ": warning: grant %u %s, but the program announce could not log "
				    "that: %s\n",
			a.id, done[action], strerror(-r));
}

static void announce_all(const struct pins *pins, const struct policy *old,
			 const struct policy *new, uint64_t now)
{
	for (size_t i = 0; i < old->n_grants; i++)
		if (old->grants[i].expires > now && !grants_by_id(new, old->grants[i].id))
			announce(pins, new, &old->grants[i], BPFLOCK_GRANT_REVOKED);
	for (size_t i = 0; i < new->n_grants; i++) {
		const struct grant *before = grants_by_id(old, new->grants[i].id);

		/* an ended one's number may have been given away */
		if (!before || before->given != new->grants[i].given)
			announce(pins, new, &new->grants[i], BPFLOCK_GRANT_GIVEN);
	}
}

void ctl_keep_audit(struct policy *p)
{
	enum cmdline_override override;

	if (cmdline_read(&override) == 0 && override == CMDLINE_AUDIT)
		policy_force_mode(p, BPFLOCK_MODE_AUDIT, CMDLINE_SOURCE);
}

static bool is_expected_generation(const struct ctl *c, uint64_t generation)
{
	uint64_t expected;

	if (!c->options[CTL_IF_GENERATION])
		return true;
	quantity_number(c->options[CTL_IF_GENERATION], UINT64_MAX, &expected);
	if (expected == generation)
		return true;
	ctl_error("generation %llu is active, not %llu: someone else has changed the "
		  "policy" MESSAGE_UNCHANGED,
		  (unsigned long long)generation, (unsigned long long)expected);
	ctl_hint(CTL_PROGRAM " policy");
	return false;
}

static int write_policy(const struct change *change, struct pins *pins, const struct policy *old,
			const struct policy *new)
{
	int r;

	if (pins->slots.ask >= 0)
		return pins_revoke(pins, old, new);
	r = pins_make_writable(pins);
	return r == 0 ? pins_policy_write(&pins->slots, new, old, change->how) : r;
}

static void warn_of_v1(const struct policy *p)
{
	bool any = p->n_rules > 0 || p->part;

	for (size_t i = 0; i < p->n_grants; i++)
		any = any || strcmp(p->grants[i].path, "/") != 0;
	if (any && cgroupfs_is_v1()) {
		message_warning(CGROUPFS_V1);
		ctl_hint(CGROUPFS_V1_CURE);
	}
}

/* From the active policy to the new one, which is in *new in the end. */
static enum exit_status switch_policy(const struct ctl *c, const struct change *change,
				      struct pins *pins, struct policy *old,
				      const struct pins_policy_state *state, struct policy *new,
				      struct diagnostics *d)
{
	uint64_t now = clock_boottime();
	struct difference difference;
	enum exit_status status;
	bool equal;
	int r = policy_copy(old, new);

	if (r < 0)
		return ctl_failed("copy the policy", r);
	status = ctl_difference(pins, old, new, &difference);
	if (status != STATUS_OK)
		return status;
	grants_forget_ended(new, now);
	change->edit(c, pins->stamp.operations, new, false, d, change->data);
	r = policy_part_note_gone(new, old);
	if (r < 0)
		return ctl_failed("copy the policy", r);
	ctl_keep_audit(new);
	if (d->errors || !policy_compile(new, pins->stamp.operations, d))
		return STATUS_USAGE;
	status = ctl_check_module_program(pins, new, difference.latched);
	if (status != STATUS_OK)
		return status;
	policy_date_sources(new, old, clock_realtime());
	if (change->how == PINS_WRITE_FOR_GOOD)
		new->host.expires = 0;
	/* after a trial its number is given away, so what takes its place has the next one */
	equal = policy_equal(old, new) && !state->reverted;
	if (!equal)
		ctl_warn_overruled(new, pins->stamp.operations, d);
	if (change->how == PINS_WRITE_TRIAL && (!equal || state->trial)) {
		new->host.expires = now + change->trial_ns;
		equal = false;
	}
	/* a sealed policy stays the one that it is */
	if (!equal && pins->slots.ask < 0)
		new->host.generation = state->newest_generation + 1;
	else
		new->host.generation = old->host.generation;
	looser_record(new, old,
		      &(struct looser_context){ pins->stamp.operations, difference.latched,
						clock_realtime() });
	/*
	 * the same policy set by somebody else is no new generation, but its origin is told right
	 */
	if (!c->dry_run && !policy_identical(old, new)) {
		r = write_policy(change, pins, old, new);
		if (r < 0)
			return ctl_failed("switch the policy", r);
		announce_all(pins, old, new, now);
	}
	if (change->result)
		*change->result = (struct change_result){ new->host.generation, new->host.expires };
	report(c, &difference, !equal);
	warn_of_v1(new);
	return STATUS_OK;
}

static enum exit_status change_policy(const struct ctl *c, const struct change *change,
				      struct pins *pins, struct diagnostics *d)
{
	CLEANUP(policy_done) struct policy old = {};
	CLEANUP(policy_done) struct policy new = {};
	struct pins_policy_state state;
	int r = pins_policy_read_part(pins, change->about, &old, &state);

	if (r < 0)
		return ctl_failed("read the policy", r);
	if (!is_expected_generation(c, old.host.generation))
		return STATUS_FAILED;
	return switch_policy(c, change, pins, &old, &state, &new, d);
}

/* Beside a set left behind by an interrupted load, which refuses too, a new policy would not be
 * what is enforced. */
static enum exit_status remove_leftovers(const struct ctl *c, const struct pins *pins)
{
	unsigned int removed = 0;
	int r;

	if (!pins_set_hook_attached(pins->path))
		return STATUS_OK;
	r = pins_set_remove_leftovers(c->bpffs, GONE_WAIT_MS, &removed);
	return r < 0 ? ctl_failed("remove leftovers of an interrupted load", r) : STATUS_OK;
}

/* Edits and switches the policy. *reached: editing was reached, so that d says everything. */
static enum exit_status locked_change(const struct ctl *c, const struct change *change,
				      struct diagnostics *d, bool *reached)
{
	CLEANUP(pins_freep) struct pins *pins = NULL;
	CLEANUP(close_fdp) int lock = -1;
	enum exit_status status = ctl_check_machine();

	if (status == STATUS_OK && !c->dry_run)
		status = ctl_lock(c, &lock);
	if (status == STATUS_OK)
		status = ctl_open(c, &pins);
	if (status == STATUS_OK && !change->revokes)
		status = ctl_check_seal(pins->path);
	if (status == STATUS_OK && !c->dry_run)
		status = remove_leftovers(c, pins);
	*reached = status == STATUS_OK;
	return *reached ? change_policy(c, change, pins, d) : status;
}

static bool words_are_right(const struct ctl *c, const struct change *change, struct diagnostics *d)
{
	CLEANUP(preflight_done) struct preflight pf;
	CLEANUP(policy_done) struct policy policy;
	uint64_t generation;

	preflight_init(&pf, c->bpffs);
	preflight_operations(&pf);
	policy_init(&policy);
	if (c->options[CTL_IF_GENERATION] &&
	    !quantity_number(c->options[CTL_IF_GENERATION], UINT64_MAX, &generation))
		diagnostic_error(d, NULL, "--if-generation: \"%s\" is not a number",
				 c->options[CTL_IF_GENERATION]);
	change->edit(c, pf.operations, &policy, true, d, change->data);
	return !d->errors && policy_compile(&policy, pf.operations, d);
}

enum exit_status ctl_change(const struct ctl *c, const struct change *change)
{
	CLEANUP(diagnostics_done) struct diagnostics words = DIAGNOSTICS_INIT;
	CLEANUP(diagnostics_done) struct diagnostics whole = DIAGNOSTICS_INIT;
	enum exit_status status = STATUS_USAGE;
	bool reached = false;

	if (words_are_right(c, change, &words))
		status = locked_change(c, change, &whole, &reached);
	if (status == STATUS_USAGE)
		ctl_refuse(reached ? &whole : &words);
	else
		ctl_diagnostics(reached ? &whole : &words);
	return status;
}
