// SPDX-License-Identifier: GPL-2.0-only
/* The verbs set, block and allow change the host's rule set. */
#include <string.h>

#include "cmdline.h"
#include "ctl-change.h"
#include "operations.h"
#include "ruleset.h"
#include "verbs.h"

static void set(const struct ctl *c, const struct bpflock_operation *ops, struct policy *p,
		bool words, struct diagnostics *d, void *data)
{
	bool seen[_BPFLOCK_SETTING_MAX] = {};
	enum cmdline_override override;

	p->host.refused = (struct bpflock_refused){};
	for (int i = 0; i < c->n; i++)
		ctl_assign(&p->host, ops, c->operands[i], true, seen, CTL_PROGRAM " set", d);
	if (seen[BPFLOCK_SETTING_MODE] && p->host.rules.mode != BPFLOCK_MODE_AUDIT &&
	    cmdline_read(&override) == 0 && override == CMDLINE_AUDIT)
		diagnostic_error(d, NULL,
				 "bpflock=audit on the kernel command line keeps the mode at audit "
				 "until a boot without it");
}

enum exit_status ctl_set(const struct ctl *c)
{
	return ctl_change(c, &(struct change){ .edit = set, .about = "/", .how = PINS_WRITE_KEEP });
}

/* Puts operations on one list, and takes them off the other: a change of mind is no conflict. */
static void move(const struct ctl *c, const struct bpflock_operation *ops, struct policy *p,
		 struct diagnostics *d, bool block)
{
	struct bpflock_ruleset *r = &p->host.rules;
	__u64 *to = block ? &r->block : &r->allow, *from = block ? &r->allow : &r->block;
	uint64_t mask = 0;

	p->host.refused = (struct bpflock_refused){};
	for (int i = 0; i < c->n; i++) {
		struct place at = { c->verb, 0, 1 };

		operations_parse_list(ops, c->operands[i], &at, &mask, d);
	}
	if (d->errors || (mask & ~*to) == 0)
		return;
	if (mask & *from)
		ruleset_set_source(&p->host,
				   block ? BPFLOCK_SETTING_ALLOW : BPFLOCK_SETTING_BLOCK,
				   block ? CTL_PROGRAM " block" : CTL_PROGRAM " allow");
	ruleset_set_source(&p->host, block ? BPFLOCK_SETTING_BLOCK : BPFLOCK_SETTING_ALLOW,
			   block ? CTL_PROGRAM " block" : CTL_PROGRAM " allow");
	*to |= mask;
	*from &= ~mask;
}

static void block(const struct ctl *c, const struct bpflock_operation *ops, struct policy *p,
		  bool words, struct diagnostics *d, void *data)
{
	move(c, ops, p, d, true);
}

static void allow(const struct ctl *c, const struct bpflock_operation *ops, struct policy *p,
		  bool words, struct diagnostics *d, void *data)
{
	move(c, ops, p, d, false);
}

enum exit_status ctl_block(const struct ctl *c)
{
	return ctl_change(c, &(struct change){ .edit = block, .about = "/", .how = PINS_WRITE_KEEP });
}

enum exit_status ctl_allow(const struct ctl *c)
{
	return ctl_change(c, &(struct change){ .edit = allow, .about = "/", .how = PINS_WRITE_KEEP });
}
