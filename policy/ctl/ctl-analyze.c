// SPDX-License-Identifier: GPL-2.0-only
/* The verb analyze shows the denied operations that open ones lead around, and the exposure. */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/utsname.h>

#include "analysis.h"
#include "analyze-dot.h"
#include "analyze-text.h"
#include "bypass.h"
#include "clock.h"
#include "config-files.h"
#include "ctl-json.h"
#include "ctl-source.h"
#include "helpers-read.h"
#include "helpers.h"
#include "json.h"
#include "operations.h"
#include "pins-set.h"
#include "proof.h"
#include "preflight.h"
#include "quantity.h"
#include "verbs.h"

static const char *const places[_ANALYSIS_PLACES] = { "host", "elsewhere" };

static const struct analysis_subject *host(const struct analysis *a)
{
	return &a->subjects[0];
}

static void json_tenths(struct json *j, const char *key, unsigned int percent)
{
	json_u64(j, key, percent / 10);
	fprintf(j->f, ".%u", percent % 10);
}

static void json_exposure(struct json *j, const struct analysis_subject *s)
{
	json_open(j, "exposure", '{');
	for (int p = 0; p < _ANALYSIS_PLACES; p++)
		json_tenths(j, places[p], s->exposure[p]);
	json_close(j, '}');
	json_open(j, "exposure_word", '{');
	for (int p = 0; p < _ANALYSIS_PLACES; p++)
		json_string(j, places[p], bypass_word(s->exposure[p]));
	json_close(j, '}');
}

static void json_operation(struct json *j, const struct analysis *a, uint32_t reason)
{
	const struct bypass_fact *f = bypass_fact(&a->ops[reason]);

	json_open(j, NULL, '{');
	json_string(j, "name", a->ops[reason].name);
	json_string(j, "decision", analysis_decision(a, reason));
	json_bool(j, "kernel_lockdown_denies", a->kernel_denies & (1ULL << reason));
	json_bool(j, "applicable", a->applicable & (1ULL << reason));
	json_open(j, "gives", '[');
	for (size_t i = 0; i < _POWER_MAX; i++)
		if (f->powers & (1U << i))
			json_string(j, NULL, bypass_powers[i].name);
	json_close(j, ']');
	json_string(j, "how", f->how);
	json_open(j, "bypassed_through", '{');
	for (int p = 0; p < _ANALYSIS_PLACES; p++)
		operations_json(j, places[p], a->ops, analysis_ways(a, host(a), p, reason));
	json_close(j, '}');
	json_close(j, '}');
}

static void json_rule_set(struct json *j, const struct analysis *a,
			  const struct analysis_subject *s)
{
	json_open(j, NULL, '{');
	json_string(j, "path", s->path);
	json_exposure(j, s);
	json_open(j, "open", '{');
	for (int p = 0; p < _ANALYSIS_PLACES; p++)
		operations_json(j, places[p], a->ops, s->open[p]);
	json_close(j, '}');
	json_bool(j, "audit", s->audited);
	json_close(j, '}');
}

static void json_helpers(struct json *j, const struct helpers *h)
{
	json_open(j, "helpers", '[');
	for (int i = 0; i < _HELPER_MAX; i++) {
		char why[256];

		helpers_explain(h, i, why, sizeof(why));
		json_open(j, NULL, '{');
		json_string(j, "name", helper_infos[i].name);
		json_string(j, "state", helpers_state_name(helpers_state(h, i)));
		json_string(j, "why", why);
		if (h->found[i].pid)
			json_i64(j, "pid", h->found[i].pid);
		else
			json_null(j, "pid");
		json_close(j, '}');
	}
	json_close(j, ']');
}

/* Reads the policy to analyze. file: NULL for the active policy. */
static void print_json(const struct analysis *a, const struct helpers *h, const char *file,
		       enum exit_status status)
{
	struct json j = ctl_json();

	json_u64(&j, "status", status);
	if (file) {
		json_string(&j, "file", file);
	} else {
		json_u64(&j, "generation", a->policy->host.generation);
		json_bool(&j, "attached", a->attached);
		json_bool(&j, "enforcing", a->enforced);
	}
	json_string(&j, "machine", a->machine);
	json_exposure(&j, host(a));
	json_bool(&j, "audit", host(a)->audited);
	json_helpers(&j, h);
	json_open(&j, "operations", '[');
	for (uint32_t i = 0; i < BPFLOCK_REASONS; i++)
		if (a->named & (1ULL << i))
			json_operation(&j, a, i);
	json_close(&j, ']');
	json_open(&j, "rule_sets", '[');
	for (size_t i = 0; i < a->n; i++)
		json_rule_set(&j, a, &a->subjects[i]);
	json_close(&j, ']');
	json_end(&j);
}

