// SPDX-License-Identifier: GPL-2.0-only
#include "programs.h"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <limits.h>
#include <linux/bpf.h>
#include <string.h>

#include "bpflock.skel.h"
#include "libbpf-log.h"
#include "program-roles.h"
#include "program-types.h"
#include "version.h"

#include "btf.h"
#include "clock.h"
#include "operations.h"
#include "possible-cpus.h"
#include "preflight-attach.h"
#include "proof.h"
#include "ring-budget.h"
#include "ring.h"
#include "util.h"

struct programs {
	struct bpflock *skel;
	uint32_t expected;   /* how many programs the policy asks for on this kernel */
	uint32_t incomplete; /* bits of enum program_role */
	char missing[1024];  /* what that is, and why */
	char forgone[512];   /* the same, where the kernel cannot do it */
	uint64_t chosen;     /* bits of programs, in the object's order */
	struct program_types types;
	int stamp_fd;
	bool same_ring; /* as the predecessor's, and what is in it */
};

#define BIT(role) (1U << (role))

static const uint32_t zero;

PRINTF(4, 5)
static int fail(int r, char *error, size_t error_len, const char *fmt, ...)
{
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(error, error_len, fmt, ap);
	va_end(ap);
	if (n > 0 && (size_t)n < error_len)
		snprintf(error + n, error_len - n, ": %s", preflight_attach_strerror(-r));
	return r;
}

uint64_t programs_hash(void)
{
	size_t len;
	const unsigned char *elf = bpflock__elf_bytes(&len);
	uint64_t hash =
		0xcbf29ce484222325ULL; /* FNV-1a; an accident is to be noticed, not an attack */

	for (size_t i = 0; i < len; i++)
		hash = (hash ^ elf[i]) * 0x100000001b3ULL;
	return hash;
}

struct programs *programs_free(struct programs *p)
{
	if (!p)
		return NULL;
	bpflock__destroy(p->skel);
	program_types_done(&p->types);
	close_fdp(&p->stamp_fd);
	free(p);
	return NULL;
}

void programs_freep(struct programs **p)
{
	programs_free(*p);
}

int programs_hook_fd(const struct programs *p)
{
	return bpf_program__fd(p->skel->progs.locked_down);
}

int programs_module_fd(const struct programs *p)
{
	int fd = bpf_program__fd(p->skel->progs.module_request);

	return fd < 0 ? -1 : fd;
}

int programs_prove_fd(const struct programs *p)
{
	return bpf_program__fd(p->skel->progs.prove);
}

static void miss(struct programs *p, enum program_role role, const char *reason)
{
	size_t i = 0, n;

	if (p->incomplete & BIT(role)) /* the first reason is the one to look into */
		return;
	p->incomplete |= BIT(role);
	while (program_roles_optional[i].role != role)
		i++;
	if (program_roles_optional[i].forgone) {
		n = strlen(p->forgone);
		snprintf(p->forgone + n, sizeof(p->forgone) - n, "%s%s: %s", n ? "; " : "",
			 program_roles_optional[i].what, reason);
		return;
	}
	n = strlen(p->missing);
	snprintf(p->missing + n, sizeof(p->missing) - n, "%s%s is incomplete (%s)", n ? "; " : "",
		 program_roles_optional[i].what, reason);
}

const char *programs_forgone(const struct programs *p)
{
	return p->forgone[0] ? p->forgone : NULL;
}

const char *programs_missing(const struct programs *p)
{
	return p->missing[0] ? p->missing : NULL;
}

/* 0: it has no ring. */
static int ring_size_of(const struct pins *pins, uint32_t *ret_size)
{
	struct bpf_map_info info = {};
	uint32_t len = sizeof(info);

	if (pins->ring_fd >= 0 && bpf_obj_get_info_by_fd(pins->ring_fd, &info, &len) < 0)
		return -errno;
	*ret_size = info.max_entries;
	return 0;
}

static int reuse(struct bpf_map *map, const struct pins *predecessor, const char *pin)
{
	CLEANUP(close_fdp) int fd = pins_open_map(predecessor->path, pin, true);

	/* what is missing there begins anew */
	if (fd == -ENOENT)
		return 0;
	return fd < 0 ? fd : bpf_map__reuse_fd(map, fd);
}

/*
 * Counters and log continue over the change of programs. The ring and all that says what is in it,
 * or another size of ring and all of that anew.
 */
