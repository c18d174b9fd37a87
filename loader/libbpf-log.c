// SPDX-License-Identifier: GPL-2.0-only
#include "libbpf-log.h"

#include <bpf/libbpf.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "util.h"

/*
 * The messages of libbpf are reduced to the one line that a failure gets: the first warning, which
 * names the program, and the last line of the verifier's log before its statistics, which names the
 * fault.
 */
static struct {
	char first[256];
	char verifier[256];
} libbpf_said;

static void keep_line(char *to, size_t size, const char *from, size_t len)
{
	while (len > 0 && (from[len - 1] == '\n' || from[len - 1] == ' '))
		len--;
	snprintf(to, size, "%.*s", (int)len, from);
}

static void keep_verifier_line(const char *text)
{
	const char *line = text;

	while (*line) {
		size_t len = strcspn(line, "\n");

		if (strncmp(line, "processed ", 10) == 0 || strncmp(line, "-- END", 6) == 0)
			break;
		if (len > 0)
			keep_line(libbpf_said.verifier, sizeof(libbpf_said.verifier), line, len);
		line += len + (line[len] == '\n');
	}
}

static int keep(enum libbpf_print_level level, const char *fmt, va_list ap)
{
	CLEANUP(free_charp) char *text = NULL;

	if (vasprintf(&text, fmt, ap) < 0) {
		text = NULL;
		return 0;
	}
	if (secure_getenv("BPFLOCK_DEBUG"))
		fputs(text, stderr);
	if (level != LIBBPF_WARN)
		return 0;
	if (!libbpf_said.first[0])
		keep_line(libbpf_said.first, sizeof(libbpf_said.first), text, strlen(text));
	if (strstr(text, "PROG LOAD LOG") && !libbpf_said.verifier[0])
		keep_verifier_line(text);
	return 0;
}

void libbpf_log_listen(void)
{
	libbpf_set_print(keep);
}

void libbpf_log_forget(void)
{
	memset(&libbpf_said, 0, sizeof(libbpf_said));
}

const char *libbpf_log_reason(void)
{
	static char text[sizeof(libbpf_said) + 16];

	snprintf(text, sizeof(text), "%s%s%s",
		 libbpf_said.first[0] ? libbpf_said.first : "no reason given",
		 libbpf_said.verifier[0] ? "; verifier: " : "", libbpf_said.verifier);
	return text;
}
