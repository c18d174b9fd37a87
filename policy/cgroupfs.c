// SPDX-License-Identifier: GPL-2.0-only
#include "cgroupfs.h"

#include <bpf/bpf.h>
#include <errno.h>
#include <fcntl.h>
#include <fts.h>
#include <linux/magic.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <time.h>

#include "../bpf/abi.h"
#include "policy.h"
#include "text.h"
#include "unit.h"
#include "util.h"

/* PROC_CGROUP_INIT_INO of include/linux/proc_ns.h: the same on every kernel. */
#define INITIAL_CGROUP_NAMESPACE 0xEFFFFFFBU
#define ROOT_ID			 1 /* of the default hierarchy's kernfs */
#define PROC_FILE_MAX		 (16 << 20)

static bool is_octal(const char *s)
{
	return s[0] >= '0' && s[0] <= '3' && s[1] >= '0' && s[1] <= '7' && s[2] >= '0' &&
	       s[2] <= '7';
}

/* Takes the octal escapes (\040) of mountinfo out of a word. */
static void unescape(char *to, const char *from, size_t len)
{
	while (len > 0) {
		if (len >= 4 && from[0] == '\\' && is_octal(from + 1)) {
			*to++ = (from[1] - '0') << 6 | (from[2] - '0') << 3 | (from[3] - '0');
			from += 4;
			len -= 4;
		} else {
			*to++ = *from++;
			len--;
		}
	}
	*to = '\0';
}

/* ID PARENT MAJOR:MINOR ROOT MOUNTPOINT OPTIONS [TAG...] - TYPE SOURCE SUPER-OPTIONS */
bool cgroupfs_mount_point(const char *line, char ret_path[PATH_MAX])
{
	const char *type = strstr(line, " - "), *word = line;

	if (!type || strncmp(type + 3, "cgroup2 ", 8) != 0)
		return false;
	for (int i = 0; i < 4; i++) {
		word = strchr(word, ' ');
		if (!word || word >= type)
			return false;
		word++;
	}
	if (word[0] != '/' || strcspn(word, " ") >= PATH_MAX)
		return false;
	unescape(ret_path, word, strcspn(word, " "));
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

/* Below prefix, as the mountinfo of that process has it. */
static int open_mounted(const char *mountinfo, const char *prefix)
{
	CLEANUP(free_charp) char *text = NULL;
	char *line, *rest;
	size_t len;

	if (text_read_file(AT_FDCWD, mountinfo, PROC_FILE_MAX, &text, &len) < 0)
		return -ENOENT;
	rest = text;
	while ((line = strsep(&rest, "\n"))) {
		char point[PATH_MAX], path[PATH_MAX + 16];
		int fd;

		if (!cgroupfs_mount_point(line, point))
			continue;
		snprintf(path, sizeof(path), "%s%s", prefix, point);
		fd = only_root(open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC));
		if (fd >= 0)
			return fd;
	}
	return -ENOENT;
}

static int open_private(void)
{
	CLEANUP(close_fdp) int fs = fsopen("cgroup2", FSOPEN_CLOEXEC);
	int fd;

	if (fs < 0 || fsconfig(fs, FSCONFIG_CMD_CREATE, NULL, NULL, 0) < 0)
		return -ENOENT;
	fd = fsmount(fs, FSMOUNT_CLOEXEC, MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV | MOUNT_ATTR_NOEXEC);
	return only_root(fd);
}

