// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <inttypes.h>
#include <string.h>
#include <sys/stat.h>

#include "clock.h"
#include "ctl-json.h"
#include "ctl-target.h"
#include "ctl.h"
#include "decide.h"
#include "diagnostic.h"
#include "explain-chain.h"
#include "explain.h"
#include "json.h"
#include "lockdown-cure.h"
#include "namespaces.h"
#include "operations.h"
#include "pins-set.h"
#include "print.h"
#include "proof.h"
#include "ruleset.h"
#include "text.h"
#include "verbs.h"

/* Whom it is about. */
struct subject {
	char *path;   /* owned */
	uint64_t pid; /* 0: any task in the cgroup, in the host's namespaces */
	bool in_host;
};

/* 1: it is this one, 0: another, or a negative errno. */
static int namespace_is(uint64_t pid, const char *name, uint64_t inode)
{
	char path[64];
	struct stat st;

	if (pid)
		snprintf(path, sizeof(path), "/proc/%" PRIu64 "/ns/%s", pid, name);
	else
		snprintf(path, sizeof(path), "/proc/self/ns/%s", name);
	return stat(path, &st) < 0 ? -errno : st.st_ino == inode;
}

/* A process as it is: by --pid, or the caller. */
static enum exit_status examine_process(const struct ctl *c, const struct pins *pins,
					struct subject *ret)
{
	uint64_t pid;
	enum exit_status status = ctl_target_pid(c, &pid);
	int r;

	if (status == STATUS_OK)
		status = ctl_target_process_path(pid, &ret->path);
	if (status != STATUS_OK)
		return status;
	r = namespace_is(pid, "pid", INITIAL_PID_NAMESPACE);
	if (r == 1)
		r = namespace_is(pid, "net", pins->stamp.host_netns);
	if (r < 0)
		return ctl_target_process_failed("read the namespaces", pid, r);
	ret->pid = pid ? pid : (uint64_t)getpid();
	ret->in_host = r == 1;
	return STATUS_OK;
}

static enum exit_status examine(const struct ctl *c, const struct pins *pins, struct subject *ret)
{
	if (!ctl_target_given(c) || c->options[CTL_PID] || c->options[CTL_SELF]) {
		if (c->options[CTL_CGROUP] || c->options[CTL_UNIT] ||
		    (c->options[CTL_PID] && c->options[CTL_SELF])) {
			ctl_error("explain: more than one target: use one of --cgroup, --unit, --pid, --self and --host");
			return STATUS_USAGE;
		}
		return examine_process(c, pins, ret);
	}
	ret->in_host = true;
	if (c->options[CTL_CGROUP] && strcmp(c->options[CTL_CGROUP], "/") == 0) {
		ret->path = strdup("/");
		return ret->path ? STATUS_OK : ctl_failed("copy the path", -ENOMEM);
	}
	return ctl_target(c, false, &ret->path);
}

/* The one operation that the operand names. */
static bool find_operation(const struct ctl *c, const struct bpflock_operation *ops, uint32_t *ret)
{
	CLEANUP(diagnostics_done) struct diagnostics d = DIAGNOSTICS_INIT;
	struct place at = { "explain", 0, 1 };
	uint64_t mask = 0;

	if (operations_parse_list(ops, c->operands[0], &at, &mask, &d) &&
	    (mask == 0 || (mask & (mask - 1))))
		diagnostic_error(&d, NULL, "explain: expected one operation of this kernel");
	ctl_diagnostics(&d);
	if (d.errors)
		return false;
	*ret = __builtin_ctzll(mask);
	return true;
}

struct answer {
	const struct pins *pins;
	const struct policy *policy;
	const struct subject *subject;
	struct explanation e;
	struct explanation elsewhere; /* outside the host's namespaces */
	uint32_t reason;
	bool attached, enforcing;
	enum kernel_lockdown lockdown;
	bool kernel_denies;		       /* Lockdown answers first */
	const struct bpflock_latched *latched; /* who has latched it, or NULL */
	uint64_t now;
};

