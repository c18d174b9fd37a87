// SPDX-License-Identifier: GPL-2.0-only
#include "denials-last.h"

#include "clock.h"
#include "denials-print.h"
#include "denials-read.h"
#include "label.h"
#include "pins.h"
#include "util.h"

#define SHOWN 3

static void find(const struct pins *pins, struct denials *d, struct denials_print *p)
{
	struct bpflock_log_state state = {};

	pins_read_log_state(pins, &state);
	*p = (struct denials_print){ .ops = pins->stamp.operations,
				     .offset = clock_offset(state.wall) };
	denials_read_newest(pins, SHOWN, d);
}

void denials_last_json(const struct pins *pins, struct json *j)
{
	CLEANUP(denials_done) struct denials d = {};
	struct denials_print p;

	find(pins, &d, &p);
	json_open(j, "last_denials", '[');
	for (size_t i = 0; i < d.n; i++)
		denials_print_json(&p, j, &d.items[i], NULL);
	json_close(j, ']');
}

/* Returns the line of a denial, owned by the caller; NULL if memory runs out. */
static char *line_of(const struct denials_print *p, const struct denial *d)
{
	char *text = NULL;
	size_t size = 0;
	FILE *f = open_memstream(&text, &size);

	if (!f)
		return NULL;
	denials_print_line(f, p, d);
	if (fclose(f) == 0)
		return text;
	free(text);
	return NULL;
}

void denials_last_print(const struct pins *pins)
{
	CLEANUP(denials_done) struct denials d = {};
	struct denials_print p;

	find(pins, &d, &p);
	for (size_t i = 0; i < d.n; i++) {
		CLEANUP(free_charp) char *line = line_of(&p, &d.items[i]);

		label_print(i ? "" : "last denials", "%s", line ?: "?");
	}
}
