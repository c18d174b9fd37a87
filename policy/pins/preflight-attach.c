// SPDX-License-Identifier: GPL-2.0-only
#include "preflight-attach.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "attachment.h"
#include "util.h"

const char *preflight_attach_strerror(int error)
{
	return error == ENOTSUPP ? "not supported by this kernel" : strerror(error);
}

bool preflight_attach_cure(int error, char ret_cure[PREFLIGHT_CURE_LEN])
{
	static const struct {
		int error;
		const char *cure;
		bool slots; /* and what holds them */
	} cures[] = {
		{ ENODEV, "sysctl kernel.ftrace_enabled=1; after a kernel warning about "
			  "ftrace, reboot" },
		{ EBUSY, "use a kernel with CONFIG_FUNCTION_TRACER=y and "
			 "CONFIG_DYNAMIC_FTRACE_WITH_DIRECT_CALLS=y" },
		/* arm64: commit 2aa6ac03516d, in 6.4 */
		{ ENOTSUPP, "use a kernel whose ftrace has direct calls on this architecture "
			    "(arm64: 6.4 or later, without CONFIG_CFI), and "
			    "net.core.bpf_jit_enable=1" },
		{ E2BIG, "detach one: a hook of a cgroup has room for 64 programs; attached are: ", true },
		{ EINVAL, "detach programs: at most 10 LSM hooks can have programs of cgroups; attached are: ", true },
		{ EPERM, "a seal, or programs on the root of cgroup v2 without BPF_F_ALLOW_MULTI, "
			 "allow no other; attached are: ", true },
	};
	char slots[768] = "";

	for (size_t i = 0; i < ARRAY_SIZE(cures); i++) {
		if (cures[i].error != error)
			continue;
		if (cures[i].slots)
			attachments_describe_slots(slots, sizeof(slots));
		snprintf(ret_cure, PREFLIGHT_CURE_LEN, "%s%s", cures[i].cure, slots);
		return true;
	}
	return false;
}
