// SPDX-License-Identifier: GPL-2.0-only
#include "config.h"

#include <string.h>

#include "like.h"
#include "original.h"
#include "parser.h"
#include "ruleset.h"
#include "text.h"

#define CGROUP "cgroup" /* the section's name goes on with a path in quotes */
#define HOST   "host"	/* the same as kimglock */

static const struct {
	const char *name;
	enum bpflock_setting setting;
} variables[] = {
	{ "BPFLOCK_KIMGLOCK_PROFILE", BPFLOCK_SETTING_PROFILE },
	{ "BPFLOCK_KIMGLOCK_BLOCK", BPFLOCK_SETTING_BLOCK },
	{ "BPFLOCK_KIMGLOCK_ALLOW", BPFLOCK_SETTING_ALLOW },
	{ "BPFLOCK_EXEC_SNOOP", BPFLOCK_SETTING_EXEC_LOG },
};

/* The name that the original has for a key, which files may go on using. */
static const struct {
	const char *section, *key;
	enum bpflock_setting setting;
} originals[] = {
	{ "execsnoop", "trace", BPFLOCK_SETTING_EXEC_LOG },
};

const char *config_section(const char *name)
{
	return strcmp(name, HOST) == 0 ? "kimglock" : name;
}

/* The word that a section's name begins with. */
static size_t section_word(const char *name)
{
	return strcspn(name, " \t\"");
}

static bool is_section(const char *name, const char *word)
{
	size_t n = section_word(name);

	return strlen(word) == n && memcmp(name, word, n) == 0;
}

static bool section_known(const char *name)
{
	for (size_t s = 0; s < _BPFLOCK_SETTING_MAX; s++)
		if (strcmp(ruleset_setting_section(s), config_section(name)) == 0)
			return true;
	for (size_t i = 0; i < ARRAY_SIZE(originals); i++)
		if (strcmp(originals[i].section, name) == 0)
			return true;
	return is_section(name, CGROUP);
}

/* The key of a setting in a section of this name, NULL: it has none there. */
static const char *key_in(const char *section, enum bpflock_setting s)
{
	if (is_section(section, CGROUP))
		return settings[s].host ? NULL : settings[s].name;
	for (size_t i = 0; i < ARRAY_SIZE(originals); i++)
		if (originals[i].setting == s && strcmp(originals[i].section, section) == 0)
			return originals[i].key;
	return strcmp(ruleset_setting_section(s), config_section(section)) == 0 ? ruleset_setting_key(s) : NULL;
}

/*
 * The path in [cgroup "/path"]: everything between the first quote and the last one, as it stands,
 * since names of cgroups may hold backslashes and quotes. NULL, diagnosed, if there is none.
 */
static char *cgroup_path(const struct section *s, const char *source, struct diagnostics *d)
{
	const char *open =
		s->name + section_word(s->name) + strspn(s->name + section_word(s->name), " \t");
	const char *close = strrchr(s->name, '"');
	struct place at = { source, s->line, s->column + (open - s->name) };
	const char *error;
	char *path;

	if (*open != '"' || close == open || close[1]) {
		diagnostic_error(d, &at,
				 "expected a cgroup's path in quotes: [cgroup \"/system.slice\"]");
		return NULL;
	}
	path = strndup(open + 1, close - open - 1);
	error = path ? policy_path_error(path) : "out of memory";
	if (!error)
		return path;
	at.column++;
	diagnostic_error(d, &at, "cgroup \"%s\": %s", path ? path : "", error);
	free(path);
	return NULL;
}

/* Returns the section that was meant, or NULL: its keys are checked all the same. */
static const char *unknown_section(const struct section *s, const char *source,
				   struct diagnostics *d)
{
	const char *words[_BPFLOCK_SETTING_MAX + 2] = { CGROUP, HOST };
	struct place at = { source, s->line, s->column };
	const char *meant;

	for (size_t i = 0; i < _BPFLOCK_SETTING_MAX; i++)
		words[i + 2] = ruleset_setting_section(i);
	meant = text_nearest(s->name, section_word(s->name), words, ARRAY_SIZE(words));
	if (meant)
		diagnostic_error(d, &at, "unknown section \"%s\": did you mean \"%s\"?", s->name,
				 meant);
	else
		diagnostic_unknown(d, &at, "section", s->name, strlen(s->name), words,
				   ARRAY_SIZE(words));
	return meant;
}

