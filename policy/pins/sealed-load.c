// SPDX-License-Identifier: GPL-2.0-only
#include "sealed-load.h"

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
#include "clock.h"
#include "inner-map.h"
#include "operations.h"
#include "pins-policy.h"
#include "possible-cpus.h"
#include "proof.h"
#include "ring-budget.h"
#include "seal-btf.h"
#include "seal-look.h"
#include "strictness.h"
#include "util.h"

static const uint32_t zero;

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

int sealed_load_fail(int r, char *error, size_t len, const char *fmt, ...)
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

const char *sealed_load_plain_name(const char *name)
{
	return ask_is_reserved(name) ? name + BPFLOCK_SEALED_PREFIX_LEN : name;
}

bool sealed_load_only_logs(const struct bpf_program *prog)
{
	const char *section = bpf_program__section_name(prog);

	return strncmp(section, "fexit/", 6) == 0 || strncmp(section, "tp_btf/", 7) == 0 ||
	       strncmp(section, "lsm/", 4) == 0;
}

/* True for what a set has only if its policy asks for it and the kernel takes it. */
static bool is_by_policy(const struct bpf_program *prog)
{
	return sealed_load_only_logs(prog) ||
	       strcmp(sealed_load_plain_name(bpf_program__name(prog)), BPFLOCK_MODULE_PROGRAM) == 0;
}

/* Those are loaded if the set to be sealed has them; all else always. */
static void choose(struct sealed_set *s, const struct pins *p)
{
	struct bpf_program *prog;

	bpf_object__for_each_program (prog, s->skel->obj) {
		char path[PATH_MAX];

		if (!is_by_policy(prog))
			continue;
		snprintf(path, sizeof(path), "%s/links/%s", p->path,
			 sealed_load_plain_name(bpf_program__name(prog)));
		bpf_program__set_autoload(prog, access(path, F_OK) == 0);
	}
}

/* The constants are libbpf's own map and get a name later; variables there must be none, anybody
 * could map them. */
static bool is_named_right(const struct sealed_set *s, const struct bpf_map *map)
{
	return bpf_map__is_internal(map) ? map == s->skel->maps.rodata
					 : ask_is_reserved(bpf_map__name(map));
}

/* Each name is one that nothing else can have, by the linker's mistake neither. */
static int check_names(const struct sealed_set *s)
{
	struct bpf_program *prog;
	struct bpf_map *map = NULL;

	while ((map = bpf_object__next_map(s->skel->obj, map)))
		if (!is_named_right(s, map))
			return -EBADMSG;
	bpf_object__for_each_program (prog, s->skel->obj)
		if (!ask_is_reserved(bpf_program__name(prog)))
			return -EBADMSG;
	return 0;
}

static bool asks_for_modules(const struct sealed_set *s)
{
	return bpf_program__autoload(s->skel->progs.bplks_module_request);
}

