// SPDX-License-Identifier: GPL-2.0-only
/*
 * key=value, one event a line. Quoted values are JSON strings, which is what logfmt parsers expect;
 * a text that is not UTF-8 comes a second time, exactly, under KEY_hex.
 */
#include "format.h"

static bool bare(const char *s, size_t len)
{
	static const char also[] = "_.,:/@+()-";

	for (size_t i = 0; i < len; i++) {
		char c = s[i];

		if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
		      (c && strchr(also, c))))
			return false;
	}
	return len > 0;
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
		out_text(o, "yes");
		break;
	case VALUE_TIME:
		wallclock_rfc3339(c->clock, o, v->u, 6);
		break;
	case VALUE_OPERATIONS:
		out_operations(c, v->u, ",");
		break;
	case VALUE_WORD:
	case VALUE_BYTES:
		if (bare(v->s, v->len))
			out_bytes(o, v->s, v->len);
		else
			out_json_string(o, v->s, v->len);
		break;
	}
}

void format_logfmt(const struct format_context *c, const struct event *e)
{
	struct out *o = c->out;
	const char *separator = "";

	for (size_t i = 0; i < fields_count; i++) {
		const struct field *f = &fields[i];
		struct value v;

		v.type = VALUE_NONE;
		if (!f->logfmt || !(f->kinds & 1U << e->kind))
			continue;
		f->get(c, e, &v);
		if (v.type == VALUE_NONE)
			continue;
		out_text(o, separator);
		separator = " ";
		out_text(o, f->logfmt);
		out_char(o, '=');
		value(c, &v);
		if (value_needs_hex(&v)) {
			out_char(o, ' ');
			out_text(o, f->logfmt);
			out_text(o, "_hex=");
			out_hex(o, v.s, v.len);
		}
	}
	out_char(o, '\n');
}