/* The rule that a section is about, made if need be; NULL for the others and for a wrong one. */
static struct rule *section_rule(struct policy *p, const struct section *s, const char *source,
				 struct diagnostics *d)
{
	CLEANUP(free_charp) char *path = NULL;
	struct rule *r;

	if (!is_section(s->name, CGROUP))
		return NULL;
	path = cgroup_path(s, source, d);
	if (!path)
		return NULL;
	r = policy_add_rule(p, path);
	if (!r) {
		diagnostic_error(d, NULL, "out of memory");
		return NULL;
	}
	if (r->seen_file != p->files) {
		memset(r->seen, 0, sizeof(r->seen));
		r->seen_like = 0;
		r->seen_file = p->files;
	}
	snprintf(r->source, sizeof(r->source), "%s:%u", source, s->line);
	return r;
}

/* Keys that name other files, which catalogue.c has put before this one. */
static const char *const catalogue_keys[] = { "preset", "exceptions" };

static bool is_catalogue_key(const struct assignment *a)
{
	for (size_t i = 0; i < ARRAY_SIZE(catalogue_keys); i++)
		if (strcmp(config_section(a->section), "kimglock") == 0 &&
		    strcmp(a->key, catalogue_keys[i]) == 0)
			return true;
	return false;
}

/* A setting of another section, by the name that the command line has for it. */
static bool is_misplaced(const struct assignment *a, const struct place *at, struct diagnostics *d)
{
	for (size_t i = 0; i < _BPFLOCK_SETTING_MAX; i++) {
		const char *section = ruleset_setting_section(i);

		if (strcmp(a->key, settings[i].name) != 0 || strcmp(config_section(a->section), section) == 0)
			continue;
		diagnostic_error(d, at, "\"%s\" is not a key of [%s]: write \"%s\" below [%s]", a->key,
				 a->section, ruleset_setting_key(i), section);
		return true;
	}
	return false;
}

static void unknown_key(const struct assignment *a, const char *source, struct diagnostics *d)
{
	const char *words[_BPFLOCK_SETTING_MAX + ARRAY_SIZE(catalogue_keys) + 1];
	struct place at = { source, a->line, a->key_column };
	size_t n = 0;

	if (is_section(a->section, CGROUP)) {
		words[n++] = LIKE_KEY;
	} else if (strcmp(a->key, LIKE_KEY) == 0) {
		diagnostic_error(d, &at,
				 "\"" LIKE_KEY "\" is a key of cgroups: write it below [cgroup "
				 "\"/PATH\"]");
		return;
	} else if (is_misplaced(a, &at, d)) {
		return;
	}
	for (size_t i = 0; strcmp(config_section(a->section), "kimglock") == 0 && i < ARRAY_SIZE(catalogue_keys); i++)
		words[n++] = catalogue_keys[i];
	for (size_t i = 0; i < _BPFLOCK_SETTING_MAX; i++)
		if (key_in(a->section, i))
			words[n++] = key_in(a->section, i);
	diagnostic_unknown(d, &at, "key", a->key, strlen(a->key), words, n);
}

/* The setting of a key, or _BPFLOCK_SETTING_MAX. */
static enum bpflock_setting find_setting(const struct assignment *a)
{
	enum bpflock_setting s = 0;

	for (; s < _BPFLOCK_SETTING_MAX; s++) {
		const char *key = key_in(a->section, s);

		if (key && strcmp(key, a->key) == 0)
			break;
	}
	return s;
}

/* Into the host's settings, or into a rule's by way of a policy that has no more than them. */
static void assign(struct policy *p, struct rule *rule,
		   const struct bpflock_operation ops[BPFLOCK_REASONS],
		   enum bpflock_setting setting, const struct assignment *a, const struct place *at,
		   struct diagnostics *d)
{
	/* a list adds up, over files too; an empty one begins anew */
	bool fresh = a->value[0] == '\0';
	struct bpflock_policy alone = {};

