// SPDX-License-Identifier: GPL-2.0-only
/* The verb "preset use": a drop-in that names a preset or an exception. It loads nothing. */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

#include "clock.h"
#include "ctl-json.h"
#include "ctl-preset.h"
#include "difference.h"
#include "json.h"
#include "parser.h"
#include "preflight.h"
#include "replace.h"
#include "ruleset.h"
#include "text.h"
#include "verbs.h"

/* The configuration as it is, and as it would be with the drop-in. */
struct use {
	struct ctl_preset preset;
	char *path; /* of the drop-in; owned */
	char text[CTL_PRESET_TEXT_LEN];
	struct config_files before, after;
	struct policy old, new;
};

static void use_done(struct use *u)
{
	ctl_preset_done(&u->preset);
	free(u->path);
	config_files_done(&u->before);
	config_files_done(&u->after);
	policy_done(&u->old);
	policy_done(&u->new);
}

/* A drop-in of that name which somebody has changed is theirs. */
static bool is_ours(const struct use *u, struct diagnostics *d)
{
	static const char begin[] = CTL_PRESET_BEGINS;
	CLEANUP(free_charp) char *text = NULL;
	struct place at = { .source = u->path };
	int r = text_read_file(AT_FDCWD, u->path, PARSER_TEXT_MAX, &text, NULL);
	size_t lines = 0;

	if (r == -ENOENT)
		return true;
	for (const char *p = r == 0 ? text : ""; (p = strchr(p, '\n')); p++)
		lines++;
	if (r == 0 && lines == 3 && strncmp(text, begin, strlen(begin)) == 0)
		return true;
	diagnostic_error(d, &at, "cannot replace: %s",
			 r < 0 ? strerror(-r) : "someone has changed it: edit or remove it");
	return false;
}

/* Settings that a stronger file says otherwise. */
static void warn_of_overridden(const struct use *u, const struct bpflock_operation *ops,
			       struct diagnostics *d)
{
	CLEANUP(policy_done) struct policy alone;
	bool good = ctl_preset_alone(&u->preset, ops, &alone, d);

	for (size_t s = 0; good && s < _BPFLOCK_SETTING_MAX; s++) {
		CLEANUP(free_charp) char *value = ruleset_setting_text(ops, &u->new.host, s);
		const char *source = u->new.host.sources[s];

		if (!settings[s].list && !ruleset_is_built_in(&alone.host, s) &&
		    strcmp(source, alone.host.sources[s]) != 0)
			diagnostic_warning(d, NULL, "%s: %s = %s overrides preset %s", source,
					   ruleset_setting_key(s), value ?: "?", u->preset.name);
	}
}

static void report(const struct ctl *c, struct use *u, const struct bpflock_operation *ops,
		   bool changed)
{
	struct difference difference = {
		.ops = ops, .old = &u->old, .new = &u->new, .now = clock_boottime()
	};
	const char *result = changed ? "written" : "unchanged";
	struct json j;

	if (c->json) {
		j = ctl_json();
		json_string(&j, "result", result);
		json_bool(&j, "dry_run", c->dry_run);
		json_string(&j, "path", u->path);
		difference_print_json(&difference, &j);
		json_end(&j);
		return;
	}
	printf(CTL_PROGRAM ": ");
	text_puts(stdout, u->path);
	printf(": %s%s\n", c->dry_run && changed ? "dry run, would be " : "", result);
	difference_print(&difference);
}

/* 0 or a negative errno. */
static int write_drop_in(const struct use *u)
{
	const char *slash = strrchr(u->path, '/');
	CLEANUP(free_charp) char *dir = strndup(u->path, slash - u->path);

	if (!dir)
		return -ENOMEM;
	if (mkdir(dir, 0755) < 0 && errno != EEXIST)
		return -errno;
	return replace_file(u->path, u->text, strlen(u->text), 0644);
}

static enum exit_status use(const struct ctl *c, struct use *u, const struct bpflock_operation *ops,
			    struct diagnostics *d)
{
	bool changed;
	int r;

	if (!ctl_preset_find(c->operands[0], &u->preset, d))
		return STATUS_USAGE;
	u->path = ctl_preset_drop_in(&u->preset, u->text);
	if (!u->path)
		return ctl_failed("name the drop-in", -ENOMEM);
	if (!ctl_preset_configuration(NULL, NULL, ops, &u->old, &u->before, d))
		return STATUS_USAGE;
	changed = !ctl_preset_used(&u->before, ctl_preset_path(&u->preset));
	if (changed && !is_ours(u, d))
		return STATUS_FAILED;
	if (!ctl_preset_configuration(changed ? u->path : NULL, u->text, ops, &u->new, &u->after,
				      d))
		return STATUS_USAGE;
	warn_of_overridden(u, ops, d);
	ctl_warn_overruled(&u->new, ops, d);
	r = changed && !c->dry_run ? write_drop_in(u) : 0;
	if (r < 0)
		return ctl_failed("write the drop-in", r);
	report(c, u, ops, changed);
	return STATUS_OK;
}

enum exit_status ctl_preset_use(const struct ctl *c)
{
	CLEANUP(diagnostics_done) struct diagnostics d = DIAGNOSTICS_INIT;
	CLEANUP(preflight_done) struct preflight pf;
	CLEANUP(use_done) struct use u = {};
	enum exit_status status;

	preflight_init(&pf, c->bpffs);
	preflight_operations(&pf);
	status = use(c, &u, pf.operations, &d);
	fflush(stdout);
	if (status == STATUS_USAGE)
		ctl_refuse(&d);
	else
		ctl_diagnostics(&d);
	if (status == STATUS_OK && !c->dry_run)
		ctl_hint("bpflock");
	return status;
}
