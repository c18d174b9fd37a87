// SPDX-License-Identifier: GPL-2.0-only
#include "seal.h"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/bpf.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "clock.h"
#include "seal.skel.h"

#include "cgroupfs.h"
#include "pins-inner.h"
#include "ring.h"
#include "seal-objects.h"
#include "util.h"

static const uint32_t zero;

static const char *const level_names[_BPFLOCK_SEAL_MAX] = {
	[BPFLOCK_SEAL_NONE] = "no",
	[BPFLOCK_SEAL_PINS] = "pins",
	[BPFLOCK_SEAL_OBJECTS] = "objects",
};

const char *seal_level_name(uint32_t level)
{
	return level < _BPFLOCK_SEAL_MAX ? level_names[level] : NULL;
}

/* What the kernel says of a map's fd alone. */
static bool is_frozen(int fd)
{
	CLEANUP(close_filep) FILE *f = NULL;
	char path[64], line[128];
	unsigned int frozen = 0;

	snprintf(path, sizeof(path), "/proc/self/fdinfo/%d", fd);
	f = fopen(path, "re");
	while (f && fgets(line, sizeof(line), f))
		if (sscanf(line, "frozen: %u", &frozen) == 1)
			break;
	return frozen;
}

int seal_read(const char *set_path, struct bpflock_seal *ret_seal, bool *ret_whole)
{
	CLEANUP(close_fdp) int fd = pins_open_map(set_path, PIN_SEAL, false);
	struct bpf_map_info info = {};
	uint32_t len = sizeof(info);

	*ret_seal = (struct bpflock_seal){};
	*ret_whole = true;
	if (fd == -ENOENT)
		return 0;
	if (fd < 0)
		return fd;
	if (bpf_obj_get_info_by_fd(fd, &info, &len) < 0)
		return -errno;
	if (info.value_size != sizeof(*ret_seal)) {
		/* another version's: what it keeps from being done is not known here */
		ret_seal->level = BPFLOCK_SEAL_OBJECTS;
		snprintf(ret_seal->source, sizeof(ret_seal->source), "another version of bpflock");
		return 0;
	}
	if (bpf_map_lookup_elem(fd, &zero, ret_seal) < 0)
		return -errno;
	ret_seal->source[sizeof(ret_seal->source) - 1] = '\0';
	*ret_whole = !ret_seal->level || is_frozen(fd); /* it is the last to be frozen */
	return 0;
}

void seal_describe(const struct bpflock_seal *s, char ret_text[SEAL_TEXT_LEN])
{
	const char *level = seal_level_name(s->level);
	time_t t = clock_realtime_of(s->since) / NS_PER_S;
	struct tm tm;
	char when[32];

	strftime(when, sizeof(when), "%Y-%m-%dT%H:%M:%SZ", gmtime_r(&t, &tm));
	snprintf(ret_text, SEAL_TEXT_LEN, "%s, until reboot, since %s by uid %u (%s)",
		 level ? level : "a level unknown here", when, s->uid, s->source);
}

/* What sealing works on, and what it ends with. */
struct sealing {
	struct pins *pins;
	struct seal_bpf *skel;
	int dir_fd;	/* of the set's directory */
	int frozen[32]; /* maps to freeze; owned */
	size_t n_frozen;
	struct seal_objects objects;
	char *error;
	size_t error_len;
};

PRINTF(3, 4)
static int fail(struct sealing *s, int r, const char *fmt, ...)
{
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(s->error, s->error_len, fmt, ap);
	va_end(ap);
	if (n > 0 && (size_t)n < s->error_len)
		snprintf(s->error + n, s->error_len - n, ": %s", strerror(-r));
	return r;
}

static void sealing_done(struct sealing *s)
{
	seal_bpf__destroy(s->skel);
	close_fdp(&s->dir_fd);
	for (size_t i = 0; i < s->n_frozen; i++)
		close_fdp(&s->frozen[i]);
}

/* What would be kept from being unmounted is the mount that init sees. */
static bool in_hosts_mount_namespace(void)
{
	struct stat own, init;

	return stat("/proc/self/ns/mnt", &own) == 0 && stat("/proc/1/ns/mnt", &init) == 0 &&
	       own.st_dev == init.st_dev && own.st_ino == init.st_ino;
}

static int reuse(struct bpf_map *map, const char *set_path, const char *pin)
{
	CLEANUP(close_fdp) int fd = pins_open_map(set_path, pin, true);

	return fd < 0 ? fd : bpf_map__reuse_fd(map, fd);
}

