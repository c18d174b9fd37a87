/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The native protocol of systemd-journald (systemd.io/JOURNAL_NATIVE_PROTOCOL): an entry is a
 * datagram of fields, or an fd of a sealed memfd with them where a datagram is too small.
 *
 * format_journal() writes entries into a batch one after the other, each behind its length;
 * journal_next() takes them out again.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>
#include <sys/types.h>
#include <sys/un.h>

#define JOURNAL_SOCKET "/run/systemd/journal/socket"

typedef uint32_t journal_length;

struct journal {
	int fd; /* the caller's to close; the program has it to its end */
	struct sockaddr_un address;
	socklen_t address_len;
};

/* 0 or a negative errno: -ENOENT or -ECONNREFUSED if no journald is there. */
int journal_open(const char *path, struct journal *ret_journal);

/* Sends one entry, and may wait for journald. 0 or a negative errno, -EINTR after a signal. */
int journal_send(const struct journal *j, const char *entry, size_t len);

/* The first entry of batch[len]. What it takes of the batch, its length included; 0 at the end. */
size_t journal_next(const char *batch, size_t len, const char **ret_entry, size_t *ret_len);