static void reason_text(const struct answer *a, char text[RULESET_REASON_LEN])
{
	const struct explanation *e = &a->e;

	ruleset_reason(e->verdict, e->why, bpflock_profile_of(e->rules, a->reason), e->rule != NULL,
		       text);
}

/* The policy lets it pass, and that does not count. */
static bool is_overruled(const struct answer *a)
{
	return a->kernel_denies && a->e.verdict != BPFLOCK_VERDICT_DENY;
}

static const char *decision(const struct answer *a)
{
	if (a->kernel_denies)
		return "deny";
	return a->enforcing ? ruleset_verdict_name(a->e.verdict) : "allow";
}

static struct explain_chain chain_of(const struct answer *a)
{
	return (struct explain_chain){
		.policy = a->policy,
		.e = &a->e,
		.reason = a->reason,
		.latched = a->latched,
		.lockdown = a->lockdown,
		.kernel_denies = a->kernel_denies,
		.enforcing = a->enforcing,
		.now = a->now,
	};
}

static void print_json(const struct answer *a)
{
	struct explain_chain chain = chain_of(a);
	const struct bpflock_operation *ops = a->pins->stamp.operations;
	struct json j = ctl_json();
	char text[RULESET_REASON_LEN];

	reason_text(a, text);
	json_string(&j, "operation", operations_name(ops, a->reason));
	json_string(&j, "decision", decision(a));
	json_string(&j, "reason", text);
	json_string(&j, "why", ruleset_why_name(a->e.why));
	json_u64(&j, "generation", a->policy->host.generation);
	json_string(&j, "cgroup", a->subject->path);
	if (a->subject->pid)
		json_u64(&j, "pid", a->subject->pid);
	json_bool(&j, "in_host_namespaces", a->subject->in_host);
	json_bool(&j, "depends_on_namespaces", a->e.depends_on_namespaces);
	if (!a->subject->pid)
		json_string(&j, "decision_elsewhere",
			    a->kernel_denies ? "deny" : ruleset_verdict_name(a->elsewhere.verdict));
	json_open(&j, "rule", '{');
	json_string(&j, "path", a->e.rule ? a->e.rule->path : "/");
	if (a->e.rule)
		ctl_json_rule(&j, ops, a->e.rule);
	else
		ctl_json_ruleset(&j, ops, a->e.rules);
	if (a->e.rule)
		ctl_json_source(&j, a->e.rule->source);
	json_close(&j, '}');
	if (a->e.grant)
		json_u64(&j, "grant", a->e.grant->id);
	if (a->latched)
		json_string(&j, "latched_by", a->latched->source);
	json_bool(&j, "attached", a->attached);
	json_bool(&j, "enforcing", a->enforcing);
	json_bool(&j, "kernel_lockdown_denies", a->kernel_denies);
	json_bool(&j, "overruled", is_overruled(a));
	if (is_overruled(a))
		json_string(&j, "cure", lockdown_cure());
	explain_chain_json(&chain, &j);
	json_end(&j);
}

/* The setting that settled it, and who set it. */
static void print_cause(const struct answer *a)
{
	struct bpflock_policy alone = { .rules = *a->e.rules };
	enum bpflock_setting cause = explain_setting(a->e.why, a->reason);
	const char *value;

	if (a->latched) {
		fputs("      because: latched by ", stdout);
		text_puts(stdout, a->latched->source);
		puts(", for everybody");
		return;
	}
	if (a->e.grant) {
		printf("      because: grant %u, which ends in %" PRIu64 " s", a->e.grant->id,
		       (a->e.grant->expires - a->now) / 1000000000);
		if (a->e.grant->note[0])
			fputs(": ", stdout);
		text_puts(stdout, a->e.grant->note);
		putchar('\n');
		return;
	}
	value = ruleset_value(&alone, cause);
	printf("      because: ");
	if (value)
		printf("%s is %s", settings[cause].name, value);
	else
		printf("it is in the list %s", settings[cause].name);
	if (a->e.why == BPFLOCK_WHY_LEVEL)
		printf(", which leaves it out");
	fputs(" (", stdout);
	text_puts(stdout, explain_source(a->policy, &a->e, a->reason));
	puts(a->e.rule && a->e.rule->like_host && !explain_is_own(&a->e, a->reason) ?
		     "), as for the host" :
		     ")");
	if (a->e.depends_on_namespaces)
		printf("   namespaces: %s\n",
		       a->subject->in_host ? "the host's pid and network namespaces"
					   : "not both the host's pid and network namespace");
}

