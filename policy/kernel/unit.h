/* SPDX-License-Identifier: GPL-2.0-only */
/* Names of systemd's units, by systemd.unit(5). Pure. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

/*
 * The suffix that tells the type of a unit, dot included; NULL if name[len] has none, or nothing
 * before it. A dot alone does not make one: "openvpn@my.net" has none.
 */
const char *unit_suffix(const char *name, size_t len);

/*
 * The name with .service appended if it has no suffix, as systemctl(1) completes it. Owned by the
 * caller; NULL: out of memory.
 */
char *unit_complete(const char *name);

/* Returns whether name[len] is a unit of a type that has a cgroup of its own. */
bool unit_has_cgroup(const char *name, size_t len);

/* Returns whether a unit, with or without its suffix, can be called so. */
bool unit_name_valid(const char *name);

/*
 * The unit of the system manager's that a cgroup's path leads to, without the escape before its name: the first
 * that is not a slice and has only slices above it. Whoever a subtree is delegated to chooses the names below
 * that. NULL: none. *ret_len: of the name, which is inside the path.
 */
const char *unit_of_manager(const char *path, size_t *ret_len);

/*
 * The systemd unit that a path belongs to: its last component that is the name of one. Where a
 * subtree is delegated, whoever has it chooses the names.
 */
const char *unit_of_path(const char *path, size_t *ret_len);

/* A component without what systemd puts before a unit's name that could be taken for a file's. */
const char *unit_unescape(const char *component, size_t *len);
