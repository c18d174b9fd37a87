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
	[LAYOUT_JSON] = { ",\"", "\":" },
	[LAYOUT_LOGFMT] = { " ", "=" },
	[LAYOUT_JOURNAL] = { "BPFLOCK_", "", true },
};
_Static_assert(ARRAY_SIZE(styles) == _LAYOUT_MAX, "every style needs a row");

static const char *key_of(const struct field *f, enum layout_style style)
{
	return style == LAYOUT_LOGFMT && f->logfmt ? f->logfmt : f->json;
}

static void add(struct layout *l, enum layout_style style, enum event_kind kind,
		const struct field *f)
{
	struct layout_row *row = &l->rows[kind][l->n[kind]++];

	row->field = f;
	row->len = snprintf(row->key, sizeof(row->key), "%s%s%s", styles[style].before,
			    key_of(f, style), styles[style].after);
	for (char *c = row->key; styles[style].upper && *c; c++)
		*c = toupper((unsigned char)*c);
}

static void add_all(struct layout *l, enum layout_style style, enum event_kind kind)
{
	for (size_t i = 0; i < fields_count; i++)
		if ((fields[i].kinds & 1U << kind) && (style != LAYOUT_LOGFMT || fields[i].logfmt))
			add(l, style, kind, &fields[i]);
}

void layout_init(struct layout *l, enum layout_style style, const struct choice *choice)
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

const struct layout *layout_of(const struct format_context *c, enum layout_style style)
{
	static struct layout whole[_LAYOUT_MAX];
	struct layout *l = &whole[style];

	if (c->layout)
		return c->layout;
	if (!l->n[0])
		layout_init(l, style, NULL);
	return l;
}

static bool is(const char *key, const char *word, size_t len)
{
	return key && strlen(key) == len && memcmp(key, word, len) == 0;
}

static bool chosen(const struct choice *c, const struct field *f)
{
	for (size_t i = 0; i < c->n; i++)
		if (c->fields[i] == f)
			return true;
	return false;
}

static void choose(struct choice *c, const char *word, size_t len, const struct place *at,
		   struct diagnostics *d)
{
	const char *keys[2 * LAYOUT_MAX];
	size_t n = 0;

	for (size_t i = 0; i < fields_count; i++) {
		const struct field *f = &fields[i];

		keys[n++] = f->json;
		if (f->logfmt)
			keys[n++] = f->logfmt;
		if (!is(f->json, word, len) && !is(f->logfmt, word, len))
			continue;
		if (!chosen(c, f))
			c->fields[c->n++] = f;
		return;
	}
	diagnose_unknown(d, at, "field", word, len, keys, n);
}

bool choice_parse(struct choice *c, const char *list, struct diagnostics *d)
{
	size_t errors = d->errors;
	const char *p = list;

	for (;;) {
		size_t len = strcspn(p, ",");
		struct place at = { .source = "--fields", .column = p - list + 1 };

		if (len == 0)
			diagnose_error(d, &at, "expected a field");
		else
			choose(c, p, len, &at, d);
		p += len;
		if (!*p++)
			break;
	}
	return d->errors == errors;
}
