// SPDX-License-Identifier: GPL-2.0-only
#include <stdio.h>
#include <string.h>

#include "ctl-json.h"
#include "ctl.h"
#include "json.h"
#include "operations.h"
#include "preflight.h"
#include "print.h"
#include "ruleset.h"
#include "terminal.h"
#include "text.h"
#include "util.h"
#include "verbs.h"

static const char *const level_names[] = { "integrity", "confidentiality", "none" };
_Static_assert(ARRAY_SIZE(level_names) == BPFLOCK_LEVEL_NONE + 1, "every level needs its name");

static void json_operations(const struct bpflock_operation *ops)
{
	struct json j = ctl_json();

	json_open(&j, "operations", '[');
	for (__u32 i = 0; i < BPFLOCK_REASONS; i++) {
		const struct operation *known = operations_find(ops[i].name);

		if (!ops[i].name[0])
			continue;
		json_open(&j, NULL, '{');
		json_string(&j, "name", ops[i].name);
		json_u64(&j, "lockdown_reason", i);
		json_string(&j, "level", level_names[ops[i].level]);
		json_string(&j, "description", operations_description(ops, i));
		json_bool(&j, "known", known != NULL);
		json_bool(&j, "unreliable_subject", known && known->unreliable_subject);
		json_bool(&j, "queried", known && known->queried);
		json_close(&j, '}');
	}
	json_close(&j, ']');
	json_open(&j, "groups", '[');
	for (size_t g = 0; g < _GROUP_MAX; g++) {
		json_open(&j, NULL, '{');
		json_string(&j, "name", operation_groups[g].name);
		json_string(&j, "description", operation_groups[g].description);
		operations_json(&j, "operations", ops, operations_in_group(ops, g));
		json_close(&j, '}');
	}
	json_close(&j, ']');
	json_end(&j);
}

static void print_operations(const struct bpflock_operation *ops)
{
	printf("%-26s %6s %-16s %s\n", "OPERATION", "REASON", "LEVEL", "DESCRIPTION");
	for (__u32 i = 0; i < BPFLOCK_REASONS; i++) {
		if (!ops[i].name[0])
			continue;
		printf("%-26s %6u %-16s ", ops[i].name, i, level_names[ops[i].level]);
		terminal_print_last(stdout, operations_description(ops, i), 51);
		putchar('\n');
	}
	printf("\n%-26s %s\n", "GROUP", "OPERATIONS OF THIS KERNEL");
	for (size_t g = 0; g < _GROUP_MAX; g++) {
		if (g == GROUP_ALL) {
			printf("%-26s %s\n", operation_groups[g].name,
			       operation_groups[g].description);
			continue;
		}
		printf("%-26s ", operation_groups[g].name);
		print_mask_last(ops, operations_in_group(ops, g), "(none)", 27);
		putchar('\n');
	}
}

/* From the kernel, not from the pins: it is asked before anything is loaded, and by anybody. */
enum exit_status ctl_operations(const struct ctl *c)
{
	CLEANUP(preflight_done) struct preflight pf;

	preflight_init(&pf, c->bpffs);
	if (!preflight_operations(&pf)) {
		ctl_error("cannot read this kernel's operations from its BTF");
		ctl_hint(CTL_PROGRAM " doctor");
		return STATUS_UNSUPPORTED;
	}
	if (c->json)
		json_operations(pf.operations);
	else
		print_operations(pf.operations);
	return STATUS_OK;
}

/* Above each setting of the host, and above each cgroup, who set it. */
static void note_source(const struct policy *p, const struct rule *r, enum bpflock_setting setting,
			void *arg)
{
	if (!r && setting == _BPFLOCK_SETTING_MAX) {
		printf("# bpflock policy, generation %llu\n\n",
		       (unsigned long long)p->host.generation);
	} else if (!r || setting == _BPFLOCK_SETTING_MAX) {
		fputs("# ", stdout);
		text_puts(stdout, r ? r->source : p->host.sources[setting]);
		putchar('\n');
	}
}

enum exit_status ctl_policy(const struct ctl *c)
{
	CLEANUP(pins_freep) struct pins *p = NULL;
	CLEANUP(policy_done) struct policy policy = {};
	enum exit_status status = ctl_open_policy(c, &p, &policy);

	if (status != STATUS_OK)
		return status;
	if (c->json) {
		struct json j = ctl_json();

		ctl_json_policy(&j, p->stamp.operations, &policy);
		json_end(&j);
	} else {
		policy_sort(&policy);
		print_policy(p->stamp.operations, &policy, note_source, NULL);
	}
	return STATUS_OK;
}
