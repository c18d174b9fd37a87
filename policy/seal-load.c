// SPDX-License-Identifier: GPL-2.0-only
#include "seal-load.h"

#include <bpf/bpf.h>
#include <bpf/btf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/bpf.h>
#include <string.h>
#include <sys/stat.h>

#include "sealed.skel.h"

#include "ask.h"
#include "pins-inner.h"
#include "ring.h"
#include "seal-look.h"
#include "strictness.h"
#include "util.h"

#define PROGRAMS_MAX 32
#define MAPS_MAX     64 /* MAX_USED_MAPS, kernel/bpf/verifier.c */

static const uint32_t zero;

struct sealed_set {
	struct sealed *skel; /* until the maps are closed */
	int rodata_fd;
	struct pins_slots slots;
	uint32_t stricter;
	size_t n; /* the programs, whose fds outlive the skeleton */
	struct {
		char name[32]; /* without the prefix */
		enum bpf_prog_type type;
		int fd;
	} programs[PROGRAMS_MAX];
};

/* Which programs the root has, and by what; the lock is the last to be attached and the first to
 * go. */
static const struct {
	const char *name;
	enum bpf_attach_type type;
} on_root[_BPFLOCK_ROOT_MAX] = {
	[BPFLOCK_ROOT_LOCKED_DOWN] = { BPFLOCK_HOOK_PROGRAM, BPF_LSM_CGROUP },
	[BPFLOCK_ROOT_GUARD_BPF] = { "guard_bpf", BPF_LSM_CGROUP },
	[BPFLOCK_ROOT_GUARD_MAP] = { "guard_map", BPF_LSM_CGROUP },
	[BPFLOCK_ROOT_GUARD_PROG] = { "guard_prog", BPF_LSM_CGROUP },
	[BPFLOCK_ROOT_GUARD_SYSCTL] = { "guard_sysctl", BPF_CGROUP_SYSCTL },
};

PRINTF(4, 5)
static int fail(int r, char *error, size_t len, const char *fmt, ...)
{
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(error, len, fmt, ap);
	va_end(ap);
	if (n > 0 && (size_t)n < len)
		snprintf(error + n, len - n, ": %s", strerror(-r));
	return r;
}

void sealed_close_maps(struct sealed_set *s)
{
	sealed__destroy(s->skel);
	s->skel = NULL;
	close_fdp(&s->rodata_fd);
	s->rodata_fd = -1;
}

struct sealed_set *sealed_free(struct sealed_set *s)
{
	if (!s)
		return NULL;
	sealed_close_maps(s);
	for (size_t i = 0; i < s->n; i++)
		close_fdp(&s->programs[i].fd);
	free(s);
	return NULL;
}

void sealed_freep(struct sealed_set **s)
{
	sealed_free(*s);
}

int sealed_program(const struct sealed_set *s, const char *name)
{
	for (size_t i = 0; i < s->n; i++)
		if (strcmp(s->programs[i].name, name) == 0)
			return s->programs[i].fd;
	return -ENOENT;
}

int sealed_run(const struct sealed_set *s, const char *name, void *context, uint32_t size)
{
	int fd = sealed_program(s, name);

	return fd < 0 ? fd : ask_run(fd, context, size);
}

static const char *plain_name(const char *name)
{
	return ask_is_reserved(name) ? name + BPFLOCK_SEALED_PREFIX_LEN : name;
}

/* Exec tracers are loaded if the set to be sealed has them; all else always. */
static void choose(struct sealed_set *s, const struct pins *p)
{
	struct bpf_program *prog;

	bpf_object__for_each_program (prog, s->skel->obj) {
		char path[PATH_MAX];

		if (strncmp(bpf_program__section_name(prog), "fexit/", 6) != 0 &&
		    strncmp(bpf_program__section_name(prog), "tp_btf/", 7) != 0)
			continue;
		snprintf(path, sizeof(path), "%s/links/%s", p->path,
			 plain_name(bpf_program__name(prog)));
		bpf_program__set_autoload(prog, access(path, F_OK) == 0);
	}
}

