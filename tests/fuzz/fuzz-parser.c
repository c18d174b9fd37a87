// SPDX-License-Identifier: GPL-2.0-only
/*
 * Policy files of any bytes, two of them with a form feed between: parsed, assigned one over the
 * other and compiled, or refused.
 */

#include "policy-rows.h"
#include "config.h"
#include "parser.h"
#include "operations.h"
#include "policy.h"
#include "ruleset.h"
#include "fuzz.h"

static void check_text(const struct assignments *a, size_t size, const char *s)
{
	CHECK(s >= a->text && s <= a->text + size);
	CHECK(strlen(s) <= PARSER_LINE_MAX);
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
	const char *bracket = strchr(x->name, ']'), *quote = strchr(x->name, '"');

	check_text(a, size, x->name);
	/* only in quotes is a bracket not the end */
	CHECK(!bracket || (quote && quote < bracket));
	CHECK(x->line >= 1 && x->line <= size + 1);
	CHECK(x->column >= 2);
}

/* Each assignment stands behind the section it says, and none before the first. */
static void check_order(const struct assignments *a)
{
	for (size_t i = 0, s = 0; i < a->n; i++) {
		while (s < a->n_sections && a->sections[s].name != a->items[i].section)
			s++;
		CHECK(s < a->n_sections);
		CHECK(a->items[i].line > a->sections[s].line);
		CHECK(a->items[i].section_column == a->sections[s].column);
		CHECK(s + 1 == a->n_sections || a->items[i].line < a->sections[s + 1].line);
	}
}

static void check_values(const struct bpflock_ruleset *r)
{
	CHECK(r->profile < _BPFLOCK_PROFILE_MAX && r->level < _BPFLOCK_LEVEL_MAX);
	CHECK(r->mode < _BPFLOCK_MODE_MAX);
	CHECK(r->kmodlock < _BPFLOCK_KMODLOCK_MAX);
	CHECK(r->log == BPFLOCK_LOG_ALL || r->log == BPFLOCK_LOG_DENIED ||
	      r->log == BPFLOCK_LOG_NONE);
}

static void check_compiled(const struct bpflock_ruleset *r)
{
	const uint64_t own = BPFLOCK_MODULE_REQUEST_BIT;

	CHECK((r->block & r->allow) == 0);
	CHECK((r->block & ~r->deny) == 0);
	CHECK((r->allow & (r->deny | r->host_only)) == 0);
	CHECK((r->deny & r->host_only) == 0);
	CHECK(r->profile == BPFLOCK_PROFILE_BASELINE || (r->host_only & ~own) == 0);
	CHECK(r->profile == BPFLOCK_PROFILE_RESTRICTED || ((r->deny ^ r->block) & ~own) == 0);
	CHECK(r->kmodlock == BPFLOCK_KMODLOCK_BASELINE || (r->host_only & own) == 0);
	CHECK(r->kmodlock == BPFLOCK_KMODLOCK_RESTRICTED || ((r->deny ^ r->block) & own) == 0);
	CHECK(r->profile == BPFLOCK_PROFILE_PRIVILEGED ||
	      (r->governed & ~(r->allow | r->deny | r->host_only)) == 0);
}

static void check_rules(const struct policy *p)
{
	check_values(&p->host.rules);
	CHECK(p->host.exec_log < _BPFLOCK_EXEC_LOG_MAX);
	CHECK(p->host.seal <= 1);
	CHECK(p->n_grants == 0);
	for (size_t i = 0; i < p->n_rules; i++) {
		const struct rule *r = p->rules[i];

		check_values(&r->rules);
		CHECK(!policy_path_error(r->path));
		CHECK(policy_find_rule(p, r->path) == r && policy_rule_for(p, r->path) == r);
		CHECK(!r->runtime);
		CHECK(strncmp(r->source, "one:", 4) == 0 || strncmp(r->source, "two:", 4) == 0);
		CHECK(memchr(r->source, '\0', sizeof(r->source)));
	}
}

/* The rows for the kernel say the same. */
static void check_bank(const struct policy *p)
{
	struct bpflock_policy host = p->host;
	CLEANUP(policy_done) struct policy back;
	CLEANUP(policy_rows_done) struct policy_rows b;

	policy_init(&back);
	back.host = p->host;
	CHECK(policy_rows_make(p, POLICY_ROWS_OF_ALL, &host, &b) == 0);
	CHECK(policy_rows_unpack(&b, &back) == 0);
	CHECK(policy_identical(p, &back));
}

/* Compiling changes nothing that is compiled, and a copy is the same. */
static void check_policy(struct policy *p, const struct bpflock_operation *ops,
			 struct diagnostics *d)
{
	struct policy copy;

	check_compiled(&p->host.rules);
	for (size_t i = 0; i < p->n_rules; i++)
		check_compiled(&p->rules[i]->rules);
	CHECK(policy_copy(p, &copy) == 0);
	CHECK(policy_compile(p, ops, d));
	CHECK(policy_identical(p, &copy));
	policy_sort(&copy);
	CHECK(policy_identical(p, &copy));
	policy_done(&copy);
	check_bank(p);
}

static void read_one(struct policy *p, const struct bpflock_operation *ops, const uint8_t *data,
		     size_t size, const char *source, struct diagnostics *d)
{
	/* exactly sized, so that the sanitizer sees a look beyond */
	char *copy = malloc(size ? size : 1);
	size_t errors = d->errors;
	struct assignments a;
	bool done;

	CHECK(copy);
	if (size)
		memcpy(copy, data, size);
	done = parser_parse(copy, size, source, &a, d);
	free(copy);
	CHECK(done == (d->errors == errors));
	for (size_t i = 0; i < a.n_sections; i++)
		check_section(&a, size, &a.sections[i]);
	for (size_t i = 0; i < a.n; i++)
		check_assignment(&a, size, &a.items[i]);
	check_order(&a);
	config_apply(p, ops, &a, source, d);
	parser_done(&a);
	check_rules(p);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const uint8_t *feed = size ? memchr(data, '\f', size) : NULL;
	size_t first = feed ? (size_t)(feed - data) : size;
	struct bpflock_operation ops[BPFLOCK_REASONS];
	struct diagnostics d = DIAGNOSTICS_INIT;
	struct policy p;

	operations_assume(ops);
	policy_init(&p);
	read_one(&p, ops, data, first, "one", &d);
	if (feed)
		read_one(&p, ops, feed + 1, size - first - 1, "two", &d);
	if (!d.errors && policy_compile(&p, ops, &d))
		check_policy(&p, ops, &d);
	for (size_t i = 0; i < d.n; i++)
		fuzz_check_message(d.items[i].text);
	policy_done(&p);
	diagnostics_done(&d);
	return 0;
}
