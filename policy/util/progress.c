// SPDX-License-Identifier: GPL-2.0-only
#include "progress.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "clock.h"
#include "terminal.h"
#include "util.h"

#define STEP_MS	  200
#define WIDTH_MIN 60 /* columns: in less than that the line might not fit, and cannot be erased */
#define ERASE	  "\r\033[K"

static struct {
	const char *text;     /* NULL: there is none */
	uint64_t begun, next; /* CLOCK_MONOTONIC, ms */
	bool shown;
} line;

static uint64_t now_ms(void)
{
	return clock_monotonic() / NS_PER_MS;
}

/* A terminal that knows no escapes cannot erase the line. */
static bool is_possible(void)
{
	const char *term = getenv("TERM");

	return isatty(STDERR_FILENO) && term && *term && strcmp(term, "dumb") != 0 &&
	       terminal_columns(stderr) >= WIDTH_MIN;
}

void progress_begin(const char *text, uint64_t after_ms)
{
	progress_end();
	if (!is_possible())
		return;
	line.text = text;
	line.begun = now_ms();
	line.next = line.begun + after_ms;
	progress_step();
}

static void show(const char *count, const char *things)
{
	uint64_t now = line.text ? now_ms() : 0;

	if (!line.text || now < line.next)
		return;
	fprintf(stderr, ERASE "%.20s: %s%s%s%" PRIu64 " s", line.text, count, things,
		*count ? ", " : "", (now - line.begun) / 1000);
	fflush(stderr);
	line.next = now + STEP_MS;
	line.shown = true;
}

void progress_step(void)
{
	show("", "");
}

void progress_count(uint64_t n, const char *things)
{
	char count[24];

	if (!line.text)
		return;
	snprintf(count, sizeof(count), "%" PRIu64 " ", n);
	show(count, things);
}

void progress_hide(void)
{
	if (line.text && line.shown) {
		fputs(ERASE, stderr);
		fflush(stderr);
	}
	line.shown = false;
}

void progress_end(void)
{
	progress_hide();
	line.text = NULL;
}
