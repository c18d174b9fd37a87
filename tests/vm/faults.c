/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Runs a command and has one of its steps go wrong:
 *
 *	faults list LOG COMMAND...          none; each step becomes a line of LOG
 *	faults kill N LOG COMMAND...        SIGKILL in place of the Nth step that changes something
 *	faults fail N ERRNO LOG COMMAND...  the Nth step that can fail does, and is not taken
 *	faults fail N+ ERRNO LOG COMMAND... so do all later ones of the same system call
 *
 * LOG is "kill N SYSCALL" and "fail N SYSCALL", of all steps or of the one that was hit. Exit status:
 * the command's, 137 if it was killed, 125 if there is no such step, 64 for a wrong call. Whoever does
 * not end within 1000 seconds ends by SIGALRM, the command with it.
 *
 * A kill is tried only before what changes something outside the process: before any other system
 * call it leaves what a kill after the last change left. That is also why the exit counts as a
 * change, it stands for the kill after the last one. What the dynamic linker does before the program
 * begins is left out.
 */
#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/bpf.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/user.h>
#include <sys/wait.h>
#include <unistd.h>

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))

static const struct {
	int nr;
	const char *name;
	bool changes, fails;
} calls[] = {
	{ SYS_bpf, "bpf", true, true },
	{ SYS_mkdir, "mkdir", true, true },
	{ SYS_mkdirat, "mkdirat", true, true },
	{ SYS_renameat2, "renameat2", true, true },
	{ SYS_unlinkat, "unlinkat", true, true },
	{ SYS_unlink, "unlink", true, true },
	{ SYS_rmdir, "rmdir", true, true },
	{ SYS_flock, "flock", true, true },
	{ SYS_mount, "mount", true, true },
	{ SYS_umount2, "umount2", true, true },
	{ SYS_fsopen, "fsopen", false, true },
	{ SYS_fsconfig, "fsconfig", false, true },
	{ SYS_fsmount, "fsmount", false, true },
	{ SYS_move_mount, "move_mount", true, true },
	{ SYS_chmod, "chmod", true, true },
	{ SYS_fchmodat, "fchmodat", true, true },
	{ SYS_chown, "chown", true, true },
	{ SYS_fchownat, "fchownat", true, true },
	{ SYS_lchown, "lchown", true, true },
	{ SYS_openat, "openat", false, true },
	{ SYS_mmap, "mmap", false, true },
	{ SYS_exit_group, "exit", true, false },
};

/* bpf(2) that only looks, or makes what ends with the process if nothing else happens to it. */
static const struct {
	int cmd;
	const char *name;
	bool changes;
} commands[] = {
	{ BPF_MAP_CREATE, "MAP_CREATE", false },
	{ BPF_PROG_LOAD, "PROG_LOAD", false },
	{ BPF_BTF_LOAD, "BTF_LOAD", false },
	{ BPF_MAP_LOOKUP_ELEM, "MAP_LOOKUP_ELEM", false },
	{ BPF_MAP_LOOKUP_BATCH, "MAP_LOOKUP_BATCH", false },
	{ BPF_MAP_GET_NEXT_KEY, "MAP_GET_NEXT_KEY", false },
	{ BPF_OBJ_GET, "OBJ_GET", false },
	{ BPF_OBJ_GET_INFO_BY_FD, "OBJ_GET_INFO_BY_FD", false },
	{ BPF_MAP_GET_FD_BY_ID, "MAP_GET_FD_BY_ID", false },
	{ BPF_PROG_GET_FD_BY_ID, "PROG_GET_FD_BY_ID", false },
	{ BPF_LINK_GET_FD_BY_ID, "LINK_GET_FD_BY_ID", false },
	{ BPF_BTF_GET_FD_BY_ID, "BTF_GET_FD_BY_ID", false },
	{ BPF_PROG_GET_NEXT_ID, "PROG_GET_NEXT_ID", false },
	{ BPF_LINK_GET_NEXT_ID, "LINK_GET_NEXT_ID", false },
	{ BPF_BTF_GET_NEXT_ID, "BTF_GET_NEXT_ID", false },
	{ BPF_MAP_UPDATE_ELEM, "MAP_UPDATE_ELEM", true },
	{ BPF_MAP_UPDATE_BATCH, "MAP_UPDATE_BATCH", true },
	{ BPF_MAP_DELETE_ELEM, "MAP_DELETE_ELEM", true },
	{ BPF_MAP_FREEZE, "MAP_FREEZE", true },
	{ BPF_OBJ_PIN, "OBJ_PIN", true },
	{ BPF_RAW_TRACEPOINT_OPEN, "RAW_TRACEPOINT_OPEN", true },
	{ BPF_LINK_CREATE, "LINK_CREATE", true },
	{ BPF_PROG_TEST_RUN, "PROG_RUN", true },
};

