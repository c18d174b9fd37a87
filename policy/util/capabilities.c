// SPDX-License-Identifier: GPL-2.0-only
#include "capabilities.h"

#include <errno.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

/* Without CAP_SETPCAP the set stays: no_new_privs keeps execve(2) from making use of it. */
static void drop_bounding(uint64_t keep)
{
	for (unsigned long cap = 0; cap <= CAP_LAST_CAP; cap++)
		if (!(keep & 1ULL << cap))
			prctl(PR_CAPBSET_DROP, cap, 0, 0, 0);
}

int capabilities_limit(uint64_t keep)
{
	struct __user_cap_header_struct header = { .version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct caps[_LINUX_CAPABILITY_U32S_3];

	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0)
		return -errno;
	drop_bounding(keep);
	prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0);
	if (syscall(SYS_capget, &header, caps) < 0)
		return -errno;
	for (int i = 0; i < _LINUX_CAPABILITY_U32S_3; i++) {
		uint32_t kept = keep >> (32 * i);

		caps[i].permitted &= kept;
		caps[i].effective &= kept;
		caps[i].inheritable = 0;
	}
	return syscall(SYS_capset, &header, caps) < 0 ? -errno : 0;
}

bool capabilities_effective(unsigned int capability)
{
	struct __user_cap_header_struct header = { .version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct caps[_LINUX_CAPABILITY_U32S_3] = {};

	return syscall(SYS_capget, &header, caps) == 0 && (caps[capability / 32].effective & 1U << capability % 32);
}
