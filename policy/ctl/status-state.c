// SPDX-License-Identifier: GPL-2.0-only
#include "status-state.h"

#include <string.h>

#include "clock.h"
#include "proof.h"
#include "quantity.h"
#include "ruleset.h"
#include "terminal.h"
#include "text.h"
#include "util.h"

#define INDENT 2

/* The origin is the policy file of the first setting that has one, without the line. */
static const char *origin(const struct bpflock_policy *host, char ret_text[BPFLOCK_SOURCE_LEN])
{
	enum bpflock_setting s = 0;
	char *colon;

	while (s < _BPFLOCK_SETTING_MAX && ruleset_is_built_in(host, s))
		s++;
	if (s == _BPFLOCK_SETTING_MAX)
		return NULL;
	ruleset_source(host, s, ret_text);
	colon = ret_text[0] == '/' ? strrchr(ret_text, ':') : NULL;
	if (colon)
		*colon = '\0';
	return ret_text;
}

/* Returns "restricted, integrity", owned by the caller; NULL if memory runs out. */
static char *policy_text(const struct bpflock_policy *host)
{
	char *text = NULL;
	int n = asprintf(&text, "%s, %s%s", ruleset_value(host, BPFLOCK_SETTING_PROFILE),
			 ruleset_value(host, BPFLOCK_SETTING_LEVEL),
			 host->rules.mode == BPFLOCK_MODE_AUDIT ? ", audit" : "");

	return n < 0 ? NULL : text;
}

/* Returns "loaded 2h ago from FILE" in the same way. */
static char *load_text(const struct loaded_state *r)
{
	char source[BPFLOCK_SOURCE_LEN], age[QUANTITY_LEN];
	const char *from = origin(&r->policy.host, source);
	CLEANUP(free_charp) char *safe = from ? text_escaped(from) : NULL;
	uint64_t now = clock_boottime(), loaded = r->pins->stamp.loaded;
	char *text = NULL;
	int n;

	quantity_print_age(now > loaded ? now - loaded : 0, age);
	n = asprintf(&text, safe ? "loaded %s ago from %s" : "loaded %s ago", age, safe);
	return n < 0 ? NULL : text;
}

static enum terminal_style style_of(const struct loaded_state *r, enum protection is)
{
	bool silent = is == PROTECTION_DEGRADED && (!r->attached || r->proof == PROOF_SILENT);

	return silent ? TERMINAL_RED : protections[is].style;
}

/* Prints the mark and the word, and returns how many columns they take. */
static unsigned int print_word(const struct loaded_state *r, enum protection is)
{
	bool readable = r->pins && r->outcome == PINS_OK && !loaded_state_reason(r);
	const char *proof = !readable			   ? ""
			    : r->proof == PROOF_ENFORCING  ? " (verified)"
			    : r->proof == PROOF_IMPOSSIBLE ? " (not verifiable)"
							   : "";
	char head[64];

	snprintf(head, sizeof(head), "%s %s%s", terminal_bullet(), protections[is].word, proof);
	terminal_print(stdout, style_of(r, is), head);
	fputs(": ", stdout);
	return 1 + 1 + strlen(protections[is].word) + strlen(proof) + 2;
}

/* Prints it in the same line if that has room, else in the next one. */
static void print_load(const struct loaded_state *r, unsigned int column)
{
	CLEANUP(free_charp) char *text = load_text(r);
	unsigned int columns = terminal_columns(stdout);

	if (!text)
		return;
	if (columns && column + 2 + strlen(text) > columns) {
		printf(";\n%*s", INDENT, "");
		column = INDENT;
	} else {
		fputs("; ", stdout);
		column += 2;
	}
	terminal_print_wrapped(stdout, text, column, INDENT);
}

/* Prints the sentence of a state that is not the normal one, and its reason. */
static void print_sentence(const struct loaded_state *r, enum protection is, unsigned int column)
{
	const char *reason = loaded_state_reason(r);
	CLEANUP(free_charp) char *safe = reason ? text_escaped(reason) : NULL, *text = NULL;

	if (asprintf(&text, "%s%s%s", protections[is].sentence, safe ? ": " : "", safe ?: "") < 0) {
		text = NULL;
		return;
	}
	terminal_print_wrapped(stdout, text, column, INDENT);
	putchar('\n');
}

void status_state_print(const struct loaded_state *r)
{
	enum protection is = loaded_state_protection(r);
	unsigned int column = print_word(r, is);
	CLEANUP(free_charp) char *policy = NULL;

	if (is != PROTECTION_ENFORCING) {
		print_sentence(r, is, column);
		if (!r->pins || r->outcome != PINS_OK)
			return;
		printf("%*s", INDENT, "");
		column = INDENT;
	}
	policy = policy_text(&r->policy.host);
	fputs(policy ?: "?", stdout);
	print_load(r, column + (policy ? strlen(policy) : 1));
	putchar('\n');
}
