// SPDX-License-Identifier: GPL-2.0-only
#include "input.h"

#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#include "bpffs.h"
#include "clock.h"
#include "container-here.h"
#include "group.h"
#include "message.h"
#include "pins-lock.h"
#include "pins-trouble.h"
#include "text.h"
#include "util.h"
#include "version.h"

void input_close(struct input *s)
{
	watch_close(&s->watch);
	ring_close(&s->ring);
	overflow_close(&s->overflow);
	close_fdp(&s->reader_fd);
	close_fdp(&s->lock_fd);
	pins_free(s->pins);
	*s = (struct input)INPUT_INIT;
}

/* A member is kept out if the group was made after the load: then being root is not what is
 * missing. */
static void refuse_permission(const char *set, const char *what, int error)
{
	gid_t gid;

	message_error("%s: cannot open %s: %s", set, what, strerror(-error));
	/* the filter of a container runtime; who is not root is kept out by the files with EACCES */
	if (error == -EPERM && container_here())
		message_hint("%s", container_here_cure("use --privileged, or --security-opt seccomp=unconfined"));
	else if (!group_find("", LOG_GROUP, &gid))
		message_hint("run it as root");
	else if (geteuid() != 0 && group_is_mine(gid))
		message_hint("systemctl reload bpflock (the group " LOG_GROUP " is newer than the loaded set)");
	else if (geteuid() != 0)
		message_hint("run it as a member of the group " LOG_GROUP);
}

static enum exit_status refuse(const char *set, const char *what, int error)
{
	if (error == -EACCES || error == -EPERM) {
		refuse_permission(set, what, error);
		return STATUS_NOT_PERMITTED;
	}
	if (error == -EPROTONOSUPPORT) {
		message_error("%s: cannot read %s: unknown to bpflock-log %s", set, what,
			      BPFLOCK_VERSION);
		return STATUS_DEGRADED;
	}
	message_error("%s: cannot open %s: %s", set, what, strerror(-error));
	return error == -ENOENT ? STATUS_DEGRADED : STATUS_FAILED;
}

#define SETTLE_NS (3 * NS_PER_S)

static bool is_incomplete(int outcome, const struct pins *p)
{
	return outcome == PINS_FOREIGN ||
	       (p && ((p->slots.ask < 0 && (p->stamp_fd < 0 || p->log_state_fd < 0)) ||
		      p->reader_fd < 0));
}

/* An unload takes one pin after the other: what is incomplete may be gone in a moment. */
static int open_settled(const char *bpffs, struct pins **ret_pins)
{
	static const struct timespec pause = { .tv_nsec = 100 * NS_PER_MS };
	uint64_t until = clock_monotonic() + SETTLE_NS;
	int r = pins_open_log(bpffs, PINS_PUBLISHED, ret_pins);

	while (is_incomplete(r, *ret_pins) && clock_monotonic() < until) {
		*ret_pins = pins_free(*ret_pins);
		nanosleep(&pause, NULL);
		r = pins_open_log(bpffs, PINS_PUBLISHED, ret_pins);
	}
	return r;
}

static enum exit_status open_pins(const char *bpffs, const char *set, struct input *s)
{
	int r = open_settled(bpffs, &s->pins);
	char trouble[PINS_TROUBLE_LEN], cure[BPFFS_CURE_LEN];

	if (r < 0)
		return refuse(set, "the maps", r);
	if (r == PINS_ABSENT && bpffs_left_out(bpffs)) {
		message_error(BPFFS_LEFT_OUT, bpffs);
		bpffs_left_out_cure(bpffs, cure);
		message_hint("%s", cure);
		return STATUS_UNSUPPORTED;
	}
	if (r == PINS_ABSENT) {
		message_error("bpflock is not loaded (no %s)", set);
		message_hint("bpflock");
		return STATUS_NOT_LOADED;
	}
	if (is_incomplete(r, s->pins)) {
		pins_trouble(s->pins, trouble);
		message_error("%s: %s", set, trouble);
		if (!pins_trouble_lasts(s->pins))
			message_hint("bpflock");
		return STATUS_DEGRADED;
	}
	return STATUS_OK;
}

static enum exit_status lock(const char *set, const char *maps, struct input *s)
{
	pid_t holder = 0;
	int r = pins_lock(maps, 0, &s->lock_fd, &holder);

	if (r < 0)
		return refuse(set, "the lock", r);
	if (r != PINS_BUSY)
		return STATUS_OK;
	if (holder)
		message_error("the log: cannot drain: process %d drains it already", (int)holder);
	else
		message_error("the log: cannot drain: another process drains it already");
	message_hint("bpflock-log follow");
	return STATUS_BUSY;
}

