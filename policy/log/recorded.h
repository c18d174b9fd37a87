/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A recorded decision is what a line of bpflock-log says of one, in whichever format: the facts that
 * it was made from, the verdict, and who asked. Nothing of it is trusted. Pure.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "abi.h"

#define RECORDED_NAME_LEN 256
#define RECORDED_PATH_LEN (BPFLOCK_LEVELS_MAX * (BPFLOCK_NAME_MAX + 1) + 1)

/* Before the keys of our fields in the journal. */
#define RECORDED_JOURNAL_PREFIX "BPFLOCK_"

enum recorded_kind {
	RECORDED_DECISION,
	RECORDED_LOST,	/* `count` records are missing there */
	RECORDED_OTHER, /* another event of ours */
	_RECORDED_KIND_MAX,
};

/* The fields of a line that were there. */
enum recorded_field {
	RECORDED_EVENT,
	RECORDED_TIME,
	RECORDED_OP,
	RECORDED_OLD_OP,
	RECORDED_VERDICT,
	RECORDED_WHY,
	RECORDED_PROFILE,
	RECORDED_BY,
	RECORDED_COUNT,
	RECORDED_PIDNS,
	RECORDED_NETNS,
	RECORDED_IN_HOST,
	RECORDED_CGROUP,
	RECORDED_CGROUPID,
	RECORDED_UNIT,
	RECORDED_EXE,
	RECORDED_COMM,
	RECORDED_MACHINE,
	_RECORDED_FIELD_MAX,
};

/* All texts are NUL-terminated, and "" if they were not there. */
struct recorded {
	uint32_t given; /* 1 << enum recorded_field */
	uint32_t exact; /* of these, those that came in hexadecimal too */
	const char *fault; /* the first one of a field, as a text for a message; NULL: none */
	uint32_t kind;	/* enum recorded_kind */
	uint32_t verdict; /* enum bpflock_verdict */
	uint32_t why;	  /* enum bpflock_why */
	uint32_t profile; /* enum bpflock_profile */
	uint64_t count;
	uint64_t pidns, netns; /* inode numbers */
	uint64_t cgroupid;     /* of the task's cgroup; good until the machine's next boot */
	uint32_t in_host;      /* 1: in the host's pid and network namespaces */
	int64_t time;	       /* CLOCK_REALTIME, ns */
	char op[128];	       /* our name */
	char old_op[32];       /* of an older version's line, else empty; recorded_end() makes it op */
	char by[32];			/* who refused it if that was not bpflock */
	char cgroup[RECORDED_PATH_LEN]; /* the task's */
	char unit[RECORDED_NAME_LEN];
	char exe[BPFLOCK_PATH_MAX];
	char comm[64];
	char machine[RECORDED_NAME_LEN];
};

/* Returns whether the field was there. */
static inline bool recorded_has(const struct recorded *r, enum recorded_field field)
{
	return r->given >> field & 1;
}

/* Empties it for another line. */
void recorded_begin(struct recorded *r);

/*
 * Takes one field, by the key of JSON or logfmt ("operation") or of the journal ("BPFLOCK_OPERATION", "_HOSTNAME").
 * Keys that it has no use for are left out. A fault is kept, because the line may be somebody else's.
 */
void recorded_take(struct recorded *r, const char *key, size_t key_len, const char *value, size_t len);

enum recorded_outcome {
	RECORDED_OURS,
	RECORDED_FOREIGN, /* no event of bpflock */
	RECORDED_FAULT,	  /* it is one, and r->fault is wrong with it */
};

/* Checks what was taken. */
enum recorded_outcome recorded_end(struct recorded *r);
