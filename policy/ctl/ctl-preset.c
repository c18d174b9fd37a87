// SPDX-License-Identifier: GPL-2.0-only
/* The verbs "preset list" and "preset show": presets and exceptions by name. Everybody may run
 * them. */
#include "ctl-preset.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>

#include "cgroupfs-open.h"
#include "cgroupfs.h"
#include "ctl-json.h"
#include "json.h"
#include "operations.h"
#include "parser.h"
#include "preflight.h"
#include "print.h"
#include "text.h"
#include "verbs.h"


static const enum config_kind kinds[] = { CONFIG_PRESET, CONFIG_EXCEPTION };

static const char *word_of(enum config_kind kind)
{
	return kind == CONFIG_PRESET ? "preset" : "exception";
}

void ctl_preset_done(struct ctl_preset *p)
{
	config_files_done(&p->files);
}

const char *ctl_preset_path(const struct ctl_preset *p)
{
	return p->files.items[p->files.n - 1].path;
}

const char *ctl_preset_text(const struct ctl_preset *p)
{
	return p->files.items[p->files.n - 1].text;
}

struct known {
	const char *words[256];
	size_t n;
};

static void add_known(const char *path, void *arg)
{
	struct known *known = arg;
	char name[CATALOGUE_NAME_MAX];

	catalogue_name(path, name);
	if (known->n < ARRAY_SIZE(known->words) && (known->words[known->n] = strdup(name)))
		known->n++;
}

static void unknown(const char *name, struct diagnostics *d)
{
	struct known known = {};

	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++)
		config_files_each("", catalogue_folder(kinds[i]), add_known, &known);
	diagnostic_unknown(d, NULL, "preset or exception", name, strlen(name), known.words,
			   known.n);
	for (size_t i = 0; i < known.n; i++)
		free((char *)known.words[i]);
}

bool ctl_preset_find(const char *name, struct ctl_preset *ret, struct diagnostics *d)
{
	size_t errors = d->errors;

	*ret = (struct ctl_preset){ .name = name };
	for (size_t i = 0; catalogue_name_valid(name, strlen(name)) && i < ARRAY_SIZE(kinds); i++) {
		char file[CATALOGUE_NAME_MAX + 32];
		size_t before = ret->files.n;

		snprintf(file, sizeof(file), "%s/%s.conf", catalogue_folder(kinds[i]), name);
		if (!config_files_find(&ret->files, before, "", file, kinds[i], d))
			continue;
		if (before)
			diagnostic_error(
				d, NULL,
				"\"%s\" is a preset and an exception: rename one of %s and %s",
				name, ret->files.items[before - 1].path, ctl_preset_path(ret));
		ret->kind = kinds[i];
	}
	if (!ret->files.n)
		unknown(name, d);
	return ret->files.items && d->errors == errors;
}

bool ctl_preset_used(const struct config_files *files, const char *path)
{
	for (size_t i = 0; i < files->n; i++)
		if (files->items[i].state == CONFIG_READ && strcmp(files->items[i].path, path) == 0)
			return true;
	return false;
}

char *ctl_preset_drop_in(const struct ctl_preset *p, char ret_text[CTL_PRESET_TEXT_LEN])
{
	bool preset = p->kind == CONFIG_PRESET;
	char *path;

	snprintf(ret_text, CTL_PRESET_TEXT_LEN, CTL_PRESET_BEGINS "%s\n[kimglock]\n%s = %s\n",
		 p->name, catalogue_key(p->kind), p->name);
	if (asprintf(&path, CONFIG_FILES_DROP_INS "/10-%s%s.conf", preset ? "preset" : "exception-",
		     preset ? "" : p->name) < 0)
		return NULL;
	return path;
}

bool ctl_preset_configuration(const char *path, const char *text,
			      const struct bpflock_operation *ops, struct policy *ret_policy,
			      struct config_files *ret_files, struct diagnostics *d)
{
	size_t errors = d->errors;

	policy_init(ret_policy);
	config_files_search("", NULL, ret_files, d);
	if (path)
		config_files_stand_in(ret_files, path, text, strlen(text), d);
	catalogue_resolve(ret_files, "", d);
	config_files_read_listed(ret_policy, ops, ret_files, CONFIG_TRUST_ROOT, d);
	return d->errors == errors && policy_compile(ret_policy, ops, d);
}

bool ctl_preset_alone(const struct ctl_preset *p, const struct bpflock_operation *ops,
		      struct policy *ret, struct diagnostics *d)
{
	CLEANUP(config_files_done) struct config_files files = {};
	CLEANUP(free_charp) char *path = NULL;
	char text[CTL_PRESET_TEXT_LEN];
	size_t errors = d->errors;

	policy_init(ret);
	path = ctl_preset_drop_in(p, text);
	config_files_stream(text, strlen(text), p->name, &files, d);
	catalogue_resolve(&files, "", d);
	config_files_read_listed(ret, ops, &files, CONFIG_TRUST_ROOT, d);
	return d->errors == errors && policy_compile(ret, ops, d);
}

/* A list of what there is, the file of each name that counts. */
struct list {
	enum config_kind kind;
	struct config_files configuration;
	struct json *json; /* NULL: text */
	char **names;	   /* printed so far; owned */
	size_t n;
};

static bool is_printed(struct list *l, const char *name)
{
	for (size_t i = 0; i < l->n; i++)
		if (strcmp(l->names[i], name) == 0)
			return true;
	if (array_grow(&l->names, l->n, sizeof(*l->names)) && (l->names[l->n] = strdup(name)))
		l->n++;
	return false;
}

