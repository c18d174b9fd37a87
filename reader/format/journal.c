// SPDX-License-Identifier: GPL-2.0-only
#include "journal.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>

#include "text.h"
#include "util.h"

/*
 * The buffer has the size that libsystemd asks for, because an entry with long names then fits one
 * datagram.
 */
#define SEND_BUFFER (8 << 20)

int journal_open(const char *path, struct journal *ret_journal)
{
	struct journal j = { .fd = -1, .address.sun_family = AF_UNIX };
	CLEANUP(close_fdp) int probe = -1;
	size_t len = strlen(path);
	const int size = SEND_BUFFER;

	if (len >= sizeof(j.address.sun_path))
		return -ENAMETOOLONG;
	memcpy(j.address.sun_path, path, len);
	j.address_len = offsetof(struct sockaddr_un, sun_path) + len + 1;
	/* only to see whether somebody listens: a journald that is started anew has another socket
	 */
	probe = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (probe < 0 || connect(probe, (struct sockaddr *)&j.address, j.address_len) < 0)
		return -errno;
	j.fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (j.fd < 0)
		return -errno;
	if (setsockopt(j.fd, SOL_SOCKET, SO_SNDBUFFORCE, &size, sizeof(size)) < 0)
		setsockopt(j.fd, SOL_SOCKET, SO_SNDBUF, &size, sizeof(size));
	*ret_journal = j;
	return 0;
}

static int send_message(const struct journal *j, struct msghdr *m)
{
	m->msg_name = (void *)&j->address;
	m->msg_namelen = j->address_len;
	return sendmsg(j->fd, m, MSG_NOSIGNAL) < 0 ? -errno : 0;
}

/* The journal reads a memfd of exactly these seals in place, and refuses what can still change. */
static int sealed_copy(const char *entry, size_t len)
{
	CLEANUP(close_fdp)
	int fd = memfd_create("bpflock-journal", MFD_CLOEXEC | MFD_ALLOW_SEALING);
	int r;

	if (fd < 0)
		return -errno;
	r = text_write_fd(fd, entry, len);
	if (r < 0)
		return r;
	if (fcntl(fd, F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE | F_SEAL_SEAL) < 0)
		return -errno;
	return TAKE_FD(fd);
}

static int send_fd(const struct journal *j, int fd)
{
	union {
		struct cmsghdr head;
		char room[CMSG_SPACE(sizeof(fd))];
	} control = {};
	struct msghdr m = { .msg_control = &control, .msg_controllen = sizeof(control) };
	struct cmsghdr *c = CMSG_FIRSTHDR(&m);

	c->cmsg_level = SOL_SOCKET;
	c->cmsg_type = SCM_RIGHTS;
	c->cmsg_len = CMSG_LEN(sizeof(fd));
	memcpy(CMSG_DATA(c), &fd, sizeof(fd));
	return send_message(j, &m);
}

int journal_send(const struct journal *j, const char *entry, size_t len)
{
	struct iovec whole = { (void *)entry, len };
	struct msghdr m = { .msg_iov = &whole, .msg_iovlen = 1 };
	CLEANUP(close_fdp) int fd = -1;
	int r = send_message(j, &m);

	if (r != -EMSGSIZE && r != -ENOBUFS)
		return r;
	fd = sealed_copy(entry, len);
	return fd < 0 ? fd : send_fd(j, fd);
}

size_t journal_next(const char *batch, size_t len, const char **ret_entry, size_t *ret_len)
{
	journal_length n;

	if (len < sizeof(n))
		return 0;
	memcpy(&n, batch, sizeof(n));
	if (n > len - sizeof(n))
		return 0;
	*ret_entry = batch + sizeof(n);
	*ret_len = n;
	return sizeof(n) + n;
}
