// SPDX-License-Identifier: GPL-2.0-only
/*
 * Policies on their way to the kernel and back.
 *
 * The host's part of a policy is the one value of a frozen map; its cgroup rules, their tree of
 * paths, the ids of those that exist, and the grants are a bank: one map of each kind, frozen but
 * for the ids. A new policy fills a bank that nobody uses, then its host part enters the active slot,
 * and with that one pointer everything changes at once. The kernel waits for all decisions under way
 * before it returns from such an update (maybe_wait_bpf_programs(), kernel/bpf/syscall.c), so the
 * old bank can be emptied right after. Killed anywhere, what is in no slot is merely in the way, and
 * the next writer empties it first.
 */
#include <bpf/bpf.h>
#include <errno.h>
#include <linux/bpf.h>
#include <string.h>

#include "cgroupfs.h"
#include "pins.h"
#include "util.h"

static const uint32_t zero;

/* Type, sizes and flags must equal those of the slots' templates in bpf/policy.h. */
struct kind {
	const char *name;
	enum bpf_map_type type;
	uint32_t flags;
	uint32_t key_size, value_size;
	size_t offset; /* of the slots' fd in struct pins_slots */
	bool frozen;
};

static const struct kind policy_kind = {
	"bpflock_policy",	 BPF_MAP_TYPE_ARRAY, BPF_F_RDONLY_PROG, sizeof(uint32_t),
	sizeof(struct bpflock_policy), offsetof(struct pins_slots, policy), true,
};
static const struct kind rules_kind = {
	"bpflock_rules",
	BPF_MAP_TYPE_ARRAY,
	BPF_F_RDONLY_PROG | BPF_F_INNER_MAP,
	sizeof(uint32_t),
	sizeof(struct bpflock_rule),
	offsetof(struct pins_slots, rules),
	true,
};
static const struct kind ends_kind = {
	"bpflock_ends",
	BPF_MAP_TYPE_ARRAY,
	BPF_F_RDONLY_PROG | BPF_F_INNER_MAP,
	sizeof(uint32_t),
	sizeof(struct bpflock_ends),
	offsetof(struct pins_slots, ends),
	true,
};
static const struct kind grants_kind = {
	"bpflock_grants",
	BPF_MAP_TYPE_ARRAY,
	BPF_F_RDONLY_PROG | BPF_F_INNER_MAP,
	sizeof(uint32_t),
	sizeof(struct bpflock_grant),
	offsetof(struct pins_slots, grants),
	true,
};
static const struct kind nodes_kind = {
	"bpflock_nodes",
	BPF_MAP_TYPE_HASH,
	BPF_F_RDONLY_PROG | BPF_F_NO_PREALLOC,
	sizeof(struct bpflock_node),
	sizeof(uint32_t),
	offsetof(struct pins_slots, nodes),
	true,
};
static const struct kind live_kind = {
	"bpflock_live",	  BPF_MAP_TYPE_HASH, BPF_F_NO_PREALLOC,
	sizeof(uint64_t), sizeof(uint32_t),  offsetof(struct pins_slots, live),
	false,
};
static const struct kind *const bank_kinds[] = { &rules_kind, &ends_kind, &grants_kind, &nodes_kind,
						 &live_kind };

static int slots_fd(const struct pins_slots *slots, const struct kind *kind)
{
	return *(const int *)((const char *)slots + kind->offset);
}

/* The inner map in a slot: its fd, -ENOENT if there is none, or a negative errno. */
static int open_inner(const struct pins_slots *slots, const struct kind *kind, uint32_t slot)
{
	uint32_t id;
	int fd;

	if (bpf_map_lookup_elem(slots_fd(slots, kind), &slot, &id) < 0)
		return -errno;
	fd = bpf_map_get_fd_by_id(id);
	return fd < 0 ? -errno : fd;
}

