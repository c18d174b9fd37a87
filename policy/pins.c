// SPDX-License-Identifier: GPL-2.0-only
#include "pins.h"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <time.h>

#include "text.h"
#include "util.h"

static const uint32_t zero;

const char *pins_bpffs(const char *option)
{
	const char *env;

	if (option)
		return option;
	env = secure_getenv("BPFLOCK_BPFFS");
	return env && *env ? env : PINS_DEFAULT_BPFFS;
}

static int join(char path[PATH_MAX], const char *dir, const char *name)
{
	int n = snprintf(path, PATH_MAX, "%s/%s", dir, name);

	return n < 0 || n >= PATH_MAX ? -ENAMETOOLONG : 0;
}

int pins_open_map(const char *set_path, const char *pin, bool writable)
{
	LIBBPF_OPTS(bpf_obj_get_opts, opts, .file_flags = writable ? 0 : BPF_F_RDONLY);
	char path[PATH_MAX];
	int fd, r;

	r = join(path, set_path, pin);
	if (r < 0)
		return r;
	fd = bpf_obj_get_opts(path, &opts);
	return fd < 0 ? -errno : fd;
}

struct pins *pins_free(struct pins *p)
{
	if (!p)
		return NULL;
	close_fdp(&p->policy_fd);
	close_fdp(&p->counters_fd);
	close_fdp(&p->log_state_fd);
	close_fdp(&p->reader_fd);
	close_fdp(&p->stamp_fd);
	free(p->path);
	free(p);
	return NULL;
}

void pins_freep(struct pins **p)
{
	pins_free(*p);
}

/* Reads what every ABI keeps in place, and the rest only if it is ours. */
static int read_stamp(struct pins *p)
{
	struct bpf_map_info info = {};
	uint32_t len = sizeof(info);
	CLEANUP(free_charp) char *value = NULL;

	if (bpf_obj_get_info_by_fd(p->stamp_fd, &info, &len) < 0)
		return -errno;
	if (info.key_size != sizeof(zero) || info.value_size < offsetof(struct bpflock_stamp, object_hash))
		return PINS_FOREIGN;
	value = calloc(1, info.value_size < sizeof(p->stamp) ? sizeof(p->stamp) : info.value_size);
	if (!value)
		return -ENOMEM;
	if (bpf_map_lookup_elem(p->stamp_fd, &zero, value) < 0)
		return -errno;
	memcpy(&p->stamp, value, offsetof(struct bpflock_stamp, object_hash));
	p->stamp.build[sizeof(p->stamp.build) - 1] = '\0';
	if (p->stamp.magic != BPFLOCK_MAGIC || p->stamp.abi != BPFLOCK_ABI ||
	    info.value_size != sizeof(p->stamp))
		return PINS_FOREIGN;
	memcpy(&p->stamp, value, sizeof(p->stamp));
	p->stamp.build[sizeof(p->stamp.build) - 1] = '\0';
	for (size_t i = 0; i < BPFLOCK_REASONS; i++)
		p->stamp.operations[i].name[sizeof(p->stamp.operations[i].name) - 1] = '\0';
	return 0;
}

/* fds differ from -1 only for what could be opened; EACCES and EPERM are told apart from absence. */
static int open_maps(struct pins *p)
{
	struct {
		const char *pin;
		int *fd;
		bool writable;
	} maps[] = {
		{ PIN_STAMP, &p->stamp_fd, false },
		/* the slot needs a writable fd to be switched; whoever may open it at all may do that */
		{ PIN_POLICY, &p->policy_fd, true },
		{ PIN_COUNTERS, &p->counters_fd, false },
		{ PIN_LOG_STATE, &p->log_state_fd, false },
		{ PIN_READER, &p->reader_fd, false },
	};
	int result = 0;

	for (size_t i = 0; i < ARRAY_SIZE(maps); i++) {
		int fd = pins_open_map(p->path, maps[i].pin, maps[i].writable);

		if (fd == -ENOENT)
			result = PINS_BROKEN;
		else if (fd < 0)
			return fd;
		else
			*maps[i].fd = fd;
	}
	return result;
}

