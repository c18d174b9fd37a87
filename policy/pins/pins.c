// SPDX-License-Identifier: GPL-2.0-only
#include "pins.h"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <limits.h>
#include <linux/magic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/vfs.h>

#include "ask.h"
#include "operations.h"
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

bool pins_bpffs_valid(const char *bpffs)
{
	return bpffs[0] && strlen(bpffs) < PATH_MAX - 128;
}

bool pins_is_bpffs(const char *path)
{
	struct statfs fs;

	/* who may not even look there learns that from what is tried next */
	return statfs(path, &fs) < 0 || fs.f_type == BPF_FS_MAGIC;
}

int pins_path(char path[PATH_MAX], const char *dir, const char *name)
{
	int n = snprintf(path, PATH_MAX, "%s/%s", dir, name);

	return n < 0 || n >= PATH_MAX ? -ENAMETOOLONG : 0;
}

int pins_open_map(const char *set_path, const char *pin, bool writable)
{
	LIBBPF_OPTS(bpf_obj_get_opts, opts, .file_flags = writable ? 0 : BPF_F_RDONLY);
	char path[PATH_MAX];
	int fd, r;

	r = pins_path(path, set_path, pin);
	if (r < 0)
		return r;
	fd = bpf_obj_get_opts(path, &opts);
	return fd < 0 ? -errno : fd;
}

/* The pinned maps and where their fds are kept. */
static const struct {
	const char *pin;
	size_t offset; /* in struct pins */
	bool slots; /* those of policies: written, to switch one */
	bool log;   /* the log's too */
	bool given; /* also of a sealed set */
} maps[] = {
	{ PIN_STAMP, offsetof(struct pins, stamp_fd), false, true },
	{ PIN_POLICY, offsetof(struct pins, slots.policy), true },
	{ PIN_RULES, offsetof(struct pins, slots.rules), true },
	{ PIN_NODES, offsetof(struct pins, slots.nodes), true },
	{ PIN_ENDS, offsetof(struct pins, slots.ends), true },
	{ PIN_GRANTS, offsetof(struct pins, slots.grants), true },
	{ PIN_COUNTERS, offsetof(struct pins, counters_fd) },
	{ PIN_LOG_STATE, offsetof(struct pins, log_state_fd), false, true },
	{ PIN_READER, offsetof(struct pins, reader_fd), false, true, true },
	{ PIN_RECENT, offsetof(struct pins, recent_fd), false, true },
	{ PIN_KEPT, offsetof(struct pins, kept_fd), false, true },
	{ PIN_REFUSING, offsetof(struct pins, refusing_fd) },
	{ PIN_LATCH_MAP, offsetof(struct pins, latch_fd) },
	{ PIN_RING, offsetof(struct pins, ring_fd), false, true, true },
};

static int *fd_of(struct pins *p, size_t i)
{
	return (int *)((char *)p + maps[i].offset);
}

struct pins *pins_free(struct pins *p)
{
	if (!p)
		return NULL;
	for (size_t i = 0; i < ARRAY_SIZE(maps); i++)
		close_fdp(fd_of(p, i));
	close_fdp(&p->slots.ask);
	free(p->path);
	free(p);
	return NULL;
}

void pins_freep(struct pins **p)
{
	pins_free(*p);
}

static void end_texts(struct bpflock_stamp *s)
{
	s->build[sizeof(s->build) - 1] = '\0';
	s->replaced.build[sizeof(s->replaced.build) - 1] = '\0';
	for (size_t i = 0; i < BPFLOCK_REASONS; i++)
		s->operations[i].name[sizeof(s->operations[i].name) - 1] = '\0';
}

/* Another version's sealed set answers nothing that is understood here. */
static int read_sealed_stamp(struct pins *p)
{
	int r = ask_stamp(p->slots.ask, &p->stamp);

	if (r < 0 && r != -EINVAL && r != -ENOENT)
		return r;
	end_texts(&p->stamp);
	return r < 0 || p->stamp.magic != BPFLOCK_MAGIC || p->stamp.abi != BPFLOCK_ABI
		       ? PINS_FOREIGN
		       : 0;
}

