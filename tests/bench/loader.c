// SPDX-License-Identifier: GPL-2.0-only
/*
 * A load of bpflock, from its start to its end, takes so much CPU time: against libbpf and bpftool
 * with the same programs, and part by part.
 */
#include <bpf/bpf.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "util.h"
#include "bpflock.skel.h"
#include "cgroupfs-open.h"
#include "floor.h"
#include "measure.h"
#include "phases.h"

#define OBJECT	"/usr/local/lib/bpflock-bench/lock.bpf.o"
#define BPFTOOL "exec bpftool prog loadall " OBJECT " /sys/fs/bpf/bench"

/* bpftool has libbpf read the kernel's BTF, and an update loads no programs. */
#define TARGET	      1
#define TARGET_UPDATE 0.3
#define TARGET_MIB    10

/* To the root of cgroup v2, which neither a skeleton nor bpftool does by the section's name. */
static int attach(int prog)
{
	CLEANUP(close_fdp) int root = cgroupfs_open_root();
	int link = root < 0 ? -1 : bpf_link_create(prog, root, BPF_LSM_CGROUP, NULL);

	if (link < 0)
		die("cannot attach the program");
	return link;
}

/* The programs that bpflock loads by itself: those that trace are apart. */
void floor_load(void)
{
	struct bpflock *skel = bpflock__open();
	struct bpf_program *prog;

	if (!skel)
		die("cannot open the object");
	bpf_object__for_each_program (prog, skel->obj)
		bpf_program__set_autoload(prog, bpf_program__type(prog) != BPF_PROG_TYPE_TRACING);
	if (bpflock__load(skel) < 0)
		die("cannot load the object");
	close(attach(bpf_program__fd(skel->progs.locked_down)));
	bpflock__destroy(skel);
}

static double user_time(const struct rusage *usage)
{
	return usage->ru_utime.tv_sec * 1e9 + usage->ru_utime.tv_usec * 1e3;
}

/* Runs a command; the CPU time that it took, ns: a load waits half a second, to prove again. */
static double cpu_time(const char *command, struct rusage *usage)
{
	run(command, usage);
	return user_time(usage) + usage->ru_stime.tv_sec * 1e9 + usage->ru_stime.tv_usec * 1e3;
}

static double bpftool(double *ret_user)
{
	CLEANUP(close_fdp) int prog = -1, link = -1;
	struct rusage usage;
	double ns = cpu_time(BPFTOOL, &usage), before;

	before = cpu_of(getpid());
	prog = bpf_obj_get("/sys/fs/bpf/bench/locked_down");
	if (prog < 0)
		die("what bpftool has loaded");
	link = attach(prog);
	ns += cpu_of(getpid()) - before;
	*ret_user = user_time(&usage);
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

		floor[r] = cpu_time("exec bpflock-bench floor", &usage);
		other[r] = bpftool(&other_user[r]);
		load[r] = cpu_time("exec bpflock --profile baseline", &usage);
		if (usage.ru_maxrss > rss)
			rss = usage.ru_maxrss;
		user[r] = user_time(&usage);
		again[r] = cpu_time("exec bpflock --profile restricted", &usage);
		run(UNLOAD, NULL);
	}
	unit = median(other, n);
	print("loader/bpftool", 1, 0, unit);
	print("loader/libbpf", median(floor, n) / unit, 0, median(floor, n));
	print("loader/load", median(load, n) / unit, TARGET, median(load, n));
	print("loader/user-time", median(user, n) / median(other_user, n), 0, median(user, n));
	print("loader/update", median(again, n) / unit, TARGET_UPDATE, median(again, n));
	print("loader/peak-rss-mib", rss / 1024.0, TARGET_MIB, 0);
	print_phases();
}
