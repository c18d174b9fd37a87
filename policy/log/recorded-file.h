/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A file of recorded decisions is read line by line, in bounded memory: lines of bpflock-log in json
 * or logfmt, or entries of the journal as `journalctl -o json` and `-o export` print them.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "recorded.h"

/* A longer line, or field of the journal, is a fault. */
#define RECORDED_LINE_MAX (1 << 20)

enum recorded_format {
	RECORDED_FORMAT_UNKNOWN, /* no line was read yet */
	RECORDED_FORMAT_JSON,	 /* of bpflock-log and of journalctl(1) alike */
	RECORDED_FORMAT_LOGFMT,
	RECORDED_FORMAT_EXPORT,
};

struct recorded_file {
	int fd; /* the caller's */
	enum recorded_format format; /* by the first line that is not empty */
	uint64_t entry_line; /* where the entry begins that was returned last; from 1 */
	const char *fault;   /* of that entry */
	/* for recorded-file.c alone */
	char *buffer; /* owned */
	size_t at, end;
	uint64_t line; /* at buffer[at] */
	bool eof;
};

enum recorded_file_next {
	RECORDED_FILE_END,
	RECORDED_FILE_RECORD,  /* an event of bpflock */
	RECORDED_FILE_FOREIGN, /* another entry */
	RECORDED_FILE_FAULT,   /* f->fault is wrong with it */
};

/* 0 or -ENOMEM. Ended by recorded_file_done(), which leaves the fd open. */
int recorded_file_init(struct recorded_file *f, int fd);
void recorded_file_done(struct recorded_file *f);

/* Reads the next entry, one of the above, or a negative errno. *r is complete with RECORD alone. */
int recorded_file_next(struct recorded_file *f, struct recorded *r);
