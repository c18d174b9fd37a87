// SPDX-License-Identifier: GPL-2.0-only
#include "rlimit.h"

#include <sys/resource.h>

#define FILES_NEEDED 256

void rlimit_raise_files(void)
{
	struct rlimit limit, wanted = { FILES_NEEDED, FILES_NEEDED };

	if (getrlimit(RLIMIT_NOFILE, &limit) < 0 || limit.rlim_cur >= FILES_NEEDED)
		return;
	if (limit.rlim_max > wanted.rlim_max)
		wanted.rlim_max = limit.rlim_max;
	if (setrlimit(RLIMIT_NOFILE, &wanted) == 0)
		return;
	wanted = (struct rlimit){ limit.rlim_max, limit.rlim_max };
	setrlimit(RLIMIT_NOFILE, &wanted);
}
