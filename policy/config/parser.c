// SPDX-License-Identifier: GPL-2.0-only
#include "parser.h"

#include <string.h>

#include "text.h"

struct parser {
	struct assignments *out;
	struct diagnostics *d;
	const char *source;
	const char *section; /* NULL before the first one and after a bad one */
	bool section_bad;
	unsigned int section_column;
	unsigned int line;
};

void parser_done(struct assignments *a)
{
	free(a->items);
	free(a->sections);
	free(a->text);
	*a = (struct assignments){};
}

static struct place place(const struct parser *p, size_t offset)
{
	return (struct place){ p->source, p->line, offset + 1 };
}

/* Bytes that no line may hold, so that what an editor shows is what is read. */
static bool check_bytes(struct parser *p, const char *line, size_t len)
{
	for (size_t i = 0; i < len;) {
		size_t n = text_utf8_length(line + i, len - i);
		unsigned char c = line[i];
		struct place at = place(p, i);

		if (n == 0) {
			diagnostic_error(p->d, &at, "invalid UTF-8 (byte 0x%02x)", c);
			return false;
		}
		if (c == '\r') {
			diagnostic_error(p->d, &at, "carriage return: use Unix line ends");
			return false;
		}
		if ((c < 0x20 && c != '\t') || c == 0x7f) {
			diagnostic_error(p->d, &at, "control byte 0x%02x", c);
			return false;
		}
		if (n > 1 && !text_printable(line + i, n)) {
			diagnostic_error(
				p->d, &at,
				"invisible character: an editor may show another line than is read");
			return false;
		}
		i += n;
	}
	return true;
}

static size_t skip_blanks(const char *s)
{
	return strspn(s, " \t");
}

static void trim_end(char *s)
{
	size_t n = strlen(s);

	while (n > 0 && (s[n - 1] == ' ' || s[n - 1] == '\t'))
		s[--n] = '\0';
}

/*
 * The keys of an unknown section are skipped: they are neither reported nor put into another
 * section.
 */
static void bad_section(struct parser *p)
{
	p->section = NULL;
	p->section_bad = true;
}

/* A quoted name, a cgroup's path, may hold brackets: there the last one closes. */
static char *closing_bracket(char *section)
{
	char *quoted = strchr(section, '"'), *end = strchr(section, ']');

	return quoted && end && quoted < end ? strrchr(section, ']') : end;
}

static void parse_section(struct parser *p, char *line, size_t start)
{
	char *end = closing_bracket(line + start);
	struct place at = place(p, start);
	struct section *sections;

	bad_section(p);
	/* the keys below one that is written wrong are checked, too, if it is clear which one it is */
	if (!end) {
		diagnostic_error(p->d, &at, "section without its closing bracket");
		if (strchr(line + start, '"'))
			return;
		end = line + strlen(line);
	} else if (end[1 + skip_blanks(end + 1)] != '\0') {
		at = place(p, end + 1 + skip_blanks(end + 1) - line);
		diagnostic_error(p->d, &at,
				 "text after the section: comments need a line of their own");
	}
	sections = realloc(p->out->sections, (p->out->n_sections + 1) * sizeof(*sections));
	if (!sections) {
		diagnostic_error(p->d, &at, "out of memory");
		return;
	}
	*end = '\0';
	p->out->sections = sections;
	sections[p->out->n_sections++] = (struct section){ line + start + 1, p->line, start + 2 };
	p->section = line + start + 1;
	p->section_bad = false;
	p->section_column = start + 2;
}

static void parse_assignment(struct parser *p, char *line, size_t start)
{
	char *equals = strchr(line + start, '=');
	struct assignment *items;
	struct place at = place(p, start);
	char *value;

	if (!equals) {
		diagnostic_error(p->d, &at, "expected KEY = VALUE, [section] or a comment");
		return;
	}
	if (!p->section) {
		if (!p->section_bad)
			diagnostic_error(p->d, &at,
					 "setting before any section: expected [kimglock] first");
		return;
	}
	*equals = '\0';
	trim_end(line + start);
	if (line[start] == '\0') {
		diagnostic_error(p->d, &at, "expected a key before \"=\"");
		return;
	}
	value = equals + 1 + skip_blanks(equals + 1);
	items = realloc(p->out->items, (p->out->n + 1) * sizeof(*items));
	if (!items) {
		diagnostic_error(p->d, &at, "out of memory");
		return;
	}
	p->out->items = items;
	items[p->out->n++] = (struct assignment){
		.section = p->section,
		.key = line + start,
		.value = value,
		.line = p->line,
		.section_column = p->section_column,
		.key_column = start + 1,
		.value_column = value - line + 1,
	};
}

static void parse_line(struct parser *p, char *line, size_t len)
{
	size_t start = skip_blanks(line);
	bool section = line[start] == '[';

	if (len > PARSER_LINE_MAX) {
		struct place at = place(p, PARSER_LINE_MAX);

		if (section)
			bad_section(p);
		diagnostic_error(p->d, &at, "line longer than %d bytes: repeat the key instead",
				 PARSER_LINE_MAX);
		return;
	}
	if (!check_bytes(p, line, len)) {
		if (section)
			bad_section(p);
		return;
	}
	if (line[start] == '\0' || line[start] == '#' || line[start] == ';')
		return;
	trim_end(line);
	if (line[strlen(line) - 1] == '\\') {
		struct place at = place(p, strlen(line) - 1);

		if (section)
			bad_section(p);
		diagnostic_error(p->d, &at, "lines cannot be continued: repeat the key instead");
	} else if (section) {
		parse_section(p, line, start);
	} else {
		parse_assignment(p, line, start);
	}
}

bool parser_parse(const char *text, size_t len, const char *source, struct assignments *ret,
		  struct diagnostics *d)
{
	struct parser p = { .out = ret, .d = d, .source = source };
	size_t errors = d->errors;
	char *line, *end;

	*ret = (struct assignments){ .text = malloc(len + 1) };
	if (!ret->text) {
		struct place at = { .source = source };

		diagnostic_error(d, &at, "out of memory");
		return false;
	}
	memcpy(ret->text, text, len);
	ret->text[len] = '\0';
	end = ret->text + len;
	for (line = ret->text; line < end;) {
		char *newline = memchr(line, '\n', end - line);
		size_t n = (newline ? newline : end) - line;

		line[n] = '\0';
		p.line++;
		parse_line(&p, line, n);
		line += n + 1;
	}
	return d->errors == errors;
}
