// SPDX-License-Identifier: GPL-2.0-only
#include "predecessor.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "programs.h"

#include "attachment.h"
#include "clock.h"
#include "looser.h"
#include "message.h"
#include "overflow-unread.h"
#include "pins-policy.h"
#include "pins-set.h"
#include "repair.h"
#include "replaced.h"
#include "seal-sweep.h"
#include "util.h"

/* A set that cannot be read takes some state with it. */
static struct bpflock_replaced lost_with(const struct pins *pins)
{
	struct bpflock_replaced lost = {
		.magic = pins->stamp.magic,
		.abi = pins->stamp.abi,
		.dropped = replaced_contents(pins),
	};

	memcpy(lost.build, pins->stamp.build, sizeof(lost.build));
	return lost;
}

/* A policy that is not there, or makes no sense: a set that is damaged, and not just hard to read now. */
static bool is_damage(int r)
{
	return r == -EAGAIN || r == -EBADF || r == -EUCLEAN || r == -EINVAL;
}

/* Warns of a set that could not be opened with this outcome. */
static int read_predecessor(struct predecessor *ret, int outcome)
{
	int r = seal_look_read(ret->pins->path, &ret->sealed, &ret->seal);

	if (r < 0)
		return message_cannot(ret->pins->path, "read the seal", r);
	if (seal_look_is_older(ret->pins->path))
		ret->sealed = SEAL_CLOSED;
	r = -EUCLEAN;
	if (outcome != PINS_FOREIGN && (ret->pins->slots.policy >= 0 || ret->pins->slots.ask >= 0) &&
	    ret->pins->stamp.magic == BPFLOCK_MAGIC)
		r = pins_policy_read(ret->pins, &ret->policy, &ret->state);
	/* to go on without what is there would end grants and rule sets */
	if (r < 0 && !is_damage(r))
		return message_cannot(ret->pins->path, "read the policy", r);
	ret->has_policy = r == 0;
	if (!ret->has_policy)
		ret->lost = lost_with(ret->pins);
	else if (outcome == PINS_BROKEN)
		message_warning("%s: some pins are missing: their counters or unread records are not "
				"taken over",
				ret->pins->path);
	return 0;
}

static int recover_hidden(const char *bpffs, struct attachments *a)
{
	const struct attachment *lock;
	size_t sets;
	int r = attachments_read(a);

	if (r < 0)
		return message_cannot("the root of cgroup v2", "list its programs", r);
	lock = repair_find(bpffs, a, &sets);
	/* beside one that is published it is somebody else's, which status shows */
	if (!lock || sets > 1)
		return 0;
	message_warning("program %u enforces, but its pins are missing or hidden: they are made again",
			lock->prog_id);
	r = repair_pins(bpffs, lock);
	return r < 0 ? message_cannot(bpffs, "make the pins again", r) : 0;
}

static int repair(const char *bpffs)
{
	CLEANUP(free_charp) char *memory = calloc(1, sizeof(struct attachments));

	return memory ? recover_hidden(bpffs, (struct attachments *)memory) : -ENOMEM;
}

static int recover_seal(const char *bpffs)
{
	int r = seal_sweep_recover(bpffs);

	if (r == -EPERM && seal_sweep_is_hidden(bpffs) && repair(bpffs) == 0)
		return 0;
	if (r == -EPERM && seal_sweep_is_hidden(bpffs)) {
		message_error("the loaded set is sealed, and its pins are missing or hidden: it stays "
			      "unchanged until reboot" MESSAGE_UNCHANGED);
		return r;
	}
	return r < 0 ? message_cannot(bpffs, "finish an interrupted seal", r) : 0;
}

int predecessor_recover(const char *bpffs)
{
	int r = recover_seal(bpffs);

	if (r < 0)
		return r;
	r = pins_set_finish_interrupted(bpffs);
	if (r < 0)
		return message_cannot(bpffs, "finish an interrupted load", r);
	return repair(bpffs);
}

/*
 * Returns whether the kernel has never skipped the lock, and calls nothing after it that could undo
 * what it refuses: else the same policy too is loaded by a new lock, which is the last one
 * and counts anew.
 */
static bool is_sound(const struct pins *p)
{
	CLEANUP(free_charp) char *memory = calloc(1, sizeof(struct attachments));
	struct attachments *all = (struct attachments *)memory;
	struct pins_program rows[PINS_MAX_PROGRAMS];
	int n = pins_set_programs(p->path, rows, PINS_MAX_PROGRAMS);

	if (!memory || attachments_read(all) < 0)
		return true;
	for (int i = 0; i < n; i++) {
		const struct attachment *lock;

		if (strcmp(rows[i].name, BPFLOCK_HOOK_PROGRAM) != 0 &&
		    strcmp(rows[i].name, BPFLOCK_MODULE_PROGRAM) != 0)
			continue;
		lock = attachments_find(all, rows[i].prog_id);
		if (rows[i].skipped || (lock && attachments_behind(all, lock)))
			return false;
	}
	return true;
}

int predecessor_examine(const struct preflight *pf, const struct policy *policy,
			struct predecessor *ret)
{
	char name[PINS_NAME_LEN];
	int r, outcome;

	*ret = (struct predecessor){};
	pins_set_deciding(pf->bpffs, name);
	outcome = pins_open(pf->bpffs, name, &ret->pins);
	if (outcome == PINS_ABSENT)
		return 0;
	if (outcome < 0)
		return message_cannot(pf->bpffs, "examine the loaded set", outcome);
	r = read_predecessor(ret, outcome);
	if (r < 0)
		return r;
	ret->same = outcome == PINS_OK && ret->has_policy && pins_set_whole(ret->pins) &&
		    (ret->sealed != SEAL_NONE || is_sound(ret->pins)) &&
		    ret->pins->stamp.object_hash == programs_hash() &&
		    ret->pins->stamp.host_netns == pf->host_netns &&
		    ret->policy.host.exec_log == policy->host.exec_log &&
		    ret->policy.host.others == policy->host.others &&
		    ret->policy.host.ring_size == policy->host.ring_size &&
		    memcmp(ret->pins->stamp.operations, pf->operations,
			   sizeof(ret->pins->stamp.operations)) == 0;
	return 0;
}

void predecessor_record_looser(const struct predecessor *old, struct policy *policy,
			       const struct bpflock_operation ops[BPFLOCK_REASONS])
{
	struct bpflock_latch latch;

	if (old->has_policy && pins_read_latch(old->pins, &latch) == 0)
		looser_record(policy, &old->policy,
			      &(struct looser_context){ ops, latch.operations, clock_realtime() });
}

void predecessor_warn_of_lost(const struct predecessor *old, const char *verb)
{
	char text[256];

	if (!old->lost.dropped)
		return;
	replaced_describe(&old->lost, text, sizeof(text));
	message_warning("%s: %s", verb, text);
}

void predecessor_warn_of_unread(const struct pins *old, const char *why)
{
	char unread[OVERFLOW_UNREAD_LEN];

	if (overflow_describe_unread(old, unread))
		message_warning("%s are lost, because %s", unread, why);
}

void predecessor_done(struct predecessor *p)
{
	pins_free(p->pins);
	policy_done(&p->policy);
}
