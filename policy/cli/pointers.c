// SPDX-License-Identifier: GPL-2.0-only
#include "pointers.h"

#include <stddef.h>
#include <string.h>

#include "util.h"

/* A verb of bpflock-ctl never comes here from bpflock-ctl itself. */
static const struct {
	const char *word;
	const char *command;
} pointers[] = {
	{ "start", "systemctl start bpflock" },
	{ "enable", "systemctl enable bpflock" },
	{ "disable", "systemctl disable bpflock" },
	{ "load", "bpflock" },
	{ "stop", "bpflock-ctl unload" },
	{ "remove", "bpflock-ctl unload" },
	{ "unload", "bpflock-ctl unload" },
	{ "restart", "bpflock-ctl reload" },
	{ "reload", "bpflock-ctl reload" },
	{ "lock", "bpflock-ctl set profile=restricted" },
	{ "enforce", "bpflock-ctl set mode=enforce" },
	{ "unlock", "bpflock-ctl set mode=audit" },
	{ "audit", "bpflock-ctl set mode=audit" },
	{ "deny", "bpflock-ctl block --help" },
	{ "permit", "bpflock-ctl allow --help" },
	{ "list", "bpflock-ctl operations" },
	{ "operations", "bpflock-ctl operations" },
	{ "show", "bpflock-ctl policy" },
	{ "policy", "bpflock-ctl policy" },
	{ "rules", "bpflock-ctl tree" },
	{ "config", "bpflock-ctl cat-config" },
	{ "presets", "bpflock-ctl preset list" },
	{ "exceptions", "bpflock-ctl preset list" },
	{ "lint", "bpflock-ctl check" },
	{ "validate", "bpflock-ctl check" },
	{ "check", "bpflock-ctl check" },
	{ "test", "bpflock-ctl test" },
	{ "verify", "bpflock-ctl test" },
	{ "doctor", "bpflock-ctl doctor" },
	{ "info", "bpflock-ctl status" },
	{ "status", "bpflock-ctl status" },
	{ "log", "bpflock-log show" },
	{ "logs", "bpflock-log show" },
	{ "denials", "bpflock-ctl denials" },
	{ "version", "bpflock-ctl --version" },
};

const char *pointers_find(const char *word)
{
	for (size_t i = 0; i < ARRAY_SIZE(pointers); i++)
		if (strcmp(pointers[i].word, word) == 0)
			return pointers[i].command;
	return NULL;
}
