// SPDX-License-Identifier: GPL-2.0-only
/*
 * The format is key=value, one event a line. Quoted values are JSON strings, which is what logfmt
 * parsers expect; a text that is not UTF-8 comes a second time, exactly, under KEY_hex.
 */
#include "field-selection.h"

/* These bytes need no quotes: letters, digits and the signs below. */
static const bool bare_bytes[256] = {
	['a' ... 'z'] = true, ['A' ... 'Z'] = true, ['0' ... ':'] = true, ['_'] = true,
	['.'] = true,	      [','] = true,	    ['/'] = true,	  ['@'] = true,
	['+'] = true,	      ['('] = true,	    [')'] = true,	  ['-'] = true,
};

static bool bare(const char *s, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if (!bare_bytes[(unsigned char)s[i]])
			return false;
	return len > 0;
}

static void hex(struct out *o, const char *name, const struct value *v)
{
	out_char(o, ' ');
	out_text(o, name);
	out_text(o, "_hex=");
	out_hex(o, v->s, v->len);
}

static void value(const struct format_context *c, const struct field *f, const struct value *v)
{
	struct out *o = c->out;

	if (v->type != VALUE_WORD && v->type != VALUE_BYTES)
		fields_plain(c, v);
	else if (bare(v->s, v->len))
		out_bytes(o, v->s, v->len);
	else if (!out_json_string(o, v->s, v->len))
		hex(o, f->name, v);
}

void format_logfmt(const struct format_context *c, const struct event *e)
{
	field_selection_write(c, FIELD_SELECTION_LOGFMT, e, value);
	out_char(c->out, '\n');
}
