// SPDX-License-Identifier: GPL-2.0-only
#include "bpffs.h"

#include <errno.h>
#include <linux/magic.h>
#include <stdbool.h>
#include <stdio.h>
#include <sys/mount.h>
#include <sys/vfs.h>

#include "container-here.h"
#include "pins-lock.h"
#include "pins.h"
#include "util.h"

static bool is_bpffs(const struct statfs *fs)
{
	return fs->f_type == BPF_FS_MAGIC;
}

int bpffs_lock(const char *path, uint64_t wait_ms, int *ret_fd, pid_t *ret_holder)
{
	/* once for the directory below, once for the bpffs; more only if somebody unmounts
	 * meanwhile */
	for (int tries = 0; tries < 10; tries++) {
		CLEANUP(close_fdp) int fd = -1;
		struct statfs locked, now;
		int r = pins_lock(path, wait_ms, &fd, ret_holder);

		if (r)
			return r;
		if (fstatfs(fd, &locked) < 0 || statfs(path, &now) < 0)
			return -errno;
		if (is_bpffs(&locked)) {
			*ret_fd = TAKE_FD(fd);
			return 0;
		}
		if (!is_bpffs(&now) &&
		    mount("bpf", path, "bpf", MS_NOSUID | MS_NODEV | MS_NOEXEC, "mode=700") < 0)
			return -errno;
	}
	return -EAGAIN;
}

bool bpffs_left_out(const char *path)
{
	struct statfs fs;

	return container_here() && (statfs(path, &fs) < 0 || !is_bpffs(&fs));
}

void bpffs_left_out_cure(const char *path, char ret_cure[BPFFS_CURE_LEN])
{
	char options[BPFFS_CURE_LEN];

	snprintf(options, sizeof(options), "use -v %s:%s", path, path);
	snprintf(ret_cure, BPFFS_CURE_LEN, "%s", container_here_cure(options));
}
