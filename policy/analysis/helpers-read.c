// SPDX-License-Identifier: GPL-2.0-only
/* The processes outside the host's namespaces are read from /proc, with their rights. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

#include "helpers-read.h"
#include "helpers.h"
#include "host-namespace.h"
#include "namespaces.h"
#include "text.h"
#include "util.h"

#define MAX_STATUS     65536
#define MAX_MOUNTINFO  (4 << 20)
#define MAX_FILE_LISTS 65536

/* The comm of a task and core_pattern may be anything. */
static void copy_printable(char *to, size_t size, const char *from)
{
	size_t n = 0;

	for (; from[n] && from[n] != '\n' && n + 1 < size; n++)
		to[n] = from[n] < ' ' || from[n] > '~' ? '?' : from[n];
	to[n] = '\0';
}

static enum helper_presence presence_of_sysctl(const char *path)
{
	if (access(path, F_OK) == 0)
		return HELPER_PRESENT;
	/* without /proc there is nothing to tell it by */
	return errno == ENOENT && access("/proc/sys/kernel/ostype", F_OK) == 0 ? HELPER_MISSING
									       : HELPER_UNREADABLE;
}

static void find_presence(struct helpers *h)
{
	CLEANUP(free_charp) char *filesystems = NULL;

	for (int i = 0; i < _HELPER_MAX; i++)
		h->found[i].presence = HELPER_UNREADABLE;
	h->found[HELPER_CORE_PATTERN].presence =
		presence_of_sysctl("/proc/sys/kernel/core_pattern");
	h->found[HELPER_MODPROBE].presence = presence_of_sysctl("/proc/sys/kernel/modprobe");
	if (text_read_file(AT_FDCWD, "/proc/filesystems", MAX_FILE_LISTS, &filesystems, NULL) < 0)
		return;
	h->found[HELPER_RELEASE_AGENT].presence =
		text_has_word(filesystems, "\t\n", "cgroup") ? HELPER_PRESENT : HELPER_MISSING;
	h->found[HELPER_BINFMT_MISC].presence = text_has_word(filesystems, "\t\n", "binfmt_misc")
							? HELPER_PRESENT
							: HELPER_LOADABLE;
}

/* Reads one process. -ESRCH: it has ended meanwhile. */
static int namespace_of(int process, const char *ns, ino_t *ret_ino)
{
	struct stat st;
	char path[32];

	snprintf(path, sizeof(path), "ns/%s", ns);
	if (fstatat(process, path, &st, 0) < 0)
		return errno == ENOENT ? -ESRCH : -errno;
	*ret_ino = st.st_ino;
	return 0;
}

/* 1 and *ret for a process that is outside, 0 for one of the host; ret->mountinfo is the caller's.
 */
static int look_at(int process, ino_t host_netns, struct helper_task *ret, char **ret_mountinfo,
		   char **ret_comm)
{
	CLEANUP(free_charp) char *status = NULL;
	ino_t pid = 0, net = 0, user = 0, cgroup = 0;
	int r;

	if ((r = namespace_of(process, "pid", &pid)) < 0 ||
	    (r = namespace_of(process, "net", &net)) < 0)
		return r;
	if (pid == INITIAL_PID_NAMESPACE && net == host_netns)
		return 0;
	if ((r = namespace_of(process, "user", &user)) < 0 ||
	    (r = namespace_of(process, "cgroup", &cgroup)) < 0 ||
	    (r = text_read_file(process, "status", MAX_STATUS, &status, NULL)) < 0 ||
	    (r = text_read_file(process, "mountinfo", MAX_MOUNTINFO, ret_mountinfo, NULL)) < 0 ||
	    (r = text_read_file(process, "comm", 64, ret_comm, NULL)) < 0)
		return r;
	ret->host_cgroupns = cgroup == INITIAL_CGROUP_NAMESPACE;
	ret->mountinfo = *ret_mountinfo;
	return helpers_parse(status, user == INITIAL_USER_NAMESPACE, ret) ? 1 : -EINVAL;
}

static void judge(struct helpers *h, const struct helper_task *t, pid_t pid, const char *comm)
{
	for (int i = 0; i < _HELPER_MAX; i++) {
		struct helper_finding *f = &h->found[i];
		enum helpers_aim aim = helpers_aim(&helper_infos[i], t);

		if (aim <= f->aim)
			continue;
		f->aim = aim;
		f->pid = pid;
		copy_printable(f->comm, sizeof(f->comm), comm);
	}
}

static void find_aims(struct helpers *h, DIR *proc, ino_t host_netns)
{
	const struct dirent *d;

	while ((d = readdir(proc))) {
		CLEANUP(free_charp) char *mountinfo = NULL;
		CLEANUP(free_charp) char *comm = NULL;
		CLEANUP(close_fdp) int process = -1;
		struct helper_task t = {};
		pid_t pid = atoi(d->d_name);
		int r;

		if (pid <= 0)
			continue;
		process = openat(dirfd(proc), d->d_name, O_PATH | O_DIRECTORY | O_CLOEXEC);
		r = process < 0 ? -errno : look_at(process, host_netns, &t, &mountinfo, &comm);
		if (r == 1 && comm)
			judge(h, &t, pid, comm);
		else if (r < 0 && r != -ESRCH && r != -ENOENT)
			h->unseen = true;
	}
}

void helpers_read(struct helpers *ret)
{
	CLEANUP(free_charp) char *pattern = NULL;
	struct stat own, net;
	DIR *proc;

	*ret = (struct helpers){};
	find_presence(ret);
	if (text_read_file(AT_FDCWD, "/proc/sys/kernel/core_pattern", 4096, &pattern, NULL) == 0)
		copy_printable(ret->core_pattern, sizeof(ret->core_pattern), pattern);
	/* from a pid namespace of its own the host's processes cannot be seen */
	ret->unseen = stat("/proc/self/ns/pid", &own) < 0 || own.st_ino != INITIAL_PID_NAMESPACE ||
		      host_namespace_stat("net", &net) < 0;
	proc = ret->unseen ? NULL : opendir("/proc");
	if (!proc) {
		ret->unseen = true;
		return;
	}
	find_aims(ret, proc, net.st_ino);
	closedir(proc);
}
