// SPDX-License-Identifier: GPL-2.0-only
/* Metrics as text: both formats, what is there when, and labels of all sorts. */
#include "test.h"
#include "metrics.h"
#include "ruleset.h"
#include "kernels.h"

static struct bpflock_operation ops[BPFLOCK_REASONS];
static struct bpflock_counters counters[BPFLOCK_COUNTERS_MAX];
static struct bpflock_policy policy;

static uint32_t reason_of(const char *name)
{
	return __builtin_ctzll(kernel_mask(ops, name));
}

/* Something is loaded, and nothing has happened. */
static struct metrics loaded(void)
{
	kernel_operations(kernel_6_1, ops);
	memset(counters, 0, sizeof(counters));
	ruleset_init(&policy);
	return (struct metrics){
		.known = METRICS_POLICY | METRICS_ENFORCING | METRICS_BOOT,
		.tool_version = "2",
		.collected = 1700000000,
		.up = 1,
		.loaded = 1,
		.attached = 1,
		.enforcing = 1,
		.protection = PROTECTION_ENFORCING,
		.loader_version = "1",
		.pin_format = 4,
		.policy = &policy,
		.operations = ops,
		.counters = counters,
		.kernel_lockdown = "none",
		.generation = 1,
	};
}

/* Owned by the caller. */
static char *text_of(enum metrics_format format, const struct metrics *m)
{
	static char *text;
	size_t len;
	FILE *f = open_memstream(&text, &len);

	assert_non_null(f);
	metrics_write(f, format, m);
	assert_int_equal(fclose(f), 0);
	return TAKE_PTR(text);
}

/* Says whether it is a line of text. */
static bool has_line(const char *text, const char *line)
{
	size_t len = strlen(line);

	for (const char *p = strstr(text, line); p; p = strstr(p + 1, line))
		if ((p == text || p[-1] == '\n') && p[len] == '\n')
			return true;
	return false;
}

static void expect_lines(const struct metrics *m, const char *const *lines)
{
	for (size_t f = 0; f < _METRICS_FORMAT_MAX; f++) {
		CLEANUP(free_charp) char *text = text_of(f, m);

		for (size_t i = 0; lines[i]; i++)
			if (!has_line(text, lines[i]))
				fail_msg("%s: no line: %s\n%s", metrics_formats[f], lines[i], text);
	}
}

static size_t count_samples(const char *text)
{
	size_t n = 0;

	for (const char *p = text; *p; p = strchr(p, '\n') + 1)
		n += *p != '#';
	return n;
}

TEST(with_nothing_loaded_it_says_so)
{
	const struct metrics m = { .known = METRICS_ENFORCING, .tool_version = "2", .collected = 7 };
	CLEANUP(free_charp) char *open = text_of(METRICS_OPENMETRICS, &m);
	CLEANUP(free_charp) char *prometheus = text_of(METRICS_PROMETHEUS, &m);

	assert_string_equal(
		open,
		"# TYPE bpflock_build info\n"
		"# HELP bpflock_build Version of the bpflock-ctl that wrote these metrics.\n"
		"bpflock_build_info{version=\"2\"} 1\n"
		"# TYPE bpflock_collected_timestamp_seconds gauge\n"
		"# UNIT bpflock_collected_timestamp_seconds seconds\n"
		"# HELP bpflock_collected_timestamp_seconds Time at which these metrics were written.\n"
		"bpflock_collected_timestamp_seconds 7\n"
		"# TYPE bpflock_up gauge\n"
		"# HELP bpflock_up 1 if bpflock is loaded and could be read; if it is 0, the metrics of the policy are absent.\n"
		"bpflock_up 0\n"
		"# TYPE bpflock_loaded gauge\n"
		"# HELP bpflock_loaded 1 if bpflock is loaded.\n"
		"bpflock_loaded 0\n"
		"# TYPE bpflock_attached gauge\n"
		"# HELP bpflock_attached 1 if all programs of bpflock are attached.\n"
		"bpflock_attached 0\n"
		"# TYPE bpflock_enforcing gauge\n"
		"# HELP bpflock_enforcing 1 if all programs are attached and nothing keeps the kernel from calling them.\n"
		"bpflock_enforcing 0\n"
		"# TYPE bpflock_degraded gauge\n"
		"# HELP bpflock_degraded 1 if bpflock-ctl status exits with 6.\n"
		"bpflock_degraded 0\n"
		"# TYPE bpflock_state gauge\n"
		"# HELP bpflock_state 1 for the state that bpflock-ctl status shows in its first line, 0 for all others.\n"
		"bpflock_state{state=\"not-loaded\"} 1\n"
		"bpflock_state{state=\"enforcing\"} 0\n"
		"bpflock_state{state=\"audit-only\"} 0\n"
		"bpflock_state{state=\"privileged\"} 0\n"
		"bpflock_state{state=\"fallback\"} 0\n"
		"bpflock_state{state=\"degraded\"} 0\n"
		"bpflock_state{state=\"unknown\"} 0\n"
		"# EOF\n");
	assert_true(has_line(prometheus, "bpflock_up 0"));
	assert_true(has_line(prometheus, "# TYPE bpflock_build_info gauge"));
	assert_null(strstr(prometheus, "# EOF"));
	assert_null(strstr(prometheus, "# UNIT"));
}