/* Each name is one that nothing else can have, by the linker's mistake neither. */
static int check_names(const struct sealed_set *s)
{
	struct bpf_program *prog;
	struct bpf_map *map;

	bpf_object__for_each_map(
		map, s->skel->obj) if (!bpf_map__is_internal(map) &&
				       !ask_is_reserved(bpf_map__name(map))) return -EBADMSG;
	else if (bpf_map__is_internal(map) &&
		 map != s->skel->maps
				 .rodata) return -EBADMSG; /* variables, which anybody could map */
	bpf_object__for_each_program (prog, s->skel->obj)
		if (!ask_is_reserved(bpf_program__name(prog)))
			return -EBADMSG;
	return 0;
}

static int find_hooks(struct sealed_set *s)
{
	static const char *const hooks[] = { "locked_down", "bpf", "bpf_map", "bpf_prog" };
	struct btf *btf = btf__load_vmlinux_btf();
	int r = 0;

	if (!btf)
		return -errno;
	for (size_t i = 0; i < ARRAY_SIZE(hooks) && r == 0; i++) {
		char asking[64], lsm[64];
		int a, b;

		snprintf(asking, sizeof(asking), "security_%s", hooks[i]);
		snprintf(lsm, sizeof(lsm), "bpf_lsm_%s", hooks[i]);
		a = btf__find_by_name_kind(btf, asking, BTF_KIND_FUNC);
		b = btf__find_by_name_kind(btf, lsm, BTF_KIND_FUNC);
		s->skel->rodata->asking_functions[i] = a > 0 ? a : 0;
		s->skel->rodata->lsm_functions[i] = b;
		r = b < 0 ? b : 0;
	}
	if (r == 0)
		s->skel->rodata->lsm_may_consent =
			seal_lsm_may_consent(s->skel->rodata->lsm_functions[1]);
	btf__free(btf);
	return r;
}

/*
 * The constants go into a map of our own making, because libbpf's could be mapped, and into a slot,
 * where a program finds it to count its references.
 */
static int make_rodata(struct sealed_set *s)
{
	LIBBPF_OPTS(bpf_map_create_opts, opts, .map_flags = BPF_F_RDONLY_PROG);
	struct bpf_map *map = s->skel->maps.rodata;
	size_t size;
	const void *value = bpf_map__initial_value(map, &size);

	s->rodata_fd = bpf_map_create(BPF_MAP_TYPE_ARRAY, BPFLOCK_SEALED_PREFIX ".rodata",
				      sizeof(zero), size, 1, &opts);
	if (s->rodata_fd < 0 || bpf_map_update_elem(s->rodata_fd, &zero, value, BPF_ANY) < 0 ||
	    bpf_map_freeze(s->rodata_fd) < 0)
		return -errno;
	if (bpf_map__reuse_fd(map, s->rodata_fd) < 0 ||
	    bpf_map__set_inner_map_fd(s->skel->maps.bplks_rodata, s->rodata_fd) < 0)
		return -errno;
	return 0;
}

static int open_object(struct sealed_set *s, const struct pins *p,
		       const struct bpflock_policy *host)
{
	int r;

	s->skel = sealed__open();
	if (!s->skel)
		return -errno;
	s->skel->rodata->host_netns = p->stamp.host_netns;
	ring_share(host, s->skel->rodata->budgets);
	choose(s, p);
	r = check_names(s);
	if (r == 0)
		r = bpf_map__set_max_entries(s->skel->maps.bplks_ring, host->ring_size);
	if (r == 0)
		r = find_hooks(s);
	if (r == 0)
		r = make_rodata(s);
	/* the skeleton's own function would map the constants */
	if (r == 0)
		r = bpf_object__load(s->skel->obj);
	if (r == 0 && bpf_map_update_elem(bpf_map__fd(s->skel->maps.bplks_rodata), &zero,
					  &s->rodata_fd, BPF_ANY) < 0)
		r = -errno;
	return r;
}

