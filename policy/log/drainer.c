// SPDX-License-Identifier: GPL-2.0-only
#include "drainer.h"

#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "cgroupfs.h"
#include "pins-lock.h"
#include "pins.h"
#include "util.h"

#define SHORT_ID_LEN 12

bool drainer_find(const char *bpffs, struct drainer *ret)
{
	CLEANUP(free_charp) char *cgroup = NULL;
	char maps[PATH_MAX];

	*ret = (struct drainer){};
	snprintf(maps, sizeof(maps), "%s/%s/maps", bpffs, PINS_PUBLISHED);
	ret->pid = pins_lock_holder(maps);
	if (ret->pid <= 0)
		return false;
	if (cgroupfs_path_of(ret->pid, &cgroup) == 0)
		container_find(cgroup, &ret->container);
	return true;
}

bool drainer_has_id(const struct drainer *d)
{
	return strspn(d->container.id, "0123456789abcdef") == 64;
}

void drainer_describe(const struct drainer *d, char ret_text[DRAINER_TEXT_LEN])
{
	const char *id = d->container.id;
	int len = drainer_has_id(d) ? SHORT_ID_LEN : CONTAINER_ID_LEN;

	if (id[0])
		snprintf(ret_text, DRAINER_TEXT_LEN, "process %d (container %.*s)", (int)d->pid,
			 len, id);
	else
		snprintf(ret_text, DRAINER_TEXT_LEN, "process %d", (int)d->pid);
}
