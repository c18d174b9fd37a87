// SPDX-License-Identifier: GPL-2.0-only
#include "container-here.h"

#include <stdlib.h>
#include <string.h>

#include "util.h"

/* "" outside of containers. */
static const char *container_kind(void)
{
	return secure_getenv("container") ?: "";
}

bool container_here(void)
{
	return *container_kind();
}

const char *container_here_cure(const char *options)
{
	static const char *const machines[] = { "systemd-nspawn", "lxc", "lxc-libvirt" };

	for (size_t i = 0; i < ARRAY_SIZE(machines); i++)
		if (strcmp(container_kind(), machines[i]) == 0)
			return "run it on the host";
	return options;
}
