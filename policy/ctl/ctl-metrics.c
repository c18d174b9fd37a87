// SPDX-License-Identifier: GPL-2.0-only
/*
 * The verb metrics prints the status for Prometheus. It proves nothing, therefore a scrape leaves
 * no decision behind.
 */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/utsname.h>

#include "analysis.h"
#include "clock.h"
#include "ctl.h"
#include "diagnostic.h"
#include "loaded-state.h"
#include "looser.h"
#include "metrics.h"
#include "proc.h"
#include "replace.h"
#include "ring-budget.h"
#include "ring.h"
#include "seal.h"
#include "text.h"
#include "util.h"
#include "verbs.h"
#include "version.h"

#define EXTENSION ".prom" /* node_exporter reads no others */
#define FILE_MODE 0644	  /* it is not root */

struct call {
	enum metrics_format format;
	const char *file; /* NULL: standard output */
};

static bool find_format(const char *word, enum metrics_format *ret)
{
	for (size_t i = 0; i < _METRICS_FORMAT_MAX; i++) {
		if (strcmp(word, metrics_formats[i]) != 0)
			continue;
		*ret = i;
		return true;
	}
	return false;
}

static bool has_extension(const char *path)
{
	size_t len = strlen(path), n = sizeof(EXTENSION) - 1;

	return len > n && path[len - n - 1] != '/' && strcmp(path + len - n, EXTENSION) == 0;
}

static bool understand(const struct ctl *c, struct call *ret)
{
	CLEANUP(diagnostics_done) struct diagnostics d = DIAGNOSTICS_INIT;
	const char *format = c->options[CTL_FORMAT], *file = c->options[CTL_TEXTFILE];

	*ret = (struct call){ file ? METRICS_PROMETHEUS : METRICS_OPENMETRICS, file };
	if (format && !find_format(format, &ret->format))
		diagnostic_error(&d, NULL,
				 "--format: unknown format \"%s\": use openmetrics or prometheus",
				 format);
	if (file && ret->format != METRICS_PROMETHEUS)
		diagnostic_error(
			&d, NULL,
			"--textfile: node_exporter cannot read OpenMetrics: leave --format out");
	if (file && !has_extension(file))
		diagnostic_error(&d, NULL,
				 "--textfile: \"%s\" does not end in " EXTENSION
				 ", as node_exporter expects",
				 file);
	ctl_diagnostics(&d);
	return !d.errors;
}

/* When the machine was booted, seconds since 1970, 0 if unknown: in a time namespace /proc/stat
 * shifts that too. */
static uint64_t boot_time(void)
{
	CLEANUP(free_charp) char *text = NULL;
	uint64_t seconds;

	/* a line with all interrupts of a large machine comes before */
	if (text_read_file(AT_FDCWD, "/proc/stat", 4 << 20, &text, NULL) < 0)
		return 0;
	seconds = proc_boot_time(text);
	return seconds ? seconds + clock_shift() / NS_PER_S : 0;
}

/* The contents of the ring, by class: the kernel limits each class by them. */
static int gather_ring(const struct loaded_state *r, struct metrics *m)
{
	uint32_t budgets[_BPFLOCK_CLASS_MAX];
	struct bpflock_log_state log;
	struct bpflock_reader_state reader;
	struct ring ring;
	int e = ring_open(r->pins->path, false, &ring);

	if (e < 0)
		return e;
	m->ring_size = ring.size;
	/* in this order, or somebody who reads meanwhile makes it less than nothing */
	m->ring_used = ring_consumer(&ring);
	m->ring_used = ring_producer(&ring) - m->ring_used;
	ring_close(&ring);
	if (m->ring_used > m->ring_size)
		m->ring_used = m->ring_size;
	e = pins_read_reader_state(r->pins, &reader);
	if (e == 0)
		e = pins_read_log_state(r->pins, &log);
	if (e < 0)
		return e;
	ring_budget(&r->policy.host, r->pins->slots.ask >= 0, budgets);
	for (size_t i = 0; i < _BPFLOCK_CLASS_MAX; i++) {
		uint64_t used = log.produced[i] - reader.consumed[i];

		/* a reader that does not tell makes it more than there is */
		m->class_used[i] = used < m->ring_used ? used : m->ring_used;
		m->class_size[i] = budgets[i];
	}
	return 0;
}

/*
 * Kernel helpers are left out: whether a process can aim one takes a look at each, which the unit that
 * writes the metrics is not allowed.
 */
