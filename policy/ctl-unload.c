// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <string.h>

#include "ctl.h"
#include "json.h"
#include "util.h"

#define GONE_WAIT_MS 10000

static void report(const struct ctl *c, int sets)
{
	const char *result = sets ? "unloaded" : "unchanged";

	if (c->json) {
		struct json j = ctl_json();

		json_open(&j, NULL, '{');
		json_string(&j, "result", result);
		json_bool(&j, "dry_run", c->dry_run);
		json_u64(&j, "sets", sets);
		json_close(&j, '}');
		putchar('\n');
	} else if (!sets) {
		puts(CTL_PROGRAM ": nothing is loaded");
	} else if (c->dry_run) {
		printf(CTL_PROGRAM ": dry run, would unload %d set(s) of pins\n", sets);
	} else {
		puts(CTL_PROGRAM ": unloaded, nothing is enforced any more");
	}
}

/* before: how many sets an earlier round has unloaded. */
static enum exit_status unload_locked(const struct ctl *c, int before)
{
	char *names[PINS_MAX_SETS];
	enum exit_status status = STATUS_OK;
	uint32_t stranger;
	int n;

	n = pins_list(c->bpffs, names);
	if (n < 0)
		return ctl_failed("list the pins", n);
	for (int i = 0; i < n; i++) {
		int r = c->dry_run ? 0 : pins_remove(c->bpffs, names[i], GONE_WAIT_MS);

		if (r == -ETIMEDOUT) {
			ctl_error(
				"%s/%s is unpinned, but something else still holds its links: it goes on "
				"enforcing (see bpftool link)",
				c->bpffs, names[i]);
			status = STATUS_FAILED;
		} else if (r < 0) {
			ctl_error("cannot remove %s/%s: %s: it may still enforce", c->bpffs,
				  names[i], strerror(-r));
			status = r == -EPERM || r == -EACCES ? STATUS_NOT_PERMITTED : STATUS_FAILED;
		}
		free(names[i]);
	}
	if (status != STATUS_OK)
		return status;
	if (n == PINS_MAX_SETS && !c->dry_run) /* there may be more than a list has room for */
		return unload_locked(c, before + n);
	stranger = pins_find_stranger(c->bpffs);
	if (stranger && !c->dry_run) {
		ctl_error("BPF link %u of another bpflock enforces, loaded from elsewhere: see its "
			  "--bpffs, and bpftool link",
			  stranger);
		return STATUS_DEGRADED;
	}
	report(c, before + n);
	return status;
}

/* What of the log goes with the maps. Whoever has never read it does not miss it. */
static bool has_unread(const struct ctl *c, char text[PINS_UNREAD_LEN])
{
	CLEANUP(pins_freep) struct pins *pins = NULL;
	struct bpflock_reader_state read;

	return pins_open(c->bpffs, PINS_PUBLISHED, &pins) == PINS_OK &&
	       pins_read_reader_state(pins, &read) == 0 && read.seq &&
	       pins_describe_unread(pins, text);
}

static enum exit_status check_seal(const struct ctl *c)
{
	char path[PATH_MAX];
	int r = pins_path(path, c->bpffs, PINS_PUBLISHED);

	return r < 0 ? ctl_failed("find the pins", r) : ctl_check_seal(path, BPFLOCK_SEAL_PINS);
}

enum exit_status ctl_unload(const struct ctl *c)
{
	CLEANUP(close_fdp) int lock = -1;
	enum exit_status status = STATUS_OK;
	char unread[PINS_UNREAD_LEN];
	bool warn;

	if (!c->dry_run)
		status = ctl_lock(c, &lock);
	if (status == STATUS_OK)
		status = check_seal(c);
	if (status != STATUS_OK)
		return status;
	warn = has_unread(c, unread);
	status = unload_locked(c, 0);
	if (warn && status == STATUS_OK)
		fprintf(stderr, CTL_PROGRAM ": warning: %s %s with it\n", unread,
			c->dry_run ? "would go" : "have gone");
	return status;
}
