/* SPDX-License-Identifier: GPL-2.0-only */
/* The one command that would allow just what was denied, by the active policy, or why there is
 * none. Pure. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "denials.h"
#include "explain.h"

enum denial_cure {
	DENIAL_CURE_UNIT,     /* a grant to the unit */
	DENIAL_CURE_CGROUP,   /* a grant to the cgroup of this path */
	DENIAL_CURE_HOST,     /* a grant to all that the host's rule set holds for */
	DENIAL_CURE_ALLOWED,  /* the active policy allows it */
	DENIAL_CURE_LATCHED,  /* nothing, as long as the set is loaded */
	DENIAL_CURE_SEALED,   /* nothing until reboot */
	DENIAL_CURE_LOCKDOWN, /* kernel Lockdown refuses too */
	DENIAL_CURE_OTHERS,   /* another security module or BPF program refused */
	DENIAL_CURE_UNNAMED,  /* the kernel has no name for the operation, so no list can name it */
	DENIAL_CURE_UNKNOWN,  /* the policy cannot be read, or the cgroup whose rule set decided is
				 gone */
};

/* The facts that are known besides the denial. */
struct denial_facts {
	const struct policy *policy; /* the active one; NULL: it cannot be read */
	uint64_t latched;	     /* operations */
	uint64_t lockdown;	     /* operations that kernel Lockdown refuses */
	uint64_t named;		     /* operations that the kernel has names for */
	uint64_t now;		     /* CLOCK_BOOTTIME, ns */
	uint32_t host_netns;
	bool sealed;
	bool unit_found; /* the system manager knows the denial's unit, and nobody else can put
			    tasks into it */
};

struct denial_advice {
	enum denial_cure cure;
	bool explained;		/* now is filled in */
	struct explanation now; /* of the same question */
	/* DENIAL_CURE_UNIT: its name, _CGROUP: its path; len bytes of it. Inside the denial or the
	 * policy. */
	const char *target;
	size_t len;
};

struct denial_advice denial_cure(const struct denial *d, const struct denial_facts *f);

/* The length of the part of a path that leads to the innermost container's cgroup; 0: it is not a
 * container's. */
size_t denial_cure_container(const char *path);
