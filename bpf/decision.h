/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * From a decision to a record of it. A record has room for paths and is too large for the stack, so
 * each is described where it is to stand: in the ring, in its slot of `recent` or in one of `kept`.
 */
#pragma once

#include <linux/errno.h>
#include <stddef.h>

#include "decide.h"
#include "loading.h"
#include "path.h"
#include "recent.h"
#include "ruling-cache.h"

/* These stand in the record as they are here, and are copied and compared as one word. */
struct decision_what {
	__u32 reason;
	__u8 verdict;
	__u8 why;
	__u8 profile;
	__u8 by; /* enum bpflock_by */
};
_Static_assert(sizeof(struct decision_what) == sizeof(__u64) &&
		       offsetof(struct bpflock_decision_record, by) ==
			       offsetof(struct bpflock_decision_record, reason) +
				       offsetof(struct decision_what, by),
	       "ABI");

/* The log setting chooses the decisions that are logged. */
struct decision {
	__u64 time; /* CLOCK_BOOTTIME, ns; set by log_decision() */
	__u64 generation;
	__u64 coalesce;
	__u64 asker;  /* the task's cgroup */
	__u64 cgroup; /* of the rule set, 0: the host's */
	union {
		struct decision_what what;
		__u64 word; /* the same */
	};
	__s32 retval;
	__u32 reserved;
	__u32 object_flags; /* BPFLOCK_PATH_* */
	__u32 object_hash; /* decisions on other objects are told apart by it, and by their texts */
	__u64 object; /* address of a text in the kernel's memory, which the operation is about; 0:
			 none */
};

static __always_inline void describe_exe(struct bpflock_decision_record *r,
					 struct task_struct *task)
{
	struct file *file = task->mm->exe_file;
	struct dentry *dentry = file->f_path.dentry;
	struct inode *inode = file->f_inode;

	r->exe_inode = inode->i_ino;
	r->exe_dev = inode->i_sb->s_dev;
	r->exe_flags = 0;
	r->exe_len = 0;
	r->exe[0] = '\0';
	if (dentry)
		r->exe_flags = path_write(dentry, r->exe, sizeof(r->exe), &r->exe_len);
}

/*
 * All of a record but its number and its object. Global, so that the verifier looks at it once,
 * whatever it fills.
 */
__weak __noinline int describe(ONLY(struct decision, only),
			       ONLY(struct bpflock_decision_plain, ret))
{
	struct bpflock_decision_record *r = (struct bpflock_decision_record *)*ret;
	struct task_struct *task = bpf_get_current_task_btf();
	struct decision *d = *only;

	if (!only || !ret)
		return 0;
	record_fill(&r->head, task, sizeof(**ret), BPFLOCK_EVENT_LOCKED_DOWN, d->time);
	r->head.generation = d->generation;
	r->head.cgroup_id = d->asker;
	r->head.retval = d->retval;
	__builtin_memcpy(&r->reason, &d->word, sizeof(d->word));
	r->rule_cgroup = d->cgroup;
	r->object_flags = 0;
	r->reserved2 = 0;
	describe_exe(r, task);
	return 0;
}

/* The object is in memory that no type leads to. Global as describe(). */
__weak __noinline int describe_object(ONLY(struct decision, only),
				      ONLY(struct bpflock_decision_record, ret))
{
	static const char format[] = "%s";
	struct bpflock_decision_record *r = *ret;

	if (!only || !ret)
		return 0;
	r->object_flags = (*only)->object_flags;
	r->head.size = sizeof(*r);
	/* padded, because texts are compared as a whole */
	__builtin_memset(r->object, 0, sizeof(r->object));
	if (bpf_snprintf(r->object, sizeof(r->object), format, &(*only)->object,
			 sizeof((*only)->object)) > (long)sizeof(r->object))
		r->object_flags |= BPFLOCK_PATH_CUT;
	return 0;
}

struct object_text {
	__u64 words[BPFLOCK_OBJECT_LEN / sizeof(__u64)];
};

static __always_inline void read_object(__u64 address, struct object_text *ret)
{
	static const char format[] = "%s";

	__builtin_memset(ret, 0, sizeof(*ret));
	bpf_snprintf((char *)ret, sizeof(*ret), format, &address, sizeof(address));
}

/* Two objects of one process are mostly told apart by it, so that each has a slot of `recent`. */
static __noinline __attribute__((unused)) __u32 object_hash(__u64 address)
{
	struct object_text text;
	__u64 hash = 0;

	read_object(address, &text);
	for (__u32 i = 0; i < sizeof(text) / sizeof(__u64); i++)
		hash = (hash ^ text.words[i]) * 0x9e3779b97f4a7c15ULL;
	return hash >> 32 | 1; /* 0: there is none */
}

/* The file of the module that the decision is about is its object. */
static __always_inline void add_module_file(struct decision *d)
{
	struct loading *l;

	if (d->what.reason != bpf_core_enum_value(enum lockdown_reason, LOCKDOWN_MODULE_SIGNATURE))
		return;
	l = loading_from();
	if (!l)
		return;
	d->object = (__u64)l->path;
	d->object_flags = l->flags;
	d->object_hash = object_hash(d->object);
}

/* Global as describe(). */
__weak __noinline int has_object(ONLY(struct bpflock_decision_record, record),
				 ONLY(struct decision, only))
{
	struct object_text text, *other;

	if (!record || !only)
		return false;
	other = (struct object_text *)(*record)->object;
	read_object((*only)->object, &text);
	for (__u32 i = 0; i < sizeof(text) / sizeof(__u64); i++)
		if (text.words[i] != other->words[i])
			return false;
	return true;
}

