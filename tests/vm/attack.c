/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * attack WHAT ARGUMENTS: what root can do against what bpflock has put into the kernel, by system calls
 * alone. Exit status 0 it worked, 1 refused (EPERM), 2 could not try, or refused by something else.
 * What it writes to a map is what is there already.
 */
#include "attack.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>

#define RACES 3000

int tell(const char *step, long result)
{
	int error = errno;

	if (result >= 0) {
		printf("%s: done\n", step);
		return WORKED;
	}
	printf("%s: %s\n", step, strerror(error));
	return error == EPERM ? REFUSED : COULD_NOT;
}

static int by_id(int command, uint32_t id)
{
	union bpf_attr attr = { .map_id = id };

	return BPF(command, &attr);
}

int map_by_id(uint32_t id) { return by_id(BPF_MAP_GET_FD_BY_ID, id); }
int prog_by_id(uint32_t id) { return by_id(BPF_PROG_GET_FD_BY_ID, id); }
int link_by_id(uint32_t id) { return by_id(BPF_LINK_GET_FD_BY_ID, id); }

int map_info(int fd, struct bpf_map_info *ret)
{
	union bpf_attr attr = { .info = { .bpf_fd = fd, .info_len = sizeof(*ret), .info = POINTER(ret) } };

	memset(ret, 0, sizeof(*ret));
	return BPF(BPF_OBJ_GET_INFO_BY_FD, &attr);
}

int then(char **argv)
{
	int status;
	pid_t child;

	if (!argv[0])
		return WORKED;
	fflush(stdout);
	child = fork();
	if (child == 0) {
		execvp(argv[0], argv);
		_exit(COULD_NOT);
	}
	return waitpid(child, &status, 0) == child && WIFEXITED(status) ? WEXITSTATUS(status) : COULD_NOT;
}

/* An element of a map: its key, and its value as an update wants it. */
struct element {
	uint8_t key[512], next[512];
	uint8_t value[64 * 1024];
};

static int find_element(int fd, struct element *e)
{
	union bpf_attr attr = { .map_fd = fd, .next_key = POINTER(e->key) };
	struct bpf_map_info info;
	uint32_t inner;

	if (map_info(fd, &info) < 0 || BPF(BPF_MAP_GET_NEXT_KEY, &attr) < 0)
		return -1;
	attr = (union bpf_attr){ .map_fd = fd, .key = POINTER(e->key), .value = POINTER(e->value) };
	if (BPF(BPF_MAP_LOOKUP_ELEM, &attr) < 0)
		return -1;
	if (info.type == BPF_MAP_TYPE_ARRAY_OF_MAPS) {
		memcpy(&inner, e->value, sizeof(inner));
		inner = map_by_id(inner);
		memcpy(e->value, &inner, sizeof(inner));
	}
	return 0;
}

static int update(int fd, struct element *e)
{
	union bpf_attr attr = { .map_fd = fd, .key = POINTER(e->key), .value = POINTER(e->value) };

	return BPF(BPF_MAP_UPDATE_ELEM, &attr);
}

static int change_element(int fd, const char *how)
{
	static struct element e;
	union bpf_attr attr = { .map_fd = fd, .key = POINTER(e.key) };
	int r;

	if (find_element(fd, &e) < 0)
		return tell("find an element", -1);
	if (strcmp(how, "update") == 0)
		return tell("update", update(fd, &e));
	if (strcmp(how, "delete") == 0) {
		r = tell("delete", BPF(BPF_MAP_DELETE_ELEM, &attr));
	} else if (strcmp(how, "take") == 0) {
		attr.value = POINTER(e.value);
		r = tell("look up and delete", BPF(BPF_MAP_LOOKUP_AND_DELETE_ELEM, &attr));
	} else {
		attr = (union bpf_attr){ .batch = { .map_fd = fd, .count = 1, .keys = POINTER(e.key),
						    .values = POINTER(e.value) } };
		return tell("batch", BPF(BPF_MAP_UPDATE_BATCH, &attr));
	}
	if (r == WORKED)
		update(fd, &e);
	return r;
}

/* map ID update|delete|take|batch */
static int attack_map(char **argv)
{
	int fd = map_by_id(atoi(argv[0]));

	return fd < 0 ? tell("open", fd) : change_element(fd, argv[1]);
}

/* pin PATH: its map, opened to write, updated */
static int attack_pin(char **argv)
{
	union bpf_attr attr = { .pathname = POINTER(argv[0]) };
	int fd = BPF(BPF_OBJ_GET, &attr);

	return fd < 0 ? tell("open", fd) : change_element(fd, "update");
}

