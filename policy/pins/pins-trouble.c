// SPDX-License-Identifier: GPL-2.0-only
#include "pins-trouble.h"

#include <stdio.h>

#include "seal-look.h"

bool pins_trouble_lasts(const struct pins *p)
{
	struct bpflock_seal seal;
	enum seal_state state;

	if (p->stamp.magic != BPFLOCK_MAGIC || p->stamp.abi == BPFLOCK_ABI)
		return false;
	return (seal_look_read(p->path, &state, &seal) == 0 && state == SEAL_CLOSED) ||
	       seal_look_is_older(p->path);
}

void pins_trouble(const struct pins *p, char ret_text[PINS_TROUBLE_LEN])
{
	const struct bpflock_stamp *stamp = &p->stamp;

	if (!stamp->magic || (stamp->magic == BPFLOCK_MAGIC && stamp->abi == BPFLOCK_ABI))
		snprintf(ret_text, PINS_TROUBLE_LEN, "some of its pins are missing");
	else if (stamp->magic != BPFLOCK_MAGIC)
		snprintf(ret_text, PINS_TROUBLE_LEN, "not made by bpflock");
	else
		snprintf(ret_text, PINS_TROUBLE_LEN,
			 "made by bpflock %s with pin format %u, but this version has format %d%s",
			 stamp->build, stamp->abi, BPFLOCK_ABI,
			 pins_trouble_lasts(p) ? "; it is sealed until reboot" : "");
}