static int keep_programs(struct sealed_set *s)
{
	struct bpf_program *prog;

	bpf_object__for_each_program (prog, s->skel->obj) {
		if (!bpf_program__autoload(prog))
			continue;
		if (s->n == PROGRAMS_MAX)
			return -E2BIG;
		snprintf(s->programs[s->n].name, sizeof(s->programs[s->n].name), "%s",
			 plain_name(bpf_program__name(prog)));
		s->programs[s->n].type = bpf_program__type(prog);
		s->programs[s->n].fd = fcntl(bpf_program__fd(prog), F_DUPFD_CLOEXEC, 3);
		if (s->programs[s->n].fd < 0)
			return -errno;
		s->n++;
	}
	return 0;
}

static int write_value(const struct bpf_map *map, const void *value)
{
	return bpf_map_update_elem(bpf_map__fd(map), &zero, value, BPF_ANY) < 0 ? -errno : 0;
}

static int fill_stamp(const struct sealed_set *s, const struct pins *p)
{
	struct bpflock_stamp stamp = p->stamp;

	stamp.programs = s->n;
	return write_value(s->skel->maps.bplks_stamp, &stamp);
}

/* On the first CPU: they are summed whoever reads them. */
static int fill_counters(const struct sealed_set *s, const struct pins *p)
{
	struct bpflock_counters sums[BPFLOCK_COUNTERS_MAX];
	CLEANUP(free_charp) char *memory = NULL;
	int cpus = libbpf_num_possible_cpus(), r = pins_read_counters(p, sums);

	if (cpus < 0 || r < 0)
		return cpus < 0 ? cpus : r;
	memory = calloc(cpus, sizeof(*sums));
	if (!memory)
		return -ENOMEM;
	for (uint32_t i = 0; i < BPFLOCK_COUNTERS_MAX; i++) {
		memcpy(memory, &sums[i], sizeof(sums[i]));
		if (bpf_map_update_elem(bpf_map__fd(s->skel->maps.bplks_counters), &i, memory,
					BPF_ANY) < 0)
			return -errno;
	}
	return 0;
}

/* Of a trial both sides, and which of them it may be ended to. */
static int fill_trial(struct sealed_set *s, const struct pins *p, const struct policy *active)
{
	CLEANUP(policy_done) struct policy fallback = {};
	int r = pins_read_fallback(p, &fallback);

	if (r == 0)
		s->stricter = policy_stricter_slot(active, &fallback);
	if (r == 0 && s->stricter == BPFLOCK_NO_SLOT)
		r = -EBUSY;
	if (r == 0)
		r = pins_write_policy(&s->slots, &fallback, PINS_WRITE_FOR_GOOD);
	return r == 0 ? pins_write_policy(&s->slots, active, PINS_WRITE_TRIAL) : r;
}

static int fill_policy(struct sealed_set *s, const struct pins *p)
{
	CLEANUP(policy_done) struct policy policy = {};
	struct pins_policy_state state;
	int r = pins_read_policy(p, &policy, &state);

	if (r < 0)
		return r;
	return state.trial ? fill_trial(s, p, &policy)
			   : pins_write_policy(&s->slots, &policy, PINS_WRITE_FOR_GOOD);
}

uint32_t sealed_stricter_slot(const struct sealed_set *s)
{
	return s->stricter;
}

static int fill(struct sealed_set *s, const struct pins *p)
{
	struct bpflock_latch latch;
	int r;

	s->slots = (struct pins_slots){
		.policy = bpf_map__fd(s->skel->maps.bplks_policy),
		.rules = bpf_map__fd(s->skel->maps.bplks_rules),
		.nodes = bpf_map__fd(s->skel->maps.bplks_nodes),
		.paths = bpf_map__fd(s->skel->maps.bplks_paths),
		.ends = bpf_map__fd(s->skel->maps.bplks_ends),
		.grants = bpf_map__fd(s->skel->maps.bplks_grants),
		.ask = -1,
		.sealed = true,
	};
	r = fill_policy(s, p);
	if (r == 0)
		r = pins_read_latch(p, &latch);
	if (r == 0)
		r = write_value(s->skel->maps.bplks_latch_map, &latch);
	if (r == 0)
		r = fill_stamp(s, p);
	if (r == 0)
		r = fill_counters(s, p);
	return r;
}

