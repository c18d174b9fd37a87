/* SPDX-License-Identifier: GPL-2.0-only */
/* Mounts of a container that have nothing in them: Docker makes a directory of a source that does
 * not exist. */
#pragma once

/*
 * Warns on stderr if the directory of the policy exists and has no file, or if its bpflock.conf is
 * a directory. Names that begin with a dot do not count, because Kubernetes makes such names in
 * each volume.
 */
void container_mounts_warn(const char *directory);
