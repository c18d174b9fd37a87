/* SPDX-License-Identifier: GPL-2.0-only */
/* The kernel loads modules by itself: it runs modprobe when a task asks for what a module provides. */
#pragma once

/* 1 if this kernel never does, since it has no modules or kernel.modprobe is empty; 0 if it does; or
 * a negative errno. */
int autoload_is_off(void);
