// SPDX-License-Identifier: GPL-2.0-only
#include "seal-look.h"

#include <bpf/bpf.h>
#include <errno.h>
#include <limits.h>
#include <linux/bpf.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "ask.h"
#include "attachment.h"
#include "ftrace.h"
#include "proc.h"
#include "progress.h"
#include "util.h"

#define MAPS_MAX 64
#define TRIES	 40 /* somebody who lists maps holds each for a moment */
#define TRY_NS	 25000000

static const char *const map_names[] = {
	[BPFLOCK_MAP_COUNTERS] = "counters",   [BPFLOCK_MAP_FOUND] = "found",
	[BPFLOCK_MAP_KEPT] = "kept",	       [BPFLOCK_MAP_LATCH] = "latch_map",
	[BPFLOCK_MAP_LOG_STATE] = "log_state", [BPFLOCK_MAP_RECENT] = "recent",
	[BPFLOCK_MAP_REFUSING] = "refusing",   [BPFLOCK_MAP_LOADING] = "loading",
	[BPFLOCK_MAP_SEAL] = "seal",	       [BPFLOCK_MAP_STAMP] = "stamp",
	[BPFLOCK_MAP_TAMPERS] = "tampers",     [BPFLOCK_MAP_POLICY] = "policy",
	[BPFLOCK_MAP_RULES] = "rules",	       [BPFLOCK_MAP_NODES] = "nodes",
	[BPFLOCK_MAP_PATHS] = "paths",	       [BPFLOCK_MAP_ENDS] = "ends",
	[BPFLOCK_MAP_GRANTS] = "grants",       [BPFLOCK_MAP_RODATA] = "rodata",
};

const char *seal_look_map_name(uint32_t map)
{
	return map < ARRAY_SIZE(map_names) ? map_names[map] : "one in a slot";
}

static const char *const rival_texts[_BPFLOCK_RIVAL_MAX] = {
	[BPFLOCK_RIVAL_MODIFY_RETURN] = "of type modify_return, on a function that a seal rests on",
	[BPFLOCK_RIVAL_LSM] = "of type lsm, on a hook that a seal rests on",
	[BPFLOCK_RIVAL_LSM_CGROUP] = "of type lsm_cgroup, on a hook that a seal rests on",
	[BPFLOCK_RIVAL_EXTENSION] = "to replace a function of bpflock",
};

static bool loads(enum bpf_prog_type type, enum bpf_attach_type attach_type, uint32_t function,
		  int answer)
{
	const struct bpf_insn insns[] = {
		{ .code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = BPF_REG_0, .imm = answer },
		{ .code = BPF_JMP | BPF_EXIT },
	};
	LIBBPF_OPTS(bpf_prog_load_opts, opts, .expected_attach_type = attach_type,
		    .attach_btf_id = function);
	CLEANUP(close_fdp)
	int fd = bpf_prog_load(type, "bpflock_try", "GPL", insns, ARRAY_SIZE(insns), &opts);

	return fd >= 0;
}

bool seal_look_lsm_may_consent(uint32_t lsm_function)
{
	return loads(BPF_PROG_TYPE_LSM, BPF_LSM_MAC, lsm_function, 1);
}

bool seal_look_rival_loads(uint32_t asking_function)
{
	return loads(BPF_PROG_TYPE_TRACING, BPF_MODIFY_RETURN, asking_function, 0) ||
	       errno != EPERM;
}

void seal_look_expect_slots(const struct bpflock_references maps[_BPFLOCK_MAP_MAX],
			    uint32_t ret_refcnt[_BPFLOCK_MAP_MAX])
{
	for (uint32_t i = 0; i < _BPFLOCK_MAP_MAX; i++)
		ret_refcnt[i] = i >= BPFLOCK_MAP_IN_POLICY && maps[i].id;
}