	if (!rule) {
		ruleset_assign(&p->host, ops, setting, a->value, at, fresh, d);
		return;
	}
	/* named is named, even with a mistake in its value */
	rule->keys |= 1U << setting;
	rule->profile_given = rule->profile_given || setting == BPFLOCK_SETTING_PROFILE;
	alone.rules = like_keys(rule);
	if (ruleset_assign(&alone, ops, setting, a->value, at, fresh, d))
		like_set_keys(rule, &alone.rules);
}

/* It is no setting of a rule set: what it says is where the others come from. */
static void apply_like(struct rule *rule, unsigned int *seen, const struct assignment *a,
		       const struct place *at, struct diagnostics *d)
{
	struct place key = { at->source, a->line, a->key_column };

	if (*seen)
		diagnostic_error(d, &key, "\"%s\" was already set in line %u", a->key, *seen);
	else
		like_assign(rule, a->value, at, d);
	*seen = a->line;
}

static void apply_one(struct policy *p, struct rule *rule, unsigned int *seen,
		      const struct bpflock_operation ops[BPFLOCK_REASONS],
		      const struct assignment *a, const char *source, struct diagnostics *d)
{
	struct place at = { source, a->line, a->value_column };
	enum bpflock_setting setting = find_setting(a);

	if (rule && strcmp(a->key, LIKE_KEY) == 0) {
		apply_like(rule, &rule->seen_like, a, &at, d);
	} else if (setting == _BPFLOCK_SETTING_MAX) {
		unknown_key(a, source, d);
	} else if (seen[setting] && !settings[setting].list) {
		at.column = a->key_column;
		diagnostic_error(d, &at, "\"%s\" was already set in line %u", a->key,
				 seen[setting]);
	} else {
		seen[setting] = a->line;
		assign(p, rule, ops, setting, a, &at, d);
	}
}

/* Such a rule set would open its cgroup, whatever the host's denies. */
static void refuse_empty_rule(const struct section *s, const char *source, struct diagnostics *d)
{
	struct place at = { source, s->line, s->column };

	diagnostic_error(d, &at,
			 "section [%s] sets nothing: to allow everything there, write \"profile = "
			 "privileged\" below it; else remove it",
			 s->name);
}

void config_refuse_empty(const char *source, struct diagnostics *d)
{
	struct place at = { .source = source };

	diagnostic_error(d, &at,
			 "sets nothing: to allow everything, write \"profile = privileged\" below "
			 "[kimglock]; else remove the file");
}

/* The mistakes in the keys below a section whose name is one. section: the one that was meant. */
static void check_keys(const struct assignment *items, size_t n, const char *section,
		       const struct bpflock_operation ops[BPFLOCK_REASONS], const char *source,
		       struct diagnostics *d)
{
	struct policy ignored;
	struct rule rule = {};
	unsigned int seen[_BPFLOCK_SETTING_MAX] = {};

	policy_init(&ignored);
	for (size_t i = 0; i < n; i++) {
		struct assignment a = items[i];

		a.section = section;
		if (!is_catalogue_key(&a))
			apply_one(&ignored, is_section(section, CGROUP) ? &rule : NULL, seen, ops,
				  &a, source, d);
	}
	policy_done(&ignored);
}

static size_t count_keys(const struct assignments *all, size_t first, const char *section)
{
	size_t n = 0;

	while (first + n < all->n && all->items[first + n].section == section)
		n++;
	return n;
}

static void apply_section(struct policy *p, const struct section *s,
			  const struct assignment *items, size_t n, unsigned int *seen,
			  const struct bpflock_operation ops[BPFLOCK_REASONS], const char *source,
			  struct diagnostics *d)
{
	bool known = section_known(s->name);
	struct rule *rule = known ? section_rule(p, s, source, d) : NULL;
	const char *meant = known ? s->name : unknown_section(s, source, d);

	if (meant && !rule && (!known || is_section(s->name, CGROUP))) {
		check_keys(items, n, meant, ops, source, d);
		return;
	}
	if (rule && !n)
		refuse_empty_rule(s, source, d);
	for (size_t i = 0; meant && i < n; i++)
		if (!is_catalogue_key(&items[i]))
			apply_one(p, rule, rule ? rule->seen : seen, ops, &items[i], source, d);
}

