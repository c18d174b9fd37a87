/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include <sys/stat.h>

/*
 * Reads the file of a namespace ("net") of a process that is in the initial namespaces. 0 or a negative
 * errno; /proc may be of another pid namespace, whose pids are not the host's: -EXDEV.
 */
int host_namespace_stat(const char *ns, struct stat *ret);
