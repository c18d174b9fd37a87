// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <stdarg.h>
#include <string.h>

#include "attachment.h"
#include "bpffs.h"
#include "capabilities.h"
#include "cgroupfs-open.h"
#include "clock.h"
#include "cmdline.h"
#include "container-here.h"
#include "ctl.h"
#include "json.h"
#include "lockdown-cure.h"
#include "message.h"
#include "operations.h"
#include "overruled.h"
#include "pins-lock.h"
#include "pins-policy.h"
#include "pins-set.h"
#include "pins-trouble.h"
#include "proc.h"
#include "progress.h"
#include "quantity.h"
#include "repair.h"
#include "ruleset.h"
#include "seal-look.h"
#include "seal-sweep.h"
#include "seal.h"
#include "terminal.h"
#include "text.h"
#include "util.h"

static char first_error[1024];

/* Errors after the first follow from it. */
static void note_error(const char *text)
{
	if (!first_error[0])
		snprintf(first_error, sizeof(first_error), "%s", text);
}

void ctl_error(const char *fmt, ...)
{
	char text[sizeof(first_error)];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	note_error(text);
	message_error("%s", text);
}

void ctl_hint(const char *fmt, ...)
{
	char text[PATH_MAX + 64];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	message_hint("%s", text);
}

void ctl_progress(const struct ctl *c, const char *text, uint64_t after_ms)
{
	if (!c->options[CTL_QUIET])
		progress_begin(text, after_ms);
}

static void note_first(const struct diagnostics *d)
{
	const char *first = diagnostics_first_error(d);

	if (first)
		note_error(first);
	progress_hide();
}

void ctl_diagnostics(const struct diagnostics *d)
{
	note_first(d);
	diagnostics_print(d, stderr, CTL_PROGRAM);
}

void ctl_refuse(const struct diagnostics *d)
{
	note_first(d);
	diagnostics_print_unchanged(d, stderr, CTL_PROGRAM);
}

const char *ctl_first_error(void)
{
	return first_error;
}

bool ctl_duration(const struct ctl *c, uint64_t *ret_ns)
{
	uint64_t ns;

	if (!quantity_duration(c->options[CTL_FOR], &ns) || !ns) {
		ctl_error("--for: \"%s\" is not a duration: use 90s, 10m or 1h 30m",
			  c->options[CTL_FOR]);
		return false;
	}
	*ret_ns = ns;
	return true;
}

enum exit_status ctl_check_machine(void)
{
	enum cmdline_override ignored;
	int r;

	if (clock_view() != CLOCK_KERNELS) {
		ctl_error("%s" MESSAGE_UNCHANGED, clock_refusal());
		ctl_hint("%s", clock_cure());
		return STATUS_NOT_PERMITTED;
	}
	r = cmdline_read(&ignored);
	if (r == 0)
		return STATUS_OK;
	ctl_error("/proc/cmdline, which may have bpflock=audit on it: cannot read: %s" MESSAGE_UNCHANGED,
		  strerror(-r));
	ctl_hint(PROC_CURE);
	return STATUS_FAILED;
}

/* The root of cgroup v2 is seen from the host's cgroup namespace, or by process 1 of the host. */
static bool root_cgroup_left_out(void)
{
	CLEANUP(close_fdp) int root = container_here() ? cgroupfs_open_root() : -1;

	return root == -ENOENT;
}

void ctl_hint_denied(const struct ctl_caller *who, int r)
{
	if (who->user_namespace)
		ctl_hint("run it in the initial user namespace");
	else if (who->container && !who->capable)
		ctl_hint("%s", container_here_cure("use --privileged"));
	else if (!who->root)
		ctl_hint("run it as root");
	else if (r == -EACCES) /* another LSM keeps root out */
		ctl_hint("bpflock-ctl doctor");
}

static struct ctl_caller this_caller(void)
{
	return (struct ctl_caller){
		.user_namespace = proc_in_user_namespace() > 0,
		.container = container_here(),
		.capable = capabilities_effective(CAP_SYS_ADMIN),
		.root = geteuid() == 0,
	};
}

enum exit_status ctl_failed(const char *attempt, int r)
{
	struct ctl_caller who = this_caller();

	if (r == -ENOENT && root_cgroup_left_out()) {
		ctl_error("cannot %s: the root of cgroup v2 cannot be seen from this container",
			  attempt);
		ctl_hint("%s", container_here_cure("use --pid=host"));
		return STATUS_UNSUPPORTED;
	}
	ctl_error("cannot %s: %s", attempt, strerror(-r));
	if (r != -EPERM && r != -EACCES)
		return STATUS_FAILED;
	ctl_hint_denied(&who, r);
	return STATUS_NOT_PERMITTED;
}

enum exit_status ctl_not_ours(const struct ctl *c)
{
	ctl_error("%s/%s: not a directory of root", c->bpffs, PINS_PUBLISHED);
	ctl_hint("rm -r %s/%s", c->bpffs, PINS_PUBLISHED);
	return STATUS_FAILED;
}

uint32_t ctl_hidden_lock(const struct ctl *c)
{
	CLEANUP(free_charp) char *memory = calloc(1, sizeof(struct attachments));
	struct attachments *all = (struct attachments *)memory;
	const struct attachment *lock;
	size_t sets;

	if (!memory || attachments_read(all) < 0)
		return 0;
	lock = repair_find(c->bpffs, all, &sets);
	return lock ? lock->prog_id : 0;
}

