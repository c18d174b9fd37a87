// SPDX-License-Identifier: GPL-2.0-only
#include "container-mounts.h"

#include <dirent.h>
#include <limits.h>
#include <stdbool.h>
#include <sys/stat.h>

#include "message.h"

#define CAUSE_HINT "check the source of -v: Docker makes an empty directory if it does not exist"

/* A directory that is missing or cannot be read is not empty. */
static bool is_empty(const char *path)
{
	const struct dirent *e;
	bool empty = true;
	DIR *d = opendir(path);

	if (!d)
		return false;
	while (empty && (e = readdir(d)))
		empty = e->d_name[0] == '.';
	closedir(d);
	return empty;
}

void container_mounts_warn(const char *directory)
{
	char file[PATH_MAX];
	struct stat st;

	snprintf(file, sizeof(file), "%s/bpflock.conf", directory);
	if (stat(file, &st) == 0 && S_ISDIR(st.st_mode))
		message_warning("%s: a directory, not a policy file", file);
	else if (is_empty(directory))
		message_warning("%s: empty: no policy is read from it", directory);
	else
		return;
	message_hint(CAUSE_HINT);
}
