// SPDX-License-Identifier: GPL-2.0-only
/* Words of bpflock-ctl's command line mean a cgroup. */
#include "ctl-target.h"
#include "test.h"
#include "ctl.h"

static char told[1024];

/* Those of ctl.c would print. */
void ctl_error(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(told, sizeof(told), fmt, ap);
	va_end(ap);
}

void ctl_hint(const char *fmt, ...)
{
}

enum exit_status ctl_failed(const char *attempt, int r)
{
	ctl_error("cannot %s: %s", attempt, strerror(-r));
	return STATUS_FAILED;
}

/* A row gives this on the command line; the operand is a path. */
struct target {
	const char *cgroup, *unit, *pid, *self, *host, *operand;
	enum exit_status status;
	const char *expected; /* the path, or part of what is told */
};

static void check(const struct target *t)
{
	char *operands[] = { (char *)t->operand };
	struct ctl c = { .verb = "VERB", .operands = operands, .n = t->operand != NULL };
	enum exit_status status;
	CLEANUP(free_charp) char *path = NULL;
	bool any = t->cgroup || t->unit || t->pid || t->self || t->host;

	c.options[CTL_CGROUP] = t->cgroup;
	c.options[CTL_UNIT] = t->unit;
	c.options[CTL_PID] = t->pid;
	c.options[CTL_SELF] = t->self;
	c.options[CTL_HOST] = t->host;
	told[0] = '\0';
	assert_int_equal(ctl_target_given(&c), any);
	status = ctl_target(&c, t->operand, &path);
	if (status != t->status || !strstr(path ? path : told, t->expected))
		fail_msg("%s: status %d, not %d; %s", t->expected, status, t->status,
			 path ? path : told);
	if (path) {
		assert_string_equal(path, t->expected);
		assert_string_equal(told, "");
	}
}

TEST(a_path_is_taken_as_people_have_it)
{
	static const struct target rows[] = {
		{ .cgroup = "/a", .expected = "/a" }, { .operand = "/a", .expected = "/a" },
		{ .cgroup = "/a/b", .expected = "/a/b" },
		{ .cgroup = "/a b", .expected = "/a b" },
		/* as shells complete it */
		{ .cgroup = "/a/", .expected = "/a" },
		{ .cgroup = "/sys/fs/cgroup/a/b/", .expected = "/a/b" },
		{ .operand = "/sys/fs/cgroup/a", .expected = "/a" },
		{ .cgroup = "/sys/fs/cgroup/sys/fs", .expected = "/sys/fs" },
		{ .host = "", .expected = "/" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		check(&rows[i]);
}

TEST(anything_else_is_refused)
{
	static const struct target rows[] = {
		{ .cgroup = "", .status = STATUS_USAGE, .expected = "cgroup \"\": " },
		{ .cgroup = "a", .status = STATUS_USAGE, .expected = "cgroup \"a\": " },
		{ .cgroup = "/",
		  .status = STATUS_USAGE,
		  .expected = "the root cgroup is the host" },
		{ .operand = "/",
		  .status = STATUS_USAGE,
		  .expected = "the root cgroup is the host" },
		{ .cgroup = "//", .status = STATUS_USAGE, .expected = "cgroup \"//\": " },
		{ .cgroup = "/a//", .status = STATUS_USAGE, .expected = "a / at the end" },
		{ .cgroup = "/a//b", .status = STATUS_USAGE, .expected = "two / in a row" },
		{ .cgroup = "/a/../b", .status = STATUS_USAGE, .expected = "are not names of cgroups" },
		{ .cgroup = "/sys/fs/cgroup", .status = STATUS_USAGE, .expected = "leave out" },
		{ .cgroup = "/sys/fs/cgroup/",
		  .status = STATUS_USAGE,
		  .expected = "the root cgroup" },
		{ .cgroup = "/sys/fs/cgroup/..",
		  .status = STATUS_USAGE,
		  .expected = "are not names of cgroups" },
		{ .cgroup = "/a\nb", .status = STATUS_USAGE, .expected = "invalid character" },
		{ .cgroup = "/a/*", .status = STATUS_USAGE, .expected = "name the cgroup above" },
		{ .cgroup = "/a?/b", .status = STATUS_USAGE, .expected = "name the cgroup above" },
		{ .pid = "", .status = STATUS_USAGE, .expected = "--pid: \"\" is not a process id" },
		{ .pid = "0", .status = STATUS_USAGE, .expected = "--pid: \"0\" is not a process id" },
		{ .pid = "-1", .status = STATUS_USAGE, .expected = "is not a process id" },
		{ .pid = "self", .status = STATUS_USAGE, .expected = "is not a process id" },
		{ .pid = "1 ", .status = STATUS_USAGE, .expected = "is not a process id" },
		{ .pid = "2147483648", .status = STATUS_USAGE, .expected = "is not a process id" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		check(&rows[i]);
}

TEST(it_is_said_in_exactly_one_way)
{
	static const struct target rows[] = {
		{ .status = STATUS_USAGE, .expected = "VERB: expected one cgroup" },
		{ .cgroup = "/a",
		  .operand = "/a",
		  .status = STATUS_USAGE,
		  .expected = "expected one cgroup" },
		{ .cgroup = "/a", .self = "", .status = STATUS_USAGE, .expected = "expected one cgroup" },
		{ .cgroup = "/a", .host = "", .status = STATUS_USAGE, .expected = "expected one cgroup" },
		{ .unit = "a.service",
		  .pid = "1",
		  .status = STATUS_USAGE,
		  .expected = "expected one cgroup" },
		{ .pid = "1", .self = "", .status = STATUS_USAGE, .expected = "expected one cgroup" },
		{ .host = "", .operand = "/a", .status = STATUS_USAGE, .expected = "expected one cgroup" },
		{ .cgroup = "/a",
		  .unit = "a.service",
		  .pid = "1",
		  .self = "",
		  .host = "",
		  .status = STATUS_USAGE,
		  .expected = "expected one cgroup" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		check(&rows[i]);
}
