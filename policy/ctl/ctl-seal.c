// SPDX-License-Identifier: GPL-2.0-only
#include <bpf/libbpf.h>
#include <errno.h>
#include <string.h>

#include "ctl-json.h"
#include "ctl.h"
#include "ftrace.h"
#include "json.h"
#include "message.h"
#include "overflow-unread.h"
#include "pins-policy.h"
#include "pins-set.h"
#include "progress.h"
#include "proof.h"
#include "seal-holders.h"
#include "seal.h"
#include "strictness.h"
#include "util.h"
#include "verbs.h"

#define GONE_WAIT_MS 10000

static void report(const struct ctl *c, const char *result)
{
	if (c->json) {
		struct json j = ctl_json();

		json_string(&j, "result", result);
		json_bool(&j, "dry_run", c->dry_run);
		json_end(&j);
	} else if (c->dry_run) {
		printf(CTL_PROGRAM ": dry run, would be %s\n", result);
	} else {
		printf(CTL_PROGRAM ": %s, until reboot\n", result);
	}
}

static bool level_is_right(const struct ctl *c)
{
	static const char *const levels[] = { "pins", "objects" };
	const char *text = c->options[CTL_LEVEL];

	for (size_t i = 0; text && i < ARRAY_SIZE(levels); i++) {
		if (strcmp(text, levels[i]) != 0)
			continue;
		message_warning("--level: ignored, because there is one kind of seal");
		return true;
	}
	if (text)
		ctl_error("--level: unknown level \"%s\": leave it out, there is one kind of "
			  "seal" MESSAGE_UNCHANGED,
			  text);
	return !text;
}

/* Under a seal a trial can be ended to its stricter side alone. */
static bool has_stricter_side(const struct pins *pins, const struct policy *active)
{
	CLEANUP(policy_done) struct policy fallback = {};

	return pins_policy_read_slot(pins, BPFLOCK_SLOT_FALLBACK, &fallback) == 0 &&
	       strictness_slot(active, &fallback) != BPFLOCK_NO_SLOT;
}

/* Returns whether the policy should be sealed: a sealed policy never gets looser. */
static enum exit_status check_state(const struct ctl *c, const struct pins *pins)
{
	CLEANUP(policy_done) struct policy policy = {};
	struct pins_policy_state state;
	struct bpflock_latch latch;
	const char *doubt;
	enum proof proof;
	int r = pins_policy_read(pins, &policy, &state);

	if (r == 0)
		r = pins_read_latch(pins, &latch);
	if (r == 0)
		r = proof_of_pins(pins, ctl_kernel_lockdown(), &proof);
	if (r < 0)
		return ctl_failed("examine the loaded set", r);
	if (state.trial && !has_stricter_side(pins, &policy)) {
		ctl_error(
			"the policy is on trial, and no side of the trial is the stricter "
			"one" MESSAGE_UNCHANGED);
		ctl_hint(CTL_PROGRAM " apply --confirm");
		return STATUS_FAILED;
	}
	if (!pins_set_whole(pins) || proof == PROOF_SILENT) {
		ctl_error("the loaded set is incomplete: cannot seal" MESSAGE_UNCHANGED);
		ctl_hint(ftrace_is_off() > 0 ? "sysctl kernel.ftrace_enabled=1" : "bpflock");
		return STATUS_DEGRADED;
	}
	doubt = c->options[CTL_FORCE] ? NULL : seal_doubt(&policy, latch.operations);
	if (!doubt)
		return STATUS_OK;
	ctl_error("the policy should not be sealed: %s; --force seals it anyway" MESSAGE_UNCHANGED,
		  doubt);
	return STATUS_USAGE;
}

/* There is one already. */
static enum exit_status sealed_already(const struct ctl *c, const struct pins *pins)
{
	struct bpflock_seal seal;
	enum seal_state state;
	char why[SEAL_WHY_LEN];
	int r = seal_check(pins, &state, &seal, why);

	if (r < 0)
		return ctl_failed("read the seal", r);
	if (why[0]) {
		ctl_error("%s: sealed, but cannot verify that: %s", pins->path, why);
		return STATUS_DEGRADED;
	}
	report(c, "already sealed");
	return STATUS_OK;
}

