// SPDX-License-Identifier: GPL-2.0-only
/*
 * usage: status STATE [all]: prints what `bpflock-ctl status` prints of a state that is made up here, as if it
 * were loaded, or what `bpflock-ctl doctor` prints of such checks.
 */
#include <stdio.h>
#include <string.h>

#include "clock.h"
#include "doctor-text.h"
#include "operations.h"
#include "pins.h"
#include "ruleset.h"
#include "status-text.h"
#include "util.h"

#define HOSTILE "\033]0;owned\007"

static char path[] = "/nonexistent/bpflock";
static struct pins pins = { .path = path };
static struct loaded_state r = {
	.pins = &pins, .outcome = PINS_OK, .attached = true, .whole = true, .lock_fd = -1,
};

static void assign(enum bpflock_setting s, const char *text, const char *source)
{
	struct diagnostics d = DIAGNOSTICS_INIT;
	const struct place at = { .source = source };

	ruleset_assign(&r.policy.host, pins.stamp.operations, s, text, &at, true, &d);
	diagnostics_print(&d, stderr, "status");
	diagnostics_done(&d);
}

static void compile(void)
{
	struct diagnostics d = DIAGNOSTICS_INIT;

	policy_compile(&r.policy, pins.stamp.operations, &d);
	diagnostics_print(&d, stderr, "status");
	diagnostics_done(&d);
}

static void count(const char *name, uint64_t allowed, uint64_t audited, uint64_t denied)
{
	uint64_t bit = operations_bit(pins.stamp.operations, name);

	if (bit)
		r.counters[__builtin_ctzll(bit)] =
			(struct bpflock_counters){ .verdicts = { allowed, audited, denied } };
}

static void restricted(void)
{
	assign(BPFLOCK_SETTING_PROFILE, "restricted", "/etc/bpflock/bpflock.conf:3");
	count("dev_mem", 0, 0, 12);
	count("unsafe_module_parameters", 4000000000, 0, 0);
}

static void lists(void)
{
	restricted();
	assign(BPFLOCK_SETTING_BLOCK, "@modules, @bpf, @tracing, kexec, hibernation", "/etc/bpflock/bpflock.conf:4");
	assign(BPFLOCK_SETTING_ALLOW, "dev_mem", "bpflock-ctl allow, 2026-11-24T10:00:00Z");
	r.lockdown = KERNEL_LOCKDOWN_INTEGRITY;
	r.state.trial = true;
}

static void unused(void)
{
	assign(BPFLOCK_SETTING_PROFILE, "baseline", "--profile");
}

static void audit(void)
{
	restricted();
	assign(BPFLOCK_SETTING_MODE, "audit", "/etc/bpflock/bpflock.conf:4");
}

static void degraded(void)
{
	restricted();
	r.trouble = "program 12 (" HOSTILE ") is called after bpflock's and can undo its refusals";
}

static void silent(void)
{
	restricted();
	r.proof = PROOF_SILENT;
	r.trouble = proof_text(r.proof);
}

static void hostile(void)
{
	restricted();
	assign(BPFLOCK_SETTING_PROFILE, "restricted", "/etc/" HOSTILE ".conf:1");
	r.policy.host.generation = 1;
	r.policy.host.looser = (struct bpflock_looser){
		.generation = 1,
		.time = 1,
		.cgroups = operations_named(pins.stamp.operations),
		.settings = 1U << BPFLOCK_SETTING_PROFILE,
	};
}

static void nothing(void)
{
}

static const struct {
	const char *name;
	void (*make)(void);
} states[] = {
	{ "restricted", restricted }, { "lists", lists },   { "unused", unused },   { "audit", audit },
	{ "degraded", degraded },     { "silent", silent }, { "hostile", hostile }, { "built-in", nothing },
};

#define LONG "a text that is longer than one line of a terminal of eighty columns, and therefore goes on below"

static const struct check_result checks[] = {
	{ .name = "privilege", .state = CHECK_OK, .detail = "root" },
	{ .name = "cgroup", .state = CHECK_NOTE, .detail = LONG, .cure = LONG },
	{ .name = "time-namespace", .state = CHECK_FAILED, .detail = LONG, .cure = "Mount it." },
	{ .name = "others", .state = CHECK_SKIPPED, .detail = "no policy is active" },
}, bad = { .name = "state", .state = CHECK_FAILED, .detail = "degraded: x" }, good = { .state = CHECK_OK };

static bool print_doctor(const char *name, bool all)
{
	static const struct {
		const char *name;
		bool can;
		const struct check_result *state;
	} rows[] = {
		{ "doctor-cannot", false, &good }, { "doctor-degraded", true, &bad }, { "doctor-good", true, &good },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		if (strcmp(rows[i].name, name) != 0)
			continue;
		doctor_text_print(checks, ARRAY_SIZE(checks), rows[i].can, rows[i].state, all);
		return true;
	}
	return false;
}

int main(int argc, char **argv)
{
	if (argc > 1 && print_doctor(argv[1], argc > 2))
		return fflush(stdout) == 0 ? 0 : 1;
	operations_assume(pins.stamp.operations);
	pins.stamp.loaded = clock_boottime();
	policy_init(&r.policy);
	for (size_t i = 0; argc > 1 && i < ARRAY_SIZE(states); i++) {
		if (strcmp(argv[1], states[i].name) != 0)
			continue;
		states[i].make();
		compile();
		status_text_print(&r, argc > 2, false);
		policy_done(&r.policy);
		return fflush(stdout) == 0 ? 0 : 1;
	}
	fputs("usage: status STATE [all]\n", stderr);
	return 2;
}
