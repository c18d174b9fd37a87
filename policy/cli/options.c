// SPDX-License-Identifier: GPL-2.0-only
#include "options.h"

#include <string.h>

void options_init(struct options *o, int argc, char **argv, const struct option_info *table,
		  size_t n, struct diagnostics *d)
{
	*o = (struct options){
		.argc = argc, .argv = argv, .table = table, .n = n, .next = 1, .d = d
	};
}

static int unknown(struct options *o, const char *word, size_t len)
{
	const char *words[64];
	char dashed[64][32];
	size_t n = 0;

	for (size_t i = 0; i < o->n && n < ARRAY_SIZE(words); i++) {
		if (o->table[i].now)
			continue;
		snprintf(dashed[n], sizeof(dashed[n]), "--%s", o->table[i].name);
		words[n] = dashed[n];
		n++;
	}
	diagnostic_unknown(o->d, NULL, "option", word, len, words, n);
	return OPTIONS_ERROR;
}

static const struct option_info *find_long(const struct options *o, const char *name, size_t len)
{
	for (size_t i = 0; i < o->n; i++)
		if (strlen(o->table[i].name) == len && memcmp(o->table[i].name, name, len) == 0)
			return &o->table[i];
	return NULL;
}

static const struct option_info *find_letter(const struct options *o, const char *word)
{
	char letter = word[1] == '?' ? 'h' : word[1];

	for (size_t i = 0; i < o->n; i++)
		if (o->table[i].letter && o->table[i].letter == letter && word[2] == '\0')
			return &o->table[i];
	return NULL;
}

static int next_long(struct options *o, const char *word, const char **ret_value)
{
	size_t len = strcspn(word + 2, "=");
	const struct option_info *row = find_long(o, word + 2, len);
	const char *value = word[2 + len] == '=' ? word + 2 + len + 1 : NULL;

	if (!row)
		return unknown(o, word, len + 2);
	if (!row->argument && value) {
		diagnostic_error(o->d, NULL, "option \"--%s\" takes no argument", row->name);
		return OPTIONS_ERROR;
	}
	if (row->now)
		diagnostic_warning(o->d, NULL, "the option --%s is old: use %s", row->name, row->now);
	if (row->argument && !row->optional && !value) {
		if (o->next >= o->argc) {
			diagnostic_error(o->d, NULL, "option \"--%s\" needs an argument: %s",
					 row->name, row->help);
			return OPTIONS_ERROR;
		}
		value = o->argv[o->next++];
	}
	*ret_value = value;
	return row->id;
}

int options_next(struct options *o, const char **ret_value)
{
	const struct option_info *row;
	const char *word;

	if (o->next >= o->argc)
		return OPTIONS_END;
	word = o->argv[o->next++];
	*ret_value = word;
	if (o->only_operands || word[0] != '-' || word[1] == '\0')
		return OPTIONS_OPERAND;
	if (strcmp(word, "--") == 0) {
		o->only_operands = true;
		return options_next(o, ret_value);
	}
	if (word[1] == '-')
		return next_long(o, word, ret_value);
	row = find_letter(o, word);
	if (!row)
		return unknown(o, word, strlen(word));
	if (!row->argument || row->optional) {
		*ret_value = NULL;
		return row->id;
	}
	if (o->next >= o->argc) {
		diagnostic_error(o->d, NULL, "option \"-%c\" needs an argument: %s", row->letter,
				 row->help);
		return OPTIONS_ERROR;
	}
	*ret_value = o->argv[o->next++];
	return row->id;
}

void options_collect(struct options *o, const char *given[], options_take_fn take, void *arg)
{
	const char *value;
	int id;

	while ((id = options_next(o, &value)) != OPTIONS_END) {
		if (id == OPTIONS_ERROR || take(arg, id, value, o->d))
			continue;
		if (given[id])
			diagnostic_error(o->d, NULL, "option \"--%s\" is given twice",
					 options_row(o->table, o->n, id)->name);
		given[id] = value ? value : "";
	}
}

const struct option_info *options_row(const struct option_info *table, size_t n, int id)
{
	for (size_t i = 0; i < n; i++)
		if (table[i].id == id)
			return &table[i];
	return NULL;
}

void options_print(FILE *f, const struct option_info *table, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		const struct option_info *row = &table[i];
		char letter[8] = "    ";
		char name[40];

		if (row->now)
			continue;
		/* these two share a line, because the help is to fit a screen */
		if (row->letter == 'h' && i + 1 < n && row[1].letter == 'V') {
			fprintf(f, "  -h, --%-20s %s\n", "help, -V, --version", "print this help, or the version");
			i++;
			continue;
		}
		if (row->letter)
			snprintf(letter, sizeof(letter), "-%c, ", row->letter);
		snprintf(name, sizeof(name), row->optional ? "%s[=%s]" : row->argument ? "%s %s" : "%s",
			 row->name, row->argument);
		fprintf(f, "  %s--%-20s %s\n", letter, name, row->help);
	}
}
