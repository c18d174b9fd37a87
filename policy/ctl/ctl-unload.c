// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <syslog.h>

#include "attachment.h"
#include "ctl-json.h"
#include "ctl.h"
#include "drainer.h"
#include "ftrace.h"
#include "json.h"
#include "message.h"
#include "overflow-unread.h"
#include "pins-policy.h"
#include "pins-set.h"
#include "proc.h"
#include "seal-sweep.h"
#include "util.h"
#include "verbs.h"

#define GONE_WAIT_MS 10000

/*
 * Returns whether the boot unit still counts as started, by the manager's files in /run. Then
 * "systemctl start" would do nothing, and say nothing.
 */
static bool unit_is_active(const struct ctl *c)
{
	struct stat st;

	return strcmp(c->bpffs, PINS_DEFAULT_BPFFS) == 0 &&
	       lstat("/run/systemd/units/invocation:bpflock.service", &st) == 0;
}

static void report(const struct ctl *c, int sets)
{
	bool active = unit_is_active(c);
	const char *result = sets ? "unloaded" : "unchanged";

	if (c->json) {
		struct json j = ctl_json();

		json_string(&j, "result", result);
		json_bool(&j, "dry_run", c->dry_run);
		json_u64(&j, "sets", sets);
		json_bool(&j, "unit_active", active);
		json_end(&j);
	} else if (!sets) {
		puts(CTL_PROGRAM ": nothing is loaded");
	} else if (c->dry_run) {
		printf(CTL_PROGRAM ": dry run, would unload %d set(s) of pins\n", sets);
	} else {
		puts(CTL_PROGRAM ": unloaded, nothing is enforced any more");
	}
	if (active && !c->dry_run) {
		fputs(CTL_PROGRAM
		      ": bpflock.service is still active, and \"systemctl start\" does nothing\n",
		      stderr);
		ctl_hint("systemctl reload-or-restart bpflock");
	}
}

/* Removes all sets of pins, *ret_sets. They may be more than one list has room for. */
static enum exit_status remove_sets(const struct ctl *c, int *ret_sets)
{
	enum exit_status status = STATUS_OK;
	int n;

	do {
		char *names[PINS_MAX_SETS];

		n = pins_set_list(c->bpffs, names);
		if (n < 0)
			return ctl_failed("list the pins", n);
		for (int i = 0; i < n; i++) {
			int r = c->dry_run ? 0 : pins_set_remove(c->bpffs, names[i], GONE_WAIT_MS);

			/* a link that is held elsewhere is ended by detach_locks() */
			if (r < 0 && r != -ETIMEDOUT) {
				ctl_error("%s/%s: cannot remove: %s (it may still enforce)", c->bpffs,
					  names[i], strerror(-r));
				status = r == -EPERM || r == -EACCES ? STATUS_NOT_PERMITTED
								     : STATUS_FAILED;
			}
			free(names[i]);
		}
		*ret_sets += n;
	} while (n == PINS_MAX_SETS && status == STATUS_OK && !c->dry_run);
	return status;
}

/*
 * Ends locks that are still there, because something else holds their links: another bpffs, or a
 * process. *ret_sets grows by those that had no pins here.
 */
static enum exit_status detach_locks(const struct ctl *c, int *ret_sets)
{
	CLEANUP(free_charp) char *memory = calloc(1, sizeof(struct attachments));
	struct attachments *all = (struct attachments *)memory;
	const struct attachment *lock;
	int r = memory ? attachments_read(all) : -ENOMEM;

	if (r < 0) /* where there is no root of cgroup v2, nothing is attached to it */
		return r == -ENOMEM ? ctl_failed("list the programs on the root cgroup", r)
				    : STATUS_OK;
	for (size_t n = 0; (lock = attachments_lock(all, n)); n++) {
		r = c->dry_run ? 0 : attachment_detach(lock->prog_id);
		if (r < 0) {
			ctl_error("program %u: cannot detach: %s (it still enforces)",
				  lock->prog_id, strerror(-r));
			return STATUS_DEGRADED;
		}
		if (!c->dry_run)
			message_warning("program %u, whose link something else holds, is detached too",
					lock->prog_id);
		if (!*ret_sets)
			++*ret_sets;
	}
	return STATUS_OK;
}

/* Unloading without ftrace leads to a kernel warning after which nothing attaches until reboot
 * (6.12). */
static enum exit_status check_ftrace(const struct ctl *c)
{
	int off = ftrace_is_off();
	char path[PATH_MAX];

