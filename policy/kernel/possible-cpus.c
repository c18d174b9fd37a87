// SPDX-License-Identifier: GPL-2.0-only
#include "possible-cpus.h"

#include <fcntl.h>
#include <stddef.h>
#include <string.h>

#include "text.h"
#include "util.h"

#define LIST_MAX 65536

bool possible_cpus_is_one_range(const char *list)
{
	return list[0] == '0' && list[1 + strspn(list + 1, "-0123456789\n")] == '\0';
}

bool possible_cpus_have_no_gap(void)
{
	CLEANUP(free_charp) char *list = NULL;

	return text_read_file(AT_FDCWD, "/sys/devices/system/cpu/possible", LIST_MAX, &list,
			      NULL) == 0 &&
	       possible_cpus_is_one_range(list);
}