/* A new inner map with these n entries (keys NULL: an array's), and room for `room`. */
static int make_inner(const struct kind *kind, const void *keys, const void *values, uint32_t n,
		      uint32_t room)
{
	LIBBPF_OPTS(bpf_map_create_opts, opts, .map_flags = kind->flags);
	CLEANUP(close_fdp) int fd = -1;
	CLEANUP(free_charp) char *indices = NULL;
	uint32_t count = n;

	fd = bpf_map_create(kind->type, kind->name, kind->key_size, kind->value_size,
			    room ? room : 1, &opts);
	if (fd < 0)
		return -errno;
	if (!keys && n) {
		indices = calloc(n, sizeof(uint32_t));
		if (!indices)
			return -ENOMEM;
		for (uint32_t i = 0; i < n; i++)
			memcpy(indices + i * sizeof(i), &i, sizeof(i));
		keys = indices;
	}
	if (n && bpf_map_update_batch(fd, keys, values, &count, NULL) < 0)
		return -errno;
	/* RDONLY_PROG and frozen: from here on nobody can write it, only replace it */
	if (kind->frozen && bpf_map_freeze(fd) < 0)
		return -errno;
	return TAKE_FD(fd);
}

static int enter_inner(const struct pins_slots *slots, const struct kind *kind, uint32_t slot, int fd)
{
	return bpf_map_update_elem(slots_fd(slots, kind), &slot, &fd, BPF_ANY) < 0 ? -errno : 0;
}

/* Everything of a bank as the kernel will have it, before any of it is there. */
struct bank {
	struct bpflock_rule *rules; /* [n] */
	struct bpflock_node *nodes; /* [n], of row i; row 0, the root, has none */
	const char **paths;	    /* [n], of the rule or grant that row i was made for or is above */
	uint32_t *depths;	    /* [n] */
	uint32_t *rows;		    /* [n], 0 to n - 1: the values of nodes */
	uint32_t n;
	struct bpflock_ends *ends; /* [n_ends] */
	uint32_t n_ends;
	struct bpflock_grant *grants; /* [n_grants] */
	uint32_t n_grants;
	uint64_t levels; /* bit d: there is a rule or grant at depth d */
};

static void bank_done(struct bank *b)
{
	free(b->rules);
	free(b->nodes);
	free(b->paths);
	free(b->depths);
	free(b->rows);
	free(b->ends);
	free(b->grants);
}

/* What wants a row of its own: a rule's path, a grant's, or both. */
struct entry {
	const char *path;
	const struct rule *rule;
	bool granted;
};

/* Component by component, so that a parent comes right before what is below it. */
static int compare_paths(const char *a, const char *b)
{
	for (; *a && *a == *b; a++, b++)
		;
	return (*a == '/' ? 1 : *(const unsigned char *)a) -
	       (*b == '/' ? 1 : *(const unsigned char *)b);
}

static int by_path(const void *a, const void *b)
{
	return compare_paths(((const struct entry *)a)->path, ((const struct entry *)b)->path);
}

/* Sorted, and each path once. */
static size_t collect(const struct policy *p, struct entry *entries)
{
	size_t n = 0, kept = 0;

	for (size_t i = 0; i < p->n_rules; i++)
		entries[n++] = (struct entry){ p->rules[i]->path, p->rules[i], false };
	for (size_t i = 0; i < p->n_grants; i++)
		if (strcmp(p->grants[i].path, "/") != 0)
			entries[n++] = (struct entry){ p->grants[i].path, NULL, true };
	qsort(entries, n, sizeof(*entries), by_path);
	for (size_t i = 0; i < n; i++) {
		if (kept && strcmp(entries[kept - 1].path, entries[i].path) == 0) {
			if (entries[i].rule)
				entries[kept - 1].rule = entries[i].rule;
			entries[kept - 1].granted |= entries[i].granted;
		} else {
			entries[kept++] = entries[i];
		}
	}
	return kept;
}

