/* SPDX-License-Identifier: GPL-2.0-only */
/* Attacks by programs that answer in the place of others. */
#include "attack-insn.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/btf.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

int load_program(union bpf_attr *attr, const struct bpf_insn *insns, size_t n)
{
	attr->insns = POINTER(insns);
	attr->insn_cnt = n;
	attr->license = POINTER("GPL");
	return BPF(BPF_PROG_LOAD, attr);
}

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
	uint32_t found = 0;
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
	for (uint32_t id = 1, off = 0; off < h->type_len && !found; id++) {
		const struct btf_type *t = (const void *)(types + off);

		if (BTF_INFO_KIND(t->info) == BTF_KIND_FUNC &&
		    strcmp(strings + t->name_off, name) == 0)
			found = id;
		off += sizeof(*t) + btf_extra(t);
	}
	free(data); /* 5 MB, and a guest has not that much for each of 64 programs */
	return found;
}

int attach_program(int prog)
{
	union bpf_attr attr = { .raw_tracepoint = { .prog_fd = prog } };

	return BPF(BPF_RAW_TRACEPOINT_OPEN, &attr);
}

int load_answer(uint32_t type, uint32_t attach_type, const char *function, int answer)
{
	struct bpf_insn insns[] = { SET(0, answer), END };
	union bpf_attr attr = { .prog_type = type,
				.expected_attach_type = attach_type,
				.attach_btf_id = kernel_function(function) };

	return attr.attach_btf_id ? LOAD(&attr, insns) : -1;
}

static int answer(char **argv, uint32_t type, uint32_t attach_type, const char *function)
{
	int fd = load_answer(type, attach_type, function, atoi(argv[1])), r = tell("load", fd);

	if (r != WORKED)
		return r;
	gate("load");
	r = tell("attach", attach_program(fd));
	if (r != WORKED)
		return r;
	gate("attach");
	return then(argv + 2);
}

/* fmod-ret FUNCTION ANSWER [COMMAND...] */
static int attack_fmod_ret(char **argv)
{
	return answer(argv, BPF_PROG_TYPE_TRACING, BPF_MODIFY_RETURN, argv[0]);
}

/* trace entry|exit FUNCTION [COMMAND...]: what only looks */
static int attack_trace(char **argv)
{
	char *rest[] = { argv[1], "0", NULL };
	int r = answer(rest, BPF_PROG_TYPE_TRACING,
		       strcmp(argv[0], "entry") == 0 ? BPF_TRACE_FENTRY : BPF_TRACE_FEXIT, argv[1]);

	return r == WORKED ? then(argv + 2) : r;
}

/* flap FUNCTION TIMES: attached and detached again and again, with another asked after each */
static int attack_flap(char **argv)
{
	int fd = load_answer(BPF_PROG_TYPE_TRACING, BPF_TRACE_FENTRY, argv[0], 0);
	int r = tell("load", fd);

	for (int i = 0; r == WORKED && i < atoi(argv[1]); i++) {
		int link = attach_program(fd), mem = open("/dev/mem", O_RDONLY);

		if (mem >= 0)
			return tell("open /dev/mem", mem);
		if (link < 0)
			return tell("attach", link);
		close(link);
	}
	return REFUSED;
}

/* crowd FUNCTION COUNT [COMMAND...]: so many programs on one function, as many as it takes */
static int attack_crowd(char **argv)
{
	int n = 0;

	for (int i = 0; i < atoi(argv[1]); i++) {
		int fd = load_answer(BPF_PROG_TYPE_TRACING, BPF_TRACE_FENTRY, argv[0], 0);

		if (fd >= 0 && attach_program(fd) >= 0)
			n++;
	}
	printf("attached: %d\n", n);
	return n ? then(argv + 2) : COULD_NOT;
}

/* lsm HOOK ANSWER [COMMAND...] */
static int attack_lsm(char **argv)
{
	char function[128];

	snprintf(function, sizeof(function), "bpf_lsm_%s", argv[0]);
	return answer(argv, BPF_PROG_TYPE_LSM, BPF_LSM_MAC, function);
}

/* Attack override: a kprobe's program that would answer for the function it is on. */
static int attack_override(char **argv)
{
	struct bpf_insn insns[] = { SET(2, 0), CALL(BPF_FUNC_override_return), SET(0, 0), END };
	union bpf_attr attr = { .prog_type = BPF_PROG_TYPE_KPROBE };

	(void)argv;
	return tell("load", LOAD(&attr, insns));
}

/* Attack write-user: the helper that writes to a process's memory. */
static int attack_write_user(char **argv)
{
	struct bpf_insn insns[] = {
		STORE(BPF_DW, 10, -8, 0),	 SET(1, 0), COPY(2, 10), ADD(2, -8), SET(3, 8),
		CALL(BPF_FUNC_probe_write_user), SET(0, 0), END,
	};
	union bpf_attr attr = { .prog_type = BPF_PROG_TYPE_KPROBE };
	int r = tell("load", LOAD(&attr, insns));

	if (r == WORKED)
		gate("load");
	return r == WORKED ? then(argv) : r;
}

static int run(int prog, const void *context, size_t len, int *ret_answer)
{
	union bpf_attr attr = { .test = { .prog_fd = prog,
					  .ctx_in = POINTER(context),
					  .ctx_size_in = len } };
	int r = BPF(BPF_PROG_RUN, &attr);

	*ret_answer = r < 0 ? r : (int)attr.test.retval;
	return r;
}

int run_insns(uint32_t type, const struct bpf_insn *insns, size_t n)
{
	/* BPF_F_SLEEPABLE */
	union bpf_attr attr = { .prog_type = type,
				.prog_flags = type == BPF_PROG_TYPE_SYSCALL ? 1U << 4 : 0 };
	uint64_t context[2] = { 0 };
	int prog = load_program(&attr, insns, n), answer;

	if (prog < 0)
		return prog;
	run(prog, context, sizeof(context), &answer);
	if (answer < -1)
		errno = -answer;
	return answer;
}

/*
 * run-ours zeros|ones|latch: each program that can be run, with nothing else to say; the one that
 * latches is run with ones by the last word alone, since it then denies everything to everybody.
 */
static int attack_run_ours(char **argv)
{
	static char context[4352];
	bool latch = strcmp(argv[0], "latch") == 0;
	struct ours o;
	int r = COULD_NOT;

	memset(context, strcmp(argv[0], "zeros") == 0 ? 0 : 0xff, sizeof(context));
	find_ours(&o);
	for (size_t i = 0; i < o.n_programs; i++) {
		int fd = prog_by_id(o.programs[i]);
		struct bpf_prog_info info;
		int answer;

		if (fd < 0 || prog_info(fd, &info, NULL, 0) < 0)
			continue;
		if (context[0] && latch != (strstr(info.name, "latch") != NULL))
			continue;
		printf("%s: ", info.name);
		r = better(r, tell("run", run(fd, context, sizeof(context), &answer)));
	}
	return r;
}

const struct attack program_attacks[] = {
	{ "fmod-ret", 2, attack_fmod_ret },
	{ "trace", 2, attack_trace },
	{ "flap", 2, attack_flap },
	{ "crowd", 2, attack_crowd },
	{ "lsm", 2, attack_lsm },
	{ "override", 0, attack_override },
	{ "write-user", 0, attack_write_user },
	{ "run-ours", 1, attack_run_ours },
	{},
};
