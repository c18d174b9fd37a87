// SPDX-License-Identifier: GPL-2.0-only
#include "print.h"

#include <stdio.h>
#include <string.h>

#include "like.h"
#include "operations.h"
#include "ruleset.h"
#include "terminal.h"
#include "util.h"

/* A list that does not fit a line is more lines of its key, as a policy file has it. */
static void print_setting(const struct bpflock_operation *ops, const struct bpflock_policy *p,
			  enum bpflock_setting s, const char *key)
{
	CLEANUP(free_charp) char *value = ruleset_setting_text(ops, p, s);
	char prefix[64];

	snprintf(prefix, sizeof(prefix), "%s =%s", key, value && value[0] ? " " : "");
	terminal_print_lines(stdout, prefix, prefix, value ?: "", true);
}

static void print_host(const struct bpflock_operation *ops, const struct policy *p,
		       print_note_fn note, void *arg)
{
	const char *section = "";

	note(p, NULL, _BPFLOCK_SETTING_MAX, arg);
	/* settings of one section follow one another in the table */
	for (size_t s = 0; s < _BPFLOCK_SETTING_MAX; s++) {
		if (strcmp(section, ruleset_setting_section(s)) != 0)
			printf("%s[%s]\n", section[0] ? "\n" : "", ruleset_setting_section(s));
		section = ruleset_setting_section(s);
		note(p, NULL, s, arg);
		print_setting(ops, &p->host, s, ruleset_setting_key(s));
	}
}

static void print_rule(const struct bpflock_operation *ops, const struct policy *p,
		       const struct rule *r, print_note_fn note, void *arg)
{
	struct bpflock_policy alone = { .rules = like_keys(r) };

	putchar('\n');
	note(p, r, _BPFLOCK_SETTING_MAX, arg);
	/* as it stands, for that is how it is read */
	printf("[cgroup \"%s\"]\n", r->path);
	if (r->like_host)
		puts(LIKE_KEY " = " LIKE_HOST);
	for (size_t s = 0; s < _BPFLOCK_SETTING_MAX; s++) {
		if (settings[s].host)
			continue;
		note(p, r, s, arg);
		if (like_names(r, s))
			print_setting(ops, &alone, s, settings[s].name);
	}
	if (r->like_host) {
		CLEANUP(free_charp) char *text = print_ruleset_text(ops, &r->rules);

		terminal_print_lines(stdout, "# results in: ", "#   ", text ?: "?", false);
	}
}

void print_policy(const struct bpflock_operation ops[BPFLOCK_REASONS], const struct policy *p,
		  print_note_fn note, void *arg)
{
	print_host(ops, p, note, arg);
	for (size_t i = 0; i < p->n_rules; i++)
		print_rule(ops, p, p->rules[i], note, arg);
}

void print_mask(const struct bpflock_operation *ops, __u64 mask, const char *none)
{
	CLEANUP(free_charp) char *text = operations_text(ops, mask);

	fputs(mask && text ? text : none, stdout);
}

void print_mask_last(const struct bpflock_operation *ops, __u64 mask, const char *none,
		     unsigned int column)
{
	CLEANUP(free_charp) char *text = operations_text(ops, mask);

	terminal_print_last(stdout, mask && text ? text : none, column);
}

char *print_keys_text(const struct bpflock_operation *ops, const struct rule *r)
{
	struct bpflock_policy alone = { .rules = like_keys(r) };
	char *text = NULL;
	size_t len;
	FILE *f;

	if (!r->like_host)
		return print_ruleset_text(ops, &r->rules);
	f = open_memstream(&text, &len);
	if (!f)
		return NULL;
	fputs(LIKE_KEY " = " LIKE_HOST, f);
	for (size_t s = 0; s < _BPFLOCK_SETTING_MAX; s++) {
		CLEANUP(free_charp) char *value = NULL;

		if (settings[s].host || !like_names(r, s))
			continue;
		value = ruleset_setting_text(ops, &alone, s);
		if (value)
			fprintf(f, "; %s = %s", settings[s].name, value);
	}
	fclose(f);
	return text;
}

char *print_ruleset_text(const struct bpflock_operation *ops, const struct bpflock_ruleset *r)
{
	struct bpflock_policy alone = { .rules = *r }, none;
	const char *separator = "";
	char *text = NULL;
	size_t len;
	FILE *f = open_memstream(&text, &len);

	if (!f)
		return NULL;
	ruleset_init(&none);
	for (size_t s = 0; s < _BPFLOCK_SETTING_MAX; s++) {
		CLEANUP(free_charp) char *value = ruleset_setting_text(ops, &alone, s);
		CLEANUP(free_charp) char *built_in = ruleset_setting_text(ops, &none, s);

		if (!value || !built_in || settings[s].host ||
		    (s != BPFLOCK_SETTING_PROFILE && strcmp(value, built_in) == 0))
			continue;
		fprintf(f, "%s%s = %s", separator, settings[s].name, value);
		separator = "; ";
	}
	fclose(f);
	return text;
}

void print_keys_line(const struct bpflock_operation *ops, const struct rule *r)
{
	CLEANUP(free_charp) char *text = print_keys_text(ops, r);

	fputs(text ?: "?", stdout);
}

void print_ruleset_line(const struct bpflock_operation *ops, const struct bpflock_ruleset *r)
{
	CLEANUP(free_charp) char *text = print_ruleset_text(ops, r);

	fputs(text ?: "?", stdout);
}
