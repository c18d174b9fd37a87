// SPDX-License-Identifier: GPL-2.0-only
#include "field-selection.h"

#include <ctype.h>
#include <string.h>

#include "util.h"

static const struct {
	const char *before;
	const char *after;
	size_t between; /* bytes of it that the first field goes without */
	bool upper;
} styles[] = {
	[FIELD_SELECTION_JSON] = { ",\"", "\":", 1 },
	[FIELD_SELECTION_LOGFMT] = { " ", "=", 1 },
	[FIELD_SELECTION_JOURNAL] = { "BPFLOCK_", "", 0, true },
};
_Static_assert(ARRAY_SIZE(styles) == _FIELD_SELECTION_MAX, "every style needs a row");

static void add(struct field_selection *l, enum field_selection_style style, enum event_kind kind,
		const struct field *f)
{
	struct field_selection_row *row = &l->rows[kind][l->n[kind]++];

	row->field = f;
	row->get = f->get;
	row->len = snprintf(row->key, sizeof(row->key), "%s%s%s", styles[style].before, f->name,
			    styles[style].after);
	for (char *c = row->key; styles[style].upper && *c; c++)
		*c = toupper((unsigned char)*c);
}

static void add_all(struct field_selection *l, enum field_selection_style style,
		    enum event_kind kind)
{
	for (size_t i = 0; i < fields_count; i++)
		if ((fields[i].kinds & 1U << kind) &&
		    (style != FIELD_SELECTION_LOGFMT || !fields[i].not_logfmt))
			add(l, style, kind, &fields[i]);
}

void field_selection_init(struct field_selection *l, enum field_selection_style style,
			  const struct choice *choice)
{
	memset(l, 0, sizeof(*l));
	for (enum event_kind kind = 0; kind < _EVENT_MAX; kind++) {
		if (!choice || kind >= EVENT_LOST) {
			add_all(l, style, kind);
			continue;
		}
		for (size_t i = 0; i < choice->n; i++)
			if (choice->fields[i]->kinds & 1U << kind)
				add(l, style, kind, choice->fields[i]);
	}
}

static struct field_selection *selection_of(const struct format_context *c,
					    enum field_selection_style style)
{
	static struct field_selection whole[_FIELD_SELECTION_MAX];
	struct field_selection *l = &whole[style];

	if (c->selection)
		return c->selection;
	if (!l->n[0])
		field_selection_init(l, style, NULL);
	return l;
}

/*
 * Keeps what was written from `start` on, if it is small and says the same the next time. Of a text
 * of somebody else, whose place may hold another one by then, it must contain the text, so that
 * both can be compared.
 */
static void keep(struct field_selection_row *row, const struct value *v, const struct out *o,
		 size_t start)
{
	const char *written = o->data + start, *text = written + row->len;
	size_t len = o->len - start;

	if (v->type == VALUE_OPERATIONS || len > OUT_KEPT || o->overflow)
		return;
	row->kept_type = VALUE_NONE;
	row->kept_value = v->u;
	if (v->type == VALUE_BYTES) {
		text += *text != v->s[0]; /* the sign before it */
		if (v->len > len - (text - written) || memcmp(text, v->s, v->len) != 0)
			return;
		row->kept_value = v->len;
		row->kept_at = text - written;
	}
	memcpy(row->kept, written, len);
	row->kept_type = v->type;
	row->kept_len = len;
}

static inline bool is_kept(const struct field_selection_row *row, const struct value *v)
{
	if (v->type != row->kept_type)
		return false;
	if (v->type == VALUE_BYTES)
		return v->len == row->kept_value &&
		       memcmp(row->kept + row->kept_at, v->s, v->len) == 0;
	return v->u == row->kept_value;
}

/* Not inlined, so that it costs the fields that are kept nothing. */
static __attribute__((noinline)) void write_row(const struct format_context *c,
						struct field_selection_row *row, struct value *v,
						size_t skip, field_selection_value_fn write)
{
	size_t start = c->out->len;

	if (v->type == VALUE_WORD)
		v->len = strlen(v->s);
	out_chunk(c->out, row->key + skip, row->len - skip);
	write(c, row->field, v);
	if (!skip && !row->field->differs)
		keep(row, v, c->out, start);
}

void field_selection_write(const struct format_context *c, enum field_selection_style style,
			   const struct event *e, field_selection_value_fn write)
{
	struct field_selection *l = selection_of(c, style);
	struct field_selection_row *row = l->rows[e->kind], *end = row + l->n[e->kind];
	size_t skip = styles[style].between;

	for (; row < end; row++) {
		struct value v;

		v.type = VALUE_NONE;
		v.u = 0;
		row->get(c, e, &v);
		if (v.type == VALUE_NONE)
			continue;
		if (!skip && is_kept(row, &v)) {
			out_kept(c->out, row->kept, row->kept_len);
			continue;
		}
		write_row(c, row, &v, skip, write);
		skip = 0;
	}
}

static bool is(const char *key, const char *word, size_t len)
{
	return strlen(key) == len && memcmp(key, word, len) == 0;
}

static bool chosen(const struct choice *c, const struct field *f)
{
	for (size_t i = 0; i < c->n; i++)
		if (c->fields[i] == f)
			return true;
	return false;
}

/* Names before version 0.2. "operation" and "pid" were names of other fields. */
static const struct {
	const char *old, *name;
} old_names[] = {
	{ "op", "operation" }, { "tgid", "pid" },	{ "cgroupid", "cgroup_id" },
	{ "note", "comment" }, { "gen", "generation" }, { "rule_cgroupid", "rule_cgroup_id" },
};

static const char *name_of(const char *word, size_t *len, const struct place *at,
			   struct diagnostics *d)
{
	for (size_t i = 0; i < ARRAY_SIZE(old_names); i++) {
		if (!is(old_names[i].old, word, *len))
			continue;
		diagnostic_warning(d, at, "the field \"%s\" is old: use \"%s\"", old_names[i].old,
				   old_names[i].name);
		*len = strlen(old_names[i].name);
		return old_names[i].name;
	}
	return word;
}

static void choose(struct choice *c, const char *word, size_t len, const struct place *at,
		   struct diagnostics *d)
{
	const char *names[FIELD_SELECTION_MAX];

	word = name_of(word, &len, at, d);
	for (size_t i = 0; i < fields_count; i++) {
		const struct field *f = &fields[i];

		names[i] = f->name;
		if (!is(f->name, word, len))
			continue;
		if (!chosen(c, f))
			c->fields[c->n++] = f;
		return;
	}
	diagnostic_unknown(d, at, "field", word, len, names, fields_count);
}

bool field_selection_parse(struct choice *c, const char *list, struct diagnostics *d)
{
	size_t errors = d->errors;
	const char *p = list;

	for (;;) {
		size_t len = strcspn(p, ",");
		struct place at = { .source = "--fields", .column = p - list + 1 };

		if (len == 0)
			diagnostic_error(d, &at, "expected a field");
		else
			choose(c, p, len, &at, d);
		p += len;
		if (!*p++)
			break;
	}
	return d->errors == errors;
}
