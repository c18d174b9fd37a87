// SPDX-License-Identifier: GPL-2.0-only
/* Sets of pins as a whole: which there are, what their links run, making, publishing and removing one. */
#include <bpf/bpf.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <time.h>

#include "ask.h"
#include "attachment.h"
#include "pins-set.h"
#include "pins.h"
#include "progress.h"
#include "seal-look.h"
#include "util.h"

static bool is_staging(const char *name)
{
	return strncmp(name, PINS_STAGING_PREFIX, sizeof(PINS_STAGING_PREFIX) - 1) == 0;
}

/* Others may create what they like on a bpffs that lets them: only root's directories are sets. */
static bool is_set(int dir_fd, const char *name)
{
	struct stat st;

	return fstatat(dir_fd, name, &st, AT_SYMLINK_NOFOLLOW) == 0 && S_ISDIR(st.st_mode) &&
	       st.st_uid == 0;
}

int pins_set_list(const char *bpffs, char *names[PINS_MAX_SETS])
{
	struct dirent *e;
	int n = 0;
	DIR *d;

	if (!pins_is_bpffs(bpffs))
		return 0;
	d = opendir(bpffs);
	if (!d)
		return errno == ENOENT ? 0 : -errno;
	/* by its name, so that no number of others hides it */
	if (is_set(dirfd(d), PINS_PUBLISHED) && (names[0] = strdup(PINS_PUBLISHED)))
		n++;
	while (n < PINS_MAX_SETS && (e = readdir(d)))
		if (is_staging(e->d_name) && is_set(dirfd(d), e->d_name) &&
		    (names[n] = strdup(e->d_name)))
			n++;
	closedir(d);
	return n;
}

/* The program that the link runs counts, whatever is pinned beside it. */
static uint64_t read_skipped(uint32_t prog_id)
{
	CLEANUP(close_fdp) int prog = bpf_prog_get_fd_by_id(prog_id);
	struct bpf_prog_info info = {};
	uint32_t len = sizeof(info);

	return prog >= 0 && bpf_obj_get_info_by_fd(prog, &info, &len) == 0 ? info.recursion_misses : 0;
}

/* Those that only log are taken for attached in a sealed set, whether their links are pinned or not. */
static bool only_logs(const struct bpf_prog_info *info, const char *name)
{
	return info->type == BPF_PROG_TYPE_TRACING || strcmp(name, BPFLOCK_MODULE_FILE_PROGRAM) == 0 ||
	       strcmp(name, BPFLOCK_MODULE_MEMORY_PROGRAM) == 0;
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
	if (prog >= 0 && bpf_obj_get_info_by_fd(prog, &prog_info, &prog_len) == 0) {
		row->prog_id = prog_info.id;
		/* one that is run on demand has nothing to be attached to, those of a sealed set no link */
		row->attached = prog_info.type == BPF_PROG_TYPE_SYSCALL ||
				(ask_is_reserved(prog_info.name) && link == -ENOENT &&
				 (only_logs(&prog_info, name) || attachment_exists(prog_info.id)));
	}
	if (link >= 0 && bpf_obj_get_info_by_fd(link, &link_info, &link_len) == 0) {
		row->link_id = link_info.id;
		/* it is the link that enforces: without the program's pin it goes on doing so */
		if (!row->prog_id)
			row->prog_id = link_info.prog_id;
		row->attached = row->prog_id != 0 && link_info.prog_id == row->prog_id &&
				(link_info.type != BPF_LINK_TYPE_CGROUP ||
				 link_info.cgroup.cgroup_id != 0); /* 0: detached */
		row->skipped = read_skipped(link_info.prog_id);
	}
}

int pins_set_programs(const char *set_path, struct pins_program *rows, size_t max)
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

bool pins_set_hook_attached(const char *set_path)
{
	struct pins_program row;

	read_program(set_path, BPFLOCK_HOOK_PROGRAM, &row);
	return row.attached;
}

bool pins_set_whole(const struct pins *p)
{
	struct pins_program rows[PINS_MAX_PROGRAMS];
	int n = pins_set_programs(p->path, rows, PINS_MAX_PROGRAMS);

	if (n < 0 || (uint32_t)n != p->stamp.programs)
		return false;
	for (int i = 0; i < n; i++)
		if (!rows[i].attached)
			return false;
	return true;
}

bool pins_set_lacks_module_program(const struct pins *p, const struct policy *policy,
				   uint64_t latched)
{
	return policy_needs_module_request(policy, latched) && !pins_has_module_program(p);
}

#define DEPTH_MAX 8

static int remove_directory(int parent_fd, const char *name, int depth);