/* How many components two paths begin with alike. */
static unsigned int common_depth(const char *a, const char *b)
{
	unsigned int depth = 0;

	while (*a == '/' && *b == '/') {
		size_t n = strcspn(a + 1, "/"), m = strcspn(b + 1, "/");

		if (n != m || memcmp(a + 1, b + 1, n) != 0)
			break;
		depth++;
		a += n + 1;
		b += m + 1;
	}
	return depth;
}

/* Rows for the n entries and what is above them; the first pass only counts. */
static void grow_tree(struct bank *b, const struct entry *entries, size_t n, bool count_only)
{
	uint32_t above[BPFLOCK_LEVELS_MAX] = { 0 }; /* the rows on the way to the last path */
	const char *last = "/";

	b->n = 1;
	for (size_t i = 0; i < n; i++) {
		const char *name = entries[i].path;
		unsigned int common = common_depth(last, name), depth = 0;

		for (; *name; name += 1 + strcspn(name + 1, "/")) {
			size_t len = strcspn(name + 1, "/");

			if (++depth <= common)
				continue;
			above[depth] = b->n++;
			if (count_only)
				continue;
			b->nodes[above[depth]].parent = above[depth - 1];
			memcpy(b->nodes[above[depth]].name, name + 1, len);
			b->paths[above[depth]] = entries[i].path;
			b->depths[above[depth]] = depth;
		}
		if (!count_only && entries[i].rule) {
			struct bpflock_rule *row = &b->rules[above[depth]];

			row->rules = entries[i].rule->rules;
			row->flags = BPFLOCK_RULE_SET |
				     (entries[i].rule->runtime ? BPFLOCK_RULE_RUNTIME : 0);
			memcpy(row->source, entries[i].rule->source, sizeof(row->source));
		}
		if (!count_only && (entries[i].rule || entries[i].granted))
			b->levels |= 1ULL << depth;
		last = entries[i].path;
	}
}

static bool is_path_of_row(const struct bank *b, uint32_t row, const char *path)
{
	return b->depths[row] == policy_path_depth(path) &&
	       common_depth(b->paths[row], path) == b->depths[row];
}

static uint32_t row_of(const struct bank *b, const char *path)
{
	for (uint32_t row = 1; row < b->n; row++)
		if (is_path_of_row(b, row, path))
			return row;
	return 0;
}

/* Grants hang on rows; host: where those of the host's rule set go. */
static void hang_grants(struct bank *b, const struct policy *p, struct bpflock_policy *host)
{
	for (size_t i = 0; i < p->n_grants; i++) {
		const struct grant *g = &p->grants[i];
		struct bpflock_grant *to = &b->grants[b->n_grants++];
		uint32_t row = row_of(b, g->path);
		__u64 *granted = row ? &b->rules[row].granted : &host->granted;

		*to = (struct bpflock_grant){ .operations = g->operations,
					      .given = g->given,
					      .expires = g->expires,
					      .id = g->id,
					      .row = row,
					      .uid = g->uid };
		memcpy(to->note, g->note, sizeof(to->note));
		if (*granted) /* another grant of this path was here before */
			continue;
		*granted = policy_ends(p, g->path, &b->ends[b->n_ends]);
		*(row ? &b->rules[row].ends : &host->ends) = b->n_ends++;
	}
}

