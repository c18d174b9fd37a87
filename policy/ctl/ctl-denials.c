// SPDX-License-Identifier: GPL-2.0-only
/* The verb denials shows the last denials, and how each could be allowed. */
#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "cgroupfs-open.h"
#include "cgroupfs-unit.h"
#include "clock.h"
#include "ctl-json.h"
#include "ctl.h"
#include "denials-journal.h"
#include "denials-print.h"
#include "denials-read.h"
#include "operations.h"
#include "pins-policy.h"
#include "pins-set.h"
#include "quantity.h"
#include "seal.h"
#include "verbs.h"

#define LINES_DEFAULT	10
#define JOURNAL_ENTRIES 2000
#define JOURNAL_ALL	5000

struct state {
	struct pins *pins;	/* owned */
	uint64_t lines;		/* 0: all */
	struct denials denials; /* owned */
	struct policy policy;	/* owned; whole is set */
	bool whole;		/* the policy, the latch and the counters could be read */
	struct bpflock_latch latch;
	struct bpflock_counters counters[BPFLOCK_COUNTERS_MAX];
	uint64_t missing; /* denied, or audited, and not known of here */
	struct denial_facts facts;
	struct denials_print print;
};

static void state_done(struct state *s)
{
	denials_done(&s->denials);
	policy_done(&s->policy);
	s->pins = pins_free(s->pins);
}

/* Members of the group may open the log's pins, and those alone. */
static enum exit_status open_set(const struct ctl *c, struct state *s)
{
	struct pins *p = NULL;
	char name[PINS_NAME_LEN];
	int r;

	pins_set_deciding(c->bpffs, name);
	r = pins_open(c->bpffs, name, &p);
	if (r == -EACCES || r == -EPERM)
		r = pins_open_log(c->bpffs, name, &p);
	if (r == PINS_OK) {
		s->pins = p;
		return STATUS_OK;
	}
	pins_free(p);
	return ctl_open(c, &s->pins);
}

static void read_policy(struct state *s)
{
	bool sealed = s->pins->slots.ask >= 0;

	if (!sealed && s->pins->counters_fd < 0)
		return;
	s->whole = pins_policy_read(s->pins, &s->policy, NULL) == 0 &&
		   pins_read_latch(s->pins, &s->latch) == 0 &&
		   pins_read_counters(s->pins, s->counters) == 0;
}

static void find_facts(struct state *s)
{
	const struct bpflock_operation *ops = s->pins->stamp.operations;
	struct bpflock_log_state state = {};

	s->facts = (struct denial_facts){
		.policy = s->whole ? &s->policy : NULL,
		.latched = s->latch.operations,
		.lockdown = securityfs_lockdown_denies(ctl_kernel_lockdown(), ops),
		.named = ~operations_unnamed(ops),
		.now = clock_boottime(),
		.host_netns = s->pins->stamp.host_netns,
		.sealed = s->pins->slots.sealed || s->pins->slots.ask >= 0,
	};
	pins_read_log_state(s->pins, &state);
	s->print = (struct denials_print){
		.ops = ops,
		.offset = clock_offset(state.wall),
		.policy = s->facts.policy,
		.latch = s->whole ? &s->latch : NULL,
	};
}

static uint64_t counted(const struct state *s)
{
	uint64_t sum = 0;

	for (uint32_t by = 0; by < _BPFLOCK_BY_MAX; by++)
		for (uint32_t i = 0; i < BPFLOCK_REASONS; i++) {
			const struct bpflock_counters *c = &s->counters[BPFLOCK_COUNTERS_OF(by, i)];

			sum += c->verdicts[BPFLOCK_VERDICT_DENY] +
			       c->verdicts[BPFLOCK_VERDICT_AUDIT];
		}
	return sum;
}

static void count_missing(struct state *s)
{
	uint64_t known = denials_count(&s->denials, BPFLOCK_VERDICT_DENY) +
			 denials_count(&s->denials, BPFLOCK_VERDICT_AUDIT);
	uint64_t all = s->whole ? counted(s) : 0;

	s->missing = all > known ? all - known : 0;
}

static bool some_cgroup_is_gone(const struct denials *d)
{
	for (size_t i = 0; i < d->n; i++)
		if (!d->items[i].cgroup || (d->items[i].rule_cgroup && !d->items[i].rule))
			return true;
	return false;
}