/* As with pins of another version. */
TEST(what_cannot_be_told_is_left_out)
{
	const struct metrics m = { .tool_version = "2", .loaded = 1, .attached = 1, .degraded = 1 };
	CLEANUP(free_charp) char *text = text_of(METRICS_OPENMETRICS, &m);

	assert_true(has_line(text, "bpflock_up 0"));
	assert_true(has_line(text, "bpflock_loaded 1"));
	assert_true(has_line(text, "bpflock_attached 1"));
	assert_true(has_line(text, "bpflock_degraded 1"));
	assert_null(strstr(text, "bpflock_enforcing"));
	assert_null(strstr(text, "bpflock_decisions"));
	assert_null(strstr(text, "bpflock_policy"));
}

TEST(the_time_of_loading_needs_that_of_booting)
{
	struct metrics m = loaded();
	CLEANUP(free_charp) char *text = NULL;

	m.known &= ~METRICS_BOOT;
	text = text_of(METRICS_OPENMETRICS, &m);
	assert_null(strstr(text, "bpflock_loaded_timestamp_seconds"));
	assert_non_null(strstr(text, "bpflock_decisions"));
}

/* OpenMetrics has the suffix in the samples alone, Prometheus in the name. */
TEST(a_counter_is_named_as_the_format_has_it)
{
	const struct metrics m = loaded();
	CLEANUP(free_charp) char *open = text_of(METRICS_OPENMETRICS, &m);
	CLEANUP(free_charp) char *prometheus = text_of(METRICS_PROMETHEUS, &m);

	assert_true(has_line(open, "# TYPE bpflock_decisions counter"));
	assert_true(has_line(prometheus, "# TYPE bpflock_decisions_total counter"));
	assert_true(has_line(open, "# TYPE bpflock_policy info"));
	assert_true(has_line(prometheus, "# TYPE bpflock_policy_info gauge"));
	assert_true(has_line(open, "# UNIT bpflock_ring_size_bytes bytes"));
}

