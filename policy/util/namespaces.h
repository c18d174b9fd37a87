/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The inode numbers of initial namespaces, the same on every kernel (include/linux/proc_ns.h; promised
 * to user space since 6.17). That of the network namespace is not: see preflight-place.c.
 */
#pragma once

#define INITIAL_PID_NAMESPACE	 0xEFFFFFFCU
#define INITIAL_CGROUP_NAMESPACE 0xEFFFFFFBU
#define INITIAL_USER_NAMESPACE	 0xEFFFFFFDU
#define INITIAL_TIME_NAMESPACE	 0xEFFFFFFAU