/* held ID: opened now, updated when a line of input comes */
static int attack_held(char **argv)
{
	int fd = map_by_id(atoi(argv[0]));
	char line[16];

	printf("open: %d\n", fd);
	fflush(stdout);
	if (read(STDIN_FILENO, line, sizeof(line)) < 0)
		return COULD_NOT;
	return change_element(fd, "update");
}

/* The map that another process has open under this number, or -1. */
static int steal_map(int pidfd, int number, const char *prefix)
{
	int fd = syscall(SYS_pidfd_getfd, pidfd, number, 0);
	struct bpf_map_info info;

	if (fd < 0)
		return -1;
	if (map_info(fd, &info) == 0 && info.id && strncmp(info.name, prefix, strlen(prefix)) == 0 &&
	    strcmp(info.name + strlen(prefix), "ring") != 0 &&
	    strcmp(info.name + strlen(prefix), "reader") != 0)
		return fd;
	close(fd);
	return -1;
}

/* steal PID PREFIX: one of the maps of that name that it has open, until a line of input comes */
static int attack_steal(char **argv)
{
	int pidfd = syscall(SYS_pidfd_open, atoi(argv[0]), 0), fd = -1;
	char line[16];

	for (int tries = 0; pidfd >= 0 && fd < 0 && tries < 100000; tries++)
		for (int number = 3; fd < 0 && number < 100; number++)
			fd = steal_map(pidfd, number, argv[1]);
	printf("stolen: %d\n", fd);
	fflush(stdout);
	if (fd < 0)
		return COULD_NOT;
	return read(STDIN_FILENO, line, sizeof(line)) < 0 ? COULD_NOT : WORKED;
}

static int attack_freeze(char **argv)
{
	union bpf_attr attr = { .map_fd = map_by_id(atoi(argv[0])) };

	return tell("freeze", BPF(BPF_MAP_FREEZE, &attr));
}

static int attack_mmap(char **argv)
{
	int fd = map_by_id(atoi(argv[0]));
	void *p = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);

	return tell("map", p == MAP_FAILED ? -1 : 0);
}

static int attack_detach(char **argv)
{
	union bpf_attr attr = { .link_detach = { .link_fd = link_by_id(atoi(argv[0])) } };

	return tell("detach", BPF(BPF_LINK_DETACH, &attr));
}

/* link-update ID [PROGRAM]: to that one, or to one that allows all */
static int attack_link_update(char **argv)
{
	int link = link_by_id(atoi(argv[0]));
	int prog = argv[1] ? prog_by_id(atoi(argv[1])) : load_sysctl_program();
	union bpf_attr attr = { .link_update = { .link_fd = link, .new_prog_fd = prog } };

	return prog < 0 ? tell("load", prog) : tell("update the link", BPF(BPF_LINK_UPDATE, &attr));
}

/* What a program of a set is attached as: sysctl, or lsm. */
static int attach_type(const char *word)
{
	return strcmp(word, "sysctl") == 0 ? BPF_CGROUP_SYSCTL : BPF_LSM_CGROUP;
}

/* prog-detach CGROUP PROGRAM TYPE */
static int attack_prog_detach(char **argv)
{
	union bpf_attr attr = { .target_fd = open(argv[0], O_RDONLY), .attach_bpf_fd = prog_by_id(atoi(argv[1])),
				.attach_type = attach_type(argv[2]) };

	return tell("detach", BPF(BPF_PROG_DETACH, &attr));
}

/* prog-attach CGROUP PROGRAM TYPE [REPLACED]: once more, or in the place of another */
static int attack_prog_attach(char **argv)
{
	union bpf_attr attr = { .target_fd = open(argv[0], O_RDONLY), .attach_bpf_fd = prog_by_id(atoi(argv[1])),
				.attach_type = attach_type(argv[2]), .attach_flags = BPF_F_ALLOW_MULTI };

	if (argv[3]) {
		attr.attach_flags |= BPF_F_REPLACE;
		attr.replace_bpf_fd = prog_by_id(atoi(argv[3]));
	}
	return tell("attach", BPF(BPF_PROG_ATTACH, &attr));
}

static volatile int race_over;
static int race_link, race_other, race_fd;

static void *swap(void *unused)
{
	while (!race_over) {
		dup2(race_other, race_fd);
		dup2(race_link, race_fd);
	}
	return unused;
}

/* race ID: detach an fd that another thread turns from something else into the link and back */
static int attack_race(char **argv)
{
	int refused = 0, i;
	pthread_t thread;

	race_link = link_by_id(atoi(argv[0]));
	race_other = open("/dev/null", O_RDONLY);
	race_fd = dup(race_other);
	if (race_link < 0 || pthread_create(&thread, NULL, swap, NULL) != 0)
		return COULD_NOT;
	for (i = 0; i < RACES; i++) {
		union bpf_attr attr = { .link_detach = { .link_fd = race_fd } };

		if (BPF(BPF_LINK_DETACH, &attr) == 0)
			break;
		refused += errno == EPERM;
	}
	race_over = 1;
	pthread_join(thread, NULL);
	printf("detach: %d tries, %d refused\n", i, refused);
	if (i < RACES)
		return WORKED;
	return refused > 0 ? REFUSED : COULD_NOT;
}