int cgroupfs_open(void)
{
	CLEANUP(close_fdp) int found = open_mounted("/proc/self/mountinfo", "");
	int fd;

	if (found < 0)
		found = open_mounted("/proc/1/mountinfo", "/proc/1/root");
	if (found < 0)
		found = open_private();
	if (found < 0)
		return found;
	/* fsmount(2) gives an O_PATH fd, by which no handle can be opened and no directory read */
	fd = openat(found, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	return fd < 0 ? -errno : fd;
}

int cgroupfs_id(int root_fd, const char *path, uint64_t *ret_id)
{
	struct stat st;

	while (*path == '/')
		path++;
	if (fstatat(root_fd, *path ? path : ".", &st, AT_SYMLINK_NOFOLLOW) < 0)
		return -errno;
	if (!S_ISDIR(st.st_mode))
		return -ENOTDIR;
	*ret_id = st.st_ino;
	return 0;
}

#define FILEID_KERNFS 0xfe /* include/linux/exportfs.h */

struct kernfs_handle {
	struct file_handle head;
	uint64_t id;
};
_Static_assert(offsetof(struct kernfs_handle, id) == offsetof(struct file_handle, f_handle),
	       "the id is the handle");

int cgroupfs_open_id(int root_fd, uint64_t id)
{
	struct kernfs_handle h = { { sizeof(h.id), FILEID_KERNFS }, id };
	int fd = open_by_handle_at(root_fd, &h.head, O_PATH | O_CLOEXEC);

	return fd < 0 ? -errno : fd;
}

/* What /proc says of the place of an fd. Its length, or -1. */
static ssize_t place_of(int fd, char ret_path[PATH_MAX])
{
	char name[32];
	ssize_t n;

	snprintf(name, sizeof(name), "/proc/self/fd/%d", fd);
	n = readlink(name, ret_path, PATH_MAX - 1);
	if (n >= 0)
		ret_path[n] = '\0';
	return n < 0 || n == PATH_MAX - 1 ? -1 : n;
}

char *cgroupfs_path_of_fd(int root_fd, int fd)
{
	char root[PATH_MAX], path[PATH_MAX];
	ssize_t n = place_of(root_fd, root);

	if (n < 0 || place_of(fd, path) < 0)
		return NULL;
	if (n == 1) /* a mount that is nowhere: paths in it begin at its root */
		n = 0;
	if (strncmp(path, root, n) != 0 || (path[n] && path[n] != '/'))
		return NULL;
	return strdup(path[n] ? path + n : "/");
}

void cgroupfs_wait_for_mkdir(int root_fd)
{
	static const struct timespec pause = { .tv_nsec = 20 * 1000 * 1000 };
	uint32_t n = 0;

	/* a kernel without CONFIG_CGROUP_BPF has no such query; mkdir takes microseconds there too */
	if (bpf_prog_query(root_fd, BPF_CGROUP_INET_INGRESS, 0, NULL, NULL, &n) < 0)
		nanosleep(&pause, NULL);
}

char *cgroupfs_path_in(const char *text)
{
	for (const char *line = text; *line; line += strcspn(line, "\n"), line += *line == '\n')
		if (strncmp(line, "0::/", 4) == 0)
			return strndup(line + 3, strcspn(line + 3, "\n"));
	return NULL;
}

static bool in_initial_namespace(void)
{
	struct stat st;

	return stat("/proc/self/ns/cgroup", &st) == 0 && st.st_ino == INITIAL_CGROUP_NAMESPACE;
}

/* A name may end as /proc marks what is gone. */
static bool exists(const char *path)
{
	CLEANUP(close_fdp) int root = cgroupfs_open();
	uint64_t id;

	return root >= 0 && cgroupfs_id(root, path, &id) == 0;
}

int cgroupfs_path_of(pid_t pid, char **ret_path)
{
	static const char deleted[] = " (deleted)";
	CLEANUP(free_charp) char *text = NULL;
	CLEANUP(free_charp) char *path = NULL;
	char name[32] = "/proc/self/cgroup";
	size_t len;
	int r;

	if (!in_initial_namespace())
		return -EXDEV;
	if (pid)
		snprintf(name, sizeof(name), "/proc/%d/cgroup", pid);
	r = text_read_file(AT_FDCWD, name, PROC_FILE_MAX, &text, &len);
	if (r < 0)
		return r == -ENOENT ? -ESRCH : r;
	path = cgroupfs_path_in(text);
	if (!path)
		return -ENOENT;
	len = strlen(path);
	if (len > strlen(deleted) && strcmp(path + len - strlen(deleted), deleted) == 0 &&
	    !exists(path))
		return -ESTALE;
	*ret_path = TAKE_PTR(path);
	return 0;
}

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

/* The cgroups of that name: how many, and the path of one. */
static int find_by_name(int root_fd, const char *name, char **ret_path)
{
	char root[32];
	char *const roots[] = { root, NULL };
	CLEANUP(free_charp) char *found = NULL;
	int n = 0;
	FTSENT *e;
	FTS *fts;

	/* the trailing slash goes through the link */
	snprintf(root, sizeof(root), "/proc/self/fd/%d/", root_fd);
	fts = fts_open(roots, FTS_PHYSICAL | FTS_NOCHDIR | FTS_NOSTAT, NULL);
	if (!fts)
		return -errno;
	while ((e = fts_read(fts))) {
		if (e->fts_info != FTS_D || e->fts_level == 0 || strcmp(e->fts_name, name) != 0)
			continue;
		if (n++ == 0)
			found = strdup(e->fts_path + strlen(root) - 1);
	}
	fts_close(fts);
	if (n && !found)
		return -ENOMEM;
	*ret_path = TAKE_PTR(found);
	return n;
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
