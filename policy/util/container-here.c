// SPDX-License-Identifier: GPL-2.0-only
#include "container-here.h"

#include <stdlib.h>

bool container_here(void)
{
	const char *kind = secure_getenv("container");

	return kind && *kind;
}
