// SPDX-License-Identifier: GPL-2.0-only
#include "securityfs.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mount.h>

#include "operations.h"
#include "text.h"
#include "util.h"

#define SECURITYFS "/sys/kernel/security"

static int open_private(int *ret_fd)
{
	CLEANUP(close_fdp) int fs = -1;
	int fd;

	fs = fsopen("securityfs", FSOPEN_CLOEXEC);
	if (fs < 0)
		return -errno;
	if (fsconfig(fs, FSCONFIG_CMD_CREATE, NULL, NULL, 0) < 0)
		return -errno;
	fd = fsmount(fs, FSMOUNT_CLOEXEC, MOUNT_ATTR_RDONLY);
	if (fd < 0)
		return -errno;
	*ret_fd = fd;
	return 0;
}

int securityfs_read(const char *file, char **ret_text)
{
	CLEANUP(close_fdp) int fd = -1;
	char path[64], *text;
	size_t len;
	int r;

	/* what is mounted there may be anything; but not everybody may open it otherwise */
	r = open_private(&fd);
	if (r == 0) {
		r = text_read_file(fd, file, 65536, &text, &len);
	} else {
		snprintf(path, sizeof(path), SECURITYFS "/%s", file);
		/* where nothing is mounted, a file that is missing there says nothing */
		if (access(SECURITYFS "/lsm", F_OK) == 0)
			r = text_read_file(AT_FDCWD, path, 65536, &text, &len);
	}
	if (r < 0)
		return r;
	text[strcspn(text, "\n")] = '\0';
	*ret_text = text;
	return 0;
}

static const char *const names[_KERNEL_LOCKDOWN_MAX] = {
	[KERNEL_LOCKDOWN_ABSENT] = "absent",
	[KERNEL_LOCKDOWN_UNKNOWN] = "unknown",
	[KERNEL_LOCKDOWN_NONE] = "none",
	[KERNEL_LOCKDOWN_INTEGRITY] = "integrity",
	[KERNEL_LOCKDOWN_CONFIDENTIALITY] = "confidentiality",
};

enum kernel_lockdown securityfs_lockdown_parse(const char *text)
{
	for (size_t i = KERNEL_LOCKDOWN_NONE; i < _KERNEL_LOCKDOWN_MAX; i++) {
		char active[32];

		snprintf(active, sizeof(active), "[%s]", names[i]);
		if (text_has_word(text, " ", active))
			return i;
	}
	return KERNEL_LOCKDOWN_ABSENT;
}

const char *securityfs_lockdown_name(enum kernel_lockdown l)
{
	return names[l];
}

__u64 securityfs_lockdown_denies(enum kernel_lockdown l,
				 const struct bpflock_operation ops[BPFLOCK_REASONS])
{
	if (l == KERNEL_LOCKDOWN_INTEGRITY)
		return operations_governed(ops, BPFLOCK_LEVEL_INTEGRITY);
	if (l == KERNEL_LOCKDOWN_CONFIDENTIALITY)
		return operations_governed(ops, BPFLOCK_LEVEL_CONFIDENTIALITY);
	return 0;
}

enum kernel_lockdown securityfs_lockdown(void)
{
	CLEANUP(free_charp) char *text = NULL;
	int r = securityfs_read("lockdown", &text);

	if (r == 0)
		return securityfs_lockdown_parse(text);
	/* a kernel without securityfs has no lockdown LSM to show there */
	return r == -ENOENT || r == -ENODEV ? KERNEL_LOCKDOWN_ABSENT : KERNEL_LOCKDOWN_UNKNOWN;
}
