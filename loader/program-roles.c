// SPDX-License-Identifier: GPL-2.0-only
#include "program-roles.h"

#include <string.h>

#include "btf.h"
#include "util.h"

#define FEXIT "fexit/"

const struct program_roles_optional program_roles_optional[_PROGRAM_ROLES_OPTIONAL] = {
	{ PROGRAM_ROLE_EXEC_TRACER, "exec tracing" },
	{ PROGRAM_ROLE_MODULE_FILES, "files of modules are not logged", .forgone = true },
	{ PROGRAM_ROLE_OTHERS, "refusals by others are not logged", .forgone = true },
	{ PROGRAM_ROLE_ON_DEMAND, "the log of grants and repetitions" },
};

enum program_role program_roles_of(const struct bpf_program *prog)
{
	static const struct {
		const char *name;
		enum program_role role;
	} roles[] = {
		{ BPFLOCK_HOOK_PROGRAM, PROGRAM_ROLE_HOOK },
		{ BPFLOCK_MODULE_PROGRAM, PROGRAM_ROLE_MODULE_REQUEST },
		{ "latch", PROGRAM_ROLE_LATCH },
		{ "announce", PROGRAM_ROLE_ON_DEMAND },
		{ "consume", PROGRAM_ROLE_ON_DEMAND },
		{ "prove", PROGRAM_ROLE_ON_DEMAND },
		{ BPFLOCK_BY_LOCKDOWN_PROGRAM, PROGRAM_ROLE_OTHERS },
		{ BPFLOCK_REFUSED_PROGRAM, PROGRAM_ROLE_OTHERS },
		{ BPFLOCK_MODULE_FILE_PROGRAM, PROGRAM_ROLE_MODULE_FILES },
		{ BPFLOCK_MODULE_MEMORY_PROGRAM, PROGRAM_ROLE_MODULE_FILES },
	};

	for (size_t i = 0; i < ARRAY_SIZE(roles); i++)
		if (strcmp(bpf_program__name(prog), roles[i].name) == 0)
			return roles[i].role;
	return PROGRAM_ROLE_EXEC_TRACER;
}

static bool is_fexit(const char *section)
{
	return strncmp(section, FEXIT, sizeof(FEXIT) - 1) == 0;
}

static bool is_asked_for(const struct bpflock_policy *policy, bool module_request,
			 const struct bpf_program *prog)
{
	const char *section = bpf_program__section_name(prog);

	switch (program_roles_of(prog)) {
	case PROGRAM_ROLE_MODULE_REQUEST:
		return module_request;
	case PROGRAM_ROLE_OTHERS:
		return policy->others;
	case PROGRAM_ROLE_EXEC_TRACER:
		/* successes have a tracepoint, failures the exits of syscalls */
		return policy->exec_log == BPFLOCK_EXEC_LOG_ALL ||
		       (policy->exec_log == BPFLOCK_EXEC_LOG_FAILED && is_fexit(section));
	default:
		return true;
	}
}

/* 32-bit syscalls and Lockdown may be configured out, the other functions are always there. */
static bool may_lack(const char *name)
{
	static const char compat[] = "compat_";

	return strncmp(name, compat, sizeof(compat) - 1) == 0 || strcmp(name, BPFLOCK_BY_LOCKDOWN_PROGRAM) == 0;
}

enum program_wanted program_roles_wanted(const struct preflight *pf, const struct bpflock_policy *policy,
			  bool module_request, const struct bpf_program *prog)
{
	const char *section = bpf_program__section_name(prog);

	if (!is_asked_for(policy, module_request, prog))
		return PROGRAM_NOT_WANTED;
	if (!is_fexit(section) || btf_find_function(pf->btf, section + sizeof(FEXIT) - 1))
		return PROGRAM_WANTED;
	return may_lack(bpf_program__name(prog)) ? PROGRAM_NOT_WANTED : PROGRAM_WANTED_IN_VAIN;
}