static int reuse_maps(struct programs *p, const struct pins *predecessor)
{
	const struct {
		struct bpf_map *map;
		const char *pin;
		bool with_ring;
	} maps[] = {
		{ p->skel->maps.counters, PIN_COUNTERS, false },
		{ p->skel->maps.latch_map, PIN_LATCH_MAP, false },
		{ p->skel->maps.refusing, PIN_REFUSING, false },
		{ p->skel->maps.ring, PIN_RING, true },
		{ p->skel->maps.log_state, PIN_LOG_STATE, true },
		{ p->skel->maps.reader, PIN_READER, true },
		{ p->skel->maps.recent, PIN_RECENT, true },
		{ p->skel->maps.kept, PIN_KEPT, true },
	};
	uint32_t size = 0;
	int r = ring_size_of(predecessor, &size);

	if (r < 0)
		return r;
	p->same_ring = size == bpf_map__max_entries(p->skel->maps.ring);
	for (size_t i = 0; i < ARRAY_SIZE(maps); i++) {
		r = maps[i].with_ring && !p->same_ring
			    ? 0
			    : reuse(maps[i].map, predecessor, maps[i].pin);
		if (r < 0)
			return r;
	}
	return 0;
}

/* A map of one value that no program sees. */
static int create_value_map(const char *name, const void *value, size_t size)
{
	CLEANUP(close_fdp) int fd = -1;

	fd = bpf_map_create(BPF_MAP_TYPE_ARRAY, name, sizeof(zero), size, 1, NULL);
	if (fd < 0 || (value && bpf_map_update_elem(fd, &zero, value, BPF_ANY) < 0))
		return -errno;
	return TAKE_FD(fd);
}

static int create_stamp(struct programs *p, const struct preflight *pf,
			const struct bpflock_replaced *replaced)
{
	struct bpflock_stamp stamp = {
		.magic = BPFLOCK_MAGIC,
		.abi = BPFLOCK_ABI,
		.build = BPFLOCK_VERSION,
		.object_hash = programs_hash(),
		.host_netns = pf->host_netns,
		.programs = p->expected,
		.loaded = clock_boottime(),
		.replaced = *replaced,
	};

	memcpy(stamp.operations, pf->operations, sizeof(stamp.operations));
	p->stamp_fd = create_value_map(BPFLOCK_STAMP_MAP, &stamp, sizeof(stamp));
	if (p->stamp_fd < 0)
		return p->stamp_fd;
	return bpf_map_freeze(p->stamp_fd) < 0 ? -errno : 0;
}

/* The times of records begin with their ring: a record has one time, whoever prints it when. */
static int note_wall(const struct programs *p)
{
	struct bpflock_log_state state = { .wall = clock_realtime_of(0) };

	if (p->same_ring)
		return 0;
	return bpf_map_update_elem(bpf_map__fd(p->skel->maps.log_state), &zero, &state, BPF_ANY) < 0
		       ? -errno
		       : 0;
}

/*
 * The kernel tells the maps of a program, so that a set whose pins are gone is found by any of its
 * programs: the stamp is bound to all, and to the hook's the maps that none of them uses.
 */
static int bind_maps(struct programs *p)
{
	const struct bpf_map *unused[] = { p->skel->maps.grants };
	struct bpf_program *prog;

	bpf_object__for_each_program (prog, p->skel->obj)
		if (bpf_program__autoload(prog) &&
		    bpf_prog_bind_map(bpf_program__fd(prog), p->stamp_fd, NULL) < 0)
			return -errno;
	for (size_t i = 0; i < ARRAY_SIZE(unused); i++)
		if (bpf_prog_bind_map(programs_hook_fd(p), bpf_map__fd(unused[i]), NULL) < 0)
			return -errno;
	return 0;
}

/* Chooses the programs to load, by what the policy asks for and this kernel has. */
static void choose(struct programs *p, const struct preflight *pf,
		   const struct bpflock_policy *policy, bool module_request)
{
	struct bpf_program *prog;
	size_t i = 0;

	bpf_object__for_each_program (prog, p->skel->obj) {
		enum program_wanted w = program_roles_wanted(pf, policy, module_request, prog);

		if (w == PROGRAM_WANTED_IN_VAIN) {
			char reason[128];

			snprintf(reason, sizeof(reason), "this kernel has no function for %s",
				 bpf_program__section_name(prog));
			miss(p, program_roles_of(prog), reason);
		}
		bpf_program__set_autoload(prog, w == PROGRAM_WANTED);
		p->chosen |= (uint64_t)(w == PROGRAM_WANTED) << i++;
		p->expected +=
			w == PROGRAM_WANTED || (w == PROGRAM_WANTED_IN_VAIN &&
						program_roles_of(prog) != PROGRAM_ROLE_OTHERS);
	}
}

/* Returns how many programs of these roles (bits) were chosen. */
static uint32_t count_chosen(const struct programs *p, uint32_t roles)
{
	struct bpf_program *prog;
	uint32_t n = 0;
	size_t i = 0;

	bpf_object__for_each_program (prog, p->skel->obj)
		n += p->chosen >> i++ & 1 && roles & BIT(program_roles_of(prog));
	return n;
}

