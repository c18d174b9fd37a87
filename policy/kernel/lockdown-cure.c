// SPDX-License-Identifier: GPL-2.0-only
#include "lockdown-cure.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <unistd.h>

#include "text.h"
#include "util.h"

#define EFIVARS	   "/sys/firmware/efi/efivars"
#define ATTRIBUTES 4 /* bytes before a variable's value */

/* 1 or 0: the variable is a byte of that truth; a negative errno if it cannot be read. */
static int read_flag(const char *root, const char *variable)
{
	CLEANUP(free_charp) char *text = NULL;
	char path[PATH_MAX];
	size_t len;
	int r;

	snprintf(path, sizeof(path), "%s" EFIVARS "/%s", root, variable);
	r = text_read_file(AT_FDCWD, path, 64, &text, &len);
	if (r < 0)
		return r;
	return len > ATTRIBUTES && text[ATTRIBUTES] == 1;
}

/* As efi_get_secureboot() of the kernel's EFI stub has it. */
enum secure_boot lockdown_cure_secure_boot(const char *root)
{
	char efi[PATH_MAX];
	int on = read_flag(root, "SecureBoot-8be4df61-93ca-11d2-aa0d-00e098032b8c");

	if (on < 0) {
		snprintf(efi, sizeof(efi), "%s/sys/firmware/efi", root);
		return access(efi, F_OK) == 0 ? SECURE_BOOT_UNKNOWN : SECURE_BOOT_OFF;
	}
	if (read_flag(root, "MokSBStateRT-605dab50-e046-4300-abb6-3dd810dd8b23") == 1)
		on = 0;
	return on ? SECURE_BOOT_ON : SECURE_BOOT_OFF;
}

#define SECURE_BOOT_CURE                                                                     \
	"turn Secure Boot off in the firmware's setup, or by mokutil --disable-validation, " \
	"and reboot"

const char *lockdown_cure_of(enum secure_boot secure_boot, const char *cmdline)
{
	bool word = text_has_word(cmdline, " \n", "lockdown=integrity") ||
		    text_has_word(cmdline, " \n", "lockdown=confidentiality");

	if (secure_boot == SECURE_BOOT_ON)
		return word ? SECURE_BOOT_CURE " without lockdown= on the kernel command line"
			    : SECURE_BOOT_CURE;
	if (word)
		return "reboot without lockdown= on the kernel command line";
	if (secure_boot == SECURE_BOOT_UNKNOWN)
		return "find the cause in dmesg (\"Kernel is locked down from\"), remove it and reboot";
	return "reboot if it was set through /sys/kernel/security/lockdown; use another kernel if dmesg "
	       "has \"Kernel is locked down from Kernel configuration\"";
}

const char *lockdown_cure(void)
{
	CLEANUP(free_charp) char *cmdline = NULL;

	if (text_read_file(AT_FDCWD, "/proc/cmdline", 65536, &cmdline, NULL) < 0)
		return lockdown_cure_of(SECURE_BOOT_UNKNOWN, "");
	return lockdown_cure_of(lockdown_cure_secure_boot(""), cmdline);
}
