// SPDX-License-Identifier: GPL-2.0-only
/* verify and doctor: is it enforced, and could it be? */
#include <inttypes.h>
#include <stdio.h>

#include "ctl.h"
#include "json.h"
#include "preflight.h"
#include "proof.h"
#include "report.h"
#include "terminal.h"
#include "util.h"

static enum exit_status verify(const struct ctl *c, bool load_in_progress)
{
	CLEANUP(free_charp) char *leftover = NULL;
	CLEANUP(pins_freep) struct pins *p = NULL;
	enum exit_status status = ctl_open(c, &p);
	enum proof proof;
	uint64_t skipped;
	bool attached;
	int r;

	if (status != STATUS_OK)
		return status;
	attached = pins_hook_attached(p->path);
	r = proof_of_pins(p, ctl_kernel_lockdown(), &proof);
	if (r < 0)
		return ctl_failed("prove that the hook fires", r);
	skipped = pins_hook_skipped(p->path);
	status = attached && proof != PROOF_SILENT && !skipped ? STATUS_OK : STATUS_DEGRADED;
	if (skipped)
		ctl_error("the kernel has skipped the lock %" PRIu64
			  " times (recursion_misses of its program), so questions were not answered",
			  skipped);
	leftover = ctl_enforcing_leftover(c);
	if (leftover && !load_in_progress) {
		ctl_error("%s/%s enforces too, left by an interrupted load: load anew with "
			  "bpflock(8)",
			  c->bpffs, leftover);
		status = STATUS_DEGRADED;
	}
	if (c->json) {
		struct json j = ctl_json();

		json_open(&j, NULL, '{');
		json_u64(&j, "status", status);
		json_bool(&j, "attached", attached);
		if (proof == PROOF_IMPOSSIBLE)
			json_null(&j, "firing");
		else
			json_bool(&j, "firing", proof == PROOF_FIRING);
		json_string(&j, "firing_detail", proof_text(proof));
		json_u64(&j, "recursion_misses", skipped);
		json_close(&j, '}');
		putchar('\n');
		return status;
	}
	printf(CTL_PROGRAM ": %s; %s\n", attached ? "attached" : "NOT attached", proof_text(proof));
	return status;
}

enum exit_status ctl_verify(const struct ctl *c)
{
	struct report r = REPORT_INIT;
	enum exit_status status;

	report_wait_for_load(c, &r);
	status = verify(c, r.load_in_progress);
	report_done(&r);
	return status;
}

static const char *const state_names[_CHECK_MAX] = {
	[CHECK_OK] = "ok",
	[CHECK_NOTE] = "note",
	[CHECK_SKIPPED] = "-",
	[CHECK_FAILED] = "FAILED",
};

static const char *const check_words[_CHECK_MAX] = {
	[CHECK_OK] = "ok",
	[CHECK_NOTE] = "note",
	[CHECK_SKIPPED] = "skipped",
	[CHECK_FAILED] = "failed",
};

#define DETAIL_COLUMN (6 + 1 + 14 + 1)

static void print_check(struct json *j, const struct ctl *c, const struct check_result *check)
{
	if (c->json) {
		json_open(j, NULL, '{');
		json_string(j, "name", check->name);
		json_string(j, "state", check_words[check->state]);
		json_string(j, "detail", check->detail);
		json_string(j, "cure", check->cure);
		json_close(j, '}');
		return;
	}
	printf("%-6s %-14s ", state_names[check->state], check->name);
	terminal_print_last(stdout, check->detail, DETAIL_COLUMN);
	putchar('\n');
	if (!check->cure[0])
		return;
	printf("%*s", DETAIL_COLUMN, "");
	terminal_print_last(stdout, check->cure, DETAIL_COLUMN);
	putchar('\n');
}

/* Runs every check that can be told; the status is the first failure's. */
enum exit_status ctl_doctor(const struct ctl *c)
{
	CLEANUP(preflight_done) struct preflight pf;
	enum exit_status status = STATUS_OK;
	struct json j = ctl_json();

	preflight_init(&pf, c->bpffs);
	pf.attach = true;
	if (c->json) {
		json_open(&j, NULL, '{');
		json_open(&j, "checks", '[');
	}
	for (size_t i = 0; i < preflight_count; i++) {
		struct check_result check;

		preflight_run(&pf, i, &check);
		if (check.state == CHECK_FAILED && status == STATUS_OK)
			status = check.status;
		print_check(&j, c, &check);
	}
	if (c->json) {
		json_close(&j, ']');
		json_u64(&j, "status", status);
		json_close(&j, '}');
		putchar('\n');
	} else {
		printf("\n%s\n", status == STATUS_OK ? "This machine can enforce."
						     : "This machine cannot enforce as it is.");
	}
	return status;
}