static int bank_make(const struct policy *p, struct bpflock_policy *host, struct bank *ret)
{
	CLEANUP(free_charp) char *memory = NULL;
	struct bank b = {};
	struct entry *entries;
	size_t n;

	memory = calloc(p->n_rules + p->n_grants + 1, sizeof(*entries));
	if (!memory)
		return -ENOMEM;
	entries = (struct entry *)memory;
	n = collect(p, entries);
	grow_tree(&b, entries, n, true);
	b.rules = calloc(b.n, sizeof(*b.rules));
	b.nodes = calloc(b.n, sizeof(*b.nodes));
	b.paths = calloc(b.n, sizeof(*b.paths));
	b.depths = calloc(b.n, sizeof(*b.depths));
	b.rows = calloc(b.n, sizeof(*b.rows));
	b.ends = calloc(p->n_grants + 1, sizeof(*b.ends));
	b.grants = calloc(p->n_grants + 1, sizeof(*b.grants));
	if (!b.rules || !b.nodes || !b.paths || !b.depths || !b.rows || !b.ends || !b.grants) {
		bank_done(&b);
		return -ENOMEM;
	}
	for (uint32_t i = 0; i < b.n; i++)
		b.rows[i] = i;
	grow_tree(&b, entries, n, false);
	hang_grants(&b, p, host);
	host->n_rows = b.n;
	host->n_grants = b.n_grants;
	host->n_levels = 0;
	memset(host->levels, 0, sizeof(host->levels));
	for (uint32_t d = BPFLOCK_LEVELS_MAX; d-- > 1;)
		if (b.levels & (1ULL << d))
			host->levels[host->n_levels++] = d;
	*ret = b;
	return 0;
}

/* Today's id of each row's cgroup, 0 if there is none. Rows of a parent come before its children's. */
static void look_up(const struct bank *b, int root_fd, uint64_t *ids)
{
	for (uint32_t row = 0; row < b->n; row++) {
		char path[PATH_MAX];
		const char *end = b->paths[row];

		ids[row] = 0;
		if (row && !ids[b->nodes[row].parent])
			continue;
		for (uint32_t d = 0; d < b->depths[row]; d++)
			end += 1 + strcspn(end + 1, "/");
		snprintf(path, sizeof(path), "%.*s", row ? (int)(end - b->paths[row]) : 1,
			 row ? b->paths[row] : "/");
		if (cgroupfs_id(root_fd, path, &ids[row]) < 0)
			ids[row] = 0;
	}
}

static int enter_live(const struct bank *b, int root_fd, int live_fd)
{
	CLEANUP(free_charp) char *memory = calloc(b->n, sizeof(uint64_t) + sizeof(uint32_t));
	uint64_t *ids = (uint64_t *)memory;
	uint32_t *rows = (uint32_t *)(ids + b->n), n = 0;

	if (!memory)
		return -ENOMEM;
	look_up(b, root_fd, ids);
	for (uint32_t row = 0; row < b->n; row++) {
		if (!ids[row])
			continue;
		ids[n] = ids[row];
		rows[n++] = row;
	}
	return n && bpf_map_update_batch(live_fd, ids, rows, &n, NULL) < 0 ? -errno : 0;
}

static void empty_bank(const struct pins_slots *slots, uint32_t bank)
{
	for (size_t i = 0; i < ARRAY_SIZE(bank_kinds); i++)
		bpf_map_delete_elem(slots_fd(slots, bank_kinds[i]), &bank);
}

static int enter_new(const struct pins_slots *slots, const struct kind *kind, uint32_t bank,
		     const void *keys, const void *values, uint32_t n, uint32_t room)
{
	CLEANUP(close_fdp) int fd = make_inner(kind, keys, values, n, room);

	return fd < 0 ? fd : enter_inner(slots, kind, bank, fd);
}

/*
 * Order matters: the tree and the root's id are there before existing cgroups are looked up, so
 * that one made meanwhile is entered by the kernel if it is not seen here.
 */
