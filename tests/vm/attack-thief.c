/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * thief KIND WHICH HOW COMMAND...: stops whoever seals at one of its calls of bpf(2), steals all
 * maps of the set to be sealed that it has open, and lets it go on. KIND WHICH is where: "run arm",
 * "attach guard_bpf", and "load 3", "pin 1", "fix 1" for the third, the first, and the first
 * freezing of a map since the guards are armed. HOW is what keeps the maps, or what else is done
 * there. Exit status 0: what was stolen opens /dev/mem, or is part of what is sealed now.
 */
#include "attack-insn.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/ptrace.h>
#include <linux/seccomp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <sys/wait.h>

#include "seal-abi.h"

/* <sys/ptrace.h> and <linux/ptrace.h> do not go together. */
long ptrace(int request, ...);

#define LATE 31 /* seconds: past the deadline of a seal */

static int stolen[OURS_MAX], n_stolen;

static void become(char **argv)
{
	struct sock_filter code[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_bpf, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_TRACE),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	struct sock_fprog program = { .filter = code, .len = COUNT(code) };

	ptrace(PTRACE_TRACEME, 0, NULL, NULL);
	raise(SIGSTOP);
	if (prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) == 0)
		execvp(argv[0], argv);
	_exit(64);
}

static void read_memory(pid_t pid, uint64_t address, void *to, size_t n)
{
	struct iovec local = { to, n }, remote = { (void *)(uintptr_t)address, n };

	if (process_vm_readv(pid, &local, 1, &remote, 1, 0) < 0)
		memset(to, 0, n);
}

static bool is_program(int pidfd, int number, const char *name)
{
	int fd = syscall(SYS_pidfd_getfd, pidfd, number, 0);
	struct bpf_prog_info info = {};
	bool is = fd >= 0 && prog_info(fd, &info, NULL, 0) == 0 &&
		  strncmp(info.name, BPFLOCK_SEALED_PREFIX, BPFLOCK_SEALED_PREFIX_LEN) == 0 &&
		  strncmp(info.name + BPFLOCK_SEALED_PREFIX_LEN, name,
			  sizeof(info.name) - 1 - BPFLOCK_SEALED_PREFIX_LEN) == 0;

	if (fd >= 0)
		close(fd);
	return is;
}

/* Says whether this call is the one. */
static bool is_it(pid_t pid, int pidfd, const struct ptrace_syscall_info *call, char **argv)
{
	static const struct {
		const char *name;
		unsigned int command;
	} kinds[] = {
		{ "run", BPF_PROG_RUN },   { "attach", BPF_PROG_ATTACH }, { "load", BPF_PROG_LOAD },
		{ "fix", BPF_MAP_FREEZE }, { "pin", BPF_OBJ_PIN },
	};
	static bool armed;
	static int n;
	uint32_t words[2];

	read_memory(pid, call->seccomp.args[1], words, sizeof(words));
	for (size_t i = 0; i < COUNT(kinds); i++) {
		if (strcmp(kinds[i].name, argv[0]) != 0 ||
		    call->seccomp.args[0] != kinds[i].command)
			continue;
		switch (kinds[i].command) {
		case BPF_PROG_RUN:
			return is_program(pidfd, words[0], argv[1]);
		case BPF_PROG_ATTACH:
			return is_program(pidfd, words[1], argv[1]);
		case BPF_MAP_FREEZE:
			return armed && ++n == atoi(argv[1]);
		}
		return ++n == atoi(argv[1]);
	}
	armed = armed ||
		(call->seccomp.args[0] == BPF_PROG_RUN && is_program(pidfd, words[0], "arm"));
	return false;
}

static bool is_of_the_set(const struct bpf_map_info *info)
{
	return strncmp(info->name, BPFLOCK_SEALED_PREFIX, BPFLOCK_SEALED_PREFIX_LEN) == 0 &&
	       !is_for_readers(info->name);
}

static void steal(int pidfd)
{
	for (int number = 3; number < 512 && n_stolen < OURS_MAX; number++) {
		int fd = syscall(SYS_pidfd_getfd, pidfd, number, 0);
		struct bpf_map_info info;

		if (fd < 0)
			continue;
		if (map_info(fd, &info) == 0 && info.id && is_of_the_set(&info))
			stolen[n_stolen++] = fd;
		else
			close(fd);
	}
}

static void steal_by_id(void)
{
	for (uint32_t id = 0; (id = next_id(BPF_MAP_GET_NEXT_ID, id)) && n_stolen < OURS_MAX;) {
		int fd = map_by_id(id);
		struct bpf_map_info info;

		if (fd >= 0 && map_info(fd, &info) == 0 && is_of_the_set(&info))
			stolen[n_stolen++] = fd;
		else if (fd >= 0)
			close(fd);
	}
}

