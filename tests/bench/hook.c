// SPDX-License-Identifier: GPL-2.0-only
/*
 * A decision costs what bpflock adds to a call that asks for one, in units of what an LSM
 * program that does nothing adds to it. The task is three cgroups deep.
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
#include "measure.h"

/* iopl(3) asks, iopl(0) does not. */
static void iopl_pairs(unsigned int n)
{
	for (unsigned int i = 0; i < n; i++)
		if ((iopl(3) < 0 && errno != EPERM) || iopl(0) < 0)
			die("iopl");
}

static const struct call iopl_pair = { "iopl", iopl_pairs, 1 };

#define QUIET	 1.5
#define RECORD	 4
#define REPEATED 2

#define WITH_RULES(n) "bpflock --config " CGROUP_RULES(n)

enum { NONE, EMPTY };

static struct variant variants[] = {
	[NONE] = { "hook/none", NULL, NULL, 0, {} },
	[EMPTY] = { "hook/empty-program", EMPTY_PROGRAM, NULL, 0, {} },
	{ "hook/privileged-quiet", "bpflock --profile privileged --log none", UNLOAD, QUIET, {} },
	{ "hook/baseline-quiet", "bpflock --profile baseline --log denied", UNLOAD, QUIET, {} },
	{ "hook/restricted-quiet", "bpflock --profile restricted --log none", UNLOAD, QUIET, {} },
	{ "hook/audit-quiet",
	  "bpflock --profile restricted --mode audit --log none",
	  UNLOAD,
	  QUIET,
	  {} },
	{ "hook/rules-1-quiet", WITH_RULES(1), UNLOAD, QUIET, {} },
	{ "hook/rules-10000-quiet", WITH_RULES(10000), UNLOAD, QUIET, {} },
	{ "hook/grant-quiet",
	  "bpflock --profile restricted --log none &&"
	  "bpflock-ctl grant ioport --cgroup " CGROUP_OF_TASK " --for 1h",
	  UNLOAD,
	  QUIET,
	  {} },
	{ "hook/record",
	  "bpflock --profile privileged --coalesce 0 --ring-size 8M",
	  UNLOAD,
	  RECORD,
	  {} },
	{ "hook/record-denied",
	  "bpflock --profile restricted --coalesce 0 --ring-size 8M",
	  UNLOAD,
	  RECORD,
	  {} },
	{ "hook/full-ring",
	  "bpflock --profile privileged --coalesce 0 --ring-size 64K",
	  UNLOAD,
	  RECORD,
	  {} },
	{ "hook/repeated", "bpflock --profile privileged", UNLOAD, REPEATED, {} },
};

static void print_variant(const struct variant *v)
{
	double none = variants[NONE].medians[0], empty = variants[EMPTY].medians[0];

	print(v->name, (v->medians[0] - none) / (empty - none), v->target, v->medians[0]);
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

void hook(void)
{
	cgroup_rules_write(1);
	cgroup_rules_write(10000);
	cgroup_rules_make_cgroups();
	cgroup_rules_move_task(true);
	measure(variants, ARRAY_SIZE(variants), &iopl_pair, 1);
	cgroup_rules_move_task(false);
	for (size_t i = 0; i < ARRAY_SIZE(variants); i++)
		print_variant(&variants[i]);
	print_size();
}

void hook_sealed(void)
{
	struct variant sealed = { "hook/sealed-quiet", NULL, NULL, QUIET, {} };

	cgroup_rules_move_task(true);
	measure(&sealed, 1, &iopl_pair, 1);
	cgroup_rules_move_task(false);
	print_variant(&sealed);
}