TEST(each_number_goes_where_it_belongs)
{
	static const char *const lines[] = {
		"bpflock_collected_timestamp_seconds 1700000000",
		"bpflock_up 1", "bpflock_loaded 1", "bpflock_attached 1", "bpflock_enforcing 1",
		"bpflock_degraded 0", "bpflock_state{state=\"enforcing\"} 1",
		"bpflock_state{state=\"fallback\"} 0",
		"bpflock_policy_info{version=\"1\",pin_format=\"4\",profile=\"restricted\",level=\"integrity\","
		"mode=\"audit\",log=\"denied\",kmodlock=\"baseline\",exec_log=\"failed\",kernel_lockdown=\"none\"} 1",
		"bpflock_policy_generation 9",
		"bpflock_loaded_timestamp_seconds 1600000000",
		"bpflock_trial_active 1", "bpflock_trial_reverted 0", "bpflock_policy_refused 1",
		"bpflock_looser_operations 2",
		"bpflock_sealed 1", "bpflock_seal_proven 1", "bpflock_latched_operations 3",
		"bpflock_exposure_ratio{place=\"host\"} 1.00", "bpflock_exposure_ratio{place=\"elsewhere\"} 0.07",
		"bpflock_tamper_attempts_total{by=\"root\"} 8",
		"bpflock_tamper_attempts_total{by=\"others\"} 9",
		"bpflock_cgroups 3", "bpflock_recursion_misses_total 6", "bpflock_grants 5",
		"bpflock_decisions_total{operation=\"dev_mem\",verdict=\"allowed\"} 1",
		"bpflock_decisions_total{operation=\"dev_mem\",verdict=\"audited\"} 2",
		"bpflock_decisions_total{operation=\"dev_mem\",verdict=\"denied\"} 18446744073709551615",
		"bpflock_decisions_total{operation=\"kcore\",verdict=\"denied\"} 0",
		"bpflock_records_total{event=\"decision\",outcome=\"emitted\"} 110",
		"bpflock_records_total{event=\"decision\",outcome=\"coalesced\"} 20",
		"bpflock_records_total{event=\"decision\",outcome=\"dropped\"} 30",
		"bpflock_records_total{event=\"decision\",outcome=\"unlogged\"} 40",
		"bpflock_refused_by_others_total{operation=\"dev_mem\",by=\"lockdown\"} 4",
		"bpflock_refused_by_others_total{operation=\"kcore\",by=\"lockdown\"} 0",
		"bpflock_refused_by_others_total{operation=\"dev_mem\",by=\"other\"} 5",
		"bpflock_records_total{event=\"other\",outcome=\"emitted\"} 110",
		"bpflock_records_total{event=\"other\",outcome=\"coalesced\"} 112",
		"bpflock_records_total{event=\"other\",outcome=\"dropped\"} 114",
		"bpflock_records_total{event=\"other\",outcome=\"unlogged\"} 116",
		"bpflock_records_total{event=\"exec\",outcome=\"emitted\"} 51",
		"bpflock_records_total{event=\"exec\",outcome=\"dropped\"} 52",
		"bpflock_records_total{event=\"grant\",outcome=\"emitted\"} 61",
		"bpflock_records_total{event=\"grant\",outcome=\"dropped\"} 62",
		"bpflock_records_total{event=\"tamper\",outcome=\"emitted\"} 71",
		"bpflock_records_total{event=\"tamper\",outcome=\"coalesced\"} 73",
		"bpflock_records_total{event=\"tamper\",outcome=\"dropped\"} 72",
		"bpflock_proofs_total 12", "bpflock_ring_size_bytes 524288",
		"bpflock_ring_used_bytes 1000",
		"bpflock_ring_class_size_bytes{class=\"denied\"} 81",
		"bpflock_ring_class_size_bytes{class=\"allowed\"} 82",
		"bpflock_ring_class_size_bytes{class=\"exec\"} 83",
		"bpflock_ring_class_size_bytes{class=\"tamper\"} 84",
		"bpflock_ring_class_size_bytes{class=\"other\"} 85",
		"bpflock_ring_class_used_bytes{class=\"denied\"} 91",
		"bpflock_ring_class_used_bytes{class=\"allowed\"} 92",
		"bpflock_ring_class_used_bytes{class=\"exec\"} 93",
		"bpflock_ring_class_used_bytes{class=\"tamper\"} 94",
		"bpflock_ring_class_used_bytes{class=\"other\"} 95",
		NULL,
	};
	struct metrics m = loaded();
	uint32_t dev_mem = reason_of("dev_mem"), last = reason_of("xfrm_secret");

	policy.rules.profile = BPFLOCK_PROFILE_RESTRICTED;
	policy.rules.mode = BPFLOCK_MODE_AUDIT;
	policy.rules.log = BPFLOCK_LOG_DENIED;
	policy.rules.kmodlock = BPFLOCK_KMODLOCK_BASELINE;
	policy.exec_log = BPFLOCK_EXEC_LOG_FAILED;
	policy.seal = 1;
	m.sealed = 1;
	m.seal_proven = 1;
	m.latched = 0x8000000000000005ULL;
	m.generation = 9;
	m.exposure[ANALYSIS_HOST] = 100;
	m.exposure[ANALYSIS_ELSEWHERE] = 7;
	m.loaded_at = 1600000000;
	m.trial = 1;
	m.refused = 1;
	m.looser = 2;
	m.cgroups = 3;
	m.skipped = 6;
	m.grants = 5;
	m.ring_size = 512 * 1024;
	m.ring_used = 1000;
	memcpy(m.class_size, (uint64_t[]){ 81, 82, 83, 84, 85 }, sizeof(m.class_size));
	memcpy(m.class_used, (uint64_t[]){ 91, 92, 93, 94, 95 }, sizeof(m.class_used));
	counters[dev_mem] = (struct bpflock_counters){ { 1, 2, UINT64_MAX }, 10, 20, 30, 40, 12 };
	counters[last].emitted = 100;
	counters[BPFLOCK_COUNTERS_OF(BPFLOCK_BY_LOCKDOWN, dev_mem)] =
		(struct bpflock_counters){ { [BPFLOCK_VERDICT_DENY] = 4 }, 9, 10, 11, 12, 99 };
	counters[BPFLOCK_COUNTERS_OF(BPFLOCK_BY_OTHER, dev_mem)] =
		(struct bpflock_counters){ { [BPFLOCK_VERDICT_DENY] = 5 }, 101, 102, 103, 104, 99 };
	counters[BPFLOCK_COUNTERS_EXEC] = (struct bpflock_counters){ .emitted = 51, .dropped = 52 };
	counters[BPFLOCK_COUNTERS_GRANT] = (struct bpflock_counters){ .emitted = 61, .dropped = 62 };
	counters[BPFLOCK_COUNTERS_TAMPER] =
		(struct bpflock_counters){ { [BPFLOCK_VERDICT_DENY] = 8 }, .emitted = 71, .dropped = 72 };
	counters[BPFLOCK_COUNTERS_TAMPER_OTHERS] =
		(struct bpflock_counters){ { [BPFLOCK_VERDICT_DENY] = 9 }, .coalesced = 73 };
	expect_lines(&m, lines);
}

