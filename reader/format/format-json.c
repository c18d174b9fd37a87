// SPDX-License-Identifier: GPL-2.0-only
/*
 * One JSON object a line. A text that is not UTF-8 comes twice: as a string with U+FFFD in the
 * places of the bytes that are no characters, and exactly, under KEY_hex.
 */
#include "field-selection.h"
#include "operations.h"

static void hex(struct out *o, const char *name, const struct value *v)
{
	out_text(o, ",\"");
	out_text(o, name);
	out_text(o, "_hex\":\"");
	out_hex(o, v->s, v->len);
	out_char(o, '"');
}

static void operations(const struct format_context *c, uint64_t mask)
{
	out_char(c->out, '[');
	for (uint32_t reason = 0, n = 0; reason < BPFLOCK_REASONS; reason++) {
		const char *name = operations_name(c->operations, reason);

		if (!(mask & (1ULL << reason)))
			continue;
		if (n++)
			out_char(c->out, ',');
		out_json_string(c->out, name, strlen(name));
	}
	out_char(c->out, ']');
}

static void text(struct out *o, const struct field *f, const struct value *v)
{
	if (!out_json_string(o, v->s, v->len))
		hex(o, f->name, v);
}

static void value(const struct format_context *c, const struct field *f, const struct value *v)
{
	struct out *o = c->out;

	switch (v->type) {
	case VALUE_NONE:
		break;
	case VALUE_U64:
		out_u64(o, v->u);
		break;
	case VALUE_I64:
		out_i64(o, v->i);
		break;
	case VALUE_TRUE:
		out_text(o, "true");
		break;
	case VALUE_FALSE:
		out_text(o, "false");
		break;
	case VALUE_TIME:
		out_char(o, '"');
		wallclock_rfc3339(c->clock, o, v->u, true);
		out_char(o, '"');
		break;
	case VALUE_OPERATIONS:
		operations(c, v->u);
		break;
	case VALUE_WORD:
	case VALUE_BYTES:
		text(o, f, v);
		break;
	}
}

void format_json(const struct format_context *c, const struct event *e)
{
	out_char(c->out, '{');
	field_selection_write(c, FIELD_SELECTION_JSON, e, value);
	out_bytes(c->out, "}\n", 2);
}
