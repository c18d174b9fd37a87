/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/*
 * Room for the file descriptors of a load, whatever soft limit the caller has set; beyond the hard
 * limit, too, if it may. Before capabilities_limit(). Where that is refused, what runs out of them
 * says so.
 */
void rlimit_raise_files(void);
