// SPDX-License-Identifier: GPL-2.0-only
#include "metrics.h"

#include <inttypes.h>
#include <string.h>

#include "ruleset.h"
#include "text.h"
#include "util.h"

const char *const metrics_formats[_METRICS_FORMAT_MAX] = {
	[METRICS_OPENMETRICS] = "openmetrics",
	[METRICS_PROMETHEUS] = "prometheus",
};

enum type {
	GAUGE,
	COUNTER,
	INFO,
	_TYPE_MAX,
};

/* The suffix is part of the name where Prometheus is concerned; in OpenMetrics it belongs to the
 * sample. */
static const struct {
	const char *suffix;
	const char *names[_METRICS_FORMAT_MAX];
} types[_TYPE_MAX] = {
	[GAUGE] = { "", { "gauge", "gauge" } },
	[COUNTER] = { "_total", { "counter", "counter" } },
	[INFO] = { "_info", { "info", "gauge" } },
};

struct out {
	FILE *f;
	enum metrics_format format;
	const struct family *family;
};

struct label {
	const char *name;
	const char *value;
};

struct family {
	const char *name; /* without the suffix of its type */
	enum type type;
	const char *unit; /* the end of its name, or NULL */
	const char *help;
	uint32_t needs; /* METRICS_* */
	/* either: where its only value, a uint64_t, is in struct metrics; or what writes its
	 * samples */
	size_t offset;
	void (*samples)(const struct out *o, const struct metrics *m);
};

static void write_value(FILE *f, const char *s)
{
	size_t len = strlen(s);

	for (size_t i = 0, n; i < len;) {
		char escape[TEXT_ESCAPE_MAX];

		n = text_plain(s + i, len - i, '"');
		fwrite(s + i, 1, n, f);
		i += n;
		if (i == len)
			break;
		if (s[i] == '\n') {
			fputs("\\n", f);
			i++;
			continue;
		}
		i += text_escape(s + i, len - i, false, escape, &n);
		/* the backslash of \xNN is one of the value */
		for (size_t k = 0; k < n; k += 4) {
			if (n > 2)
				putc('\\', f);
			fwrite(escape + k, 1, n > 2 ? 4 : n, f);
		}
	}
}

static void sample(const struct out *o, uint64_t value, const struct label *labels, size_t n)
{
	fprintf(o->f, "%s%s", o->family->name, types[o->family->type].suffix);
	for (size_t i = 0; i < n; i++) {
		fprintf(o->f, "%c%s=\"", i ? ',' : '{', labels[i].name);
		write_value(o->f, labels[i].value);
		putc('"', o->f);
	}
	fprintf(o->f, "%s %" PRIu64 "\n", n ? "}" : "", value);
}

static void build_info(const struct out *o, const struct metrics *m)
{
	const struct label labels[] = { { "version", m->tool_version } };

	sample(o, 1, labels, ARRAY_SIZE(labels));
}

static void states(const struct out *o, const struct metrics *m)
{
	for (size_t i = 0; i < _PROTECTION_MAX; i++) {
		const struct label labels[] = { { "state", protections[i].word } };

		sample(o, i == m->protection, labels, ARRAY_SIZE(labels));
	}
}

static const char *setting(const struct metrics *m, enum bpflock_setting s)
{
	const char *value = ruleset_value(m->policy, s);

	return value ? value : "unknown";
}

static void policy_info(const struct out *o, const struct metrics *m)
{
	char pin_format[16];
	const struct label labels[] = {
		{ "version", m->loader_version },
		{ "pin_format", pin_format },
		{ "profile", setting(m, BPFLOCK_SETTING_PROFILE) },
		{ "level", setting(m, BPFLOCK_SETTING_LEVEL) },
		{ "mode", setting(m, BPFLOCK_SETTING_MODE) },
		{ "log", setting(m, BPFLOCK_SETTING_LOG) },
		{ "kmodlock", setting(m, BPFLOCK_SETTING_KMODLOCK) },
		{ "exec_log", setting(m, BPFLOCK_SETTING_EXEC_LOG) },
		{ "kernel_lockdown", m->kernel_lockdown },
	};

	snprintf(pin_format, sizeof(pin_format), "%u", m->pin_format);
	sample(o, 1, labels, ARRAY_SIZE(labels));
}

static const char *const verdicts[_BPFLOCK_VERDICT_MAX] = {
	[BPFLOCK_VERDICT_ALLOW] = "allowed",
	[BPFLOCK_VERDICT_AUDIT] = "audited",
	[BPFLOCK_VERDICT_DENY] = "denied",
};