	if (!off || (pins_path(path, c->bpffs, PINS_PUBLISHED) == 0 && access(path, F_OK) < 0 &&
		     !ctl_hidden_lock(c)))
		return STATUS_OK;
	if (off < 0) {
		ctl_error("kernel.ftrace_enabled, which must be 1: cannot read: %s" MESSAGE_UNCHANGED,
			  strerror(-off));
		ctl_hint(PROC_CURE);
		return STATUS_FAILED;
	}
	ctl_error(
		"kernel.ftrace_enabled is 0: detaching programs now can keep the kernel from "
		"attaching any until reboot" MESSAGE_UNCHANGED);
	ctl_hint("sysctl kernel.ftrace_enabled=1");
	return STATUS_DEGRADED;
}

/*
 * Leaves word of who ends it, before it ends: in the log, whose reader takes it before it finds the set
 * gone, and in the system's, where no reader runs.
 */
static void announce(const struct ctl *c)
{
	struct bpflock_announcement a = { .action = BPFLOCK_ANNOUNCE_UNLOAD };
	CLEANUP(pins_freep) struct pins *pins = NULL;
	struct bpflock_policy policy;
	int r;

	if (c->dry_run || pins_open(c->bpffs, PINS_PUBLISHED, &pins) != PINS_OK)
		return;
	openlog(CTL_PROGRAM, LOG_PID, LOG_AUTH);
	syslog(LOG_WARNING, "unloading %s, as uid %u", pins->path, getuid());
	if (pins_policy_read_host(pins, &policy) == 0)
		a.generation = policy.generation;
	snprintf(a.target, sizeof(a.target), "%s", pins->path);
	r = pins_policy_announce(pins, &a);
	if (r < 0)
		message_warning("cannot log this unload: %s", strerror(-r));
}

static enum exit_status unload_locked(const struct ctl *c)
{
	int sets = 0;
	enum exit_status status;

	announce(c);
	status = remove_sets(c, &sets);

	if (status == STATUS_OK)
		status = detach_locks(c, &sets);
	if (status == STATUS_OK)
		report(c, sets);
	return status;
}

/* Warns of the part of the log that goes with the maps, if somebody has ever read it. */
static bool has_unread(const struct ctl *c, char text[OVERFLOW_UNREAD_LEN])
{
	CLEANUP(pins_freep) struct pins *pins = NULL;
	struct bpflock_reader_state read;

	return pins_open(c->bpffs, PINS_PUBLISHED, &pins) == PINS_OK &&
	       pins_read_reader_state(pins, &read) == 0 && read.seq &&
	       overflow_describe_unread(pins, text);
}

static enum exit_status check_seal(const struct ctl *c)
{
	char path[PATH_MAX];
	int r;

	if (seal_sweep_is_hidden(c->bpffs)) {
		ctl_error(
			"the loaded set is sealed, and its pins are missing or hidden: it stays "
			"unchanged until reboot" MESSAGE_UNCHANGED);
		return STATUS_NOT_PERMITTED;
	}
	r = pins_path(path, c->bpffs, PINS_PUBLISHED);
	return r < 0 ? ctl_failed("find the pins", r) : ctl_check_seal(path);
}

/* A container that loads when it starts undoes this, if its runtime starts it again. Pods have manifests of their own. */
static void warn_of_container(const struct drainer *d)
{
	char who[DRAINER_TEXT_LEN];

	if (!drainer_has_id(d) || d->container.pod[0])
		return;
	drainer_describe(d, who);
	message_warning("%s reads the log: a restart policy may start it again, and load the policy", who);
	ctl_hint("docker rm -f %.12s, or podman rm -f", d->container.id);
}

enum exit_status ctl_unload(const struct ctl *c)
{
	CLEANUP(close_fdp) int lock = -1;
	enum exit_status status = ctl_check_bpffs(c);
	char unread[OVERFLOW_UNREAD_LEN];
	struct drainer drainer;
	bool warn;

	if (status == STATUS_OK && !c->dry_run)
		status = ctl_lock(c, &lock);
	if (status == STATUS_OK)
		status = check_seal(c);
	if (status == STATUS_OK)
		status = check_ftrace(c);
	if (status != STATUS_OK)
		return status;
	warn = has_unread(c, unread);
	drainer_find(c->bpffs, &drainer); /* which ends with the set */
	status = unload_locked(c);
	if (warn && status == STATUS_OK)
		message_warning("%s %s with it", unread, c->dry_run ? "would be lost" : "are lost");
	if (status == STATUS_OK)
		warn_of_container(&drainer);
	return status;
}
