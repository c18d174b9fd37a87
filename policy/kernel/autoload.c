// SPDX-License-Identifier: GPL-2.0-only
#include "autoload.h"

#include <errno.h>
#include <fcntl.h>

#include "text.h"
#include "util.h"

#define MODPROBE_MAX 4096

int autoload_is_off(void)
{
	CLEANUP(free_charp) char *text = NULL;
	int r = text_read_file(AT_FDCWD, "/proc/sys/kernel/modprobe", MODPROBE_MAX, &text, NULL);

	if (r < 0)
		return r == -ENOENT ? 1 : r;
	return text[0] == '\0' || text[0] == '\n';
}