static bool was_asked(const struct bpflock_counters *c)
{
	for (size_t v = 0; v < _BPFLOCK_VERDICT_MAX; v++)
		if (c->verdicts[v])
			return true;
	return false;
}

/* Those that the kernel has are there from the beginning, so that a first denial is an increase. */
static void decisions(const struct out *o, const struct metrics *m)
{
	for (uint32_t i = 0; i < BPFLOCK_REASONS; i++) {
		char unnamed[16];
		struct label labels[] = { { "operation", m->operations[i].name },
					  { "verdict", NULL } };

		if (!m->operations[i].name[0]) {
			if (!was_asked(&m->counters[i]))
				continue;
			snprintf(unnamed, sizeof(unnamed), "unknown_%u", i);
			labels[0].value = unnamed;
		}
		for (size_t v = 0; v < _BPFLOCK_VERDICT_MAX; v++) {
			labels[1].value = verdicts[v];
			sample(o, m->counters[i].verdicts[v], labels, ARRAY_SIZE(labels));
		}
	}
}

/* An operation that this kernel has no name for is among them once it was refused. */
static void refused_by_others(const struct out *o, const struct metrics *m)
{
	for (uint32_t by = BPFLOCK_BY_LOCKDOWN; by < _BPFLOCK_BY_MAX; by++) {
		for (uint32_t i = 0; i < BPFLOCK_REASONS; i++) {
			uint64_t n = m->counters[BPFLOCK_COUNTERS_OF(by, i)]
					     .verdicts[BPFLOCK_VERDICT_DENY];
			char unnamed[16];
			struct label labels[] = { { "operation", m->operations[i].name },
						  { "by", ruleset_by_name(by) } };

			if (!m->operations[i].name[0] && !n)
				continue;
			snprintf(unnamed, sizeof(unnamed), "unknown_%u", i);
			if (!m->operations[i].name[0])
				labels[0].value = unnamed;
			sample(o, n, labels, ARRAY_SIZE(labels));
		}
	}
}

#define OUTCOME(member) offsetof(struct bpflock_counters, member)

static const struct {
	const char *event;
	uint32_t first, end; /* of the counters */
	const char *outcome;
	size_t offset;
} outcomes[] = {
	{ "decision", 0, BPFLOCK_REASONS, "emitted", OUTCOME(emitted) },
	{ "decision", 0, BPFLOCK_REASONS, "coalesced", OUTCOME(coalesced) },
	{ "decision", 0, BPFLOCK_REASONS, "dropped", OUTCOME(dropped) },
	{ "decision", 0, BPFLOCK_REASONS, "unlogged", OUTCOME(unlogged) },
	{ "other", BPFLOCK_COUNTERS_OTHERS, BPFLOCK_COUNTERS_MAX, "emitted", OUTCOME(emitted) },
	{ "other", BPFLOCK_COUNTERS_OTHERS, BPFLOCK_COUNTERS_MAX, "coalesced", OUTCOME(coalesced) },
	{ "other", BPFLOCK_COUNTERS_OTHERS, BPFLOCK_COUNTERS_MAX, "dropped", OUTCOME(dropped) },
	{ "other", BPFLOCK_COUNTERS_OTHERS, BPFLOCK_COUNTERS_MAX, "unlogged", OUTCOME(unlogged) },
	{ "exec", BPFLOCK_COUNTERS_EXEC, BPFLOCK_COUNTERS_EXEC + 1, "emitted", OUTCOME(emitted) },
	{ "exec", BPFLOCK_COUNTERS_EXEC, BPFLOCK_COUNTERS_EXEC + 1, "dropped", OUTCOME(dropped) },
	{ "grant", BPFLOCK_COUNTERS_GRANT, BPFLOCK_COUNTERS_GRANT + 1, "emitted",
	  OUTCOME(emitted) },
	{ "grant", BPFLOCK_COUNTERS_GRANT, BPFLOCK_COUNTERS_GRANT + 1, "dropped",
	  OUTCOME(dropped) },
	{ "tamper", BPFLOCK_COUNTERS_TAMPER, BPFLOCK_COUNTERS_TAMPER_OTHERS + 1, "emitted",
	  OUTCOME(emitted) },
	{ "tamper", BPFLOCK_COUNTERS_TAMPER, BPFLOCK_COUNTERS_TAMPER_OTHERS + 1, "coalesced",
	  OUTCOME(coalesced) },
	{ "tamper", BPFLOCK_COUNTERS_TAMPER, BPFLOCK_COUNTERS_TAMPER_OTHERS + 1, "dropped",
	  OUTCOME(dropped) },
};

