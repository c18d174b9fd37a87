// SPDX-License-Identifier: GPL-2.0-only
/* A text of any bytes as a cgroup, a unit, a duration, a number, and as what /proc says of them. */
#include <errno.h>

#include "cgroupfs-open.h"
#include "cgroupfs-unit.h"
#include "cgroupfs.h"
#include "ctl-target.h"
#include "ctl.h"
#include "quantity.h"
#include "text.h"
#include "fuzz.h"

#define CENTURY (100ULL * 366 * 86400 * 1000000000)

/* Those of ctl.c would print. */
void ctl_error(const char *fmt, ...)
{
	CHECK(fmt[0]);
}

void ctl_hint(const char *fmt, ...)
{
}

enum exit_status ctl_failed(const char *attempt, int r)
{
	CHECK(attempt[0] && r < 0);
	return STATUS_FAILED;
}

/* UTF-8 without any control character. */
static bool is_text(const char *s)
{
	for (size_t n; *s; s += n) {
		n = text_printable(s, strlen(s));
		if (n == 0)
			return false;
	}
	return true;
}

/* A path is what policy.h says, component by component. */
static bool is_path(const char *path)
{
	static const char mount[] = "/sys/fs/cgroup";
	size_t depth = 0, n = sizeof(mount) - 1;

	if (path[0] != '/' || strlen(path) >= PATH_MAX || strstr(path, "\"]") || !is_text(path))
		return false;
	if (strncmp(path, mount, n) == 0 && (path[n] == '\0' || path[n] == '/'))
		return false;
	for (const char *name = path; *name; depth++) {
		size_t len = strcspn(++name, "/");

		if (len == 0 || len > BPFLOCK_NAME_MAX || (len == 1 && name[0] == '.') ||
		    (len == 2 && name[0] == '.' && name[1] == '.'))
			return false;
		name += len;
	}
	CHECK(depth >= BPFLOCK_LEVELS_MAX || policy_path_depth(path) == depth);
	return depth < BPFLOCK_LEVELS_MAX;
}

static void check_path(const char *text)
{
	struct ctl c = { .verb = "test", .options = { [CTL_CGROUP] = text } };
	const char *error = policy_path_error(text);
	char *path = NULL;

	CHECK((error == NULL) == is_path(text));
	CHECK(!error || error[0]);
	if (ctl_target(&c, false, &path) == STATUS_OK) {
		CHECK(!policy_path_error(path) && strstr(text, path));
		free(path);
	} else {
		CHECK(!path && error);
	}
}

static void check_unit(const char *text)
{
	char path[PATH_MAX], *copy = strdup(text);
	enum cgroupfs_unit r;

	CHECK(copy);
	r = cgroupfs_unit_path(copy, path);
	free(copy);
	CHECK(r == CGROUPFS_UNIT_FOUND || r == CGROUPFS_UNIT_INVALID || r == CGROUPFS_UNIT_UNKNOWN);
	if (r == CGROUPFS_UNIT_FOUND)
		CHECK(path[0] == '/' && strlen(path) < PATH_MAX);
}

static void check_duration(const char *text)
{
	char printed[QUANTITY_LEN];
	uint64_t ns = 77, back;

	if (!quantity_duration(text, &ns))
		return;
	CHECK(ns <= CENTURY && ns % 1000000 == 0);
	quantity_print_duration(ns, printed);
	CHECK(quantity_duration(printed, &back) && back == ns);
	CHECK(text[strspn(text, "abcdefghijklmnopqrstuvwxyz0123456789 ")] == '\0');
	CHECK(ns == 0 || strpbrk(text, "123456789"));
}

static void check_number(const char *text, uint64_t max)
{
	uint64_t n = 77;
	char digits[32];

	if (!quantity_number(text, max, &n)) {
		CHECK(n == 77);
		return;
	}
	CHECK(n <= max);
	snprintf(digits, sizeof(digits), "%llu", (unsigned long long)n);
	text += strspn(text, "0");
	CHECK(strcmp(*text ? text : "0", digits) == 0);
}

static void check_mount(const char *line)
{
	char path[PATH_MAX] = "untouched";

	if (!cgroupfs_mount_point(line, path)) {
		CHECK(strcmp(path, "untouched") == 0);
		return;
	}
	CHECK(memchr(path, '\0', sizeof(path)));
	CHECK(strlen(path) < strlen(line));
	CHECK(strstr(line, " - cgroup2 "));
}

static void check_proc(const char *text)
{
	char *path = cgroupfs_path_in(text);
	const char *found;

	if (!path)
		return;
	CHECK(path[0] == '/' && !strchr(path, '\n'));
	found = strstr(text, "0::/");
	CHECK(found && strstr(found + 3, path));
	free(path);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	size_t len = strnlen((const char *)data, size);
	CLEANUP(free_charp) char *text = fuzz_text(data, len);
	char *line, *rest;

	check_path(text);
	check_unit(text);
	check_duration(text);
	check_number(text, UINT64_MAX);
	check_number(text, INT32_MAX);
	check_proc(text);
	rest = text;
	while ((line = strsep(&rest, "\n")))
		check_mount(line);
	return 0;
}