static const struct {
	const char *name;
	int number;
} errors[] = {
	{ "EPERM", EPERM }, { "ENOMEM", ENOMEM }, { "ENOSPC", ENOSPC },
	{ "EINTR", EINTR }, { "EAGAIN", EAGAIN },
};

enum mode { LIST, KILL, FAIL };

static struct {
	enum mode mode;
	unsigned long number;
	bool lasting;
	int error;
	FILE *log;
} plan;

static void die(const char *what)
{
	perror(what);
	exit(64);
}

/* The tracer is asked about the calls of the table, and costs the others nothing. */
static void install_filter(void)
{
	struct sock_filter code[2 * ARRAY_SIZE(calls) + 2], *p = code;
	struct sock_fprog program = { .filter = code };

	*p++ = (struct sock_filter)BPF_STMT(BPF_LD | BPF_W | BPF_ABS,
					    offsetof(struct seccomp_data, nr));
	for (size_t i = 0; i < ARRAY_SIZE(calls); i++) {
		*p++ = (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, calls[i].nr, 0, 1);
		*p++ = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_TRACE | i);
	}
	*p++ = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW);
	program.len = p - code;
	if (prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) < 0)
		die("seccomp");
}

static void become(char **argv)
{
	if (ptrace(PTRACE_TRACEME, 0, 0, 0) < 0)
		die("ptrace");
	raise(SIGSTOP);
	install_filter();
	execvp(argv[0], argv);
	die(argv[0]);
}

static unsigned long entry_point(pid_t pid)
{
	Elf64_auxv_t v;
	char path[64];
	FILE *f;

	snprintf(path, sizeof(path), "/proc/%d/auxv", pid);
	f = fopen(path, "r");
	while (f && fread(&v, sizeof(v), 1, f) == 1) {
		if (v.a_type == AT_ENTRY) {
			fclose(f);
			return v.a_un.a_val;
		}
	}
	die(path);
	return 0;
}

