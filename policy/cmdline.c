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

enum cmdline_override cmdline_read(void)
{
	CLEANUP(free_charp) char *text = NULL;

	if (text_read_file(AT_FDCWD, "/proc/cmdline", 65536, &text, NULL) < 0)
		return CMDLINE_NOTHING;
	return cmdline_parse(text);
}
