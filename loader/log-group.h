/* SPDX-License-Identifier: GPL-2.0-only */
/* The group LOG_GROUP may read the log without being root. */
#pragma once

/*
 * If there is the group LOG_GROUP (sysusers.d makes one), its members may read the ring of this set
 * and what belongs to it, and nothing else: neither the policy nor the programs. That needs Linux
 * 6.0, since before that bpf(2) wants a capability for every command. Warns on stderr of what could
 * not be done.
 */
void log_group_admit(const char *bpffs, const char *set_path);
