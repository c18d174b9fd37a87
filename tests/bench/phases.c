// SPDX-License-Identifier: GPL-2.0-only
#include "phases.h"

#include <errno.h>
#include <linux/audit.h>
#include <linux/bpf.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/user.h>
#include <sys/wait.h>
#include <unistd.h>

#include "util.h"
#include "measure.h"

#define ANY -1

/* Each begins with the first such call after the one before it has begun. */
static const struct phase {
	const char *name;
	long call;
	int command;	  /* of bpf(2), or ANY */
	const char *path; /* of openat(2): has this, or NULL */
} phases[] = {
	{ "start", SYS_execve, ANY, NULL },
	{ "find-operations", SYS_openat, ANY, "/btf/vmlinux" },
	{ "read-policy", SYS_openat, ANY, "bpflock.conf" },
	{ "preflight", SYS_openat, ANY, "/proc/cmdline" },
	{ "find-targets", SYS_memfd_create, ANY, NULL },
	{ "create-maps", SYS_bpf, BPF_BTF_LOAD, NULL },
	{ "relocate", SYS_bpf, BPF_MAP_FREEZE, NULL },
	{ "verify", SYS_bpf, BPF_PROG_LOAD, NULL },
	{ "pin", SYS_bpf, BPF_OBJ_PIN, NULL },
	{ "attach", SYS_bpf, BPF_LINK_CREATE, NULL },
	{ "prove", SYS_bpf, BPF_ENABLE_STATS, NULL },
	{ "publish", SYS_renameat2, ANY, NULL },
	{ "end", SYS_exit_group, ANY, NULL },
};
_Static_assert(ARRAY_SIZE(phases) == PHASES + 1, "a duration lies between two");

/* Those calls stop the caller, and no others: the rest is as fast as ever. */
static void trace_phases(void)
{
	struct sock_filter filter[4 * ARRAY_SIZE(phases) + 1];
	struct sock_fprog program = { .filter = filter };
	unsigned short n = 0;

	for (size_t i = 0; i < ARRAY_SIZE(phases); i++) {
		bool any = phases[i].command == ANY;

		filter[n++] = (struct sock_filter)BPF_STMT(BPF_LD | BPF_W | BPF_ABS,
							   offsetof(struct seccomp_data, nr));
		filter[n++] = (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K,
							   phases[i].call, 0, any ? 1 : 3);
		if (!any) {
			filter[n++] = (struct sock_filter)BPF_STMT(
				BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, args[0]));
			filter[n++] = (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K,
								   phases[i].command, 0, 1);
		}
		filter[n++] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_TRACE);
	}
	filter[n++] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW);
	program.len = n;
	if (prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) < 0)
		die("seccomp");
}

static void execute(char *const args[])
{
	if (!freopen("/dev/null", "w", stdout) || ptrace(PTRACE_TRACEME, 0, NULL, NULL) < 0)
		die("ptrace");
	raise(SIGSTOP);
	trace_phases();
	execvp(args[0], args);
	_exit(127);
}

static bool path_has(pid_t pid, unsigned long address, const char *part)
{
	char path[256] = "";
	struct iovec own = { path, sizeof(path) - 1 },
		     theirs = { (void *)address, sizeof(path) - 1 };

	/* it may end before a page does that is not there */
	if (process_vm_readv(pid, &own, 1, &theirs, 1, 0) <= 0)
		return false;
	return strstr(path, part) != NULL;
}

static bool begins(pid_t pid, const struct phase *p)
{
	struct user_regs_struct regs;

	if (ptrace(PTRACE_GETREGS, pid, NULL, &regs) < 0)
		die("PTRACE_GETREGS");
	return (long)regs.orig_rax == p->call &&
	       (p->command == ANY || (int)regs.rdi == p->command) &&
	       (!p->path || path_has(pid, regs.rsi, p->path));
}

void phases_run(char *const args[], double ret_ns[PHASES])
{
	uint64_t began[ARRAY_SIZE(phases)] = {};
	size_t next = 0;
	pid_t pid = fork();
	int status;

	if (pid == 0)
		execute(args);
	if (pid < 0 || waitpid(pid, &status, 0) != pid)
		die("fork");
	ptrace(PTRACE_SETOPTIONS, pid, NULL, PTRACE_O_TRACESECCOMP | PTRACE_O_EXITKILL);
	while (ptrace(PTRACE_CONT, pid, NULL, NULL) == 0 && waitpid(pid, &status, 0) == pid &&
	       WIFSTOPPED(status))
		if (status >> 8 == (SIGTRAP | PTRACE_EVENT_SECCOMP << 8) &&
		    next < ARRAY_SIZE(phases) && begins(pid, &phases[next]))
			began[next++] = now();
	if (next < ARRAY_SIZE(phases)) {
		errno = ENOMSG;
		die(phases[next].name);
	}
	for (size_t i = 0; i < PHASES; i++)
		ret_ns[i] = began[i + 1] - began[i];
}

const char *phase_name(size_t i)
{
	return phases[i].name;
}
