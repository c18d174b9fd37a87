// SPDX-License-Identifier: GPL-2.0-only
/*
 * A record of any bytes: refused, or an event whose every member is in range and which every format
 * makes one safe line of.
 */
#include <string.h>

#include "../../policy/operations.h"
#include "../../policy/text.h"
#include "../../reader/format.h"
#include "fuzz.h"

/* s: inside the record, with its end. */
static void check_text(const char *s, size_t room, const uint8_t *data, size_t size)
{
	const uint8_t *start = (const uint8_t *)s;

	CHECK(start >= data && start < data + size);
	CHECK(room <= (size_t)(data + size - start));
	CHECK(memchr(s, '\0', room));
}

static void check_event(const struct event *e, const uint8_t *data, size_t size)
{
	CHECK(e->head.size == size && e->head.abi == BPFLOCK_ABI && e->head.seq && e->head.count);
	CHECK(e->count == e->head.count);
	CHECK(memchr(e->head.comm, '\0', sizeof(e->head.comm)));
	CHECK(memchr(e->head.pcomm, '\0', sizeof(e->head.pcomm)));
	switch (e->kind) {
	case EVENT_LOCKED_DOWN:
		CHECK(e->head.event == BPFLOCK_EVENT_LOCKED_DOWN);
		CHECK(e->verdict < _BPFLOCK_VERDICT_MAX);
		CHECK(e->why < _BPFLOCK_WHY_MAX);
		CHECK(e->profile < _BPFLOCK_PROFILE_MAX);
		return;
	case EVENT_EXECVE:
		CHECK(e->head.event == BPFLOCK_EVENT_EXECVE);
		check_text(e->filename, e->filename_len + 1, data, size);
		CHECK(strlen(e->filename) == e->filename_len);
		return;
	case EVENT_GRANT:
		CHECK(e->head.event == BPFLOCK_EVENT_GRANT);
		CHECK(e->action < _BPFLOCK_GRANT_ACTION_MAX);
		check_text(e->target, BPFLOCK_PATH_SHORT, data, size);
		check_text(e->note, BPFLOCK_NOTE_LEN, data, size);
		return;
	default:
		CHECK(false); /* no record is the reader's own */
	}
}

static void check_line(const struct out *o)
{
	CHECK(!o->overflow && o->len > 0 && o->data[o->len - 1] == '\n');
	for (size_t i = 0, n; i < o->len - 1; i += n) {
		unsigned char c = o->data[i];

		n = text_utf8_length(o->data + i, o->len - 1 - i);
		CHECK(n > 0);
		CHECK(c >= 0x20 && c != 0x7f);
		CHECK(c != 0xc2 || (unsigned char)o->data[i + 1] >= 0xa0);
	}
}

static void check_formats(const struct event *e)
{
	static struct bpflock_operation ops[BPFLOCK_REASONS];
	static struct wallclock clock;
	static struct out out;
	struct format_context c = { .out = &out, .clock = &clock, .operations = ops };

	operations_assume(ops);
	wallclock_init(&clock, true);
	for (size_t i = 0; i < formats_count; i++) {
		out.len = 0;
		formats[i].write(&c, e);
		check_line(&out);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct event e = {};
	enum decode_outcome outcome;

	outcome = decode_record(data, size, &e);
	CHECK(decode_text(outcome));
	if (outcome != DECODE_OK)
		return 0;
	check_event(&e, data, size);
	check_formats(&e);
	return 0;
}
