// SPDX-License-Identifier: GPL-2.0-only
#include "result-print.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "json.h"
#include "looser-print.h"
#include "message.h"
#include "operations.h"
#include "ruleset-json.h"
#include "ruleset.h"
#include "util.h"
#include "version.h"

void result_print_json(const struct policy *p, const struct install_result *result,
		       enum exit_status status, bool dry_run, bool pretty)
{
	struct json j = json_begin(stdout, pretty);

	json_u64(&j, "status", status);
	json_string(&j, "result", install_outcome_name(result->outcome));
	if (result->outcome == INSTALL_FAILED) {
		json_end(&j);
		return;
	}
	json_bool(&j, "dry_run", dry_run);
	json_u64(&j, "generation", result->generation);
	for (size_t s = 0; s < _BPFLOCK_SETTING_MAX; s++)
		if (!settings[s].list)
			ruleset_json(&j, NULL, &p->host, s);
	json_u64(&j, "cgroups", p->n_rules);
	json_bool(&j, "sealed", result->sealed);
	if (dry_run || result->proof == PROOF_IMPOSSIBLE)
		json_null(&j, "enforcing");
	else
		json_bool(&j, "enforcing", result->proof == PROOF_ENFORCING);
	json_u64(&j, "leftovers_removed", result->leftovers);
	if (result->has_difference) {
		difference_print_json(&result->difference, &j);
		looser_print_json(&j, &result->after.host, result->difference.ops);
	}
	json_end(&j);
}

void result_warn_looser(const struct install_result *result)
{
	const struct bpflock_policy *host = &result->after.host;
	CLEANUP(free_charp) char *text =
		looser_print_text(host, result->difference.ops,
				  isatty(STDERR_FILENO) ? OPERATIONS_SHOWN : BPFLOCK_REASONS);

	/* a policy that denies the same has taken over the record of an earlier change */
	if (text && host->looser.time != result->before.host.looser.time)
		message_warning("looser than the policy it replaces: %s", text);
}

/* Audit mode and the profile privileged enforce nothing, however well that is verified. */
static const char *proof_words(const struct policy *p, enum proof proof)
{
	return proof == PROOF_ENFORCING && !policy_denies(p, BPFLOCK_MODE_ENFORCE)
		       ? "verified: nothing is denied"
		       : proof_text(proof);
}

void result_print_text(const struct policy *p, const struct install_result *result, bool dry_run)
{
	static const char *const words[_INSTALL_MAX] = {
		[INSTALL_LOADED] = "loaded",
		[INSTALL_REPLACED] = "replaced",
		[INSTALL_UPDATED] = "policy updated",
		[INSTALL_UNCHANGED] = "unchanged",
	};

	printf("bpflock: %s%s: profile %s, level %s, mode %s", dry_run ? "dry run, would be " : "",
	       words[result->outcome], ruleset_value(&p->host, BPFLOCK_SETTING_PROFILE),
	       ruleset_value(&p->host, BPFLOCK_SETTING_LEVEL),
	       ruleset_value(&p->host, BPFLOCK_SETTING_MODE));
	if (p->n_rules)
		printf(", %zu cgroup rule set%s", p->n_rules, p->n_rules == 1 ? "" : "s");
	printf(", generation %llu", (unsigned long long)result->generation);
	if (!dry_run)
		printf("; %s", proof_words(p, result->proof));
	if (result->sealed)
		printf("; sealed until reboot");
	putchar('\n');
	if (result->outcome == INSTALL_REPLACED && result->previous_build &&
	    result->previous_build[0] && strcmp(result->previous_build, BPFLOCK_VERSION) != 0)
		printf("bpflock: the replaced set is of version %s\n", result->previous_build);
	if (result->leftovers)
		printf("bpflock: removed %u leftover(s) of an interrupted run\n",
		       result->leftovers);
	if (result->has_difference)
		difference_print(&result->difference);
}
