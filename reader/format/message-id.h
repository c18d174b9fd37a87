/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The MESSAGE_ID of an entry of the journal names the kind of its event. By it `journalctl -x`
 * finds the text in bpflock.catalog that explains the entry. An id is 128 random bits, and keeps
 * its meaning for ever.
 */
#pragma once

#include <stddef.h>

struct event;

#define MESSAGE_ID_LEN 32 /* hexadecimal digits */

struct message_id {
	const char *name;
	const char *id;
};

extern const struct message_id message_ids[];
extern const size_t message_ids_count;

/* The id of an event: MESSAGE_ID_LEN digits, NUL-terminated. */
const char *message_id(const struct event *e);
