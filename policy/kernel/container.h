/* SPDX-License-Identifier: GPL-2.0-only */
/* The pod and the container that a cgroup belongs to, by the names that runtimes give cgroups.
 * Pure. */
#pragma once

#define CONTAINER_POD_LEN 72
#define CONTAINER_ID_LEN  136

/* Each is empty if the path names none. */
struct container {
	char pod[CONTAINER_POD_LEN]; /* the uid of a Kubernetes pod, or the id of a podman pod */
	char id[CONTAINER_ID_LEN];   /* the runtime's id, or the name of an LXC container or of a
					machine */
};

/*
 * Finds the innermost container of a path as in /proc/PID/cgroup. Anybody who may make cgroups can
 * give them such names, so this is a hint for people and nothing to decide by.
 */
void container_find(const char *path, struct container *ret);

/*
 * Returns the name of the scopes that a runtime's containers are in, "docker-ID.scope" for "docker.service": they are
 * beside the runtime's unit, not below it. NULL: the unit is not one of a runtime.
 */
const char *container_scope(const char *unit);