/* Prints what stays open, before the question. */
static enum exit_status show_consequences(const struct ctl *c)
{
	struct ctl analyze = { .bpffs = c->bpffs, .verb = "analyze" };
	enum exit_status status = c->json ? STATUS_OK : ctl_analyze(&analyze);

	if (status == STATUS_OK && !c->json)
		seal_holders_print(stdout);
	return status;
}

/* A seal is not taken back, so a person is asked; what asks nobody says so. */
static enum exit_status ask_person(const struct ctl *c)
{
	char line[16];

	if (c->options[CTL_YES] || c->dry_run)
		return STATUS_OK;
	if (!isatty(STDIN_FILENO)) {
		ctl_error("seal: cannot confirm the seal without a terminal" MESSAGE_UNCHANGED);
		ctl_hint(CTL_PROGRAM " seal --yes");
		return STATUS_USAGE;
	}
	fprintf(stderr, "Seal this until reboot? [y/N] ");
	if (fgets(line, sizeof(line), stdin) && (line[0] == 'y' || line[0] == 'Y'))
		return STATUS_OK;
	ctl_error("nothing was changed");
	return STATUS_FAILED;
}

static enum exit_status check_and_ask(const struct ctl *c, bool *ret_sealed)
{
	CLEANUP(pins_freep) struct pins *pins = NULL;
	enum exit_status status = ctl_open(c, &pins);
	char unread[OVERFLOW_UNREAD_LEN];
	struct bpflock_seal seal;
	enum seal_state state;
	int r;

	if (status != STATUS_OK)
		return status;
	r = seal_look_read(pins->path, &state, &seal);
	if (r < 0)
		return ctl_failed("read the seal", r);
	*ret_sealed = state == SEAL_CLOSED;
	if (*ret_sealed)
		return STATUS_OK;
	status = check_state(c, pins);
	if (status == STATUS_OK)
		status = show_consequences(c);
	/* a sealed set has a ring of its own */
	if (status == STATUS_OK && overflow_describe_unread(pins, unread))
		message_warning("%s %s with the ring: read the log first", unread,
				c->dry_run ? "would be lost" : "are lost");
	return status == STATUS_OK ? ask_person(c) : status;
}

/* Beside the sealed set may be what was loaded before, if the one who sealed was killed in the end.
 */
static enum exit_status finish(const struct ctl *c, const struct pins *pins)
{
	unsigned int removed = 0;
	int r = pins_set_remove_leftovers(c->bpffs, GONE_WAIT_MS, &removed);

	return r < 0 ? ctl_failed("remove the set loaded before", r) : sealed_already(c, pins);
}

static enum exit_status seal_locked(const struct ctl *c)
{
	CLEANUP(pins_freep) struct pins *pins = NULL;
	unsigned int removed = 0;
	enum exit_status status = ctl_open(c, &pins);
	char error[512];
	int r;

	if (status != STATUS_OK)
		return status;
	if (pins->slots.ask >= 0)
		return finish(c, pins);
	status = check_state(c, pins);
	if (status != STATUS_OK)
		return status;
	r = pins_set_remove_leftovers(c->bpffs, GONE_WAIT_MS, &removed);
	if (r < 0)
		return ctl_failed("remove leftovers of an interrupted load", r);
	libbpf_set_print(NULL); /* what fails is reported by us */
	ctl_progress(c, CTL_PROGRAM ": seal", 0);
	r = seal_apply(c->bpffs, pins, CTL_PROGRAM, error, sizeof(error));
	progress_end();
	if (r == 0) {
		report(c, "sealed");
		return STATUS_OK;
	}
	ctl_error("%s", error);
	if (r == -ENOTRECOVERABLE)
		return STATUS_DEGRADED;
	return r == -EPERM || r == -EACCES ? STATUS_NOT_PERMITTED : STATUS_FAILED;
}

enum exit_status ctl_seal(const struct ctl *c)
{
	CLEANUP(close_fdp) int lock = -1;
	enum exit_status status;
	bool sealed = false;

	if (!level_is_right(c))
		return STATUS_USAGE;
	status = ctl_check_machine();
	if (status == STATUS_OK)
		status = check_and_ask(c, &sealed);
	if (status != STATUS_OK)
		return status;
	if (c->dry_run) {
		report(c, sealed ? "already sealed" : "sealed");
		return STATUS_OK;
	}
	status = ctl_lock(c, &lock);
	return status == STATUS_OK ? seal_locked(c) : status;
}
