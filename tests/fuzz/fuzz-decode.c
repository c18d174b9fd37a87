// SPDX-License-Identifier: GPL-2.0-only
/* A record of any bytes: refused, or an event whose every member is in range. */
#include <string.h>

#include "../../policy/decode.h"
#include "fuzz.h"

static void check_event(const struct event *e, const uint8_t *data, size_t size)
{
	const uint8_t *name = (const uint8_t *)e->filename;

	CHECK(e->kind == EVENT_LOCKED_DOWN || e->kind == EVENT_EXECVE);
	CHECK(e->head.size == size && e->head.abi == BPFLOCK_ABI && e->head.seq && e->head.count);
	CHECK(memchr(e->head.comm, '\0', sizeof(e->head.comm)));
	CHECK(memchr(e->head.pcomm, '\0', sizeof(e->head.pcomm)));
	if (e->kind == EVENT_LOCKED_DOWN) {
		CHECK(e->verdict < _BPFLOCK_VERDICT_MAX);
		CHECK(e->why < _BPFLOCK_WHY_MAX);
		CHECK(e->profile < _BPFLOCK_PROFILE_MAX);
		return;
	}
	CHECK(name >= data && name < data + size);
	CHECK(e->filename_len < (size_t)(data + size - name));
	CHECK(strlen(e->filename) == e->filename_len);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct event e = {};
	enum decode_outcome outcome;

	outcome = decode_record(data, size, &e);
	CHECK(decode_text(outcome));
	if (outcome == DECODE_OK)
		check_event(&e, data, size);
	return 0;
}
