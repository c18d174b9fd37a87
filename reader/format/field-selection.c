// SPDX-License-Identifier: GPL-2.0-only
#include "field-selection.h"

#include <ctype.h>
#include <string.h>

#include "util.h"

static const struct {
	const char *before;
	const char *after;
	bool upper;
} styles[] = {
	[FIELD_SELECTION_JSON] = { ",\"", "\":" },
	[FIELD_SELECTION_LOGFMT] = { " ", "=" },
	[FIELD_SELECTION_JOURNAL] = { "BPFLOCK_", "", true },
};
_Static_assert(ARRAY_SIZE(styles) == _FIELD_SELECTION_MAX, "every style needs a row");

static void add(struct field_selection *l, enum field_selection_style style, enum event_kind kind,
		const struct field *f)
{
	struct field_selection_row *row = &l->rows[kind][l->n[kind]++];

	row->field = f;
	row->len = snprintf(row->key, sizeof(row->key), "%s%s%s", styles[style].before,
			    f->name, styles[style].after);
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

const struct field_selection *field_selection_of(const struct format_context *c,
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
	{ "op", "operation" },	  { "tgid", "pid" },	      { "cgroupid", "cgroup_id" },
	{ "note", "comment" },	  { "gen", "generation" },    { "rule_cgroupid", "rule_cgroup_id" },
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
