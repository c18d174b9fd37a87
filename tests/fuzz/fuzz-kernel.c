// SPDX-License-Identifier: GPL-2.0-only
/*
 * A text of any bytes as what the kernel tells of itself: its LSMs, its Lockdown, its command line.
 * Understood as a slower reader, which takes it word by word, understands it.
 */
#include <string.h>

#include "../../policy/cmdline.h"
#include "../../policy/securityfs.h"
#include "../../policy/text.h"
#include "../../policy/util.h"
#include "fuzz.h"

/* Moves to the next word and cuts it off there. */
static char *word_of(char **rest, const char *separators)
{
	char *word;

	do
		word = strsep(rest, separators);
	while (word && !word[0]);
	return word;
}

static bool has_word(char *text, const char *separators, const char *wanted)
{
	for (char *word; (word = word_of(&text, separators));)
		if (strcmp(word, wanted) == 0)
			return true;
	return false;
}

static void check_lsm_list(const char *text)
{
	static const char *const lsms[] = { "bpf", "lockdown" };

	for (size_t i = 0; i < ARRAY_SIZE(lsms); i++)
		CHECK(text_has_word(text, ",", lsms[i]) == has_word(strdupa(text), ",", lsms[i]));
}

static void check_lockdown(const char *text)
{
	enum kernel_lockdown found = kernel_lockdown_parse(text);
	char active[32];

	CHECK(found < _KERNEL_LOCKDOWN_MAX && kernel_lockdown_name(found)[0]);
	for (size_t i = KERNEL_LOCKDOWN_NONE; i < _KERNEL_LOCKDOWN_MAX; i++) {
		snprintf(active, sizeof(active), "[%s]", kernel_lockdown_name(i));
		if (has_word(strdupa(text), " ", active)) {
			CHECK(found == i);
			return;
		}
	}
	CHECK(found == KERNEL_LOCKDOWN_ABSENT);
}

static void check_cmdline(char *text)
{
	enum cmdline_override found = cmdline_parse(text), expected = CMDLINE_NOTHING;
	const char *word;

	while ((word = word_of(&text, " \t\n")) && strcmp(word, "--") != 0) {
		if (strcmp(word, "bpflock=off") == 0)
			expected = CMDLINE_OFF;
		else if (strcmp(word, "bpflock=audit") == 0)
			expected = CMDLINE_AUDIT;
		else if (strncmp(word, "bpflock=", strlen("bpflock=")) == 0)
			expected = CMDLINE_UNKNOWN;
	}
	CHECK(found == expected);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = malloc(size + 1);

	CHECK(text);
	if (size)
		memcpy(text, data, size);
	text[size] = '\0';
	check_lsm_list(text);
	check_lockdown(text);
	check_cmdline(text);
	free(text);
	return 0;
}