static int load(struct sealing *s)
{
	const char *path = s->pins->path;
	struct bpflock_policy host;
	int r = pins_read_host_policy(s->pins, &host);

	if (r < 0)
		return fail(s, r, "cannot read the policy of %s", path);
	s->skel = seal_bpf__open();
	if (!s->skel)
		return fail(s, -errno, "cannot open the BPF object of the seal");
	s->skel->rodata->asked_tgid = getpid();
	s->skel->rodata->asked_fd = s->dir_fd;
	ring_share(&host, s->skel->rodata->budgets);
	r = reuse(s->skel->maps.counters, path, PIN_COUNTERS);
	if (r == 0)
		r = reuse(s->skel->maps.log_state, path, PIN_LOG_STATE);
	if (r == 0)
		r = reuse(s->skel->maps.reader, path, PIN_READER);
	if (r == 0)
		r = reuse(s->skel->maps.ring, path, PIN_RING);
	if (r < 0)
		return fail(s, r, "cannot use the log of %s", path);
	r = seal_bpf__load(s->skel);
	return r < 0 ? fail(s, r, "the kernel refused the programs of the seal") : 0;
}

/* The mount that the set is on, as the kernel addresses it: an iterator over files finds our fd. */
static int find_mount(struct sealing *s, uint64_t *ret_mount)
{
	struct bpf_link *link = bpf_program__attach_iter(s->skel->progs.seal_mount, NULL);
	CLEANUP(close_fdp) int fd = -1;
	char nothing[64];
	int r = 0;

	if (!link)
		return fail(s, -errno, "cannot look for the mount of %s", s->pins->path);
	fd = bpf_iter_create(bpf_link__fd(link));
	if (fd < 0)
		r = -errno;
	while (r == 0) {
		ssize_t n = read(fd, nothing, sizeof(nothing));

		if (n == 0)
			break;
		if (n < 0 && errno != EAGAIN && errno != EINTR)
			r = -errno;
	}
	bpf_link__destroy(link);
	*ret_mount = s->skel->bss->mount_of_fd;
	if (r == 0 && !*ret_mount)
		r = -ENOENT;
	return r < 0 ? fail(s, r, "cannot find the mount of %s", s->pins->path) : 0;
}

static int keep_to_freeze(struct sealing *s, int fd)
{
	if (fd < 0)
		return fd;
	if (s->n_frozen == ARRAY_SIZE(s->frozen)) {
		close(fd);
		return -E2BIG;
	}
	s->frozen[s->n_frozen++] = fd;
	return 0;
}

/*
 * What user space writes no more, the seal itself last. Programs go on writing where they do. Inner
 * maps are frozen since they were made.
 */
static int open_to_freeze(struct sealing *s, enum bpflock_seal_level level)
{
	static const char *const pins[] = { PIN_POLICY, PIN_RULES,    PIN_NODES,    PIN_ENDS,
					    PIN_GRANTS, PIN_COUNTERS, PIN_LOG_STATE };
	static const char *const own[] = { PIN_SEALED, PIN_SEAL };
	bool objects = level == BPFLOCK_SEAL_OBJECTS;
	int r = 0;

	for (size_t i = 0; r == 0 && objects && i < ARRAY_SIZE(pins); i++)
		r = keep_to_freeze(s, pins_open_map(s->pins->path, pins[i], true));
	for (size_t i = 0; r == 0 && i < ARRAY_SIZE(own); i++)
		r = keep_to_freeze(s, pins_open_map(s->pins->path, own[i], true));
	return r < 0 ? fail(s, r, "cannot open the maps of %s", s->pins->path) : 0;
}

static int make_directories(struct sealing *s)
{
	static const char *const names[] = { "seal", "seal/maps", "seal/links", "seal/progs" };

	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		if (mkdirat(s->dir_fd, names[i], 0700) < 0)
			return fail(s, -errno, "cannot make directory %s/%s", s->pins->path,
				    names[i]);
	return 0;
}

static int pin(struct sealing *s, int fd, const char *directory, const char *name)
{
	char path[PATH_MAX];

	snprintf(path, sizeof(path), "%s/seal/%s/%s", s->pins->path, directory, name);
	return bpf_obj_pin(fd, path) < 0 ? fail(s, -errno, "cannot pin %s", path) : 0;
}

static struct bpf_link *attach_program(struct bpf_program *prog, int cgroup_fd)
{
	return bpf_program__type(prog) == BPF_PROG_TYPE_CGROUP_SYSCTL
		       ? bpf_program__attach_cgroup(prog, cgroup_fd)
		       : bpf_program__attach(prog);
}

