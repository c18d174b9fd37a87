// SPDX-License-Identifier: GPL-2.0-only
#include "pins-slots.h"

#include <bpf/bpf.h>
#include <errno.h>
#include <time.h>

#include "ask.h"
#include "clock.h"
#include "decide.h"
#include "inner-map.h"
#include "util.h"

static const uint32_t zero;

static void end_texts(struct bpflock_policy *p)
{
	for (size_t s = 0; s < _BPFLOCK_SETTING_MAX; s++)
		p->sources[s][BPFLOCK_SOURCE_LEN - 1] = '\0';
	p->refused.text[sizeof(p->refused.text) - 1] = '\0';
}

static int read_sealed_slot(int fd, uint32_t slot, struct bpflock_policy *ret)
{
	int r = ask_policy(fd, slot, ret);

	if (r == 0)
		end_texts(ret);
	return r;
}

int pins_slots_read(const struct pins_slots *slots, uint32_t slot, struct bpflock_policy *ret)
{
	if (slots->ask >= 0)
		return read_sealed_slot(slots->ask, slot, ret);
	/* the map whose id we read may be replaced, and be gone, before we can open it */
	for (int tries = 0; tries < 100; tries++) {
		CLEANUP(close_fdp) int fd = -1;
		struct bpflock_policy policy;
		uint32_t id;

		if (bpf_map_lookup_elem(slots->policy, &slot, &id) < 0)
			return -errno;
		fd = inner_map_open_id(id);
		if (fd == -EAGAIN) /* while another set is being sealed nobody gets one */
			nanosleep(&(struct timespec){ .tv_nsec = 50 * 1000 * 1000 }, NULL);
		if (fd == -ENOENT || fd == -EAGAIN)
			continue;
		if (fd < 0)
			return fd;
		if (bpf_map_lookup_elem(fd, &zero, &policy) < 0)
			return -errno;
		end_texts(&policy);
		*ret = policy;
		return 0;
	}
	return -EAGAIN;
}

static bool has_ended(const struct bpflock_policy *p)
{
	return p->expires && p->expires <= clock_boottime();
}

/* A trial of a sealed set is ended by its state, and not by its maps. */
static int obey_settled(int fd, struct bpflock_policy *active, bool *has_fallback,
			uint32_t *in_force)
{
	struct bpflock_seal seal;
	int r = ask_seal(fd, &seal);

	if (r < 0 || !seal.settled)
		return r;
	*in_force = seal.settled - 1;
	if (*in_force == BPFLOCK_SLOT_ACTIVE) {
		*has_fallback = false;
		active->expires = 0;
	}
	return 0;
}

int pins_slots_read_both(const struct pins_slots *slots, struct bpflock_policy *active,
			 struct bpflock_policy *fallback, bool *has_fallback, uint32_t *in_force)
{
	int r = pins_slots_read(slots, BPFLOCK_SLOT_ACTIVE, active);

	if (r < 0)
		return r;
	*has_fallback = false;
	*in_force = BPFLOCK_SLOT_ACTIVE;
	if (!active->expires)
		return 0;
	r = pins_slots_read(slots, BPFLOCK_SLOT_FALLBACK, fallback);
	if (r < 0)
		return r;
	*has_fallback = true;
	if (has_ended(active))
		*in_force = BPFLOCK_SLOT_FALLBACK;
	return slots->ask >= 0 ? obey_settled(slots->ask, active, has_fallback, in_force) : 0;
}

/* Follows from the rest, so it is made anew whenever that is written. */
static void set_quick(struct bpflock_policy *p, uint32_t proof)
{
	for (uint32_t reason = 0; reason < BPFLOCK_REASONS; reason++)
		p->quick[reason] = reason == proof || proof == BPFLOCK_REASON_UNKNOWN
					   ? BPFLOCK_QUICK_NOT
					   : bpflock_quick(p, reason);
}

int pins_slots_write(const struct pins_slots *slots, uint32_t slot,
		     const struct bpflock_policy *host)
{
	struct bpflock_policy policy = *host;

	set_quick(&policy, slots->proof);
	return inner_map_enter_new(slots, &inner_policy, slot, NULL, &policy, 1, 1);
}
