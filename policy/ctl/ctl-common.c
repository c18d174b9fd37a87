// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <stdarg.h>
#include <string.h>

#include "attachment.h"
#include "clock.h"
#include "cmdline.h"
#include "ctl.h"
#include "json.h"
#include "lockdown-cure.h"
#include "operations.h"
#include "overruled.h"
#include "pins-lock.h"
#include "pins-policy.h"
#include "pins-set.h"
#include "proc.h"
#include "repair.h"
#include "ruleset.h"
#include "seal-sweep.h"
#include "terminal.h"
#include "text.h"
#include "util.h"


static char first_error[1024];
static bool json_begun;

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
	fputs(CTL_PROGRAM ": ", stderr);
	text_puts(stderr, text);
	putc('\n', stderr);
}

void ctl_hint(const char *fmt, ...)
{
	static bool given;
	char text[PATH_MAX + 64];
	va_list ap;

	if (given)
		return;
	given = true;
	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	fputs(CTL_PROGRAM ": hint: ", stderr);
	text_puts(stderr, text);
	putc('\n', stderr);
}

void ctl_diagnostics(const struct diagnostics *d)
{
	const char *first = diagnostics_first_error(d);

	if (first)
		note_error(first);
	diagnostics_print(d, stderr, CTL_PROGRAM);
}

const char *ctl_first_error(void)
{
	return first_error;
}

struct json ctl_json(void)
{
	json_begun = true;
	return (struct json){ .f = stdout };
}

bool ctl_json_begun(void)
{
	return json_begun;
}

