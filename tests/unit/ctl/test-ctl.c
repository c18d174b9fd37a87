// SPDX-License-Identifier: GPL-2.0-only
/* The JSON of a call that fails has an error, and who is denied gets the hint that helps there. */
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "test.h"
#include "ctl.h"
#include "diagnostic.h"

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

/* Reads what a process prints that is denied, in a process of its own, since each gives one hint at most. */
static void print_denied(const char *container, const struct ctl_caller *who, int r, char ret_text[256])
{
	int fd = memfd_create("stderr", MFD_CLOEXEC);
	int status;
	ssize_t n;
	pid_t pid;

	assert_true(fd >= 0);
	fflush(NULL);
	pid = fork();
	assert_true(pid >= 0);
	if (pid == 0) {
		setenv("container", container, 1);
		dup2(fd, STDERR_FILENO);
		ctl_hint_denied(who, r);
		fflush(stderr);
		_exit(0);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
	n = pread(fd, ret_text, 255, 0);
	assert_true(n >= 0);
	ret_text[n] = '\0';
	close(fd);
}

#define ROOT .capable = true, .root = true

TEST(who_is_denied_gets_the_hint_that_helps_there)
{
	static const struct {
		const char *container;
		struct ctl_caller who;
		int error;
		const char *hint;
	} rows[] = {
		{ "", {}, -EPERM, "run it as root" },
		{ "", {}, -EACCES, "run it as root" },
		{ "", { .user_namespace = true, ROOT }, -EPERM, "run it in the initial user namespace" },
		{ "oci", { .user_namespace = true, .container = true }, -EPERM, "run it in the initial user namespace" },
		{ "oci", { .container = true, .root = true }, -EPERM, "use --privileged" },
		{ "oci", { .container = true }, -EACCES, "use --privileged" },
		{ "lxc", { .container = true, .root = true }, -EPERM, "run it on the host" },
		/* root with all capabilities is kept out by AppArmor or SELinux */
		{ "", { ROOT }, -EACCES, "bpflock-ctl doctor" },
		{ "oci", { .container = true, ROOT }, -EACCES, "bpflock-ctl doctor" },
		/* or by the kernel */
		{ "", { ROOT }, -EPERM, NULL },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		char printed[256], expected[256] = "";

		if (rows[i].hint)
			snprintf(expected, sizeof(expected), "bpflock: hint: %s\n", rows[i].hint);
		print_denied(rows[i].container, &rows[i].who, rows[i].error, printed);
		assert_string_equal(printed, expected);
	}
}
