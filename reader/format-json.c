// SPDX-License-Identifier: GPL-2.0-only
/*
 * One JSON object a line. A text that is not UTF-8 comes twice: as a string with U+FFFD in the
 * places of the bytes that are no characters, and exactly, under KEY_hex.
 */
#include "../policy/operations.h"
#include "format.h"

static void key(struct out *o, const char *before, const char *name, const char *suffix)
{
	out_text(o, before);
	out_text(o, name);
	out_text(o, suffix);
	out_bytes(o, "\":", 2);
}

static void operations(const struct format_context *c, uint64_t mask)
{
	out_char(c->out, '[');
	for (uint32_t reason = 0, n = 0; reason < BPFLOCK_REASONS; reason++) {
		const char *name = operation_name(c->operations, reason);

		if (!(mask & (1ULL << reason)))
			continue;
		if (n++)
			out_char(c->out, ',');
		out_json_string(c->out, name, strlen(name));
	}
	out_char(c->out, ']');
}

static void value(const struct format_context *c, const struct value *v)
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
	case VALUE_TIME:
		out_char(o, '"');
		wallclock_rfc3339(c->clock, o, v->u, 6);
		out_char(o, '"');
		break;
	case VALUE_OPERATIONS:
		operations(c, v->u);
		break;
	case VALUE_WORD:
	case VALUE_BYTES:
		out_json_string(o, v->s, v->len);
		break;
	}
}

void format_json(const struct format_context *c, const struct event *e)
{
	struct out *o = c->out;
	const char *before = "{\"";

	for (size_t i = 0; i < fields_count; i++) {
		const struct field *f = &fields[i];
		struct value v;

		v.type = VALUE_NONE;
		if (!f->json || !(f->kinds & 1U << e->kind))
			continue;
		f->get(c, e, &v);
		if (v.type == VALUE_NONE)
			continue;
		key(o, before, f->json, "");
		before = ",\"";
		value(c, &v);
		if (value_needs_hex(&v)) {
			key(o, before, f->json, "_hex");
			out_char(o, '"');
			out_hex(o, v.s, v.len);
			out_char(o, '"');
		}
	}
	out_bytes(o, "}\n", 2);
}
