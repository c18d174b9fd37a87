// SPDX-License-Identifier: GPL-2.0-only
#include "cgroupfs-unit.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "capture.h"
#include "policy.h"
#include "unit.h"
#include "util.h"

#define ROOT_SLICE "-.slice"

/* Appends the path of a slice to ret_path: a-b.slice is /a.slice/a-b.slice, by systemd.slice(5). */
static bool append_slice(const char *unit, char ret_path[PATH_MAX])
{
	size_t n = 0, stem = strlen(unit) - strlen(".slice");

	ret_path[0] = '\0';
	if (strcmp(unit, ROOT_SLICE) == 0)
		return true;
	if (unit[0] == '-' || unit[stem - 1] == '-' || strstr(unit, "--") || strchr(unit, '@'))
		return false;
	for (size_t i = 1; i <= stem; i++) {
		if (i < stem && unit[i] != '-')
			continue;
		n += snprintf(ret_path + n, PATH_MAX - n, "/%.*s.slice", (int)i, unit);
		if (n >= PATH_MAX)
			return false;
	}
	return true;
}

/* A name that could be a file's of cgroupfs gets a _ before it (cg_needs_escape() of systemd). */
static bool is_escaped(const char *unit)
{
	static const char *const files[] = { "cgroup.",	   "cpu.",   "cpuacct.", "cpuset.",
					     "io.",	   "blkio.", "memory.",	 "devices.",
					     "pids.",	   "misc.",  "hugetlb.", "rdma.",
					     "perf_event." };

	if (unit[0] == '_' || unit[0] == '.')
		return true;
	for (size_t i = 0; i < ARRAY_SIZE(files); i++)
		if (strncmp(unit, files[i], strlen(files[i])) == 0)
			return true;
	return false;
}

static bool is_slice(const char *unit)
{
	const char *suffix = unit_suffix(unit, strlen(unit));

	return suffix && strcmp(suffix, ".slice") == 0 && unit_name_valid(unit);
}

/* Computes the cgroup in which the manager will put a unit that does not run. */
static bool expected_path(const char *id, const char *slice, char ret_path[PATH_MAX])
{
	size_t len;

	if (is_slice(id))
		return append_slice(id, ret_path);
	if (!unit_has_cgroup(id, strlen(id)) || !unit_name_valid(id) || !is_slice(slice) ||
	    !append_slice(slice, ret_path))
		return false;
	len = strlen(ret_path);
	return snprintf(ret_path + len, PATH_MAX - len, "/%s%s", is_escaped(id) ? "_" : "", id) <
	       (int)(PATH_MAX - len);
}

enum cgroupfs_unit cgroupfs_unit_path(char *properties, char ret_path[PATH_MAX])
{
	const char *id = "", *state = "", *group = "", *slice = "";
	struct {
		const char *key;
		const char **value;
	} keys[] = { { "Id=", &id },
		     { "LoadState=", &state },
		     { "ControlGroup=", &group },
		     { "Slice=", &slice } };
	char *line;

	while ((line = strsep(&properties, "\n")))
		for (size_t i = 0; i < ARRAY_SIZE(keys); i++)
			if (strncmp(line, keys[i].key, strlen(keys[i].key)) == 0)
				*keys[i].value = line + strlen(keys[i].key);
	/* what runs has a cgroup, even if its file has been removed meanwhile */
	if (group[0]) {
		if (snprintf(ret_path, PATH_MAX, "%s", group) >= PATH_MAX)
			return CGROUPFS_UNIT_INVALID;
	} else if (strcmp(state, "loaded") != 0) {
		return CGROUPFS_UNIT_UNKNOWN;
	} else if (!expected_path(id, slice, ret_path)) {
		return CGROUPFS_UNIT_INVALID;
	}
	return ret_path[0] == '/' ? CGROUPFS_UNIT_FOUND : CGROUPFS_UNIT_INVALID;
}

/* Ends in another program. Where systemctl is does not depend on anybody's PATH, nor what it says
 * on LANG. */
static int run_systemctl(const void *name)
{
	static const char *const places[] = { "/usr/bin/systemctl", "/bin/systemctl",
					      "/run/current-system/sw/bin/systemctl" };
	static const char *const environment[] = { "LC_ALL=C", NULL };
	const char *const argv[] = { "systemctl",  "show",
				     "--no-pager", "--property=Id,LoadState,ControlGroup,Slice",
				     "--",	   name,
				     NULL };

	for (size_t i = 0; i < ARRAY_SIZE(places); i++)
		execve(places[i], (char *const *)argv, (char *const *)environment);
	return 1;
}

size_t cgroupfs_unit_roots(int root_fd, const char *path)
{
	char part[PATH_MAX];
	struct stat st;

	for (const char *end = path + 1;; end++) {
		end += strcspn(end, "/");
		snprintf(part, sizeof(part), "%.*s", (int)(end - path - 1), path + 1);
		if (fstatat(root_fd, part, &st, AT_SYMLINK_NOFOLLOW) < 0)
			return errno == ENOENT ? strlen(path) : 0;
		if (st.st_uid != 0 || !*end)
			return end - path;
	}
}

/*
 * Returns whether root alone can make cgroups at this path. What is missing has only parents of
 * root's.
 */
static bool is_roots(int root_fd, const char *path)
{
	char part[PATH_MAX];
	struct stat st;
	size_t len = cgroupfs_unit_roots(root_fd, path);

	snprintf(part, sizeof(part), "%.*s", (int)(len ? len - 1 : 0), path + 1);
	return len == strlen(path) &&
	       (fstatat(root_fd, part, &st, AT_SYMLINK_NOFOLLOW) < 0 ? errno == ENOENT :
								      st.st_uid == 0);
}

static bool is_template(const char *name)
{
	const char *at = strchr(name, '@');

	return at && (at == name || strlen(at + 1) == strlen(unit_suffix(name, strlen(name))));
}

int cgroupfs_unit_find(int root_fd, const char *name, char **ret_path, bool *ret_exists)
{
	static const struct capture_limits limits = { .bytes = 16384, .ms = 10000 };
	CLEANUP(free_charp) char *properties = NULL;
	char path[PATH_MAX];
	struct stat st;
	int r;

	if (!unit_has_cgroup(name, strlen(name)) || !unit_name_valid(name) || is_template(name))
		return CGROUPFS_UNIT_INVALID;
	if (lstat("/run/systemd/system", &st) < 0)
		return errno == ENOENT ? CGROUPFS_UNIT_NO_MANAGER : -errno;
	r = capture_read(run_systemctl, name, &limits, &properties, NULL);
	if (r < 0)
		return r;
	r = cgroupfs_unit_path(properties, path);
	if (r != CGROUPFS_UNIT_FOUND)
		return r;
	*ret_exists = fstatat(root_fd, path[1] ? path + 1 : ".", &st, AT_SYMLINK_NOFOLLOW) == 0;
	*ret_path = strdup(path);
	if (!*ret_path)
		return -ENOMEM;
	return is_roots(root_fd, path) ? CGROUPFS_UNIT_FOUND : CGROUPFS_UNIT_NOT_ROOTS;
}
