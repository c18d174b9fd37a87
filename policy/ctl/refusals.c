// SPDX-License-Identifier: GPL-2.0-only
#include "refusals.h"

struct refusals refusals_by_others(const struct loaded_state *r)
{
	const struct pins_program *p = loaded_state_program(r, BPFLOCK_REFUSED_PROGRAM);
	struct refusals f = { .watched = p, .missed = p ? p->skipped : 0 };

	for (uint32_t by = BPFLOCK_BY_LOCKDOWN; by < _BPFLOCK_BY_MAX; by++) {
		const struct bpflock_counters *c = &f.by[by];

		f.by[by] = loaded_state_total(r, by);
		f.total.verdicts[BPFLOCK_VERDICT_DENY] += c->verdicts[BPFLOCK_VERDICT_DENY];
		f.total.emitted += c->emitted;
		f.total.coalesced += c->coalesced;
		f.total.dropped += c->dropped;
		f.total.unlogged += c->unlogged;
		f.total.proofs += c->proofs;
	}
	return f;
}