static int send_away(int fd)
{
	static int ends[2] = { -1, -1 };
	char control[CMSG_SPACE(sizeof(fd))] = {};
	struct iovec byte = { "x", 1 };
	struct msghdr m = { .msg_iov = &byte,
			    .msg_iovlen = 1,
			    .msg_control = control,
			    .msg_controllen = sizeof(control) };
	struct cmsghdr *c = CMSG_FIRSTHDR(&m);

	if (ends[0] < 0 && socketpair(AF_UNIX, SOCK_DGRAM, 0, ends) < 0)
		return -1;
	c->cmsg_level = SOL_SOCKET;
	c->cmsg_type = SCM_RIGHTS;
	c->cmsg_len = CMSG_LEN(sizeof(fd));
	memcpy(CMSG_DATA(c), &fd, sizeof(fd));
	return sendmsg(ends[0], &m, 0);
}

/* With the state of the seal in hand: it says what nobody has proven. */
static int forge(int fd)
{
	struct bpf_map_info info;
	struct bpflock_seal s;
	uint32_t zero = 0;
	union bpf_attr attr = { .map_fd = fd, .key = POINTER(&zero), .value = POINTER(&s) };

	if (map_info(fd, &info) < 0 || strcmp(info.name, BPFLOCK_SEALED_PREFIX "seal") != 0)
		return 0;
	if (BPF(BPF_MAP_LOOKUP_ELEM, &attr) < 0)
		return -1;
	s.word = BPFLOCK_SEAL_SEALED;
	return tell("forge", BPF(BPF_MAP_UPDATE_ELEM, &attr));
}

/* Acts at that call. Each way but the first closes the fds again: something else keeps the maps. */
static void act(const char *how, pid_t pid)
{
	int kept = 0;

	if (strcmp(how, "stop") == 0)
		sleep(LATE);
	if (strcmp(how, "kill") == 0)
		kill(pid, SIGKILL);
	for (int i = 0; i < n_stolen; i++) {
		if (strcmp(how, "scm") == 0)
			kept += send_away(stolen[i]) > 0;
		else if (strcmp(how, "forge") == 0)
			kept += forge(stolen[i]) >= 0;
		else if (strcmp(how, "fd") != 0 && strcmp(how, "stop") != 0 &&
			 strcmp(how, "kill") != 0)
			kept += act_on_map(how, stolen[i]) >= 0;
		else
			kept++;
		if (strcmp(how, "scm") == 0)
			close(stolen[i]);
	}
	printf("stolen: %d, kept: %d\n", n_stolen, kept);
}

static int run_until_it_ends(pid_t pid, char **argv)
{
	int pidfd = syscall(SYS_pidfd_open, pid, 0), status, signal = 0;
	struct ptrace_syscall_info call;
	bool done = false;

	if (waitpid(pid, &status, 0) != pid)
		return -1;
	ptrace(PTRACE_SETOPTIONS, pid, NULL,
	       (void *)(long)(PTRACE_O_TRACESECCOMP | PTRACE_O_EXITKILL));
	for (;;) {
		ptrace(PTRACE_CONT, pid, NULL, (void *)(long)signal);
		if (waitpid(pid, &status, 0) != pid)
			return -1;
		if (!WIFSTOPPED(status))
			break;
		signal = status >> 8 == (SIGTRAP | (PTRACE_EVENT_SECCOMP << 8)) ? 0
										: WSTOPSIG(status);
		if (signal == SIGTRAP || signal == SIGSTOP)
			signal = 0;
		if (done || status >> 8 != (SIGTRAP | (PTRACE_EVENT_SECCOMP << 8)) ||
		    ptrace(PTRACE_GET_SYSCALL_INFO, pid, (void *)sizeof(call), &call) < 0 ||
		    !is_it(pid, pidfd, &call, argv))
			continue;
		done = true;
		if (strcmp(argv[2], "id") == 0)
			steal_by_id();
		else
			steal(pidfd);
		act(argv[2], pid);
	}
	if (!done)
		return -1;
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

static int attack_thief(char **argv)
{
	int status, mem;
	pid_t pid;

	fflush(stdout);
	pid = fork();
	if (pid == 0)
		become(argv + 3);
	status = run_until_it_ends(pid, argv);
	printf("%s: status %d\n", argv[3], status);
	if (status < 0)
		return COULD_NOT;
	for (int i = 0; i < n_stolen && strcmp(argv[2], "scm") != 0; i++)
		act_on_map("write", stolen[i]);
	mem = open("/dev/mem", O_RDONLY);
	printf("/dev/mem: %s\n", mem < 0 ? "refused" : "open");
	return mem >= 0 || (status == 0 && n_stolen) ? WORKED : REFUSED;
}

const struct attack thief_attacks[] = {
	{ "thief", 4, attack_thief },
	{},
};
