// SPDX-License-Identifier: GPL-2.0-only
/* Messages have one form, and no text in them breaks it. */
#include "test.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>

#include "message.h"

/* Lines that came on stderr between begin() and end(). */
static char printed[4096];
static int saved = -1;

static void begin(void)
{
	int fd = memfd_create("stderr", MFD_CLOEXEC);

	saved = fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 3);
	assert_true(fd >= 0 && saved >= 0);
	dup2(fd, STDERR_FILENO);
	close(fd);
}

static void end(void)
{
	ssize_t n;

	fflush(stderr);
	n = pread(STDERR_FILENO, printed, sizeof(printed) - 1, 0);
	dup2(saved, STDERR_FILENO);
	close(saved);
	assert_true(n >= 0);
	printed[n] = '\0';
}

TEST(a_message_has_program_object_action_and_reason)
{
	begin();
	message_program("bpflock-ctl");
	message_error("%s" MESSAGE_UNCHANGED, "unknown profile \"x\"");
	message_warning("times may be wrong: %d", 1);
	assert_int_equal(message_cannot("/sys/fs/bpf", "lock", -EACCES), -EACCES);
	message_error("evil\nbpflock-ctl: ok\x1b[2J");
	end();
	assert_string_equal(printed,
			    "bpflock-ctl: unknown profile \"x\" (nothing was changed)\n"
			    "bpflock-ctl: warning: times may be wrong: 1\n"
			    "bpflock-ctl: /sys/fs/bpf: cannot lock: Permission denied\n"
			    "bpflock-ctl: evil\\x0abpflock-ctl: ok\\x1b[2J\n");
}

TEST(of_several_hints_the_first_is_printed)
{
	begin();
	message_program("bpflock");
	message_hint("run %s", "first");
	message_hint("second");
	end();
	assert_string_equal(printed, "bpflock: hint: run first\n");
}
