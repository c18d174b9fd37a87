// SPDX-License-Identifier: GPL-2.0-only
#include "ring-budget.h"

void ring_budget(const struct bpflock_policy *policy, bool sealed,
		 uint32_t ret_budgets[_BPFLOCK_CLASS_MAX])
{
	uint32_t tamper = sealed ? policy->ring_size / 16 : 0, half = (policy->ring_size - tamper) / 2;
	bool exec = policy->exec_log != BPFLOCK_EXEC_LOG_NONE, others = policy->others;
	uint32_t share = half / (1 + exec + others);

	ret_budgets[BPFLOCK_CLASS_DENIED] = half;
	ret_budgets[BPFLOCK_CLASS_ALLOWED] = share;
	ret_budgets[BPFLOCK_CLASS_EXEC] = exec ? share : 0;
	ret_budgets[BPFLOCK_CLASS_OTHERS] = others ? share : 0;
	ret_budgets[BPFLOCK_CLASS_TAMPER] = tamper;
}