int sealed_load(const struct pins *p, struct sealed_set **ret, char *error, size_t len)
{
	CLEANUP(sealed_freep) struct sealed_set *s = calloc(1, sizeof(*s));
	struct bpflock_policy host;
	int r;

	if (!s)
		return fail(-ENOMEM, error, len, "cannot load a set to be sealed");
	s->rodata_fd = -1;
	s->stricter = BPFLOCK_NO_SLOT;
	r = pins_read_host_policy(p, &host);
	if (r < 0)
		return fail(r, error, len, "cannot read the policy of %s", p->path);
	r = open_object(s, p, &host);
	if (r == 0)
		r = keep_programs(s);
	if (r < 0)
		return fail(r, error, len, "the kernel refused the programs of the seal");
	r = fill(s, p);
	if (r < 0)
		return fail(r, error, len, "cannot fill the set to be sealed with %s", p->path);
	*ret = TAKE_PTR(s);
	return 0;
}

/* As the log group may have been admitted to the set that is sealed. */
static void copy_access(const char *from, const char *to)
{
	struct stat st;

	if (stat(from, &st) == 0 && chown(to, -1, st.st_gid) == 0)
		(void)chmod(to, st.st_mode & 07777);
}

static int pin(int fd, const char *set_path, const char *name, const char *like_set,
	       const char *like, char *error, size_t len)
{
	char path[PATH_MAX], other[PATH_MAX];

	snprintf(path, sizeof(path), "%s/%s", set_path, name);
	if (bpf_obj_pin(fd, path) < 0)
		return fail(-errno, error, len, "cannot pin %s", path);
	snprintf(other, sizeof(other), "%s/%s", like_set, like);
	copy_access(other, path);
	return 0;
}

/*
 * Those that have done their work when it is sealed are pinned too: the kernel lets go of the maps
 * of one that ends at some time later, and until then their references would be somebody's.
 */
int sealed_pin(const struct sealed_set *s, const char *set_path, const char *like_set, char *error,
	       size_t len)
{
	static const char *const dirs[] = { "", "/maps", "/progs" };
	int r = pin(bpf_map__fd(s->skel->maps.bplks_ring), set_path, PIN_RING, like_set, PIN_RING,
		    error, len);

	if (r == 0)
		r = pin(bpf_map__fd(s->skel->maps.bplks_reader), set_path, PIN_READER, like_set,
			PIN_READER, error, len);
	for (size_t i = 0; r == 0 && i < s->n; i++) {
		const char *name = s->programs[i].name;
		char path[64], like[64];

		snprintf(path, sizeof(path), "progs/%s", name);
		/* readers of the log ask for what they had maps for */
		snprintf(like, sizeof(like), "progs/%s",
			 strcmp(name, "ask") == 0 ? "consume" : name);
		r = pin(s->programs[i].fd, set_path, path, like_set, like, error, len);
	}
	for (size_t i = 0; r == 0 && i < ARRAY_SIZE(dirs); i++) {
		char from[PATH_MAX], to[PATH_MAX];

		snprintf(from, sizeof(from), "%s%s", like_set, dirs[i]);
		snprintf(to, sizeof(to), "%s%s", set_path, dirs[i]);
		copy_access(from, to);
	}
	return r;
}

static int attach_tracer(const struct bpf_program *prog, const char *set_path)
{
	struct bpf_link *link = bpf_program__attach_trace(prog);
	char path[PATH_MAX];
	int r;

	if (!link)
		return -errno;
	snprintf(path, sizeof(path), "%s/links/%s", set_path, plain_name(bpf_program__name(prog)));
	r = bpf_link__pin(link, path);
	bpf_link__destroy(link);
	return r;
}

