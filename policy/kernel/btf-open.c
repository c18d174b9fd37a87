// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/vfs.h>

#include "btf-types.h"
#include "btf.h"
#include "text.h"
#include "util.h"

#define BTF_MAX (256 << 20)

/*
 * The kernel lends it since Linux 6.16; before that it copies a page for each read(2). Only of
 * sysfs: another file, mounted in its place, may be cut off while it is mapped. NULL: it has to be
 * read.
 */
static void *map(int fd, size_t *ret_len)
{
	struct statfs fs;
	struct stat st;
	void *bytes;

	if (fstatfs(fd, &fs) < 0 || fs.f_type != SYSFS_MAGIC || fstat(fd, &st) < 0)
		return NULL;
	bytes = mmap(NULL, st.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
	if (bytes == MAP_FAILED)
		return NULL;
	*ret_len = st.st_size;
	return bytes;
}

int raw_btf_open(struct raw_btf **ret)
{
	CLEANUP(close_fdp) int fd = open(BTF_PATH, O_RDONLY | O_CLOEXEC);
	CLEANUP(free_charp) char *copy = NULL;
	void *mapped;
	size_t len;
	int r = 0;

	if (fd < 0)
		return -errno;
	mapped = map(fd, &len);
	if (!mapped)
		r = text_read_fd(fd, BTF_MAX, &copy, &len);
	if (r == 0)
		r = raw_btf_new(mapped ? mapped : copy, len, ret);
	if (r == 0) {
		(*ret)->mapped = mapped;
		(*ret)->copy = TAKE_PTR(copy);
	} else if (mapped) {
		munmap(mapped, len);
	}
	return r;
}
