// SPDX-License-Identifier: GPL-2.0-only
/*
 * The verb replay compares recorded decisions with those of another policy. The log is only looked
 * at, also in the ring, and nothing is tried.
 */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/utsname.h>

#include "bypass.h"
#include "ctl-source.h"
#include "ctl.h"
#include "diagnostic.h"
#include "log-snapshot.h"
#include "preflight.h"
#include "quantity.h"
#include "recorded-event.h"
#include "recorded-file.h"
#include "replay-report.h"
#include "replay.h"
#include "verbs.h"

#define LOGS_MAX 64

/* One run, with everything that it reads. */
struct run {
	const struct ctl *ctl;
	struct ctl_source source;
	struct policy policy;
	struct replay replay;
	struct bpflock_operation ops[BPFLOCK_REASONS];
	uint32_t host_netns; /* of the ring's kernel */
	struct replay_log logs[LOGS_MAX];
	size_t n_logs; /* 0: the ring */
	struct recorded record; /* the one that is looked at */
	struct utsname machine;
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

static int open_log(const char *name)
{
	int fd = strcmp(name, "-") == 0 ? fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 0) :
					  open(name, O_RDONLY | O_CLOEXEC | O_NOCTTY);

	return fd < 0 ? -errno : fd;
}

/* Records without the name of their machine have that of their file. */
static int take(struct run *r, const char *name)
{
	if (!r->record.machine[0])
		snprintf(r->record.machine, sizeof(r->record.machine), "%s", name);
	return replay_take(&r->replay, &r->record);
}

static int read_entries(struct run *r, int fd, struct replay_log *log)
{
	CLEANUP(recorded_file_done) struct recorded_file file;
	int n = recorded_file_init(&file, fd);

	while (n == 0 && (n = recorded_file_next(&file, &r->record)) > 0) {
		if (n == RECORDED_FILE_FAULT && !log->unreadable++) {
			log->line = file.entry_line;
			log->fault = file.fault;
		}
		log->records += n == RECORDED_FILE_RECORD;
		n = n == RECORDED_FILE_RECORD ? take(r, log->name) : 0;
	}
	return n;
}

/* Says what is wrong with a log that was read. Nothing of bpflock in it is an error, a part is not. */
static void judge(const struct replay_log *log, struct diagnostics *d)
{
	const struct place at = { log->name, log->line, 0 };

	if (log->unreadable)
		(log->records ? diagnostic_warning : diagnostic_error)(
			d, &at, "not a record: %s (one of %llu that cannot be read)", log->fault,
			(unsigned long long)log->unreadable);
	else if (!log->records)
		diagnostic_error(d, &(struct place){ .source = log->name },
				 "it holds no record of bpflock-log: use its formats json, logfmt or "
				 "journal");
}

static void read_log(struct run *r, const char *name, struct replay_log *log, struct diagnostics *d)
{
	CLEANUP(close_fdp) int fd = open_log(name);
	int n = fd;

	*log = (struct replay_log){ .name = strcmp(name, "-") == 0 ? "stdin" : name };
	if (fd >= 0)
		n = read_entries(r, fd, log);
	if (n < 0)
		diagnostic_error(d, &(struct place){ .source = log->name }, "cannot read it: %s",
				 strerror(-n));
	else
		judge(log, d);
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
		read_log(r, r->ctl->operands[1 + i], &r->logs[i], &d);
	ctl_diagnostics(&d);
	return d.errors ? STATUS_USAGE : STATUS_OK;
}

static int take_event(void *arg, const struct event *e, const char *path,
		      const char *rule_path __attribute__((unused)))
{
	struct run *r = arg;

	recorded_of_event(&r->record, e, path, r->ops, r->host_netns);
	return take(r, r->machine.nodename);
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
		status = r.n_logs ? replay_logs(&r) : replay_ring(&r);
	if (status != STATUS_OK)
		return status;
	report(&r);
	/* what is not known may change, so a script that goes on with 0 must not */
	if (c->options[CTL_EXIT_CODE] &&
	    (replay_changed(&r.replay.total) || replay_unknown(&r.replay.total)))
		return STATUS_FAILED;
	return STATUS_OK;
}
