// SPDX-License-Identifier: GPL-2.0-only
#include "status-next.h"

#include "util.h"

const char *status_next(const struct loaded_state *r)
{
	enum protection is = loaded_state_protection(r);
	const struct bpflock_counters t = loaded_state_total(r, BPFLOCK_BY_BPFLOCK);
	bool refused = t.verdicts[BPFLOCK_VERDICT_DENY] || t.verdicts[BPFLOCK_VERDICT_AUDIT];
	const struct {
		bool so;
		const char *command;
	} rows[] = {
		{ protections[is].status != STATUS_OK, NULL },
		{ r->state.trial, CTL_PROGRAM " apply --confirm" },
		{ refused || is == PROTECTION_AUDIT_ONLY, CTL_PROGRAM " denials" },
		{ is == PROTECTION_ENFORCING, CTL_PROGRAM " analyze" },
		{ loaded_state_decisions(&t), CTL_PROGRAM " suggest" },
		{ true, CTL_PROGRAM " preset list" },
	};
	size_t i = 0;

	while (!rows[i].so)
		i++;
	return rows[i].command;
}
