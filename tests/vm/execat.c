/* SPDX-License-Identifier: GPL-2.0-only */
/* execat FD NAME [ARGUMENT...]: execveat(2) of NAME in the directory open as FD; -100 is the current one. */
#include <stdio.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	if (argc < 3)
		return 2;
	syscall(SYS_execveat, atoi(argv[1]), argv[2], argv + 2, environ, 0);
	perror("execat");
	return 126;
}
