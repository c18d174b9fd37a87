/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The questions by which bpflock proves that the kernel calls it. Who asks them has the program
 * prove note that down just before: this process, by its id and start time, for a second and a few
 * questions on bpf_read, or module requests. They are decided as all others, and counted as proofs instead of as
 * decisions with a record. Root can hide his own use of bpf_read that way, one at a time, and each
 * counts as a proof; nothing else.
 */
#pragma once

#include "log.h"

/* The number of bpf_read in the running kernel; 0: it has none. */
const volatile __u32 proof_reason __weak;

static __always_inline struct bpflock_proof *proving_task(struct task_struct *task)
{
	struct bpflock_log_state *state = state_of_log();

	return state ? &state->proofs[(__u32)task->tgid % BPFLOCK_PROOFS] : NULL;
}

/* Most questions are none that anybody proves by, which is told without asking who the task is. */
static __always_inline bool proving_may_ask(__u32 what)
{
	return what == BPFLOCK_MODULE_REQUEST || (what == proof_reason && what);
}

static __noinline bool proving_takes_one(void)
{
	struct task_struct *task = bpf_get_current_task_btf();
	struct bpflock_proof *proof = proving_task(task);

	if (!proof || !proof->left || proof->tgid != (__u32)task->tgid ||
	    proof->start != task->group_leader->start_boottime ||
	    bpf_ktime_get_boot_ns() >= proof->until)
		return false;
	proof->left--;
	return true;
}

static __always_inline bool proving_asks(__u32 what)
{
	return proving_may_ask(what) && proving_takes_one();
}
