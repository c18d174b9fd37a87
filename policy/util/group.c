// SPDX-License-Identifier: GPL-2.0-only
#include "group.h"

#include <grp.h>
#include <limits.h>
#include <string.h>

#include "util.h"

/* The files are searched in this order. */
static const char *const files[] = {
	"/etc/group", "/usr/lib/group", /* nss-altfiles: image-based systems */
	"/var/lib/extrausers/group",	/* nss-extrausers: Ubuntu Core */
};

static bool find_in(const char *path, const char *name, gid_t *ret)
{
	CLEANUP(close_filep) FILE *f = fopen(path, "re");
	const struct group *group;

	while (f && (group = fgetgrent(f))) {
		if (strcmp(group->gr_name, name) != 0)
			continue;
		*ret = group->gr_gid;
		return true;
	}
	return false;
}

bool group_find(const char *root, const char *name, gid_t *ret)
{
	char path[PATH_MAX];

	for (size_t i = 0; i < ARRAY_SIZE(files); i++) {
		snprintf(path, sizeof(path), "%s%s", root, files[i]);
		if (find_in(path, name, ret))
			return true;
	}
	return false;
}

bool group_is_mine(gid_t gid)
{
	CLEANUP(free_charp) char *memory = NULL;
	gid_t *groups;
	int n = getgroups(0, NULL);

	memory = n > 0 ? calloc(n, sizeof(*groups)) : NULL;
	groups = (gid_t *)memory;
	n = memory ? getgroups(n, groups) : 0;
	for (int i = 0; i < n; i++)
		if (groups[i] == gid)
			return true;
	return getegid() == gid;
}