/* Reads what every ABI keeps in place, and the rest only if it is ours. */
static int read_stamp(struct pins *p)
{
	struct bpf_map_info info = {};
	uint32_t len = sizeof(info);
	CLEANUP(free_charp) char *value = NULL;

	if (bpf_obj_get_info_by_fd(p->stamp_fd, &info, &len) < 0)
		return -errno;
	if (info.key_size != sizeof(zero) ||
	    info.value_size < offsetof(struct bpflock_stamp, object_hash))
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
	end_texts(&p->stamp);
	return 0;
}

/*
 * Opens the maps: an fd differs from -1 only if it could be opened; EACCES and EPERM are not
 * absence.
 */
static int open_maps(struct pins *p, bool log)
{
	int result = 0;

	for (size_t i = 0; i < ARRAY_SIZE(maps); i++) {
		int fd;

		if ((log && !maps[i].log) || (p->slots.ask >= 0 && !maps[i].given))
			continue;
		fd = pins_open_map(p->path, maps[i].pin, false);
		if (fd == -ENOENT)
			result = PINS_BROKEN;
		else if (fd < 0)
			return fd;
		else
			*fd_of(p, i) = fd;
	}
	return result;
}

static int open_set(const char *bpffs, const char *name, bool log, struct pins **ret_pins)
{
	CLEANUP(pins_freep) struct pins *p = NULL;
	char path[PATH_MAX];
	struct stat st;
	int r, stamp;

	r = pins_path(path, bpffs, name);
	if (r < 0)
		return r;
	if (!pins_is_bpffs(bpffs))
		return PINS_ABSENT;
	if (lstat(path, &st) < 0)
		return errno == ENOENT || errno == ENOTDIR ? PINS_ABSENT : -errno;
	if (!S_ISDIR(st.st_mode) || st.st_uid != 0)
		return -ENOTDIR;
	p = malloc(sizeof(*p));
	if (!p)
		return -ENOMEM;
	*p = (struct pins){};
	for (size_t i = 0; i < ARRAY_SIZE(maps); i++)
		*fd_of(p, i) = -1;
	p->slots.ask = -1;
	p->path = strdup(path);
	if (!p->path)
		return -ENOMEM;
	p->slots.ask = ask_open(path);
	if (p->slots.ask < 0 && p->slots.ask != -ENOENT)
		return p->slots.ask;
	r = open_maps(p, log);
	if (r < 0)
		return r;
	if (p->slots.ask >= 0 || p->stamp_fd >= 0) {
		stamp = p->slots.ask >= 0 ? read_sealed_stamp(p) : read_stamp(p);
		if (stamp)
			r = stamp;
		if (r < 0)
			return r;
		p->slots.proof = operations_proof(p->stamp.operations);
	}
	*ret_pins = TAKE_PTR(p);
	return r;
}

int pins_open(const char *bpffs, const char *name, struct pins **ret_pins)
{
	return open_set(bpffs, name, false, ret_pins);
}

uint32_t pins_stamp_id(const struct pins *p)
{
	struct bpf_map_info info = {};
	uint32_t len = sizeof(info);

	return p->stamp_fd >= 0 && bpf_obj_get_info_by_fd(p->stamp_fd, &info, &len) == 0 ? info.id : 0;
}

int pins_make_writable(struct pins *p)
{
	if (p->slots.ask >= 0)
		return -EPERM;
	for (size_t i = 0; i < ARRAY_SIZE(maps); i++) {
		int fd;

		if (!maps[i].slots)
			continue;
		fd = pins_open_map(p->path, maps[i].pin, true);
		if (fd < 0)
			return fd;
		close_fdp(fd_of(p, i));
		*fd_of(p, i) = fd;
	}
	return 0;
}

int pins_open_log(const char *bpffs, const char *name, struct pins **ret_pins)
{
	return open_set(bpffs, name, true, ret_pins);
}

