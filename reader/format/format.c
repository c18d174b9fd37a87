// SPDX-License-Identifier: GPL-2.0-only
#include "format.h"

#include <string.h>

#include "util.h"

const struct format formats[] = {
	{ "classic", "the lines of the original bpflock", format_classic },
	{ "logfmt", "key=value pairs, for logs (default of drain)", format_logfmt, .fields = true,
	  .cgroups = true },
	{ "json", "one JSON object a line", format_json, .fields = true, .cgroups = true },
	{ "short", "aligned columns for people (default of follow and show)", format_short,
	  .cgroups = true },
	{ "journal", "entries in the systemd journal", format_journal, .cgroups = true,
	  .journal = true },
};
const size_t formats_count = ARRAY_SIZE(formats);

const struct format *format_find(const char *name)
{
	for (size_t i = 0; i < formats_count; i++)
		if (strcmp(formats[i].name, name) == 0)
			return &formats[i];
	return NULL;
}
