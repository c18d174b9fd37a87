// SPDX-License-Identifier: GPL-2.0-only
/* The JSON of a call that fails has an error, and who is refused is told what helps there. */
#include <unistd.h>

#include "test.h"
#include "capabilities.h"
#include "cgroupfs-open.h"
#include "ctl.h"
#include "diagnostic.h"
#include "message.h"
#include "proc.h"

/* The caller and the place that ctl_failed() finds. */
static struct here {
	int user_namespace;
	const char *container;
	bool confined; /* without capabilities */
	uid_t uid;
	int root_cgroup;
} here;

static char hint[256];

TEST_WRAPS(capabilities_effective);
TEST_WRAPS(cgroupfs_open_root);
TEST_WRAPS(geteuid);
TEST_WRAPS(message_hint);
TEST_WRAPS(proc_in_user_namespace);

int __wrap_proc_in_user_namespace(void)
{
	return here.user_namespace;
}

bool __wrap_capabilities_effective(unsigned int capability)
{
	return !here.confined;
}

uid_t __wrap_geteuid(void)
{
	return here.uid;
}

int __wrap_cgroupfs_open_root(void)
{
	return here.root_cgroup;
}

void __wrap_message_hint(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(hint, sizeof(hint), fmt, ap);
	va_end(ap);
}

TEST(the_error_is_the_first_and_not_what_comes_of_it)
{
	struct diagnostics warnings = DIAGNOSTICS_INIT, errors = DIAGNOSTICS_INIT;
	struct place at = { "file", 2, 1 };

	assert_string_equal(ctl_first_error(), "");
	diagnostic_warning(&warnings, NULL, "a warning");
	ctl_diagnostics(&warnings);
	assert_string_equal(ctl_first_error(), "");
	diagnostic_warning(&errors, NULL, "another");
	diagnostic_error(&errors, &at, "the error");
	diagnostic_error(&errors, &at, "the next");
	ctl_diagnostics(&errors);
	assert_string_equal(ctl_first_error(), "file:2:1: the error");
	ctl_error("%s was changed", "nothing");
	assert_string_equal(ctl_first_error(), "file:2:1: the error");
	diagnostics_done(&warnings);
	diagnostics_done(&errors);
}

TEST(who_is_refused_is_told_what_helps_there)
{
	static const struct {
		struct here here;
		int error;
		enum exit_status status;
		const char *hint;
	} rows[] = {
		{ { .uid = 1000 }, -EPERM, STATUS_NOT_PERMITTED, "run it as root" },
		{ { .uid = 1000 }, -EACCES, STATUS_NOT_PERMITTED, "run it as root" },
		{ { .user_namespace = 1 }, -EPERM, STATUS_NOT_PERMITTED, "run it in the initial user namespace" },
		{ { .user_namespace = 1, .container = "oci", .confined = true },
		  -EPERM, STATUS_NOT_PERMITTED, "run it in the initial user namespace" },
		{ { .container = "oci", .confined = true }, -EPERM, STATUS_NOT_PERMITTED, "use --privileged" },
		{ { .container = "lxc", .confined = true }, -EPERM, STATUS_NOT_PERMITTED, "run it on the host" },
		/* root with all capabilities: AppArmor or SELinux, and not the filter of system calls */
		{ {}, -EACCES, STATUS_NOT_PERMITTED, "bpflock-ctl doctor" },
		{ { .container = "oci" }, -EACCES, STATUS_NOT_PERMITTED, "bpflock-ctl doctor" },
		{ { .user_namespace = -ENOENT }, -EACCES, STATUS_NOT_PERMITTED, "bpflock-ctl doctor" },
		{ {}, -EPERM, STATUS_NOT_PERMITTED, "" },
		{ { .container = "oci", .root_cgroup = -ENOENT }, -ENOENT, STATUS_UNSUPPORTED, "use --pid=host" },
		{ { .container = "systemd-nspawn", .root_cgroup = -ENOENT },
		  -ENOENT, STATUS_UNSUPPORTED, "run it on the host" },
		{ { .container = "oci", .root_cgroup = -EPERM }, -ENOENT, STATUS_FAILED, "" },
		{ { .root_cgroup = -ENOENT }, -ENOENT, STATUS_FAILED, "" },
		{ { .uid = 1000 }, -EIO, STATUS_FAILED, "" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		enum exit_status status;

		here = rows[i].here;
		hint[0] = '\0';
		setenv("container", here.container ?: "", 1);
		status = ctl_failed("read the policy", rows[i].error);
		if (status != rows[i].status || strcmp(hint, rows[i].hint) != 0)
			fail_msg("row %zu: status %d, \"%s\"", i, (int)status, hint);
	}
	unsetenv("container");
}
