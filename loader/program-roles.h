/* SPDX-License-Identifier: GPL-2.0-only */
/* The role of each program of the BPF object: whether a policy asks for it, and whether a set can do without it. */
#pragma once

#include <bpf/libbpf.h>
#include <stdbool.h>

#include "policy.h"
#include "preflight.h"

enum program_role {
	PROGRAM_ROLE_HOOK,
	PROGRAM_ROLE_MODULE_REQUEST,
	PROGRAM_ROLE_LATCH,
	PROGRAM_ROLE_ON_DEMAND,
	PROGRAM_ROLE_OTHERS,
	PROGRAM_ROLE_MODULE_FILES,
	PROGRAM_ROLE_EXEC_TRACER,
};

enum program_wanted {
	PROGRAM_NOT_WANTED,
	PROGRAM_WANTED,
	PROGRAM_WANTED_IN_VAIN, /* this kernel lacks what it attaches to */
};

/*
 * These programs are left out if the kernel refuses them: there is a lock without these, and none without the others. A set is
 * whole without what is on by default and forgone.
 */
struct program_roles_optional {
	enum program_role role;
	const char *what; /* is missing, for a message */
	bool forgone;
};
#define _PROGRAM_ROLES_OPTIONAL 4U
extern const struct program_roles_optional program_roles_optional[_PROGRAM_ROLES_OPTIONAL];

enum program_role program_roles_of(const struct bpf_program *prog);

/* Returns whether the policy asks for it, and the kernel has it. module_request: the policy names that. */
enum program_wanted program_roles_wanted(const struct preflight *pf,
					 const struct bpflock_policy *policy, bool module_request,
					 const struct bpf_program *prog);
