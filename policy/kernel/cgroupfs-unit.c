// SPDX-License-Identifier: GPL-2.0-only
/* Which cgroup a systemd unit has. */
#include <errno.h>
#include <string.h>

#include "cgroupfs.h"
#include "policy.h"
#include "unit.h"

/* a-b.slice is /a.slice/a-b.slice: systemd.slice(5). */
static int slice_path(const char *unit, char ret_path[PATH_MAX])
{
	size_t n = 0, stem = strlen(unit) - strlen(".slice");

	if (unit[0] == '-' || unit[stem - 1] == '-' || strstr(unit, "--") || strchr(unit, '@'))
		return -EINVAL;
	for (size_t i = 1; i <= stem; i++) {
		if (i < stem && unit[i] != '-')
			continue;
		n += snprintf(ret_path + n, n < PATH_MAX ? PATH_MAX - n : 0, "/%.*s.slice", (int)i,
			      unit);
		if (n >= PATH_MAX)
			return -ENAMETOOLONG;
	}
	return 0;
}

/*
 * Instances share a slice named after their template, with what is special in slices escaped. Only
 * users' managers are elsewhere, with all else of that user.
 */
static void instance_path(const char *unit, size_t prefix, char ret_path[PATH_MAX])
{
	size_t n;

	if (prefix == strlen("user") && memcmp(unit, "user", prefix) == 0) {
		const char *uid = unit + prefix + 1;

		snprintf(ret_path, PATH_MAX, "/user.slice/user-%.*s.slice/%s",
			 (int)strcspn(uid, "."), uid, unit);
		return;
	}
	n = snprintf(ret_path, PATH_MAX, "/system.slice/system-");
	for (size_t i = 0; i < prefix; i++)
		n += snprintf(ret_path + n, PATH_MAX - n,
			      unit[i] == '-' || unit[i] == '\\' ? "\\x%02x" : "%c", unit[i]);
	snprintf(ret_path + n, PATH_MAX - n, ".slice/%s", unit);
}

static int service_path(const char *unit, const char *suffix, char ret_path[PATH_MAX])
{
	const char *at = strchr(unit, '@');

	/* systemd itself is where no slice is: systemd.special(7) */
	if (strcmp(unit, "init.scope") == 0)
		snprintf(ret_path, PATH_MAX, "/%s", unit);
	else if (!at)
		snprintf(ret_path, PATH_MAX, "/system.slice/%s", unit);
	else if (at == unit || strlen(at + 1) == strlen(suffix)) /* no template, no instance */
		return -EINVAL;
	else
		instance_path(unit, at - unit, ret_path);
	return 0;
}

int cgroupfs_unit_path(const char *unit, char ret_path[PATH_MAX])
{
	size_t len = strlen(unit);
	const char *suffix = unit_suffix(unit, len);
	int r;

	if (!unit_has_cgroup(unit, len) || !unit_name_valid(unit))
		return -EINVAL;
	r = strcmp(suffix, ".slice") == 0 ? slice_path(unit, ret_path)
					  : service_path(unit, suffix, ret_path);
	return r == 0 && policy_path_error(ret_path) ? -ENAMETOOLONG : r;
}

struct search {
	const char *name;
	int n;
	char *path; /* of the first; owned */
};

static bool take_name(void *arg, uint64_t id, const char *path)
{
	struct search *s = arg;

	if (strcmp(strrchr(path, '/') + 1, s->name) == 0 && s->n++ == 0)
		s->path = strdup(path);
	return true;
}

/* The cgroups of that name: how many, and the path of one. What cannot be looked at does not count. */
static int find_by_name(int root_fd, const char *name, char **ret_path)
{
	struct search s = { .name = name };

	cgroupfs_walk(root_fd, take_name, &s);
	if (s.n && !s.path)
		return -ENOMEM;
	*ret_path = s.path;
	return s.n;
}

int cgroupfs_path_of_unit(int root_fd, const char *unit, char **ret_path, bool *ret_exists)
{
	CLEANUP(free_charp) char *found = NULL;
	char path[PATH_MAX];
	int n, r = cgroupfs_unit_path(unit, path);
	uint64_t id;

	if (r < 0)
		return r;
	/* the system manager's own comes before those of user managers */
	if (cgroupfs_id(root_fd, path, &id) < 0) {
		n = find_by_name(root_fd, unit, &found);
		if (n < 0)
			return n;
		if (n > 1)
			return -ENOTUNIQ;
	}
	*ret_exists = found || cgroupfs_id(root_fd, path, &id) == 0;
	*ret_path = found ? TAKE_PTR(found) : strdup(path);
	return *ret_path ? 0 : -ENOMEM;
}
