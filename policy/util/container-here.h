/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include <stdbool.h>

/*
 * Returns whether this process says that it runs in a container, by the variable "container" that
 * the image sets, and Podman and systemd-nspawn too. It chooses between hints, and decides nothing.
 */
bool container_here(void);
