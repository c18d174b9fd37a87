/* SPDX-License-Identifier: GPL-2.0-only */
/* Attacks on what a verdict reads: which maps, and how the attacker comes to them. */
#include "attack-insn.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>

static int open_by_id(uint32_t id, uint32_t flags)
{
	union bpf_attr attr = { .map_id = id, .open_flags = flags };

	return BPF(BPF_MAP_GET_FD_BY_ID, &attr);
}

/* maps ACT [NAME]: each of ours, or those whose names begin so; worked if it does with any */
static int attack_maps(char **argv)
{
	uint32_t flags;
	struct ours o;
	int fds[OURS_MAX], r = COULD_NOT;

	if (!find_act(argv[0], &flags))
		return COULD_NOT;
	find_ours(&o);
	for (size_t i = 0; i < o.n_maps; i++)
		fds[i] = open_by_id(o.maps[i], flags);
	gate("load");
	for (size_t i = 0; i < o.n_maps; i++) {
		struct bpf_map_info info = {};
		int one;

		if (fds[i] >= 0 && (map_info(fds[i], &info) < 0 || is_for_readers(info.name)))
			continue;
		if (argv[1] && fds[i] >= 0 && strncmp(info.name, argv[1], strlen(argv[1])) != 0)
			continue;
		printf("map %u %s: ", o.maps[i], info.name);
		one = tell(argv[0], fds[i] < 0 ? -1 : act_on_map(argv[0], fds[i]));
		r = better(r, one);
	}
	return r;
}

/* iterator-held NAME: made now, read later */
static int attack_iterator_held(char **argv)
{
	int prog = load_iterator(), links[OURS_MAX], n = 0, r = COULD_NOT;
	struct ours o;

	find_ours(&o);
	for (size_t i = 0; i < o.n_maps; i++) {
		int fd = open_by_id(o.maps[i], BPF_F_RDONLY);
		struct bpf_map_info info;

		if (fd < 0 || map_info(fd, &info) < 0 ||
		    strncmp(info.name, argv[0], strlen(argv[0])) != 0)
			continue;
		links[n] = iterator_link(prog, fd);
		n += links[n] >= 0;
		close(fd);
	}
	gate("load");
	for (int i = 0; i < n; i++)
		r = better(r, tell("iterate", iterate(links[i])));
	return r;
}

/* Attack pins: each map that is pinned below a directory, opened by its path and written. */
static int attack_pins(char **argv)
{
	DIR *d = opendir(argv[0]);
	struct dirent *e;
	int r = COULD_NOT;

	while (d && (e = readdir(d))) {
		char path[512];
		union bpf_attr attr = { .pathname = POINTER(path) };
		int fd;

		if (e->d_name[0] == '.' || is_for_readers(e->d_name))
			continue;
		snprintf(path, sizeof(path), "%s/%s", argv[0], e->d_name);
		printf("%s: ", path);
		fd = BPF(BPF_OBJ_GET, &attr);
		r = better(r, tell("write", fd < 0 ? fd : act_on_map("write", fd)));
	}
	return r;
}

static int create_map(const char *name)
{
	union bpf_attr attr = {
		.map_type = BPF_MAP_TYPE_ARRAY, .key_size = 4, .value_size = 4, .max_entries = 1
	};

	strncpy(attr.map_name, name, sizeof(attr.map_name) - 1);
	return BPF(BPF_MAP_CREATE, &attr);
}

/* Attack bind-to-ours: a map of the attacker's among those of each program of ours. */
static int attack_bind_to_ours(char **argv)
{
	int map = create_map(""), r = COULD_NOT;
	union bpf_attr attr;
	struct ours o;

	(void)argv;
	find_ours(&o);
	for (size_t i = 0; i < o.n_programs; i++) {
		attr = (union bpf_attr){ .prog_bind_map = { .prog_fd = prog_by_id(o.programs[i]),
							    .map_fd = map } };
		r = better(r, tell("bind", BPF(BPF_PROG_BIND_MAP, &attr)));
	}
	return r;
}

/* create NAME: a map of this name */
static int attack_create(char **argv)
{
	return tell("create", create_map(argv[0]));
}

/* The map that another process has open under this number, or -1. */
static int steal_map(int pidfd, int number, const char *prefix)
{
	int fd = syscall(SYS_pidfd_getfd, pidfd, number, 0);
	struct bpf_map_info info;

	if (fd < 0)
		return -1;
	if (map_info(fd, &info) == 0 && info.id &&
	    strncmp(info.name, prefix, strlen(prefix)) == 0 && !is_for_readers(info.name))
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

/* Attack forge: a record of zeros in the ring, by a program of the attacker's. */
static int attack_forge(char **argv)
{
	struct ours o;
	int r = COULD_NOT;

	(void)argv;
	find_ours(&o);
	for (size_t i = 0; i < o.n_maps; i++) {
		int fd = open_by_id(o.maps[i], 0);
		struct bpf_map_info info;

		if (fd < 0 || map_info(fd, &info) < 0 || info.type != BPF_MAP_TYPE_RINGBUF)
			continue;

		struct bpf_insn insns[] = {
			STORE(BPF_DW, 10, -8, 0), MAP(1, fd), COPY(2, 10), ADD(2, -8), SET(3, 8),
			SET(4, 0), CALL(BPF_FUNC_ringbuf_output), END,
		};

		r = better(r, tell("forge", RUN(BPF_PROG_TYPE_RAW_TRACEPOINT, insns)));
	}
	return r;
}

const struct attack map_attacks[] = {
	{ "maps", 1, attack_maps },	{ "iterator-held", 1, attack_iterator_held },
	{ "pins", 1, attack_pins },	{ "bind-to-ours", 0, attack_bind_to_ours },
	{ "create", 1, attack_create }, { "steal", 2, attack_steal },
	{ "forge", 0, attack_forge },	{},
};
