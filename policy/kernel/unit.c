// SPDX-License-Identifier: GPL-2.0-only
#include "unit.h"

#include <stdio.h>
#include <string.h>

#include "abi.h"
#include "util.h"

static const struct type {
	const char *suffix;
	bool cgroup;
} types[] = {
	{ ".service", true }, { ".scope", true },      { ".slice", true },   { ".socket", true },
	{ ".mount", true },   { ".swap", true },       { ".target", false }, { ".device", false },
	{ ".timer", false },  { ".automount", false }, { ".path", false },
};

static const struct type *type_of(const char *name, size_t len)
{
	for (size_t i = 0; i < ARRAY_SIZE(types); i++) {
		size_t n = strlen(types[i].suffix);

		if (len > n && memcmp(name + len - n, types[i].suffix, n) == 0)
			return &types[i];
	}
	return NULL;
}

const char *unit_suffix(const char *name, size_t len)
{
	const struct type *type = type_of(name, len);

	return type ? type->suffix : NULL;
}

char *unit_complete(const char *name)
{
	char *unit = NULL;

	return asprintf(&unit, "%s%s", name, unit_suffix(name, strlen(name)) ? "" : ".service") < 0
		       ? NULL
		       : unit;
}

bool unit_has_cgroup(const char *name, size_t len)
{
	const struct type *type = type_of(name, len);

	return type && type->cgroup;
}

bool unit_name_valid(const char *name)
{
	static const char letters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
				      "0123456789:_.\\@-";

	return name[0] && strlen(name) <= BPFLOCK_NAME_MAX && name[strspn(name, letters)] == '\0';
}

const char *unit_unescape(const char *component, size_t *len)
{
	bool escaped = *len > 1 && component[0] == '_'; /* see cg_escape() of systemd */

	*len -= escaped;
	return component + escaped;
}

const char *unit_of_manager(const char *path, size_t *ret_len)
{
	while (*path == '/') {
		const char *name = ++path;
		size_t len = strcspn(name, "/");
		const char *suffix;

		path += len;
		name = unit_unescape(name, &len);
		suffix = unit_suffix(name, len);
		if (!suffix || !unit_has_cgroup(name, len))
			return NULL;
		if (strcmp(suffix, ".slice") == 0)
			continue;
		*ret_len = len;
		return name;
	}
	return NULL;
}

const char *unit_of_path(const char *path, size_t *ret_len)
{
	const char *unit = NULL;

	*ret_len = 0;
	while (*path) {
		size_t len = strcspn(path, "/"), n = len;
		const char *component = unit_unescape(path, &n);

		if (unit_has_cgroup(component, n)) {
			unit = component;
			*ret_len = n;
		}
		path += len;
		path += *path == '/';
	}
	return unit;
}