int sealed_attach(const struct sealed_set *s, int root_fd, const char *set_path, char *error,
		  size_t len)
{
	struct bpf_program *prog;

	for (int i = _BPFLOCK_ROOT_MAX - 1; i >= 0; i--)
		if (bpf_prog_attach(sealed_program(s, on_root[i].name), root_fd, on_root[i].type,
				    BPF_F_ALLOW_MULTI) < 0)
			return fail(-errno, error, len,
				    "cannot attach the program %s to the root of cgroup v2",
				    on_root[i].name);
	bpf_object__for_each_program (prog, s->skel->obj) {
		int r;

		if (bpf_program__type(prog) != BPF_PROG_TYPE_TRACING ||
		    !bpf_program__autoload(prog) || prog == s->skel->progs.bplks_look)
			continue;
		r = attach_tracer(prog, set_path);
		if (r < 0)
			return fail(r, error, len, "cannot attach the program %s",
				    bpf_program__name(prog));
	}
	return 0;
}

void sealed_detach(const struct sealed_set *s, int root_fd)
{
	/* the guards first: the lock refuses as long as anything of it is there */
	for (int i = _BPFLOCK_ROOT_MAX - 1; i >= 0; i--)
		bpf_prog_detach2(sealed_program(s, on_root[i].name), root_fd, on_root[i].type);
}

uint32_t sealed_program_id(const struct sealed_set *s, enum bpflock_root_program which)
{
	struct bpf_prog_info info = {};
	uint32_t len = sizeof(info);

	return bpf_obj_get_info_by_fd(sealed_program(s, on_root[which].name), &info, &len) == 0
		       ? info.id
		       : 0;
}

static bool is_for_readers(const struct sealed_set *s, const struct bpf_map *map)
{
	return map == s->skel->maps.bplks_ring || map == s->skel->maps.bplks_reader;
}

static int compare_fallbacks(const struct pins *planned, const struct pins *written)
{
	CLEANUP(policy_done) struct policy a = {};
	CLEANUP(policy_done) struct policy b = {};
	int r = pins_read_fallback(planned, &a);

	if (r == 0)
		r = pins_read_fallback(written, &b);
	return r == 0 && !policy_identical(&a, &b) ? -ESTALE : r;
}

int sealed_freeze(const struct sealed_set *s, const struct pins *p, char *error, size_t len)
{
	CLEANUP(policy_done) struct policy planned = {};
	CLEANUP(policy_done) struct policy written = {};
	struct pins here = { .slots = s->slots };
	struct bpf_map *map;
	int r;

	bpf_object__for_each_map(
		map, s->skel->obj) if (map != s->skel->maps.rodata && !is_for_readers(s, map) &&
				       bpf_map_freeze(bpf_map__fd(map)) <
					       0) return fail(-errno, error, len,
							      "cannot freeze the map %s",
							      bpf_map__name(map));
	/* nobody has had an fd to write with since; what was written before shows */
	r = pins_read_policy(p, &planned, NULL);
	if (r == 0)
		r = pins_read_policy(&here, &written, NULL);
	if (r == 0 && s->stricter != BPFLOCK_NO_SLOT)
		r = compare_fallbacks(p, &here);
	if (r < 0)
		return fail(r, error, len, "cannot read back what is to be sealed");
	if (!policy_identical(&planned, &written))
		return fail(-ESTALE, error, len,
			    "the policy was changed while it was being sealed");
	return 0;
}

/* How many of the set's programs use each of the maps. */
static int count_users(const struct sealed_set *s, const struct bpflock_references *maps,
		       uint32_t refcnt[_BPFLOCK_MAP_MAX])
{
	for (size_t i = 0; i < s->n; i++) {
		uint32_t ids[MAPS_MAX];
		struct bpf_prog_info info = { .nr_map_ids = MAPS_MAX, .map_ids = (uintptr_t)ids };
		uint32_t len = sizeof(info);

		if (bpf_obj_get_info_by_fd(s->programs[i].fd, &info, &len) < 0)
			return -errno;
		seal_count_users(maps, ids, info.nr_map_ids, refcnt);
	}
	return 0;
}

int sealed_expect(const struct sealed_set *s, uint32_t ret_refcnt[_BPFLOCK_MAP_MAX])
{
	struct bpflock_references maps[_BPFLOCK_MAP_MAX];
	int r = ask_references(sealed_program(s, "ask"), maps);

	if (r < 0)
		return r;
	seal_expect_slots(maps, ret_refcnt);
	return count_users(s, maps, ret_refcnt);
}