static enum exit_status open_once(const char *bpffs, bool consume, struct input *s)
{
	char set[PATH_MAX], maps[PATH_MAX + 8];
	enum exit_status status;
	struct stat st;
	int r;

	snprintf(set, sizeof(set), "%s/%s", bpffs, PINS_PUBLISHED);
	snprintf(maps, sizeof(maps), "%s/maps", set);
	/* before all else: if it is still the same in the end, it was so all the time */
	if (stat(maps, &st) == 0) {
		s->dev = st.st_dev;
		s->ino = st.st_ino;
	}
	status = open_pins(bpffs, set, s);
	if (status != STATUS_OK)
		return status;
	if (consume) {
		status = lock(set, maps, s);
		if (status != STATUS_OK)
			return status;
		s->reader_fd = pins_open_map(set, PIN_READER, true);
		if (s->reader_fd < 0)
			return refuse(set, "the map " PIN_READER, s->reader_fd);
	}
	r = ring_open(set, consume, &s->ring);
	if (r == 0)
		overflow_open(set, consume, &s->overflow);
	if (r == 0)
		r = watch_open(set, s->ring.fd, !consume, &s->watch);
	return r < 0 ? refuse(set, "the ring", r) : STATUS_OK;
}

enum exit_status input_open(const char *bpffs, bool consume, struct input *ret_source)
{
	enum exit_status status;

	/* if the set was replaced half-way, lock, maps and ring may be of different ones: again */
	for (int tries = 0; tries < 10; tries++) {
		struct input s = INPUT_INIT;

		status = open_once(bpffs, consume, &s);
		if (status != STATUS_OK) {
			input_close(&s);
			return status;
		}
		if (input_changed(&s) == INPUT_SAME) {
			*ret_source = s;
			return STATUS_OK;
		}
		input_close(&s);
	}
	message_error("%s/%s: cannot open: it is replaced again and again", bpffs, PINS_PUBLISHED);
	return STATUS_FAILED;
}

enum input_change input_changed(const struct input *s)
{
	char maps[PATH_MAX + 8];
	struct stat st;

	snprintf(maps, sizeof(maps), "%s/maps", s->pins->path);
	if (stat(maps, &st) < 0)
		return errno == ENOENT || errno == ENOTDIR ? INPUT_GONE : INPUT_SAME;
	return st.st_dev == s->dev && st.st_ino == s->ino ? INPUT_SAME : INPUT_REPLACED;
}

int input_last_seq(void *arg, uint64_t *ret_seq)
{
	const struct input *s = arg;
	struct bpflock_log_state state;
	int r = pins_read_log_state(s->pins, &state);

	if (r == 0)
		*ret_seq = state.seq;
	return r;
}

size_t input_rescue(void *arg, uint64_t first, uint64_t last,
		    struct bpflock_decision_record *ret_records, size_t max)
{
	struct input *s = arg;

	return overflow_take(&s->overflow, first, last, ret_records, max);
}

/*
 * A drain claims what is beside the ring, so a look may find it gone and no loss. Once it is past
 * where we are, and accounts for as many numbers, its count of the lost ones is the true one.
 */
uint64_t input_taken(void *arg, uint64_t position, uint64_t seq, uint64_t lost)
{
	const struct input *s = arg;
	struct bpflock_reader_state state;
	uint64_t total;

	if (pins_read_reader_state(s->pins, &state) < 0 || state.position < position ||
	    state.seq < seq)
		return 0;
	total = state.lost > s->lost_before ? state.lost - s->lost_before : 0;
	return lost > total ? lost - total : 0;
}

int input_start(const struct input *s, uint64_t *ret_position,
		struct bpflock_reader_state *ret_state)
{
	/*
	 * The position first: a drain writes the state before it moves on, so the state is never
	 * older than the position, and what it says too much is recognised as accounted for.
	 */
	uint64_t position = ring_consumer(&s->ring);
	struct bpflock_reader_state state;
	uint64_t last = 0;
	int r;

	r = pins_read_reader_state(s->pins, &state);
	if (r == 0)
		r = input_last_seq((void *)s, &last);
	if (r < 0)
		return r;
	if (state.seq > last) /* of another counter, so it says nothing about this one */
		state.seq = state.position = 0;
	/*
	 * One that was killed before it gave back what it had accounted for: a second time it would be
	 * given back to its class twice.
	 */
	if (state.position - position <= ring_producer(&s->ring) - position)
		position = state.position;
	*ret_position = position;
	*ret_state = state;
	return 0;
}
