/* SPDX-License-Identifier: GPL-2.0-only */
/* Points in time as people write them. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

/*
 * "2026-11-24", "2026-11-24 10:00", "10:00:30", "2026-11-24T10:00:30.5+01:00" as the output has it,
 * "today", "yesterday", "now", "-1h", "1h 30min ago", "@1795514400" (since 1970): ns since 1970.
 * now is that too; utc: where no zone is named. False if it is none of these.
 */
bool since_parse(const char *text, int64_t now, bool utc, int64_t *ret_ns);
