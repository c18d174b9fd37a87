/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * autoload WHAT...: each is asked for as a program would, in this process, so that the kernel asks for a
 * module if it has none yet.
 *	family NUMBER	a socket of this address family
 *	hash		a socket of AF_ALG, bound to a hash
 *	filesystem NAME	fsopen(2)
 * Exit status of the last one: 0 it is there, 1 there is no such thing, 2 else.
 */
#include <errno.h>
#include <linux/if_alg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

static int result(int r, const char *what)
{
	if (r >= 0)
		return 0;
	fprintf(stderr, "autoload: %s: %s\n", what, strerror(errno));
	return errno == EAFNOSUPPORT || errno == ENOENT || errno == ENODEV ? 1 : 2;
}

/* Linux says that a type of a family that it has is not supported: it has the family, then. */
static int family(int number)
{
	int fd = socket(number, SOCK_SEQPACKET, 0);

	if (fd < 0 && errno != EAFNOSUPPORT)
		fd = 0;
	return result(fd, "socket");
}

static int hash(void)
{
	struct sockaddr_alg to = { .salg_family = AF_ALG, .salg_type = "hash", .salg_name = "sha256" };
	int fd = socket(AF_ALG, SOCK_SEQPACKET, 0);

	if (fd < 0)
		return result(fd, "socket");
	return result(bind(fd, (struct sockaddr *)&to, sizeof(to)), "bind");
}

int main(int argc, char **argv)
{
	int status = 2;

	for (int i = 1; i < argc; i++) {
		if (strcmp(argv[i], "family") == 0 && i + 1 < argc)
			status = family(atoi(argv[++i]));
		else if (strcmp(argv[i], "hash") == 0)
			status = hash();
		else if (strcmp(argv[i], "filesystem") == 0 && i + 1 < argc)
			status = result(syscall(SYS_fsopen, argv[++i], 0), "fsopen");
		else
			return 2;
	}
	return status;
}
