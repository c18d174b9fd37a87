// SPDX-License-Identifier: GPL-2.0-only
#include "refused.h"

#include <stdio.h>

#include "clock.h"
#include "pins-policy.h"
#include "pins.h"
#include "util.h"

struct bpflock_refused refused_make(const struct diagnostics *d)
{
	struct bpflock_refused refused = { .time = clock_boottime() };
	const char *first = diagnostics_first_error(d);

	snprintf(refused.text, sizeof(refused.text), "%s", first ? first : "out of memory");
	return refused;
}

int refused_note(const char *bpffs, const struct bpflock_refused *refused)
{
	CLEANUP(pins_freep) struct pins *pins = NULL;
	int r = pins_open(bpffs, PINS_PUBLISHED, &pins);

	if (r != PINS_OK || pins->slots.ask >= 0)
		return r < 0 ? r : 0;
	r = pins_make_writable(pins);
	return r < 0 ? r : pins_policy_note_refused(pins, refused);
}
