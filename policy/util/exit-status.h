/* SPDX-License-Identifier: GPL-2.0-only */
/* The exit statuses of all three programs. Scripts and units depend on them: they never change. */
#pragma once

enum exit_status {
	STATUS_OK = 0,
	STATUS_FAILED = 1,
	STATUS_USAGE = 2,
	STATUS_NOT_LOADED = 3,
	STATUS_NOT_PERMITTED = 4,
	STATUS_UNSUPPORTED = 5,
	STATUS_DEGRADED = 6,
	STATUS_BUSY = 7,
	_STATUS_MAX,
};

/* One line on a status, for --help and the man pages. */
const char *exit_status_text(enum exit_status status);
