// SPDX-License-Identifier: GPL-2.0-only
/*
 * Programs that user space has the kernel run (BPF_PROG_RUN of syscall programs, Linux 5.14), since
 * it cannot write to the ring itself.
 *
 * announce: a record of a grant given or revoked, or that the set is about to be removed, in the order
 * of all others.
 * prove: the next questions of this process on bpf_read are bpflock's own.
 */
#include <linux/bpf.h>
#include <stdbool.h>

#include <bpf/bpf_helpers.h>

#include "decide.h"
#include "kept.h"
#include "proving.h"
#include "recent.h"

/* A tamper record of what nothing refuses: a set that is not sealed is ended. */
static __always_inline int announce_unload(const struct bpflock_announcement *a)
{
	struct bpflock_counters *c = counters_of(BPFLOCK_COUNTERS_TAMPER);
	struct bpflock_tamper_record *r = bpf_ringbuf_reserve(&ring, sizeof(*r), 0);

	if (!c || !r) {
		if (r)
			bpf_ringbuf_discard(r, 0);
		next_seq();
		if (c)
			count(&c->dropped);
		return 1;
	}
	charge(BPFLOCK_CLASS_TAMPER, BPFLOCK_RING_BYTES(sizeof(*r)));
	record_begin(AS_ONLY(&r->head), sizeof(*r), BPFLOCK_EVENT_TAMPER, bpf_ktime_get_boot_ns());
	r->head.generation = a->generation;
	r->head.retval = 0;
	r->attempt = BPFLOCK_TAMPER_UNLOAD;
	r->reserved = 0;
	r->id = 0;
	__builtin_memcpy(r->object, a->target, sizeof(r->object));
	r->object[sizeof(r->object) - 1] = '\0';
	r->head.seq = next_seq();
	count(&c->emitted);
	bpf_ringbuf_submit(r, wake_flags());
	return 0;
}

SEC("syscall")
int announce(struct bpflock_announcement *a)
{
	struct bpflock_counters *c = counters_of(BPFLOCK_COUNTERS_GRANT);
	struct bpflock_grant_record *r;

	if (a->action == BPFLOCK_ANNOUNCE_UNLOAD)
		return announce_unload(a);
	if (!c)
		return 1;
	r = bpf_ringbuf_reserve(&ring, sizeof(*r), 0);
	if (!r) {
		next_seq();
		count(&c->dropped);
		return 1;
	}
	charge(BPFLOCK_CLASS_DENIED, BPFLOCK_RING_BYTES(sizeof(*r)));
	record_begin(AS_ONLY(&r->head), sizeof(*r), BPFLOCK_EVENT_GRANT, bpf_ktime_get_boot_ns());
	r->head.seq = next_seq();
	r->head.generation = a->generation;
	r->head.retval = 0;
	r->body = *a;
	r->body.target[sizeof(r->body.target) - 1] = '\0';
	r->body.note[sizeof(r->body.note) - 1] = '\0';
	count(&c->emitted);
	bpf_ringbuf_submit(r, wake_flags());
	return 0;
}

/* A record for repetitions that no further decision comes to carry: asked for when their window is over. */
static __always_inline int carry(const struct bpflock_consume *what)
{
	__u32 index = what->slot;
	struct bpflock_recent *slot = bpf_map_lookup_elem(&recent, &index);

	if (!slot)
		return BPFLOCK_CONSUME_NOTHING;
	if (!try_lock(&slot->busy))
		return BPFLOCK_CONSUME_BUSY;
	if (what->force || bpf_ktime_get_boot_ns() >= slot->until)
		carry_pending(slot);
	unlock(&slot->busy);
	return BPFLOCK_CONSUME_DONE;
}

static __always_inline int change_kept(struct bpflock_consume *what)
{
	__u32 index = what->slot;
	struct bpflock_kept *slot = bpf_map_lookup_elem(&kept, &index);
	int result;

	if (!slot)
		return BPFLOCK_CONSUME_NOTHING;
	if (!try_lock(&slot->busy))
		return BPFLOCK_CONSUME_BUSY;
	if (what->action == BPFLOCK_CONSUME_CLAIM)
		result = bpflock_kept_claim(slot, what);
	else
		result = bpflock_kept_release(slot, what);
	unlock(&slot->busy);
	return result;
}

static __always_inline int wait_for_record(void)
{
	struct bpflock_log_state *state = state_of_log();

	if (state)
		__sync_lock_test_and_set(&state->waiting, 1);
	return BPFLOCK_CONSUME_DONE;
}

/*
 * The program consume makes the changes beside the ring that a reader may make. Everybody who may
 * read the log may run it, and whatever they ask for, what is counted adds up.
 */
SEC("syscall")
int consume(struct bpflock_consume *what)
{
	switch (what->action) {
	case BPFLOCK_CONSUME_CARRY:
		return carry(what);
	case BPFLOCK_CONSUME_CLAIM:
	case BPFLOCK_CONSUME_RELEASE:
		return change_kept(what);
	case BPFLOCK_CONSUME_WAIT:
		return wait_for_record();
	}
	return BPFLOCK_CONSUME_NOTHING;
}

SEC("syscall")
int prove(struct bpflock_proving *p)
{
	struct task_struct *task = bpf_get_current_task_btf();
	struct bpflock_proof *proof = proving_task(task);

	if (!proof)
		return 1;
	proof->left = 0;
	proof->tgid = task->tgid;
	proof->start = task->group_leader->start_boottime;
	proof->until = bpf_ktime_get_boot_ns() + BPFLOCK_PROOF_TIME;
	proof->left = p->begin ? BPFLOCK_PROOF_MAX : 0;
	return 0;
}

char LICENSE[] SEC("license") = "GPL";
