// SPDX-License-Identifier: GPL-2.0-only
#include "ask.h"

#include <bpf/bpf.h>
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "util.h"

bool ask_is_reserved(const char *name)
{
	return strncmp(name, BPFLOCK_SEALED_PREFIX, BPFLOCK_SEALED_PREFIX_LEN) == 0;
}

int ask_open_program(const char *set_path, const char *name)
{
	char path[PATH_MAX];
	int fd, n = snprintf(path, sizeof(path), "%s/progs/%s", set_path, name);

	if (n < 0 || n >= PATH_MAX)
		return -ENAMETOOLONG;
	fd = bpf_obj_get(path);
	return fd < 0 ? -errno : fd;
}

int ask_open(const char *set_path)
{
	CLEANUP(close_fdp) int fd = ask_open_program(set_path, "ask");
	struct bpf_prog_info info = {};
	uint32_t len = sizeof(info);

	if (fd < 0)
		return fd;
	if (bpf_obj_get_info_by_fd(fd, &info, &len) < 0)
		return -errno;
	return ask_is_reserved(info.name) ? TAKE_FD(fd) : -ENOENT;
}

int ask_run(int fd, void *context, uint32_t size)
{
	LIBBPF_OPTS(bpf_test_run_opts, opts, .ctx_in = context, .ctx_size_in = size);

	if (bpf_prog_test_run_opts(fd, &opts) < 0)
		return -errno;
	return opts.retval;
}

int ask(int fd, struct bpflock_question *q)
{
	int r = ask_run(fd, q, sizeof(*q));

	return r < 0 ? r : (int)q->n;
}

#define ASK_ONE(function, kind, type, member)                   \
	int function(int fd, struct type *ret)                  \
	{                                                       \
		struct bpflock_question q = { .what = (kind) }; \
		int r = ask(fd, &q);                            \
                                                                \
		if (r < 0)                                      \
			return r;                               \
		*ret = q.answer.member;                         \
		return 0;                                       \
	}

ASK_ONE(ask_seal, BPFLOCK_ASK_SEAL, bpflock_seal, seal)
ASK_ONE(ask_stamp, BPFLOCK_ASK_STAMP, bpflock_stamp, stamp)
ASK_ONE(ask_latch, BPFLOCK_ASK_LATCH, bpflock_latch, latch)
ASK_ONE(ask_log_state, BPFLOCK_ASK_LOG_STATE, bpflock_log_state, log_state)

int ask_policy(int fd, uint32_t slot, struct bpflock_policy *ret)
{
	struct bpflock_question q = { .what = BPFLOCK_ASK_POLICY, .index = slot };
	int r = ask(fd, &q);

	if (r < 0)
		return r;
	*ret = q.answer.policy;
	return 0;
}

int ask_counters(int fd, struct bpflock_counters ret[BPFLOCK_COUNTERS_MAX])
{
	for (uint32_t i = 0; i < BPFLOCK_COUNTERS_MAX; i++) {
		struct bpflock_question q = { .what = BPFLOCK_ASK_COUNTERS, .index = i };
		int r = ask(fd, &q);

		if (r < 0)
			return r;
		ret[i] = q.answer.counters;
	}
	return 0;
}

int ask_references(int fd, struct bpflock_references ret[_BPFLOCK_MAP_MAX])
{
	struct bpflock_question q = { .what = BPFLOCK_ASK_REFERENCES };
	int r = ask(fd, &q);

	if (r < 0)
		return r;
	memcpy(ret, q.answer.references, sizeof(q.answer.references));
	return 0;
}

static size_t row_size(enum bpflock_ask what)
{
	switch (what) {
	case BPFLOCK_ASK_RULES:
		return sizeof(struct bpflock_rule);
	case BPFLOCK_ASK_PATHS:
		return sizeof(struct bpflock_node);
	case BPFLOCK_ASK_GRANTS:
		return sizeof(struct bpflock_grant);
	default:
		return 0;
	}
}

int ask_rows(int fd, enum bpflock_ask what, uint32_t bank, uint32_t n, void **ret_rows)
{
	size_t size = row_size(what);
	CLEANUP(free_charp) char *rows = size ? calloc((size_t)n + BPFLOCK_ASK_ROWS, size) : NULL;
	uint32_t got = 0;

	if (!size)
		return -EINVAL;
	if (!rows)
		return -ENOMEM;
	while (got < n) {
		struct bpflock_question q = { .what = what, .bank = bank, .index = got };
		int r = ask(fd, &q);

		if (r < 0)
			return r;
		if (!r)
			break;
		memcpy(rows + got * size, &q.answer, r * size);
		got += r;
	}
	*ret_rows = TAKE_PTR(rows);
	return got < n ? got : n;
}
