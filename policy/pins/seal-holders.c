// SPDX-License-Identifier: GPL-2.0-only
#include "seal-holders.h"

#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "text.h"
#include "util.h"

static bool is_privileged(const char *target)
{
	static const char *const files[] = { "/dev/mem", "/dev/kmem", "/dev/port", "/dev/snapshot",
					     "/proc/kcore" };
	static const char *const below[] = { "/sys/kernel/debug/", "/sys/kernel/tracing/",
					     "/dev/cpu/" };

	for (size_t i = 0; i < ARRAY_SIZE(files); i++)
		if (strcmp(target, files[i]) == 0)
			return true;
	for (size_t i = 0; i < ARRAY_SIZE(below); i++)
		if (strncmp(target, below[i], strlen(below[i])) == 0)
			return true;
	return false;
}

static bool print_files_of(FILE *f, const char *pid, bool any)
{
	char path[PATH_MAX];
	struct dirent *e;
	DIR *d;

	snprintf(path, sizeof(path), "/proc/%.20s/fd", pid);
	d = opendir(path);
	if (!d)
		fprintf(f, "Cannot list open files: cannot read /proc: %s\n",
			strerror(errno));
	while (d && (e = readdir(d))) {
		char target[PATH_MAX];
		ssize_t n = readlinkat(dirfd(d), e->d_name, target, sizeof(target) - 1);

		if (n <= 0)
			continue;
		target[n] = '\0';
		if (!is_privileged(target))
			continue;
		if (!any)
			fputs("Already open, and not checked again:\n", f);
		any = true;
		fprintf(f, "  process %s has ", pid);
		text_puts(f, target);
		putc('\n', f);
	}
	if (d)
		closedir(d);
	return any;
}

void seal_holders_print(FILE *f)
{
	DIR *d = opendir("/proc");
	struct dirent *e;
	bool any = false;

	while (d && (e = readdir(d)))
		if (e->d_name[0] >= '1' && e->d_name[0] <= '9')
			any = print_files_of(f, e->d_name, any);
	if (d)
		closedir(d);
}