static void print_text(const struct answer *a)
{
	const struct bpflock_operation *ops = a->pins->stamp.operations;
	struct explain_chain chain = chain_of(a);
	char text[RULESET_REASON_LEN];

	reason_text(a, text);
	printf("    operation: %s (%s)\n", operations_name(ops, a->reason),
	       operations_description(ops, a->reason));
	fputs("       cgroup: ", stdout);
	text_puts(stdout, a->subject->path);
	if (a->subject->pid)
		printf(", process %" PRIu64, a->subject->pid);
	printf("\n     decision: %s, %s\n", decision(a),
	       is_overruled(a) ? "by kernel Lockdown" : text);
	fputs("     rule set: ", stdout);
	text_puts(stdout, a->e.rule ? a->e.rule->path : "the host's");
	if (a->e.rule && a->e.rule->like_host) {
		fputs(": ", stdout);
		print_keys_line(ops, a->e.rule);
	}
	putchar('\n');
	print_cause(a);
	if (!a->subject->pid && !a->kernel_denies && a->elsewhere.verdict != a->e.verdict)
		printf("    elsewhere: %s, for tasks outside the host's namespaces\n",
		       ruleset_verdict_name(a->elsewhere.verdict));
	if (a->kernel_denies)
		printf("         note: kernel Lockdown (%s) refuses before bpflock is called\n",
		       securityfs_lockdown_name(a->lockdown));
	if (is_overruled(a))
		printf("         note: that the policy says %s does not hold: to make it hold, %s\n",
		       text, lockdown_cure());
	if (!a->enforcing)
		printf("         note: the program is %s, so nothing is denied\n",
		       a->attached ? "attached, but the kernel does not call it" : "NOT attached");
	explain_chain_print(&chain);
}

static enum exit_status answer(const struct ctl *c, const struct pins *pins, const struct policy *p,
			       struct subject *subject)
{
	struct answer a = {
		.pins = pins, .policy = p, .subject = subject, .now = clock_boottime()
	};
	struct bpflock_latch latch;
	enum exit_status status;
	int r;

	if (!find_operation(c, pins->stamp.operations, &a.reason))
		return STATUS_USAGE;
	status = examine(c, pins, subject);
	if (status != STATUS_OK)
		return status;
	a.e = explain(p, subject->path, subject->in_host, a.reason, a.now);
	a.elsewhere = explain(p, subject->path, false, a.reason, a.now);
	r = pins_read_latch(pins, &latch);
	if (r < 0)
		return ctl_failed("read the latch", r);
	if (bpflock_is_latched(latch.operations, a.reason)) {
		a.latched = &latch.by[a.reason];
		a.e = explain_latched(a.e);
		a.elsewhere = explain_latched(a.elsewhere);
	}
	a.attached = pins_set_hook_attached(pins->path);
	a.enforcing = proof_set_seems_enforcing(pins->path);
	a.lockdown = ctl_kernel_lockdown();
	a.kernel_denies = securityfs_lockdown_denies(a.lockdown, pins->stamp.operations) &
			  bpflock_bit(a.reason);
	if (c->json)
		print_json(&a);
	else
		print_text(&a);
	return STATUS_OK;
}

enum exit_status ctl_explain(const struct ctl *c)
{
	CLEANUP(pins_freep) struct pins *pins = NULL;
	CLEANUP(policy_done) struct policy p = {};
	struct subject subject = {};
	enum exit_status status = ctl_open_policy(c, &pins, &p);

	if (status != STATUS_OK)
		return status;
	status = answer(c, pins, &p, &subject);
	free(subject.path);
	return status;
}
