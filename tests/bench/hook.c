// SPDX-License-Identifier: GPL-2.0-only
/*
 * A decision costs what bpflock adds to a call that asks for one, in units of what a program that
 * does nothing adds to it, attached as ours is. The task is three cgroups deep.
 */
#include <bpf/bpf.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/io.h>
#include <sys/stat.h>
#include <unistd.h>

#include "util.h"
#include "cgroup-rules.h"
#include "floors.h"
#include "measure.h"

/* iopl(3) asks, iopl(0) does not. */
static void iopl_pairs(unsigned int n)
{
	for (unsigned int i = 0; i < n; i++)
		if ((iopl(3) < 0 && errno != EPERM) || iopl(0) < 0)
			die("iopl");
}

static const struct call iopl_pair = { "iopl", iopl_pairs, 1 };

#define HOST	 1.5 /* in units: a decision by the host's rule set, without a record */
#define CGROUP	 1.6 /* by what is looked for first */
#define REPEATED 1.9
#define RECORD	 3.0
#define DENIED	 2.8 /* the call ends there */

/* The decision alone: without the programs that look for refusals by others. */
#define ALONE		 "bpflock --log-others no "
#define QUIETLY(setting) ALONE "--log none --profile " setting
#define LOGGING(setting) ALONE "--coalesce 0 --profile " setting
#define WITH_RULES(n)	 ALONE "--config " CGROUP_RULES(n)

enum { NONE, UNIT };

static struct variant variants[] = {
	[NONE] = { "hook/iopl-pair", NULL, NULL, 0, {} },
	[UNIT] = { "hook/unit", FLOOR "empty", NULL, 0, {} },
	{ "hook/unit-of-a-link", FLOOR "empty_link", NULL, 0, {} },
	{ "hook/privileged-quiet", QUIETLY("privileged"), UNLOAD, 1.35, {} },
	{ "hook/baseline-quiet", ALONE "--profile baseline --log denied", UNLOAD, HOST, {} },
	{ "hook/restricted-quiet", QUIETLY("restricted"), UNLOAD, HOST, {} },
	{ "hook/audit-quiet", QUIETLY("restricted --mode audit"), UNLOAD, HOST, {} },
	{ "hook/latched-quiet", QUIETLY("privileged --latch ioport"), UNLOAD, CGROUP, {} },
	{ "hook/rules-1-quiet", WITH_RULES(1), UNLOAD, CGROUP, {} },
	{ "hook/rules-100000-quiet", WITH_RULES(100000), UNLOAD, CGROUP, {} },
	{ "hook/grant-quiet",
	  QUIETLY("restricted") "&& bpflock-ctl grant ioport --cgroup " CGROUP_OF_TASK " --for 1h",
	  UNLOAD,
	  CGROUP,
	  {} },
	{ "hook/floor-of-decision", FLOOR "decision", NULL, 0, {} },
	{ "hook/floor-of-decision-for-host", FLOOR "decision_for_host", NULL, 0, {} },
	{ "hook/floor-of-decision-of-cgroup", FLOOR "decision_of_cgroup", NULL, 0, {} },
	{ "hook/floor-of-empty-record", FLOOR "empty_record", NULL, 0, {} },
	{ "hook/floor-of-record", FLOOR "full_record", NULL, 0, {} },
	{ "hook/record", LOGGING("privileged --ring-size 64M"), UNLOAD, RECORD, {} },
	{ "hook/record-denied", LOGGING("restricted --ring-size 64M"), UNLOAD, DENIED, {} },
	{ "hook/full-ring", LOGGING("privileged --ring-size 64K"), UNLOAD, RECORD, {} },
	{ "hook/repeated", ALONE "--profile privileged", UNLOAD, REPEATED, {} },
	{ "hook/floor-of-others", FLOOR "empty empty_exit empty_exit_of_lockdown", NULL, 0, {} },
	{ "hook/others-quiet", "bpflock --log none --profile privileged", UNLOAD, 0, {} },
	{ "hook/others-denied-quiet", "bpflock --log none --profile restricted", UNLOAD, 0, {} },
};

/* The pair itself is told as it is, of all others what they add to it. */
static void print_variant(const struct variant *v)
{
	double none = variants[NONE].medians[0], added = v->medians[0] - none;

	print(v->name, (v == &variants[NONE] ? none : added) / (variants[UNIT].medians[0] - none),
	      v->target, v == &variants[NONE] ? none : added);
}

/* Prints the size of the program on the hook, as the kernel has it. */
static void print_size(void)
{
	uint32_t id = 0;

	run("bpflock --profile baseline", NULL);
	while (bpf_prog_get_next_id(id, &id) == 0) {
		struct bpf_prog_info info = {};
		uint32_t len = sizeof(info);
		CLEANUP(close_fdp) int fd = bpf_prog_get_fd_by_id(id);

		if (fd < 0 || bpf_obj_get_info_by_fd(fd, &info, &len) < 0 ||
		    strcmp(info.name, "locked_down") != 0)
			continue;
		print("hook/instructions-verified", info.verified_insns, 0, 0);
		print("hook/instructions-translated", info.xlated_prog_len / 8.0, 0, 0);
		print("hook/bytes-jited", info.jited_prog_len, 0, 0);
	}
	run(UNLOAD, NULL);
}

void hook_ask(unsigned int n)
{
	iopl_pairs(n);
}

void hook(void)
{
	cgroup_rules_write(1);
	cgroup_rules_write(100000);
	cgroup_rules_make_cgroups();
	cgroup_rules_move_task(true);
	effort.calls *= 10; /* short ones: what a load sets going in the kernel is no part of them */
	measure(variants, ARRAY_SIZE(variants), &iopl_pair, 1);
	effort.calls /= 10;
	cgroup_rules_move_task(false);
	for (size_t i = 0; i < ARRAY_SIZE(variants); i++)
		print_variant(&variants[i]);
	print_size();
}

void hook_sealed(void)
{
	struct variant sealed = { "hook/sealed-quiet", NULL, NULL, CGROUP, {} };

	cgroup_rules_move_task(true);
	effort.calls *= 10;
	measure(&sealed, 1, &iopl_pair, 1);
	effort.calls /= 10;
	cgroup_rules_move_task(false);
	print_variant(&sealed);
}