static int wait_for(pid_t pid)
{
	int status;

	while (waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			die("waitpid");
	return status;
}

/* Until the dynamic linker hands over: a breakpoint on the program's first instruction. */
static void run_to_entry(pid_t pid)
{
	unsigned long entry = entry_point(pid);
	long code = ptrace(PTRACE_PEEKTEXT, pid, entry, 0);
	struct user_regs_struct regs;
	int status;

	ptrace(PTRACE_POKETEXT, pid, entry, (code & ~0xffL) | 0xcc);
	do {
		ptrace(PTRACE_CONT, pid, 0, 0);
		status = wait_for(pid);
		if (!WIFSTOPPED(status))
			die("the program did not begin");
	} while (status >> 8 != SIGTRAP);
	ptrace(PTRACE_POKETEXT, pid, entry, code);
	ptrace(PTRACE_GETREGS, pid, 0, &regs);
	regs.rip = entry;
	ptrace(PTRACE_SETREGS, pid, 0, &regs);
}

static bool changes(size_t call, const struct user_regs_struct *regs, char name[64])
{
	snprintf(name, 64, "%s", calls[call].name);
	if (calls[call].nr != SYS_bpf)
		return calls[call].changes;
	snprintf(name, 64, "bpf(%d)", (int)regs->rdi);
	for (size_t i = 0; i < ARRAY_SIZE(commands); i++) {
		if (commands[i].cmd != (int)regs->rdi)
			continue;
		snprintf(name, 64, "bpf(%s)", commands[i].name);
		return commands[i].changes;
	}
	return true;
}

/* At the entry of a call of the table. Returns whether the fault was made here. */
static bool at_call(pid_t pid, size_t call)
{
	static unsigned long n_kill, n_fail;
	static int lasting = -1;
	struct user_regs_struct regs;
	char name[64];

	ptrace(PTRACE_GETREGS, pid, 0, &regs);
	if (changes(call, &regs, name)) {
		n_kill++;
		if (plan.mode == LIST || (plan.mode == KILL && n_kill == plan.number))
			fprintf(plan.log, "kill %lu %s\n", n_kill, name);
		if (plan.mode == KILL && n_kill == plan.number) {
			kill(pid, SIGKILL);
			return true;
		}
	}
	if (!calls[call].fails)
		return false;
	n_fail++;
	if (plan.mode == LIST)
		fprintf(plan.log, "fail %lu %s\n", n_fail, name);
	if (plan.mode != FAIL || (n_fail != plan.number && calls[call].nr != lasting))
		return false;
	if (n_fail == plan.number)
		fprintf(plan.log, "fail %lu %s\n", n_fail, name);
	if (plan.lasting)
		lasting = calls[call].nr;
	/* seccomp(2): a number below 0 is skipped, and what is in rax is returned */
	regs.orig_rax = -1;
	regs.rax = -plan.error;
	ptrace(PTRACE_SETREGS, pid, 0, &regs);
	return true;
}

static int trace(pid_t pid)
{
	bool hit = plan.mode == LIST;
	unsigned long call;
	int status = wait_for(pid), signal = 0;

	ptrace(PTRACE_SETOPTIONS, pid, 0,
	       PTRACE_O_TRACESECCOMP | PTRACE_O_TRACEEXEC | PTRACE_O_EXITKILL);
	do {
		ptrace(PTRACE_CONT, pid, 0, 0);
		status = wait_for(pid);
		if (!WIFSTOPPED(status))
			return 64;
	} while (status >> 8 != (SIGTRAP | (PTRACE_EVENT_EXEC << 8)));
	run_to_entry(pid);
	for (;;) {
		ptrace(PTRACE_CONT, pid, 0, signal);
		status = wait_for(pid);
		if (WIFEXITED(status))
			return hit ? WEXITSTATUS(status) : 125;
		if (WIFSIGNALED(status))
			return 128 + WTERMSIG(status);
		signal = WSTOPSIG(status);
		if (status >> 8 == (SIGTRAP | (PTRACE_EVENT_SECCOMP << 8))) {
			signal = 0;
			ptrace(PTRACE_GETEVENTMSG, pid, 0, &call);
			hit = at_call(pid, call) || hit;
		}
	}
}

static bool parse_error(const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(errors); i++)
		if (strcmp(errors[i].name, name) == 0)
			plan.error = errors[i].number;
	return plan.error;
}

int main(int argc, char **argv)
{
	static const char *const modes[] = { [LIST] = "list", [KILL] = "kill", [FAIL] = "fail" };
	int i = 2, status;
	char *end;
	pid_t pid;

	if (argc < 2)
		return 64;
	while (plan.mode <= FAIL && strcmp(argv[1], modes[plan.mode]) != 0)
		if (++plan.mode > FAIL)
			return 64;
	if (argc < 4 + (int)plan.mode)
		return 64;
	if (plan.mode != LIST) {
		plan.number = strtoul(argv[i++], &end, 10);
		plan.lasting = *end == '+';
	}
	if (plan.mode == FAIL && !parse_error(argv[i++]))
		return 64;
	alarm(1000);
	plan.log = fopen(argv[i], "we");
	if (!plan.log)
		die(argv[i]);
	pid = fork();
	if (pid == 0)
		become(argv + i + 1);
	status = trace(pid);
	fclose(plan.log);
	return status;
}
