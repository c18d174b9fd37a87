// SPDX-License-Identifier: GPL-2.0-only
/*
 * The loader's own work is what a load takes beside what the kernel does for bpf(2). Kernels that
 * allow LSM programs are not needed for that: a tracer has a program that does nothing loaded in
 * place of each, and another reference to it taken instead of a link. All else, the loader's own
 * work, is done as ever, up to the proof, which fails.
 */
#include <errno.h>
#include <linux/audit.h>
#include <linux/bpf.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/user.h>
#include <sys/wait.h>
#include <unistd.h>

#include "util.h"
#include "measure.h"

#define BPFFS	  "/sys/fs/bpf"
#define TARGET_MS 5 /* beside what libbpf takes */
#define RED_ZONE  128
#define TRACED	  (SIGTRAP | PTRACE_EVENT_SECCOMP << 8)

/* bpf(2) stops the caller, and nothing else. */
static void trace_bpf(void)
{
	struct sock_filter filter[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_bpf, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_TRACE),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	struct sock_fprog program = { .len = ARRAY_SIZE(filter), .filter = filter };

	if (prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) < 0)
		die("seccomp");
}

/* With a bpffs of its own, so that nothing is pinned on this machine. */
static void execute(char *const args[])
{
	if (unshare(CLONE_NEWNS) < 0 || mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0 ||
	    mount("bpf", BPFFS, "bpf", 0, NULL) < 0)
		die("a bpffs");
	if (!freopen("/dev/null", "w", stdout) || !freopen("/dev/null", "w", stderr) ||
	    ptrace(PTRACE_TRACEME, 0, NULL, NULL) < 0)
		die("ptrace");
	trace_bpf();
	raise(SIGSTOP);
	execvp(args[0], args);
	_exit(127);
}

static void copy_from(pid_t pid, unsigned long from, void *to, size_t len)
{
	struct iovec own = { to, len }, theirs = { (void *)from, len };

	if (process_vm_readv(pid, &own, 1, &theirs, 1, 0) != (ssize_t)len)
		die("process_vm_readv");
}

static void copy_to(pid_t pid, unsigned long to, void *from, size_t len)
{
	struct iovec own = { from, len }, theirs = { (void *)to, len };

	if (process_vm_writev(pid, &own, 1, &theirs, 1, 0) != (ssize_t)len)
		die("process_vm_writev");
}

/* Makes it the same call for a program that returns 0. It lies on the caller's stack, which is left
 * as it was. */
static void replace_program(pid_t pid, struct user_regs_struct *regs, const union bpf_attr *asked)
{
	struct {
		struct bpf_insn insns[2];
		union bpf_attr attr;
	} there = {
		.insns = { { .code = BPF_ALU64 | BPF_MOV | BPF_K },
			   { .code = BPF_JMP | BPF_EXIT } },
		.attr = { .prog_type = BPF_PROG_TYPE_SOCKET_FILTER,
			  .insn_cnt = 2,
			  .license = asked->license },
	};
	const unsigned long at = (regs->rsp - RED_ZONE - sizeof(there)) & ~15UL;

	there.attr.insns = at + offsetof(typeof(there), insns);
	copy_to(pid, at, &there, sizeof(there));
	regs->rsi = at + offsetof(typeof(there), attr);
	regs->rdx = sizeof(there.attr);
}

static void replace_call(pid_t pid)
{
	struct user_regs_struct regs;
	union bpf_attr attr = {};

	if (ptrace(PTRACE_GETREGS, pid, NULL, &regs) < 0)
		die("PTRACE_GETREGS");
	copy_from(pid, regs.rsi, &attr, regs.rdx < sizeof(attr) ? regs.rdx : sizeof(attr));
	switch (regs.rdi) {
	case BPF_PROG_LOAD:
		if (attr.prog_type != BPF_PROG_TYPE_LSM && attr.prog_type != BPF_PROG_TYPE_TRACING)
			return;
		replace_program(pid, &regs, &attr);
		break;
	case BPF_RAW_TRACEPOINT_OPEN:
		regs.orig_rax = SYS_dup;
		regs.rdi = attr.raw_tracepoint.prog_fd;
		break;
	case BPF_LINK_CREATE:
		regs.orig_rax = SYS_dup;
		regs.rdi = attr.link_create.prog_fd;
		break;
	default:
		return;
	}
	if (ptrace(PTRACE_SETREGS, pid, NULL, &regs) < 0)
		die("PTRACE_SETREGS");
}

static int resume(int request, pid_t pid)
{
	int status;

	if (ptrace(request, pid, NULL, NULL) < 0 || waitpid(pid, &status, 0) != pid)
		die("ptrace");
	return status;
}

/* The proof: what comes after it depends on how it ends. */
static bool is_over(pid_t pid)
{
	struct user_regs_struct regs;

	return ptrace(PTRACE_GETREGS, pid, NULL, &regs) == 0 && regs.rdi == BPF_ENABLE_STATS;
}

/* From exec to the proof or a successful exit, CPU time outside bpf(2), ns. Negative: it came to
 * neither. */
static double own_time(char *const args[])
{
	double sum = 0, since;
	bool over = false;
	pid_t pid = fork();
	int status;

	if (pid == 0)
		execute(args);
	if (pid < 0 || waitpid(pid, &status, 0) != pid)
		die("fork");
	if (!WIFSTOPPED(status)) /* it has said why */
		exit(1);
	ptrace(PTRACE_SETOPTIONS, pid, NULL,
	       PTRACE_O_TRACESECCOMP | PTRACE_O_TRACEEXIT | PTRACE_O_EXITKILL);
	since = cpu_of(pid);
	while (status = resume(PTRACE_CONT, pid), WIFSTOPPED(status)) {
		sum += over ? 0 : cpu_of(pid) - since;
		if (status >> 8 == TRACED) {
			over |= is_over(pid);
			replace_call(pid);
			resume(PTRACE_SYSCALL, pid);
		}
		since = cpu_of(pid);
	}
	return over || (WIFEXITED(status) && WEXITSTATUS(status) == 0) ? sum : -1;
}

void own_share(void)
{
	char *const load[] = { (char[]){ "bpflock" }, (char[]){ "--profile=baseline" }, NULL };
	char *const floor[] = { (char[]){ "bpflock-bench" }, (char[]){ "floor" }, NULL };
	char *const nothing[] = { (char[]){ "true" }, NULL };
	const struct {
		const char *name;
		char *const *args;
		double target;
	} rows[] = {
		{ "own/libbpf-ms", floor, 0 },
		{ "own/load-ms", load, TARGET_MS },
		{ "own/true-ms", nothing, 0 },
	};
	static double values[ARRAY_SIZE(rows)][ROUNDS_MAX];
	double libbpf = 0;

	for (unsigned int r = 0; r < effort.rounds; r++)
		for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
			values[i][r] = own_time(rows[i].args);
			if (values[i][r] >= 0)
				continue;
			/* it says why if it is run by hand */
			fprintf(stderr,
				"bpflock-bench: without the part own: %s does not work here\n",
				rows[i].args[0]);
			return;
		}
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		print_rounds(rows[i].name, values[i], NULL, 1e6, effort.rounds,
			     rows[i].target ? libbpf / 1e6 + rows[i].target : 0);
		if (i == 0)
			libbpf = median(values[i], effort.rounds);
	}
}