static void print_row_json(struct list *l, const char *name, const char *path, bool used,
			   const char *brief)
{
	json_open(l->json, NULL, '{');
	json_string(l->json, "name", name);
	json_string(l->json, "kind", word_of(l->kind));
	json_bool(l->json, "used", used);
	json_string(l->json, "path", path);
	if (brief)
		json_string(l->json, "brief", brief);
	json_close(l->json, '}');
}

static void print_row(const char *path, void *arg)
{
	CLEANUP(free_charp) char *text = NULL;
	CLEANUP(free_charp) char *brief = NULL;
	struct list *l = arg;
	char name[CATALOGUE_NAME_MAX];
	bool used = ctl_preset_used(&l->configuration, path);

	catalogue_name(path, name);
	if (!catalogue_name_valid(name, strlen(name)) || is_printed(l, name))
		return;
	if (text_read_file(AT_FDCWD, path, PARSER_TEXT_MAX, &text, NULL) == 0)
		brief = catalogue_brief(text);
	if (l->json) {
		print_row_json(l, name, path, used, brief);
		return;
	}
	printf("%-15s %-9s %-7s ", name, word_of(l->kind), used ? "in use" : "-");
	text_puts(stdout, brief ?: "");
	fputs("  (", stdout);
	text_puts(stdout, path);
	puts(")");
}

static void list_kind(struct list *l, enum config_kind kind)
{
	l->kind = kind;
	config_files_each("", catalogue_folder(kind), print_row, l);
	for (size_t i = 0; i < l->n; i++)
		free(l->names[i]);
	l->n = 0;
}

enum exit_status ctl_preset_list(const struct ctl *c)
{
	CLEANUP(diagnostics_done) struct diagnostics d = DIAGNOSTICS_INIT;
	struct list l = {};
	struct json j;

	/* a mistake is a matter of "check": what the configuration names is shown all the same */
	catalogue_list("", NULL, &l.configuration, &d);
	if (c->json) {
		j = ctl_json();
		l.json = &j;
		json_open(&j, "presets", '[');
	}
	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++)
		list_kind(&l, kinds[i]);
	if (c->json) {
		json_close(&j, ']');
		json_end(&j);
	}
	free(l.names);
	config_files_done(&l.configuration);
	return STATUS_OK;
}

/* "#   denied: kexec, msr": one line of the comment behind a file. */
static void print_line(const struct bpflock_operation *ops, const char *what, uint64_t mask)
{
	if (!mask)
		return;
	printf("#   %s: ", what);
	print_mask(ops, mask, "nothing");
	putchar('\n');
}

static void print_rules(const struct bpflock_operation *ops, const struct bpflock_ruleset *r)
{
	uint64_t named = operations_governed(ops, BPFLOCK_LEVEL_CONFIDENTIALITY);
	bool audit = r->mode == BPFLOCK_MODE_AUDIT;

	print_line(ops, "allowed by name", r->allow & named & ~r->deny);
	print_line(ops, audit ? "would be denied" : "denied", r->deny & named);
	print_line(ops,
		   audit ? "would be denied in other namespaces" : "denied in other namespaces",
		   r->host_only & ~r->deny & named);
}

/* The rule sets of p that a file has: of the cgroups that it names, and the host's. */
static void print_expansion(const struct bpflock_operation *ops, const struct policy *p, bool host,
			    const struct policy *file)
{
	CLEANUP(close_fdp) int root = cgroupfs_open();
	uint64_t id;

	puts("\n# On this machine:");
	if (host) {
		puts("# the host");
		print_rules(ops, &p->host.rules);
	}
	for (size_t i = 0; i < file->n_rules; i++) {
		const struct rule *r = policy_find_rule(p, file->rules[i]->path);

		if (!r)
			continue;
		fputs("# ", stdout);
		text_puts(stdout, r->path);
		puts(root >= 0 && cgroupfs_id(root, r->path, &id) == 0 ? ""
								       : " (does not exist now)");
		print_rules(ops, &r->rules);
	}
}

/* A preset by itself, an exception with the configuration, whose host's rule set it adds to. */
static void expand(const struct ctl_preset *p, const struct bpflock_operation *ops)
{
	CLEANUP(config_files_done) struct config_files files = {};
	CLEANUP(diagnostics_done) struct diagnostics d = DIAGNOSTICS_INIT;
	CLEANUP(free_charp) char *path = NULL;
	CLEANUP(policy_done) struct policy policy = {};
	CLEANUP(policy_done) struct policy alone;
	char text[CTL_PRESET_TEXT_LEN];
	bool preset = p->kind == CONFIG_PRESET;
	bool good = ctl_preset_alone(p, ops, &alone, &d);

	path = ctl_preset_drop_in(p, text);
	if (good && !preset)
		good = path && ctl_preset_configuration(path, text, ops, &policy, &files, &d);
	if (good) {
		ctl_warn_overruled(preset ? &alone : &policy, ops, &d);
		print_expansion(ops, preset ? &alone : &policy, preset, &alone);
	}
	fflush(stdout);
	ctl_diagnostics(&d);
}

enum exit_status ctl_preset_show(const struct ctl *c)
{
	CLEANUP(diagnostics_done) struct diagnostics d = DIAGNOSTICS_INIT;
	CLEANUP(ctl_preset_done) struct ctl_preset p = {};
	CLEANUP(preflight_done) struct preflight pf;
	bool found = ctl_preset_find(c->operands[0], &p, &d);
	const char *text = found ? ctl_preset_text(&p) : NULL;

	preflight_init(&pf, c->bpffs);
	ctl_diagnostics(&d);
	if (!found)
		return STATUS_USAGE;
	printf("# ");
	text_puts(stdout, ctl_preset_path(&p));
	putchar('\n');
	if (text)
		text_write_lines(stdout, text, strlen(text));
	preflight_operations(&pf);
	expand(&p, pf.operations);
	return STATUS_OK;
}
