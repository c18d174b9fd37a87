// SPDX-License-Identifier: GPL-2.0-only
/* The verbs grant, revoke and grants handle exceptions that end by themselves. */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <string.h>

#include "clock.h"
#include "ctl-change.h"
#include "ctl-json.h"
#include "ctl-target.h"
#include "grants.h"
#include "json.h"
#include "message.h"
#include "operations.h"
#include "print.h"
#include "quantity.h"
#include "text.h"
#include "verbs.h"

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
		status = ctl_change(
			c, &(struct change){ .edit = add, .data = &new, .how = PINS_WRITE_KEEP });
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
	return ctl_change(c, &(struct change){ .edit = take_back, .how = PINS_WRITE_KEEP, .revokes = true });
}

static void print_left(uint64_t ns)
{
	uint64_t s = ns / 1000000000;
	char text[48];

	if (s >= 86400)
		snprintf(text, sizeof(text), "%" PRIu64 "d %" PRIu64 "h", s / 86400, s / 3600 % 24);
	else if (s >= 3600)
		snprintf(text, sizeof(text), "%" PRIu64 "h %" PRIu64 "min", s / 3600, s / 60 % 60);
	else if (s >= 60)
		snprintf(text, sizeof(text), "%" PRIu64 "min %" PRIu64 "s", s / 60, s % 60);
	else
		snprintf(text, sizeof(text), "%" PRIu64 "s", s);
	printf("%-10s ", text);
}

static void print_text(const struct bpflock_operation *ops, const struct policy *p, uint64_t now)
{
	if (!p->n_grants) {
		puts("No grants.");
		return;
	}
	printf("%4s %-10s %6s %s\n", "ID", "ENDS IN", "BY UID", "TO WHOM, FOR WHAT, WHY");
	for (size_t i = 0; i < p->n_grants; i++) {
		const struct grant *g = &p->grants[i];

		printf("%4u ", g->id);
		print_left(g->expires - now);
		printf("%6u ", g->uid);
		text_puts(stdout, strcmp(g->path, "/") == 0 ? "host" : g->path);
		fputs(": ", stdout);
		print_mask(ops, g->operations, "nothing");
		if (g->note[0])
			fputs(" - ", stdout);
		text_puts(stdout, g->note);
		putchar('\n');
	}
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
