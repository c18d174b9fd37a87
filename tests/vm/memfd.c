/* SPDX-License-Identifier: GPL-2.0-only */
/* memfd NAME FILE [ARGUMENT...]: executes a copy of FILE in a memfd called NAME, with FILE as its
 * first argument. */
#include <fcntl.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <sys/syscall.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	int file, memory;

	if (argc < 3)
		return 2;
	file = open(argv[2], O_RDONLY | O_CLOEXEC);
	memory = memfd_create(argv[1], MFD_CLOEXEC);
	if (file < 0 || memory < 0)
		return 2;
	while (sendfile(memory, file, NULL, 1 << 20) > 0)
		;
	syscall(SYS_execveat, memory, "", argv + 2, environ, AT_EMPTY_PATH);
	perror("memfd");
	return 126;
}