/* Leaves the programs of these roles (bits) out of those that were chosen. */
static void leave_out(struct programs *p, uint32_t roles)
{
	struct bpf_program *prog;
	size_t i = 0;

	bpf_object__for_each_program (prog, p->skel->obj)
		bpf_program__set_autoload(prog, p->chosen >> i++ & 1 &&
							!(roles & BIT(program_roles_of(prog))));
}

static int open_object(struct programs *p, const struct preflight *pf,
		       const struct bpflock_policy *policy, const struct pins *predecessor)
{
	LIBBPF_OPTS(bpf_object_open_opts, opts, .btf_custom_path = p->types.path);
	int r;

	libbpf_log_forget();
	p->skel = bpflock__open_opts(&opts);
	if (!p->skel)
		return -errno;
	p->skel->rodata->host_netns = pf->host_netns;
	p->skel->rodata->proof_reason = operations_proof(pf->operations);
	ring_budget(policy, false, p->skel->rodata->budgets);
	p->skel->rodata->crowded = RING_CROWDED(policy->ring_size);
	p->skel->rodata->refusing_in_slots = possible_cpus_have_no_gap();
	r = bpf_map__set_max_entries(p->skel->maps.ring, policy->ring_size);
	if (r == 0)
		r = bpf_map__set_max_entries(p->skel->maps.refusing,
					     BPFLOCK_REFUSING_MAX * libbpf_num_possible_cpus());
	if (r == 0)
		r = bpf_map__set_max_entries(p->skel->maps.loading,
					     BPFLOCK_LOADING_MAX * libbpf_num_possible_cpus());
	if (r == 0)
		r = bpf_map__set_max_entries(p->skel->maps.kept, operations_kept(pf->operations));
	return r == 0 && predecessor ? reuse_maps(p, predecessor) : r;
}

static void miss_all(struct programs *p, uint32_t roles, const char *reason)
{
	for (size_t i = 0; i < _PROGRAM_ROLES_OPTIONAL; i++) {
		uint32_t bit = BIT(program_roles_optional[i].role),
			 n = count_chosen(p, bit & roles);

		if (n)
			miss(p, program_roles_optional[i].role, reason);
		if (program_roles_optional[i].forgone)
			p->expected -= n;
	}
}

/*
 * A lock without what is optional is better than none. Each is left out by itself, so that the
 * kernel's refusal of one takes none of the rest along, and then all of it.
 */
static int load_without(struct programs *p, const struct preflight *pf,
			const struct bpflock_policy *policy, const struct pins *predecessor, int r)
{
	uint32_t all = 0;

	for (size_t i = 0; i < _PROGRAM_ROLES_OPTIONAL; i++)
		all |= BIT(program_roles_optional[i].role);
	/* without descriptors it is not that program which is in the way */
	for (size_t i = 0; r < 0 && r != -EMFILE && i <= _PROGRAM_ROLES_OPTIONAL; i++) {
		uint32_t roles =
			i < _PROGRAM_ROLES_OPTIONAL ? BIT(program_roles_optional[i].role) : all;
		char reason[256];

		if (!count_chosen(p, roles))
			continue;
		snprintf(reason, sizeof(reason), "%s", libbpf_log_reason());
		bpflock__destroy(p->skel);
		p->skel = NULL;
		r = open_object(p, pf, policy, predecessor);
		if (r < 0)
			return r;
		leave_out(p, roles);
		r = bpflock__load(p->skel);
		if (r == 0)
			miss_all(p, roles, reason);
	}
	return r;
}

int programs_load(struct preflight *pf, const struct bpflock_policy *policy, bool module_request,
		  const struct pins *predecessor, const struct bpflock_replaced *replaced,
		  struct programs **ret, char *error, size_t error_len)
{
	CLEANUP(programs_freep) struct programs *p = calloc(1, sizeof(*p));
	int r;

	if (!p)
		return fail(-ENOMEM, error, error_len, "the BPF object: cannot open");
	p->stamp_fd = -1;
	libbpf_log_listen();
	r = program_types_begin(&p->types);
	if (r == 0)
		r = open_object(p, pf, policy, predecessor);
	if (r < 0)
		return fail(r, error, error_len, "the BPF object: cannot open");
	choose(p, pf, policy, module_request);
	r = program_types_find(&p->types, pf->btf, p->skel->obj);
	if (r < 0)
		return fail(r, error, error_len, "%s: cannot find types of the BPF programs",
			    BTF_PATH);
	p->skel->rodata->not_latched = module_request ? 0 : BPFLOCK_MODULE_REQUEST_BIT;
	preflight_forget_btf(pf);
	r = bpflock__load(p->skel);
	r = load_without(p, pf, policy, predecessor, r);
	program_types_done(&p->types);
	if (r < 0)
		return fail(r, error, error_len, "the kernel refused the BPF programs (%s)",
			    libbpf_log_reason());
	r = create_stamp(p, pf, replaced);
	if (r < 0)
		return fail(r, error, error_len, "the map stamp: cannot create");
	r = note_wall(p);
	if (r < 0)
		return fail(r, error, error_len, "the map log_state: cannot write");
	r = bind_maps(p);
	if (r < 0)
		return fail(r, error, error_len, "the BPF programs: cannot bind maps");
	*ret = TAKE_PTR(p);
	return 0;
}

