// SPDX-License-Identifier: GPL-2.0-only
/*
 * The time until the policy is enforced is taken against libbpf and bpftool with the same lockdown
 * program, and part by part.
 */
#include <bpf/bpf.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "util.h"
#include "bpflock.skel.h"
#include "floor.h"
#include "measure.h"
#include "phases.h"

#define OBJECT	"/usr/local/lib/bpflock-bench/kimglock.bpf.o"
#define BPFTOOL "exec bpftool prog loadall " OBJECT " /sys/fs/bpf/bench"

/* The target is this share of the time that bpftool takes. */
#define TARGET	   0.5
#define TARGET_MIB 16

void floor_load(void)
{
	struct bpflock *skel = bpflock__open();
	struct bpf_program *prog;

	if (!skel)
		die("cannot open the object");
	bpf_object__for_each_program (prog, skel->obj)
		bpf_program__set_autoload(prog,
					  strcmp(bpf_program__name(prog), "locked_down") == 0);
	if (bpflock__load(skel) < 0 || bpflock__attach(skel) < 0)
		die("cannot load the object");
	bpflock__destroy(skel);
}

/* Debian's bpftool attaches no LSM program. */
static double bpftool(double *ret_user)
{
	CLEANUP(close_fdp) int prog = -1, link = -1;
	uint64_t start = now();
	struct rusage usage;
	double ns;

	run(BPFTOOL, &usage);
	prog = bpf_obj_get("/sys/fs/bpf/bench/locked_down");
	link = prog < 0 ? -1 : bpf_link_create(prog, 0, BPF_LSM_MAC, NULL);
	if (link < 0)
		die("what bpftool has loaded");
	ns = now() - start;
	*ret_user = usage.ru_utime.tv_sec * 1e9 + usage.ru_utime.tv_usec * 1e3;
	run("rm -r /sys/fs/bpf/bench", NULL);
	return ns;
}

static void print_phases(void)
{
	static double values[PHASES][ROUNDS_MAX];
	char *args[] = { (char[]){ "bpflock" }, (char[]){ "--profile=baseline" }, NULL };
	double ns[PHASES], sum = 0;

	for (unsigned int r = 0; r < effort.rounds; r++) {
		phases_run(args, ns);
		run(UNLOAD, NULL);
		for (size_t i = 0; i < PHASES; i++)
			values[i][r] = ns[i];
	}
	for (size_t i = 0; i < PHASES; i++)
		sum += ns[i] = median(values[i], effort.rounds);
	for (size_t i = 0; i < PHASES; i++) {
		char name[64];

		snprintf(name, sizeof(name), "loader/share-of-%s", phase_name(i));
		print(name, ns[i] / sum, 0, ns[i]);
	}
}

void loader(void)
{
	static double floor[ROUNDS_MAX], other[ROUNDS_MAX], other_user[ROUNDS_MAX],
		load[ROUNDS_MAX], user[ROUNDS_MAX], again[ROUNDS_MAX];
	unsigned int n = effort.rounds;
	double unit;
	long rss = 0;

	run("bpflock && " UNLOAD, NULL); /* mounts bpffs */
	for (unsigned int r = 0; r < n; r++) {
		struct rusage usage;

		floor[r] = timed("exec bpflock-bench floor", NULL);
		other[r] = bpftool(&other_user[r]);
		load[r] = timed("exec bpflock --profile baseline", &usage);
		if (usage.ru_maxrss > rss)
			rss = usage.ru_maxrss;
		user[r] = usage.ru_utime.tv_sec * 1e9 + usage.ru_utime.tv_usec * 1e3;
		again[r] = timed("exec bpflock --profile restricted", NULL);
		run(UNLOAD, NULL);
	}
	unit = median(other, n);
	print("loader/bpftool", 1, 0, unit);
	print("loader/libbpf", median(floor, n) / unit, 0, median(floor, n));
	print("loader/load", median(load, n) / unit, TARGET, median(load, n));
	print("loader/user-time", median(user, n) / median(other_user, n), 0, median(user, n));
	print("loader/update", median(again, n) / unit, TARGET, median(again, n));
	print("loader/peak-rss-mib", rss / 1024.0, TARGET_MIB, 0);
	print_phases();
}