enum exit_status ctl_check_bpffs(const struct ctl *c)
{
	char cure[BPFFS_CURE_LEN];

	if (!bpffs_left_out(c->bpffs))
		return STATUS_OK;
	ctl_error(BPFFS_LEFT_OUT, c->bpffs);
	bpffs_left_out_cure(c->bpffs, cure);
	ctl_hint("%s", cure);
	return STATUS_UNSUPPORTED;
}

enum exit_status ctl_absent(const struct ctl *c)
{
	enum exit_status status = ctl_check_bpffs(c);
	uint32_t hidden;

	if (status != STATUS_OK)
		return status;
	hidden = ctl_hidden_lock(c);
	if (hidden) {
		ctl_error(
			"program %u of bpflock enforces, but its pins are missing or hidden (no %s/%s)",
			hidden, c->bpffs, PINS_PUBLISHED);
		ctl_hint(CTL_PROGRAM " repair");
		return STATUS_DEGRADED;
	}
	ctl_error("bpflock is not loaded (no %s/%s)", c->bpffs, PINS_PUBLISHED);
	ctl_hint("bpflock");
	return STATUS_NOT_LOADED;
}

enum exit_status ctl_open(const struct ctl *c, struct pins **ret_pins)
{
	CLEANUP(pins_freep) struct pins *p = NULL;
	char name[PINS_NAME_LEN], trouble[PINS_TROUBLE_LEN];
	int r;

	pins_set_deciding(c->bpffs, name);
	r = pins_open(c->bpffs, name, &p);

	switch (r) {
	case PINS_OK:
		*ret_pins = TAKE_PTR(p);
		return STATUS_OK;
	case PINS_ABSENT:
		return ctl_absent(c);
	case PINS_FOREIGN:
	case PINS_BROKEN:
		pins_trouble(p, trouble);
		ctl_error("%s: %s", p->path, trouble);
		if (r == PINS_BROKEN && pins_set_hook_attached(p->path))
			ctl_hint(CTL_PROGRAM " repair");
		else if (!pins_trouble_lasts(p))
			ctl_hint("bpflock");
		return STATUS_DEGRADED;
	default:
		return r == -ENOTDIR ? ctl_not_ours(c) : ctl_failed("open the pins", r);
	}
}

enum exit_status ctl_open_policy(const struct ctl *c, struct pins **ret_pins,
				 struct policy *ret_policy)
{
	CLEANUP(pins_freep) struct pins *pins = NULL;
	enum exit_status status = ctl_open(c, &pins);
	int r;

	if (status != STATUS_OK)
		return status;
	r = pins_policy_read(pins, ret_policy, NULL);
	if (r < 0)
		return ctl_failed("read the policy", r);
	*ret_pins = TAKE_PTR(pins);
	return STATUS_OK;
}

enum exit_status ctl_lock(const struct ctl *c, int *ret_fd)
{
	pid_t holder = 0;
	char text[512];
	int r = pins_lock(c->bpffs, c->wait_ms, ret_fd, &holder);

	if (r == PINS_BUSY) {
		pins_lock_describe_holder(c->bpffs, holder, text, sizeof(text));
		ctl_error("%s", text);
		return STATUS_BUSY;
	}
	if (r < 0)
		return ctl_failed("lock the bpffs", r);
	/* a set that is sealed and that no pins lead to is found out by who opens it */
	r = seal_sweep_recover(c->bpffs);
	if (r < 0 && !(r == -EPERM && seal_sweep_is_hidden(c->bpffs)))
		return ctl_failed("finish an interrupted seal", r);
	r = pins_set_finish_interrupted(c->bpffs);
	return r < 0 ? ctl_failed("finish an interrupted load", r) : STATUS_OK;
}

void ctl_warn_overruled(const struct policy *p, const struct bpflock_operation *ops,
			struct diagnostics *d)
{
	overruled_warn(p, ops, ctl_kernel_lockdown(), lockdown_cure(), clock_boottime(), d);
}

enum kernel_lockdown ctl_kernel_lockdown(void)
{
	static enum kernel_lockdown known = _KERNEL_LOCKDOWN_MAX;

	if (known == _KERNEL_LOCKDOWN_MAX)
		known = securityfs_lockdown();
	return known;
}

enum exit_status ctl_check_module_program(const struct pins *pins, const struct policy *policy,
					  uint64_t latched)
{
	if (!pins_set_lacks_module_program(pins, policy, latched))
		return STATUS_OK;
	ctl_error("module_request: cannot be used: bpflock was loaded with a policy that does not name "
		  "it" MESSAGE_UNCHANGED);
	if (pins->slots.ask >= 0)
		return STATUS_NOT_PERMITTED;
	ctl_hint("bpflock --kmodlock privileged");
	return STATUS_USAGE;
}

enum exit_status ctl_check_seal(const char *set_path)
{
	struct bpflock_seal seal;
	enum seal_state state;
	char text[SEAL_TEXT_LEN];
	int r = seal_look_read(set_path, &state, &seal);

	if (r < 0)
		return ctl_failed("read the seal", r);
	if (state != SEAL_CLOSED && !seal_look_is_older(set_path))
		return STATUS_OK;
	seal_describe(&seal, text);
	ctl_error("%s: cannot change the policy: sealed %s" MESSAGE_UNCHANGED, set_path, text);
	return STATUS_NOT_PERMITTED;
}
