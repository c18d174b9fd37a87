// SPDX-License-Identifier: GPL-2.0-only
/*
 * The verb replay compares recorded decisions with those of another policy. The log is only looked
 * at, also in the ring, and nothing is tried.
 */
#include <errno.h>
#include <string.h>
#include <sys/utsname.h>

#include "bypass.h"
#include "ctl-logs.h"
#include "ctl-source.h"
#include "ctl.h"
#include "diagnostic.h"
#include "log-snapshot.h"
#include "preflight.h"
#include "progress.h"
#include "quantity.h"
#include "recorded-event.h"
#include "replay-report.h"
#include "replay.h"
#include "verbs.h"

#define LOGS_MAX 64
#define STEP	 256 /* records between two looks at the clock */

/* One run, with everything that it reads. */
struct run {
	const struct ctl *ctl;
	struct ctl_source source;
	struct policy policy;
	struct replay replay;
	struct bpflock_operation ops[BPFLOCK_REASONS];
	uint32_t host_netns; /* of the ring's kernel */
	struct ctl_log logs[LOGS_MAX];
	size_t n_logs; /* 0: the ring */
	struct recorded record; /* the one that is looked at */
	struct utsname machine;
	uint64_t taken; /* records */
};

static void run_done(struct run *r)
{
	replay_done(&r->replay);
	policy_done(&r->policy);
	ctl_source_done(&r->source);
}

/* Reads and compiles the candidate, whoever owns its file. */
static bool read_policy(struct run *r)
{
	CLEANUP(config_files_done) struct config_files files = {};
	CLEANUP(diagnostics_done) struct diagnostics d = DIAGNOSTICS_INIT;
	uint64_t netns = 0;
	const char *option = r->ctl->options[CTL_HOST_NETNS];

	if (option && (!quantity_number(option, UINT32_MAX, &netns) || !netns))
		diagnostic_error(&d, NULL,
				 "--host-netns: \"%s\" is not the number of a namespace: use that of "
				 "/proc/1/ns/net",
				 option);
	ctl_source_read(&r->source, r->ops, CONFIG_TRUST_ANYBODY, &r->policy, &files, &d);
	if (!d.errors && policy_compile(&r->policy, r->ops, &d) &&
	    replay_begin(&r->replay, &r->policy, r->ops) < 0)
		diagnostic_error(&d, NULL, "out of memory");
	r->replay.host_netns = netns;
	ctl_diagnostics(&d);
	return !d.errors;
}

/* Records without the name of their machine have that of their file. */
static int take(void *arg, const char *name, struct recorded *record)
{
	struct run *r = arg;

	if (!record->machine[0])
		snprintf(record->machine, sizeof(record->machine), "%s", name);
	if (++r->taken % STEP == 0)
		progress_count(r->taken, "records");
	return replay_take(&r->replay, record);
}

/* Logs may be of other machines: this kernel's operations are only some of theirs. */
static void find_operations(struct run *r)
{
	CLEANUP(preflight_done) struct preflight pf;

	preflight_init(&pf, r->ctl->bpffs);
	if (!preflight_operations(&pf))
		bypass_assume_levels(pf.operations);
	memcpy(r->ops, pf.operations, sizeof(r->ops));
	replay_operations(r->ops);
}

static enum exit_status replay_logs(struct run *r)
{
	CLEANUP(diagnostics_done) struct diagnostics d = DIAGNOSTICS_INIT;

	find_operations(r);
	if (!read_policy(r))
		return STATUS_USAGE;
	for (size_t i = 0; i < r->n_logs; i++)
		ctl_logs_read(r->ctl->operands[1 + i], &r->record, take, r, &r->logs[i], &d);
	ctl_diagnostics(&d);
	return d.errors ? STATUS_USAGE : STATUS_OK;
}

static int take_event(void *arg, const struct event *e, const char *path,
		      const char *rule_path __attribute__((unused)))
{
	struct run *r = arg;

	recorded_of_event(&r->record, e, path, r->ops, r->host_netns);
	return take(r, r->machine.nodename, &r->record);
}

static enum exit_status replay_ring(struct run *r)
{
	CLEANUP(pins_freep) struct pins *pins = NULL;
	enum exit_status status = ctl_open(r->ctl, &pins);
	int n;

	if (status != STATUS_OK)
		return status;
	memcpy(r->ops, pins->stamp.operations, sizeof(r->ops));
	r->host_netns = pins->stamp.host_netns;
	if (!read_policy(r))
		return STATUS_USAGE;
	n = log_snapshot_read(pins, take_event, r);
	return n < 0 ? ctl_failed("read the records", n) : STATUS_OK;
}

/* A log may be long, or come from a pipe. */
static enum exit_status read_records(struct run *r)
{
	enum exit_status status;

	ctl_progress(r->ctl, CTL_PROGRAM ": replay", PROGRESS_AFTER_MS);
	status = r->n_logs ? replay_logs(r) : replay_ring(r);
	progress_end();
	return status;
}

static void report(struct run *r)
{
	const struct replay_report all = {
		.replay = &r->replay,
		.policy = r->ctl->operands[0],
		.logs = r->logs,
		.n = r->n_logs,
	};

	replay_finish(&r->replay);
	if (r->ctl->json)
		replay_report_print_json(&all);
	else
		replay_report_print(&all);
}

/* Checks the command line, and reads the policy if it comes from standard input. */
static bool begin(struct run *r)
{
	CLEANUP(diagnostics_done) struct diagnostics d = DIAGNOSTICS_INIT;
	const struct ctl *c = r->ctl;
	int dashes = 0;

	for (int i = 0; i < c->n; i++)
		dashes += strcmp(c->operands[i], "-") == 0;
	if (dashes > 1)
		diagnostic_error(&d, NULL, "replay: standard input (-) can be given once");
	else
		ctl_source(c, &r->source, &d);
	uname(&r->machine);
	policy_init(&r->policy);
	ctl_diagnostics(&d);
	return !d.errors;
}

enum exit_status ctl_replay(const struct ctl *c)
{
	CLEANUP(run_done) struct run r = { .ctl = c, .n_logs = c->n - 1 };
	enum exit_status status = STATUS_USAGE;

	if (begin(&r))
		status = read_records(&r);
	if (status != STATUS_OK)
		return status;
	report(&r);
	/* what is not known may change, so a script that goes on with 0 must not */
	if (c->options[CTL_EXIT_CODE] &&
	    (replay_changed(&r.replay.total) || replay_unknown(&r.replay.total)))
		return STATUS_FAILED;
	return STATUS_OK;
}
