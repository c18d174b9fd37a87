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

/* Returns whether bytes were lost that are no characters. */
static bool value(const struct format_context *c, const struct value *v)
{
	if (v->type != VALUE_WORD && v->type != VALUE_BYTES)
		fields_plain(c, v);
	else if (!bare(v->s, v->len))
		return !out_json_string(c->out, v->s, v->len);
	else
		out_bytes(c->out, v->s, v->len);
	return false;
}

static void hex(struct out *o, const char *name, const struct value *v)
{
	out_char(o, ' ');
	out_text(o, name);
	out_text(o, "_hex=");
	out_hex(o, v->s, v->len);
}

void format_logfmt(const struct format_context *c, const struct event *e)
{
	const struct field_selection *l = field_selection_of(c, FIELD_SELECTION_LOGFMT);
	struct out *o = c->out;
	size_t first = 1; /* of a key to be written: the first one has no blank */

	for (size_t i = 0; i < l->n[e->kind]; i++) {
		const struct field_selection_row *row = &l->rows[e->kind][i];
		struct value v;

		v.type = VALUE_NONE;
		row->field->get(c, e, &v);
		if (v.type == VALUE_NONE)
			continue;
		out_chunk(o, row->key + first, row->len - first);
		first = 0;
		if (value(c, &v))
			hex(o, row->field->name, &v);
	}
	out_char(o, '\n');
}