/*
 * Two records repeat each other if process, user, cgroup, question, answer and reason are the same,
 * and the object, or that there is none: both can have the same slot. The profile follows from the
 * rest.
 */
static __always_inline bool repeats(struct bpflock_decision_record *r, struct task_struct *task,
				    struct decision *d)
{
	__u64 word;

	__builtin_memcpy(&word, &r->reason, sizeof(word));
	return word == d->word && r->head.tgid == (__u32)task->tgid &&
	       r->head.generation == d->generation && r->rule_cgroup == d->cgroup &&
	       r->head.cgroup_id == d->asker && r->head.uid == task->cred->uid.val &&
	       (d->object_hash ? has_object(AS_ONLY(r), AS_ONLY(d)) : r->head.size != sizeof(*r));
}

static __always_inline struct bpflock_recent *recent_slot(__u32 tgid, const struct decision *d)
{
	__u32 index = ((tgid * 8 + BPFLOCK_KIND(d->what.verdict, d->what.by)) * BPFLOCK_REASONS +
		       d->what.reason) ^
		      d->object_hash;

	index *= 0x9e3779b1U;
	index >>= 32 - __builtin_ctz(BPFLOCK_RECENT);
	return bpf_map_lookup_elem(&recent, &index);
}

/* Into the ring, in place; false if it is full. */
static __always_inline bool put_new(struct decision *d)
{
	struct bpflock_log_state *state = state_of_log();
	struct bpflock_decision_record *r;

	if (!state)
		return false;
	if (d->object) {
		r = put_begin(state, d->what.verdict, d->what.by, sizeof(*r));
		if (!r)
			return false;
		describe(AS_ONLY(d), AS_PLAIN(r));
		describe_object(AS_ONLY(d), AS_ONLY(r));
	} else {
		r = put_begin(state, d->what.verdict, d->what.by,
			      sizeof(struct bpflock_decision_plain));
		if (!r)
			return false;
		describe(AS_ONLY(d), AS_PLAIN(r));
	}
	r->head.seq = next_seq_of(state);
	bpf_ringbuf_submit(r, wake_flags_of(state));
	return true;
}

/* Into a slot of a map, with room for an object. */
static __always_inline void describe_whole(struct decision *d, struct bpflock_decision_record *r)
{
	describe(AS_ONLY(d), AS_PLAIN(r));
	if (d->object)
		describe_object(AS_ONLY(d), AS_ONLY(r));
	else
		r->object[0] = '\0';
}

/* Beside the full ring, in place. Whether it could be kept, and is counted. */
static __always_inline bool keep_new(struct decision *d, struct bpflock_counters *c)
{
	struct bpflock_kept *slot = keep_begin(d->what.reason, d->what.verdict, d->what.by, c);

	if (!slot)
		return false;
	describe_whole(d, &slot->record);
	keep_end(slot, c);
	return true;
}

static __always_inline void emit_new(struct decision *d, struct bpflock_counters *c)
{
	if (put_new(d))
		count(&c->emitted);
	else if (!keep_new(d, c))
		count(&c->dropped);
}

/* The slot is locked. A repetition is counted, and that is all it costs. */
static __always_inline bool coalesce(struct bpflock_recent *slot, struct decision *d,
				     struct bpflock_counters *c, __u32 tick)
{
	if (tick != slot->tick) {
		d->time = bpf_ktime_get_boot_ns();
		if (d->time >= slot->until)
			return false;
		slot->last = d->time;
		slot->tick = slot->until - d->time > TICK_MAX ? tick : 0;
	}
	slot->pending++;
	count(&c->coalesced);
	return true;
}

/* The slot is locked. */
static __always_inline void log_or_coalesce(struct bpflock_recent *slot, struct decision *d,
					    struct bpflock_counters *c, struct task_struct *task)
{
	bool again = repeats(&slot->record, task, d);
	__u32 tick = bpf_jiffies64(); /* before the time is read */

	/* a record must be able to carry all that wait */
	if (again && slot->pending < BPFLOCK_PENDING_MAX && coalesce(slot, d, c, tick))
		return;
	d->time = bpf_ktime_get_boot_ns();
	/* else somebody's repetitions wait there for room in the ring */
	if (!again && !carry_pending(slot)) {
		emit_new(d, c);
		return;
	}
	describe_whole(d, &slot->record);
	if (put(AS_ONLY(&slot->record), 1 + slot->pending)) {
		slot->pending = 0;
		count(&c->emitted);
	} else if (!keep(&slot->record, c)) {
		count(&c->dropped);
	}
	slot->until = d->time + d->coalesce;
	slot->last = d->time;
	slot->tick = d->coalesce > TICK_MAX ? tick : 0;
}

/* Global as describe(). */
__weak __noinline int log_decision(ONLY(struct decision, only),
				   ONLY(struct bpflock_counters, counters))
{
	struct task_struct *task = bpf_get_current_task_btf();
	struct decision *d = *only;
	struct bpflock_counters *c = *counters;
	struct bpflock_recent *slot = NULL;

	if (!only || !counters)
		return 0;
	if (d->coalesce)
		slot = recent_slot(task->tgid, d);
	if (slot && try_lock(&slot->busy)) {
		log_or_coalesce(slot, d, c, task);
		unlock(&slot->busy);
		return 0;
	}
	d->time = bpf_ktime_get_boot_ns();
	emit_new(d, c);
	return 0;
}
