// SPDX-License-Identifier: GPL-2.0-only
/* Sets of pins as a whole: which there are, what their links run, removing one. */
#include <bpf/bpf.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <time.h>

#include "pins.h"
#include "util.h"

static bool is_set(const char *name)
{
	return strcmp(name, PINS_PUBLISHED) == 0 ||
	       strncmp(name, PINS_STAGING_PREFIX, sizeof(PINS_STAGING_PREFIX) - 1) == 0;
}

int pins_list(const char *bpffs, char *names[PINS_MAX_SETS])
{
	struct dirent *e;
	int n = 0;
	DIR *d;

	d = opendir(bpffs);
	if (!d)
		return errno == ENOENT ? 0 : -errno;
	while (n < PINS_MAX_SETS && (e = readdir(d))) {
		char *name;

		if (!is_set(e->d_name))
			continue;
		name = strdup(e->d_name);
		if (!name) {
			while (n > 0)
				free(names[--n]);
			closedir(d);
			return -ENOMEM;
		}
		names[n++] = name;
		if (strcmp(name, PINS_PUBLISHED) == 0) {
			names[n - 1] = names[0];
			names[0] = name;
		}
	}
	closedir(d);
	return n;
}

static void read_program(const char *set_path, const char *name, struct pins_program *row)
{
	CLEANUP(close_fdp) int prog = -1;
	CLEANUP(close_fdp) int link = -1;
	struct bpf_prog_info prog_info = {};
	struct bpf_link_info link_info = {};
	uint32_t prog_len = sizeof(prog_info), link_len = sizeof(link_info);
	char pin[64];

	*row = (struct pins_program){};
	snprintf(row->name, sizeof(row->name), "%s", name);
	snprintf(pin, sizeof(pin), "progs/%s", row->name);
	prog = pins_open_map(set_path, pin, true);
	snprintf(pin, sizeof(pin), "links/%s", row->name);
	link = pins_open_map(set_path, pin, true);
	if (prog >= 0 && bpf_obj_get_info_by_fd(prog, &prog_info, &prog_len) == 0)
		row->prog_id = prog_info.id;
	if (link >= 0 && bpf_obj_get_info_by_fd(link, &link_info, &link_len) == 0) {
		row->link_id = link_info.id;
		row->attached = row->prog_id != 0 && link_info.prog_id == row->prog_id;
	}
}

int pins_read_programs(const char *set_path, struct pins_program *rows, size_t max)
{
	static const char *const dirs[] = { "progs", "links" };
	size_t n = 0;

	for (size_t i = 0; i < ARRAY_SIZE(dirs); i++) {
		char path[PATH_MAX];
		struct dirent *e;
		DIR *d;
		int r = pins_path(path, set_path, dirs[i]);

		if (r < 0)
			return r;
		d = opendir(path);
		if (!d && errno == ENOENT)
			continue;
		if (!d)
			return -errno;
		while (n < max && (e = readdir(d))) {
			bool seen = e->d_name[0] == '.';

			for (size_t k = 0; k < n && !seen; k++)
				seen = strcmp(rows[k].name, e->d_name) == 0;
			if (!seen)
				read_program(set_path, e->d_name, &rows[n++]);
		}
		closedir(d);
	}
	return n;
}

bool pins_hook_attached(const char *set_path)
{
	struct pins_program row;

	read_program(set_path, BPFLOCK_HOOK_PROGRAM, &row);
	return row.attached;
}

static int remove_directory(int parent_fd, const char *name)
{
	struct dirent *e;
	int fd, r = 0;
	DIR *d;

	fd = openat(parent_fd, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
	if (fd < 0)
		return errno == ENOENT ? 0 : -errno;
	d = fdopendir(fd);
	if (!d) {
		close(fd);
		return -ENOMEM;
	}
	while ((e = readdir(d))) {
		if (e->d_name[0] != '.' && unlinkat(dirfd(d), e->d_name, 0) < 0 && errno != ENOENT)
			r = -errno;
	}
	closedir(d);
	if (r == 0 && unlinkat(parent_fd, name, AT_REMOVEDIR) < 0 && errno != ENOENT)
		r = -errno;
	return r;
}

static int remove_pins(const char *bpffs, const char *name)
{
	static const char *const dirs[] = { "maps", "progs", "links" };
	CLEANUP(close_fdp) int root = -1;
	CLEANUP(close_fdp) int fd = -1;

	root = open(bpffs, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (root < 0)
		return errno == ENOENT ? PINS_ABSENT : -errno;
	fd = openat(root, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
	if (fd < 0)
		return errno == ENOENT ? PINS_ABSENT : -errno;
	for (size_t i = 0; i < ARRAY_SIZE(dirs); i++) {
		int r = remove_directory(fd, dirs[i]);

		if (r < 0)
			return r;
	}
	return unlinkat(root, name, AT_REMOVEDIR) < 0 && errno != ENOENT ? -errno : 0;
}

static bool link_exists(uint32_t id)
{
	CLEANUP(close_fdp) int fd = id ? bpf_link_get_fd_by_id(id) : -1;

	return fd >= 0;
}

static bool program_exists(uint32_t id)
{
	CLEANUP(close_fdp) int fd = id ? bpf_prog_get_fd_by_id(id) : -1;

	return fd >= 0;
}

/*
 * A link's id is gone before its program is detached, but the program is put only after that: so it
 * is the programs that are waited for. One that somebody merely holds open is waited for in vain,
 * and attached no more all the same.
 */
static int wait_gone(const struct pins_program *rows, size_t n, unsigned int wait_ms)
{
	static const struct timespec pause = { .tv_nsec = 5 * 1000 * 1000 };

	for (size_t i = 0; i < n; i++) {
		while (wait_ms >= 5 &&
		       (program_exists(rows[i].prog_id) || link_exists(rows[i].link_id))) {
			wait_ms -= 5;
			nanosleep(&pause, NULL);
		}
		if (link_exists(rows[i].link_id))
			return -ETIMEDOUT;
	}
	return 0;
}

int pins_remove(const char *bpffs, const char *name, unsigned int wait_ms)
{
	struct pins_program programs[PINS_MAX_PROGRAMS];
	char path[PATH_MAX];
	int n, r;

	r = pins_path(path, bpffs, name);
	if (r < 0)
		return r;
	n = pins_read_programs(path, programs, PINS_MAX_PROGRAMS);
	if (n < 0)
		return n;
	r = remove_pins(bpffs, name);
	return r ? r : wait_gone(programs, n, wait_ms);
}
