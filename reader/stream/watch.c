// SPDX-License-Identifier: GPL-2.0-only
#include "watch.h"

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <sys/epoll.h>
#include <sys/inotify.h>
#include <unistd.h>

#include "util.h"

static void give_up(int *fd)
{
	close_fdp(fd);
	*fd = -1;
}

void watch_close(struct watch *w)
{
	give_up(&w->fd);
	give_up(&w->set_fd);
	give_up(&w->mounts_fd);
}

static int add(const struct watch *w, int fd, uint32_t events)
{
	struct epoll_event e = { .events = events, .data.fd = fd };

	return epoll_ctl(w->fd, EPOLL_CTL_ADD, fd, &e) < 0 ? -errno : 0;
}

/* A set is replaced by being renamed, and removed directory by directory. */
static void watch_set(struct watch *w, const char *set, bool look)
{
	const uint32_t mask = IN_MOVE_SELF | IN_DELETE_SELF | IN_DELETE | IN_MOVED_FROM |
			      IN_ONLYDIR | (look ? IN_OPEN : 0);

	w->set_fd = inotify_init1(IN_CLOEXEC | IN_NONBLOCK);
	if (w->set_fd >= 0 &&
	    (inotify_add_watch(w->set_fd, set, mask) < 0 || add(w, w->set_fd, EPOLLIN) < 0))
		give_up(&w->set_fd);
}

/* A change is reported as an error of the file. */
static void watch_mounts(struct watch *w)
{
	w->mounts_fd = open("/proc/self/mountinfo", O_RDONLY | O_CLOEXEC);
	if (w->mounts_fd >= 0 && add(w, w->mounts_fd, EPOLLPRI) < 0)
		give_up(&w->mounts_fd);
}

int watch_open(const char *set, int ring_fd, bool look, struct watch *ret)
{
	struct watch w = WATCH_INIT;
	int r = 0;

	w.fd = epoll_create1(EPOLL_CLOEXEC);
	if (w.fd < 0)
		return -errno;
	if (ring_fd >= 0)
		r = add(&w, ring_fd, look ? EPOLLIN | EPOLLET : EPOLLIN);
	if (r < 0) {
		watch_close(&w);
		return r;
	}
	watch_set(&w, set, look);
	watch_mounts(&w);
	*ret = w;
	return 0;
}

bool watch_is_complete(const struct watch *w)
{
	return w->set_fd >= 0 && w->mounts_fd >= 0;
}

void watch_tell(int maps_fd)
{
	CLEANUP(close_fdp) int fd = openat(maps_fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
}

void watch_clear(const struct watch *w)
{
	char events[4096];
	struct epoll_event e[3];
	int n = epoll_wait(w->fd, e, ARRAY_SIZE(e), 0);

	for (int i = 0; i < n; i++)
		if (e[i].data.fd == w->set_fd)
			while (read(w->set_fd, events, sizeof(events)) > 0)
				;
}
