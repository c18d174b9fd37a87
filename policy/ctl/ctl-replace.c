// SPDX-License-Identifier: GPL-2.0-only
#include "ctl-replace.h"

#include <string.h>

#include "config-files.h"
#include "ruleset.h"

static void read_source(const struct ctl_replacement *by, const struct bpflock_operation *ops,
			struct policy *p, struct diagnostics *d)
{
	CLEANUP(config_files_done) struct config_files files = {};

	ctl_source_read(&by->source, ops, CONFIG_TRUST_ROOT, p, &files, d);
}

/* Settings that programs and maps were made for stay unchanged if the source does not name them. */
static void keep_silent(struct policy *new, const struct policy *in_force)
{
	for (size_t s = 0; s < _BPFLOCK_SETTING_MAX; s++)
		if (settings[s].load && ruleset_is_built_in(&new->host, s))
			ruleset_copy_setting(&new->host, &in_force->host, s);
}

static bool takes_the_loader(const struct bpflock_operation *ops, const struct policy *new,
			     const struct policy *in_force, enum bpflock_setting s)
{
	CLEANUP(free_charp) char *text = NULL;
	CLEANUP(free_charp) char *is = NULL;

	if (!settings[s].load)
		return false;
	text = ruleset_setting_text(ops, &new->host, s);
	is = ruleset_setting_text(ops, &in_force->host, s);
	return !text || !is || strcmp(text, is) != 0;
}

bool ctl_replace_takes_the_loader(const struct bpflock_operation *ops, const struct policy *new,
				  const struct policy *in_force)
{
	for (size_t s = 0; s < _BPFLOCK_SETTING_MAX; s++)
		if (takes_the_loader(ops, new, in_force, s))
			return true;
	return false;
}

static void refuse_what_takes_the_loader(const struct bpflock_operation *ops,
					 const struct policy *new, const struct policy *in_force,
					 const struct ctl_source *from, struct diagnostics *d)
{
	for (size_t s = 0; s < _BPFLOCK_SETTING_MAX; s++) {
		CLEANUP(free_charp) char *text = NULL;

		if (!takes_the_loader(ops, new, in_force, s))
			continue;
		text = ruleset_setting_text(ops, &new->host, s);
		diagnostic_error(d, NULL,
				 "%s: cannot change %s to \"%s\" without loading%s%s",
				 new->host.sources[s], ruleset_setting_key(s), text ? text : "?",
				 from->text   ? ""
				 : from->file ? ": bpflock --config "
					      : ": bpflock",
				 from->file ?: "");
	}
}

void ctl_replace_make(const struct ctl_replacement *by, const struct bpflock_operation *ops,
		      const struct policy *in_force, struct policy *new, struct diagnostics *d)
{
	policy_init(new);
	new->host.generation = in_force->host.generation;
	read_source(by, ops, new, d);
	keep_silent(new, in_force);
	if (!by->fresh && policy_inherit(new, in_force) < 0)
		diagnostic_error(d, NULL, "out of memory");
}

void ctl_replace(const struct ctl *c, const struct bpflock_operation *ops, struct policy *p,
		 bool words, struct diagnostics *d, void *data)
{
	const struct ctl_replacement *by = data;
	struct policy new;

	if (words) {
		read_source(by, ops, p, d);
		return;
	}
	ctl_replace_make(by, ops, p, &new, d);
	refuse_what_takes_the_loader(ops, &new, p, &by->source, d);
	policy_done(p);
	*p = new;
}
