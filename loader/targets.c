// SPDX-License-Identifier: GPL-2.0-only
#include "targets.h"

#include <bpf/bpf.h>
#include <bpf/btf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <linux/btf.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "btf.h"
#include "text.h"
#include "util.h"

#define PROGRAMS_MAX 16

/* Since 6.3: without it there is a line in the kernel's log, or a refusal where sysctl
 * vm.memfd_noexec is 2. */
#ifndef MFD_NOEXEC_SEAL
#define MFD_NOEXEC_SEAL 8U
#endif

/* What the type is called that a program of a section is for (libbpf's find_kernel_btf_id()). */
static const struct kind {
	const char *section;
	const char *prefix;
	uint32_t btf_kind;
	enum bpf_prog_type type;
	enum bpf_attach_type attach;
} kinds[] = {
	{ "lsm_cgroup/", "bpf_lsm_", BTF_KIND_FUNC, BPF_PROG_TYPE_LSM, BPF_LSM_CGROUP },
	{ "tp_btf/", "btf_trace_", BTF_KIND_TYPEDEF, BPF_PROG_TYPE_TRACING, BPF_TRACE_RAW_TP },
	{ "fexit/", "", BTF_KIND_FUNC, BPF_PROG_TYPE_TRACING, BPF_TRACE_FEXIT },
};

/*
 * A program that says LSM or tracing makes libbpf read the BTF before it asks anybody. So it is of
 * another type until it is loaded.
 */
#define TYPE_UNTIL_LOADED BPF_PROG_TYPE_SOCKET_FILTER

struct targets {
	int fd; /* a file in memory, with the slice of BTF */
	char path[32];
	int handlers[ARRAY_SIZE(kinds)]; /* libbpf's numbers, from 1 */
	struct btf_wanted wanted[PROGRAMS_MAX];
	struct {
		char section[96];
		char name[96]; /* of the type */
	} programs[PROGRAMS_MAX];
	size_t n;
};

/* libbpf's callback has nothing of ours but a number. */
static const struct targets *current;

static int prepare(struct bpf_program *prog, struct bpf_prog_load_opts *opts, long cookie)
{
	const struct kind *k = &kinds[cookie];

	for (size_t i = 0; current && i < current->n; i++) {
		if (strcmp(current->programs[i].section, bpf_program__section_name(prog)) != 0 ||
		    !current->wanted[i].id)
			continue;
		opts->attach_btf_id = current->wanted[i].id;
		opts->expected_attach_type = k->attach;
		return bpf_program__set_type(prog, k->type);
	}
	return -ESRCH;
}

static int add_handlers(struct targets *t)
{
	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++) {
		LIBBPF_OPTS(libbpf_prog_handler_opts, opts, .cookie = i,
			    .prog_prepare_load_fn = prepare);
		int r = libbpf_register_prog_handler(kinds[i].section, TYPE_UNTIL_LOADED,
						     kinds[i].attach, &opts);

		if (r < 0)
			return r;
		t->handlers[i] = r;
	}
	return 0;
}

int targets_new(struct targets **ret)
{
	CLEANUP(targets_freep) struct targets *t = calloc(1, sizeof(*t));
	int r;

	if (!t)
		return -ENOMEM;
	t->fd = memfd_create("bpflock-btf", MFD_CLOEXEC | MFD_NOEXEC_SEAL);
	if (t->fd < 0 && errno == EINVAL)
		t->fd = memfd_create("bpflock-btf", MFD_CLOEXEC);
	if (t->fd < 0)
		return -errno;
	snprintf(t->path, sizeof(t->path), "/proc/self/fd/%d", t->fd);
	r = add_handlers(t);
	if (r < 0)
		return r;
	current = *ret = TAKE_PTR(t);
	return 0;
}

struct targets *targets_free(struct targets *t)
{
	if (!t)
		return NULL;
	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++)
		if (t->handlers[i])
			libbpf_unregister_prog_handler(t->handlers[i]);
	close_fdp(&t->fd);
	if (current == t)
		current = NULL;
	free(t);
	return NULL;
}

void targets_freep(struct targets **t)
{
	targets_free(*t);
}

const char *targets_btf_path(const struct targets *t)
{
	return t->path;
}

static void add_program(struct targets *t, const struct bpf_program *prog)
{
	const char *section = bpf_program__section_name(prog);

	for (size_t i = 0; i < ARRAY_SIZE(kinds) && t->n < PROGRAMS_MAX; i++) {
		const size_t len = strlen(kinds[i].section);

		if (strncmp(section, kinds[i].section, len) != 0)
			continue;
		snprintf(t->programs[t->n].section, sizeof(t->programs[0].section), "%s", section);
		snprintf(t->programs[t->n].name, sizeof(t->programs[0].name), "%s%s",
			 kinds[i].prefix, section + len);
		t->wanted[t->n] = (struct btf_wanted){ .kind = kinds[i].btf_kind,
						       .name = t->programs[t->n].name };
		t->n++;
	}
}

static int by_name(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* Which structures the object may read: all that it knows. *ret: the caller frees it; the names are
 * the object's. */
static int structures_of(const struct bpf_object *object, const char ***ret, size_t *ret_n)
{
	const struct btf *own = bpf_object__btf(object);
	const uint32_t n_types = btf__type_cnt(own);
	const char **names = calloc(n_types, sizeof(*names));
	size_t n = 0;

	if (!names)
		return -ENOMEM;
	for (uint32_t id = 1; id < n_types; id++) {
		const struct btf_type *type = btf__type_by_id(own, id);
		const char *name = btf__name_by_offset(own, type->name_off);

		if (btf_is_composite(type) && name && *name)
			names[n++] = name;
	}
	qsort(names, n, sizeof(*names), by_name);
	*ret = names;
	*ret_n = n;
	return 0;
}

int targets_find(struct targets *t, const struct bpf_object *object, const struct raw_btf *btf)
{
	const struct bpf_program *prog = NULL;
	CLEANUP(free_charp) char *slice = NULL;
	const char **names;
	void *bytes = NULL;
	size_t n, len;
	int r;

	while ((prog = bpf_object__next_program(object, (struct bpf_program *)prog)))
		if (bpf_program__autoload(prog))
			add_program(t, prog);
	btf_find(btf, t->wanted, t->n);
	r = structures_of(object, &names, &n);
	if (r < 0)
		return r;
	r = btf_slice(btf, names, n, &bytes, &len);
	free(names);
	if (r < 0)
		return r;
	slice = bytes;
	return text_write_fd(t->fd, slice, len);
}
