// SPDX-License-Identifier: GPL-2.0-only
#include "protection.h"

/* A policy that denies nothing has a word of its own, but whoever asked for it gets no failure. */
const struct protection_info protections[_PROTECTION_MAX] = {
	[PROTECTION_NOT_LOADED] = { "not-loaded", "nothing is denied or logged",
				    STATUS_NOT_LOADED },
	[PROTECTION_ENFORCING] = { "enforcing", "the policy is active and denies operations",
				   STATUS_OK },
	[PROTECTION_AUDIT_ONLY] = { "audit-only",
				    "nothing is denied, only logged, because the mode is audit",
				    STATUS_OK },
	[PROTECTION_PRIVILEGED] = { "privileged",
				    "nothing is denied, because the policy allows everything",
				    STATUS_OK },
	[PROTECTION_FALLBACK] = { "fallback",
				  "the built-in policy is active, because the configured one was "
				  "refused",
				  STATUS_DEGRADED },
	[PROTECTION_DEGRADED] = { "degraded", "the policy may not be enforced", STATUS_DEGRADED },
	[PROTECTION_UNKNOWN] = { "unknown", "it cannot be read whether the policy is enforced",
				 STATUS_FAILED },
};
