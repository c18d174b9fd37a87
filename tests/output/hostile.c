// SPDX-License-Identifier: GPL-2.0-only
/*
 * Prints events with hostile names in every format, for check.py: of each a line "FORMAT SIZE
 * KEY=HEX...", which says what the names are, and SIZE bytes that the format made of it.
 */
#include <stdio.h>
#include <string.h>

#include "operations.h"
#include "util.h"
#include "cgroups.h"
#include "format.h"

static struct out out;
static struct wallclock wallclock;
static struct cgroups cgroups;
static struct bpflock_operation operations[BPFLOCK_REASONS];
static const struct format_context context = { .out = &out,
					       .clock = &wallclock,
					       .operations = operations,
					       .color = false,
					       .cgroups = &cgroups };
static uint64_t next_cgroup = 1;

static void name(const char *key, const char *bytes)
{
	printf(" %s=", key);
	for (; *bytes; bytes++)
		printf("%02x", (unsigned char)*bytes);
}

static void print_exec(const struct format *f, const struct event *e, const char *cgroup)
{
	out.len = 0;
	f->write(&context, e);
	printf("%s %zu", f->name, out.len);
	name("comm", e->head.comm);
	name("pcomm", e->head.pcomm);
	name("filename", e->filename);
	name("cgroup", cgroup);
	printf("\n");
	fwrite(out.data, 1, out.len, stdout);
}

static void print_grant(const struct format *f, const struct event *e)
{
	out.len = 0;
	f->write(&context, e);
	printf("%s %zu", f->name, out.len);
	name("target", e->target);
	name("comment", e->note);
	printf("\n");
	fwrite(out.data, 1, out.len, stdout);
}

static void print_tamper(const struct format *f, const struct event *e)
{
	out.len = 0;
	f->write(&context, e);
	printf("%s %zu", f->name, out.len);
	name("object", e->object);
	printf("\n");
	fwrite(out.data, 1, out.len, stdout);
}

static void print_decision(const struct format *f, const struct event *e)
{
	out.len = 0;
	f->write(&context, e);
	printf("%s %zu", f->name, out.len);
	name("exe", e->exe);
	name("module", e->about);
	printf("\n");
	fwrite(out.data, 1, out.len, stdout);
}

/* All that can be called bytes is. */
static void print(const char *bytes)
{
	char object[BPFLOCK_OBJECT_LEN];
	struct event x = { .kind = EVENT_EXECVE,
			   .count = 1,
			   .filename = bytes,
			   .filename_len = strlen(bytes),
			   .head.cgroup_id = next_cgroup++ };
	struct event g = {
		.kind = EVENT_GRANT, .count = 1, .operations = 4, .target = bytes, .note = bytes
	};
	struct event t = {
		.kind = EVENT_TAMPER, .count = 1, .verdict = BPFLOCK_VERDICT_DENY, .object = object
	};
	struct event d = { .kind = EVENT_LOCKED_DOWN, .count = 1 };
	char cgroup[BPFLOCK_NAME_MAX + 2];

	snprintf(x.head.comm, sizeof(x.head.comm), "%.*s", (int)sizeof(x.head.comm) - 1, bytes);
	snprintf(x.head.pcomm, sizeof(x.head.pcomm), "%.*s", (int)sizeof(x.head.pcomm) - 1, bytes);
	snprintf(d.exe, sizeof(d.exe), "%s", bytes);
	snprintf(d.about, sizeof(d.about), "%s", bytes);
	snprintf(object, sizeof(object), "%s", bytes); /* as the kernel cuts it off */
	snprintf(cgroup, sizeof(cgroup), "/%s", bytes);
	cgroups_done(&cgroups);
	cgroups_seen(&cgroups, x.head.cgroup_id, cgroup, 0);
	for (size_t i = 0; i < formats_count; i++) {
		print_exec(&formats[i], &x, cgroup);
		print_tamper(&formats[i], &t);
		print_decision(&formats[i], &d);
		if (strlen(bytes) < BPFLOCK_NOTE_LEN)
			print_grant(&formats[i], &g);
	}
}

static const char *const names[] = {
	"",
	"plain",
	"two words",
	"line\nbreak",
	"\n",
	"\r\n",
	"tab\there",
	"\"quoted\"",
	"\"",
	"'",
	"back\\slash",
	"\\",
	"\\\"",
	"\\n",
	"\\x41",
	"\\u0041",
	"key=value",
	"a comm=forged",
	"a\" comm=\"forged",
	"a\",\"comm\":\"forged",
	"a\ncomm=forged\n",
	"a\nPRIORITY=0\n",
	"\033[2J\033[1;31m",
	"\033]0;title\007",
	"\xc2\x9b"
	"2J",
	"\x7f",
	"\xff",
	"\xc3\x28",
	"\xc0\x80",
	"\xed\xa0\x80",
	"\xf4\x90\x80\x80",
	"\xc3\xa4\xe2\x82\xac\xf0\x9f\x94\x92",
	"\xef\xbf\xbd",
	"cut off \xe2\x82",
	"valid \xc3\xa4, then not \xff",
	"\xe2\x80\xa8", /* a line separator */
	"\xe2\x80\xae"
	"exe.txt", /* from right to left */
	"\xf3\xa0\x81\x81",
	"null",
	"true",
	"123",
	"{}",
	"${HOME} $(id) `id`",
	"%s%n",
};

int main(void)
{
	static char longest[BPFLOCK_NAME_MAX + 1], path[BPFLOCK_PATH_MAX];

	operations_assume(operations);
	cgroups_init(&cgroups, -1);
	wallclock_init(&wallclock, true);
	wallclock.now = 0;
	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		print(names[i]);
	for (unsigned int c = 1; c < 256; c++)
		print((const char[]){ 'a', (char)c, 'b', '\0' });
	for (unsigned int c = 1; c < 256; c++) {
		memset(longest, (int)c, sizeof(longest) - 1);
		print(longest);
	}
	for (size_t i = 0; i < sizeof(path) - 1; i++)
		path[i] = (char)(1 + i % 255);
	print(path);
	cgroups_done(&cgroups);
	return fflush(stdout) == 0 ? 0 : 1;
}