static void add_counters(struct bpflock_counters *to, const struct bpflock_counters *from)
{
	for (size_t v = 0; v < _BPFLOCK_VERDICT_MAX; v++)
		to->verdicts[v] += from->verdicts[v];
	to->emitted += from->emitted;
	to->coalesced += from->coalesced;
	to->dropped += from->dropped;
	to->unlogged += from->unlogged;
	to->proofs += from->proofs;
}

/* All at once, since Linux 5.13: a seal counts on nothing being lost meanwhile. */
static int read_of_each_cpu(int fd, struct bpflock_counters *values)
{
	uint32_t keys[BPFLOCK_COUNTERS_MAX], n = BPFLOCK_COUNTERS_MAX, next;

	/* ENOENT says that there are no more */
	if (bpf_map_lookup_batch(fd, NULL, &next, keys, values, &n, NULL) < 0 && errno != ENOENT)
		return -errno;
	return n == BPFLOCK_COUNTERS_MAX ? 0 : -EBADMSG;
}

int pins_read_counters(const struct pins *p, struct bpflock_counters ret[BPFLOCK_COUNTERS_MAX])
{
	int r, cpus = libbpf_num_possible_cpus();
	struct bpflock_counters *values;

	if (p->slots.ask >= 0)
		return ask_counters(p->slots.ask, ret);
	if (cpus < 0)
		return cpus;
	values = calloc((size_t)BPFLOCK_COUNTERS_MAX * cpus, sizeof(*values));
	if (!values)
		return -ENOMEM;
	r = read_of_each_cpu(p->counters_fd, values);
	if (r == 0)
		memset(ret, 0, sizeof(*ret) * BPFLOCK_COUNTERS_MAX);
	for (size_t i = 0; r == 0 && i < BPFLOCK_COUNTERS_MAX; i++)
		for (int cpu = 0; cpu < cpus; cpu++)
			add_counters(&ret[i], &values[i * cpus + cpu]);
	free(values);
	return r;
}

int pins_read_log_state(const struct pins *p, struct bpflock_log_state *ret)
{
	if (p->slots.ask >= 0)
		return ask_log_state(p->slots.ask, ret);
	return bpf_map_lookup_elem(p->log_state_fd, &zero, ret) < 0 ? -errno : 0;
}

bool pins_has_module_program(const struct pins *p)
{
	CLEANUP(close_fdp) int fd = pins_open_map(p->path, "progs/" BPFLOCK_MODULE_PROGRAM, true);

	return fd >= 0;
}

int pins_read_latch(const struct pins *p, struct bpflock_latch *ret)
{
	int r = p->slots.ask >= 0			      ? ask_latch(p->slots.ask, ret)
		: bpf_map_lookup_elem(p->latch_fd, &zero, ret) < 0 ? -errno
								   : 0;

	for (size_t i = 0; r == 0 && i < BPFLOCK_REASONS; i++)
		ret->by[i].source[sizeof(ret->by[i].source) - 1] = '\0';
	return r;
}

int pins_latch(const char *set_path, uint64_t operations, const char *source,
	       uint64_t *ret_operations)
{
	struct bpflock_latching what = { .operations = operations };
	CLEANUP(close_fdp) int fd = pins_open_map(set_path, PIN_LATCH, true);
	int r;

	if (fd < 0)
		return fd;
	snprintf(what.source, sizeof(what.source), "%s", source);
	r = ask_run(fd, &what, sizeof(what));
	if (r)
		return r < 0 ? r : -EIO;
	if (ret_operations)
		*ret_operations = what.operations;
	return (what.operations & operations) == operations ? 0 : -EIO;
}

int pins_read_reader_state(const struct pins *p, struct bpflock_reader_state *ret)
{
	return bpf_map_lookup_elem(p->reader_fd, &zero, ret) < 0 ? -errno : 0;
}

int pins_write_reader_state(int fd, const struct bpflock_reader_state *state)
{
	return bpf_map_update_elem(fd, &zero, state, BPF_ANY) < 0 ? -errno : 0;
}