/* run ID: with nothing but zeros to say */
static int attack_run(char **argv)
{
	static char context[384];
	union bpf_attr attr = { .test = { .prog_fd = prog_by_id(atoi(argv[0])), .ctx_in = POINTER(context),
					  .ctx_size_in = sizeof(context) } };

	return tell("run", BPF(BPF_PROG_RUN, &attr));
}

static int attack_bind_map(char **argv)
{
	union bpf_attr attr = { .prog_bind_map = { .prog_fd = prog_by_id(atoi(argv[0])),
						   .map_fd = map_by_id(atoi(argv[1])) } };

	return tell("bind", BPF(BPF_PROG_BIND_MAP, &attr));
}

static int attack_exchange(char **argv)
{
	return tell("exchange", renameat2(AT_FDCWD, argv[0], AT_FDCWD, argv[1], RENAME_EXCHANGE));
}

static int attack_rename(char **argv)
{
	return tell("rename", rename(argv[0], argv[1]));
}

/* umount PATH plain|detach|force|expire; what is busy is not refused. The first call marks as expired. */
static int attack_umount(char **argv)
{
	static const struct { const char *name; int flags; } kinds[] = {
		{ "plain", 0 }, { "detach", MNT_DETACH }, { "force", MNT_FORCE }, { "expire", MNT_EXPIRE },
	};

	for (size_t i = 0; i < sizeof(kinds) / sizeof(*kinds); i++) {
		int r;

		if (strcmp(kinds[i].name, argv[1]) != 0)
			continue;
		r = umount2(argv[0], kinds[i].flags);
		if (r < 0 && errno == EAGAIN)
			r = umount2(argv[0], kinds[i].flags);
		return tell("unmount", r);
	}
	return COULD_NOT;
}

/* move FROM TO, by mount(2); move-mount FROM TO and move-beneath FROM TO by move_mount(2) */
static int attack_move(char **argv)
{
	return tell("move", mount(argv[0], argv[1], NULL, MS_MOVE, NULL));
}

static int move_mount_at(char **argv, unsigned int flags)
{
	return tell("move", syscall(SYS_move_mount, AT_FDCWD, argv[0], AT_FDCWD, argv[1], flags));
}

static int attack_move_mount(char **argv) { return move_mount_at(argv, 0); }
static int attack_move_beneath(char **argv) { return move_mount_at(argv, 0x200 /* MOVE_MOUNT_BENEATH */); }

static int attack_pivot(char **argv)
{
	return tell("pivot", syscall(SYS_pivot_root, argv[0], argv[1]));
}

static const struct {
	const char *name;
	int arguments;
	int (*attack)(char **argv);
} attacks[] = {
	{ "map", 2, attack_map },
	{ "pin", 1, attack_pin },
	{ "held", 1, attack_held },
	{ "steal", 2, attack_steal },
	{ "freeze", 1, attack_freeze },
	{ "mmap", 1, attack_mmap },
	{ "detach", 1, attack_detach },
	{ "link-update", 1, attack_link_update },
	{ "prog-detach", 3, attack_prog_detach },
	{ "prog-attach", 3, attack_prog_attach },
	{ "race", 1, attack_race },
	{ "run", 1, attack_run },
	{ "bind-map", 2, attack_bind_map },
	{ "exchange", 2, attack_exchange },
	{ "rename", 2, attack_rename },
	{ "umount", 2, attack_umount },
	{ "move", 2, attack_move },
	{ "move-mount", 2, attack_move_mount },
	{ "move-beneath", 2, attack_move_beneath },
	{ "pivot", 2, attack_pivot },
	{ "fmod-ret", 2, attack_fmod_ret },
	{ "lsm", 2, attack_lsm },
	{ "lsm-cgroup", 3, attack_lsm_cgroup },
	{ "freplace", 1, attack_freplace },
	{ "program", 1, attack_program },
	{ "inner", 3, attack_inner },
	{ "iterator", 1, attack_iterator },
};

int main(int argc, char **argv)
{
	for (size_t i = 0; argc > 1 && i < sizeof(attacks) / sizeof(*attacks); i++)
		if (strcmp(attacks[i].name, argv[1]) == 0 && argc - 2 >= attacks[i].arguments)
			return attacks[i].attack(argv + 2);
	return COULD_NOT;
}
