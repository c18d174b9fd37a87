// SPDX-License-Identifier: GPL-2.0-only
#include "exit-status.h"

#include "util.h"

static const char *const texts[] = {
	[STATUS_OK] = "done, or unchanged",
	[STATUS_FAILED] = "failed",
	[STATUS_USAGE] = "usage or policy error, nothing was changed",
	[STATUS_NOT_LOADED] = "not loaded",
	[STATUS_NOT_PERMITTED] = "not permitted",
	[STATUS_UNSUPPORTED] = "this kernel cannot enforce",
	[STATUS_DEGRADED] = "degraded: partial, stale or not enforcing",
	[STATUS_BUSY] = "busy: another process holds the lock",
};
_Static_assert(ARRAY_SIZE(texts) == _STATUS_MAX, "every status needs a text");

const char *exit_status_text(enum exit_status status)
{
	return texts[status];
}
