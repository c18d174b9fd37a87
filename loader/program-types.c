// SPDX-License-Identifier: GPL-2.0-only
#include "program-types.h"

#include <bpf/bpf.h>
#include <bpf/btf.h>
#include <errno.h>
#include <linux/bpf.h>
#include <stdlib.h>
#include <string.h>

#include "btf-part.h"
#include "seal-btf.h"
#include "text.h"
#include "util.h"

/* To libbpf they are of a type that attaches to nothing in BTF, until they are loaded. */
#define PLACEHOLDER BPF_PROG_TYPE_RAW_TRACEPOINT

static const struct kind {
	const char *section; /* up to the slash */
	enum bpf_prog_type type;
	enum bpf_attach_type attach;
	const char *prefix; /* of the kernel's name for what is attached to */
	bool is_typedef;    /* that is no function */
} kinds[PROGRAM_TYPES_KINDS] = {
	{ "lsm_cgroup", BPF_PROG_TYPE_LSM, BPF_LSM_CGROUP, "bpf_lsm_" },
	{ "lsm", BPF_PROG_TYPE_LSM, BPF_LSM_MAC, "bpf_lsm_" },
	{ "fexit", BPF_PROG_TYPE_TRACING, BPF_TRACE_FEXIT, "" },
	{ "tp_btf", BPF_PROG_TYPE_TRACING, BPF_TRACE_RAW_TP, "btf_trace_", true },
};

/* NULL: it attaches to nothing that BTF names. */
static const struct kind *kind_of(const struct bpf_program *prog)
{
	const char *section = bpf_program__section_name(prog);

	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++) {
		size_t len = strlen(kinds[i].section);

		if (strncmp(section, kinds[i].section, len) == 0 && section[len] == '/')
			return &kinds[i];
	}
	return NULL;
}

/* Gives a program its type and target. libbpf calls this right before it loads one. */
static int prepare(struct bpf_program *prog, struct bpf_prog_load_opts *opts, long cookie)
{
	/* NOLINTNEXTLINE(performance-no-int-to-ptr): libbpf's cookies are numbers */
	const struct program_types *t = (const struct program_types *)cookie;
	const struct kind *kind = kind_of(prog);

	for (uint32_t i = 0; kind && i < t->n; i++) {
		if (strcmp(t->found[i].program, bpf_program__name(prog)) != 0)
			continue;
		opts->attach_btf_id = t->found[i].id;
		return bpf_program__set_type(prog, kind->type);
	}
	return -ESRCH;
}

int program_types_begin(struct program_types *t)
{
	LIBBPF_OPTS(libbpf_prog_handler_opts, opts, .cookie = (long)t,
		    .prog_prepare_load_fn = prepare);
	int r;

	*t = (struct program_types){ .fd = -1, .handlers = { -1, -1, -1, -1 } };
	r = seal_btf_file(NULL, 0, &t->fd, t->path);
	for (size_t i = 0; r == 0 && i < ARRAY_SIZE(kinds); i++) {
		char section[16];

		snprintf(section, sizeof(section), "%s+", kinds[i].section);
		t->handlers[i] =
			libbpf_register_prog_handler(section, PLACEHOLDER, kinds[i].attach, &opts);
		if (t->handlers[i] < 0)
			r = t->handlers[i];
	}
	return r;
}

void program_types_done(struct program_types *t)
{
	for (size_t i = 0; i < ARRAY_SIZE(t->handlers); i++) {
		if (t->handlers[i] >= 0)
			libbpf_unregister_prog_handler(t->handlers[i]);
		t->handlers[i] = -1;
	}
	close_fdp(&t->fd);
	t->fd = -1;
}

static int find_target(struct program_types *t, const struct raw_btf *btf,
		       const struct bpf_program *prog)
{
	const struct kind *kind = kind_of(prog);
	struct program_type *to = &t->found[t->n];
	char name[128];

	if (!kind || !bpf_program__autoload(prog))
		return 0;
	if (t->n == PROGRAM_TYPES_MAX)
		return -E2BIG;
	snprintf(name, sizeof(name), "%s%s", kind->prefix,
		 bpf_program__section_name(prog) + strlen(kind->section) + 1);
	to->id = kind->is_typedef ? btf_find_typedef(btf, name) : btf_find_function(btf, name);
	snprintf(to->program, sizeof(to->program), "%s", bpf_program__name(prog));
	/* one without is told by who loads it */
	t->n += to->id != 0;
	return 0;
}

struct names {
	char **items;
	size_t n;
};

static void names_done(struct names *names)
{
	while (names->n)
		free(names->items[--names->n]);
	free(names->items);
}

static int by_name(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/* Collects the names of all types that the object knows, without flavors, and sorted. */
static int names_of(const struct btf *btf, struct names *ret)
{
	for (uint32_t id = 1; id < btf__type_cnt(btf); id++) {
		const struct btf_type *t = btf__type_by_id(btf, id);
		const char *name = btf__name_by_offset(btf, t->name_off), *flavor;

		if (!name || !*name || !(btf_is_composite(t) || btf_is_any_enum(t)))
			continue;
		flavor = strstr(name, "___");
		if (!array_grow(&ret->items, ret->n, sizeof(*ret->items)))
			return -ENOMEM;
		ret->items[ret->n] = flavor ? strndup(name, flavor - name) : strdup(name);
		if (!ret->items[ret->n++])
			return -ENOMEM;
	}
	if (ret->n)
		qsort(ret->items, ret->n, sizeof(*ret->items), by_name);
	return 0;
}

static int write_part(const struct program_types *t, const struct raw_btf *btf,
		      const struct bpf_object *obj)
{
	CLEANUP(names_done) struct names names = {};
	CLEANUP(free_charp) char *bytes = NULL;
	void *part;
	size_t len;
	int r = names_of(bpf_object__btf(obj), &names);

	if (r == 0)
		r = btf_part(btf, (const char *const *)names.items, names.n, &part, &len);
	if (r < 0)
		return r;
	bytes = part;
	return text_write_fd(t->fd, bytes, len);
}

int program_types_find(struct program_types *t, const struct raw_btf *btf, struct bpf_object *obj)
{
	struct bpf_program *prog;
	int r = 0;

	t->n = 0;
	bpf_object__for_each_program (prog, obj)
		if (r == 0)
			r = find_target(t, btf, prog);
	return r < 0 ? r : write_part(t, btf, obj);
}