static int fill_bank(const struct pins_slots *slots, const struct bank *b, uint32_t bank)
{
	CLEANUP(close_fdp) int root = cgroupfs_open();
	CLEANUP(close_fdp) int live = -1;
	const uint32_t root_row = 0;
	uint64_t root_id;
	int r;

	if (root < 0)
		return root;
	r = cgroupfs_id(root, "/", &root_id);
	if (r == 0)
		r = enter_new(slots, &rules_kind, bank, NULL, b->rules, b->n, b->n);
	if (r == 0)
		r = enter_new(slots, &ends_kind, bank, NULL, b->ends, b->n_ends, b->n_ends);
	if (r == 0)
		r = enter_new(slots, &grants_kind, bank, NULL, b->grants, b->n_grants,
			      b->n_grants);
	if (r == 0)
		r = enter_new(slots, &nodes_kind, bank, b->nodes + 1, b->rows + 1, b->n - 1, b->n);
	if (r < 0)
		return r;
	/* twice the room: ids of cgroups that went while we looked may stay behind */
	live = make_inner(&live_kind, &root_id, &root_row, 1, 2 * b->n + 64);
	if (live < 0)
		return live;
	r = enter_inner(slots, &live_kind, bank, live);
	if (r < 0)
		return r;
	cgroupfs_wait_for_mkdir(root);
	return enter_live(b, root, live);
}

/* The host's part of the policy in a slot. -ENOENT: the slot is empty. */
static int read_slot(const struct pins_slots *slots, uint32_t slot, struct bpflock_policy *ret)
{
	/* the map whose id we read may be replaced, and be gone, before we can open it */
	for (int tries = 0; tries < 100; tries++) {
		CLEANUP(close_fdp) int fd = -1;
		struct bpflock_policy policy;
		uint32_t id;

		if (bpf_map_lookup_elem(slots->policy, &slot, &id) < 0)
			return -errno;
		fd = bpf_map_get_fd_by_id(id);
		if (fd < 0 && errno == ENOENT)
			continue;
		if (fd < 0 || bpf_map_lookup_elem(fd, &zero, &policy) < 0)
			return -errno;
		for (size_t s = 0; s < _BPFLOCK_SETTING_MAX; s++)
			policy.sources[s][BPFLOCK_SOURCE_LEN - 1] = '\0';
		*ret = policy;
		return 0;
	}
	return -EAGAIN;
}

static bool has_ended(const struct bpflock_policy *p)
{
	return p->expires && p->expires <= policy_now();
}

/* The slot that decides, and what is in both. has_fallback: a trial is under way or has ended. */
static int read_slots(const struct pins_slots *slots, struct bpflock_policy *active,
		      struct bpflock_policy *fallback, bool *has_fallback, uint32_t *in_force)
{
	int r = read_slot(slots, BPFLOCK_SLOT_ACTIVE, active);

	if (r < 0)
		return r;
	*has_fallback = false;
	*in_force = BPFLOCK_SLOT_ACTIVE;
	if (!active->expires)
		return 0;
	r = read_slot(slots, BPFLOCK_SLOT_FALLBACK, fallback);
	if (r < 0)
		return r;
	*has_fallback = true;
	if (has_ended(active))
		*in_force = BPFLOCK_SLOT_FALLBACK;
	return 0;
}

int pins_read_host_policy(const struct pins *p, struct bpflock_policy *ret_policy)
{
	struct bpflock_policy active, fallback;
	bool has_fallback;
	uint32_t slot;
	int r = read_slots(&p->slots, &active, &fallback, &has_fallback, &slot);

	if (r == 0)
		*ret_policy = slot == BPFLOCK_SLOT_ACTIVE ? active : fallback;
	return r;
}

static int write_slot(const struct pins_slots *slots, uint32_t slot,
		      const struct bpflock_policy *host)
{
	return enter_new(slots, &policy_kind, slot, NULL, host, 1, 1);
}

/* A bank that neither slot's policy uses, emptied. */
static uint32_t free_bank(const struct pins_slots *slots, uint32_t used, uint32_t used_too)
{
	uint32_t chosen = BPFLOCK_NO_BANK;

	for (uint32_t bank = 0; bank < BPFLOCK_BANKS; bank++) {
		if (bank == used || bank == used_too)
			continue;
		empty_bank(slots, bank);
		if (chosen == BPFLOCK_NO_BANK)
			chosen = bank;
	}
	return chosen;
}

