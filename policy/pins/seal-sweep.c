// SPDX-License-Identifier: GPL-2.0-only
#include "seal-sweep.h"

#include <bpf/bpf.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "attachment.h"
#include "clock.h"
#include "pins-set.h"
#include "pins.h"
#include "seal-look.h"
#include "util.h"

#define GONE_WAIT_MS 2000
#define LAPSE_NS     200000000

static int detach_link(const char *set_path, const char *pin)
{
	CLEANUP(close_fdp) int fd = pins_open_map(set_path, pin, true);

	if (fd == -ENOENT)
		return 0;
	return fd < 0 || bpf_link_detach(fd) == 0 ? (fd < 0 ? fd : 0) : -errno;
}

/* The links may be pinned elsewhere too, so they are detached, and not just unpinned. */
static int detach_published(const char *bpffs)
{
	char path[PATH_MAX];
	int r = pins_path(path, bpffs, PINS_PUBLISHED);

	if (r == 0)
		r = detach_link(path, PIN_HOOK_LINK);
	return r < 0 ? r : detach_link(path, "links/" BPFLOCK_MODULE_PROGRAM);
}

/* From then on the set that is sealed refuses alone, and that before would take its refusals for somebody else's. */
static int stop_watching(const char *bpffs)
{
	char path[PATH_MAX];
	int r = pins_path(path, bpffs, PINS_PUBLISHED);

	if (r == 0)
		r = pins_set_remove_program(path, BPFLOCK_REFUSED_PROGRAM, GONE_WAIT_MS);
	return r == -ETIMEDOUT || r == -ENOENT ? 0 : r;
}

int seal_sweep_take_over(const char *bpffs, const char *name)
{
	int r = stop_watching(bpffs);

	if (r == 0)
		r = detach_published(bpffs);
	if (r == 0)
		r = pins_set_publish(bpffs, name);
	if (r < 0)
		return r;
	/* where it was is what was there before, if anything was */
	r = pins_set_remove(bpffs, name, GONE_WAIT_MS);
	return r < 0 && r != -ETIMEDOUT ? r : 0;
}

/* Each state of a set of pins has an action. */
enum find {
	FIND_NOTHING,
	FIND_LEFT,   /* of a seal that was interrupted before it was closed */
	FIND_SEALED, /* and not published */
	FIND_WHOLE,  /* and published */
};

static enum find examine(const char *bpffs, const char *name, uint64_t *lapse)
{
	enum seal_state state;
	struct bpflock_seal seal;
	char path[PATH_MAX];

	if (pins_path(path, bpffs, name) < 0 || seal_look_read(path, &state, &seal) < 0 ||
	    state == SEAL_NONE)
		return FIND_NOTHING;
	if (state == SEAL_CLOSED)
		return strcmp(name, PINS_PUBLISHED) == 0 ? FIND_WHOLE : FIND_SEALED;
	if (seal.word != BPFLOCK_SEAL_IDLE && seal.deadline > *lapse)
		*lapse = seal.deadline;
	return FIND_LEFT;
}

/* The one that counts most, and its name. */
static enum find examine_all(const char *bpffs, char ret_name[PINS_NAME_LEN], uint64_t *lapse)
{
	enum find found = FIND_NOTHING;
	char *names[PINS_MAX_SETS];
	int n = pins_set_list(bpffs, names);

	for (int i = 0; i < n; i++) {
		enum find f = examine(bpffs, names[i], lapse);

		if (f > found) {
			found = f;
			snprintf(ret_name, PINS_NAME_LEN, "%s", names[i]);
		}
		free(names[i]);
	}
	return found;
}

/* Guards first, or they would keep the lock in place. */
static int detach_all(const struct attachments *all, bool sysctl, bool hooks, bool dry_run,
		      bool *found)
{
	int r = 0;

	for (size_t i = 0; i < all->n && r == 0; i++) {
		const struct attachment *a = &all->rows[i];
		bool hook = strncmp(a->name, BPFLOCK_SEALED_PREFIX "locked", 12) == 0 ||
			    strncmp(a->name, BPFLOCK_SEALED_PREFIX "module", 12) == 0;

		if (!a->sealed || hook != hooks || attachment_link(a->prog_id))
			continue;
		*found = true;
		r = dry_run ? 0 : attachment_detach_raw(a->prog_id, sysctl);
	}
	return r;
}

static int detach_left(bool dry_run, bool *found)
{
	CLEANUP(free_charp) char *memory = calloc(1, sizeof(struct attachments));
	struct attachments *all = (struct attachments *)memory;
	int r = memory ? attachments_read_sysctl(all) : -ENOMEM;

	*found = false;
	if (r == 0)
		r = detach_all(all, true, false, dry_run, found);
	if (r == 0)
		r = attachments_read(all);
	if (r == 0)
		r = detach_all(all, false, false, dry_run, found);
	return r == 0 ? detach_all(all, false, true, dry_run, found) : r;
}

static void wait_until(uint64_t lapse)
{
	static const struct timespec pause = { .tv_nsec = LAPSE_NS };

	while (clock_boottime() <= lapse)
		nanosleep(&pause, NULL);
}

static int remove_left(const char *bpffs)
{
	char *names[PINS_MAX_SETS];
	int n = pins_set_list(bpffs, names), r = n < 0 ? n : 0;
	uint64_t lapse = 0;

	for (int i = 0; i < n; i++) {
		if (r == 0 && examine(bpffs, names[i], &lapse) == FIND_LEFT)
			r = pins_set_remove(bpffs, names[i], 0);
		free(names[i]);
	}
	return r > 0 || r == -ETIMEDOUT ? 0 : r;
}

int seal_sweep_recover(const char *bpffs)
{
	char name[PINS_NAME_LEN];
	uint64_t lapse = 0;
	bool any;
	int r;

	switch (examine_all(bpffs, name, &lapse)) {
	case FIND_WHOLE:
		return 0;
	case FIND_SEALED:
		return seal_sweep_take_over(bpffs, name);
	case FIND_LEFT:
	case FIND_NOTHING:
		break;
	}
	wait_until(lapse);
	r = detach_left(false, &any);
	/* where the root of cgroup v2 cannot be reached, nothing is attached to it */
	if (r < 0 && (any || r != -ENOENT))
		return any ? r : 0;
	return remove_left(bpffs);
}

bool seal_sweep_is_hidden(const char *bpffs)
{
	char name[PINS_NAME_LEN];
	uint64_t lapse = 0;
	bool any = false;

	return examine_all(bpffs, name, &lapse) == FIND_NOTHING && detach_left(true, &any) == 0 &&
	       any;
}
