/* SPDX-License-Identifier: GPL-2.0-only */
/* The state of the seal, for all programs of a sealed set. */
#pragma once

#include <linux/bpf.h>
#include <stdbool.h>

#include <bpf/bpf_helpers.h>

#include "kernel.h"
#include "only-value.h"
#include "seal-abi.h"

#ifdef BPFLOCK_SEALED
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct bpflock_seal);
} seal __weak SEC(".maps");

static __always_inline struct bpflock_seal *seal_state(void)
{
	return only_value(&seal);
}

/* The state is one of enum bpflock_seal_word; a seal that nobody has closed in time is none. */
static __always_inline __u32 seal_word(const struct bpflock_seal *s)
{
	const __u32 word = s ? *(const volatile __u64 *)&s->word : BPFLOCK_SEAL_IDLE;

	if ((word == BPFLOCK_SEAL_ARMED || word == BPFLOCK_SEAL_SHUT) &&
	    bpf_ktime_get_boot_ns() >= s->deadline)
		return BPFLOCK_SEAL_IDLE;
	return word;
}

/* The process that armed: its id alone may be given to another once it has ended. */
static __always_inline bool is_sealer(const struct bpflock_seal *s)
{
	struct task_struct *task = bpf_get_current_task_btf();

	return s->tgid == (__u32)task->tgid && s->start == task->group_leader->start_boottime;
}

/* Returns whether a name of the kernel's is one of ours. */
static __always_inline bool is_reserved(const char *name)
{
	return name[0] == 'b' && name[1] == 'p' && name[2] == 'l' && name[3] == 'k' &&
	       name[4] == 's' && name[5] == '_';
}

/*
 * Until it is sealed, a set decides beside another one, which logs; and it is as fixed as its maps
 * are, so that the end of a trial is a state here. An ordinary set has neither.
 */
static __always_inline bool logs(void)
{
	return seal_word(seal_state()) == BPFLOCK_SEAL_SEALED;
}

static __always_inline bool trial_is_over(void)
{
	const struct bpflock_seal *s = seal_state();

	return s && s->settled == 1 + BPFLOCK_SLOT_FALLBACK;
}

static __always_inline bool trial_is_won(void)
{
	const struct bpflock_seal *s = seal_state();

	return s && s->settled == 1 + BPFLOCK_SLOT_ACTIVE;
}
/*
 * Returns whether a program of the root that has refused before is bpflock's, too: nothing else may be on this hook of
 * a sealed set, which for some time decides beside the one before.
 */
static __always_inline bool follows_its_own(void)
{
	return true;
}
#else
static __always_inline bool logs(void)
{
	return true;
}

static __always_inline bool follows_its_own(void)
{
	return false;
}

static __always_inline bool trial_is_over(void)
{
	return false;
}

static __always_inline bool trial_is_won(void)
{
	return false;
}
#endif