void config_apply(struct policy *p, const struct bpflock_operation ops[BPFLOCK_REASONS],
		  const struct assignments *all, const char *source, struct diagnostics *d)
{
	unsigned int seen[_BPFLOCK_SETTING_MAX] = {}; /* line of the first assignment */
	size_t next = 0;

	p->files++;
	/* assignments follow the section they belong to */
	for (size_t i = 0; i < all->n_sections; i++) {
		const struct section *s = &all->sections[i];
		size_t n = count_keys(all, next, s->name);

		apply_section(p, s, all->items + next, n, seen, ops, source, d);
		next += n;
	}
}

bool config_read_text(struct policy *p, const struct bpflock_operation ops[BPFLOCK_REASONS],
		      const char *text, size_t len, const char *source, struct diagnostics *d)
{
	size_t errors = d->errors;
	struct assignments all;

	if (original_is_yaml(text, len)) {
		struct place at = { source, 1, 1 };
		char translated[512];

		original_translate(text, len, translated, sizeof(translated));
		diagnostic_error(
			d, &at,
			"YAML of the original bpflock is not valid here; the same settings, one per line: %s",
			translated);
		return false;
	}
	/* all mistakes of a file are reported at once, those of its form and those of its words */
	parser_parse(text, len, source, &all, d);
	config_apply(p, ops, &all, source, d);
	if (!all.n && d->errors == errors)
		config_refuse_empty(source, d);
	parser_done(&all);
	return d->errors == errors;
}

/* Returns whether a variable is not ours, or is read elsewhere. */
static bool is_known(const char *variable, size_t len)
{
	static const char *const others[] = { "BPFLOCK_BPFFS", "BPFLOCK_DEBUG",
					      "BPFLOCK_JOURNAL_SOCKET" };
	static const char prefix[] = "BPFLOCK_";

	if (strncmp(variable, prefix, sizeof(prefix) - 1) != 0)
		return true;
	for (size_t i = 0; i < ARRAY_SIZE(others); i++)
		if (strlen(others[i]) == len && memcmp(others[i], variable, len) == 0)
			return true;
	return false;
}

/* A variable that is set means something: the warning names its replacement, or a similar name. */
static void unknown_variable(const char *variable, size_t len, struct diagnostics *d)
{
	const char *words[ARRAY_SIZE(variables)], *now = original_variable(variable, len), *nearest;

	for (size_t i = 0; i < ARRAY_SIZE(variables); i++)
		words[i] = variables[i].name;
	nearest = text_nearest(variable, len, words, ARRAY_SIZE(words));
	if (now)
		diagnostic_warning(
			d, NULL, "environment variable %.*s of the original bpflock is ignored: %s",
			(int)len, variable, now);
	else if (nearest && !(strlen(nearest) == len && memcmp(nearest, variable, len) == 0))
		diagnostic_warning(d, NULL,
				   "unknown environment variable %.*s: ignored; did you mean %s?",
				   (int)len, variable, nearest);
	else
		diagnostic_warning(d, NULL, "unknown environment variable %.*s: ignored", (int)len,
				   variable);
}

bool config_read_environment(struct policy *p, const struct bpflock_operation ops[BPFLOCK_REASONS],
			     char *const *environ, struct diagnostics *d)
{
	size_t errors = d->errors;

	for (; *environ; environ++) {
		size_t len = strcspn(*environ, "="), i = 0;
		struct place at = { .column = 1 };

		while (i < ARRAY_SIZE(variables) && (strlen(variables[i].name) != len ||
						     memcmp(variables[i].name, *environ, len) != 0))
			i++;
		if (i < ARRAY_SIZE(variables) && (*environ)[len] == '=') {
			at.source = variables[i].name;
			/* as of a template whose own variable is not set: it would open what a file blocks */
			if (!(*environ)[len + 1])
				diagnostic_error(d, &at, "sets nothing: give it a value, or unset it");
			else
				ruleset_assign(&p->host, ops, variables[i].setting,
					       *environ + len + 1, &at, true, d);
		} else if (!is_known(*environ, len)) {
			unknown_variable(*environ, len, d);
		}
	}
	return d->errors == errors;
}
