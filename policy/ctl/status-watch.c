// SPDX-License-Identifier: GPL-2.0-only
#include "status-watch.h"

#include <string.h>

#include "capture.h"
#include "clock.h"
#include "ctl-json.h"
#include "interrupt.h"
#include "terminal.h"
#include "util.h"

#define HOME	 "\x1b[H"
#define END_LINE "\x1b[K"
#define END_PAGE "\x1b[J"
#define EMPHASIS "\x1b[7m"
#define PLAIN	 "\x1b[0m"

/* The numbers behind these change with each look. */
static const char *const passing[] = { "proofs: ", "ends in ", "; loaded ", "  loaded ", "\"proofs\":",
				       "\"seconds_left\":" };

/* Returns how many bytes to leave out at `at`, which is in text. */
static size_t passing_length(const char *text, const char *at)
{
	for (size_t i = 0; i < ARRAY_SIZE(passing); i++) {
		size_t n = strlen(passing[i]);

		if ((size_t)(at - text) >= n && memcmp(at - n, passing[i], n) == 0)
			return strspn(at, "0123456789smhd");
	}
	return 0;
}

bool status_watch_differs(const char *a, const char *b)
{
	const char *x = a, *y = b;

	do {
		x += passing_length(a, x);
		y += passing_length(b, y);
		if (*x != *y)
			return true;
	} while (*y++ && *x++);
	return false;
}

/* A line is about what its beginning names: "label:", or the first word of a table's row. */
static size_t subject_length(const char *line)
{
	size_t blank = strspn(line, " ");

	return blank + strcspn(line + blank, ": \n");
}

/* The line of before that is about the same; NULL: there is none. */
static const char *same_subject(const char *before, const char *line)
{
	size_t n = subject_length(line);

	while (*before) {
		if (subject_length(before) == n && memcmp(before, line, n) == 0)
			return before;
		before += strcspn(before, "\n");
		before += *before == '\n';
	}
	return NULL;
}

/* The bytes of a line that so many columns hold. */
static size_t fitting(const char *line, size_t len, unsigned int columns)
{
	size_t n = 0;

	for (; n < len; n++)
		if ((line[n] & 0xc0) != 0x80 && columns-- == 0)
			break;
	return n;
}

static bool is_word(char c)
{
	return c && c != '\n' && c != ' ';
}

/* Whole words at both ends that are equal are not emphasized. */
static void find_change(const char *line, size_t len, const char *before, size_t *ret_from,
			size_t *ret_to)
{
	size_t old = strcspn(before, "\n"), from = 0, to = 0;

	while (from < len && from < old && line[from] == before[from])
		from++;
	while (to < len - from && to < old - from && line[len - 1 - to] == before[old - 1 - to])
		to++;
	*ret_from = from;
	*ret_to = len - to;
	if (from == len && len == old)
		return;
	while (*ret_from > 0 && is_word(line[*ret_from - 1]))
		--*ret_from;
	while (*ret_to < len && is_word(line[*ret_to]))
		++*ret_to;
}

const char *status_watch_line(FILE *f, const char *line, const char *before, unsigned int columns)
{
	size_t len = strcspn(line, "\n"), from = len, to = len, shown;
	const char *old = before ? same_subject(before, line) : NULL;

	if (old)
		find_change(line, len, old, &from, &to);
	else if (before)
		from = 0;
	shown = fitting(line, len, columns);
	from = from < shown ? from : shown;
	to = to < shown ? to : shown;
	fwrite(line, 1, from, f);
	if (from < to)
		fputs(EMPHASIS, f);
	fwrite(line + from, 1, to - from, f);
	if (from < to)
		fputs(PLAIN, f);
	fwrite(line + to, 1, shown - to, f);
	return line + len + (line[len] == '\n');
}

/* Lines that do not fit are left out, so that nothing scrolls. */
static void redraw(const char *text, const char *before)
{
	unsigned int rows = terminal_rows(stdout) ?: 24, columns = terminal_columns(stdout) ?: 80;
	char when[CLOCK_UTC_LEN];

	clock_utc(clock_realtime(), when);
	printf(HOME "%.*s" END_LINE, (int)columns, when);
	for (unsigned int row = 1; row + 1 < rows && *text; row++) {
		fputs("\r\n", stdout);
		text = status_watch_line(stdout, text, before, columns);
		fputs(END_LINE, stdout);
	}
	if (*text)
		printf("\r\n%.*s" END_LINE, (int)columns, "(more lines than this terminal has)");
	fputs(END_PAGE, stdout);
}

static void append(const struct ctl *c, const char *text, const char *before)
{
	char when[CLOCK_UTC_LEN];

	if (before && !status_watch_differs(text, before))
		return;
	clock_utc(clock_realtime(), when);
	if (!c->json)
		printf("%s%s\n", before ? "\n" : "", when);
	fputs(text, stdout);
}

struct one_look {
	const struct ctl *c;
	unsigned int columns; /* of the terminal; 0: there is none */
	enum exit_status (*look)(const struct ctl *c);
};

static int look_once(const void *arg)
{
	const struct one_look *l = arg;
	char columns[16];

	/* what is said on standard error is in the object */
	if (l->c->json && !freopen("/dev/null", "w", stderr))
		return STATUS_FAILED;
	if (l->columns) {
		/* the only emphasis is on changes */
		terminal_set_color(TERMINAL_COLOR_NEVER);
		snprintf(columns, sizeof(columns), "%u", l->columns);
		setenv("COLUMNS", columns, 1);
	}
	return l->look(l->c);
}

enum exit_status status_watch(const struct ctl *c, uint64_t interval,
			      enum exit_status (*look)(const struct ctl *c))
{
	static const struct capture_limits limits = { .bytes = 1 << 20, .ms = 60000 };
	CLEANUP(free_charp) char *before = NULL;
	struct one_look l = { .c = c, .look = look };
	bool terminal = isatty(STDOUT_FILENO) && !c->json;
	int status = STATUS_OK;

	interrupt_catch();
	/* the looks print it, so that main() need not */
	if (c->json)
		ctl_json_defer();
	if (terminal)
		fputs(HOME END_PAGE, stdout);
	do {
		char *text = NULL;
		int r;

		l.columns = terminal ? terminal_columns(stdout) : 0;
		r = capture_all(look_once, &l, &limits, &text, &status);
		if (r < 0)
			return ctl_failed("look at the status", r);
		if (terminal)
			redraw(text, before);
		else
			append(c, text, before);
		free(before);
		before = text;
	} while (fflush(stdout) == 0 && interrupt_wait(interval));
	if (terminal)
		putchar('\n');
	return status;
}
