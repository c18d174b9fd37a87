// SPDX-License-Identifier: GPL-2.0-only
#include "sealed.h"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <linux/bpf.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "sealed.skel.h"

#include "ask.h"
#include "pins-policy.h"
#include "seal-look.h"
#include "sealed-load.h"
#include "util.h"

#define MAPS_MAX 64 /* MAX_USED_MAPS, kernel/bpf/verifier.c */

/*
 * The programs on the root are in this order; the lock is the last to be attached and the first to
 * go.
 */
static const struct {
	const char *name;
	enum bpf_attach_type type;
} on_root[_BPFLOCK_ROOT_MAX] = {
	[BPFLOCK_ROOT_LOCKED_DOWN] = { BPFLOCK_HOOK_PROGRAM, BPF_LSM_CGROUP },
	[BPFLOCK_ROOT_GUARD_BPF] = { "guard_bpf", BPF_LSM_CGROUP },
	[BPFLOCK_ROOT_GUARD_MAP] = { "guard_map", BPF_LSM_CGROUP },
	[BPFLOCK_ROOT_GUARD_PROG] = { "guard_prog", BPF_LSM_CGROUP },
	[BPFLOCK_ROOT_GUARD_SYSCTL] = { "guard_sysctl", BPF_CGROUP_SYSCTL },
	[BPFLOCK_ROOT_MODULE_REQUEST] = { BPFLOCK_MODULE_PROGRAM, BPF_LSM_CGROUP },
};

int sealed_program(const struct sealed_set *s, const char *name)
{
	for (size_t i = 0; i < s->n; i++)
		if (strcmp(s->programs[i].name, name) == 0)
			return s->programs[i].fd;
	return -ENOENT;
}

/* The lock for module requests is there only if the set to be sealed has it. */
static bool has_on_root(const struct sealed_set *s, size_t i)
{
	return i != BPFLOCK_ROOT_MODULE_REQUEST || sealed_program(s, on_root[i].name) >= 0;
}

static bool is_guard(size_t i)
{
	return i != BPFLOCK_ROOT_LOCKED_DOWN && i != BPFLOCK_ROOT_MODULE_REQUEST;
}

int sealed_run(const struct sealed_set *s, const char *name, void *context, uint32_t size)
{
	int fd = sealed_program(s, name);

	return fd < 0 ? fd : ask_run(fd, context, size);
}

uint32_t sealed_stricter_slot(const struct sealed_set *s)
{
	return s->stricter;
}

/* The log group keeps the access it had to the set before. */
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
		return sealed_load_fail(-errno, error, len, "cannot pin %s", path);
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
	struct bpf_link *link = bpf_program__attach(prog);
	char path[PATH_MAX];
	int r;

	if (!link)
		return -errno;
	snprintf(path, sizeof(path), "%s/links/%s", set_path,
		 sealed_load_plain_name(bpf_program__name(prog)));
	r = bpf_link__pin(link, path);
	bpf_link__destroy(link);
	return r;
}

static int attach_to_root(const struct sealed_set *s, int root_fd, size_t i, char *error,
			  size_t len)
{
	if (bpf_prog_attach(sealed_program(s, on_root[i].name), root_fd, on_root[i].type,
			    BPF_F_ALLOW_MULTI) < 0)
		return sealed_load_fail(-errno, error, len,
					"cannot attach the program %s to the root of cgroup v2",
					on_root[i].name);
	return 0;
}

