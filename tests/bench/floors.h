/* SPDX-License-Identifier: GPL-2.0-only */
/* The programs of floors.bpf.c: what a figure of the hook cannot be below. */
#pragma once

/* For variant.enter: programs of floors.bpf.c, by name, with spaces between them. */
#define FLOOR "floor: "

/* Loads and attaches programs, those on the lockdown hook at the root cgroup as ours is; dies if it cannot. */
void floors_attach(const char *programs);

/* Detaches them; nothing, if none are attached. */
void floors_detach(void);