/* All tasks have to be below it, whatever their rule set. */
static enum exit_status compare(const struct analysis *a, uint64_t threshold)
{
	const struct analysis_subject *s = analysis_worst(a);
	unsigned int exposure = analysis_exposure(s), limit = threshold;

	if (exposure <= limit)
		return STATUS_OK;
	ctl_error("the exposure of %s is %u.%u (%s), above %u.%u",
		  s == host(a) ? "host tasks" : s->path, exposure / 10, exposure % 10,
		  bypass_word(exposure), limit / 10, limit % 10);
	return STATUS_FAILED;
}

static enum exit_status run(const struct ctl *c, const struct analysis *a, const char *file,
			    uint64_t threshold)
{
	CLEANUP(analysis_done) struct analysis mine = *a;
	struct utsname machine;
	struct helpers helpers;
	enum exit_status status;
	int r;

	if (uname(&machine) < 0)
		return ctl_failed("read the type of the machine", -errno);
	helpers_read(&helpers);
	mine.machine = machine.machine;
	mine.way_out = helpers_any(&helpers, HELPER_OPEN);
	r = analysis_run(&mine);
	if (r < 0)
		return ctl_failed("analyze the policy", r);
	status = compare(&mine, threshold);
	if (c->options[CTL_DOT])
		analyze_dot(stdout, &mine);
	else if (c->json)
		print_json(&mine, &helpers, file, status);
	else
		analyze_text(&mine, &helpers, !file);
	return status;
}

static enum exit_status in_force(const struct ctl *c, uint64_t threshold, struct policy *p)
{
	CLEANUP(pins_freep) struct pins *pins = NULL;
	struct analysis a = { .policy = p, .now = clock_boottime() };
	enum exit_status status = ctl_open_policy(c, &pins, p);

	if (status != STATUS_OK)
		return status;
	policy_sort(p);
	a.ops = pins->stamp.operations;
	a.attached = pins_set_hook_attached(pins->path);
	a.enforced = proof_set_seems_enforcing(pins->path);
	a.kernel_denies = securityfs_lockdown_denies(ctl_kernel_lockdown(), a.ops);
	return run(c, &a, NULL, threshold);
}

/* Reads a policy as it would be enforced here: neither its owner nor the active policy matters. */
static enum exit_status of_source(const struct ctl *c, const struct ctl_source *source,
				  uint64_t threshold, struct policy *p)
{
	CLEANUP(config_files_done) struct config_files files = {};
	CLEANUP(diagnostics_done) struct diagnostics d = DIAGNOSTICS_INIT;
	CLEANUP(preflight_done) struct preflight pf;
	struct analysis a = { .policy = p, .enforced = true };

	preflight_init(&pf, c->bpffs);
	if (!preflight_operations(&pf)) {
		bypass_assume_levels(pf.operations);
		diagnostic_warning(
			&d, NULL,
			"cannot read this kernel's operations from its BTF: all known ones "
			"are assumed");
	}
	preflight_forget_btf(&pf);
	ctl_source_read(source, pf.operations, CONFIG_TRUST_ANYBODY, p, &files, &d);
	if (!d.errors)
		policy_compile(p, pf.operations, &d);
	ctl_diagnostics(&d);
	if (d.errors)
		return STATUS_USAGE;
	policy_sort(p);
	a.ops = pf.operations;
	return run(c, &a, source->file ? source->file : "-", threshold);
}

enum exit_status ctl_analyze(const struct ctl *c)
{
	CLEANUP(diagnostics_done) struct diagnostics d = DIAGNOSTICS_INIT;
	CLEANUP(ctl_source_done) struct ctl_source source = {};
	CLEANUP(policy_done) struct policy p = {};
	uint64_t threshold = 100;

	if (c->options[CTL_THRESHOLD] && !quantity_number(c->options[CTL_THRESHOLD], 100, &threshold))
		diagnostic_error(&d, NULL, "--threshold: \"%s\" is not a number from 0 to 100",
				 c->options[CTL_THRESHOLD]);
	else if (c->options[CTL_DOT] && c->json)
		diagnostic_error(&d, NULL, "analyze: --dot and --json exclude each other");
	else
		ctl_source(c, &source, &d);
	ctl_diagnostics(&d);
	if (d.errors)
		return STATUS_USAGE;
	policy_init(&p);
	return source.file || source.text ? of_source(c, &source, threshold, &p)
					  : in_force(c, threshold, &p);
}
