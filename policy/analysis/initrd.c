// SPDX-License-Identifier: GPL-2.0-only
#include "initrd.h"

#include <limits.h>
#include <string.h>
#include <sys/stat.h>

#include "catalogue.h"
#include "util.h"

#define WANTED "/etc/bpflock/initramfs"

/*
 * Each maker of initrds searches hooks in a directory of its own and names its images by a pattern.
 */
static const struct {
	const char *name, *program;
	const char *hooks[2]; /* any of them */
	const char *image;    /* with the release in it */
	const char *command;
} makers[] = {
	{ "initramfs-tools",
	  "/usr/sbin/update-initramfs",
	  { "/usr/share/initramfs-tools/hooks/bpflock", "/etc/initramfs-tools/hooks/bpflock" },
	  "/boot/initrd.img-%s",
	  "update-initramfs -u" },
	{ "dracut",
	  "/usr/bin/dracut",
	  { "/usr/lib/dracut/modules.d/90bpflock/module-setup.sh" },
	  "/boot/initramfs-%s.img",
	  "dracut -f" },
};

static bool find(const char *root, const char *path, struct stat *ret)
{
	char full[PATH_MAX];

	snprintf(full, sizeof(full), "%s%s", root, path);
	return stat(full, ret) == 0;
}

static bool is_newer(const struct stat *a, const struct stat *b)
{
	return a->st_mtim.tv_sec != b->st_mtim.tv_sec ? a->st_mtim.tv_sec > b->st_mtim.tv_sec
						      : a->st_mtim.tv_nsec > b->st_mtim.tv_nsec;
}

/* The first file of the policy that is newer than the image, or the one by which bpflock is wanted
 * there. */
static bool find_newer(const char *root, const struct stat *image, char *ret_path, size_t size)
{
	CLEANUP(config_files_done) struct config_files files = {};
	CLEANUP(diagnostics_done) struct diagnostics ignored = DIAGNOSTICS_INIT;
	struct stat st;

	if (find(root, WANTED, &st) && is_newer(&st, image)) {
		snprintf(ret_path, size, "%s" WANTED, root);
		return true;
	}
	catalogue_list(root, NULL, &files, &ignored);
	for (size_t i = 0; i < files.n; i++) {
		/* what is in /run is made at each boot, and not copied */
		if (strncmp(files.items[i].path + strlen(root), "/run/", 5) == 0 ||
		    stat(files.items[i].path, &st) < 0 || !is_newer(&st, image))
			continue;
		snprintf(ret_path, size, "%s", files.items[i].path);
		return true;
	}
	return false;
}

static void check_maker(const char *root, const char *release, size_t m, struct check_result *ret)
{
	char image[PATH_MAX], newer[PATH_MAX];
	struct stat st;

	if (!find(root, makers[m].hooks[0], &st) &&
	    !(makers[m].hooks[1] && find(root, makers[m].hooks[1], &st))) {
		snprintf(ret->detail, sizeof(ret->detail),
			 WANTED
			 " exists, but %s has no hook of bpflock: the initrd loads no policy",
			 makers[m].name);
		snprintf(ret->cure, sizeof(ret->cure),
			 "Install bpflock with prefix /usr: the hook is %s.", makers[m].hooks[0]);
		return;
	}
	snprintf(image, sizeof(image), makers[m].image, release);
	if (find(root, image, &st) && find_newer(root, &st, newer, sizeof(newer))) {
		snprintf(ret->detail, sizeof(ret->detail), "%.120s is newer than the initrd %.120s",
			 newer, image);
		snprintf(ret->cure, sizeof(ret->cure), "Make the initrd again: %s",
			 makers[m].command);
		return;
	}
	ret->state = CHECK_OK;
	snprintf(ret->detail, sizeof(ret->detail),
		 "%s puts bpflock into the initrd, which loads the policy", makers[m].name);
}

void initrd_check(const char *root, const char *release, struct check_result *ret)
{
	struct stat st;

	*ret = (struct check_result){ .name = "initrd", .state = CHECK_NOTE };
	if (!find(root, WANTED, &st)) {
		ret->state = CHECK_OK;
		snprintf(ret->detail, sizeof(ret->detail),
			 "the initrd loads no policy, because there is no " WANTED
			 "; bpflock.service does if it is enabled");
		return;
	}
	for (size_t m = 0; m < ARRAY_SIZE(makers); m++) {
		if (!find(root, makers[m].program, &st))
			continue;
		check_maker(root, release, m, ret);
		return;
	}
	snprintf(
		ret->detail, sizeof(ret->detail),
		WANTED
		" exists, but initramfs-tools and dracut are not installed: the initrd loads no policy");
}
