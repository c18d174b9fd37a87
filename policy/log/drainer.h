/* SPDX-License-Identifier: GPL-2.0-only */
/* The drainer is the one process that takes the records of the log: it holds the lock on the maps
 * of the loaded set. */
#pragma once

#include <stdbool.h>
#include <sys/types.h>

#include "container.h"

struct drainer {
	pid_t pid;
	struct container container; /* empty if it is in none, or in one whose cgroup cannot be seen
				       from here */
};

/*
 * Finds it without taking the lock. Returns false if nobody drains the log, nothing is loaded, or
 * the process is not visible in this pid namespace.
 */
bool drainer_find(const char *bpffs, struct drainer *ret);

/*
 * Returns whether its container has an id, as those of Docker and Podman do; machines of systemd-nspawn
 * and containers of LXC have names.
 */
bool drainer_has_id(const struct drainer *d);

/* "process 12 (container 0123456789ab)"; an id is shortened as "docker ps" does it. */
#define DRAINER_TEXT_LEN (CONTAINER_ID_LEN + 32)
void drainer_describe(const struct drainer *d, char ret_text[DRAINER_TEXT_LEN]);