/* Returns whether the journal may know more: also of a set that was loaded before this one. */
static bool is_not_enough(const struct state *s)
{
	return !s->lines || s->denials.n < s->lines || s->missing || !s->whole ||
	       some_cgroup_is_gone(&s->denials);
}

/* The journal knows what the ring has no more, and the names of cgroups that are gone. */
static enum exit_status collect(struct state *s)
{
	int r = denials_read(s->pins, false, &s->denials);

	if (r < 0)
		return ctl_failed("read the records", r);
	read_policy(s);
	denials_read_names(&s->denials);
	count_missing(s);
	if (is_not_enough(s)) {
		r = denials_journal_read(s->pins->stamp.operations,
					 s->lines ? JOURNAL_ENTRIES : JOURNAL_ALL, &s->denials);
		if (r == -ENOMEM)
			return ctl_failed("read the journal", r);
		denials_unite(&s->denials);
		denials_read_names(&s->denials);
		count_missing(s);
	}
	denials_merge(&s->denials);
	find_facts(s);
	return STATUS_OK;
}

/* Returns whether `grant --unit` will take the unit; each is looked up once in a row. */
static bool unit_is_found(const char *unit)
{
	static char last[BPFLOCK_NAME_MAX + 1];
	static bool found;
	CLEANUP(close_fdp) int root = -1;
	CLEANUP(free_charp) char *path = NULL;
	bool exists;

	if (!unit)
		return false;
	if (strcmp(unit, last) == 0)
		return found;
	root = cgroupfs_open();
	found = root >= 0 && cgroupfs_unit_find(root, unit, &path, &exists) == CGROUPFS_UNIT_FOUND;
	snprintf(last, sizeof(last), "%s", unit);
	return found;
}

static struct denial_advice advise(struct state *s, const struct denial *d)
{
	s->facts.unit_found = unit_is_found(d->unit);
	return denial_cure(d, &s->facts);
}

static size_t shown(const struct state *s)
{
	return s->lines && s->lines < s->denials.n ? s->lines : s->denials.n;
}

static void print_json(struct state *s)
{
	char since[CLOCK_UTC_LEN];
	struct json j = ctl_json();

	clock_utc((int64_t)s->pins->stamp.loaded + s->print.offset, since);
	json_string(&j, "loaded", since);
	if (s->whole)
		json_u64(&j, "missing", s->missing);
	else
		json_null(&j, "missing");
	json_u64(&j, "older", s->denials.n - shown(s));
	json_open(&j, "denials", '[');
	for (size_t i = 0; i < shown(s); i++) {
		struct denial_advice a = advise(s, &s->denials.items[i]);

		denials_print_json(&s->print, &j, &s->denials.items[i], &a);
	}
	json_close(&j, ']');
	json_end(&j);
}

static void print_none(const struct state *s)
{
	char day[CLOCK_DAY_LEN], hour[CLOCK_HOUR_LEN];

	clock_local((int64_t)s->pins->stamp.loaded + s->print.offset, day, hour);
	printf("no denials%s since bpflock was loaded, %s %s\n", s->missing ? " with a record" : "",
	       day, hour);
}

/* Counts those that were not printed. */
static void print_rest(const struct state *s)
{
	if (shown(s) < s->denials.n)
		printf("%zu older ones are not shown: " CTL_PROGRAM " denials --lines 0\n",
		       s->denials.n - shown(s));
	if (s->missing)
		printf("counted without a record here or in the journal: %" PRIu64 "\n",
		       s->missing);
}

static void print_all(struct state *s)
{
	char day[CLOCK_DAY_LEN] = "";

	for (size_t i = 0; i < shown(s); i++) {
		struct denial_advice a = advise(s, &s->denials.items[i]);

		denials_print_text(&s->print, &s->denials.items[i], &a, day);
	}
	if (!s->denials.n)
		print_none(s);
	print_rest(s);
}

enum exit_status ctl_denials(const struct ctl *c)
{
	struct state s = { .lines = LINES_DEFAULT };
	enum exit_status status;

	if (c->options[CTL_LINES] &&
	    !quantity_number(c->options[CTL_LINES], UINT32_MAX, &s.lines)) {
		ctl_error("--lines: \"%s\" is not a number: use 10, or 0 for all",
			  c->options[CTL_LINES]);
		return STATUS_USAGE;
	}
	status = open_set(c, &s);
	if (status == STATUS_OK)
		status = collect(&s);
	if (status == STATUS_OK && c->json)
		print_json(&s);
	else if (status == STATUS_OK)
		print_all(&s);
	state_done(&s);
	return status;
}
