// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <string.h>

#include "bpffs.h"
#include "ctl-json.h"
#include "ctl.h"
#include "json.h"
#include "message.h"
#include "pins-lock.h"
#include "pins-set.h"
#include "repair.h"
#include "util.h"
#include "verbs.h"

static void report(const struct ctl *c, const char *result, uint32_t program)
{
	if (c->json) {
		struct json j = ctl_json();

		json_string(&j, "result", result);
		json_bool(&j, "dry_run", c->dry_run);
		if (program)
			json_u64(&j, "program", program);
		json_end(&j);
	} else if (!program) {
		puts(CTL_PROGRAM ": no pins are missing");
	} else {
		printf(CTL_PROGRAM ": %sthe pins of program %u %s, below %s/%s\n",
		       c->dry_run ? "dry run, " : "", program,
		       c->dry_run ? "would be made again" : "were made again", c->bpffs,
		       PINS_PUBLISHED);
	}
}

static enum exit_status repair(const struct ctl *c, const struct attachments *all)
{
	size_t sets;
	const struct attachment *lock = repair_find(c->bpffs, all, &sets);
	int r;

	if (!sets) {
		ctl_error("bpflock is not loaded");
		ctl_hint("bpflock");
		return STATUS_NOT_LOADED;
	}
	if (lock && sets > 1) {
		ctl_error(
			"another bpflock enforces beside %s/%s (program %u)" MESSAGE_UNCHANGED,
			c->bpffs, PINS_PUBLISHED, lock->prog_id);
		return STATUS_DEGRADED;
	}
	r = lock && !c->dry_run ? repair_pins(c->bpffs, lock) : 0;
	if (r == -ENOENT && lock->sealed) {
		ctl_error(
			"program %u is sealed and enforces until reboot, but the program that reads its maps "
			"is gone with its pin: the policy cannot be shown or latched",
			lock->prog_id);
		return STATUS_DEGRADED;
	}
	if (r < 0) {
		ctl_error("%s: cannot make the pins of program %u again: %s", c->bpffs, lock->prog_id,
			  strerror(-r));
		return r == -EPERM || r == -EACCES ? STATUS_NOT_PERMITTED : STATUS_FAILED;
	}
	report(c, lock ? "repaired" : "unchanged", lock ? lock->prog_id : 0);
	return STATUS_OK;
}

enum exit_status ctl_repair(const struct ctl *c)
{
	CLEANUP(free_charp) char *memory = calloc(1, sizeof(struct attachments));
	struct attachments *all = (struct attachments *)memory;
	CLEANUP(close_fdp) int lock = -1;
	pid_t holder = 0;
	char text[512];
	int r;

	if (!memory)
		return ctl_failed("repair", -ENOMEM);
	/* the bpffs itself may have been unmounted */
	r = c->dry_run ? 0 : bpffs_lock(c->bpffs, c->wait_ms, &lock, &holder);
	if (r == PINS_BUSY) {
		pins_lock_describe_holder(c->bpffs, holder, text, sizeof(text));
		ctl_error("%s", text);
		return STATUS_BUSY;
	}
	if (r < 0)
		return ctl_failed("mount or lock the bpffs", r);
	r = c->dry_run ? 0 : pins_set_finish_interrupted(c->bpffs);
	if (r == 0)
		r = attachments_read(all);
	return r < 0 ? ctl_failed("list the programs on the root cgroup", r) : repair(c, all);
}
