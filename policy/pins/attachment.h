/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The LSM programs on the root of cgroup v2, as the kernel lists them (BPF_PROG_QUERY). What they
 * are attached by, a pinned link or nothing but the root itself, does not matter here: so a set of
 * ours is found whose pins are gone or hidden.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "abi.h"

/* The kernel's limits: hooks that cgroups have programs on, programs on one of them
 * (CGROUP_LSM_NUM, BPF_CGROUP_MAX_PROGS). */
#define ATTACHMENT_HOOKS_MAX	10
#define ATTACHMENT_PROGRAMS_MAX 64
#define ATTACHMENTS_MAX		(ATTACHMENT_HOOKS_MAX * ATTACHMENT_PROGRAMS_MAX)

/* Since 6.15; in the flags of a program that is called before those of child cgroups. */
#define ATTACHMENT_PREORDER (1U << 6)

struct attachment {
	uint32_t prog_id;
	uint32_t flags;	   /* BPF_F_*, as the kernel has them */
	uint32_t function; /* BTF id of the hook's function: equal for programs of one hook */
	uint32_t stamp_id; /* id of the map that says it is bpflock's; 0: none that can be seen */
	bool sealed;	   /* of a set that is sealed, or about to be: its name says so */
	char name[16];	   /* BPF_OBJ_NAME_LEN */
};

/* In the order in which they are called, hook by hook. */
struct attachments {
	struct attachment rows[ATTACHMENTS_MAX];
	size_t n;
};

/* 0, or a negative errno: -ENOENT if no root of cgroup v2 can be reached, -EPERM. */
int attachments_read(struct attachments *ret);

/* Reads the programs that are called before sysctls are read or written. */
int attachments_read_sysctl(struct attachments *ret);

/* Returns whether it is bpflock's, of whatever set. */
bool attachment_is_ours(const struct attachment *a);

/* Returns whether a program is on the root, by any attachment. */
bool attachment_exists(uint32_t prog_id);

/* The nth program of bpflock's on its lockdown hook, from 0; NULL if there are not so many. */
const struct attachment *attachments_lock(const struct attachments *a, size_t n);

/* The program with this id, or NULL. */
const struct attachment *attachments_find(const struct attachments *a, uint32_t prog_id);

/* The first program of somebody else's that is called after this one on the same hook, or NULL. It
 * has the last word: bpf_set_retval() can undo a refusal. */
const struct attachment *attachments_behind(const struct attachments *a,
					    const struct attachment *of);

/*
 * Returns whether to exchange the program of a link on this hook would be exact. Not beside a
 * program with ATTACHMENT_PREORDER: kernels that lack the fix of CVE-2026-72427 then exchange
 * another one.
 */
bool attachments_exchangeable(const struct attachments *a, const struct attachment *of);

/* The id of the cgroup link that this program is attached by; 0: by none that can be seen. */
uint32_t attachment_link(uint32_t prog_id);

/*
 * Ends the attachment of a program that no link holds. 0, -EPERM if a seal forbids it, or another
 * negative errno.
 */
int attachment_detach_raw(uint32_t prog_id, bool sysctl);

/* Ends a program's attachment by its link, whoever holds that. 0, -ENOENT if it has none, or a
 * negative errno. */
int attachment_detach(uint32_t prog_id);

/*
 * Lists the LSM hooks that have programs of cgroups, those below the root too, and the first of
 * each: "1 on file_open (program 31 guard), 64 on locked_down (program 40)". In text[len].
 */
void attachments_describe_slots(char *text, size_t len);