static void settle(const struct pins_slots *slots, const struct bpflock_policy *host,
		   const struct bpflock_policy *fallback)
{
	uint32_t slot = BPFLOCK_SLOT_FALLBACK;

	if (!host->expires) {
		bpf_map_delete_elem(slots->policy, &slot);
		free_bank(slots, host->bank, BPFLOCK_NO_BANK);
	} else {
		free_bank(slots, host->bank, fallback->bank);
	}
}

int pins_write_policy(const struct pins_slots *slots, const struct policy *policy,
		      enum pins_write how)
{
	struct bpflock_policy active = { .bank = BPFLOCK_NO_BANK },
			      fallback = { .bank = BPFLOCK_NO_BANK }, host = policy->host;
	struct bank b = {};
	bool has_fallback = false;
	uint32_t in_force = BPFLOCK_SLOT_ACTIVE;
	int r;

	/* a set that is being made has nothing in its slots yet */
	r = read_slots(slots, &active, &fallback, &has_fallback, &in_force);
	if (r < 0 && r != -ENOENT)
		return r;
	r = 0;
	host.bank = BPFLOCK_NO_BANK;
	host.granted = host.ends = host.n_rows = host.n_grants = host.n_levels = 0;
	if (how == PINS_WRITE_FOR_GOOD)
		host.expires = 0;
	if (policy->n_rules || policy->n_grants) {
		host.bank = free_bank(slots, active.bank, fallback.bank);
		r = bank_make(policy, &host, &b);
		if (r == 0)
			r = fill_bank(slots, &b, host.bank);
		bank_done(&b);
	}
	/* what a trial falls back to is in its slot before the trial begins */
	if (r == 0 && host.expires && !has_fallback) {
		r = write_slot(slots, BPFLOCK_SLOT_FALLBACK, &active);
		fallback = active;
	}
	if (r == 0)
		r = write_slot(slots, BPFLOCK_SLOT_ACTIVE, &host);
	if (r < 0) {
		if (host.bank != BPFLOCK_NO_BANK)
			empty_bank(slots, host.bank);
		return r;
	}
	settle(slots, &host, &fallback);
	return 0;
}

int pins_confirm_policy(const struct pins *p)
{
	struct bpflock_policy active, fallback;
	bool has_fallback;
	uint32_t in_force;
	int r = read_slots(&p->slots, &active, &fallback, &has_fallback, &in_force);

	if (r < 0)
		return r;
	if (!has_fallback || in_force != BPFLOCK_SLOT_ACTIVE)
		return -ENOENT;
	active.expires = 0;
	r = write_slot(&p->slots, BPFLOCK_SLOT_ACTIVE, &active);
	if (r == 0)
		settle(&p->slots, &active, &fallback);
	return r;
}

/*
 * Up to n entries of a frozen map in one call, instead of one for each. How many there were, or a
 * negative errno.
 */
static int read_batch(int fd, void *keys, void *values, uint32_t n)
{
	uint32_t count = n, position;

	/* the end of the map is told by ENOENT, along with the entries before it */
	if (n && bpf_map_lookup_batch(fd, NULL, &position, keys, values, &count, NULL) < 0 &&
	    errno != ENOENT)
		return -errno;
	return n ? count : 0;
}

/* All rows of an array in a bank, or NULL with errno; at least one is allocated. */
static void *read_rows(const struct pins_slots *slots, const struct kind *kind, uint32_t bank,
		       uint32_t n)
{
	CLEANUP(close_fdp) int fd = open_inner(slots, kind, bank);
	CLEANUP(free_charp) char *rows = calloc(n + 1, kind->value_size);
	CLEANUP(free_charp) char *keys = calloc(n + 1, kind->key_size);
	int r;

	if (fd < 0 || !rows || !keys) {
		errno = fd < 0 ? -fd : ENOMEM;
		return NULL;
	}
	r = read_batch(fd, keys, rows, n);
	if (r != (int)n) {
		errno = r < 0 ? -r : EUCLEAN;
		return NULL;
	}
	return TAKE_PTR(rows);
}

