// SPDX-License-Identifier: GPL-2.0-only
/* The verbs grant, revoke and grants handle exceptions that end by themselves. */
#include <errno.h>
#include <fcntl.h>
#include <string.h>

#include "clock.h"
#include "ctl-change.h"
#include "ctl-json.h"
#include "ctl-target.h"
#include "grants.h"
#include "json.h"
#include "message.h"
#include "operations.h"
#include "quantity.h"
#include "table.h"
#include "text.h"
#include "verbs.h"

#define MINUTE (60 * NS_PER_S)
#define HOUR   (60 * MINUTE)
#define DAY    (24 * HOUR)

struct new_grant {
	char *path;
	uint64_t duration; /* ns */
};

/* Whom sudo or su has made root, where they tell. */
static uint32_t who(void)
{
	CLEANUP(free_charp) char *text = NULL;
	uint64_t uid;
	size_t len;

	/* UINT32_MAX: not set, for whoever did not log in */
	if (text_read_file(AT_FDCWD, "/proc/self/loginuid", 64, &text, &len) == 0 &&
	    quantity_number(text, UINT32_MAX - 1, &uid))
		return uid;
	return getuid();
}

static void add(const struct ctl *c, const struct bpflock_operation *ops, struct policy *p,
		bool words, struct diagnostics *d, void *data)
{
	const struct new_grant *new = data;
	const char *comment = c->options[CTL_COMMENT];
	uint64_t mask = 0, now = clock_boottime();

	for (int i = 0; i < c->n; i++) {
		struct place at = { "grant", 0, 1 };

		operations_parse_list(ops, c->operands[i], &at, &mask, d);
	}
	if (comment && strlen(comment) >= BPFLOCK_NOTE_LEN)
		diagnostic_error(d, NULL, "--comment: longer than %d bytes", BPFLOCK_NOTE_LEN - 1);
	if (d->errors)
		return;
	if (!mask)
		diagnostic_error(d, NULL, "grant: this kernel has none of these operations");
	else if (!grants_renew(p, new->path, mask, now, now + new->duration, who(), comment))
		diagnostic_error(d, NULL, "out of memory");
}

enum exit_status ctl_grant(const struct ctl *c)
{
	struct new_grant new = {};
	enum exit_status status = STATUS_USAGE;

	if (!c->options[CTL_FOR])
		ctl_error("grant: --for TIME is missing: use --for 10m" MESSAGE_UNCHANGED);
	else if (!ctl_target_given(c))
		ctl_error("grant: no target: use --cgroup PATH, --unit NAME, --pid N, --self or "
			  "--host" MESSAGE_UNCHANGED);
	else if (ctl_duration(c, &new.duration))
		status = ctl_target(c, false, &new.path);
	if (status == STATUS_OK)
		status = ctl_change(c, &(struct change){ .edit = add,
							 .data = &new,
							 .about = new.path,
							 .how = PINS_WRITE_KEEP });
	free(new.path);
	return status;
}

static bool delete_id(struct policy *p, uint32_t id)
{
	const struct grant *g = grants_by_id(p, id);

	if (g)
		grants_delete(p, g - p->grants);
	return g;
}

static void take_back(const struct ctl *c, const struct bpflock_operation *ops, struct policy *p,
		      bool words, struct diagnostics *d, void *data)
{
	while (c->options[CTL_ALL] && p->n_grants)
		grants_delete(p, p->n_grants - 1);
	for (int i = 0; i < c->n; i++) {
		uint64_t id;

		if (!quantity_number(c->operands[i], UINT32_MAX, &id))
			diagnostic_error(d, NULL,
					 "\"%s\" is not the number of a grant: see " CTL_PROGRAM
					 " grants",
					 c->operands[i]);
		else if (!delete_id(p, id) && !words)
			diagnostic_error(d, NULL,
					 "grant %s does not exist or has ended: see " CTL_PROGRAM
					 " grants",
					 c->operands[i]);
	}
}

enum exit_status ctl_revoke(const struct ctl *c)
{
	if ((c->n == 0) == !c->options[CTL_ALL]) {
		ctl_error("revoke: expected the numbers of grants" MESSAGE_UNCHANGED);
		ctl_hint(CTL_PROGRAM " grants");
		return STATUS_USAGE;
	}
	return ctl_change(c, &(struct change){ .edit = take_back,
					       .about = "/",
					       .how = PINS_WRITE_KEEP,
					       .revokes = true });
}

/* Adds the time that is left, in its two largest units. */
static void add_left(struct table *t, uint64_t ns)
{
	uint64_t unit = ns >= DAY ? HOUR : ns >= HOUR ? MINUTE : NS_PER_S;
	char text[QUANTITY_LEN];

	quantity_print_duration(ns / unit * unit, text);
	table_add(t, text);
}

static void print_text(const struct bpflock_operation *ops, const struct policy *p, uint64_t now)
{
	static const struct table_column columns[] = {
		{ "ID", TABLE_NUMBER },	  { "LEFT", TABLE_TEXT },	 { "UID", TABLE_NUMBER },
		{ "CGROUP", TABLE_PATH }, { "OPERATIONS", TABLE_WORDS }, { "COMMENT", TABLE_WORDS },
	};
	CLEANUP(table_freep) struct table *t = table_new(columns, ARRAY_SIZE(columns));

	if (!p->n_grants) {
		puts("No grants.");
		return;
	}
	for (size_t i = 0; i < p->n_grants; i++) {
		const struct grant *g = &p->grants[i];
		CLEANUP(free_charp) char *operations = operations_text(ops, g->operations);

		table_addf(t, "%u", g->id);
		add_left(t, g->expires - now);
		table_addf(t, "%u", g->uid);
		table_add(t, g->path[1] ? g->path : "(host)");
		table_add(t, operations ?: "?");
		table_add(t, g->note);
	}
	table_print(t, stdout);
}

enum exit_status ctl_grants(const struct ctl *c)
{
	CLEANUP(pins_freep) struct pins *pins = NULL;
	CLEANUP(policy_done) struct policy p = {};
	enum exit_status status = ctl_open_policy(c, &pins, &p);
	uint64_t now;

	if (status != STATUS_OK)
		return status;
	now = clock_boottime();
	grants_forget_ended(&p, now);
	if (c->json) {
		struct json j = ctl_json();

		json_u64(&j, "generation", p.host.generation);
		ctl_json_grants(&j, pins->stamp.operations, &p, now);
		json_end(&j);
	} else {
		print_text(pins->stamp.operations, &p, now);
	}
	return STATUS_OK;
}
