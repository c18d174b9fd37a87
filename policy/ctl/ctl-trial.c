// SPDX-License-Identifier: GPL-2.0-only
#include "ctl-trial.h"

#include <errno.h>

#include "clock.h"
#include "ctl-change.h"
#include "ctl-json.h"
#include "json.h"
#include "looser.h"
#include "message.h"
#include "pins-policy.h"
#include "pins-revoke.h"
#include "seal.h"

/* Back to what was before the trial, as one more generation. */
static int revert(struct pins *pins, const struct pins_policy_state *state,
		  const struct policy *trial)
{
	CLEANUP(policy_done) struct policy fallback = {};
	struct bpflock_latch latch;
	int r = pins_policy_read_slot(pins, BPFLOCK_SLOT_FALLBACK, &fallback);

	if (r == 0)
		r = pins_read_latch(pins, &latch);
	if (r < 0)
		return r;
	fallback.host.generation = state->newest_generation + 1;
	looser_record(&fallback, trial,
		      &(struct looser_context){ pins->stamp.operations, latch.operations,
						clock_realtime() });
	return pins_policy_write(&pins->slots, &fallback, NULL, PINS_WRITE_FOR_GOOD);
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

/* A trial that somebody else has confirmed is kept already, and its end is no change. */
static enum exit_status not_on_trial(const struct ctl_trial_end *end, const struct policy *policy,
				     struct policy *ret_fallback)
{
	if (end->keep && end->generation && policy->host.generation == end->generation) {
		int r = policy_copy(policy, ret_fallback);

		if (r < 0)
			return ctl_failed("copy the policy", r);
		return end->before ? end->before(end->data) : STATUS_OK;
	}
	if (end->generation)
		ctl_error(
			"generation %llu is active, not the policy that was on trial" MESSAGE_UNCHANGED,
			(unsigned long long)policy->host.generation);
	else
		ctl_error("no policy is on trial, or the trial has ended" MESSAGE_UNCHANGED);
	return STATUS_FAILED;
}

/* *ret_policy and *ret_fallback: what is on trial, and what it would have fallen back to. */
static enum exit_status end_trial_of(struct pins *pins, const struct ctl_trial_end *end,
				     struct policy *ret_policy, struct policy *ret_fallback)
{
	struct pins_policy_state state;
	bool keep = end->keep;
	int r = pins_policy_read(pins, ret_policy, &state);

	if (r == 0 &&
	    (!state.trial || (end->generation && ret_policy->host.generation != end->generation)))
		return not_on_trial(end, ret_policy, ret_fallback);
	if (r == 0)
		r = pins_policy_read_slot(pins, BPFLOCK_SLOT_FALLBACK, ret_fallback);
	if (r == 0 && end->before) {
		enum exit_status status = end->before(end->data);

		if (status != STATUS_OK)
			return status;
	}
	if (r == 0 && pins->slots.ask >= 0) {
		r = settle(pins, keep);
		if (r == -EPERM) {
			ctl_error(
				"under a seal a trial can end only with the stricter policy, which is "
				"%s" MESSAGE_UNCHANGED,
				keep ? "the one before" : "the one on trial");
			return STATUS_NOT_PERMITTED;
		}
	} else if (r == 0) {
		r = pins_make_writable(pins);
		if (r == 0)
			r = keep ? pins_policy_confirm(pins) : revert(pins, &state, ret_policy);
	}
	return r < 0 ? ctl_failed("end the trial", r) : STATUS_OK;
}

static void report(const struct ctl *c, const char *result, uint64_t generation,
		   const struct difference *difference)
{
	if (c->json) {
		struct json j = ctl_json();

		json_string(&j, "result", result);
		json_u64(&j, "generation", generation);
		difference_print_json(difference, &j);
		json_end(&j);
		return;
	}
	printf(CTL_PROGRAM ": %s, generation %llu\n", result, (unsigned long long)generation);
	difference_print(difference);
}

enum exit_status ctl_trial_end(const struct ctl *c, const struct ctl_trial_end *end)
{
	CLEANUP(pins_freep) struct pins *pins = NULL;
	CLEANUP(policy_done) struct policy policy = {};
	CLEANUP(policy_done) struct policy fallback = {};
	CLEANUP(close_fdp) int lock = -1;
	bool keep = end->keep;
	enum exit_status status = ctl_check_machine();
	struct difference difference;
	struct bpflock_policy now;
	int r;

	if (status == STATUS_OK)
		status = ctl_lock(c, &lock);
	if (status == STATUS_OK)
		status = ctl_open(c, &pins);
	if (status == STATUS_OK)
		status = end_trial_of(pins, end, &policy, &fallback);
	/* what is kept is told as a change of what would have been */
	if (status == STATUS_OK)
		status = ctl_difference(pins, keep ? &fallback : &policy,
					keep ? &policy : &fallback, &difference);
	if (status != STATUS_OK)
		return status;
	r = pins_policy_read_host(pins, &now);
	if (r < 0)
		return ctl_failed("read the policy", r);
	report(c, keep ? "confirmed" : "reverted", now.generation, &difference);
	return STATUS_OK;
}
