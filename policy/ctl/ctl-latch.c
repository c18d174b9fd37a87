// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <string.h>

#include "clock.h"
#include "ctl-change.h"
#include "ctl-json.h"
#include "json.h"
#include "operations.h"
#include "print.h"
#include "ruleset.h"
#include "seal.h"
#include "util.h"
#include "verbs.h"

static bool parse(const struct ctl *c, const struct bpflock_operation *ops, uint64_t *ret_mask)
{
	CLEANUP(diagnostics_done) struct diagnostics d = DIAGNOSTICS_INIT;
	const struct place at = { .source = "latch" };
	uint64_t mask = 0;

	for (int i = 0; i < c->n; i++)
		operations_parse_list(ops, c->operands[i], &at, &mask, &d);
	if (!d.errors && !mask)
		diagnostic_error(&d, NULL, "latch: expected operations of this kernel");
	ctl_diagnostics(&d);
	*ret_mask = ruleset_latch(ops, mask);
	return d.errors == 0;
}

static void report(const struct ctl *c, const struct difference *difference, bool sealed)
{
	const struct bpflock_operation *ops = difference->ops;
	uint64_t mask = difference->new->host.latch;

	if (c->json) {
		struct json j = ctl_json();

		json_string(&j, "result", "latched");
		json_bool(&j, "dry_run", c->dry_run);
		json_bool(&j, "sealed", sealed);
		operations_json(&j, "latched", ops, mask);
		difference_print_json(difference, &j);
		json_end(&j);
		return;
	}
	printf(CTL_PROGRAM ": %sdenied to everybody: ", c->dry_run ? "dry run, would be " : "");
	print_mask(ops, mask, "nothing");
	puts(sealed ? ", until reboot"
		    : ", for as long as this set is loaded");
	difference_print(difference);
}

static enum exit_status latch_locked(const struct ctl *c, const struct pins *pins)
{
	CLEANUP(policy_done) struct policy old = {};
	CLEANUP(policy_done) struct policy new = {};
	struct difference difference = { .ops = pins->stamp.operations, .old = &old, .new = &new };
	struct bpflock_latch latch;
	struct bpflock_seal seal;
	enum exit_status status;
	enum seal_state state;
	uint64_t mask;
	int r;

	if (!parse(c, pins->stamp.operations, &mask))
		return STATUS_USAGE;
	r = seal_look_read(pins->path, &state, &seal);
	if (r == 0)
		r = pins_read_latch(pins, &latch);
	if (r == 0)
		r = pins_policy_read(pins, &old, NULL);
	if (r == 0)
		r = policy_copy(&old, &new);
	if (r < 0)
		return ctl_failed("read the latch", r);
	status = ctl_check_module_program(pins, &old, mask);
	if (status != STATUS_OK)
		return status;
	mask |= latch.operations;
	if (!c->dry_run)
		r = pins_latch(pins->path, mask, CTL_PROGRAM, &mask);
	if (r < 0)
		return ctl_failed("latch", r);
	old.host.latch = latch.operations;
	new.host.latch = mask;
	difference.now = clock_boottime();
	report(c, &difference, state == SEAL_CLOSED);
	return STATUS_OK;
}

enum exit_status ctl_latch(const struct ctl *c)
{
	CLEANUP(pins_freep) struct pins *pins = NULL;
	CLEANUP(close_fdp) int lock = -1;
	enum exit_status status = c->dry_run ? STATUS_OK : ctl_lock(c, &lock);

	if (status == STATUS_OK)
		status = ctl_open(c, &pins);
	return status == STATUS_OK ? latch_locked(c, pins) : status;
}