bool ctl_duration(const struct ctl *c, uint64_t *ret_ns)
{
	uint64_t ns;

	if (!quantity_duration(c->options[CTL_FOR], &ns) || !ns) {
		ctl_error("--for: \"%s\" is no duration: expected 90s, 10m, 1h 30m, at most a century",
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
		ctl_error("%s. %s Nothing was changed", clock_refusal(), clock_cure());
		return STATUS_NOT_PERMITTED;
	}
	r = cmdline_read(&ignored);
	if (r == 0)
		return STATUS_OK;
	ctl_error("cannot read /proc/cmdline, which can have bpflock=audit on it: %s. " PROC_CURE
		  ". Nothing was changed",
		  strerror(-r));
	return STATUS_FAILED;
}

enum exit_status ctl_failed(const char *attempt, int r)
{
	bool denied = r == -EPERM || r == -EACCES;

	ctl_error("cannot %s: %s%s", attempt, strerror(-r),
		  !denied			 ? ""
		  : proc_in_user_namespace() > 0 ? ": run it in the initial user namespace"
		  : geteuid() != 0		 ? ": run it as root"
						 : "");
	return denied ? STATUS_NOT_PERMITTED : STATUS_FAILED;
}

enum exit_status ctl_not_ours(const struct ctl *c)
{
	ctl_error("%s/%s is not a directory of root's", c->bpffs, PINS_PUBLISHED);
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

enum exit_status ctl_absent(const struct ctl *c)
{
	uint32_t hidden = ctl_hidden_lock(c);

	if (hidden) {
		ctl_error("program %u of bpflock enforces, but its pins are gone or hidden (no %s/%s)",
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
	char name[PINS_NAME_LEN];
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
		if (p->stamp.magic != BPFLOCK_MAGIC) {
			ctl_error("%s was not made by bpflock", p->path);
			ctl_hint("bpflock");
			return STATUS_DEGRADED;
		}
		ctl_error("%s was made by bpflock %s with pin format %u, and this is format %d",
			  p->path, p->stamp.build, p->stamp.abi, BPFLOCK_ABI);
		ctl_hint("bpflock");
		return STATUS_DEGRADED;
	case PINS_BROKEN:
		ctl_error("%s lacks some of its pins", p->path);
		ctl_hint(pins_set_hook_attached(p->path) ? CTL_PROGRAM " repair" : "bpflock");
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
		return ctl_failed("finish or remove what an interrupted seal left", r);
	r = pins_set_finish_interrupted(c->bpffs);
	return r < 0 ? ctl_failed("publish what an interrupted load left", r) : STATUS_OK;
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

void ctl_json_mask(struct json *j, const char *key, const struct bpflock_operation *ops, __u64 mask)
{
	json_open(j, key, '[');
	for (__u32 i = 0; i < BPFLOCK_REASONS; i++)
		if (mask & (1ULL << i))
			json_string(j, NULL, operations_name(ops, i));
	json_close(j, ']');
}

void ctl_print_mask(const struct bpflock_operation *ops, __u64 mask, const char *none)
{
	CLEANUP(free_charp) char *text = operations_text(ops, mask);

	fputs(mask && text ? text : none, stdout);
}

void ctl_print_mask_last(const struct bpflock_operation *ops, __u64 mask, const char *none,
			 unsigned int column)
{
	CLEANUP(free_charp) char *text = operations_text(ops, mask);

	terminal_print_last(stdout, mask && text ? text : none, column);
}

void ctl_json_ruleset(struct json *j, const struct bpflock_operation *ops,
		      const struct bpflock_ruleset *r)
{
	struct bpflock_policy alone = { .rules = *r };

	for (size_t s = 0; s < _BPFLOCK_SETTING_MAX; s++) {
		const char *value = ruleset_value(&alone, s);

		if (value && !settings[s].host)
			json_string(j, settings[s].name, value);
	}
	ctl_json_mask(j, "block", ops, r->block);
	ctl_json_mask(j, "allow", ops, r->allow);
}

void ctl_json_grants(struct json *j, const struct bpflock_operation *ops, const struct policy *p,
		     uint64_t now)
{
	json_open(j, "grants", '[');
	for (size_t i = 0; i < p->n_grants; i++) {
		const struct grant *g = &p->grants[i];

		if (g->expires <= now)
			continue;
		json_open(j, NULL, '{');
		json_u64(j, "id", g->id);
		json_string(j, "path", g->path);
		ctl_json_mask(j, "operations", ops, g->operations);
		json_u64(j, "seconds_left", (g->expires - now) / 1000000000);
		json_u64(j, "uid", g->uid);
		json_string(j, "reason", g->note);
		json_close(j, '}');
	}
	json_close(j, ']');
}

void ctl_print_ruleset_line(const struct bpflock_operation *ops, const struct bpflock_ruleset *r)
{
	struct bpflock_policy alone = { .rules = *r }, none;
	const char *separator = "";

	ruleset_init(&none);
	for (size_t s = 0; s < _BPFLOCK_SETTING_MAX; s++) {
		CLEANUP(free_charp) char *value = ruleset_setting_text(ops, &alone, s);
		CLEANUP(free_charp) char *built_in = ruleset_setting_text(ops, &none, s);

		if (!value || !built_in || settings[s].host ||
		    (s != BPFLOCK_SETTING_PROFILE && strcmp(value, built_in) == 0))
			continue;
		printf("%s%s = %s", separator, settings[s].name, value);
		separator = "; ";
	}
}

void ctl_json_source(struct json *j, const char *source)
{
	char name[BPFLOCK_SOURCE_LEN];
	const char *date;

	json_string(j, "source", ruleset_split_source(source, name, &date));
	if (date)
		json_string(j, "set_at", date);
}

static void json_rules(struct json *j, const struct bpflock_operation *ops, const struct policy *p)
{
	json_open(j, "cgroups", '[');
	for (size_t i = 0; i < p->n_rules; i++) {
		json_open(j, NULL, '{');
		json_string(j, "path", p->rules[i]->path);
		ctl_json_ruleset(j, ops, &p->rules[i]->rules);
		json_bool(j, "runtime", p->rules[i]->runtime);
		ctl_json_source(j, p->rules[i]->source);
		json_close(j, '}');
	}
	json_close(j, ']');
}

void ctl_json_policy(struct json *j, const struct bpflock_operation *ops, const struct policy *p)
{
	const struct bpflock_policy *host = &p->host;
	char source[BPFLOCK_SOURCE_LEN];
	const char *date;

	json_u64(j, "generation", host->generation);
	ctl_json_ruleset(j, ops, &host->rules);
	for (size_t s = 0; s < _BPFLOCK_SETTING_MAX; s++) {
		char text[QUANTITY_LEN];

		if (settings[s].host && settings[s].list)
			ctl_json_mask(j, settings[s].name, ops, ruleset_mask(host, s));
		else if (settings[s].host)
			json_string(j, settings[s].name, ruleset_text(host, s, text));
	}
	json_open(j, "sources", '{');
	for (size_t s = 0; s < _BPFLOCK_SETTING_MAX; s++)
		json_string(j, settings[s].name, ruleset_source(host, s, source));
	json_close(j, '}');
	json_open(j, "set_at", '{');
	for (size_t s = 0; s < _BPFLOCK_SETTING_MAX; s++) {
		ruleset_split_source(host->sources[s], source, &date);
		if (date)
			json_string(j, settings[s].name, date);
	}
	json_close(j, '}');
	json_rules(j, ops, p);
	ctl_json_grants(j, ops, p, clock_boottime());
}
