/* SPDX-License-Identifier: GPL-2.0-only */
/* Kernel Lockdown answers before every LSM program: where it was switched on, and so what ends it.
 */
#pragma once

enum secure_boot {
	SECURE_BOOT_OFF,
	SECURE_BOOT_ON,
	SECURE_BOOT_UNKNOWN, /* a machine with EFI, whose variables cannot be read */
};

/*
 * The state of UEFI Secure Boot as the kernel takes it: off also where shim was told not to
 * validate (mokutil --disable-validation). root: "", or a directory that holds /sys.
 */
enum secure_boot lockdown_cure_secure_boot(const char *root);

/* One imperative sentence without a full stop that ends Lockdown, given where it may come from. */
const char *lockdown_cure_of(enum secure_boot secure_boot, const char *cmdline);

/* Returns the cure for the running machine. */
const char *lockdown_cure(void);