static void records(const struct out *o, const struct metrics *m)
{
	for (size_t i = 0; i < ARRAY_SIZE(outcomes); i++) {
		const struct label labels[] = { { "event", outcomes[i].event },
						{ "outcome", outcomes[i].outcome } };
		uint64_t sum = 0;

		for (uint32_t c = outcomes[i].first; c < outcomes[i].end; c++)
			sum += *(const __u64 *)((const char *)&m->counters[c] + outcomes[i].offset);
		sample(o, sum, labels, ARRAY_SIZE(labels));
	}
}

static void proofs(const struct out *o, const struct metrics *m)
{
	uint64_t sum = 0;

	for (uint32_t i = 0; i < BPFLOCK_REASONS; i++)
		sum += m->counters[i].proofs;
	sample(o, sum, NULL, 0);
}

static void tamper_attempts(const struct out *o, const struct metrics *m)
{
	static const struct {
		const char *by;
		uint32_t counters;
	} rows[] = {
		{ "root", BPFLOCK_COUNTERS_TAMPER },
		{ "others", BPFLOCK_COUNTERS_TAMPER_OTHERS },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		const struct label labels[] = { { "by", rows[i].by } };

		sample(o, m->counters[rows[i].counters].verdicts[BPFLOCK_VERDICT_DENY], labels,
		       ARRAY_SIZE(labels));
	}
}

static void latched(const struct out *o, const struct metrics *m)
{
	sample(o, __builtin_popcountll(m->latched), NULL, 0);
}

static void exposure(const struct out *o, const struct metrics *m)
{
	static const char *const places[_ANALYSIS_PLACES] = {
		[ANALYSIS_HOST] = "host",
		[ANALYSIS_ELSEWHERE] = "elsewhere",
	};

	for (size_t i = 0; i < _ANALYSIS_PLACES; i++)
		fprintf(o->f, "%s{place=\"%s\"} %u.%02u\n", o->family->name, places[i],
			m->exposure[i] / 100, m->exposure[i] % 100);
}

static void classes(const struct out *o, const uint64_t values[_BPFLOCK_CLASS_MAX])
{
	static const char *const names[_BPFLOCK_CLASS_MAX] = {
		[BPFLOCK_CLASS_DENIED] = "denied",
		[BPFLOCK_CLASS_ALLOWED] = "allowed",
		[BPFLOCK_CLASS_EXEC] = "exec",
		[BPFLOCK_CLASS_TAMPER] = "tamper",
		[BPFLOCK_CLASS_OTHERS] = "other",
	};

	for (size_t i = 0; i < _BPFLOCK_CLASS_MAX; i++) {
		const struct label labels[] = { { "class", names[i] } };

		sample(o, values[i], labels, ARRAY_SIZE(labels));
	}
}

static void class_size(const struct out *o, const struct metrics *m)
{
	classes(o, m->class_size);
}

static void class_used(const struct out *o, const struct metrics *m)
{
	classes(o, m->class_used);
}

#define VALUE(member) .offset = offsetof(struct metrics, member)

