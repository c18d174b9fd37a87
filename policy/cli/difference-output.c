// SPDX-License-Identifier: GPL-2.0-only
#include "difference-output.h"

#include <stdio.h>
#include <string.h>

#include "clock.h"
#include "operations.h"
#include "quantity.h"
#include "terminal.h"
#include "text.h"
#include "util.h"

#define INDENT	    2 /* of a line that goes on below itself */
#define LINES_SHOWN 20 /* of each kind; there can be ten thousand rule sets */

static void print_style(const char *style)
{
	if (terminal_colored(stdout))
		fputs(style, stdout);
}

/* Names both sides, before the first line. */
static void print_head(struct difference_output *out)
{
	if (out->headed || !out->d->from)
		return;
	out->headed = true;
	printf("--- %s\n+++ ", out->d->from);
	text_puts(stdout, out->d->to);
	putchar('\n');
}

static enum terminal_style style_of(char sign)
{
	return sign == '-' ? TERMINAL_RED : TERMINAL_GREEN;
}

static void print_line(char sign, const char *key, const char *value)
{
	char prefix[64];

	if (!value)
		return;
	snprintf(prefix, sizeof(prefix), "%c%s =%s", sign, key, value[0] ? " " : "");
	print_style(terminal_begin(style_of(sign)));
	terminal_print_lines(stdout, prefix, prefix, value, true);
	print_style(terminal_end(style_of(sign)));
}

/* Prints the head of the section if it is not that of the line before. */
static void print_section(struct difference_output *out, const char *section)
{
	if (strcmp(out->section, section) == 0)
		return;
	print_head(out);
	snprintf(out->section, sizeof(out->section), "%s", section);
	fputs(" [", stdout);
	text_puts(stdout, section);
	puts("]");
}

static void json_key(struct json *j, const char *section, const char *key, const char *old,
		     const char *new)
{
	json_open(j, NULL, '{');
	json_string(j, "section", section);
	json_string(j, "key", key);
	if (old)
		json_string(j, "old", old);
	if (new)
		json_string(j, "new", new);
	json_close(j, '}');
}

void difference_output_key(struct difference_output *out, const char *path,
			   const char *host_section, const char *key, const char *old,
			   const char *new)
{
	char section[DIFFERENCE_SECTION_LEN];

	out->n++;
	snprintf(section, sizeof(section), path ? "cgroup \"%s\"" : "%s", path ?: host_section);
	if (out->json) {
		json_key(out->json, section, key, old, new);
		return;
	}
	if (out->n > LINES_SHOWN)
		return;
	print_section(out, section);
	print_line('-', key, old);
	print_line('+', key, new);
}

void difference_output_rest(const struct difference_output *out, size_t n, const char *kind)
{
	if (!out->json && n > LINES_SHOWN)
		printf("and %zu more %s: see --json\n", n - LINES_SHOWN, kind);
}

static void print_to_whom(FILE *f, const struct difference_output *out, const char *path)
{
	if (path[1]) {
		fputs(" in cgroup ", f);
		text_puts(f, path);
	} else if (out->d->new->n_rules) {
		fputs(" without a cgroup rule set", f);
	}
}

/* Prints a line that goes on below itself if the terminal is too narrow, and frees it. */
static void print_whole(struct difference_output *out, char sign, char *line)
{
	print_head(out);
	if (sign)
		print_style(terminal_begin(style_of(sign)));
	terminal_print_wrapped(stdout, line ?: "out of memory", 0, INDENT);
	if (sign)
		print_style(terminal_end(style_of(sign)));
	putchar('\n');
	free(line);
}

static void json_direction(const struct difference_output *out, uint64_t mask, const char *path,
			   const char *whom)
{
	json_open(out->json, NULL, '{');
	json_string(out->json, "to", whom);
	if (path[1])
		json_string(out->json, "cgroup", path);
	operations_json(out->json, "operations", out->d->ops, mask);
	json_close(out->json, '}');
}

