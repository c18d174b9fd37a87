// SPDX-License-Identifier: GPL-2.0-only
#include "looser-print.h"

#include <stdio.h>

#include "clock.h"
#include "looser.h"
#include "operations.h"
#include "ruleset-json.h"
#include "ruleset.h"
#include "util.h"

/* Returns whether a setting of the host is among those that opened something. */
static bool is_looser(const struct bpflock_looser *l, enum bpflock_setting s)
{
	return l->settings & (1U << s);
}

static const char *whom(const struct bpflock_looser *l)
{
	if (l->host == l->containers)
		return "everybody";
	if (!l->containers)
		return "the host";
	return l->host ? "the host or containers" : "containers";
}

/* "profile = baseline, built-in"; the operations of a list are not repeated. */
static void print_setting(FILE *f, const struct bpflock_policy *host, enum bpflock_setting s)
{
	char source[BPFLOCK_SOURCE_LEN];
	const char *value = ruleset_value(host, s);

	fputs(settings[s].name, f);
	if (value)
		fprintf(f, " = %s", value);
	fprintf(f, ", %s", ruleset_source(host, s, source));
}

static void print_settings(FILE *f, const struct bpflock_policy *host)
{
	const char *separator = " (";

	for (size_t s = 0; s < _BPFLOCK_SETTING_MAX; s++) {
		if (!is_looser(&host->looser, s))
			continue;
		fputs(separator, f);
		print_setting(f, host, s);
		separator = "; ";
	}
	if (separator[0] == ';')
		fputc(')', f);
}

static void print_text(FILE *f, const struct bpflock_policy *host, const struct bpflock_looser *l,
		       const struct bpflock_operation *ops, unsigned int most)
{
	uint64_t mask = l->host | l->containers;

	if (mask) {
		fputs("opens ", f);
		operations_print(f, ops, mask, most);
		fprintf(f, " to %s", whom(l));
	}
	if (l->cgroups) {
		fputs(mask ? "; opens " : "opens ", f);
		operations_print(f, ops, l->cgroups, most);
		fputs(" in cgroups", f);
	}
	print_settings(f, host);
}

char *looser_print_text(const struct bpflock_policy *host,
			const struct bpflock_operation ops[BPFLOCK_REASONS], unsigned int most)
{
	const struct bpflock_looser *l = looser_of(host);
	char *text = NULL;
	size_t len;
	FILE *f = l ? open_memstream(&text, &len) : NULL;

	if (!f)
		return NULL;
	print_text(f, host, l, ops, most);
	return fclose(f) == 0 ? text : NULL;
}

void looser_print_json(struct json *j, const struct bpflock_policy *host,
		       const struct bpflock_operation ops[BPFLOCK_REASONS])
{
	const struct bpflock_looser *l = looser_of(host);
	char text[BPFLOCK_SOURCE_LEN > CLOCK_UTC_LEN ? BPFLOCK_SOURCE_LEN : CLOCK_UTC_LEN];

	if (!l) {
		json_null(j, "looser");
		return;
	}
	json_open(j, "looser", '{');
	clock_utc(l->time, text);
	json_string(j, "time", text);
	operations_json(j, "host", ops, l->host);
	operations_json(j, "containers", ops, l->containers);
	operations_json(j, "cgroups", ops, l->cgroups);
	json_open(j, "sources", '{');
	for (size_t s = 0; s < _BPFLOCK_SETTING_MAX; s++)
		if (is_looser(l, s))
			json_string(j, ruleset_json_key(s), ruleset_source(host, s, text));
	json_close(j, '}');
	json_close(j, '}');
}