void seal_look_count_users(const struct bpflock_references maps[_BPFLOCK_MAP_MAX],
			   const uint32_t *ids, uint32_t n_ids, uint32_t refcnt[_BPFLOCK_MAP_MAX])
{
	for (uint32_t i = 0; i < _BPFLOCK_MAP_MAX; i++)
		for (uint32_t k = 0; maps[i].id && k < n_ids && k < MAPS_MAX; k++)
			refcnt[i] += ids[k] == maps[i].id;
}

int seal_look_for_rivals(int look_fd, char *why)
{
	CLEANUP(close_fdp) int link = bpf_link_create(look_fd, 0, BPF_TRACE_ITER, NULL);
	CLEANUP(close_fdp) int fd = link < 0 ? -1 : bpf_iter_create(link);
	struct bpflock_looked lines[64];
	ssize_t n;

	if (fd < 0)
		return -errno;
	while ((n = read(fd, lines, sizeof(lines))) > 0 || (n < 0 && errno == EAGAIN)) {
		for (ssize_t i = 0; i < n / (ssize_t)sizeof(lines[0]); i++) {
			if (lines[i].kind == BPFLOCK_RIVAL_SYSCTL ||
			    lines[i].kind >= _BPFLOCK_RIVAL_MAX)
				continue;
			snprintf(why, SEAL_WHY_LEN, "program %u (%.16s) is %s: end the process that holds it",
				 lines[i].id, lines[i].name, rival_texts[lines[i].kind]);
			return -EBUSY;
		}
	}
	return n < 0 ? -errno : 0;
}

static int misplaced(char *why, const char *problem, uint32_t program)
{
	snprintf(why, SEAL_WHY_LEN, "program %u %s", program, problem);
	return -EBUSY;
}

static int look_at_hooks(const struct attachments *all, const uint32_t *programs, char *why)
{
	for (size_t i = 0; i < _BPFLOCK_ROOT_MAX; i++) {
		const struct attachment *a = attachments_find(all, programs[i]), *behind;

		if (i == BPFLOCK_ROOT_GUARD_SYSCTL)
			continue;
		if (i == BPFLOCK_ROOT_MODULE_REQUEST && !programs[i]) /* the set has none */
			continue;
		if (!a)
			return misplaced(why,
					 "of the seal is not attached to the root of cgroup v2",
					 programs[i]);
		behind = attachments_behind(all, a);
		if (behind)
			return misplaced(why,
					 "is called after bpflock's and can undo its refusals",
					 behind->prog_id);
		if (!attachments_exchangeable(all, a))
			return misplaced(
				why, "shares its hook with one that is called before all others",
				a->prog_id);
		if (attachment_link(a->prog_id))
			return misplaced(why, "of the seal is held by a link", a->prog_id);
	}
	return 0;
}

int seal_look_at_root(const uint32_t programs[_BPFLOCK_ROOT_MAX], char *why)
{
	CLEANUP(free_charp) char *memory = calloc(1, sizeof(struct attachments));
	struct attachments *all = (struct attachments *)memory;
	int r = memory ? attachments_read(all) : -ENOMEM;

	if (r == 0)
		r = look_at_hooks(all, programs, why);
	if (r == 0)
		r = attachments_read_sysctl(all);
	if (r == 0 &&
	    (!all->n || all->rows[all->n - 1].prog_id != programs[BPFLOCK_ROOT_GUARD_SYSCTL]))
		r = misplaced(why, "of the seal is not the last that is called for sysctls",
			      programs[BPFLOCK_ROOT_GUARD_SYSCTL]);
	return r;
}

int seal_look_at_ftrace(char *why)
{
	int off = ftrace_is_off();

	if (!off)
		return 0;
	if (off < 0)
		snprintf(why, SEAL_WHY_LEN, "kernel.ftrace_enabled: cannot read: %s: " PROC_CURE,
			 strerror(-off));
	else
		snprintf(why, SEAL_WHY_LEN, "kernel.ftrace_enabled is 0");
	return -EBUSY;
}