int pins_open(const char *bpffs, const char *name, struct pins **ret_pins)
{
	CLEANUP(pins_freep) struct pins *p = NULL;
	char path[PATH_MAX];
	struct stat st;
	int r, stamp;

	r = join(path, bpffs, name);
	if (r < 0)
		return r;
	if (stat(path, &st) < 0)
		return errno == ENOENT || errno == ENOTDIR ? PINS_ABSENT : -errno;
	p = malloc(sizeof(*p));
	if (!p)
		return -ENOMEM;
	*p = (struct pins){ .policy_fd = -1, .counters_fd = -1, .log_state_fd = -1,
			    .reader_fd = -1, .stamp_fd = -1 };
	p->path = strdup(path);
	if (!p->path)
		return -ENOMEM;
	r = open_maps(p);
	if (r < 0)
		return r;
	if (p->stamp_fd >= 0) {
		stamp = read_stamp(p);
		if (stamp)
			r = stamp;
		if (r < 0)
			return r;
	}
	*ret_pins = TAKE_PTR(p);
	return r;
}

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

/*
 * Who holds a flock on this inode, from /proc/locks: "1: FLOCK  ADVISORY  WRITE 1234 00:1c:5678 0 EOF"
 * (fs/locks.c), with the pid already as our pid namespace sees it.
 */
static pid_t lock_holder(int fd)
{
	CLEANUP(free_charp) char *text = NULL;
	struct stat st;

	if (fstat(fd, &st) < 0 || text_read_file(AT_FDCWD, "/proc/locks", 16 << 20, &text, NULL) < 0)
		return 0;
	for (char *save = NULL, *line = strtok_r(text, "\n", &save); line;
	     line = strtok_r(NULL, "\n", &save)) {
		unsigned int maj, min;
		unsigned long ino;
		int pid;

		if (sscanf(line, "%*u: FLOCK ADVISORY WRITE %d %x:%x:%lu", &pid, &maj, &min, &ino) == 4 &&
		    ino == st.st_ino && makedev(maj, min) == st.st_dev)
			return pid;
	}
	return 0;
}

static int lock_once(int fd)
{
	if (flock(fd, LOCK_EX | LOCK_NB) == 0)
		return 0;
	return errno == EWOULDBLOCK || errno == EINTR ? PINS_BUSY : -errno;
}

int pins_lock_dir(const char *path, int *ret_fd, pid_t *ret_holder)
{
	return pins_lock(path, 0, ret_fd, ret_holder);
}

