// SPDX-License-Identifier: GPL-2.0-only
/* The verbs check and cat-config read policy files, whatever is active. Everybody may run them. */
#include <errno.h>
#include <string.h>

#include "catalogue.h"
#include "ctl-json.h"
#include "ctl-source.h"
#include "json.h"
#include "preflight.h"
#include "print.h"
#include "ruleset.h"
#include "text.h"
#include "verbs.h"

/* One file that is checked, and everything to report about it. */
struct check {
	struct policy policy;
	struct ctl_source source;
	struct config_files files;
	struct diagnostics d;
	const struct bpflock_operation *ops;
};

/* The environment belongs to whoever runs bpflock, so it is no part of this. */
static void run_check(struct check *k, const struct bpflock_operation *ops)
{
	ctl_source_read(&k->source, ops,
			k->source.file ? CONFIG_TRUST_ANYBODY : CONFIG_TRUST_ROOT, &k->policy,
			&k->files, &k->d);
	/* of what was not understood no further conclusion is drawn */
	if (policy_compile(&k->policy, ops, &k->d) && !k->d.errors)
		ctl_warn_overruled(&k->policy, ops, &k->d);
}

static void json_diagnostics(struct json *j, const char *key, const struct diagnostics *d,
			     bool errors)
{
	json_open(j, key, '[');
	for (size_t i = 0; i < d->n; i++) {
		if (d->items[i].error != errors)
			continue;
		json_open(j, NULL, '{');
		json_string(j, "text", d->items[i].text);
		json_close(j, '}');
	}
	json_close(j, ']');
}

static void print_check_json(const struct check *k, enum exit_status status)
{
	struct json j = ctl_json();

	json_u64(&j, "status", status);
	json_open(&j, "files", '[');
	for (size_t i = 0; i < k->files.n; i++)
		if (k->files.items[i].state == CONFIG_READ)
			json_string(&j, NULL, k->files.items[i].path);
	json_close(&j, ']');
	if (status == STATUS_OK)
		ctl_json_rules(&j, k->ops, &k->policy);
	json_diagnostics(&j, "errors", &k->d, true);
	json_diagnostics(&j, "warnings", &k->d, false);
	json_end(&j);
}

static void print_like(const struct bpflock_operation *ops, const struct rule *r)
{
	fputs("cgroup ", stdout);
	text_puts(stdout, r->path);
	fputs(": ", stdout);
	print_keys_line(ops, r);
	fputs(": results in: ", stdout);
	print_ruleset_line(ops, &r->rules);
	putchar('\n');
}

static void print_check_text(const struct check *k)
{
	const struct policy *p = &k->policy;
	size_t n = 0;

	for (size_t i = 0; i < k->files.n; i++)
		n += k->files.items[i].state == CONFIG_READ;
	printf(CTL_PROGRAM ": %zu file%s, right: profile %s, level %s, mode %s, %zu cgroup%s\n", n,
	       n == 1 ? "" : "s", ruleset_value(&p->host, BPFLOCK_SETTING_PROFILE),
	       ruleset_value(&p->host, BPFLOCK_SETTING_LEVEL),
	       ruleset_value(&p->host, BPFLOCK_SETTING_MODE), p->n_rules,
	       p->n_rules == 1 ? "" : "s");
	for (size_t i = 0; i < p->n_rules; i++)
		if (p->rules[i]->like_host)
			print_like(k->ops, p->rules[i]);
}

enum exit_status ctl_check(const struct ctl *c)
{
	struct check k = { .d = DIAGNOSTICS_INIT };
	CLEANUP(preflight_done) struct preflight pf;
	enum exit_status status;

	preflight_init(&pf, c->bpffs);
	policy_init(&k.policy);
	if (!preflight_operations(&pf))
		diagnostic_warning(
			&k.d, NULL,
			"cannot read this kernel's operations from its BTF: all known ones "
			"are assumed");
	k.ops = pf.operations;
	if (ctl_source(c, &k.source, &k.d))
		run_check(&k, pf.operations);
	status = k.d.errors ? STATUS_USAGE : STATUS_OK;
	if (c->json)
		print_check_json(&k, status);
	else
		ctl_diagnostics(&k.d);
	if (!c->json && status == STATUS_OK)
		print_check_text(&k);
	diagnostics_done(&k.d);
	ctl_source_done(&k.source);
	config_files_done(&k.files);
	policy_done(&k.policy);
	return status;
}

