// SPDX-License-Identifier: GPL-2.0-only
/*
 * The verb reload runs the loader, as the unit does, because only that can attach programs, change the ring
 * and seal. It is the one beside this program, so that another installation's is never taken.
 */
#include <errno.h>
#include <limits.h>
#include <string.h>
#include <unistd.h>

#include "ctl.h"
#include "pins.h"
#include "util.h"
#include "verbs.h"

#define LOADER	  "bpflock"
#define WORDS_MAX 12

/* The path of the loader in ret[PATH_MAX]: 0 or a negative errno. */
static int loader_path(char *ret)
{
	ssize_t n = readlink("/proc/self/exe", ret, PATH_MAX - 1);
	char *slash;

	if (n < 0)
		return -errno;
	ret[n] = '\0';
	slash = strrchr(ret, '/');
	if (!slash || slash + 1 + sizeof(LOADER) > ret + PATH_MAX)
		return -ENAMETOOLONG;
	memcpy(slash + 1, LOADER, sizeof(LOADER));
	return 0;
}

/* The options that the loader shares with this verb. */
static void make_words(const struct ctl *c, const char *words[WORDS_MAX])
{
	size_t n = 0;

	words[n++] = LOADER;
	words[n++] = "--bpffs";
	words[n++] = c->bpffs;
	if (c->options[CTL_WAIT]) {
		words[n++] = "--wait";
		words[n++] = c->options[CTL_WAIT];
	}
	if (c->options[CTL_COLOR]) {
		words[n++] = "--color";
		words[n++] = c->options[CTL_COLOR];
	}
	if (c->dry_run)
		words[n++] = "--dry-run";
	if (c->json)
		words[n++] = c->options[CTL_JSON][0] ? "--json=pretty" : "--json";
	if (c->options[CTL_QUIET])
		words[n++] = "--quiet";
	words[n] = NULL;
}

enum exit_status ctl_reload(const struct ctl *c)
{
	CLEANUP(pins_freep) struct pins *pins = NULL;
	const char *words[WORDS_MAX];
	char path[PATH_MAX], attempt[PATH_MAX + 8];
	int r;

	/* of any version, and whole or not: a load replaces it */
	if (pins_open(c->bpffs, PINS_PUBLISHED, &pins) == PINS_ABSENT)
		return ctl_absent(c);
	r = loader_path(path);
	if (r < 0)
		return ctl_failed("find the program bpflock by /proc/self/exe", r);
	make_words(c, words);
	execv(path, (char *const *)words);
	r = -errno;
	snprintf(attempt, sizeof(attempt), "run %s", path);
	return ctl_failed(attempt, r);
}
