// SPDX-License-Identifier: GPL-2.0-only
/* A policy file of any bytes: parsed, assigned and compiled, or refused. */
#include <string.h>

#include "../../policy/file.h"
#include "../../policy/operations.h"
#include "../../policy/ruleset.h"
#include "fuzz.h"

static void check_text(const struct assignments *a, size_t size, const char *s)
{
	CHECK(s >= a->text && s <= a->text + size);
	CHECK(strlen(s) <= FILE_LINE_MAX);
	CHECK(!strchr(s, '\n') && !strchr(s, '\r'));
}

static void check_assignment(const struct assignments *a, size_t size, const struct assignment *x)
{
	check_text(a, size, x->section);
	check_text(a, size, x->key);
	check_text(a, size, x->value);
	CHECK(x->key[0]);
	CHECK(x->line >= 1 && x->line <= size + 1);
	CHECK(x->key_column >= 1 && x->value_column > x->key_column);
	CHECK(x->section_column >= 2);
}

static void check_section(const struct assignments *a, size_t size, const struct section *x)
{
	check_text(a, size, x->name);
	CHECK(!strchr(x->name, ']'));
	CHECK(x->line >= 1 && x->line <= size + 1);
	CHECK(x->column >= 2);
}

static void assign(struct bpflock_policy *p, const struct bpflock_operation *ops,
		   const struct assignment *x, struct diagnostics *d)
{
	struct place at = { "f", x->line, x->value_column };

	for (size_t s = 0; s < _BPFLOCK_SETTING_MAX; s++)
		if (strcmp(settings[s].name, x->key) == 0)
			ruleset_assign(p, ops, s, x->value, &at, x->value[0] == '\0', d);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct bpflock_operation ops[BPFLOCK_REASONS];
	struct diagnostics d = DIAGNOSTICS_INIT;
	struct bpflock_policy p;
	struct assignments a;
	bool done;

	done = file_parse(size ? (const char *)data : "", size, "f", &a, &d);
	CHECK(done == (d.errors == 0));
	for (size_t i = 0; i < a.n_sections; i++)
		check_section(&a, size, &a.sections[i]);
	CHECK(!a.n || a.n_sections);
	operations_assume(ops);
	ruleset_init(&p);
	for (size_t i = 0; i < a.n; i++) {
		check_assignment(&a, size, &a.items[i]);
		assign(&p, ops, &a.items[i], &d);
	}
	if (!d.errors && ruleset_compile(&p, ops, &d)) {
		CHECK((p.rules.block & p.rules.allow) == 0);
		CHECK((p.rules.block & ~p.rules.deny) == 0);
		CHECK((p.rules.allow & (p.rules.deny | p.rules.host_only)) == 0);
		CHECK((p.rules.deny & p.rules.host_only) == 0);
	}
	assignments_done(&a);
	diagnostics_done(&d);
	return 0;
}
