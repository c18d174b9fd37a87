/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The metrics of a loaded set: OpenMetrics 1.0, or the text format of Prometheus (0.0.4), which is
 * what node_exporter's textfile collector reads. Pure: ctl-metrics.c finds out what there is to
 * say.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "abi.h"
#include "analysis.h"
#include "protection.h"

enum metrics_format {
	METRICS_OPENMETRICS,
	METRICS_PROMETHEUS,
	_METRICS_FORMAT_MAX,
};

/* The formats are "openmetrics" and "prometheus". */
extern const char *const metrics_formats[_METRICS_FORMAT_MAX];

/* Bits of what can be told besides what always can. */
#define METRICS_POLICY 1U /* something is loaded that could be read: all below policy */
#define METRICS_ENFORCING 2U /* whether the kernel asks it */
#define METRICS_BOOT   4U /* when the machine was booted */

/* Strings and arrays stay the caller's. */
struct metrics {
	uint32_t known; /* METRICS_* */
	const char *tool_version;
	uint64_t collected; /* seconds since 1970 */
	/* 0 or 1 */
	uint64_t up, loaded, attached, degraded;
	enum protection protection;
	uint64_t enforcing; /* with METRICS_ENFORCING */
	/* with METRICS_POLICY */
	const char *loader_version;
	uint32_t pin_format;
	const struct bpflock_policy *policy;
	const struct bpflock_operation *operations; /* [BPFLOCK_REASONS] */
	const struct bpflock_counters *counters;    /* [BPFLOCK_COUNTERS_MAX] */
	const char *kernel_lockdown;
	uint64_t sealed, seal_proven; /* 0 or 1 */
	uint64_t latched;	      /* operations */
	unsigned int exposure[_ANALYSIS_PLACES]; /* percent */
	uint64_t generation;
	uint64_t loaded_at; /* with METRICS_BOOT; seconds since 1970 */
	uint64_t trial, reverted, refused; /* 0 or 1 */
	uint64_t looser;		   /* operations */
	uint64_t cgroups, grants;
	uint64_t skipped; /* calls of the lock that the kernel left out */
	/* bytes */
	uint64_t ring_size, ring_used;
	uint64_t class_size[_BPFLOCK_CLASS_MAX], class_used[_BPFLOCK_CLASS_MAX];
};

/*
 * Writes all of it, in OpenMetrics to the end mark. How many series there are depends on how many
 * operations the kernel has, and on nothing that a process or a policy could make more of. Label
 * values come out escaped as the formats have it, and with control bytes, format characters and
 * invalid UTF-8 as the four characters \xNN.
 */
void metrics_write(FILE *f, enum metrics_format format, const struct metrics *m);
