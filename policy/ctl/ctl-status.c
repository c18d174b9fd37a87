// SPDX-License-Identifier: GPL-2.0-only
#include "clock.h"
#include "ctl-json.h"
#include "ctl.h"
#include "json.h"
#include "loaded-state.h"
#include "quantity.h"
#include "status-json.h"
#include "status-state.h"
#include "status-text.h"
#include "status-watch.h"
#include "util.h"
#include "verbs.h"

static enum exit_status not_loaded(const struct ctl *c, const struct loaded_state *r)
{
	if (c->json) {
		struct json j = ctl_json();

		status_json_state(&j, r, protections[loaded_state_protection(r)].status);
		json_bool(&j, "attached", r->hidden != 0);
		json_bool(&j, "enforcing", false);
		if (r->hidden)
			json_u64(&j, "hidden_program", r->hidden);
		json_end(&j);
	} else {
		status_state_print(r);
	}
	return ctl_absent(c);
}

/* A set that cannot be read as ours: what can be said for certain, and no more. */
static enum exit_status unreadable(const struct ctl *c, const struct loaded_state *r)
{
	const struct bpflock_stamp *stamp = &r->pins->stamp;

	if (c->json) {
		struct json j = ctl_json();

		status_json_state(&j, r, STATUS_DEGRADED);
		json_string(&j, "pins", r->pins->path);
		json_string(&j, "build", stamp->build);
		json_u64(&j, "abi", stamp->abi);
		json_bool(&j, "attached", r->attached);
		json_null(&j, "enforcing");
		json_end(&j);
	} else {
		status_state_print(r);
	}
	ctl_error("%s: %s; its lockdown program is %sattached", r->pins->path, r->trouble,
		  r->attached ? "" : "NOT ");
	if (loaded_state_cure(r))
		ctl_hint("%s", loaded_state_cure(r));
	return STATUS_DEGRADED;
}

static enum exit_status run(const struct ctl *c, struct loaded_state *r)
{
	enum exit_status status = loaded_state_look(c, r, true);

	if (status != STATUS_OK)
		return status;
	if (!r->pins)
		return not_loaded(c, r);
	if (r->outcome != PINS_OK)
		return unreadable(c, r);
	status = protections[loaded_state_protection(r)].status;
	if (c->json)
		status_json_print(r, status);
	else
		status_text_print(r, c->options[CTL_ALL], !c->no_records);
	if (r->trouble)
		ctl_error("degraded: %s", r->trouble);
	else if (status == STATUS_DEGRADED)
		ctl_error("fallback: %s", r->policy.host.refused.text);
	if (status == STATUS_DEGRADED && loaded_state_cure(r))
		ctl_hint("%s", loaded_state_cure(r));
	return status;
}

static enum exit_status look(const struct ctl *c)
{
	struct loaded_state r = LOADED_STATE_INIT;
	enum exit_status status = run(c, &r);

	loaded_state_done(&r);
	return status;
}

#define INTERVAL     "2s"
#define INTERVAL_MIN (100 * NS_PER_MS)

static bool read_interval(const struct ctl *c, uint64_t *ret_ns)
{
	const char *text = c->options[CTL_INTERVAL];

	if (text && !c->options[CTL_WATCH]) {
		ctl_error("status: --interval goes with --watch");
		return false;
	}
	if (quantity_duration(text ?: INTERVAL, ret_ns) && *ret_ns >= INTERVAL_MIN)
		return true;
	ctl_error("--interval: \"%s\" is not a duration of 100ms or more: use 2s, 500ms or 1m", text);
	return false;
}

enum exit_status ctl_status(const struct ctl *c)
{
	enum exit_status status;
	uint64_t interval;

	if (!read_interval(c, &interval))
		return STATUS_USAGE;
	status = ctl_check_bpffs(c);
	if (status != STATUS_OK)
		return status;
	return c->options[CTL_WATCH] ? status_watch(c, interval, look) : look(c);
}
