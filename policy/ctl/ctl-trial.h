/* SPDX-License-Identifier: GPL-2.0-only */
/* A policy on trial is kept or ended by its owner. */
#pragma once

#include "ctl.h"

struct ctl_trial_end {
	bool keep; /* else back to the policy before it */
	/*
	 * Only the trial of this generation is meant, which somebody else may have confirmed. 0:
	 * any trial, and there must be one.
	 */
	uint64_t generation;
	/* Called under the lock, before the trial ends, or NULL; what is not STATUS_OK leaves it as
	 * it is. */
	enum exit_status (*before)(void *data);
	void *data;
};

/* Ends the trial and prints how the policy then differs from the other side. Reports errors. */
enum exit_status ctl_trial_end(const struct ctl *c, const struct ctl_trial_end *end);