/* The tree's nodes by their rows. */
static struct bpflock_node *read_nodes(const struct pins_slots *slots, uint32_t bank, uint32_t n)
{
	CLEANUP(close_fdp) int fd = open_inner(slots, &nodes_kind, bank);
	CLEANUP(free_charp) char *keys = calloc(n + 1, sizeof(struct bpflock_node));
	CLEANUP(free_charp) char *rows = calloc(n + 1, sizeof(uint32_t));
	struct bpflock_node *nodes = calloc(n + 1, sizeof(*nodes));
	int got;

	if (fd < 0 || !nodes || !keys || !rows) {
		errno = fd < 0 ? -fd : ENOMEM;
		free(nodes);
		return NULL;
	}
	/* all but the root's row: room for each, or the kernel says ENOSPC */
	got = read_batch(fd, keys, rows, n);
	if (got < 0) {
		errno = -got;
		free(nodes);
		return NULL;
	}
	for (int i = 0; i < got; i++) {
		uint32_t row = ((uint32_t *)rows)[i];

		if (row >= n)
			continue;
		nodes[row] = ((struct bpflock_node *)keys)[i];
		nodes[row].name[BPFLOCK_NAME_MAX] = '\0';
	}
	return nodes;
}

/* The path of a row; false if the tree has no such. */
static bool path_of_row(const struct bpflock_node *nodes, uint32_t n, uint32_t row,
			char path[PATH_MAX])
{
	char *start = path + PATH_MAX - 1;

	*start = '\0';
	for (unsigned int depth = 0; row; depth++, row = nodes[row].parent) {
		size_t len;

		if (row >= n || depth >= BPFLOCK_LEVELS_MAX)
			return false;
		len = strlen(nodes[row].name);
		if (!len || start - path < (ptrdiff_t)len + 1)
			return false;
		start -= len;
		memcpy(start, nodes[row].name, len);
		*--start = '/';
	}
	if (!*start)
		*--start = '/';
	memmove(path, start, strlen(start) + 1);
	return true;
}

static int add_rules(struct policy *p, const struct bpflock_rule *rows,
		     const struct bpflock_node *nodes, uint32_t n)
{
	char path[PATH_MAX];

	for (uint32_t row = 1; row < n; row++) {
		struct rule *r;

		if (!(rows[row].flags & BPFLOCK_RULE_SET))
			continue;
		if (!path_of_row(nodes, n, row, path))
			return -EUCLEAN;
		r = policy_add_rule(p, path);
		if (!r)
			return -ENOMEM;
		r->rules = rows[row].rules;
		r->runtime = rows[row].flags & BPFLOCK_RULE_RUNTIME;
		r->profile_given = true;
		snprintf(r->source, sizeof(r->source), "%.*s", BPFLOCK_SOURCE_LEN - 1,
			 rows[row].source);
	}
	return 0;
}

static int add_grants(struct policy *p, const struct bpflock_grant *rows, uint32_t n,
		      const struct bpflock_node *nodes, uint32_t n_nodes)
{
	char path[PATH_MAX], note[BPFLOCK_NOTE_LEN];

	for (uint32_t i = 0; i < n; i++) {
		struct grant *g;

		if (!path_of_row(nodes, n_nodes, rows[i].row, path))
			return -EUCLEAN;
		snprintf(note, sizeof(note), "%.*s", BPFLOCK_NOTE_LEN - 1, rows[i].note);
		g = policy_add_grant(p, path, rows[i].operations, rows[i].given, rows[i].expires,
				     rows[i].uid, note);
		if (!g)
			return -ENOMEM;
		g->id = rows[i].id;
	}
	return 0;
}

