/* SPDX-License-Identifier: GPL-2.0-only */
/* The escape hatch: bpflock=off|audit on the kernel command line. */
#pragma once

#include <stdio.h>

enum cmdline_override {
	CMDLINE_NOTHING,
	CMDLINE_OFF,
	CMDLINE_AUDIT,
	CMDLINE_UNKNOWN, /* bpflock= with another word: to be warned about */
};

#define CMDLINE_SOURCE "kernel command line"

/* The last bpflock= word counts, as for the kernel's own parameters. */
enum cmdline_override cmdline_parse(const char *cmdline);

/*
 * Reads the words of /proc/cmdline. 0 or a negative errno: then nobody may act as if there was no such word.
 * /proc has no such file where it is mounted with subset=pid.
 */
int cmdline_read(enum cmdline_override *ret);

/*
 * Writes a kernel command line for somebody else to read: words that have to do with security
 * modules and BPF as they are, of others what is before the "=", since some carry passwords and
 * keys. What follows "--" is init's and left out.
 */
void cmdline_write(FILE *f, const char *cmdline);