int sealed_attach(const struct sealed_set *s, const struct pins *p, int root_fd,
		  const char *set_path, char *error, size_t len)
{
	struct bpf_program *prog;
	int r = 0;

	for (size_t i = 0; r == 0 && i < _BPFLOCK_ROOT_MAX; i++)
		if (is_guard(i))
			r = attach_to_root(s, root_fd, i, error, len);
	if (r < 0)
		return r;
	r = sealed_load_counters(s, p);
	if (r < 0)
		return sealed_load_fail(r, error, len, "cannot read the counters of %s", p->path);
	if (has_on_root(s, BPFLOCK_ROOT_MODULE_REQUEST))
		r = attach_to_root(s, root_fd, BPFLOCK_ROOT_MODULE_REQUEST, error, len);
	if (r == 0)
		r = attach_to_root(s, root_fd, BPFLOCK_ROOT_LOCKED_DOWN, error, len);
	if (r < 0)
		return r;
	bpf_object__for_each_program (prog, s->skel->obj) {
		if (!bpf_program__autoload(prog) || !sealed_load_only_logs(prog))
			continue;
		r = attach_tracer(prog, set_path);
		if (r < 0)
			return sealed_load_fail(r, error, len, "cannot attach the program %s",
						bpf_program__name(prog));
	}
	return 0;
}

void sealed_detach(const struct sealed_set *s, int root_fd)
{
	/* the guards first: the lock refuses as long as anything of it is there */
	for (int i = _BPFLOCK_ROOT_MAX - 1; i >= 0; i--)
		if (has_on_root(s, i))
			bpf_prog_detach2(sealed_program(s, on_root[i].name), root_fd, on_root[i].type);
}

uint32_t sealed_asking_function(const struct sealed_set *s)
{
	return s->asking_bpf;
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
	int r = pins_policy_read_slot(planned, BPFLOCK_SLOT_FALLBACK, &a);

	if (r == 0)
		r = pins_policy_read_slot(written, BPFLOCK_SLOT_FALLBACK, &b);
	return r == 0 && !policy_identical(&a, &b) ? -ESTALE : r;
}

static int freeze_all(const struct sealed_set *s, char *error, size_t len)
{
	struct bpf_map *map = NULL;

	while ((map = bpf_object__next_map(s->skel->obj, map))) {
		if (map == s->skel->maps.rodata || is_for_readers(s, map))
			continue;
		if (bpf_map_freeze(bpf_map__fd(map)) < 0)
			return sealed_load_fail(-errno, error, len, "cannot freeze the map %s",
						bpf_map__name(map));
	}
	return 0;
}

int sealed_freeze(const struct sealed_set *s, const struct pins *p, char *error, size_t len)
{
	CLEANUP(policy_done) struct policy planned = {};
	CLEANUP(policy_done) struct policy written = {};
	struct pins here = { .slots = s->slots };
	int r = freeze_all(s, error, len);

	if (r < 0)
		return r;
	/* nobody has had an fd to write with since; what was written before shows */
	r = pins_policy_read(p, &planned, NULL);
	if (r == 0)
		r = pins_policy_read(&here, &written, NULL);
	if (r == 0 && s->stricter != BPFLOCK_NO_SLOT)
		r = compare_fallbacks(p, &here);
	if (r < 0)
		return sealed_load_fail(r, error, len, "cannot read back the set to be sealed");
	if (!policy_identical(&planned, &written))
		return sealed_load_fail(-ESTALE, error, len,
					"the policy was changed while it was being sealed");
	return 0;
}

/* Counts how many of the set's programs use each of the maps. */
static int count_users(const struct sealed_set *s, const struct bpflock_references *maps,
		       uint32_t refcnt[_BPFLOCK_MAP_MAX])
{
	for (size_t i = 0; i < s->n; i++) {
		uint32_t ids[MAPS_MAX];
		struct bpf_prog_info info = { .nr_map_ids = MAPS_MAX, .map_ids = (uintptr_t)ids };
		uint32_t len = sizeof(info);

		if (bpf_obj_get_info_by_fd(s->programs[i].fd, &info, &len) < 0)
			return -errno;
		seal_look_count_users(maps, ids, info.nr_map_ids, refcnt);
	}
	return 0;
}

int sealed_expect(const struct sealed_set *s, uint32_t ret_refcnt[_BPFLOCK_MAP_MAX])
{
	struct bpflock_references maps[_BPFLOCK_MAP_MAX];
	int r = ask_references(sealed_program(s, "ask"), maps);

	if (r < 0)
		return r;
	seal_look_expect_slots(maps, ret_refcnt);
	return count_users(s, maps, ret_refcnt);
}