/* Words for a comment or for JSON, by state; of one that was read there is more to say. */
static const struct {
	const char *name;
	const char *comment;
} states[] = {
	[CONFIG_READ] = { "read", "" },
	[CONFIG_MASKED] = { "masked", " is masked" },
	[CONFIG_EMPTY] = { "empty", " is empty, which is an error" },
	[CONFIG_OVERRIDDEN] = { "overridden", " is overridden by " },
};

static void print_file_text(const struct config_file *f, const char *text, size_t len)
{
	fputs("# ", stdout);
	text_puts(stdout, f->path);
	fputs(states[f->state].comment, stdout);
	if (f->by)
		text_puts(stdout, f->by);
	if (f->state == CONFIG_READ && !text)
		fputs(" cannot be read", stdout);
	putchar('\n');
	if (text)
		text_write_lines(stdout, text, len);
}

static void print_file_json(struct json *j, const struct config_file *f, const char *text,
			    size_t len)
{
	json_open(j, NULL, '{');
	json_string(j, "path", f->path);
	json_string(j, "state",
		    f->state == CONFIG_READ && !text ? "unreadable" : states[f->state].name);
	if (f->by)
		json_string(j, "by", f->by);
	if (text)
		json_string_n(j, "text", text, len);
	json_close(j, '}');
}

/* Prints one file. j: NULL for text. Returns the errno of reading it, which is diagnosed. */
static int print_file(struct json *j, const struct config_file *f)
{
	if (j)
		print_file_json(j, f, f->text, f->len);
	else
		print_file_text(f, f->text, f->len);
	return f->error;
}

/*
 * One file as it is, for whoever copies it to where it will be root's: what is printed is what was
 * found to be trusted. Of one that masks, or is empty, there is nothing to print.
 */
static enum exit_status cat_file(const struct ctl *c, struct diagnostics *d)
{
	CLEANUP(config_files_done) struct config_files files = {};
	const struct config_file *f;

	if (c->json) {
		ctl_error("cat-config: --json and a file exclude each other");
		return STATUS_USAGE;
	}
	config_files_search("", c->operands[0], &files, d);
	f = files.items;
	if (files.n == 0 || (f->error && f->error != -EACCES))
		return STATUS_FAILED;
	if (f->error)
		return STATUS_NOT_PERMITTED;
	if (f->state == CONFIG_EMPTY)
		return STATUS_OK;
	if (!config_files_trusted(&f->stat, f->path, CONFIG_TRUST_ROOT, d))
		return STATUS_USAGE;
	text_write_lines(stdout, f->text, f->len);
	return STATUS_OK;
}

/* The status that an errno of print_file() means, where there was none worse before. */
static enum exit_status worse(enum exit_status status, int r)
{
	if (r == 0 || status == STATUS_FAILED)
		return status;
	return r == -EACCES || r == -EPERM ? STATUS_NOT_PERMITTED : STATUS_FAILED;
}

static enum exit_status cat_all(const struct ctl *c, struct diagnostics *d)
{
	CLEANUP(config_files_done) struct config_files files = {};
	enum exit_status status = worse(STATUS_OK, catalogue_list("", NULL, &files, d));
	struct json j;

	if (c->json) {
		j = ctl_json();
		json_open(&j, "files", '[');
	}
	for (size_t i = 0; i < files.n; i++) {
		if (i && !c->json)
			putchar('\n');
		status = worse(status, print_file(c->json ? &j : NULL, &files.items[i]));
	}
	if (c->json) {
		json_close(&j, ']');
		json_u64(&j, "status", status);
		json_end(&j);
	} else if (!files.n) {
		puts("# no policy file: the built-in policy logs every use and allows it");
	}
	return status;
}

enum exit_status ctl_cat_config(const struct ctl *c)
{
	CLEANUP(diagnostics_done) struct diagnostics d = DIAGNOSTICS_INIT;
	enum exit_status status = c->n ? cat_file(c, &d) : cat_all(c, &d);

	ctl_diagnostics(&d);
	return status;
}
