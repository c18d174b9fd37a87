/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

/*
 * Tells a service manager that has set $NOTIFY_SOCKET of our state ("READY=1"), by the protocol of
 * sd_notify(3). Without one, or where it cannot be reached, nothing happens.
 */
void notify(const char *state);
