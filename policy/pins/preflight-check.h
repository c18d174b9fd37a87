/* SPDX-License-Identifier: GPL-2.0-only */
/* For the checks of preflight: how they fill in what they have found. */
#pragma once

#include <stdio.h>

#include "preflight.h"

#define DETAIL(ret, ...) snprintf((ret)->detail, sizeof((ret)->detail), __VA_ARGS__)
#define CURE(ret, ...)	 snprintf((ret)->cure, sizeof((ret)->cure), __VA_ARGS__)

/* Root is kept out by another LSM, for example by the profile of AppArmor that Docker gives its containers. */
#define OTHER_LSM_CURE \
	"run it outside the profile of another LSM (AppArmor, SELinux); in a container, use --privileged"
