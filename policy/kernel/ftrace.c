// SPDX-License-Identifier: GPL-2.0-only
#include "ftrace.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "text.h"
#include "util.h"

int ftrace_is_off(void)
{
	CLEANUP(free_charp) char *text = NULL;
	int r = text_read_file(AT_FDCWD, "/proc/sys/kernel/ftrace_enabled", 64, &text, NULL);

	/* a kernel without the file has no such switch, but all have its neighbour */
	if (r == -ENOENT && access("/proc/sys/kernel/ostype", F_OK) == 0)
		return 0;
	return r < 0 ? r : text[0] == '0';
}
