/* SPDX-License-Identifier: GPL-2.0-only */
/* The group whose members may read the log. */
#pragma once

#include <stdbool.h>
#include <sys/types.h>

#define LOG_GROUP "bpflock"

/*
 * The ID of a group by the files below root ("" outside tests): /etc/group, and where images and
 * other name services of files have theirs. Name services themselves are not asked: they load
 * libraries, and may wait for a network that is not there yet, at boot and with the rights that
 * load BPF programs. false: no file has it.
 */
bool group_find(const char *root, const char *name, gid_t *ret);

/* Returns whether this process is a member. */
bool group_is_mine(gid_t gid);