static int find_hooks(struct sealed_set *s, const struct btf *btf)
{
	static const char *const hooks[] = { "locked_down", "bpf", "bpf_map", "bpf_prog",
					     "kernel_module_request" };
	/* the last is in nobody's way if no program of ours is on it */
	size_t n = ARRAY_SIZE(hooks) - !asks_for_modules(s);
	int r = 0;

	for (size_t i = 0; i < n && r == 0; i++) {
		char asking[64], lsm[64];
		int a, b;

		snprintf(asking, sizeof(asking), "security_%s", hooks[i]);
		snprintf(lsm, sizeof(lsm), "bpf_lsm_%s", hooks[i]);
		a = btf__find_by_name_kind(btf, asking, BTF_KIND_FUNC);
		b = btf__find_by_name_kind(btf, lsm, BTF_KIND_FUNC);
		s->skel->rodata->asking_functions[i] = a;
		s->skel->rodata->lsm_functions[i] = b;
		r = a < 0 ? a : b < 0 ? b : 0;
	}
	s->asking_bpf = s->skel->rodata->asking_functions[1];
	if (r == 0)
		s->skel->rodata->lsm_may_consent =
			seal_look_lsm_may_consent(s->skel->rodata->lsm_functions[1]);
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

/* The attach targets must come from the kernel, because libbpf has read them from a file. */
static int check_hooks(const struct sealed_set *s)
{
	const struct bpf_program *programs[] = { s->skel->progs.bplks_locked_down,
						 s->skel->progs.bplks_guard_bpf,
						 s->skel->progs.bplks_guard_map,
						 s->skel->progs.bplks_guard_prog,
						 s->skel->progs.bplks_module_request };
	size_t n = ARRAY_SIZE(programs) - !asks_for_modules(s);

	for (size_t i = 0; i < n; i++) {
		struct bpf_prog_info info = {};
		uint32_t len = sizeof(info);

		if (bpf_obj_get_info_by_fd(bpf_program__fd(programs[i]), &info, &len) < 0)
			return -errno;
		if (info.attach_btf_id != s->skel->rodata->lsm_functions[i])
			return -EBADMSG;
	}
	return 0;
}

static int open_with(struct sealed_set *s, const struct pins *p, const struct bpflock_policy *host,
		     const struct btf *btf, const char *btf_path)
{
	LIBBPF_OPTS(bpf_object_open_opts, opts, .btf_custom_path = btf_path);
	int r;

	s->skel = sealed__open_opts(&opts);
	if (!s->skel)
		return -errno;
	s->skel->rodata->host_netns = p->stamp.host_netns;
	s->skel->rodata->proof_reason = operations_proof(p->stamp.operations);
	ring_budget(host, true, s->skel->rodata->budgets);
	s->skel->rodata->crowded = RING_CROWDED(host->ring_size);
	s->skel->rodata->refusing_in_slots = possible_cpus_have_no_gap();
	choose(s, p);
	s->skel->rodata->not_latched = asks_for_modules(s) ? 0 : BPFLOCK_MODULE_REQUEST_BIT;
	r = check_names(s);
	if (r == 0)
		r = bpf_map__set_max_entries(s->skel->maps.bplks_ring, host->ring_size);
	if (r == 0)
		r = bpf_map__set_max_entries(s->skel->maps.bplks_refusing,
					     BPFLOCK_REFUSING_MAX * libbpf_num_possible_cpus());
	if (r == 0)
		r = bpf_map__set_max_entries(s->skel->maps.bplks_loading,
					     BPFLOCK_LOADING_MAX * libbpf_num_possible_cpus());
	if (r == 0)
		r = bpf_map__set_max_entries(s->skel->maps.bplks_kept,
					     operations_kept(p->stamp.operations));
	if (r == 0)
		r = find_hooks(s, btf);
	if (r == 0)
		r = make_rodata(s);
	/* the skeleton's own function would map the constants */
	if (r == 0)
		r = bpf_object__load(s->skel->obj);
	if (r == 0 && bpf_map_update_elem(bpf_map__fd(s->skel->maps.bplks_rodata), &zero,
					  &s->rodata_fd, BPF_ANY) < 0)
		r = -errno;
	return r == 0 ? check_hooks(s) : r;
}

static int open_object(struct sealed_set *s, const struct pins *p,
		       const struct bpflock_policy *host)
{
	CLEANUP(close_fdp) int fd = -1;
	char path[SEAL_BTF_PATH_LEN];
	struct btf *btf = NULL;
	const void *data;
	uint32_t size;
	int r = seal_btf_kernel(&btf);

	if (r < 0)
		return r;
	data = btf__raw_data(btf, &size);
	r = data ? seal_btf_file(data, size, &fd, path) : -ENOMEM;
	if (r == 0)
		r = open_with(s, p, host, btf, path);
	btf__free(btf);
	return r;
}

static int keep_programs(struct sealed_set *s)
{
	struct bpf_program *prog;

	bpf_object__for_each_program (prog, s->skel->obj) {
		if (!bpf_program__autoload(prog))
			continue;
		if (s->n == SEALED_PROGRAMS_MAX)
			return -E2BIG;
		snprintf(s->programs[s->n].name, sizeof(s->programs[s->n].name), "%s",
			 sealed_load_plain_name(bpf_program__name(prog)));
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

/*
 * On the first CPU: they are summed whoever reads them. By one call each, because a decision
 * between reading them and attaching the lock is counted by the set before alone.
 */
int sealed_load_counters(const struct sealed_set *s, const struct pins *p)
{
	uint32_t keys[BPFLOCK_COUNTERS_MAX], n = BPFLOCK_COUNTERS_MAX;
	struct bpflock_counters *values;
	struct bpflock_counters sums[BPFLOCK_COUNTERS_MAX] = {};
	int cpus = libbpf_num_possible_cpus(), r;

	if (cpus < 0)
		return cpus;
	values = calloc((size_t)n * cpus, sizeof(*values));
	if (!values)
		return -ENOMEM;
	r = pins_read_counters(p, sums);
	for (uint32_t i = 0; i < BPFLOCK_COUNTERS_MAX; i++) {
		keys[i] = i;
		values[(size_t)i * cpus] = sums[i];
	}
	if (r == 0 && bpf_map_update_batch(bpf_map__fd(s->skel->maps.bplks_counters), keys, values,
					   &n, NULL) < 0)
		r = -errno;
	free(values);
	return r;
}

/* A trial has two sides; it may be ended to the stricter one. */
static int fill_trial(struct sealed_set *s, const struct pins *p, const struct policy *active)
{
	CLEANUP(policy_done) struct policy fallback = {};
	int r = pins_policy_read_slot(p, BPFLOCK_SLOT_FALLBACK, &fallback);

	if (r == 0)
		s->stricter = strictness_slot(active, &fallback);
	if (r == 0 && s->stricter == BPFLOCK_NO_SLOT)
		r = -EBUSY;
	if (r == 0)
		r = pins_policy_write(&s->slots, &fallback, NULL, PINS_WRITE_FOR_GOOD);
	return r == 0 ? pins_policy_write(&s->slots, active, NULL, PINS_WRITE_TRIAL) : r;
}

static int fill_policy(struct sealed_set *s, const struct pins *p)
{
	CLEANUP(policy_done) struct policy policy = {};
	struct pins_policy_state state;
	int r = pins_policy_read(p, &policy, &state);

	if (r < 0)
		return r;
	return state.trial ? fill_trial(s, p, &policy)
			   : pins_policy_write(&s->slots, &policy, NULL, PINS_WRITE_FOR_GOOD);
}

/* Its ring is another one, and the times in it are told as those before. */
static int fill_wall(const struct sealed_set *s, const struct pins *p)
{
	struct bpflock_log_state state = {};
	int r = pins_read_log_state(p, &state);

	if (r < 0)
		return r;
	state = (struct bpflock_log_state){ .wall = state.wall ?: clock_realtime_of(0) };
	return write_value(s->skel->maps.bplks_log_state, &state);
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
		.proof = p->slots.proof,
	};
	r = fill_policy(s, p);
	if (r == 0)
		r = pins_read_latch(p, &latch);
	if (r == 0)
		r = write_value(s->skel->maps.bplks_latch_map, &latch);
	r = r < 0 ? r : fill_wall(s, p);
	return r == 0 ? fill_stamp(s, p) : r;
}

int sealed_load(const struct pins *p, struct sealed_set **ret, char *error, size_t len)
{
	CLEANUP(sealed_freep) struct sealed_set *s = calloc(1, sizeof(*s));
	struct bpflock_policy host;
	int r;

	if (!s)
		return sealed_load_fail(-ENOMEM, error, len, "cannot load a set to be sealed");
	s->rodata_fd = -1;
	s->stricter = BPFLOCK_NO_SLOT;
	r = pins_policy_read_host(p, &host);
	if (r < 0)
		return sealed_load_fail(r, error, len, "cannot read the policy of %s", p->path);
	r = open_object(s, p, &host);
	if (r == 0)
		r = keep_programs(s);
	if (r)
		return sealed_load_fail(r, error, len,
					"the kernel refused the programs of the seal");
	r = fill(s, p);
	if (r < 0)
		return sealed_load_fail(r, error, len, "cannot fill the set to be sealed with %s",
					p->path);
	*ret = TAKE_PTR(s);
	return 0;
}
