// SPDX-License-Identifier: GPL-2.0-only
#include "ctl-command.h"

#include <string.h>

#include "color.h"
#include "ctl-help.h"
#include "ctl-json.h"
#include "options.h"
#include "pins-lock.h"
#include "pointers.h"
#include "util.h"
#include "version.h"

/* Other names of verbs. Those of older versions are warned of. */
static const struct {
	const char *name, *verb;
	bool old;
} aliases[] = {
	{ "show operations", "operations" },
	{ "show policy", "policy" },
	{ "verify", "test", .old = true },
};

struct parse {
	const struct verb_table *table;
	struct ctl_command *command;
};

/* Once the verb is known: as with other tools, -n is the number of lines where there are any. */
static void choose_letter(const struct verb_table *t, char *verb)
{
	int n;
	const struct verb *v = verb_find(t, &verb, 1, &n);

	if (!v || !(v->accepts & BIT(CTL_LINES)))
		return;
	for (size_t k = 0; k < t->n_options; k++) {
		if (t->options[k].letter == 'n')
			t->options[k].letter = 0;
		if (t->options[k].id == CTL_LINES)
			t->options[k].letter = 'n';
	}
}

static bool take_word(void *arg, int id, const char *value, struct diagnostics *d)
{
	struct parse *p = arg;
	struct ctl_command *c = p->command;

	if (id != OPTIONS_OPERAND)
		return false;
	if (c->n_words == 0)
		choose_letter(p->table, (char *)value);
	if (c->n_words == ARRAY_SIZE(c->words))
		diagnostic_error(d, NULL, "too many operands");
	else
		c->words[c->n_words++] = (char *)value;
	return true;
}

static void drop_word(struct ctl_command *c)
{
	memmove(c->words, c->words + 1, --c->n_words * sizeof(c->words[0]));
}

static void parse_json(const char *value, struct ctl *c, struct diagnostics *d)
{
	const struct place at = { .source = "--json" };
	bool pretty = value && strcmp(value, JSON_PRETTY) == 0;

	c->json = value;
	ctl_json_pretty(pretty);
	if (value && value[0] && !pretty)
		diagnostic_error(d, &at, "\"%s\" is not valid: use " JSON_PRETTY, value);
}

void ctl_command_parse(const struct verb_table *t, int argc, char **argv, struct ctl_command *c,
		       struct diagnostics *d)
{
	struct parse p = { t, c };
	const char **given = c->ctl.options;
	struct options o;

	options_init(&o, argc, argv, t->options, t->n_options, d);
	options_collect(&o, given, take_word, &p);
	parse_json(given[CTL_JSON], &c->ctl, d);
	c->ctl.dry_run = given[CTL_DRY_RUN];
	c->ctl.wait_ms = pins_lock_time(given[CTL_WAIT], d);
	color_choose(given[CTL_COLOR], d);
	if (c->n_words && strcmp(c->words[0], "help") == 0) {
		given[CTL_HELP] = "";
		drop_word(c);
	}
	if (!c->n_words && !given[CTL_HELP] && !given[CTL_VERSION])
		c->words[c->n_words++] = (char *)"status";
}

/* Puts the name of today in the place of another one. */
static void resolve_alias(struct ctl_command *c, struct diagnostics *d)
{
	for (size_t i = 0; c->n_words && i < ARRAY_SIZE(aliases); i++) {
		size_t len = strcspn(aliases[i].name, " ");
		const char *second = aliases[i].name[len] ? aliases[i].name + len + 1 : NULL;

		if (strlen(c->words[0]) != len || strncmp(c->words[0], aliases[i].name, len) != 0 ||
		    (second && (c->n_words < 2 || strcmp(c->words[1], second) != 0)))
			continue;
		if (second)
			drop_word(c);
		c->words[0] = (char *)aliases[i].verb;
		if (aliases[i].old)
			diagnostic_warning(d, NULL, "the verb \"%s\" is old: use \"%s\"",
					   aliases[i].name, aliases[i].verb);
		return;
	}
}

/*
 * Returns whether it is the first word of verbs of two ("cgroup list"), which are then listed.
 */
static bool is_first_word(const struct verb_table *t, const char *word, char *ret_verbs, size_t size)
{
	size_t n = 0;

	for (size_t i = 0; i < t->n && n < size; i++)
		if (verb_begins(&t->verbs[i], word, strlen(word)))
			n += snprintf(ret_verbs + n, size - n, "%s\"%s\"", n ? ", " : "",
				      t->verbs[i].name);
	return n > 0;
}

static void unknown_verb(const struct verb_table *t, struct ctl_command *c,
			 struct diagnostics *d)
{
	const char *names[64];
	char words[128], known[256];
	bool two = is_first_word(t, c->words[0], known, sizeof(known));

	if (two && c->n_words == 1) {
		diagnostic_error(d, NULL, "expected one of %s", known);
		return;
	}
	c->pointer = pointers_find(c->words[0]);
	if (c->pointer) {
		diagnostic_error(d, NULL, "\"%s\" is not a verb of " CTL_PROGRAM, c->words[0]);
		return;
	}
	for (size_t i = 0; i < t->n && i < ARRAY_SIZE(names); i++)
		names[i] = t->verbs[i].name;
	snprintf(words, sizeof(words), "%s%s%s", c->words[0], two ? " " : "",
		 two ? c->words[1] : "");
	diagnostic_unknown(d, NULL, "verb", words, strlen(words), names, t->n);
}

static void check_options(const struct verb_table *t, const struct verb *v, const struct ctl *c,
			  struct diagnostics *d)
{
	for (size_t id = 1; id < _CTL_OPTION_MAX; id++) {
		if (!c->options[id] || (verb_options(v) & BIT(id)))
			continue;
		if (id == CTL_DRY_RUN)
			diagnostic_error(d, NULL,
					 "\"%s\" changes nothing, so it takes no --dry-run",
					 v->name);
		else
			diagnostic_error(d, NULL, "\"%s\" takes no --%s", v->name,
					 options_row(t->options, t->n_options, id)->name);
	}
}

const struct verb *ctl_command_verb(const struct verb_table *t, struct ctl_command *c,
				    struct diagnostics *d)
{
	const struct verb *v;
	int n;

	resolve_alias(c, d);
	v = verb_find(t, c->words, c->n_words, &n);
	if (!v) {
		unknown_verb(t, c, d);
		return NULL;
	}
	c->ctl.verb = v->name;
	c->ctl.operands = c->words + n;
	c->ctl.n = c->n_words - n;
	if (c->ctl.n > v->max)
		diagnostic_error(d, NULL, "\"%s\" takes no%s operand, but got \"%s\"", v->name,
				 v->max ? " further" : "", c->ctl.operands[v->max]);
	if (c->ctl.n < v->min)
		diagnostic_error(d, NULL, "\"%s\" needs operands: %s", v->name, v->operands);
	check_options(t, v, &c->ctl, d);
	return v;
}

void ctl_command_inform(const struct verb_table *t, struct ctl_command *c, struct diagnostics *d)
{
	const struct verb *v;
	char known[256];
	int n;

	resolve_alias(c, d);
	if (!c->ctl.options[CTL_HELP])
		puts(CTL_PROGRAM " " BPFLOCK_VERSION);
	else if (c->n_words == 0)
		ctl_help(t);
	else if ((v = verb_find(t, c->words, c->n_words, &n)))
		ctl_help_verb(t, v);
	else if (c->n_words == 1 && is_first_word(t, c->words[0], known, sizeof(known)))
		ctl_help_group(t, c->words[0]);
	else
		unknown_verb(t, c, d);
}
