/* SPDX-License-Identifier: GPL-2.0-only */
/* The answers that there are to "am I protected?". loaded_state_protection() chooses one. */
#pragma once

#include "exit-status.h"
#include "terminal.h"

enum protection {
	PROTECTION_NOT_LOADED,
	PROTECTION_ENFORCING,
	PROTECTION_AUDIT_ONLY,
	PROTECTION_PRIVILEGED,
	PROTECTION_FALLBACK,
	PROTECTION_DEGRADED,
	PROTECTION_UNKNOWN,
	_PROTECTION_MAX,
};

struct protection_info {
	const char *word;	 /* the same in every output: in JSON and metrics too */
	const char *sentence;	 /* a reason may follow it */
	enum terminal_style style;
	enum exit_status status; /* of status and test */
};

extern const struct protection_info protections[_PROTECTION_MAX];