/* Every program in the kernel whose name says that it is of a sealed set. */
static int count_all_users(const struct bpflock_references *maps, uint32_t *refcnt)
{
	uint32_t id = 0;

	while (bpf_prog_get_next_id(id, &id) == 0) {
		CLEANUP(close_fdp) int fd = bpf_prog_get_fd_by_id(id);
		uint32_t ids[MAPS_MAX];
		struct bpf_prog_info info = { .nr_map_ids = MAPS_MAX, .map_ids = (uintptr_t)ids };
		uint32_t len = sizeof(info);

		if (fd < 0 || bpf_obj_get_info_by_fd(fd, &info, &len) < 0 ||
		    !ask_is_reserved(info.name))
			continue;
		seal_look_count_users(maps, ids, info.nr_map_ids, refcnt);
	}
	return errno == ENOENT ? 0 : -errno;
}

static int compare_counts(int ask_fd, char *why)
{
	struct bpflock_references maps[_BPFLOCK_MAP_MAX];
	uint32_t refcnt[_BPFLOCK_MAP_MAX];
	int r = ask_references(ask_fd, maps);

	if (r < 0)
		return r;
	seal_look_expect_slots(maps, refcnt);
	r = count_all_users(maps, refcnt);
	for (uint32_t i = 0; r == 0 && i < _BPFLOCK_MAP_MAX; i++) {
		if (!maps[i].id ||
		    (!maps[i].usercnt && maps[i].refcnt == refcnt[i] && maps[i].frozen))
			continue;
		snprintf(
			why, SEAL_WHY_LEN,
			"someone else holds the map %u (%s): %u holders, %u references instead of %u",
			maps[i].id, seal_look_map_name(i), maps[i].usercnt, maps[i].refcnt,
			refcnt[i]);
		r = -EBUSY;
	}
	return r;
}

static int look_once(int ask_fd, int look_fd, const struct bpflock_seal *seal, char *why)
{
	int r = compare_counts(ask_fd, why);

	if (r == 0)
		r = seal_look_for_rivals(look_fd, why);
	return r == 0 ? seal_look_at_root(seal->programs, why) : r;
}

int seal_look_read(const char *set_path, enum seal_state *ret_state, struct bpflock_seal *ret_seal)
{
	CLEANUP(close_fdp) int fd = ask_open(set_path);
	int r;

	*ret_state = SEAL_NONE;
	*ret_seal = (struct bpflock_seal){};
	if (fd == -ENOENT)
		return 0;
	r = fd < 0 ? fd : ask_seal(fd, ret_seal);
	if (r < 0)
		return r;
	ret_seal->source[sizeof(ret_seal->source) - 1] = '\0';
	*ret_state = ret_seal->word == BPFLOCK_SEAL_SEALED ? SEAL_CLOSED : SEAL_UNFINISHED;
	return 0;
}

bool seal_look_is_older(const char *set_path)
{
	char path[PATH_MAX];
	int n = snprintf(path, sizeof(path), "%s/seal/maps/seal", set_path);

	return n > 0 && n < PATH_MAX && access(path, F_OK) == 0;
}

int seal_look_prove(int ask_fd, int look_fd, struct bpflock_seal *ret_seal, char *why)
{
	static const struct timespec pause = { .tv_nsec = TRY_NS };
	int r = ask_seal(ask_fd, ret_seal);

	if (r < 0)
		return r;
	ret_seal->source[sizeof(ret_seal->source) - 1] = '\0';
	if (ret_seal->word != BPFLOCK_SEAL_SEALED) {
		snprintf(why, SEAL_WHY_LEN, "sealing was interrupted");
		return -EBUSY;
	}
	r = seal_look_at_ftrace(why);
	if (r < 0)
		return r;
	for (int i = 0; i < TRIES; i++) {
		r = look_once(ask_fd, look_fd, ret_seal, why);
		if (r != -EBUSY)
			break;
		progress_step();
		nanosleep(&pause, NULL);
	}
	return r;
}
