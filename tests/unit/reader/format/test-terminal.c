// SPDX-License-Identifier: GPL-2.0-only
/* The last column of a table, on terminals of several widths. */
#include <fcntl.h>
#include <sys/ioctl.h>
#include <termios.h>

#include "test.h"
#include "terminal.h"
#include "format.h"

static const struct {
	unsigned short columns;
	unsigned int column;
	const char *text, *shown;
} rows[] = {
	{ 40, 10, "", "" },
	{ 40, 10, "short", "short" },
	{ 40, 10, "exactly as long as the line is", "exactly as long as the line is" },
	{ 40, 10, "exactly as long as the lines are",
	  "exactly as long as the lines\n          are" },
	{ 40, 10, "exactly as long as the line is, and on",
	  "exactly as long as the line\n          is, and on" },
	{ 40, 10, "one-word-that-is-longer-than-a-whole-line on",
	  "one-word-that-is-longer-than-a-whole-line\n          on" },
	/* as wide as they look, not as they are long */
	{ 40, 10, "\303\244\303\244\303\244 as long as the l\303\244ne is, so",
	  "\303\244\303\244\303\244 as long as the l\303\244ne is, so" },
	/* where there is no room, and where nobody knows */
	{ 29, 10, "a text that does not fit into this", "a text that does not fit into this" },
	{ 30, 10, "a text that does not fit into this", "a text that does not\n          fit into this" },
	{ 0, 10, "a text that does not fit into this, but who knows", NULL },
};

static void open_terminal(unsigned short columns, FILE **ret_screen, int *ret_keyboard)
{
	struct winsize size = { .ws_col = columns, .ws_row = 10 };
	int master = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC), slave;
	struct termios termios;

	assert_true(master >= 0);
	assert_int_equal(grantpt(master), 0);
	assert_int_equal(unlockpt(master), 0);
	slave = open(ptsname(master), O_RDWR | O_NOCTTY | O_CLOEXEC);
	assert_true(slave >= 0);
	assert_int_equal(tcgetattr(slave, &termios), 0);
	termios.c_oflag &= ~OPOST; /* a newline is a newline */
	assert_int_equal(tcsetattr(slave, TCSANOW, &termios), 0);
	assert_int_equal(ioctl(slave, TIOCSWINSZ, &size), 0);
	*ret_screen = fdopen(slave, "w");
	assert_non_null(*ret_screen);
	*ret_keyboard = master;
}

TEST(test_last_column)
{
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		char shown[256] = "";
		size_t len = 0;
		FILE *screen;
		int fd;

		open_terminal(rows[i].columns, &screen, &fd);
		assert_int_equal(terminal_columns(screen), rows[i].columns);
		terminal_print_last(screen, rows[i].text, rows[i].column);
		putc('.', screen);
		assert_int_equal(fflush(screen), 0);
		while (len < sizeof(shown) - 1 && !strchr(shown, '.')) {
			ssize_t n = read(fd, shown + len, sizeof(shown) - 1 - len);

			assert_true(n > 0);
			len += n;
		}
		shown[len - 1] = '\0';
		assert_string_equal(shown, rows[i].shown ? rows[i].shown : rows[i].text);
		fclose(screen);
		close(fd);
	}
}

TEST(test_no_terminal)
{
	static const char text[] = "a text that is longer than any line of twenty columns may be";
	char *shown = NULL;
	char path[] = "/tmp/test-terminal-XXXXXX";
	int fd = mkstemp(path);
	FILE *f = fdopen(fd, "w+");

	assert_non_null(f);
	unlink(path);
	assert_int_equal(terminal_columns(f), 0);
	assert_false(format_colored(f));
	terminal_print_last(f, text, 10);
	rewind(f);
	shown = calloc(1, sizeof(text) + 1);
	assert_non_null(shown);
	assert_int_equal(fread(shown, 1, sizeof(text), f), sizeof(text) - 1);
	assert_string_equal(shown, text);
	free(shown);
	fclose(f);
}

TEST(test_no_color)
{
	FILE *screen;
	int fd;

	open_terminal(80, &screen, &fd);
	unsetenv("NO_COLOR");
	assert_true(format_colored(screen));
	setenv("NO_COLOR", "", 1);
	assert_true(format_colored(screen));
	setenv("NO_COLOR", "0", 1);
	assert_false(format_colored(screen));
	fclose(screen);
	close(fd);
}
