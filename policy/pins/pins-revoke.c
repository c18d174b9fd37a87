// SPDX-License-Identifier: GPL-2.0-only
/*
 * Under a seal the maps of a policy have no writer but programs, and the one that ends grants can
 * only make them end earlier. So what is left of the others is worked out here, and the kernel
 * takes the earlier of both.
 */
#include <errno.h>
#include <string.h>

#include "ask.h"
#include "grants.h"
#include "pins-revoke.h"
#include "pins.h"
#include "util.h"

/* The place of a grant in the maps. */
struct place_of_grant {
	uint32_t bank, grant, ends;
};

static int find_ends(int fd, const struct bpflock_policy *host, uint32_t row, uint32_t *ret)
{
	struct bpflock_question q = { .what = BPFLOCK_ASK_RULES, .bank = host->bank, .index = row };
	int r;

	*ret = host->ends;
	if (row == 0)
		return 0;
	r = ask(fd, &q);
	if (r <= 0)
		return r < 0 ? r : -ENOENT;
	*ret = q.answer.rules[0].ends;
	return 0;
}

static int find_grant(int fd, const struct bpflock_policy *host, uint32_t id,
		      struct place_of_grant *ret)
{
	CLEANUP(free_charp) char *memory = NULL;
	const struct bpflock_grant *grants;
	void *rows = NULL;
	int n = ask_rows(fd, BPFLOCK_ASK_GRANTS, host->bank, host->n_grants, &rows);

	if (n < 0)
		return n;
	memory = rows;
	grants = rows;
	for (int i = 0; i < n; i++) {
		if (grants[i].id != id)
			continue;
		*ret = (struct place_of_grant){ .bank = host->bank, .grant = i };
		return find_ends(fd, host, grants[i].row, &ret->ends);
	}
	return -ENOENT;
}

static int end_grant(const struct pins *p, int program, const struct bpflock_policy *host,
		     const struct grant *g, const struct policy *without)
{
	struct bpflock_revoking what = { .id = g->id };
	struct place_of_grant at;
	int r = find_grant(p->slots.ask, host, g->id, &at);

	if (r < 0)
		return r;
	what.bank = at.bank;
	what.grant = at.grant;
	what.ends = at.ends;
	grants_ends(without, g->path, &what.until);
	r = ask_run(program, &what, sizeof(what));
	return r > 0 ? -ENOENT : r;
}

static bool has_grant(const struct policy *p, const struct grant *g)
{
	for (size_t i = 0; i < p->n_grants; i++)
		if (p->grants[i].id == g->id)
			return true;
	return false;
}

int pins_revoke(const struct pins *p, const struct policy *policy, const struct policy *without)
{
	CLEANUP(close_fdp) int program = ask_open_program(p->path, "revoke");
	int r = program < 0 ? program : 0;

	for (size_t i = 0; r == 0 && i < policy->n_grants; i++)
		if (!has_grant(without, &policy->grants[i]))
			r = end_grant(p, program, &policy->host, &policy->grants[i], without);
	return r;
}

int pins_revoke_trial(const struct pins *p)
{
	CLEANUP(close_fdp) int program = ask_open_program(p->path, "settle");
	int r = program < 0 ? program : ask_run(program, NULL, 0);

	return r > 0 ? -EPERM : r;
}
