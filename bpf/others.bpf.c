// SPDX-License-Identifier: GPL-2.0-only
/*
 * The program refused sees the final answer of security_locked_down(), and logs the refusals that are not bpflock's: those
 * of kernel Lockdown, which most kernels ask before any BPF program, and those of other security modules, of other BPF
 * programs and of injected faults. It decides nothing. Both programs here are attached only with `others = yes`; they need fexit
 * (Linux 5.5; on arm64 6.4 and later).
 *
 * A refusal is by=lockdown if Lockdown's own function has refused in the same call, by=other if neither that nor bpflock has.
 */
#include <linux/bpf.h>
#include <stdbool.h>

#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>

#include "decision.h"
#include "policy-in-force.h"
#include "proving.h"
#include "refusing.h"

/* The host's rule set says whether it is logged: that of a cgroup was not asked. */
static __always_inline void account(__u32 reason, __u32 by, __s32 retval)
{
	struct bpflock_counters *c = counters_of(BPFLOCK_COUNTERS_OF(by, bpflock_slot(reason)));
	const struct bpflock_policy *p = policy_in_force();

	if (!c)
		return;
	count(&c->verdicts[BPFLOCK_VERDICT_DENY]);
	if (p && p->rules.log <= BPFLOCK_VERDICT_DENY && logs()) {
		struct decision d = {
			.generation = p->generation,
			.coalesce = p->coalesce,
			.asker = bpf_get_current_cgroup_id(),
			.what = { .reason = reason, .verdict = BPFLOCK_VERDICT_DENY, .by = by },
			.retval = retval,
		};

		add_module_file(&d);
		log_decision(AS_ONLY(&d), AS_ONLY(c));
	} else {
		count(&c->unlogged);
	}
}

/* The argument `what` is compared as 32 bits: old kernels leave garbage above them. */
SEC("fexit/lockdown_is_locked_down")
int BPF_PROG(by_lockdown, __u32 what, int ret)
{
	if (ret < 0)
		refusing_note(bpflock_kernel_reason(what), BPFLOCK_BY_LOCKDOWN);
	return 0;
}

SEC("fexit/security_locked_down")
int BPF_PROG(refused, __u32 what, int ret)
{
	struct bpflock_counters *c;
	__u32 by;

	if (ret >= 0)
		return 0;
	what = bpflock_kernel_reason(what);
	by = refusing_take(what);
	if (by == BPFLOCK_BY_BPFLOCK || by >= _BPFLOCK_BY_MAX)
		return 0;
	if (!proving_asks(what)) {
		account(what, by, ret);
		return 0;
	}
	c = counters_of(BPFLOCK_COUNTERS_OF(by, bpflock_slot(what)));
	if (c)
		count(&c->proofs);
	return 0;
}

char LICENSE[] SEC("license") = "GPL";