static void text_direction(struct difference_output *out, const char *verb, uint64_t mask,
			   const char *path, const char *whom)
{
	char *line = NULL;
	size_t len;
	FILE *f = open_memstream(&line, &len);

	if (!f)
		return;
	fprintf(f, "%s %d operation%s to %s", verb, __builtin_popcountll(mask),
		mask & (mask - 1) ? "s" : "", whom);
	print_to_whom(f, out, path);
	fputs(": ", f);
	operations_print(f, out->d->ops, mask, OPERATIONS_SHOWN);
	fclose(f);
	print_whole(out, 0, line);
}

void difference_output_direction(struct difference_output *out, const char *verb, uint64_t mask,
				 const char *path, const char *whom)
{
	if (!mask)
		return;
	out->directions++;
	if (out->json)
		json_direction(out, mask, path, whom);
	else if (out->directions <= LINES_SHOWN)
		text_direction(out, verb, mask, path, whom);
}

static void print_end(FILE *f, uint64_t expires, uint64_t now)
{
	char when[CLOCK_UTC_LEN], left[QUANTITY_LEN];

	clock_utc(clock_realtime_of(expires), when);
	quantity_print_duration((expires - now) / NS_PER_S * NS_PER_S, left);
	fprintf(f, " until %s (%s)", when, left);
}

static void print_part(FILE *f, const char *what, const struct difference *d, uint64_t mask,
		       bool *any)
{
	if (!mask)
		return;
	fprintf(f, "%s%s ", *any ? "; " : ": ", what);
	operations_print(f, d->ops, mask, OPERATIONS_SHOWN);
	*any = true;
}

static void json_grant(const struct difference_output *out, const struct grant *g, bool given,
		       const struct difference_effect *e)
{
	const struct difference *d = out->d;

	json_open(out->json, NULL, '{');
	json_u64(out->json, "id", g->id);
	json_string(out->json, "path", g->path);
	json_string(out->json, "result", given ? "given" : "ended");
	if (given)
		json_u64(out->json, "seconds_left", (g->expires - d->now) / NS_PER_S);
	operations_json(out->json, given ? "opens" : "closes", d->ops, e->denied);
	operations_json(out->json, "allowed_anyway", d->ops, e->anyway);
	operations_json(out->json, "latched", d->ops, e->latched);
	json_close(out->json, '}');
}

static void text_grant(struct difference_output *out, const struct grant *g, bool given,
		       const struct difference_effect *e)
{
	const struct difference *d = out->d;
	char *line = NULL;
	bool any = false;
	size_t len;
	FILE *f = open_memstream(&line, &len);

	if (!f)
		return;
	fprintf(f, "%cgrant %u to ", given ? '+' : '-', g->id);
	if (g->path[1])
		fputs("cgroup ", f);
	text_puts(f, g->path[1] ? g->path : "the host");
	if (given)
		print_end(f, g->expires, d->now);
	else
		fputs(" ends", f);
	print_part(f, given ? "opens" : "closes", d, e->denied, &any);
	print_part(f, given ? "already allowed:" : "still allowed:", d, e->anyway, &any);
	print_part(f, "still denied by the latch:", d, e->latched, &any);
	fclose(f);
	print_whole(out, given ? '+' : '-', line);
}

void difference_output_grant(struct difference_output *out, const struct grant *g, bool given,
			     const struct difference_effect *e)
{
	out->grants++;
	if (out->json)
		json_grant(out, g, given, e);
	else
		text_grant(out, g, given, e);
}

/* By [opens][closes] of the side of the + lines. */
static const char *const verdicts[2][2] = {
	{ "Both sides are equally strict: + opens nothing and closes nothing.",
	  "The + side is stricter." },
	{ "The - side is stricter.", "Neither side is stricter: + opens and closes operations." },
};

void difference_output_end(const struct difference_output *out)
{
	difference_output_rest(out, out->directions, "lines");
	if (out->n || out->grants || out->directions)
		puts(verdicts[out->opens][out->closes]);
}
