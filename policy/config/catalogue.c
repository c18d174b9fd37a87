// SPDX-License-Identifier: GPL-2.0-only
#include "catalogue.h"

#include <ctype.h>
#include <errno.h>
#include <limits.h>
#include <string.h>

#include "config.h"
#include "parser.h"
#include "text.h"

#define SECTION	  "kimglock" /* the keys are there */
#define SEPARATOR ", \t"
#define SUFFIX	  ".conf"

static const struct {
	const char *folder, *key, *word;
} kinds[] = {
	[CONFIG_PRESET] = { "presets", "preset", "preset" },
	[CONFIG_EXCEPTION] = { "exceptions", "exceptions", "exception" },
};

/* A name and where it stands; or, without a name, the end of all before it. */
struct named {
	char name[CATALOGUE_NAME_MAX];
	struct place at;
	size_t file; /* index of the file that it is in */
};

struct names {
	struct named *items; /* owned */
	size_t n;
};

static void names_done(struct names *names)
{
	free(names->items);
}

const char *catalogue_folder(enum config_kind kind)
{
	return kinds[kind].folder;
}

const char *catalogue_key(enum config_kind kind)
{
	return kinds[kind].key;
}

void catalogue_name(const char *path, char ret_name[CATALOGUE_NAME_MAX])
{
	const char *slash = strrchr(path, '/');
	size_t len;

	path = slash ? slash + 1 : path;
	len = strlen(path);
	if (len > strlen(SUFFIX) && strcmp(path + len - strlen(SUFFIX), SUFFIX) == 0)
		len -= strlen(SUFFIX);
	snprintf(ret_name, CATALOGUE_NAME_MAX, "%.*s", (int)len, path);
}

char *catalogue_brief(const char *text)
{
	const char *colon;
	size_t len;

	if (text[0] != '#')
		return NULL;
	text += 1 + strspn(text + 1, " ");
	len = strcspn(text, ".\n");
	colon = memchr(text, ':', len);
	if (colon) {
		colon += 1 + strspn(colon + 1, " ");
		len -= colon - text;
		text = colon;
	}
	return strndup(text, len);
}

/* So that a name is a word of a shell, and leads to no other directory. */
bool catalogue_name_valid(const char *word, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if (!isalnum((unsigned char)word[i]) && (i == 0 || !strchr("-_", word[i])))
			return false;
	return len > 0 && len < CATALOGUE_NAME_MAX;
}

struct known {
	const char **words;
	size_t n;
};

static void add_known(const char *path, void *arg)
{
	struct known *known = arg;
	char name[CATALOGUE_NAME_MAX];

	catalogue_name(path, name);
	if (!array_grow(&known->words, known->n, sizeof(*known->words)))
		return;
	known->words[known->n] = strdup(name);
	known->n += known->words[known->n] != NULL;
}

void catalogue_unknown(const char *root, const struct place *at, enum config_kind kind,
		       const char *word, size_t len, struct diagnostics *d)
{
	struct known known = {};

	config_files_each(root, kinds[kind].folder, add_known, &known);
	diagnostic_unknown(d, at, kinds[kind].word, word, len, known.words, known.n);
	for (size_t i = 0; i < known.n; i++)
		free((char *)known.words[i]);
	free(known.words);
}

static void add_name(struct names *names, size_t file, const struct place *at, const char *word,
		     size_t len, struct diagnostics *d)
{
	struct named *n;

	if (len && !catalogue_name_valid(word, len)) {
		diagnostic_error(
			d, at, "\"%.*s\" is not a name: use letters, digits, - and _, and no path",
			(int)len, word);
		return;
	}
	if (!array_grow(&names->items, names->n, sizeof(*names->items))) {
		diagnostic_error(d, at, "out of memory");
		return;
	}
	n = &names->items[names->n++];
	*n = (struct named){ .at = *at, .file = file };
	snprintf(n->name, sizeof(n->name), "%.*s", (int)len, word);
}

/* All words of a list; an empty one begins it anew. */
static void add_list(struct names *names, size_t file, const struct place *at, const char *list,
		     struct diagnostics *d)
{
	const char *p = list;

	if (!*p)
		add_name(names, file, at, p, 0, d);
	while (*(p += strspn(p, SEPARATOR))) {
		struct place here = *at;
		size_t len = strcspn(p, SEPARATOR);

		here.column += p - list;
		add_name(names, file, &here, p, len, d);
		p += len;
	}
}

/* The value of a key that stands once in a file. */
static void add_one(struct names *names, size_t file, const struct assignment *a,
		    const struct place *at, unsigned int *line, struct diagnostics *d)
{
	struct place key = { at->source, a->line, a->key_column };

	if (*line)
		diagnostic_error(d, &key, "\"%s\" was already set in line %u", a->key, *line);
	else if (!a->value[0])
		diagnostic_error(d, at,
				 "empty %s: expected a name from \"bpflock-ctl preset list\"",
				 a->key);
	else
		add_name(names, file, at, a->value, strlen(a->value), d);
	*line = a->line;
}

/* The names that a file has under the key of this kind. */
static void gather_from(const struct config_files *files, size_t i, enum config_kind kind,
			struct names *names, struct diagnostics *d)
{
	CLEANUP(diagnostics_done) struct diagnostics later = DIAGNOSTICS_INIT;
	const struct config_file *f = &files->items[i];
	struct assignments all;
	unsigned int line = 0;

