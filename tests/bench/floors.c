// SPDX-License-Identifier: GPL-2.0-only
#include "floors.h"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "cgroupfs-open.h"
#include "floors.skel.h"
#include "measure.h"
#include "util.h"

static struct floors *attached;
static int links[3], n_links;

static int attach(const struct bpf_program *program)
{
	const enum bpf_attach_type type = bpf_program__expected_attach_type(program);
	CLEANUP(close_fdp) int root = type == BPF_LSM_CGROUP ? cgroupfs_open_root() : -1;

	return bpf_link_create(bpf_program__fd(program), root < 0 ? 0 : root, type, NULL);
}

void floors_attach(const char *programs)
{
	CLEANUP(free_charp) char *names = strdup(programs);
	char *rest = names, *name;
	struct bpf_program *program;

	attached = floors__open();
	if (!names || !attached)
		die("cannot open the floors");
	while ((name = strsep(&rest, " "))) {
		program = bpf_object__find_program_by_name(attached->obj, name);
		if (!program)
			die(name);
		bpf_program__set_autoload(program, true);
	}
	if (floors__load(attached) < 0)
		die("cannot load a floor");
	bpf_object__for_each_program (program, attached->obj) {
		if (!bpf_program__autoload(program))
			continue;
		links[n_links] = attach(program);
		if (links[n_links++] < 0)
			die("cannot attach a floor");
	}
}

void floors_detach(void)
{
	if (!attached)
		return;
	while (n_links)
		close(links[--n_links]);
	floors__destroy(attached);
	attached = NULL;
	usleep(200000); /* detached within about 100 ms */
}
