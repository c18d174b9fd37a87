/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A replay asks bpf/decide.h what another policy would have decided, by the facts of recorded
 * decisions. Where a fact that matters was not recorded, the answer is that it is not known, never a
 * guess. Its memory is bounded, however long the log. Pure.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "policy.h"
#include "recorded.h"
#include "replay-table.h"

/* The tables of decisions that would change. */
enum replay_by {
	REPLAY_BY_OPERATION,
	REPLAY_BY_UNIT, /* the cgroup where no unit was recorded */
	REPLAY_BY_EXECUTABLE, /* the command where no executable was recorded */
	_REPLAY_BY_MAX,
};

/* The answers to what would be decided. */
enum replay_answer {
	REPLAY_KNOWN,
	REPLAY_OTHERS,	      /* something else refused, and would whatever bpflock decided */
	REPLAY_NO_CGROUP,     /* no path was recorded, and rule sets of cgroups differ */
	REPLAY_NO_NAMESPACES, /* it depends on the host's namespaces, and they are not known */
	REPLAY_NO_OPERATION,  /* this build does not know the operation, nor therefore its level */
	REPLAY_GRANT,	      /* a grant allowed it, which may hold under the other policy or not */
	_REPLAY_ANSWER_MAX,
};

/* Decisions, those that a record stands for counted one by one. */
struct replay_sums {
	uint64_t answers[_REPLAY_ANSWER_MAX];
	uint64_t denied;  /* newly */
	uint64_t allowed; /* newly, audited ones included */
	uint64_t logged;  /* neither: allowed as audited from then on, or the reverse */
	uint64_t latched; /* denied by the latch, so that no policy can allow them; also known */
	uint64_t verdicts[_BPFLOCK_VERDICT_MAX]; /* as recorded, without those of others */
	uint64_t lost; /* records */
};

struct replay {
	const struct policy *policy; /* compiled */
	const struct bpflock_operation *ops;
	uint32_t host_netns; /* inode number, of records that do not say themselves; 0: not known */
	struct replay_sums total;
	struct replay_table tables[_REPLAY_BY_MAX];
	struct replay_table machines;	/* their rows' counts are decisions */
	struct replay_sums *of_machine; /* owned; by the id of their row */
	uint8_t anywhere[BPFLOCK_REASONS][3]; /* verdicts of all rule sets, by namespaces; 0: not asked for yet */
};

/*
 * Makes the operations that a policy for other kernels is read with: those in ops, which this kernel
 * has, then all that this build knows, and one of either level that stands for any other.
 */
void replay_operations(struct bpflock_operation ops[BPFLOCK_REASONS]);

/* 0 or -ENOMEM. policy and ops have to outlive it, and host_netns can be set then. */
int replay_begin(struct replay *r, const struct policy *policy,
		 const struct bpflock_operation ops[BPFLOCK_REASONS]);
void replay_done(struct replay *r);

/* Finds the decision of the policy by the facts of d. *ret_verdict is set with REPLAY_KNOWN alone. */
enum replay_answer replay_decide(struct replay *r, const struct recorded *d,
				 uint32_t *ret_verdict);

/* Takes an event of a log into account. 0 or -ENOMEM. */
int replay_take(struct replay *r, const struct recorded *d);

/* Sorts what is to be printed: the most decisions first, machines by name. */
void replay_finish(struct replay *r);

uint64_t replay_changed(const struct replay_sums *s);
uint64_t replay_unknown(const struct replay_sums *s);
uint64_t replay_decisions(const struct replay_sums *s); /* without those of others */
