// SPDX-License-Identifier: GPL-2.0-only
/*
 * The state of a seal is changed by these programs alone, which the sealer has the kernel run, in
 * the order arm, shut, close. What runs here sees the kernel's own idea of who calls and of what
 * the time is.
 *
 * close: proves and seals in one run. Nobody is given an fd of a map any more when it runs, so a
 * map of which no fd, pin or mapping is left (usercnt) and that nothing but our programs refers to
 * (refcnt) is out of everybody's reach from then on.
 *
 * settle and revoke: what may still be changed under a seal, to the stricter side.
 */
#include <linux/bpf.h>
#include <linux/errno.h>
#include <stdbool.h>

#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>

#include "references.h"
#include "rivals.h"

/* The lock is held. */
static __always_inline int arm_locked(struct bpflock_seal *s, const struct bpflock_arming *a)
{
	struct task_struct *task = bpf_get_current_task_btf();

	if (seal_word(s) != BPFLOCK_SEAL_IDLE)
		return BPFLOCK_SEAL_BUSY;
	s->word = BPFLOCK_SEAL_IDLE; /* of a sealer that was late, too */
	s->tgid = task->tgid;
	s->start = task->group_leader->start_boottime;
	s->uid = task->cred->uid.val;
	s->deadline = bpf_ktime_get_boot_ns() + BPFLOCK_SEAL_TIME;
	s->stricter = a->stricter;
	s->settled = 0;
#pragma unroll
	for (__u32 i = 0; i < _BPFLOCK_ROOT_IDS; i++)
		s->programs[i] = a->programs[i];
#pragma unroll
	for (__u32 i = 0; i < BPFLOCK_SOURCE_LEN / 8; i++)
		((__u64 *)s->source)[i] = ((const volatile __u64 *)a->source)[i];
	s->source[BPFLOCK_SOURCE_LEN - 1] = '\0';
	__sync_lock_test_and_set(&s->word, BPFLOCK_SEAL_ARMED);
	return BPFLOCK_SEAL_DONE;
}

SEC("syscall")
int arm(ONLY(struct bpflock_arming, only))
{
	struct bpflock_seal *s = seal_state();
	int r;

	if (!s || !try_lock(&s->busy))
		return BPFLOCK_SEAL_BUSY;
	r = arm_locked(s, *only);
	unlock(&s->busy);
	return r;
}

/* From one state to the next, if the caller is who armed and not late. */
static __always_inline int step(struct bpflock_seal *s, __u32 from, __u32 to)
{
	if (!is_sealer(s))
		return BPFLOCK_SEAL_STRANGER;
	if (s->word != from)
		return BPFLOCK_SEAL_WRONG;
	if (seal_word(s) == BPFLOCK_SEAL_IDLE)
		return BPFLOCK_SEAL_LATE;
	return __sync_val_compare_and_swap(&s->word, from, to) == from ? BPFLOCK_SEAL_DONE
								       : BPFLOCK_SEAL_WRONG;
}

SEC("syscall")
int shut(void *unused)
{
	struct bpflock_seal *s = seal_state();

	return s ? step(s, BPFLOCK_SEAL_ARMED, BPFLOCK_SEAL_SHUT) : BPFLOCK_SEAL_WRONG;
}

SEC("syscall")
int abandon(void *unused)
{
	struct bpflock_seal *s = seal_state();
	int r;

	if (!s)
		return BPFLOCK_SEAL_WRONG;
	r = step(s, BPFLOCK_SEAL_SHUT, BPFLOCK_SEAL_IDLE);
	return r == BPFLOCK_SEAL_WRONG ? step(s, BPFLOCK_SEAL_ARMED, BPFLOCK_SEAL_IDLE) : r;
}

/* Returns whether a map is within nobody's reach. */
static __always_inline bool is_free(struct bpf_map *map, __u32 refcnt, __u32 index,
				    struct bpflock_closing *c)
{
	struct bpflock_references r = {};

	look_at(map, &r);
	if (r.usercnt == 0 && r.refcnt == refcnt && (!r.id || r.frozen))
		return true;
	c->failed = index;
	c->found.id = r.id;
	c->found.usercnt = r.usercnt;
	c->found.refcnt = r.refcnt;
	c->found.frozen = r.frozen;
	return false;
}

#define FREE(index, map)                                                     \
	if (!is_free((struct bpf_map *)(map), c->refcnt[index], (index), c)) \
		return BPFLOCK_SEAL_HELD;

SEC("syscall")
int close_seal(ONLY(struct bpflock_closing, only))
{
	struct bpflock_closing *c = *only;
	struct bpflock_seal *s = seal_state();

	if (!s)
		return BPFLOCK_SEAL_WRONG;
	if (!is_sealer(s))
		return BPFLOCK_SEAL_STRANGER;
	if (s->word != BPFLOCK_SEAL_SHUT)
		return BPFLOCK_SEAL_WRONG;
	EACH_KEPT_MAP(FREE)
	s->since = bpf_ktime_get_boot_ns();
	return step(s, BPFLOCK_SEAL_SHUT, BPFLOCK_SEAL_SEALED);
}

/* Ends a trial to the side that the sealer found to be the stricter one. */
SEC("syscall")
int settle(void *unused)
{
	struct bpflock_seal *s = seal_state();

	if (!s || s->word != BPFLOCK_SEAL_SEALED || s->stricter >= _BPFLOCK_SLOT_MAX)
		return 1;
	s->settled = 1 + s->stricter;
	return 0;
}

/* A grant ends now, and the ends of its operations are never later than before. */
SEC("syscall")
int revoke(ONLY(struct bpflock_revoking, only))
{
	struct bpflock_revoking *r = *only;
	__u32 bank = r->bank, row = r->grant, ends_row = r->ends;
	__u64 now = bpf_ktime_get_boot_ns();
	struct bpflock_grant *g;
	struct bpflock_ends *e;
	void *inner;

	inner = bpf_map_lookup_elem(&grants, &bank);
	g = inner ? bpf_map_lookup_elem(inner, &row) : NULL;
	inner = bpf_map_lookup_elem(&ends, &bank);
	e = inner ? bpf_map_lookup_elem(inner, &ends_row) : NULL;
	if (!g || !e || g->id != r->id)
		return 1;
	if (g->expires > now)
		g->expires = now;
#pragma unroll
	for (__u32 i = 0; i < BPFLOCK_REASONS; i++)
		if (r->until.until[i] < e->until[i])
			e->until[i] = r->until.until[i];
	return 0;
}

/* Lists the programs that could answer in our place, for whoever seals or looks whether it is
 * sealed. */
SEC("iter/bpf_prog")
int look(struct bpf_iter__bpf_prog *ctx)
{
	struct bpf_prog *prog = ctx->prog;
	struct bpflock_looked line = {};
	__u64 *name;

	if (!prog)
		return 0;
	line.kind = rival_kind(prog);
	if (line.kind == BPFLOCK_RIVAL_NONE)
		return 0;
	line.id = prog->aux->id;
	name = (__u64 *)prog->aux->name;
	((__u64 *)line.name)[0] = name[0];
	((__u64 *)line.name)[1] = name[1];
	bpf_seq_write(ctx->meta->seq, &line, sizeof(line));
	return 0;
}

char LICENSE[] SEC("license") = "GPL";
