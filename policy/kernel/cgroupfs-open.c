// SPDX-License-Identifier: GPL-2.0-only
#include "cgroupfs-open.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <sched.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/vfs.h>

#include "mountinfo.h"
#include "text.h"
#include "util.h"

#define ROOT_ID	      1 /* of the default hierarchy's kernfs */
#define MOUNTINFO_MAX (16 << 20)

bool cgroupfs_mount_point(const char *line, char ret_path[PATH_MAX])
{
	struct mountinfo m;

	if (!mountinfo_parse(line, &m) || strcmp(m.type, "cgroup2") != 0)
		return false;
	memcpy(ret_path, m.point, sizeof(m.point));
	return true;
}

/* Takes over fd; it, or -ENOENT if that is not the root of the hierarchy. */
static int only_root(int fd)
{
	struct statfs fs;
	struct stat st;

	if (fd < 0)
		return -errno;
	if (fstatfs(fd, &fs) == 0 && fs.f_type == CGROUP2_SUPER_MAGIC && fstat(fd, &st) == 0 &&
	    st.st_ino == ROOT_ID)
		return fd;
	close(fd);
	return -ENOENT;
}

/*
 * A copy of the mount, which has nothing mounted below it: what is mounted over a cgroup's directory
 * is not that cgroup. It takes CAP_SYS_ADMIN; whoever has not got that sees what is there.
 */
static int open_mount(const char *path)
{
	int fd = open_tree(AT_FDCWD, path, OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC);

	return fd >= 0 ? fd : open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
}

static bool is_denial(int r)
{
	return r == -EPERM || r == -EACCES;
}

/* Below prefix, as the mountinfo of that process has it. */
static int open_mounted(const char *mountinfo, const char *prefix)
{
	CLEANUP(free_charp) char *text = NULL;
	int result = -ENOENT, r;
	char *line, *rest;
	size_t len;

	r = text_read_file(AT_FDCWD, mountinfo, MOUNTINFO_MAX, &text, &len);
	if (r < 0)
		return r;
	rest = text;
	while ((line = strsep(&rest, "\n"))) {
		char point[PATH_MAX], path[PATH_MAX + 16];

		if (!cgroupfs_mount_point(line, point))
			continue;
		snprintf(path, sizeof(path), "%s%s", prefix, point);
		r = only_root(open_mount(path));
		if (r >= 0)
			return r;
		if (is_denial(r))
			result = r;
	}
	return result;
}

static int open_own(void)
{
	return open_mounted("/proc/self/mountinfo", "");
}

static int open_initial(void)
{
	return open_mounted("/proc/1/mountinfo", "/proc/1/root");
}

/* A mount of our own that is nowhere: it shows the root of the cgroup namespace that we are in. */
static int open_private(void)
{
	CLEANUP(close_fdp) int fs = fsopen("cgroup2", FSOPEN_CLOEXEC);

	if (fs < 0 || fsconfig(fs, FSCONFIG_CMD_CREATE, NULL, NULL, 0) < 0)
		return -errno;
	return only_root(
		fsmount(fs, FSMOUNT_CLOEXEC, MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV | MOUNT_ATTR_NOEXEC));
}

/* Opens the root from the cgroup namespace of process 1, and comes back. */
static int open_private_of_init(void)
{
	CLEANUP(close_fdp) int own = open("/proc/self/ns/cgroup", O_RDONLY | O_CLOEXEC);
	CLEANUP(close_fdp) int init = open("/proc/1/ns/cgroup", O_RDONLY | O_CLOEXEC);
	CLEANUP(close_fdp) int fd = -1;

	if (own < 0 || init < 0 || setns(init, CLONE_NEWCGROUP) < 0)
		return -errno;
	fd = open_private();
	if (setns(own, CLONE_NEWCGROUP) < 0)
		return -errno;
	return fd < 0 ? fd : TAKE_FD(fd);
}

/* A mount's own fd is O_PATH: no handle is opened by it and no directory read. Takes over fd. */
static int reopen(int fd)
{
	CLEANUP(close_fdp) int found = fd;
	int r;

	if (found < 0)
		return found;
	r = openat(found, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	return r < 0 ? -errno : r;
}

int cgroupfs_open_root(void)
{
	int r = open_private();

	return reopen(r >= 0 ? r : open_private_of_init());
}

int cgroupfs_open_shown(void)
{
	int private = open_private();
	int r = private >= 0 ? private : open_private_of_init();

	/* without CAP_SYS_ADMIN the first is not -ENOENT */
	if (r < 0 && private == -ENOENT) {
		int own = open_own();

		r = own >= 0 ? own : r;
	}
	return reopen(r);
}

int cgroupfs_open(void)
{
	static int (*const ways[])(void) = { open_own, open_initial, cgroupfs_open_root };
	int result = -ENOENT;

	for (size_t i = 0; i < ARRAY_SIZE(ways); i++) {
		int found = ways[i]();

		if (found >= 0)
			return reopen(found);
		/* what was not looked at may be the one */
		if (is_denial(found))
			result = found;
	}
	return result;
}
