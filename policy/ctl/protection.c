// SPDX-License-Identifier: GPL-2.0-only
#include "protection.h"

/* A policy that denies nothing has a word of its own, but whoever asked for it gets no failure. */
const struct protection_info protections[_PROTECTION_MAX] = {
	[PROTECTION_NOT_LOADED] = { "not-loaded", "nothing is denied or logged", TERMINAL_RED,
				    STATUS_NOT_LOADED },
	[PROTECTION_ENFORCING] = { "enforcing", "the policy is active and denies operations",
				   TERMINAL_GREEN, STATUS_OK },
	[PROTECTION_AUDIT_ONLY] = { "audit-only",
				    "nothing is denied, because the mode is audit",
				    TERMINAL_YELLOW, STATUS_OK },
	[PROTECTION_PRIVILEGED] = { "privileged",
				    "nothing is denied, because the policy allows everything",
				    TERMINAL_YELLOW, STATUS_OK },
	[PROTECTION_FALLBACK] = { "fallback",
				  "the built-in policy is active, because the configured one was "
				  "refused",
				  TERMINAL_RED, STATUS_DEGRADED },
	[PROTECTION_DEGRADED] = { "degraded", "the policy may not be enforced", TERMINAL_YELLOW,
				  STATUS_DEGRADED },
	[PROTECTION_UNKNOWN] = { "unknown", "it cannot be read whether the policy is enforced",
				 TERMINAL_YELLOW, STATUS_FAILED },
};