/* One entry of a directory; links/ is left for the end. */
static int remove_entry(int dir_fd, const struct dirent *e, int depth)
{
	if (strcmp(e->d_name, ".") == 0 || strcmp(e->d_name, "..") == 0)
		return 0;
	if (e->d_type == DT_DIR)
		return depth == 0 && strcmp(e->d_name, "links") == 0
			       ? 0
			       : remove_directory(dir_fd, e->d_name, depth + 1);
	return unlinkat(dir_fd, e->d_name, 0) < 0 && errno != ENOENT ? -errno : 0;
}

/* With all that is in it, be it another version's: pins are all that a bpffs holds. */
static int remove_directory(int parent_fd, const char *name, int depth)
{
	struct dirent *e;
	int fd, r = 0;
	DIR *d;

	if (depth > DEPTH_MAX)
		return -ELOOP;
	fd = openat(parent_fd, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
	if (fd < 0)
		return errno == ENOENT ? 0 : -errno;
	d = fdopendir(fd);
	if (!d) {
		close(fd);
		return -ENOMEM;
	}
	while (r == 0 && (e = readdir(d)))
		r = remove_entry(dirfd(d), e, depth);
	if (r == 0 && depth == 0)
		r = remove_directory(dirfd(d), "links", 1);
	closedir(d);
	if (r == 0 && unlinkat(parent_fd, name, AT_REMOVEDIR) < 0 && errno != ENOENT)
		r = -errno;
	return r;
}

static int remove_links(int root_fd, const char *name)
{
	CLEANUP(close_fdp) int set = openat(root_fd, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);

	return set < 0 ? -errno : remove_directory(set, "links", 1);
}

/*
 * A set that enforces loses its links last. One whose link runs the program of the set that took its place loses
 * them first, because without its own program beside it that link would look like its own.
 */
static int remove_pins(const char *bpffs, const char *name)
{
	CLEANUP(close_fdp) int root = open(bpffs, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	char path[PATH_MAX];
	int r;

	if (root < 0)
		return errno == ENOENT ? PINS_ABSENT : -errno;
	if (!pins_is_bpffs(bpffs) || !is_set(root, name))
		return PINS_ABSENT;
	r = pins_path(path, bpffs, name);
	if (r == 0 && !pins_set_hook_attached(path))
		r = remove_links(root, name);
	return r < 0 ? r : remove_directory(root, name, 0);
}

/* Returns whether a row's link runs its program, and not that of the set which took its place. */
static bool link_runs(const struct pins_program *row)
{
	CLEANUP(close_fdp) int fd = row->link_id ? bpf_link_get_fd_by_id(row->link_id) : -1;
	struct bpf_link_info info = {};
	uint32_t len = sizeof(info);

	return fd >= 0 && bpf_obj_get_info_by_fd(fd, &info, &len) == 0 &&
	       info.prog_id == row->prog_id;
}

static bool program_exists(uint32_t id)
{
	CLEANUP(close_fdp) int fd = id ? bpf_prog_get_fd_by_id(id) : -1;

	return fd >= 0;
}

#define DETACH_MS 2000

/*
 * A link's id is gone before its program is detached, but the program is put only after that: so it
 * is the programs that are waited for. That takes about 100 ms; one that is still there after much
 * longer is held open by somebody, and attached no more.
 */
static int wait_gone(const struct pins_program *rows, size_t n, unsigned int wait_ms)
{
	static const struct timespec pause = { .tv_nsec = 5 * 1000 * 1000 };
	unsigned int detach_ms = DETACH_MS;

	for (size_t i = 0; i < n; i++) {
		for (; link_runs(&rows[i]); wait_ms -= 5) {
			if (wait_ms < 5)
				return -ETIMEDOUT;
			progress_step();
			nanosleep(&pause, NULL);
		}
		for (; detach_ms >= 5 && program_exists(rows[i].prog_id); detach_ms -= 5) {
			progress_step();
			nanosleep(&pause, NULL);
		}
	}
	return 0;
}

int pins_set_remove(const char *bpffs, const char *name, unsigned int wait_ms)
{
	struct pins_program programs[PINS_MAX_PROGRAMS];
	char path[PATH_MAX];
	int n, r;

	r = pins_path(path, bpffs, name);
	if (r < 0)
		return r;
	n = pins_set_programs(path, programs, PINS_MAX_PROGRAMS);
	if (n < 0)
		return n;
	r = remove_pins(bpffs, name);
	return r ? r : wait_gone(programs, n, wait_ms);
}

int pins_set_remove_program(const char *set_path, const char *name, unsigned int wait_ms)
{
	static const char *const dirs[] = { "links", "progs" };
	struct pins_program row;

	read_program(set_path, name, &row);
	for (size_t i = 0; i < ARRAY_SIZE(dirs); i++) {
		char path[PATH_MAX];

		snprintf(path, sizeof(path), "%s/%s/%s", set_path, dirs[i], name);
		if (unlink(path) < 0 && errno != ENOENT)
			return -errno;
	}
	return wait_gone(&row, 1, wait_ms);
}

/* Attaches a pinned program that logs, unless it is not there, or its link is. */
static int attach_pinned(const char *set_path, const char *name)
{
	CLEANUP(close_fdp) int prog = -1;
	CLEANUP(close_fdp) int link = -1;
	char pin[64], path[PATH_MAX];

	snprintf(path, sizeof(path), "%s/links/%s", set_path, name);
	if (access(path, F_OK) == 0)
		return 0;
	snprintf(pin, sizeof(pin), "progs/%s", name);
	prog = pins_open_map(set_path, pin, true);
	if (prog < 0)
		return prog == -ENOENT ? 0 : prog;
	link = bpf_raw_tracepoint_open(NULL, prog);
	return link < 0 || bpf_obj_pin(link, path) < 0 ? -errno : 0;
}

/* The one that knows Lockdown's refusals is the first, so that none of these is somebody else's. */
int pins_set_attach_watchers(const char *bpffs)
{
	char path[PATH_MAX];
	int r = pins_path(path, bpffs, PINS_PUBLISHED);

	if (r == 0)
		r = attach_pinned(path, BPFLOCK_BY_LOCKDOWN_PROGRAM);
	return r < 0 ? r : attach_pinned(path, BPFLOCK_REFUSED_PROGRAM);
}

int pins_set_remove_leftovers(const char *bpffs, unsigned int wait_ms, unsigned int *removed)
{
	unsigned int before;
	int result;

	/* a list has room for so many: again, as long as that gets anywhere */
	do {
		char *names[PINS_MAX_SETS];
		int n = pins_set_list(bpffs, names);

		before = *removed;
		result = n < 0 ? n : 0;
		for (int i = 0; i < n; i++) {
			if (strcmp(names[i], PINS_PUBLISHED) != 0) {
				int r = pins_set_remove(bpffs, names[i], wait_ms);

				if (r < 0)
					result = r;
				else
					++*removed;
			}
			free(names[i]);
		}
	} while (*removed != before);
	if (result == 0)
		pins_set_attach_watchers(bpffs);
	return result;
}

int pins_set_make_staging(const char *bpffs, char ret_name[PINS_NAME_LEN])
{
	static const char *const dirs[] = { "", "/maps", "/progs", "/links" };
	char path[PATH_MAX], name[PINS_NAME_LEN];
	uint32_t number;

	if (getrandom(&number, sizeof(number), GRND_NONBLOCK) != sizeof(number))
		number = getpid();
	snprintf(name, sizeof(name), PINS_STAGING_PREFIX "%08x", number);
	for (size_t i = 0; i < ARRAY_SIZE(dirs); i++) {
		snprintf(path, sizeof(path), "%s/%s%s", bpffs, name, dirs[i]);
		if (mkdir(path, 0700) < 0) {
			int r = -errno;

			if (i)
				pins_set_remove(bpffs, name, 0);
			return r;
		}
	}
	memcpy(ret_name, name, sizeof(name));
	return 0;
}

int pins_set_publish(const char *bpffs, const char *name)
{
	CLEANUP(close_fdp) int dir = open(bpffs, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (dir < 0)
		return -errno;
	if (renameat2(dir, name, dir, PINS_PUBLISHED, RENAME_NOREPLACE) == 0)
		return 0;
	if (errno != EEXIST)
		return -errno;
	/* on bpffs since Linux 5.16 */
	return renameat2(dir, name, dir, PINS_PUBLISHED, RENAME_EXCHANGE) < 0 ? -errno : 0;
}

static bool is_sealed(const char *set_path)
{
	enum seal_state state;
	struct bpflock_seal seal;

	return seal_look_read(set_path, &state, &seal) == 0 && state == SEAL_CLOSED;
}

void pins_set_deciding(const char *bpffs, char ret_name[PINS_NAME_LEN])
{
	char *names[PINS_MAX_SETS];
	int n = pins_set_list(bpffs, names), attached = -1, sealed = -1;

	/* the published one is the first of the list */
	for (int i = 0; i < n && sealed < 0; i++) {
		char path[PATH_MAX];

		if (pins_path(path, bpffs, names[i]) < 0)
			continue;
		if (n > 1 && is_sealed(path))
			sealed = i;
		else if (attached < 0 && pins_set_hook_attached(path))
			attached = i;
	}
	if (sealed >= 0)
		attached = sealed;
	snprintf(ret_name, PINS_NAME_LEN, "%s", attached >= 0 ? names[attached] : PINS_PUBLISHED);
	while (n > 0)
		free(names[--n]);
}

int pins_set_finish_interrupted(const char *bpffs)
{
	char name[PINS_NAME_LEN];

	pins_set_deciding(bpffs, name);
	return strcmp(name, PINS_PUBLISHED) == 0 ? 0 : pins_set_publish(bpffs, name);
}