/* Two of them must not become the same series. */
TEST(a_reason_without_a_name_is_there_once_it_was_asked)
{
	static const char *const lines[] = {
		"bpflock_decisions_total{operation=\"unknown_60\",verdict=\"allowed\"} 1",
		"bpflock_decisions_total{operation=\"unknown_61\",verdict=\"denied\"} 2",
		NULL,
	};
	struct metrics m = loaded();
	CLEANUP(free_charp) char *before = text_of(METRICS_PROMETHEUS, &m);
	CLEANUP(free_charp) char *after = NULL;

	assert_null(strstr(before, "operation=\"unknown"));
	counters[60].verdicts[BPFLOCK_VERDICT_ALLOW] = 1;
	counters[61].verdicts[BPFLOCK_VERDICT_DENY] = 2;
	expect_lines(&m, lines);
	after = text_of(METRICS_PROMETHEUS, &m);
	assert_int_equal(count_samples(after), count_samples(before) + 6);
}

TEST(values_out_of_range_are_no_crash)
{
	struct metrics m = loaded();
	CLEANUP(free_charp) char *text = NULL;

	policy.rules.profile = 77;
	text = text_of(METRICS_PROMETHEUS, &m);
	assert_non_null(strstr(text, "profile=\"unknown\""));
}

TEST(label_values_are_escaped)
{
	static const struct {
		const char *value, *expected;
	} rows[] = {
		{ "", "" }, { "1.0~rc1+b2", "1.0~rc1+b2" }, { "a\"b", "a\\\"b" },
		{ "a\\b", "a\\\\b" },
		{ "\"} 1\nbpflock_up 7\n", "\\\"} 1\\nbpflock_up 7\\n" },
		{ "\\n", "\\\\n" },
		{ "{a=\"b\",}", "{a=\\\"b\\\",}" },
		{ "\x1b[2J\r\t\x7f", "\\\\x1b[2J\\\\x0d\\\\x09\\\\x7f" },
		{ "\xc3\xbc\xe2\x82\xac", "\xc3\xbc\xe2\x82\xac" },
		{ "\xc2\x9b" "1m", "\\\\xc2\\\\x9b1m" }, { "a\xff", "a\\\\xff" },
		{ "\xe2\x82", "\\\\xe2\\\\x82" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		const struct metrics m = { .tool_version = rows[i].value };
		char line[256];
		const char *const lines[] = { line, NULL };

		snprintf(line, sizeof(line), "bpflock_build_info{version=\"%s\"} 1", rows[i].expected);
		expect_lines(&m, lines);
	}
}