static int gather_exposure(const struct loaded_state *r, struct metrics *m)
{
	struct utsname machine;
	CLEANUP(analysis_done) struct analysis a = {
		.ops = r->pins->stamp.operations,
		.policy = &r->policy,
		.machine = machine.machine,
		.enforced = m->enforcing,
		.attached = r->attached,
		.kernel_denies = securityfs_lockdown_denies(r->lockdown, r->pins->stamp.operations),
		.now = clock_boottime(),
	};
	int e = uname(&machine) < 0 ? -errno : analysis_run(&a);

	if (e == 0 && a.subjects)
		memcpy(m->exposure, a.subjects[0].exposure, sizeof(m->exposure));
	return e;
}

static int gather_loaded(const struct loaded_state *r, struct metrics *m)
{
	uint64_t now = clock_boottime();
	enum proof proof;
	int e = gather_ring(r, m);

	if (e < 0)
		return e;
	m->up = 1;
	/* where asking proves nothing, signs are still signs */
	proof = r->proof == PROOF_IMPOSSIBLE ? proof_by_signs() : r->proof;
	m->known |= METRICS_POLICY | (proof == PROOF_UNKNOWN ? 0 : METRICS_ENFORCING);
	m->enforcing = r->attached && proof != PROOF_SILENT;
	m->refused = r->policy.host.refused.time != 0;
	m->looser = looser_count(&r->policy.host);
	m->loader_version = r->pins->stamp.build;
	m->pin_format = r->pins->stamp.abi;
	m->policy = &r->policy.host;
	m->operations = r->pins->stamp.operations;
	m->counters = r->counters;
	m->kernel_lockdown = securityfs_lockdown_name(r->lockdown);
	m->sealed = r->sealed == SEAL_CLOSED;
	m->seal_proven = m->sealed && !r->seal_why[0];
	m->latched = r->latch.operations;
	m->generation = r->policy.host.generation;
	m->loaded_at = boot_time();
	if (m->loaded_at) {
		m->known |= METRICS_BOOT;
		m->loaded_at += r->pins->stamp.loaded / NS_PER_S;
	}
	m->trial = r->state.trial;
	m->reverted = r->state.reverted;
	m->cgroups = r->policy.n_rules;
	m->skipped = r->skipped;
	for (size_t i = 0; i < r->policy.n_grants; i++)
		m->grants += r->policy.grants[i].expires > now;
	return gather_exposure(r, m);
}

/* Not loaded is no error here: it is what somebody wants to be told. */
static enum exit_status gather(const struct ctl *c, struct loaded_state *r, struct metrics *m)
{
	enum exit_status status = loaded_state_look(c, r, c->options[CTL_PROBE] != NULL);
	int e;

	if (status != STATUS_OK)
		return status;
	m->protection = loaded_state_protection(r);
	m->degraded = protections[m->protection].status == STATUS_DEGRADED;
	m->loaded = r->pins != NULL;
	m->attached = r->attached;
	if (!r->pins)
		m->known |= METRICS_ENFORCING;
	if (!r->pins || r->outcome != PINS_OK)
		return STATUS_OK;
	e = gather_loaded(r, m);
	return e < 0 ? ctl_failed("read the pinned maps", e) : STATUS_OK;
}

static enum exit_status write_file(const char *path, enum metrics_format format,
				   const struct metrics *m)
{
	CLEANUP(free_charp) char *text = NULL;
	size_t len = 0;
	FILE *f = open_memstream(&text, &len);
	int r = -ENOMEM;

	if (f) {
		metrics_write(f, format, m);
		if (fclose(f) == 0)
			r = replace_file(path, text, len, FILE_MODE);
	}
	if (r == 0)
		return STATUS_OK;
	ctl_error("%s: cannot write: %s%s", path, replace_error(r),
		  r == -ENOENT ? " (packages of node_exporter create the directory)" : "");
	if (r == -EACCES && geteuid() != 0)
		ctl_hint("run it as root");
	return r == -EACCES || r == -EPERM ? STATUS_NOT_PERMITTED : STATUS_FAILED;
}

enum exit_status ctl_metrics(const struct ctl *c)
{
	struct metrics m = { .tool_version = BPFLOCK_VERSION, .collected = clock_realtime() / NS_PER_S };
	struct loaded_state r = LOADED_STATE_INIT;
	enum exit_status status;
	struct call call;

	if (!understand(c, &call))
		return STATUS_USAGE;
	status = gather(c, &r, &m);
	if (status == STATUS_OK && call.file)
		status = write_file(call.file, call.format, &m);
	else if (status == STATUS_OK)
		metrics_write(stdout, call.format, &m);
	loaded_state_done(&r);
	return status;
}
