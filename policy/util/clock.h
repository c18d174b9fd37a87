/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The clocks, in ns. What the kernel compares with its own, above all when a grant or a trial ends,
 * is by CLOCK_BOOTTIME, which goes on during suspend.
 *
 * A time namespace shifts CLOCK_BOOTTIME and CLOCK_MONOTONIC for the processes in it, /proc/stat
 * too, and not for BPF programs (time_namespaces(7)). So whoever looks from within one takes the
 * shift off again, and whoever would have the kernel keep a time is refused there: a wrong one
 * opens what is locked.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#define NS_PER_S  1000000000LL
#define NS_PER_MS 1000000LL

enum clock_view {
	CLOCK_KERNELS, /* what we see is what the kernel's programs see */
	CLOCK_SHIFTED, /* the shift is known, and taken off */
	CLOCK_UNKNOWN, /* there may be one, and it cannot be read */
};

/* Found out by the first call, and then kept: it changes by setns(2) alone. */
enum clock_view clock_view(void);

/* Returns how much later CLOCK_BOOTTIME is here than in the kernel; 0 if that is unknown. */
int64_t clock_shift(void);

/* The kernel's CLOCK_BOOTTIME, as far as clock_view() knows it. */
uint64_t clock_boottime(void);

/* For differences alone. */
uint64_t clock_monotonic(void);

uint64_t clock_realtime(void);

/* Converts a time of clock_boottime() to one of clock_realtime(). */
int64_t clock_realtime_of(uint64_t boottime);

/*
 * CLOCK_REALTIME - CLOCK_BOOTTIME, ns. pinned: what it was at some time, 0 if that is not known. If the
 * clock was set since then, times follow it by whole seconds, therefore one moment has the same time
 * in every call.
 */
int64_t clock_offset(int64_t pinned);

/* "2026-11-24T10:00:00Z": a time of clock_realtime(), to the second. */
#define CLOCK_UTC_LEN 32
void clock_utc(int64_t realtime, char ret_text[CLOCK_UTC_LEN]);

/* Writes it in local time, in two parts: "2026-11-24" and "11:00:00". */
#define CLOCK_DAY_LEN  16
#define CLOCK_HOUR_LEN 16
void clock_local(int64_t realtime, char ret_day[CLOCK_DAY_LEN], char ret_hour[CLOCK_HOUR_LEN]);

/* Returns the refusal and the cure for CLOCK_SHIFTED and CLOCK_UNKNOWN if a time must be kept. */
const char *clock_refusal(void);
const char *clock_cure(void);
