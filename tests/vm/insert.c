/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * insert HOW FILE...: loads one file after the other in this process; what is loaded is the module dummy, and unloaded again.
 *	file		finit_module(2)
 *	memory		init_module(2)
 *	memfd		finit_module(2) of a memfd
 *	deleted		finit_module(2) of the file, which is unlinked before
 *	compressed	finit_module(2) that decompresses
 * Exit status of the last one: 0 it was loaded, 1 EPERM, 2 else.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/module.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <sys/syscall.h>
#include <unistd.h>

#define PARAMETERS "numdummies=0"

static long load_file(int fd, int flags)
{
	return syscall(SYS_finit_module, fd, PARAMETERS, flags);
}

static long load_memory(int fd)
{
	off_t size = lseek(fd, 0, SEEK_END);
	void *image = mmap(NULL, size, PROT_READ, MAP_PRIVATE, fd, 0);

	return syscall(SYS_init_module, image, (unsigned long)size, PARAMETERS);
}

static long load_memfd(int fd)
{
	int memory = memfd_create("a-module", 0), opened;
	char path[64];
	long r;

	while (sendfile(memory, fd, NULL, 1 << 20) > 0)
		;
	/* the kernel takes no file that is open for writing */
	snprintf(path, sizeof(path), "/proc/self/fd/%d", memory);
	opened = open(path, O_RDONLY);
	close(memory);
	r = load_file(opened, 0);
	close(opened);
	return r;
}

static long load(const char *how, int fd, const char *file)
{
	if (strcmp(how, "file") == 0)
		return load_file(fd, 0);
	if (strcmp(how, "compressed") == 0)
		return load_file(fd, MODULE_INIT_COMPRESSED_FILE);
	if (strcmp(how, "memory") == 0)
		return load_memory(fd);
	if (strcmp(how, "memfd") == 0)
		return load_memfd(fd);
	return unlink(file) < 0 ? -1 : load_file(fd, 0);
}

/* Returns the exit status. */
static int insert(const char *how, const char *file)
{
	int fd = open(file, O_RDONLY), status = 0;

	if (load(how, fd, file) < 0) {
		status = errno == EPERM ? 1 : 2;
		fprintf(stderr, "insert: %s %s: %s\n", how, file, strerror(errno));
	} else if (syscall(SYS_delete_module, "dummy", O_NONBLOCK) < 0) {
		status = 2;
		perror("insert: unload");
	}
	close(fd);
	return status;
}

int main(int argc, char **argv)
{
	int status = 2;

	for (int i = 1; i + 1 < argc; i += 2)
		status = insert(argv[i], argv[i + 1]);
	return status;
}
