/* SPDX-License-Identifier: GPL-2.0-only */
/* From the bytes of a record to an event that can be printed: all of it was checked. Pure. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "abi.h"

enum event_kind {
	EVENT_LOCKED_DOWN,
	EVENT_EXECVE,
	EVENT_GRANT,
	EVENT_TAMPER,
	EVENT_LOST,    /* the reader's own: numbers without a record */
	EVENT_MISSED,  /* the reader's own: records that another reader took before it came to them
			*/
	EVENT_INVALID, /* the reader's own: records that decode_record() refused */
	_EVENT_MAX,
};

/* Room for a path of a record: what was cut is shown as "...". */
#define DECODE_PATH(len) ((len) + 8)

struct event {
	enum event_kind kind;
	struct bpflock_record head; /* of the reader's own: only time */
	const void *record; /* head.size bytes that this was made of; NULL: the reader's own */
	uint64_t count;
	/* EVENT_LOCKED_DOWN */
	uint32_t reason;
	uint8_t verdict; /* also of EVENT_TAMPER: a denial, but for unloading */
	uint8_t by;	 /* enum bpflock_by: of others there is no why, profile or rule_cgroup */
	uint8_t why;
	uint8_t profile;
	uint64_t rule_cgroup; /* 0: the host's rule set decided */
	uint64_t exe_inode;   /* 0: there is no executable, or it is not known */
	uint32_t exe_dev;     /* as makedev(3) has it */
	bool exe_deleted;
	/* EVENT_GRANT; the texts are inside the record, NUL-terminated */
	uint64_t operations;
	uint64_t expires; /* as head.time */
	uint32_t grant;
	uint32_t action;
	const char *target;
	const char *note;
	/* EVENT_TAMPER; the name is inside the record, NUL-terminated */
	uint32_t attempt;
	uint64_t object_id; /* 0: none is known */
	const char *object; /* empty: it has none */
	/* EVENT_EXECVE: inside the record, NUL-terminated */
	const char *filename;
	size_t filename_len;
	bool truncated;
	/* EVENT_LOST, EVENT_MISSED: the numbers it is about lie between these */
	uint64_t first;
	uint64_t last;
	/* EVENT_LOCKED_DOWN again; behind the NUL of either anything may follow */
	char exe[DECODE_PATH(BPFLOCK_EXE_LEN)]; /* empty: not known */
	char about[DECODE_PATH(
		BPFLOCK_OBJECT_LEN)]; /* the module's file or alias; empty: neither */
};

enum decode_outcome {
	DECODE_OK,
	DECODE_SHORT,	/* shorter than its event's layout */
	DECODE_FOREIGN, /* of another ABI: nothing of it can be trusted, its number neither */
	DECODE_SIZE,	/* says another size than it has */
	DECODE_EVENT,	/* no such event */
	DECODE_VALUE,	/* a value that no program of ours writes */
	DECODE_TEXT,	/* a text without an end */
	_DECODE_MAX,
};

/* Returns the fault of a record, for messages. */
const char *decode_text(enum decode_outcome outcome);

/*
 * Decodes record[len], as it came out of the ring. *ret_event points into it. If it is refused,
 * only the head of *ret_event counts: all of it if a whole head of our ABI is there, of a foreign
 * one head.abi, else it is 0.
 */
enum decode_outcome decode_record(const void *record, size_t len, struct event *ret_event);

/* Decodes one that stood beside the ring in the same way: of its room it takes as much as it says.
 */
enum decode_outcome decode_beside(const struct bpflock_decision_record *record,
				  struct event *ret_event);