int pins_lock(const char *bpffs, unsigned int wait_ms, int *ret_fd, pid_t *ret_holder)
{
	static const struct timespec pause = { .tv_nsec = 20 * 1000 * 1000 };
	CLEANUP(close_fdp) int fd = -1;
	int r;

	fd = open(bpffs, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	while ((r = lock_once(fd)) == PINS_BUSY && wait_ms > 0) {
		nanosleep(&pause, NULL);
		wait_ms -= wait_ms < 20 ? wait_ms : 20;
	}
	if (r == PINS_BUSY)
		*ret_holder = lock_holder(fd);
	if (r)
		return r;
	*ret_fd = TAKE_FD(fd);
	return 0;
}

void pins_describe_holder(const char *bpffs, pid_t holder, char *text, size_t len)
{
	char who[32] = "another process";

	/* 0: /proc/locks does not show it, be it because the process is outside our pid namespace */
	if (holder)
		snprintf(who, sizeof(who), "process %d", (int)holder);
	snprintf(text, len, "%s is locked by %s, which is changing the policy: try again when it is done",
		 bpffs, who);
}

int pins_read_policy(const struct pins *p, struct bpflock_policy *ret_policy)
{
	/* the map whose id we read may be replaced, and be gone, before we can open it: look again */
	for (int tries = 0; tries < 100; tries++) {
		CLEANUP(close_fdp) int inner = -1;
		struct bpflock_policy policy;
		uint32_t id;

		if (bpf_map_lookup_elem(p->policy_fd, &zero, &id) < 0)
			return -errno;
		inner = bpf_map_get_fd_by_id(id);
		if (inner < 0 && errno == ENOENT)
			continue;
		if (inner < 0 || bpf_map_lookup_elem(inner, &zero, &policy) < 0)
			return -errno;
		for (size_t s = 0; s < _BPFLOCK_SETTING_MAX; s++)
			policy.sources[s][BPFLOCK_SOURCE_LEN - 1] = '\0';
		*ret_policy = policy;
		return 0;
	}
	return -EAGAIN;
}

int pins_write_policy_slot(int policy_fd, const struct bpflock_policy *policy)
{
	LIBBPF_OPTS(bpf_map_create_opts, opts, .map_flags = BPF_F_RDONLY_PROG);
	CLEANUP(close_fdp) int inner = -1;

	/* type, sizes and flags must equal those of the slot's template in kimglock.bpf.c */
	inner = bpf_map_create(BPF_MAP_TYPE_ARRAY, "bpflock_policy", sizeof(zero), sizeof(*policy), 1,
			       &opts);
	if (inner < 0)
		return -errno;
	if (bpf_map_update_elem(inner, &zero, policy, BPF_ANY) < 0)
		return -errno;
	/* RDONLY_PROG and frozen: from here on nobody can write it, only replace it */
	if (bpf_map_freeze(inner) < 0)
		return -errno;
	if (bpf_map_update_elem(policy_fd, &zero, &inner, BPF_ANY) < 0)
		return -errno;
	return 0;
}

int pins_write_policy(const struct pins *p, const struct bpflock_policy *policy)
{
	return pins_write_policy_slot(p->policy_fd, policy);
}

static void add_counters(struct bpflock_counters *to, const struct bpflock_counters *from)
{
	for (size_t v = 0; v < _BPFLOCK_VERDICT_MAX; v++)
		to->verdicts[v] += from->verdicts[v];
	to->emitted += from->emitted;
	to->coalesced += from->coalesced;
	to->dropped += from->dropped;
	to->unlogged += from->unlogged;
}

int pins_read_counters(const struct pins *p, struct bpflock_counters ret[BPFLOCK_COUNTERS_MAX])
{
	struct bpflock_counters sums[BPFLOCK_COUNTERS_MAX] = {};
	struct bpflock_counters *values;
	int r = 0, cpus = libbpf_num_possible_cpus();

	if (cpus < 0)
		return cpus;
	values = calloc(cpus, sizeof(*values));
	if (!values)
		return -ENOMEM;
	for (uint32_t i = 0; i < BPFLOCK_COUNTERS_MAX; i++) {
		if (bpf_map_lookup_elem(p->counters_fd, &i, values) < 0) {
			r = -errno;
			break;
		}
		for (int cpu = 0; cpu < cpus; cpu++)
			add_counters(&sums[i], &values[cpu]);
	}
	free(values);
	if (r == 0)
		memcpy(ret, sums, sizeof(sums));
	return r;
}

int pins_read_log_state(const struct pins *p, struct bpflock_log_state *ret)
{
	return bpf_map_lookup_elem(p->log_state_fd, &zero, ret) < 0 ? -errno : 0;
}

int pins_read_reader_state(const struct pins *p, struct bpflock_reader_state *ret)
{
	return bpf_map_lookup_elem(p->reader_fd, &zero, ret) < 0 ? -errno : 0;
}

int pins_write_reader_state(int fd, const struct bpflock_reader_state *state)
{
	return bpf_map_update_elem(fd, &zero, state, BPF_ANY) < 0 ? -errno : 0;
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
		int r = join(path, set_path, dirs[i]);

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
 * A link's id is gone before its program is detached, but the program is put only after that: so it is the
 * programs that are waited for. One that somebody merely holds open is waited for in vain, and attached no
 * more all the same.
 */
static int wait_gone(const struct pins_program *rows, size_t n, unsigned int wait_ms)
{
	static const struct timespec pause = { .tv_nsec = 5 * 1000 * 1000 };

	for (size_t i = 0; i < n; i++) {
		while (wait_ms >= 5 && (program_exists(rows[i].prog_id) || link_exists(rows[i].link_id))) {
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

	r = join(path, bpffs, name);
	if (r < 0)
		return r;
	n = pins_read_programs(path, programs, PINS_MAX_PROGRAMS);
	if (n < 0)
		return n;
	r = remove_pins(bpffs, name);
	return r ? r : wait_gone(programs, n, wait_ms);
}
