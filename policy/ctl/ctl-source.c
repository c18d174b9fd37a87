// SPDX-License-Identifier: GPL-2.0-only
#include "catalogue.h"
#include "ctl-source.h"

#include <errno.h>
#include <string.h>

static char *read_stdin(size_t *ret_len, struct diagnostics *d)
{
	CLEANUP(free_charp) char *text = malloc(PARSER_TEXT_MAX + 1);
	struct place at = { .source = "stdin" };

	*ret_len = text ? fread(text, 1, PARSER_TEXT_MAX + 1, stdin) : 0;
	if (!text || ferror(stdin))
		diagnostic_error(d, &at, "cannot read: %s", strerror(errno));
	else if (*ret_len > PARSER_TEXT_MAX)
		diagnostic_error(d, &at, "cannot read: %s", strerror(EFBIG));
	else
		return TAKE_PTR(text);
	return NULL;
}

bool ctl_source(const struct ctl *c, struct ctl_source *ret, struct diagnostics *d)
{
	bool dash = c->n && strcmp(c->operands[0], "-") == 0;

	*ret = (struct ctl_source){};
	if (c->n && c->options[CTL_STDIN]) {
		diagnostic_error(d, NULL, "%s: a file and --stdin exclude each other", c->verb);
		return false;
	}
	if (c->n && !dash)
		ret->file = c->operands[0];
	if (dash || c->options[CTL_STDIN])
		ret->text = read_stdin(&ret->len, d);
	return ret->text || (!dash && !c->options[CTL_STDIN]);
}

void ctl_source_done(struct ctl_source *s)
{
	free(s->text);
	*s = (struct ctl_source){};
}

const char *ctl_source_name(const struct ctl_source *s)
{
	return s->file ?: s->text ? "stdin" : "configuration";
}

void ctl_source_read(const struct ctl_source *s, const struct bpflock_operation *ops,
		     enum config_trust trust, struct policy *p, struct config_files *ret_files,
		     struct diagnostics *d)
{
	if (s->text)
		config_files_stream(s->text, s->len, "stdin", ret_files, d);
	else
		config_files_search("", s->stand_in ? NULL : s->file, ret_files, d);
	if (s->stand_in)
		config_files_stand_in(ret_files, s->file, s->stand_in, s->len, d);
	catalogue_resolve(ret_files, "", d);
	config_files_read_listed(p, ops, ret_files, trust, d);
}