struct pins_slots programs_slots(const struct programs *p)
{
	return (struct pins_slots){
		.policy = bpf_map__fd(p->skel->maps.policy),
		.rules = bpf_map__fd(p->skel->maps.rules),
		.nodes = bpf_map__fd(p->skel->maps.nodes),
		.paths = -1,
		.ask = -1,
		.ends = bpf_map__fd(p->skel->maps.ends),
		.grants = bpf_map__fd(p->skel->maps.grants),
		.proof = p->skel->rodata->proof_reason,
	};
}

static int pin(int fd, const char *set_path, const char *name, char *error, size_t error_len)
{
	char path[PATH_MAX];

	snprintf(path, sizeof(path), "%s/%s", set_path, name);
	if (bpf_obj_pin(fd, path) == 0)
		return 0;
	return fail(-errno, error, error_len, "%s: cannot pin", path);
}

int programs_pin(struct programs *p, const char *set_path, char *error, size_t error_len)
{
	const struct pins_slots slots = programs_slots(p);
	const struct {
		const char *name;
		int fd;
	} maps[] = {
		{ PIN_POLICY, slots.policy },
		{ PIN_RULES, slots.rules },
		{ PIN_NODES, slots.nodes },
		{ PIN_LATCH_MAP, bpf_map__fd(p->skel->maps.latch_map) },
		{ PIN_ENDS, slots.ends },
		{ PIN_GRANTS, slots.grants },
		{ PIN_COUNTERS, bpf_map__fd(p->skel->maps.counters) },
		{ PIN_LOG_STATE, bpf_map__fd(p->skel->maps.log_state) },
		{ PIN_RING, bpf_map__fd(p->skel->maps.ring) },
		{ PIN_READER, bpf_map__fd(p->skel->maps.reader) },
		{ PIN_RECENT, bpf_map__fd(p->skel->maps.recent) },
		{ PIN_REFUSING, bpf_map__fd(p->skel->maps.refusing) },
		{ PIN_KEPT, bpf_map__fd(p->skel->maps.kept) },
		{ PIN_STAMP, p->stamp_fd },
	};
	struct bpf_program *prog;
	int r;

	for (size_t i = 0; i < ARRAY_SIZE(maps); i++) {
		r = pin(maps[i].fd, set_path, maps[i].name, error, error_len);
		if (r < 0)
			return r;
	}
	bpf_object__for_each_program (prog, p->skel->obj) {
		char name[64];

		if (!bpf_program__autoload(prog))
			continue;
		snprintf(name, sizeof(name), "progs/%s", bpf_program__name(prog));
		r = pin(bpf_program__fd(prog), set_path, name, error, error_len);
		if (r < 0)
			return r;
	}
	return 0;
}

static int attach(struct bpf_program *prog, const char *set_path, char *error, size_t error_len)
{
	/* the pin keeps the link; without it the link ends here */
	CLEANUP(close_fdp) int link = bpf_raw_tracepoint_open(NULL, bpf_program__fd(prog));
	char path[PATH_MAX];

	if (link < 0)
		return fail(-errno, error, error_len, "program %s: cannot attach",
			    bpf_program__name(prog));
	snprintf(path, sizeof(path), "%s/links/%s", set_path, bpf_program__name(prog));
	if (bpf_obj_pin(link, path) < 0)
		return fail(-errno, error, error_len, "%s: cannot pin", path);
	return 0;
}

/* The one that sees modules without a file comes first: without it a file would be shown for those.
 */
static bool is_tracer(const struct programs *p, enum program_role role)
{
	return role == PROGRAM_ROLE_EXEC_TRACER ||
	       (role == PROGRAM_ROLE_MODULE_FILES && !(p->incomplete & BIT(role)));
}

void programs_attach_tracers(struct programs *p, const char *set_path)
{
	struct bpf_program *prog;

	bpf_object__for_each_program (prog, p->skel->obj) {
		enum program_role role = program_roles_of(prog);
		char error[512];

		if (!bpf_program__autoload(prog) || !is_tracer(p, role))
			continue;
		if (attach(prog, set_path, error, sizeof(error)) < 0)
			miss(p, role, error);
	}
}
