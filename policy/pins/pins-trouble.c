// SPDX-License-Identifier: GPL-2.0-only
#include "pins-trouble.h"

#include <stdio.h>

void pins_trouble(const struct pins *p, char ret_text[PINS_TROUBLE_LEN])
{
	const struct bpflock_stamp *stamp = &p->stamp;

	if (!stamp->magic || (stamp->magic == BPFLOCK_MAGIC && stamp->abi == BPFLOCK_ABI))
		snprintf(ret_text, PINS_TROUBLE_LEN, "some of its pins are missing");
	else if (stamp->magic != BPFLOCK_MAGIC)
		snprintf(ret_text, PINS_TROUBLE_LEN, "not made by bpflock");
	else
		snprintf(ret_text, PINS_TROUBLE_LEN,
			 "made by bpflock %s with pin format %u, but this version has format %d",
			 stamp->build, stamp->abi, BPFLOCK_ABI);
}
