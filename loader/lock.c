// SPDX-License-Identifier: GPL-2.0-only
#include "lock.h"

#include <bpf/bpf.h>
#include <errno.h>
#include <linux/bpf.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "attachment.h"
#include "cgroupfs-open.h"
#include "preflight-attach.h"
#include "util.h"

#define ROOT_ID 1 /* of the default hierarchy */

static int fail(int r, char *error, size_t len, const char *attempt, const char *object)
{
	snprintf(error, len, "%s: cannot %s: %s", object, attempt, preflight_attach_strerror(-r));
	return r;
}

static int attach_failed(int r, char *error, size_t len, const char *name)
{
	snprintf(error, len, "program %s: cannot attach to the root of cgroup v2: %s", name,
		 preflight_attach_strerror(-r));
	return r;
}

void lock_done(struct lock *l)
{
	close_fdp(&l->link_fd);
	close_fdp(&l->old_fd);
}

/* Returns whether it is the link of a program on our hook of the root, and that program's id. */
static bool is_lock(int link_fd, uint32_t *ret_prog_id)
{
	struct bpf_link_info info = {};
	uint32_t len = sizeof(info);

	if (bpf_obj_get_info_by_fd(link_fd, &info, &len) < 0 || info.type != BPF_LINK_TYPE_CGROUP ||
	    info.cgroup.attach_type != BPF_LSM_CGROUP || info.cgroup.cgroup_id != ROOT_ID)
		return false;
	*ret_prog_id = info.prog_id;
	return true;
}

static bool is_exchangeable(uint32_t prog_id)
{
	CLEANUP(free_charp) char *memory = calloc(1, sizeof(struct attachments));
	struct attachments *all = (struct attachments *)memory;
	const struct attachment *a;

	if (!memory || attachments_read(all) < 0)
		return false;
	a = attachments_find(all, prog_id);
	return a && a->stamp_id && attachments_exchangeable(all, a);
}

/* -ENOENT: there is no link that could be taken over. */
static int take_over(struct lock *l, const char *other, const char *pin)
{
	uint32_t prog_id;

	l->link_fd = pins_open_map(other, pin, true);
	if (l->link_fd < 0 || !is_lock(l->link_fd, &prog_id) || !is_exchangeable(prog_id))
		return -ENOENT;
	l->old_fd = bpf_prog_get_fd_by_id(prog_id);
	return l->old_fd < 0 ? -errno : 0;
}

static int create(struct lock *l)
{
	CLEANUP(close_fdp) int root = cgroupfs_open_root();

	close_fdp(&l->link_fd);
	close_fdp(&l->old_fd);
	l->old_fd = -1;
	if (root < 0)
		return root;
	l->link_fd = bpf_link_create(l->new_fd, root, BPF_LSM_CGROUP, NULL);
	return l->link_fd < 0 ? -errno : 0;
}

static int exchange(int link_fd, int from, int to)
{
	LIBBPF_OPTS(bpf_link_update_opts, opts, .flags = BPF_F_REPLACE, .old_prog_fd = from);

	return bpf_link_update(link_fd, to, &opts) < 0 ? -errno : 0;
}

int lock_attach(int program_fd, const char *name, const char *set_path, const char *other,
		struct lock *ret, char *error, size_t len)
{
	CLEANUP(lock_done) struct lock l = LOCK_INIT;
	char path[PATH_MAX], pin[64];
	int r;

	l.new_fd = program_fd;
	snprintf(pin, sizeof(pin), "links/%s", name);
	r = other ? take_over(&l, other, pin) : -ENOENT;
	if (r == -ENOENT)
		r = create(&l);
	if (r < 0)
		return attach_failed(r, error, len, name);
	/* pinned before it is exchanged: whichever set decides has the link */
	r = pins_path(path, set_path, pin);
	if (r == 0 && bpf_obj_pin(l.link_fd, path) < 0)
		r = -errno;
	if (r < 0)
		return fail(r, error, len, "pin", path);
	r = l.old_fd < 0 ? 0 : exchange(l.link_fd, l.old_fd, l.new_fd);
	if (r < 0)
		return fail(r, error, len, "exchange the program", path);
	*ret = l;
	l = (struct lock)LOCK_INIT;
	return 0;
}

int lock_hand_back(const struct lock *l)
{
	return l->old_fd < 0 ? 0 : exchange(l->link_fd, l->new_fd, l->old_fd);
}
