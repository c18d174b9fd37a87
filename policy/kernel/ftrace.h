/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/*
 * Returns 1 if kernel.ftrace_enabled=0 keeps every BPF trampoline, and so every LSM program, from being
 * called. 0: it does not. A negative errno: it cannot be read, as where /proc is mounted with
 * subset=pid.
 */
int ftrace_is_off(void);