static const struct family families[] = {
	{ "bpflock_build", INFO, NULL, "Version of the bpflock-ctl that wrote these metrics",
	  .samples = build_info },
	{ "bpflock_collected_timestamp_seconds", GAUGE, "seconds", "Time at which these metrics were written",
	  VALUE(collected) },
	{ "bpflock_up", GAUGE, NULL,
	  "1 if bpflock is loaded and could be read; if it is 0, the metrics of the policy are absent",
	  VALUE(up) },
	{ "bpflock_loaded", GAUGE, NULL, "1 if bpflock is loaded", VALUE(loaded) },
	{ "bpflock_attached", GAUGE, NULL, "1 if all programs of bpflock are attached",
	  VALUE(attached) },
	{ "bpflock_enforcing", GAUGE, NULL,
	  "1 if all programs are attached and nothing keeps the kernel from calling them",
	  METRICS_ENFORCING, VALUE(enforcing) },
	{ "bpflock_degraded", GAUGE, NULL, "1 if bpflock-ctl status exits with 6",
	  VALUE(degraded) },
	{ "bpflock_state", GAUGE, NULL,
	  "1 for the state that bpflock-ctl status shows in its first line, 0 for all others",
	  .samples = states },
	{ "bpflock_policy", INFO, NULL, "Version that loaded the policy, and the settings of the host",
	  METRICS_POLICY, .samples = policy_info },
	{ "bpflock_policy_generation", GAUGE, NULL,
	  "Generation of the active policy, which grows by one with each change", METRICS_POLICY, VALUE(generation) },
	{ "bpflock_loaded_timestamp_seconds", GAUGE, "seconds", "Time at which the programs were loaded",
	  METRICS_BOOT, VALUE(loaded_at) },
	{ "bpflock_trial_active", GAUGE, NULL, "1 while the active policy is on trial",
	  METRICS_POLICY, VALUE(trial) },
	{ "bpflock_trial_reverted", GAUGE, NULL, "1 after a trial ended without being confirmed",
	  METRICS_POLICY, VALUE(reverted) },
	{ "bpflock_policy_refused", GAUGE, NULL,
	  "1 if the configured policy had mistakes when it was last read, and another one is active",
	  METRICS_POLICY, VALUE(refused) },
	{ "bpflock_looser_operations", GAUGE, NULL,
	  "Operations that the active policy opened when it replaced another one", METRICS_POLICY,
	  VALUE(looser) },
	{ "bpflock_sealed", GAUGE, NULL, "1 if the policy is marked as sealed", METRICS_POLICY,
	  VALUE(sealed) },
	{ "bpflock_seal_proven", GAUGE, NULL, "1 if the policy is sealed and every part of the seal holds",
	  METRICS_POLICY, VALUE(seal_proven) },
	{ "bpflock_latched_operations", GAUGE, NULL, "Operations that are latched, and denied to everybody",
	  METRICS_POLICY, .samples = latched },
	{ "bpflock_exposure_ratio", GAUGE, "ratio",
	  "Exposure that the rule set of the host leaves, from 0 to 1, without kernel helpers",
	  METRICS_POLICY, .samples = exposure },
	{ "bpflock_tamper_attempts", COUNTER, NULL,
	  "Attempts that the seal refused", METRICS_POLICY,
	  .samples = tamper_attempts },
	{ "bpflock_cgroups", GAUGE, NULL, "Cgroups with a rule set of their own",
	  METRICS_POLICY, VALUE(cgroups) },
	{ "bpflock_recursion_misses", COUNTER, NULL,
	  "Calls of the lock that the kernel skipped because the lock was running on that CPU",
	  METRICS_POLICY, VALUE(skipped) },
	{ "bpflock_grants", GAUGE, NULL, "Grants that have not ended", METRICS_POLICY,
	  VALUE(grants) },
	{ "bpflock_decisions", COUNTER, NULL, "Decisions of bpflock", METRICS_POLICY,
	  .samples = decisions },
	{ "bpflock_refused_by_others", COUNTER, NULL,
	  "Operations that kernel Lockdown or another program refused, which are not decisions",
	  METRICS_POLICY, .samples = refused_by_others },
	{ "bpflock_records", COUNTER, NULL,
	  "Events by outcome of their records: those of decisions add up to the decisions, dropped records are lost",
	  METRICS_POLICY, .samples = records },
	{ "bpflock_proofs", COUNTER, NULL,
	  "Calls that bpflock made itself to prove that the kernel calls it, which are not decisions",
	  METRICS_POLICY, .samples = proofs },
	{ "bpflock_ring_size_bytes", GAUGE, "bytes", "Size of the ring buffer for records",
	  METRICS_POLICY, VALUE(ring_size) },
	{ "bpflock_ring_used_bytes", GAUGE, "bytes", "Bytes of the ring buffer that hold records", METRICS_POLICY,
	  VALUE(ring_used) },
	{ "bpflock_ring_class_size_bytes", GAUGE, "bytes",
	  "Bytes of the ring buffer that a class of records may use while others need theirs",
	  METRICS_POLICY, .samples = class_size },
	{ "bpflock_ring_class_used_bytes", GAUGE, "bytes",
	  "Bytes of the ring buffer that a class of records uses", METRICS_POLICY, .samples = class_used },
};

static void head(const struct out *o)
{
	const struct family *family = o->family;
	bool open = o->format == METRICS_OPENMETRICS;
	const char *suffix = open ? "" : types[family->type].suffix;

	fprintf(o->f, "# TYPE %s%s %s\n", family->name, suffix,
		types[family->type].names[o->format]);
	if (open && family->unit)
		fprintf(o->f, "# UNIT %s %s\n", family->name, family->unit);
	fprintf(o->f, "# HELP %s%s %s.\n", family->name, suffix, family->help);
}

void metrics_write(FILE *f, enum metrics_format format, const struct metrics *m)
{
	for (size_t i = 0; i < ARRAY_SIZE(families); i++) {
		const struct out o = { f, format, &families[i] };

		if (families[i].needs & ~m->known)
			continue;
		head(&o);
		if (families[i].samples)
			families[i].samples(&o, m);
		else
			sample(&o, *(const uint64_t *)((const char *)m + families[i].offset), NULL,
			       0);
	}
	if (format == METRICS_OPENMETRICS)
		fputs("# EOF\n", f);
}
