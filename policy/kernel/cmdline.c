// SPDX-License-Identifier: GPL-2.0-only
#include "cmdline.h"

#include <fcntl.h>
#include <string.h>

#include "text.h"
#include "util.h"

enum cmdline_override cmdline_parse(const char *cmdline)
{
	static const char separators[] = " \t\n", key[] = "bpflock=";
	static const struct {
		const char *word;
		enum cmdline_override override;
	} words[] = { { "off", CMDLINE_OFF }, { "audit", CMDLINE_AUDIT } };
	enum cmdline_override found = CMDLINE_NOTHING;

	for (const char *p = cmdline + strspn(cmdline, separators); *p;
	     p += strspn(p, separators)) {
		size_t len = strcspn(p, separators);

		/* what follows "--" belongs to init */
		if (len == 2 && memcmp(p, "--", 2) == 0)
			break;
		if (len >= sizeof(key) - 1 && memcmp(p, key, sizeof(key) - 1) == 0) {
			const char *value = p + sizeof(key) - 1;
			size_t value_len = len - (sizeof(key) - 1);

			found = CMDLINE_UNKNOWN;
			for (size_t i = 0; i < ARRAY_SIZE(words); i++)
				if (strlen(words[i].word) == value_len &&
				    memcmp(words[i].word, value, value_len) == 0)
					found = words[i].override;
		}
		p += len;
	}
	return found;
}

int cmdline_read(enum cmdline_override *ret)
{
	CLEANUP(free_charp) char *text = NULL;
	int r = text_read_file(AT_FDCWD, "/proc/cmdline", 65536, &text, NULL);

	if (r == 0)
		*ret = cmdline_parse(text);
	return r;
}

/* The length of the word at p, as the kernel has it: blanks in double quotes are part of it. */
static size_t word_length(const char *p)
{
	bool quoted = false;
	size_t n = 0;

	for (; p[n] && (quoted || !strchr(" \t\n", p[n])); n++)
		quoted ^= p[n] == '"';
	return n;
}

static bool is_harmless(const char *word, size_t len)
{
	static const char *const keys[] = {
		"apparmor",
		"bpf_jit_enable",
		"bpflock",
		"cgroup_disable",
		"cgroup_no_v1",
		"debugfs",
		"ima",
		"lockdown",
		"lsm",
		"lsm.debug",
		"module.sig_enforce",
		"security",
		"selinux",
		"sysctl.kernel.ftrace_enabled",
		"sysctl.kernel.unprivileged_bpf_disabled",
		"systemd.unified_cgroup_hierarchy",
	};

	for (size_t i = 0; i < ARRAY_SIZE(keys); i++)
		if (strlen(keys[i]) == len && memcmp(keys[i], word, len) == 0)
			return true;
	return false;
}

void cmdline_write(FILE *f, const char *cmdline)
{
	static const char blanks[] = " \t\n";
	const char *separator = "";
	size_t len;

	for (const char *p = cmdline + strspn(cmdline, blanks); *p;
	     p += len + strspn(p + len, blanks)) {
		size_t key;

		len = word_length(p);
		if (len == 2 && memcmp(p, "--", 2) == 0)
			break;
		key = strcspn(p, "=");
		fputs(separator, f);
		separator = " ";
		if (key >= len || is_harmless(p, key)) {
			text_write(f, p, len, 0);
			continue;
		}
		text_write(f, p, key, 0);
		fputs("=...", f);
	}
	putc('\n', f);
}