/* They are passive until the map seal says a level. */
static int attach(struct sealing *s)
{
	CLEANUP(close_fdp) int cgroup_fd = cgroupfs_open();
	struct bpf_program *prog;

	if (cgroup_fd < 0)
		return fail(s, cgroup_fd, "cannot guard sysctls without a cgroup v2 hierarchy");
	bpf_object__for_each_program (prog, s->skel->obj) {
		struct bpf_link *link;
		int r;

		if (prog == s->skel->progs.seal_mount)
			continue;
		link = attach_program(prog, cgroup_fd);
		if (!link)
			return fail(s, -errno, "cannot attach program %s", bpf_program__name(prog));
		r = pin(s, bpf_link__fd(link), "links", bpf_program__name(prog));
		bpf_link__destroy(link);
		if (r < 0)
			return r;
	}
	return 0;
}

/* Everything but the level. */
static int prepare(struct sealing *s)
{
	int maps[] = { bpf_map__fd(s->skel->maps.seal), bpf_map__fd(s->skel->maps.sealed) };
	int r = make_directories(s);

	if (r == 0)
		r = pin(s, maps[0], "maps", "seal");
	if (r == 0)
		r = pin(s, maps[1], "maps", "sealed");
	/* something to try the guards on */
	if (r == 0)
		r = pin(s, bpf_program__fd(s->skel->progs.seal_mount), "progs", "proof");
	if (r == 0)
		r = attach(s);
	if (r < 0)
		return r;
	r = seal_objects_collect(s->pins->path, &s->objects);
	if (r < 0)
		return fail(s, r, "cannot take stock of %s", s->pins->path);
	for (uint32_t i = 0; i < s->objects.n; i++)
		if (bpf_map_update_elem(maps[1], &s->objects.keys[i], &s->objects.flags[i],
					BPF_ANY) < 0)
			return fail(s, -errno, "cannot fill the map of what is sealed");
	return 0;
}

/* Somebody may be trying to hinder it, so whatever can be frozen is. */
static int freeze(struct sealing *s)
{
	int r = 0;

	for (size_t i = 0; i < s->n_frozen; i++)
		if (bpf_map_freeze(s->frozen[i]) < 0 && !is_frozen(s->frozen[i]))
			r = -errno;
	return r < 0 ? fail(s, r, "sealed, but cannot freeze all maps") : 0;
}

/* From the first step on there is a seal; the guards themselves refuse the second, which proves
 * them. */
static int close_seal(struct sealing *s, const struct bpflock_seal *seal)
{
	int r;

	if (bpf_map_update_elem(bpf_map__fd(s->skel->maps.seal), &zero, seal, BPF_ANY) < 0)
		return fail(s, -errno, "cannot write the seal");
	r = freeze(s);
	if (r == 0 && unlinkat(s->dir_fd, "seal/progs/proof", 0) == 0)
		return fail(s, -ENOTRECOVERABLE, "sealed, but the kernel does not ask the guards");
	return r;
}

static int run(struct sealing *s, enum bpflock_seal_level level, const char *source)
{
	struct bpflock_seal seal = { .level = level, .uid = getuid() };
	uint64_t mount = 0;
	int r;

	s->dir_fd = open(s->pins->path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (s->dir_fd < 0)
		return fail(s, -errno, "cannot open %s", s->pins->path);
	/* of one that was interrupted before it came into force */
	r = pins_remove_seal(s->pins->path);
	if (r < 0)
		return fail(s, r, "cannot remove %s/seal of an interrupted run", s->pins->path);
	r = load(s);
	if (r == 0)
		r = find_mount(s, &mount);
	if (r == 0)
		r = prepare(s);
	if (r == 0)
		r = open_to_freeze(s, level);
	if (r < 0) {
		pins_remove_seal(s->pins->path);
		return r;
	}
	seal.mount = mount;
	seal.since = clock_boottime();
	snprintf(seal.source, sizeof(seal.source), "%s", source);
	return close_seal(s, &seal);
}

int seal_apply(struct pins *p, enum bpflock_seal_level level, const char *source, char *error,
	       size_t len)
{
	struct sealing s = { .pins = p, .dir_fd = -1, .error = error, .error_len = len };
	struct bpflock_seal seal;
	bool whole;
	int r = seal_read(p->path, &seal, &whole);

	if (r < 0)
		return fail(&s, r, "cannot read the seal of %s", p->path);
	if (seal.level && whole)
		return fail(&s, -EALREADY, "%s is sealed already", p->path);
	if (!in_hosts_mount_namespace())
		return fail(
			&s, -EXDEV,
			"sealing keeps a mount in place: run it in the mount namespace of pid 1");
	if (seal.level) { /* interrupted once it was in force */
		r = open_to_freeze(&s, seal.level);
		if (r == 0)
			r = freeze(&s);
	} else {
		r = run(&s, level, source);
	}
	sealing_done(&s);
	return r;
}