	/* most files name nothing */
	if (f->state != CONFIG_READ || !f->text ||
	    !memmem(f->text, f->len, kinds[kind].key, strlen(kinds[kind].key)))
		return;
	/* its mistakes are diagnosed when it is read */
	parser_parse(f->text, f->len, f->path, &all, &later);
	for (size_t k = 0; k < all.n; k++) {
		const struct assignment *a = &all.items[k];
		struct place at = { f->path, a->line, a->value_column };

		if (strcmp(config_section(a->section), SECTION) != 0 || strcmp(a->key, kinds[kind].key) != 0)
			continue;
		if (kind == CONFIG_EXCEPTION)
			add_list(names, i, &at, a->value, d);
		else if (f->kind == CONFIG_PRESET)
			diagnostic_error(d, &at, "a preset cannot name another preset");
		else
			add_one(names, i, a, &at, &line, d);
	}
	parser_done(&all);
}

static void gather(const struct config_files *files, enum config_kind kind, struct names *names,
		   struct diagnostics *d)
{
	for (size_t i = 0; i < files->n; i++)
		gather_from(files, i, kind, names, d);
}

/* Inserts the files of a name at this index. Returns how many. */
static size_t insert(struct config_files *files, size_t at, const char *root, const struct named *n,
		     enum config_kind kind, struct diagnostics *d)
{
	char name[PATH_MAX];
	size_t found;

	snprintf(name, sizeof(name), "%s/%s" SUFFIX, kinds[kind].folder, n->name);
	found = config_files_find(files, at, root, name, kind, d);
	if (!found)
		catalogue_unknown(root, &n->at, kind, n->name, strlen(n->name), d);
	return found;
}

/* An exception adds to what the host's rule set allows, in cgroups alone. */
static void check_exception(const struct config_file *f, struct diagnostics *d)
{
	CLEANUP(diagnostics_done) struct diagnostics later = DIAGNOSTICS_INIT;
	static const char *const keys[] = { "like", "allow" };
	struct assignments all;

	if (!f->text)
		return;
	parser_parse(f->text, f->len, f->path, &all, &later);
	for (size_t i = 0; i < all.n; i++) {
		const struct assignment *a = &all.items[i];
		struct place at = { f->path, a->line, a->key_column };
		size_t k = 0;

		while (k < ARRAY_SIZE(keys) && strcmp(keys[k], a->key) != 0)
			k++;
		if (strncmp(a->section, "cgroup", 6) != 0 || k == ARRAY_SIZE(keys))
			diagnostic_error(
				d, &at,
				"not valid in an exception: use like and allow below "
				"[cgroup \"/PATH\"] only");
	}
	parser_done(&all);
}

static bool is_listed(const struct names *names, size_t from, size_t i)
{
	for (; from < i; from++)
		if (strcmp(names->items[from].name, names->items[i].name) == 0)
			return true;
	return false;
}

/* Before all files, in the order in which they are named; each but once. */
static void resolve_exceptions(struct config_files *files, const char *root, struct diagnostics *d)
{
	CLEANUP(names_done) struct names names = {};
	size_t begin = 0, at = 0;

	gather(files, CONFIG_EXCEPTION, &names, d);
	for (size_t i = 0; i < names.n; i++)
		if (!names.items[i].name[0])
			begin = i + 1;
	for (size_t i = begin; i < names.n; i++) {
		if (is_listed(&names, begin, i))
			continue;
		at += insert(files, at, root, &names.items[i], CONFIG_EXCEPTION, d);
		if (at && files->items[at - 1].state == CONFIG_READ)
			check_exception(&files->items[at - 1], d);
	}
}

/* Before the file that named one last. That those named before exist is looked at, too. */
static void resolve_preset(struct config_files *files, const char *root, struct diagnostics *d)
{
	CLEANUP(names_done) struct names names = {};

	gather(files, CONFIG_PRESET, &names, d);
	for (size_t i = 0; i < names.n; i++) {
		CLEANUP(config_files_done) struct config_files ignored = {};
		bool last = i + 1 == names.n;

		insert(last ? files : &ignored, last ? names.items[i].file : 0, root,
		       &names.items[i], CONFIG_PRESET, d);
	}
}

/* A preset that names another one. */
static void check_presets(const struct config_files *files, struct diagnostics *d)
{
	CLEANUP(names_done) struct names none = {};

	for (size_t i = 0; i < files->n; i++)
		if (files->items[i].kind == CONFIG_PRESET)
			gather_from(files, i, CONFIG_PRESET, &none, d);
}

int catalogue_resolve(struct config_files *files, const char *root, struct diagnostics *d)
{
	size_t errors = d->errors;

	resolve_preset(files, root, d);
	check_presets(files, d);
	resolve_exceptions(files, root, d);
	return d->errors == errors ? 0 : -ENOENT;
}

int catalogue_list(const char *root, const char *path, struct config_files *ret_files,
		   struct diagnostics *d)
{
	int r = config_files_search(root, path, ret_files, d);
	int named = catalogue_resolve(ret_files, root, d);

	return r < 0 ? r : named;
}

bool catalogue_read(struct policy *p, const struct bpflock_operation ops[BPFLOCK_REASONS],
		    const char *root, const char *path, struct diagnostics *d)
{
	CLEANUP(config_files_done) struct config_files files = {};
	size_t errors = d->errors;

	catalogue_list(root, path, &files, d);
	config_files_read_listed(p, ops, &files, CONFIG_TRUST_ROOT, d);
	return d->errors == errors;
}
