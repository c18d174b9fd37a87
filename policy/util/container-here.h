/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include <stdbool.h>

/*
 * Returns whether this process says that it runs in a container, by the variable "container" that
 * the image sets, and Podman and systemd-nspawn too. It chooses between hints, and decides nothing.
 */
bool container_here(void);

/*
 * Returns the cure for what a container left out: "use --pid=host" or other options of Docker and
 * Podman, or to run it on the host where systemd-nspawn or LXC, which have no such options, made the
 * container.
 */
const char *container_here_cure(const char *options);
