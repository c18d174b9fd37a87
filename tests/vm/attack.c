/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * attack WHAT ARGUMENTS: what root can do against what bpflock has put into the kernel, by system
 * calls alone. Exit status 0 it worked, 1 refused (EPERM), 2 could not try, or refused by something
 * else.
 */
#include "attack.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>

#define PREFIX "bplks_" /* of what is sealed */

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

int better(int a, int b)
{
	return a < b ? a : b;
}

int by_id(int command, uint32_t id)
{
	union bpf_attr attr = { .map_id = id };

	return BPF(command, &attr);
}

uint32_t next_id(int command, uint32_t id)
{
	union bpf_attr attr = { .start_id = id };

	return BPF(command, &attr) < 0 ? 0 : attr.next_id;
}

int info_of(int fd, void *info, uint32_t size)
{
	union bpf_attr attr = { .info = { .bpf_fd = fd, .info_len = size, .info = POINTER(info) } };

	return BPF(BPF_OBJ_GET_INFO_BY_FD, &attr);
}

int map_info(int fd, struct bpf_map_info *ret)
{
	memset(ret, 0, sizeof(*ret));
	return info_of(fd, ret, sizeof(*ret));
}

int prog_info(int fd, struct bpf_prog_info *ret, uint32_t *map_ids, uint32_t n)
{
	memset(ret, 0, sizeof(*ret));
	ret->map_ids = POINTER(map_ids);
	ret->nr_map_ids = n;
	return info_of(fd, ret, sizeof(*ret));
}

static bool is_lock(const char *name)
{
	return strcmp(name, "locked_down") == 0 || strcmp(name, PREFIX "locked_do") == 0;
}

bool is_for_readers(const char *name)
{
	const char *plain =
		strncmp(name, PREFIX, strlen(PREFIX)) == 0 ? name + strlen(PREFIX) : name;

	return strcmp(plain, "ring") == 0 || strcmp(plain, "reader") == 0;
}

static void add(uint32_t *ids, size_t *n, uint32_t id)
{
	for (size_t i = 0; i < *n; i++)
		if (ids[i] == id)
			return;
	if (*n < OURS_MAX)
		ids[(*n)++] = id;
}

uint32_t our_lock(void)
{
	for (uint32_t id = 0; (id = next_id(BPF_PROG_GET_NEXT_ID, id));) {
		int fd = prog_by_id(id);
		struct bpf_prog_info info;
		bool lock = fd >= 0 && prog_info(fd, &info, NULL, 0) == 0 && is_lock(info.name);

		if (fd >= 0)
			close(fd);
		if (lock)
			return id;
	}
	return 0;
}

/* Adds maps in slots, which are found by looking, or by there being no fd of them. */
static void find_inner(struct ours *o)
{
	for (uint32_t id = 0; (id = next_id(BPF_MAP_GET_NEXT_ID, id));) {
		int fd = map_by_id(id);
		struct bpf_map_info info;

		if (fd < 0 ||
		    (map_info(fd, &info) == 0 && (strncmp(info.name, "bpflock_", 8) == 0 ||
						  strncmp(info.name, PREFIX, strlen(PREFIX)) == 0)))
			add(o->maps, &o->n_maps, id);
		if (fd >= 0)
			close(fd);
	}
}

void find_ours(struct ours *ret)
{
	uint32_t lock_maps[64] = {}, maps[64], id, n_lock;
	struct bpf_prog_info info;
	int fd = prog_by_id(our_lock());

	*ret = (struct ours){};
	if (fd < 0 || prog_info(fd, &info, lock_maps, 64) < 0)
		return;
	n_lock = info.nr_map_ids;
	close(fd);
	for (id = 0; (id = next_id(BPF_PROG_GET_NEXT_ID, id));) {
		bool shares = false;

		fd = prog_by_id(id);
		if (fd < 0)
			continue;
		if (prog_info(fd, &info, maps, 64) == 0)
			for (uint32_t i = 0; i < info.nr_map_ids && i < 64; i++)
				for (uint32_t k = 0; k < n_lock && k < 64; k++)
					shares = shares || maps[i] == lock_maps[k];
		close(fd);
		if (!shares && strncmp(info.name, PREFIX, strlen(PREFIX)) != 0)
			continue;
		add(ret->programs, &ret->n_programs, id);
		for (uint32_t i = 0; i < info.nr_map_ids && i < 64; i++)
			add(ret->maps, &ret->n_maps, maps[i]);
	}
	find_inner(ret);
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
	return waitpid(child, &status, 0) == child && WIFEXITED(status) ? WEXITSTATUS(status)
									: COULD_NOT;
}

void gate(const char *stage)
{
	const char *wanted = getenv("ATTACK_STAGE"), *path = getenv("ATTACK_GATE");
	char line[16];
	int fd;

	if (!wanted || !path || strcmp(wanted, stage) != 0)
		return;
	puts("ready");
	fflush(stdout);
	fd = open(path, O_RDONLY);
	if (fd < 0 || read(fd, line, sizeof(line)) < 0)
		exit(COULD_NOT);
	close(fd);
}

int main(int argc, char **argv)
{
	static const struct attack *const tables[] = { map_attacks,	 program_attacks,
						       freplace_attacks, link_attacks,
						       file_attacks,	 thief_attacks };

	for (size_t t = 0; argc > 1 && t < COUNT(tables); t++)
		for (const struct attack *a = tables[t]; a->name; a++)
			if (strcmp(a->name, argv[1]) == 0 && argc - 2 >= a->arguments)
				return a->attack(argv + 2);
	fprintf(stderr, "attack: wrong call\n");
	return COULD_NOT;
}
