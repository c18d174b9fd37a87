// SPDX-License-Identifier: GPL-2.0-only
/* Tests of the last column of a table on terminals of several widths, of colours and of COLUMNS. */
#include <fcntl.h>
#include <sys/ioctl.h>
#include <termios.h>

#include "test.h"
#include "terminal.h"

#define BLANKS10 "          "
#define BLANKS60 BLANKS10 BLANKS10 BLANKS10 BLANKS10 BLANKS10 BLANKS10

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
	/* no line ends with a blank */
	{ 40, 10, "exactly as long as the line is  and on",
	  "exactly as long as the line is\n          and on" },
	{ 40, 10, "exactly as long as the lineis  and on",
	  "exactly as long as the lineis\n          and on" },
	/* as wide as they look, not as they are long */
	{ 40, 10, "\303\244\303\244\303\244 as long as the l\303\244ne is, so",
	  "\303\244\303\244\303\244 as long as the l\303\244ne is, so" },
	/* where there is no room, and where nobody knows */
	{ 29, 10, "a text that does not fit into this", "a text that does not fit into this" },
	{ 30, 10, "a text that does not fit into this", "a text that does not\n          fit into this" },
	{ 0, 60, "a terminal without a size has 80", "a terminal without a\n" BLANKS60 "size has 80" },
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
		assert_int_equal(terminal_columns(screen), rows[i].columns ?: TERMINAL_WIDTH);
		terminal_print_last(screen, rows[i].text, rows[i].column);
		putc('.', screen);
		assert_int_equal(fflush(screen), 0);
		while (len < sizeof(shown) - 1 && !strchr(shown, '.')) {
			ssize_t n = read(fd, shown + len, sizeof(shown) - 1 - len);

			assert_true(n > 0);
			len += n;
		}
		shown[len - 1] = '\0';
		assert_string_equal(shown, rows[i].shown);
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
	unsetenv("COLUMNS");
	assert_int_equal(terminal_columns(f), 0);
	setenv("TERM", "xterm", 1);
	assert_false(terminal_colored(f));
	terminal_print_last(f, text, 10);
	rewind(f);
	shown = calloc(1, sizeof(text) + 1);
	assert_non_null(shown);
	assert_int_equal(fread(shown, 1, sizeof(text), f), sizeof(text) - 1);
	assert_string_equal(shown, text);
	free(shown);
	fclose(f);
}

TEST(test_columns)
{
	static const struct {
		const char *text;
		unsigned int columns;
	} wished[] = {
		{ "132", 132 }, { "1", 1 }, { "4096", 4096 },
		/* anything else is as if it were not set */
		{ "", 0 }, { "0", 0 }, { "-1", 0 }, { "80x", 0 }, { " 80", 0 }, { "4097", 0 },
		{ "99999999999999999999", 0 },
	};
	FILE *screen, *pipe = tmpfile();
	int fd;

	assert_non_null(pipe);
	for (size_t i = 0; i < ARRAY_SIZE(wished); i++) {
		setenv("COLUMNS", wished[i].text, 1);
		assert_int_equal(terminal_columns(pipe), wished[i].columns);
		open_terminal(0, &screen, &fd);
		assert_int_equal(terminal_columns(screen), wished[i].columns ?: TERMINAL_WIDTH);
		fclose(screen);
		close(fd);
		/* a terminal knows better */
		open_terminal(40, &screen, &fd);
		assert_int_equal(terminal_columns(screen), 40);
		fclose(screen);
		close(fd);
	}
	unsetenv("COLUMNS");
	fclose(pipe);
}

TEST(test_color)
{
	static const struct {
		const char *no_color, *term;
		bool colored;
	} cases[] = {
		{ NULL, "xterm", true },  { "", "xterm", true }, { "0", "xterm", false },
		{ NULL, "dumb", false }, { NULL, "", false },	 { NULL, NULL, false },
	};
	FILE *screen, *pipe = tmpfile();
	int fd;

	assert_non_null(pipe);
	open_terminal(80, &screen, &fd);
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		unsetenv("NO_COLOR");
		unsetenv("TERM");
		if (cases[i].no_color)
			setenv("NO_COLOR", cases[i].no_color, 1);
		if (cases[i].term)
			setenv("TERM", cases[i].term, 1);
		assert_int_equal(terminal_colored(screen), cases[i].colored);
		assert_false(terminal_colored(pipe));
		/* what was asked for is stronger than the environment */
		terminal_set_color(TERMINAL_COLOR_ALWAYS);
		assert_true(terminal_colored(screen) && terminal_colored(pipe));
		terminal_set_color(TERMINAL_COLOR_NEVER);
		assert_false(terminal_colored(screen) || terminal_colored(pipe));
		terminal_set_color(TERMINAL_COLOR_AUTO);
	}
	fclose(screen);
	fclose(pipe);
	close(fd);
}

static void printed(FILE *f, char *text, size_t size)
{
	size_t n;

	rewind(f);
	n = fread(text, 1, size - 1, f);
	text[n] = '\0';
}

TEST(test_styles)
{
	char text[64];
	FILE *f = tmpfile();

	assert_non_null(f);
	terminal_print(f, TERMINAL_RED, "plain");
	terminal_set_color(TERMINAL_COLOR_ALWAYS);
	terminal_print(f, TERMINAL_RED, "red");
	terminal_print(f, TERMINAL_PLAIN, "plain");
	terminal_set_color(TERMINAL_COLOR_AUTO);
	printed(f, text, sizeof(text));
	assert_string_equal(text, "plain\033[1;31mred\033[0mplain");
	fclose(f);
}

TEST(test_bullet)
{
	setenv("LC_ALL", "C", 1);
	assert_false(terminal_utf8());
	assert_string_equal(terminal_bullet(), "*");
	setenv("LC_ALL", "no-such-locale", 1);
	assert_string_equal(terminal_bullet(), "*");
	setenv("LC_ALL", "C.UTF-8", 1);
	assert_true(terminal_utf8());
	assert_string_equal(terminal_bullet(), "\342\227\217");
	unsetenv("LC_ALL");
}