static int read_bank(const struct pins_slots *slots, struct policy *p)
{
	const struct bpflock_policy *host = &p->host;
	CLEANUP(free_charp) char *nodes = NULL;
	CLEANUP(free_charp) char *rows = NULL;
	CLEANUP(free_charp) char *grants = NULL;
	int r;

	if (host->bank >= BPFLOCK_BANKS)
		return 0;
	nodes = (char *)read_nodes(slots, host->bank, host->n_rows);
	rows = nodes ? read_rows(slots, &rules_kind, host->bank, host->n_rows) : NULL;
	grants = rows ? read_rows(slots, &grants_kind, host->bank, host->n_grants) : NULL;
	if (!grants)
		return -errno;
	r = add_rules(p, (struct bpflock_rule *)rows, (struct bpflock_node *)nodes, host->n_rows);
	if (r == 0)
		r = add_grants(p, (struct bpflock_grant *)grants, host->n_grants,
			       (struct bpflock_node *)nodes, host->n_rows);
	return r;
}

/* What identifies a policy that was read, to see whether it still is what is in force. */
static bool same_policy(const struct bpflock_policy *a, const struct bpflock_policy *b)
{
	return a->generation == b->generation && a->bank == b->bank && a->expires == b->expires;
}

static int read_once(const struct pins *p, struct policy *ret, struct pins_policy_state *state)
{
	struct bpflock_policy active, fallback, again;
	uint32_t slot;
	bool trial;
	int r = read_slots(&p->slots, &active, &fallback, &trial, &slot);

	if (r < 0)
		return r;
	policy_init(ret);
	ret->host = slot == BPFLOCK_SLOT_ACTIVE ? active : fallback;
	r = read_bank(&p->slots, ret);
	if (r == 0)
		r = pins_read_host_policy(p, &again);
	if (r == 0 && !same_policy(&again, &ret->host))
		r = -EAGAIN;
	/* a bank that is gone was emptied behind a switch */
	if (r == -ENOENT)
		r = -EAGAIN;
	if (r < 0) {
		policy_done(ret);
		return r;
	}
	*state = (struct pins_policy_state){
		.newest_generation = active.generation,
		.trial = trial && slot == BPFLOCK_SLOT_ACTIVE,
		.reverted = trial && slot == BPFLOCK_SLOT_FALLBACK,
	};
	if (trial)
		state->fallback = fallback;
	return 0;
}

int pins_read_policy(const struct pins *p, struct policy *ret_policy,
		     struct pins_policy_state *ret_state)
{
	struct pins_policy_state state;
	struct policy policy;
	int r = -EAGAIN;

	for (int tries = 0; tries < 100 && r == -EAGAIN; tries++)
		r = read_once(p, &policy, &state);
	if (r < 0)
		return r;
	*ret_policy = policy;
	if (ret_state)
		*ret_state = state;
	return 0;
}

bool pins_is_live(const struct pins *p, const struct policy *policy, uint64_t cgroup_id)
{
	CLEANUP(close_fdp) int fd = -1;
	uint32_t row;

	if (policy->host.bank >= BPFLOCK_BANKS)
		return false;
	fd = open_inner(&p->slots, &live_kind, policy->host.bank);
	return fd >= 0 && bpf_map_lookup_elem(fd, &cgroup_id, &row) == 0;
}

int pins_read_watch_state(const struct pins *p, struct bpflock_watch_state *ret)
{
	return bpf_map_lookup_elem(p->watch_fd, &zero, ret) < 0 ? -errno : 0;
}

int pins_announce(const struct pins *p, const struct bpflock_announcement *what)
{
	LIBBPF_OPTS(bpf_test_run_opts, opts, .ctx_in = what, .ctx_size_in = sizeof(*what));
	CLEANUP(close_fdp) int fd = pins_open_map(p->path, PIN_ANNOUNCE, true);

	if (fd < 0)
		return fd;
	if (bpf_prog_test_run_opts(fd, &opts) < 0)
		return -errno;
	return opts.retval ? -ENOBUFS : 0;
}
