// SPDX-License-Identifier: GPL-2.0-only
/*
 * bpflock-bench: runs in a guest and prints ratios. All variants of one comparison are measured in
 * turns, many short rounds each, and their medians are compared: the machine's noise hits all of
 * them alike. One line per figure: NAME RATIO TARGET MEDIAN_NS, the target "-" if there is none.
 */
#include <bpf/bpf.h>
#include <bpf/btf.h>
#include <errno.h>
#include <linux/bpf.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/io.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "bench.h"
#include "bpflock.skel.h"

unsigned int rounds = 15;
static unsigned int calls = 20000;

void die(const char *what)
{
	fprintf(stderr, "bpflock-bench: %s: %s\n", what, strerror(errno));
	exit(1);
}

uint64_t now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000000000ULL + t.tv_nsec;
}

static int by_value(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

double median(double *values, unsigned int n)
{
	qsort(values, n, sizeof(*values), by_value);
	return n % 2 ? values[n / 2] : (values[n / 2 - 1] + values[n / 2]) / 2;
}

void run(const char *command, struct rusage *usage)
{
	pid_t pid = fork();
	int status;

	if (pid == 0) {
		if (!freopen("/dev/null", "w", stdout))
			_exit(127);
		execl("/bin/sh", "sh", "-c", command, (char *)NULL);
		_exit(127);
	}
	if (pid < 0 || wait4(pid, &status, 0, usage) != pid)
		die("cannot run a command");
	if (status != 0) {
		fprintf(stderr, "bpflock-bench: %s: status %d\n", command, status);
		exit(1);
	}
}

/* The hook with a program that does nothing: the floor that a decision is compared with. */
static int empty_prog = -1, empty_link = -1;

static void attach_empty(void)
{
	static const struct bpf_insn insns[] = {
		{ .code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = BPF_REG_0, .imm = 0 },
		{ .code = BPF_JMP | BPF_EXIT },
	};
	LIBBPF_OPTS(bpf_prog_load_opts, opts, .expected_attach_type = BPF_LSM_MAC);
	static int btf_id;

	if (!btf_id)
		btf_id = libbpf_find_vmlinux_btf_id("locked_down", BPF_LSM_MAC);
	opts.attach_btf_id = btf_id;
	empty_prog = bpf_prog_load(BPF_PROG_TYPE_LSM, "empty", "GPL", insns, 2, &opts);
	if (empty_prog < 0)
		die("cannot load the empty program");
	empty_link = bpf_link_create(empty_prog, 0, BPF_LSM_MAC, NULL);
	if (empty_link < 0)
		die("cannot attach the empty program");
}

static void detach_empty(void)
{
	close(empty_link);
	close(empty_prog);
	usleep(200000); /* detached within about 100 ms */
}

static double iopl_pair(void)
{
	uint64_t start = now();

	for (unsigned int i = 0; i < calls; i++)
		if (iopl(3) < 0 || iopl(0) < 0)
			die("iopl");
	return (double)(now() - start) / calls;
}

double getppid_call(void)
{
	unsigned int n = 20 * calls; /* so short a call needs more of them to stand out of the noise */
	uint64_t start = now();

	for (unsigned int i = 0; i < n; i++)
		syscall(SYS_getppid);
	return (double)(now() - start) / n;
}

struct variant {
	const char *name;
	const char *enter; /* a command, or NULL for nothing */
	const char *leave;
	double target; /* 0: none */
	double values[ROUNDS_MAX];
	double median;
};

static void measure(struct variant *v, size_t n, double (*call)(void))
{
	for (unsigned int r = 0; r < rounds; r++) {
		for (size_t i = 0; i < n; i++) {
			if (v[i].enter && strcmp(v[i].enter, "empty") == 0)
				attach_empty();
			else if (v[i].enter)
				run(v[i].enter, NULL);
			/* what loading and unloading set going in the kernel comes to rest */
			usleep(250000);
			call(); /* warm */
			v[i].values[r] = call();
			if (v[i].enter && strcmp(v[i].enter, "empty") == 0)
				detach_empty();
			else if (v[i].leave)
				run(v[i].leave, NULL);
		}
	}
	for (size_t i = 0; i < n; i++)
		v[i].median = median(v[i].values, rounds);
}

void print(const char *name, double ratio, double target, double ns)
{
	char text[32] = "-";

	if (target > 0)
		snprintf(text, sizeof(text), "%.2f", target);
	printf("%-40s %8.2f %8s %12.0f\n", name, ratio, text, ns);
	fflush(stdout);
}

/* What each variant adds to the call, as a multiple of what the empty program adds. */
static void hook(void)
{
	struct variant v[] = {
		{ "hook/none", NULL, NULL, 0 },
		{ "hook/empty-program", "empty", NULL, 0 },
		{ "hook/privileged-quiet", "bpflock --profile privileged --log none", UNLOAD, 1.6 },
		{ "hook/baseline-quiet", "bpflock --profile baseline --log denied", UNLOAD, 1.6 },
		{ "hook/restricted-audit-quiet",
		  "bpflock --profile restricted --mode audit --log none", UNLOAD, 1.6 },
		{ "hook/privileged-full-ring", "bpflock --profile privileged", UNLOAD, 0 },
	};
	size_t n = sizeof(v) / sizeof(v[0]);

	measure(v, n, iopl_pair);
	for (size_t i = 1; i < n; i++)
		print(v[i].name, (v[i].median - v[0].median) / (v[1].median - v[0].median),
		      v[i].target, v[i].median);
	print("hook/none", 0, 0, v[0].median);
}

double timed(const char *command, struct rusage *usage)
{
	uint64_t start = now();

	run(command, usage);
	return now() - start;
}

#define RULES_MAX  10000
#define RULES_FILE "/tmp/bench-%u.conf"
#define OUTSIDE	   "/sys/fs/cgroup/bench-outside/a/b"

/* A policy file with n rules for cgroups, of which every tenth exists. */
static void write_rules(unsigned int n)
{
	char path[64];
	FILE *f;

	snprintf(path, sizeof(path), RULES_FILE, n);
	f = fopen(path, "w");
	if (!f)
		die(path);
	fputs("[kimglock]\nprofile = privileged\nlog = none\n", f);
	for (unsigned int i = 0; i < n; i++)
		fprintf(f, "[cgroup \"/bench-rules/%u\"]\nprofile = restricted\nblock = kexec\n", i);
	if (fclose(f) != 0)
		die(path);
}

static void make_cgroups(unsigned int n)
{
	run("mkdir -p " OUTSIDE " /sys/fs/cgroup/bench-rules", NULL);
	for (unsigned int i = 0; i < n; i += 10) {
		char path[64];

		snprintf(path, sizeof(path), "/sys/fs/cgroup/bench-rules/%u", i);
		if (mkdir(path, 0755) < 0)
			die(path);
	}
}

/* What rules for others cost a task whose cgroup is as deep as theirs. */
static void rules_hook(void)
{
	struct variant v[] = {
		{ "rules/hook-none", NULL, NULL, 0 },
		{ "rules/hook-0", "bpflock --config /tmp/bench-0.conf", UNLOAD, 0 },
		{ "rules/hook-1", "bpflock --config /tmp/bench-1.conf", UNLOAD, 1.3 },
		{ "rules/hook-10000", "bpflock --config /tmp/bench-10000.conf", UNLOAD, 1.3 },
	};
	size_t n = sizeof(v) / sizeof(v[0]);
	char command[64];

	snprintf(command, sizeof(command), "echo %d >" OUTSIDE "/cgroup.procs", getpid());
	run(command, NULL);
	measure(v, n, iopl_pair);
	snprintf(command, sizeof(command), "echo %d >/sys/fs/cgroup/case/cgroup.procs", getpid());
	run(command, NULL);
	for (size_t i = 1; i < n; i++)
		print(v[i].name, (v[i].median - v[0].median) / (v[1].median - v[0].median),
		      v[i].target, v[i].median);
}

/* Kernel memory of the maps that hold a policy, as fdinfo has it. */
static uint64_t policy_memory(void)
{
	uint64_t sum = 0;
	uint32_t id = 0;

	while (bpf_map_get_next_id(id, &id) == 0) {
		struct bpf_map_info info = {};
		uint32_t len = sizeof(info);
		char path[64], line[128];
		unsigned long long bytes;
		int fd = bpf_map_get_fd_by_id(id);
		FILE *f;

		if (fd < 0)
			continue;
		bpf_obj_get_info_by_fd(fd, &info, &len);
		snprintf(path, sizeof(path), "/proc/self/fdinfo/%d", fd);
		f = strncmp(info.name, "bpflock_", 8) == 0 ? fopen(path, "r") : NULL;
		while (f && fgets(line, sizeof(line), f))
			if (sscanf(line, "memlock: %llu", &bytes) == 1)
				sum += bytes;
		if (f)
			fclose(f);
		close(fd);
	}
	return sum;
}

static void rules(void)
{
	static const unsigned int sizes[] = { 0, 1, 1000, RULES_MAX };
	double load[4][ROUNDS_MAX], change[ROUNDS_MAX];
	uint64_t memory[4];

	make_cgroups(RULES_MAX);
	for (size_t i = 0; i < 4; i++)
		write_rules(sizes[i]);
	rules_hook();
	for (unsigned int r = 0; r < rounds; r++) {
		for (size_t i = 0; i < 4; i++) {
			char command[64];

			snprintf(command, sizeof(command), "exec bpflock --config " RULES_FILE,
				 sizes[i]);
			load[i][r] = timed(command, NULL);
			memory[i] = policy_memory();
			if (sizes[i] == RULES_MAX)
				change[r] = timed("exec bpflock-ctl set log=denied", NULL);
			run(UNLOAD, NULL);
		}
	}
	for (size_t i = 1; i < 4; i++) {
		char name[64];

		snprintf(name, sizeof(name), "rules/load-%u", sizes[i]);
		print(name, median(load[i], rounds) / median(load[0], rounds), 0,
		      median(load[i], rounds));
	}
	print("rules/load-10000-seconds", median(load[3], rounds) / 1e9, 1, median(load[3], rounds));
	print("rules/change-with-10000", median(change, rounds) / median(load[3], rounds), 0,
	      median(change, rounds));
	print("rules/memory-10000-to-1000",
	      (double)(memory[3] - memory[0]) / (double)(memory[2] - memory[0]), 11, 0);
	print("rules/memory-kib-per-1000", (memory[3] - memory[0]) / 10240.0, 0, 0);
}

static void bystander(void)
{
	struct variant v[] = {
		{ "getppid/not-loaded", NULL, NULL, 0 },
		{ "getppid/loaded", "bpflock --profile baseline", UNLOAD, 0 },
		{ "getppid/exec-tracing", "bpflock --profile baseline --exec-snoop all", UNLOAD,
		  1.05 },
	};
	size_t n = sizeof(v) / sizeof(v[0]);

	measure(v, n, getppid_call);
	for (size_t i = 0; i < n; i++)
		print(v[i].name, v[i].median / v[0].median, v[i].target, v[i].median);
}

/* The least a libbpf loader does with the same lockdown program: open, load, attach. */
static void floor_loader(void)
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

static void loader(void)
{
	double floor[ROUNDS_MAX], load[ROUNDS_MAX], again[ROUNDS_MAX], user[ROUNDS_MAX];
	long rss = 0;

	for (unsigned int r = 0; r < rounds; r++) {
		struct rusage usage;

		floor[r] = timed("bpflock-bench floor", NULL);
		load[r] = timed("exec bpflock --profile baseline", &usage);
		if (usage.ru_maxrss > rss)
			rss = usage.ru_maxrss;
		user[r] = usage.ru_utime.tv_sec * 1e9 + usage.ru_utime.tv_usec * 1e3;
		again[r] = timed("exec bpflock --profile restricted", NULL);
		run(UNLOAD, NULL);
	}
	print("loader/libbpf-floor", 1, 0, median(floor, rounds));
	print("loader/load", median(load, rounds) / median(floor, rounds), 0, median(load, rounds));
	print("loader/load-user-time-share", median(user, rounds) / median(load, rounds), 0,
	      median(user, rounds));
	print("loader/update", median(again, rounds) / median(floor, rounds), 0,
	      median(again, rounds));
	print("loader/peak-rss-mib", rss / 1024.0, 16, 0);
}

static const struct {
	const char *name;
	void (*run)(void);
	bool here; /* needs no guest, so it is run only if it was asked for */
} parts[] = {
	{ "hook", hook },
	{ "rules", rules },
	{ "bystander", bystander },
	{ "loader", loader },
	{ "reader", reader },
	{ "exec", exec_tracing },
	{ "formats", formats_in_memory, true },
};

int main(int argc, char **argv)
{
	const char *only = NULL;

	if (argc > 1 && strcmp(argv[1], "floor") == 0) {
		floor_loader();
		return 0;
	}
	for (int i = 1; i < argc; i++) {
		if (strcmp(argv[i], "--quick") == 0) {
			rounds = 5;
			calls = 5000;
		} else {
			only = argv[i];
		}
	}
	setvbuf(stdout, NULL, _IOLBF, 0);
	printf("%-40s %8s %8s %12s\n", "NAME", "RATIO", "TARGET", "MEDIAN_NS");
	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++)
		if (only ? strcmp(only, parts[i].name) == 0 : !parts[i].here)
			parts[i].run();
	return 0;
}
