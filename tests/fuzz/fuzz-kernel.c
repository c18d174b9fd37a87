// SPDX-License-Identifier: GPL-2.0-only
/*
 * A text of any bytes as what the kernel tells: its LSMs, its Lockdown, its command line, locks, mounts,
 * cgroups and mapped users.
 * Understood as a slower reader, which takes it word by word, understands it.
 */
#include <sys/sysmacros.h>

#include "cgroupfs-open.h"
#include "cgroupfs.h"
#include "cmdline.h"
#include "proc.h"
#include "securityfs.h"
#include "text.h"
#include "util.h"
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
	enum kernel_lockdown found = securityfs_lockdown_parse(text);
	char active[32];

	CHECK(found < _KERNEL_LOCKDOWN_MAX && securityfs_lockdown_name(found)[0]);
	for (size_t i = KERNEL_LOCKDOWN_NONE; i < _KERNEL_LOCKDOWN_MAX; i++) {
		snprintf(active, sizeof(active), "[%s]", securityfs_lockdown_name(i));
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

/* One line for others to read, without anything that steers a terminal. */
static void check_cmdline_for_others(const char *text)
{
	CLEANUP(free_charp) char *line = NULL;
	size_t len;
	FILE *f = open_memstream(&line, &len);

	CHECK(f);
	cmdline_write(f, text);
	CHECK(fclose(f) == 0);
	CHECK(len > 0 && line[len - 1] == '\n');
	for (size_t i = 0; i + 1 < len; i += text_utf8_length(line + i, len - i)) {
		CHECK((unsigned char)line[i] >= 0x20 && line[i] != 0x7f);
		CHECK(text_utf8_length(line + i, len - i) > 0);
	}
	CHECK(strchr(text, '=') || !strchr(line, '='));
}

#define WORDS 16

/* The words of a line, up to WORDS; how many. */
static size_t split(char *line, const char *separators, char *words[WORDS])
{
	size_t n = 0;

	while (n < WORDS && (words[n] = word_of(&line, separators)))
		n++;
	return n;
}

/* A holder that is found is in a line that says so; and is found with anything before it. */
static void check_locks(const char *text)
{
	const dev_t dev = makedev(0, 0x1c);
	pid_t holder = proc_lock_holder(text, dev, 5678);
	char *more;

	if (holder) {
		CHECK(holder > 0 && strstr(text, "FLOCK") && strstr(text, "ADVISORY") &&
		      strstr(text, "WRITE"));
		return;
	}
	CHECK(asprintf(&more, "%s\n9: FLOCK  ADVISORY  WRITE 1234 00:1c:5678 0 EOF\n", text) > 0);
	CHECK(proc_lock_holder(more, dev, 5678) == 1234);
	CHECK(proc_lock_holder(more, dev, 5679) == 0 || strstr(text, "5679"));
	free(more);
}

/* The kernel escapes all blanks of a mount point, so that it is the fifth word. */
static void check_mountinfo(char *text)
{
	for (char *line; (line = strsep(&text, "\n"));) {
		char point[PATH_MAX], *words[WORDS];
		bool found = cgroupfs_mount_point(line, point);

		CHECK(!found || (point[0] == '/' && strlen(point) < PATH_MAX));
		if (found && !strstr(line, "  ") && line[0] != ' ' && !strchr(line, '\\')) {
			CHECK(split(line, " ", words) > 4);
			CHECK(strcmp(words[4], point) == 0);
		}
	}
}

static void check_cgroups(const char *text)
{
	CLEANUP(free_charp) char *path = cgroupfs_path_in(text);

	CHECK(!path || (path[0] == '/' && strstr(text, path)));
}

static void check_uid_map(const char *text)
{
	char *words[WORDS];
	size_t n = split(strdupa(text), " \t\n", words);

	if (n >= 3 && strcmp(words[0], "0") == 0 && strcmp(words[1], "0") == 0 &&
	    strcmp(words[2], "4294967295") == 0)
		CHECK(proc_is_initial_uid_map(text));
	else if (n < 3)
		CHECK(!proc_is_initial_uid_map(text));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	CLEANUP(free_charp) char *text = fuzz_text(data, size);

	check_lsm_list(text);
	check_lockdown(text);
	check_cmdline_for_others(text);
	check_cmdline(strdupa(text));
	CHECK(!proc_boot_time(text) || strstr(text, "btime"));
	check_locks(text);
	check_cgroups(text);
	check_uid_map(text);
	check_mountinfo(text);
	return 0;
}
