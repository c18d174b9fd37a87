// SPDX-License-Identifier: GPL-2.0-only
#include "complete.h"

#include <fcntl.h>
#include <string.h>

#include "capabilities.h"
#include "text.h"

#define OPTION	  "--complete"
#define WORDS_MAX 128

bool complete_asked(int argc, char **argv)
{
	return argc > 1 && strcmp(argv[1], OPTION) == 0;
}

/* Returns whether it can be shown, and be typed, as it is. */
static bool is_printable(const char *s)
{
	size_t len = strlen(s), n;

	for (; len; s += n, len -= n) {
		n = text_printable(s, len);
		if (n == 0)
			return false;
	}
	return true;
}

void complete_add(const struct completion *c, const char *candidate, const char *meaning)
{
	if (strncmp(candidate, c->word, strlen(c->word)) != 0 || !is_printable(candidate))
		return;
	printf("%.*s%s\t", (int)c->before_len, c->before, candidate);
	text_puts(stdout, meaning ? meaning : "");
	putchar('\n');
}

void complete_open(void)
{
	puts("\tnospace");
}

void complete_files(struct completion *c)
{
	puts("\tfiles");
}

void complete_directories(struct completion *c)
{
	puts("\tdirectories");
}

void complete_skip(struct completion *c, size_t len)
{
	c->word += len;
	c->before_len += len;
}

bool complete_listed(const struct completion *c, const char *name)
{
	const char *list = c->before + c->before_len;
	size_t len = strlen(name);

	while (list > c->before && list[-1] == ',') {
		const char *end = --list;

		while (list > c->before && !strchr(",=!", list[-1]))
			list--;
		if ((size_t)(end - list) == len && memcmp(list, name, len) == 0)
			return true;
	}
	return false;
}

void complete_list(struct completion *c, complete_fn add)
{
	const char *comma = strrchr(c->word, ',');

	if (comma)
		complete_skip(c, comma + 1 - c->word);
	complete_open();
	add(c);
}

static void complete_options(const struct complete_program *p, struct completion *c)
{
	for (size_t i = 0; i < p->n_options; i++) {
		const struct option_info *row = &p->options[i];
		char name[40];

		snprintf(name, sizeof(name), "--%s", row->name);
		if (!row->now && p->offers(c, row))
			complete_add(c, name, row->help);
	}
}

/* The last word is what options_next() has made of it. */
static void complete_last(const struct complete_program *p, struct completion *c, char *last,
			  int id, const char *value)
{
	const struct option_info *row = options_row(p->options, p->n_options, id);
	bool operand = id == OPTIONS_OPERAND && strcmp(last, "-") != 0;

	c->before = c->word = last;
	if (row && value) {
		c->option = row;
		complete_skip(c, value - last);
		if (row->complete)
			row->complete(c);
	} else if (!operand && last[0] == '-') {
		complete_options(p, c);
	} else if (operand && p->operand) {
		p->operand(c);
	}
}

/* An argument of an unknown option has no completion. */
static void complete_command(const struct complete_program *p, int argc, char **argv)
{
	CLEANUP(diagnostics_done) struct diagnostics d = DIAGNOSTICS_INIT;
	char *operands[WORDS_MAX], *last = argv[argc - 1];
	struct completion c = { .operands = operands, .arg = p->arg };
	const char *value = NULL;
	struct options o;
	int id;

	options_init(&o, argc, argv, p->options, p->n_options, &d);
	do {
		id = options_next(&o, &value);
		if (o.next == argc)
			break;
		if (id > 0 && id < COMPLETE_IDS)
			c.given[id] = value ? value : "";
		else if (id == OPTIONS_OPERAND && c.n < WORDS_MAX)
			operands[c.n++] = (char *)value;
	} while (id != OPTIONS_END);
	complete_last(p, &c, last, id, value);
}

int complete(const struct complete_program *p, int argc, char **argv)
{
	CLEANUP(close_fdp) int null = open("/dev/null", O_WRONLY | O_CLOEXEC);

	/* the line that is being typed is no place for complaints, libbpf's included */
	if (null >= 0)
		dup2(null, STDERR_FILENO);
	capabilities_limit(p->privileges);
	if (argc > 2 && argc < WORDS_MAX)
		complete_command(p, argc - 1, argv + 1);
	fflush(stdout);
	return 0;
}
