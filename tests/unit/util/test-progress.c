// SPDX-License-Identifier: GPL-2.0-only
/* The line of progress: on a terminal alone, not before its time, and erased. */
#include <fcntl.h>
#include <sys/ioctl.h>
#include <termios.h>

#include "test.h"
#include "progress.h"

#define ERASE "\r\033[K"
#define NEVER 1000000000000ULL

/* Runs all of a progress with standard error there, and returns what was written. */
static void run(int stderr_fd, int from_fd, uint64_t after_ms, char *shown, size_t size)
{
	int saved = dup(STDERR_FILENO);
	size_t len = 0;

	assert_true(saved >= 0 && dup2(stderr_fd, STDERR_FILENO) >= 0);
	progress_step(); /* without a beginning it is nothing */
	progress_hide();
	progress_begin("bpflock-ctl: test", after_ms);
	progress_hide();
	progress_step();
	progress_count(12, "records");
	progress_end();
	progress_end();
	dprintf(STDERR_FILENO, ".");
	assert_true(dup2(saved, STDERR_FILENO) >= 0);
	close(saved);
	/* a terminal hands it on in pieces */
	do {
		ssize_t n = read(from_fd, shown + len, size - 1 - len);

		assert_true(n > 0);
		len += n;
		shown[len] = '\0';
	} while (!strchr(shown, '.'));
}

static int open_terminal(unsigned short columns, int *ret_master)
{
	struct winsize size = { .ws_col = columns, .ws_row = 10 };
	int master = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC), slave;
	struct termios termios;

	assert_true(master >= 0 && grantpt(master) == 0 && unlockpt(master) == 0);
	slave = open(ptsname(master), O_RDWR | O_NOCTTY | O_CLOEXEC);
	assert_true(slave >= 0 && tcgetattr(slave, &termios) == 0);
	termios.c_oflag &= ~OPOST;
	assert_true(tcsetattr(slave, TCSANOW, &termios) == 0 &&
		    ioctl(slave, TIOCSWINSZ, &size) == 0);
	*ret_master = master;
	return slave;
}

TEST(shown_and_erased)
{
	static const struct {
		unsigned short columns;
		const char *term;
		uint64_t after_ms;
		bool shown;
	} rows[] = {
		{ 80, "xterm", 0, true },  { 60, "xterm", 0, true }, { 80, "xterm", NEVER, false },
		{ 59, "xterm", 0, false }, { 80, "dumb", 0, false }, { 80, "", 0, false },
		{ 80, NULL, 0, false },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		char shown[256];
		int master, slave = open_terminal(rows[i].columns, &master);
		size_t n;

		if (rows[i].term)
			setenv("TERM", rows[i].term, 1);
		else
			unsetenv("TERM");
		run(slave, master, rows[i].after_ms, shown, sizeof(shown));
		n = strlen(shown);
		if (!rows[i].shown)
			assert_string_equal(shown, ".");
		else
			assert_true(strncmp(shown, ERASE "bpflock-ctl: test: ", 22) == 0 &&
				    n > 26 && strcmp(shown + n - 5, ERASE ".") == 0);
		close(slave);
		close(master);
	}
}

TEST(not_in_a_pipe)
{
	char shown[256];
	int fds[2];

	setenv("TERM", "xterm", 1);
	setenv("COLUMNS", "80", 1);
	assert_int_equal(pipe(fds), 0);
	run(fds[1], fds[0], 0, shown, sizeof(shown));
	assert_string_equal(shown, ".");
	unsetenv("COLUMNS");
	close(fds[0]);
	close(fds[1]);
}
