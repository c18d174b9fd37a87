// SPDX-License-Identifier: GPL-2.0-only
/*
 * An entry of the journal: the sentence of the short form, and every field. Fields hold the bytes
 * as they are: one that could not stand on a line is told by its length, so no name can look like
 * another field.
 */
#include <endian.h>
#include <syslog.h>

#include "bytes8.h"
#include "field-selection.h"
#include "journal.h"
#include "message-id.h"

static const int verdicts[] = {
	[BPFLOCK_VERDICT_ALLOW] = LOG_INFO,
	[BPFLOCK_VERDICT_AUDIT] = LOG_NOTICE,
	[BPFLOCK_VERDICT_DENY] = LOG_WARNING,
};
_Static_assert(sizeof(verdicts) / sizeof(verdicts[0]) == _BPFLOCK_VERDICT_MAX,
	       "every verdict needs its priority");

/*
 * Tampering is a denial as others are, and no alert: each sealing leaves one, so with seal = yes each
 * boot does, and an alert at each boot is soon heeded by nobody.
 */
static const int kinds[] = {
	[EVENT_LOCKED_DOWN] = LOG_INFO, /* by its verdict */
	[EVENT_EXECVE] = LOG_INFO,	[EVENT_GRANT] = LOG_NOTICE,   [EVENT_TAMPER] = LOG_WARNING,
	[EVENT_LOST] = LOG_ERR,		[EVENT_MISSED] = LOG_WARNING, [EVENT_INVALID] = LOG_ERR,
};
_Static_assert(sizeof(kinds) / sizeof(kinds[0]) == _EVENT_MAX, "every kind needs its priority");

static int priority(const struct event *e)
{
	return e->kind == EVENT_LOCKED_DOWN ? verdicts[e->verdict] : kinds[e->kind];
}

static bool fits_a_line(const char *s, size_t len)
{
	size_t i = 0;

	for (; len - i >= BYTES8; i += BYTES8)
		if (bytes8_below(bytes8_load(s + i), 0x20))
			return false;
	for (; i < len; i++)
		if ((unsigned char)s[i] < 0x20)
			return false;
	return true;
}

static void bytes(struct out *o, const char *s, size_t len)
{
	uint64_t n = htole64(len);

	if (fits_a_line(s, len)) {
		out_char(o, '=');
	} else {
		out_char(o, '\n');
		out_bytes(o, (const char *)&n, sizeof(n));
	}
	out_bytes(o, s, len);
}

static void value(const struct format_context *c, const struct field *f, const struct value *v)
{
	struct out *o = c->out;

	(void)f;
	if (v->type == VALUE_BYTES || v->type == VALUE_WORD) {
		bytes(o, v->s, v->len);
	} else {
		out_char(o, '=');
		fields_plain(c, v);
	}
	out_char(o, '\n');
}

void format_journal(const struct format_context *c, const struct event *e)
{
	struct out *o = c->out;
	journal_length n = 0;
	size_t start = o->len;

	out_bytes(o, (const char *)&n, sizeof(n));
	out_text(o, "MESSAGE=");
	format_message(c, e);
	out_text(o, "\nPRIORITY=");
	out_u64(o, priority(e));
	out_text(o, "\nSYSLOG_IDENTIFIER=bpflock\nMESSAGE_ID=");
	out_text(o, message_id(e));
	out_char(o, '\n');
	field_selection_write(c, FIELD_SELECTION_JOURNAL, e, value);
	if (o->overflow)
		return;
	n = o->len - start - sizeof(n);
	memcpy(o->data + start, &n, sizeof(n));
}
