// SPDX-License-Identifier: GPL-2.0-only
#include <bpf/libbpf.h>
#include <errno.h>
#include <string.h>

#include "ctl.h"
#include "json.h"
#include "proof.h"
#include "seal.h"
#include "util.h"

#define GONE_WAIT_MS 10000

enum exit_status ctl_check_seal(const char *set_path, enum bpflock_seal_level from)
{
	struct bpflock_seal seal;
	char text[SEAL_TEXT_LEN];
	bool whole;
	int r = seal_read(set_path, &seal, &whole);

	if (r < 0)
		return ctl_failed("read the seal", r);
	if (seal.level < from)
		return STATUS_OK;
	seal_describe(&seal, text);
	ctl_error("%s is sealed (%s): nothing was changed", set_path, text);
	return STATUS_NOT_PERMITTED;
}

static bool choose_level(const struct ctl *c, enum bpflock_seal_level *ret)
{
	const char *text = c->options[CTL_LEVEL];

	*ret = BPFLOCK_SEAL_OBJECTS;
	if (!text)
		return true;
	for (uint32_t level = BPFLOCK_SEAL_PINS; level < _BPFLOCK_SEAL_MAX; level++) {
		if (strcmp(seal_level_name(level), text) == 0) {
			*ret = level;
			return true;
		}
	}
	ctl_error("--level: unknown level \"%s\": expected pins or objects. Nothing was changed",
		  text);
	return false;
}

static void report(const struct ctl *c, const char *result, enum bpflock_seal_level level)
{
	if (c->json) {
		struct json j = ctl_json();

		json_open(&j, NULL, '{');
		json_string(&j, "result", result);
		json_bool(&j, "dry_run", c->dry_run);
		json_string(&j, "seal", seal_level_name(level));
		json_close(&j, '}');
		putchar('\n');
	} else if (c->dry_run) {
		printf(CTL_PROGRAM ": dry run, would be %s: %s\n", result, seal_level_name(level));
	} else {
		printf(CTL_PROGRAM ": %s: %s, until reboot\n", result, seal_level_name(level));
	}
}

/* Whether it is worth sealing: what is sealed stays as it is, wrong or right. */
static enum exit_status check_state(const struct ctl *c, const struct pins *pins)
{
	CLEANUP(policy_done) struct policy policy = {};
	struct pins_policy_state state;
	enum proof proof;
	unsigned int removed = 0;
	int r = pins_read_policy(pins, &policy, &state);

	if (r == 0)
		r = proof_of_pins(pins, ctl_kernel_lockdown(), &proof);
	if (r < 0)
		return ctl_failed("examine what is loaded", r);
	if (state.trial) {
		ctl_error("the policy is on trial: confirm it first (" CTL_PROGRAM
			  " apply --confirm), or let it end. Nothing was changed");
		return STATUS_FAILED;
	}
	if (!pins_whole(pins) || proof == PROOF_SILENT) {
		ctl_error("what would be sealed is not whole: see " CTL_PROGRAM
			  " status, load anew with bpflock(8). Nothing was changed");
		return STATUS_DEGRADED;
	}
	r = c->dry_run ? 0 : pins_remove_leftovers(c->bpffs, GONE_WAIT_MS, &removed);
	return r < 0 ? ctl_failed("remove what an interrupted load left", r) : STATUS_OK;
}

/* There is one already: as good, or not. */
static enum exit_status sealed_already(const struct ctl *c, const struct pins *pins,
				       const struct bpflock_seal *seal,
				       enum bpflock_seal_level level)
{
	if (seal->level < level) {
		ctl_error("%s is sealed (%s), and a seal is not changed until reboot: nothing was "
			  "changed",
			  pins->path, seal_level_name(seal->level));
		return STATUS_NOT_PERMITTED;
	}
	report(c, "already sealed", seal->level);
	return STATUS_OK;
}

enum exit_status ctl_seal(const struct ctl *c)
{
	CLEANUP(pins_freep) struct pins *pins = NULL;
	CLEANUP(close_fdp) int lock = -1;
	enum bpflock_seal_level level;
	enum exit_status status;
	struct bpflock_seal seal;
	char error[512];
	bool whole;
	int r;

	if (!choose_level(c, &level))
		return STATUS_USAGE;
	status = ctl_check_clock();
	if (status == STATUS_OK && !c->dry_run)
		status = ctl_lock(c, &lock);
	if (status == STATUS_OK)
		status = ctl_open(c, &pins);
	if (status != STATUS_OK)
		return status;
	r = seal_read(pins->path, &seal, &whole);
	if (r < 0)
		return ctl_failed("read the seal", r);
	if (seal.level && whole)
		return sealed_already(c, pins, &seal, level);
	status = seal.level ? STATUS_OK : check_state(c, pins);
	if (status != STATUS_OK)
		return status;
	libbpf_set_print(NULL); /* what fails is told by us */
	r = c->dry_run ? 0 : seal_apply(pins, level, CTL_PROGRAM, error, sizeof(error));
	if (r < 0) {
		ctl_error("%s", error);
		return r == -EPERM || r == -EACCES ? STATUS_NOT_PERMITTED : STATUS_FAILED;
	}
	report(c, "sealed", level);
	return STATUS_OK;
}
