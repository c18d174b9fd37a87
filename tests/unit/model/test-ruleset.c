// SPDX-License-Identifier: GPL-2.0-only
/* Settings: exact words, refusals that change nothing, and what the whole compiles to. */
#include "test.h"
#include "operations.h"
#include "ruleset.h"
#include "expect.h"
#include "kernels.h"

#define BIT(n) (1ULL << (n))

TEST_OPERATIONS(ops)

static uint64_t bit(const char *enumerator)
{
	return BIT(kernel_reason(kernel_6_1, enumerator));
}

/* Assigns like one source that names each setting once, and expects no complaint. */
static void assign(struct bpflock_policy *p, enum bpflock_setting setting, const char *text)
{
	CLEANUP(diagnostics_done) struct diagnostics d = DIAGNOSTICS_INIT;
	struct place at = { "test", 0, 1 };

	if (!ruleset_assign(p, ops, setting, text, &at, true, &d))
		fail_msg("%s", d.n ? d.items[0].text : "out of memory");
}

/* Assigns to each setting that has a value, at its number. */
static void assign_all(struct bpflock_policy *p, const char *const values[_BPFLOCK_SETTING_MAX])
{
	for (size_t s = 0; s < _BPFLOCK_SETTING_MAX; s++)
		if (values[s])
			assign(p, s, values[s]);
}

#define ASSIGN(p, ...) \
	assign_all((p), (const char *const[_BPFLOCK_SETTING_MAX]){ __VA_ARGS__ })
#define TO(setting, value) [BPFLOCK_SETTING_##setting] = (value)

static void compile(struct bpflock_policy *p)
{
	CLEANUP(diagnostics_done) struct diagnostics d = DIAGNOSTICS_INIT;

	assert_true(ruleset_compile(p, ops, &d));
	assert_int_equal(d.n, 0);
}

static void refuse(const struct bpflock_policy *before, enum bpflock_setting setting, const char *text)
{
	struct diagnostics d = DIAGNOSTICS_INIT;
	struct place at = { "test", 0, 1 };

	for (int fresh = 0; fresh < 2; fresh++) {
		struct bpflock_policy p = *before;

		if (ruleset_assign(&p, ops, setting, text, &at, fresh, &d))
			fail_msg("%s \"%s\" is taken", settings[setting].name, text);
		assert_int_equal(d.errors, 1);
		assert_memory_equal(&p, before, sizeof(p));
		diagnostics_done(&d);
	}
}

static struct bpflock_policy built_in(void)
{
	struct bpflock_policy p;

	ruleset_init(&p);
	return p;
}

/* A policy in which no setting has the value of zero, and each its own source. */
static struct bpflock_policy full(void)
{
	struct bpflock_policy p = built_in();

	ASSIGN(&p, TO(PROFILE, "restricted"), TO(LEVEL, "confidentiality"), TO(BLOCK, "kexec"),
	       TO(ALLOW, "msr"), TO(MODE, "audit"), TO(LOG, "denied"), TO(EXEC_LOG, "all"),
	       TO(KMODLOCK, "baseline"), TO(SEAL, "yes"), TO(LATCH, "perf"), TO(OTHERS, "yes"));
	return p;
}

static const struct {
	enum bpflock_setting setting;
	const char *word;
	uint32_t value;
	const char *name; /* what it is called afterwards */
} words[] = {
	{ BPFLOCK_SETTING_PROFILE, "privileged", BPFLOCK_PROFILE_PRIVILEGED, "privileged" },
	{ BPFLOCK_SETTING_PROFILE, "allow", BPFLOCK_PROFILE_PRIVILEGED, "privileged" },
	{ BPFLOCK_SETTING_PROFILE, "none", BPFLOCK_PROFILE_PRIVILEGED, "privileged" },
	{ BPFLOCK_SETTING_PROFILE, "baseline", BPFLOCK_PROFILE_BASELINE, "baseline" },
	{ BPFLOCK_SETTING_PROFILE, "restricted", BPFLOCK_PROFILE_RESTRICTED, "restricted" },
	{ BPFLOCK_SETTING_LEVEL, "integrity", BPFLOCK_LEVEL_INTEGRITY, "integrity" },
	{ BPFLOCK_SETTING_LEVEL, "confidentiality", BPFLOCK_LEVEL_CONFIDENTIALITY, "confidentiality" },
	{ BPFLOCK_SETTING_MODE, "enforce", BPFLOCK_MODE_ENFORCE, "enforce" },
	{ BPFLOCK_SETTING_MODE, "audit", BPFLOCK_MODE_AUDIT, "audit" },
	{ BPFLOCK_SETTING_LOG, "all", BPFLOCK_LOG_ALL, "all" },
	{ BPFLOCK_SETTING_LOG, "denied", BPFLOCK_LOG_DENIED, "denied" },
	{ BPFLOCK_SETTING_LOG, "none", BPFLOCK_LOG_NONE, "none" },
	{ BPFLOCK_SETTING_KMODLOCK, "off", BPFLOCK_KMODLOCK_OFF, "off" },
	{ BPFLOCK_SETTING_KMODLOCK, "privileged", BPFLOCK_KMODLOCK_PRIVILEGED, "privileged" },
	{ BPFLOCK_SETTING_KMODLOCK, "baseline", BPFLOCK_KMODLOCK_BASELINE, "baseline" },
	{ BPFLOCK_SETTING_KMODLOCK, "restricted", BPFLOCK_KMODLOCK_RESTRICTED, "restricted" },
	{ BPFLOCK_SETTING_EXEC_LOG, "none", BPFLOCK_EXEC_LOG_NONE, "none" },
	{ BPFLOCK_SETTING_EXEC_LOG, "failed", BPFLOCK_EXEC_LOG_FAILED, "failed" },
	{ BPFLOCK_SETTING_EXEC_LOG, "all", BPFLOCK_EXEC_LOG_ALL, "all" },
	{ BPFLOCK_SETTING_OTHERS, "no", 0, "no" },
	{ BPFLOCK_SETTING_OTHERS, "yes", 1, "yes" },
	{ BPFLOCK_SETTING_SEAL, "no", 0, "no" },
	{ BPFLOCK_SETTING_SEAL, "pins", 1, "yes" },
	{ BPFLOCK_SETTING_SEAL, "objects", 1, "yes" },
	{ BPFLOCK_SETTING_SEAL, "yes", 1, "yes" },
};

static uint32_t scalar(const struct bpflock_policy *p, enum bpflock_setting s)
{
	switch (s) {
	case BPFLOCK_SETTING_PROFILE:
		return p->rules.profile;
	case BPFLOCK_SETTING_LEVEL:
		return p->rules.level;
	case BPFLOCK_SETTING_MODE:
		return p->rules.mode;
	case BPFLOCK_SETTING_LOG:
		return p->rules.log;
	case BPFLOCK_SETTING_KMODLOCK:
		return p->rules.kmodlock;
	case BPFLOCK_SETTING_EXEC_LOG:
		return p->exec_log;
	case BPFLOCK_SETTING_COALESCE:
		return p->coalesce;
	case BPFLOCK_SETTING_RING_SIZE:
		return p->ring_size;
	case BPFLOCK_SETTING_OTHERS:
		return p->others;
	case BPFLOCK_SETTING_SEAL:
		return p->seal;
	default:
		fail();
		return 0;
	}
}

TEST(each_word_has_its_value_and_touches_no_other)
{
	for (size_t i = 0; i < ARRAY_SIZE(words); i++) {
		struct bpflock_policy p = full(), before = p;

		assign(&p, words[i].setting, words[i].word);
		assert_int_equal(scalar(&p, words[i].setting), words[i].value);
		assert_string_equal(ruleset_value(&p, words[i].setting), words[i].name);
		for (size_t s = 0; s < _BPFLOCK_SETTING_MAX; s++)
			if (!settings[s].list && s != words[i].setting)
				assert_int_equal(scalar(&p, s), scalar(&before, s));
		assert_true(p.rules.block == before.rules.block);
		assert_true(p.rules.allow == before.rules.allow);
	}
}

TEST(quantities_are_taken_within_their_limits)
{
	static const struct {
		enum bpflock_setting setting;
		const char *text; /* NULL after that: refused */
		uint64_t value;
		const char *printed;
	} rows[] = {
		{ BPFLOCK_SETTING_COALESCE, "0", 0, "0" },
		{ BPFLOCK_SETTING_COALESCE, "500ms", 500000000, "500ms" },
		{ BPFLOCK_SETTING_COALESCE, "1h", 3600000000000, "1h" },
		{ BPFLOCK_SETTING_COALESCE, "1h 1ms", 0, NULL },
		{ BPFLOCK_SETTING_COALESCE, "", 0, NULL },
		{ BPFLOCK_SETTING_COALESCE, "off", 0, NULL },
		{ BPFLOCK_SETTING_RING_SIZE, "64K", 65536, "64K" },
		{ BPFLOCK_SETTING_RING_SIZE, "1048576", 1 << 20, "1M" },
		{ BPFLOCK_SETTING_RING_SIZE, "1G", 1 << 30, "1G" },
		{ BPFLOCK_SETTING_RING_SIZE, "2G", 0, NULL },
		{ BPFLOCK_SETTING_RING_SIZE, "32K", 0, NULL },
		{ BPFLOCK_SETTING_RING_SIZE, "96K", 0, NULL },
		{ BPFLOCK_SETTING_RING_SIZE, "", 0, NULL },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct bpflock_policy p = full();
		char text[QUANTITY_LEN];

		if (!rows[i].printed) {
			refuse(&p, rows[i].setting, rows[i].text);
			continue;
		}
		assign(&p, rows[i].setting, rows[i].text);
		assert_true((rows[i].setting == BPFLOCK_SETTING_COALESCE ? p.coalesce : p.ring_size) ==
			    rows[i].value);
		assert_string_equal(ruleset_text(&p, rows[i].setting, text), rows[i].printed);
	}
}

static bool is_word(enum bpflock_setting setting, const char *text)
{
	for (size_t i = 0; i < ARRAY_SIZE(words); i++)
		if (words[i].setting == setting && strcmp(words[i].word, text) == 0)
			return true;
	return false;
}

TEST(anything_near_a_word_is_refused_and_changes_nothing)
{
	struct bpflock_policy p = full();

	for (size_t i = 0; i < ARRAY_SIZE(words); i++) {
		const char *w = words[i].word;
		char text[64];

		for (size_t len = 0; len < strlen(w); len++) {
			snprintf(text, sizeof(text), "%.*s", (int)len, w);
			refuse(&p, words[i].setting, text);
		}
		snprintf(text, sizeof(text), "%sx", w);
		refuse(&p, words[i].setting, text);
		snprintf(text, sizeof(text), " %s", w);
		refuse(&p, words[i].setting, text);
		snprintf(text, sizeof(text), "%s ", w);
		refuse(&p, words[i].setting, text);
		snprintf(text, sizeof(text), "%s,%s", w, w);
		refuse(&p, words[i].setting, text);
		snprintf(text, sizeof(text), "%c%s", w[0] - 'a' + 'A', w + 1);
		refuse(&p, words[i].setting, text);
		snprintf(text, sizeof(text), "%u", words[i].value);
		refuse(&p, words[i].setting, text);
		for (size_t s = 0; s < _BPFLOCK_SETTING_MAX; s++)
			if (!settings[s].list && !is_word(s, w))
				refuse(&p, s, w);
	}
}

TEST(a_mistyped_word_gets_a_suggestion_at_its_place)
{
	static const struct {
		enum bpflock_setting setting;
		const char *text;
		struct expected expected[2];
	} rows[] = {
		{ BPFLOCK_SETTING_PROFILE, "baselin",
		  { { "f:3:11", "unknown profile \"baselin\": did you mean \"baseline\"?" } } },
		{ BPFLOCK_SETTING_PROFILE, "strict", { { "f:3:11", "unknown profile \"strict\"" } } },
		{ BPFLOCK_SETTING_PROFILE, "", { { "f:3:11", "unknown profile \"\": use privileged" } } },
		{ BPFLOCK_SETTING_LEVEL, "", { { "f:3:11", "unknown level \"\"" } } },
		{ BPFLOCK_SETTING_MODE, "", { { "f:3:11", "unknown mode \"\"" } } },
		{ BPFLOCK_SETTING_LOG, "", { { "f:3:11", "unknown log \"\"" } } },
		{ BPFLOCK_SETTING_EXEC_LOG, "", { { "f:3:11", "unknown exec-log \"\"" } } },
		{ BPFLOCK_SETTING_MODE, "enfroce", { { "f:3:11", "did you mean \"enforce\"?" } } },
		{ BPFLOCK_SETTING_BLOCK, "msr debugsf", { { "f:3:15", "did you mean \"debugfs\"?" } } },
		{ BPFLOCK_SETTING_ALLOW, "msr,", { { "f:3:14", "after this comma" } } },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct bpflock_policy p = full(), before = p;
		CLEANUP(diagnostics_done) struct diagnostics d = DIAGNOSTICS_INIT;
		struct place at = { "f", 3, 11 };

		assert_false(ruleset_assign(&p, ops, rows[i].setting, rows[i].text, &at, true, &d));
		expect_diagnostics(rows[i].text, &d, rows[i].expected);
		assert_memory_equal(&p, &before, sizeof(p));
	}
}

TEST(lists_replace_weaker_sources_and_add_up_within_one)
{
	static const struct {
		const char *text;
		bool fresh;
		const char *expected; /* enumerators */
	} steps[] = {
		{ "kexec", true, "KEXEC" },	   { "msr", false, "KEXEC MSR" },
		{ "", false, "KEXEC MSR" },	   { "kexec", false, "KEXEC MSR" },
		{ "perf", true, "PERF" },	   { "xen_user_actions", false, "PERF" },
		{ "xen_user_actions", true, "" }, { "ioport,kcore", true, "IOPORT KCORE" },
		{ "", true, "" },
	};
	static const enum bpflock_setting lists[] = { BPFLOCK_SETTING_BLOCK, BPFLOCK_SETTING_ALLOW };

	for (size_t l = 0; l < ARRAY_SIZE(lists); l++) {
		struct bpflock_policy p = built_in();

		for (size_t i = 0; i < ARRAY_SIZE(steps); i++) {
			CLEANUP(diagnostics_done) struct diagnostics d = DIAGNOSTICS_INIT;
			struct place at = { "test", 0, 1 };
			char copy[64], *save = NULL;
			uint64_t mask = 0;

			snprintf(copy, sizeof(copy), "%s", steps[i].expected);
			for (char *w = strtok_r(copy, " ", &save); w; w = strtok_r(NULL, " ", &save))
				mask |= bit(w);
			assert_true(ruleset_assign(&p, ops, lists[l], steps[i].text, &at, steps[i].fresh, &d));
			assert_true((l ? p.rules.allow : p.rules.block) == mask);
			assert_true((l ? p.rules.block : p.rules.allow) == 0);
		}
	}
}

TEST(each_setting_remembers_who_set_it)
{
	static const struct {
		struct place at;
		const char *expected;
	} rows[] = {
		{ { "/etc/bpflock/bpflock.conf", 7, 11 }, "/etc/bpflock/bpflock.conf:7" },
		{ { "--profile", 0, 1 }, "--profile" },
		{ { "BPFLOCK_KIMGLOCK_PROFILE", 0, 1 }, "BPFLOCK_KIMGLOCK_PROFILE" },
	};
	struct bpflock_policy p = built_in();
	CLEANUP(diagnostics_done) struct diagnostics d = DIAGNOSTICS_INIT;

	for (size_t s = 0; s < _BPFLOCK_SETTING_MAX; s++)
		assert_string_equal(p.sources[s], "built-in");
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		assert_true(ruleset_assign(&p, ops, BPFLOCK_SETTING_PROFILE, "none", &rows[i].at, true, &d));
		assert_string_equal(p.sources[BPFLOCK_SETTING_PROFILE], rows[i].expected);
		assert_true(ruleset_assign(&p, ops, BPFLOCK_SETTING_ALLOW, "", &rows[i].at, true, &d));
		assert_string_equal(p.sources[BPFLOCK_SETTING_ALLOW], rows[i].expected);
		assert_string_equal(p.sources[BPFLOCK_SETTING_BLOCK], "built-in");
	}
	ruleset_set_source(&p, BPFLOCK_SETTING_PROFILE, "bpflock-ctl set");
	assert_string_equal(p.sources[BPFLOCK_SETTING_PROFILE], "bpflock-ctl set");
	ruleset_force_mode(&p, BPFLOCK_MODE_AUDIT, "kernel command line");
	assert_int_equal(p.rules.mode, BPFLOCK_MODE_AUDIT);
	assert_string_equal(p.sources[BPFLOCK_SETTING_MODE], "kernel command line");
}

TEST(a_setting_is_taken_over_with_who_set_it_and_nothing_else)
{
	for (size_t s = 0; s < _BPFLOCK_SETTING_MAX; s++) {
		struct bpflock_policy from, to, expected;

		memset(&from, 0x5a, sizeof(from));
		ruleset_set_source(&from, s, "x:1");
		ruleset_init(&to);
		assert_true(ruleset_is_built_in(&to, s));
		ruleset_copy_setting(&to, &from, s);
		assert_false(ruleset_is_built_in(&to, s));
		assert_string_equal(to.sources[s], "x:1");
		ruleset_init(&expected);
		assert_false(ruleset_equal(&expected, &to));
		for (size_t other = 0; other < _BPFLOCK_SETTING_MAX; other++)
			if (other != s)
				assert_true(ruleset_is_built_in(&to, other));
		ruleset_copy_setting(&to, &expected, s);
		assert_memory_equal(&to, &expected, sizeof(to));
	}
}

TEST(a_long_source_is_cut_and_leaves_no_rest_of_a_longer_one)
{
	struct bpflock_policy p = built_in();
	char source[300];

	memset(source, 's', sizeof(source) - 1);
	source[sizeof(source) - 1] = '\0';
	ruleset_set_source(&p, BPFLOCK_SETTING_MODE, source);
	assert_int_equal(strlen(p.sources[BPFLOCK_SETTING_MODE]), BPFLOCK_SOURCE_LEN - 1);
	assert_string_equal(p.sources[BPFLOCK_SETTING_LOG], "built-in");
	ruleset_set_source(&p, BPFLOCK_SETTING_MODE, "x");
	for (size_t i = 1; i < BPFLOCK_SOURCE_LEN; i++)
		assert_int_equal(p.sources[BPFLOCK_SETTING_MODE][i], 0);
}

/* A source keeps its date for as long as it says the same. */
TEST(a_source_is_dated_once)
{
	static const struct {
		const char *source, *before;
		const char *dated, *name, *date;
	} rows[] = {
		{ "/f:3", NULL, "/f:3, 2001-09-09T01:46:40Z", "/f:3", "2001-09-09T01:46:40Z" },
		{ "/f:3", "/f:3, 2000-01-01T00:00:00Z", "/f:3, 2000-01-01T00:00:00Z", "/f:3", "2000-01-01T00:00:00Z" },
		{ "/f:4", "/f:3, 2000-01-01T00:00:00Z", "/f:4, 2001-09-09T01:46:40Z", "/f:4", "2001-09-09T01:46:40Z" },
		{ "us, 2000-01-01T00:00:00Z", NULL, "us, 2000-01-01T00:00:00Z", "us", "2000-01-01T00:00:00Z" },
		/* of an older version, which dates nothing */
		{ "us", "us", "us", "us", NULL },
	};
	const uint64_t now = 1000000000ULL * 1000000000;
	struct bpflock_policy p, before;
	const char *date;
	char name[BPFLOCK_SOURCE_LEN];

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		char source[BPFLOCK_SOURCE_LEN] = {};

		snprintf(source, sizeof(source), "%s", rows[i].source);
		ruleset_date_source(source, rows[i].before, now);
		assert_string_equal(source, rows[i].dated);
		assert_string_equal(ruleset_split_source(source, name, &date), rows[i].name);
		if (rows[i].date)
			assert_string_equal(date, rows[i].date);
		else
			assert_null(date);
	}
	/* another value by the same source is of now; what is built in has no date */
	ruleset_init(&before);
	assign(&before, BPFLOCK_SETTING_BLOCK, "kexec");
	assign(&before, BPFLOCK_SETTING_ALLOW, "perf");
	ruleset_date_sources(&before, NULL, now);
	ruleset_init(&p);
	assign(&p, BPFLOCK_SETTING_BLOCK, "kexec, msr");
	assign(&p, BPFLOCK_SETTING_ALLOW, "perf");
	ruleset_date_sources(&p, &before, now + 1000000000);
	assert_string_equal(p.sources[BPFLOCK_SETTING_BLOCK], "test, 2001-09-09T01:46:41Z");
	assert_string_equal(p.sources[BPFLOCK_SETTING_ALLOW], "test, 2001-09-09T01:46:40Z");
	assert_string_equal(ruleset_source(&p, BPFLOCK_SETTING_BLOCK, name), "test");
	assert_true(ruleset_is_built_in(&p, BPFLOCK_SETTING_MODE));
	/* a long one is cut, and keeps its date */
	memset(name, 's', sizeof(name) - 1);
	name[sizeof(name) - 1] = '\0';
	ruleset_date_source(name, NULL, now);
	assert_int_equal(strlen(name), BPFLOCK_SOURCE_LEN - 1);
	assert_string_equal(name + strlen(name) - 22, ", 2001-09-09T01:46:40Z");
}

TEST(the_built_in_policy_is_privileged_and_enforcing)
{
	struct bpflock_policy p = built_in();

	compile(&p);
	assert_string_equal(ruleset_value(&p, BPFLOCK_SETTING_PROFILE), "privileged");
	assert_string_equal(ruleset_value(&p, BPFLOCK_SETTING_LEVEL), "integrity");
	assert_string_equal(ruleset_value(&p, BPFLOCK_SETTING_MODE), "enforce");
	assert_string_equal(ruleset_value(&p, BPFLOCK_SETTING_LOG), "all");
	assert_string_equal(ruleset_value(&p, BPFLOCK_SETTING_EXEC_LOG), "none");
	assert_true(p.rules.deny == 0 && p.rules.host_only == 0);
	assert_true(p.generation == 0);
}

TEST(profile_and_level_become_masks)
{
	uint64_t integrity = operations_governed(ops, BPFLOCK_LEVEL_INTEGRITY) | 1;
	uint64_t all = operations_governed(ops, BPFLOCK_LEVEL_CONFIDENTIALITY) | 1;
	uint64_t kexec = bit("KEXEC"), msr = bit("MSR"), perf = bit("PERF"), kcore = bit("KCORE");
	uint64_t named = all & ~1ULL;
	const struct {
		const char *profile, *level, *block, *allow;
		uint64_t deny, host_only;
	} rows[] = {
		{ "privileged", "integrity", "", "", 0, 0 },
		{ "privileged", "confidentiality", "", "", 0, 0 },
		{ "privileged", "integrity", "kexec perf", "msr", kexec | perf, 0 },
		{ "baseline", "integrity", "", "", 0, integrity },
		{ "baseline", "confidentiality", "", "", 0, all },
		{ "baseline", "integrity", "kexec", "msr", kexec, integrity & ~kexec & ~msr },
		{ "baseline", "integrity", "perf", "kcore", perf, integrity },
		{ "baseline", "integrity", "", "@all", 0, 1 },
		{ "restricted", "integrity", "", "", integrity, 0 },
		{ "restricted", "confidentiality", "", "", all, 0 },
		{ "restricted", "integrity", "", "hibernation", integrity & ~bit("HIBERNATION"), 0 },
		{ "restricted", "integrity", "perf", "", integrity | perf, 0 },
		{ "restricted", "confidentiality", "", "kcore", all & ~kcore, 0 },
		{ "restricted", "integrity", "", "@all", 1, 0 },
		{ "privileged", "integrity", "@all", "", named, 0 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		uint64_t listed = named | 1; /* the rest of the mask is for test-decide.c */
		struct bpflock_policy p = built_in();

		ASSIGN(&p, TO(PROFILE, rows[i].profile), TO(LEVEL, rows[i].level),
		       TO(BLOCK, rows[i].block), TO(ALLOW, rows[i].allow));
		compile(&p);
		if ((p.rules.deny & listed) != rows[i].deny ||
		    (p.rules.host_only & listed) != rows[i].host_only)
			fail_msg("row %zu: deny %#llx host_only %#llx", i, (unsigned long long)p.rules.deny,
				 (unsigned long long)p.rules.host_only);
	}
}

TEST(compiling_again_derives_everything_anew)
{
	struct bpflock_policy p = full(), other;

	compile(&p);
	ASSIGN(&p, TO(PROFILE, "privileged"), TO(LEVEL, "integrity"), TO(BLOCK, ""), TO(ALLOW, ""),
	       TO(MODE, "enforce"), TO(LOG, "all"), TO(EXEC_LOG, "none"), TO(SEAL, "no"),
	       TO(LATCH, ""), TO(KMODLOCK, "off"));
	compile(&p);
	ruleset_init(&other);
	compile(&other);
	assert_true(ruleset_equal(&p, &other));
}

TEST(blocked_and_allowed_at_once_is_an_error_for_each_operation)
{
	static const struct {
		const char *block, *allow;
		struct expected expected[4];
	} rows[] = {
		{ "kexec", "kexec", { { NULL, "operation \"kexec\" is both blocked (B) and allowed (A)" } } },
		{ "@image", "msr kexec hibernation",
		  { { NULL, "\"kexec\" is both" }, { NULL, "\"hibernation\" is both" } } },
		{ "perf", "@confidentiality", { { NULL, "\"perf\" is both" } } },
		/* what blocking xmon_rw implies */
		{ "xmon_rw", "xmon_wr", { { NULL, "\"xmon_wr\" is both" } } },
		{ "kexec", "msr", {} }, { "xmon_wr", "xmon_rw", {} }, { "", "@all", {} },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		CLEANUP(diagnostics_done) struct diagnostics d = DIAGNOSTICS_INIT;
		struct bpflock_policy p = built_in();

		ASSIGN(&p, TO(BLOCK, rows[i].block), TO(ALLOW, rows[i].allow));
		ruleset_set_source(&p, BPFLOCK_SETTING_BLOCK, "B");
		ruleset_set_source(&p, BPFLOCK_SETTING_ALLOW, "A");
		assert_int_equal(ruleset_compile(&p, ops, &d), rows[i].expected[0].fragment == NULL);
		expect_diagnostics(rows[i].block, &d, rows[i].expected);
	}
}

TEST(blocking_xmon_rw_blocks_xmon_wr)
{
	static const struct {
		const char *block, *expected[2];
	} rows[] = {
		{ "xmon_rw", { "XMON_RW", "XMON_WR" } },
		{ "xmon_wr", { "XMON_WR", "XMON_WR" } },
		{ "xmon_rw,xmon_wr", { "XMON_RW", "XMON_WR" } },
	};
	struct bpflock_policy p;

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		ruleset_init(&p);
		assign(&p, BPFLOCK_SETTING_BLOCK, rows[i].block);
		compile(&p);
		assert_true(p.rules.deny == (bit(rows[i].expected[0]) | bit(rows[i].expected[1])));
	}
	/* allowing it allows nothing else */
	ruleset_init(&p);
	ASSIGN(&p, TO(PROFILE, "restricted"), TO(LEVEL, "confidentiality"), TO(ALLOW, "xmon_rw"));
	compile(&p);
	assert_true(p.rules.deny & bit("XMON_WR"));
	assert_false(p.rules.deny & bit("XMON_RW"));
}

TEST(equal_means_decides_alike_whoever_set_it)
{
	struct bpflock_policy a = full(), b;

	compile(&a);
	b = a;
	b.generation = 99;
	ruleset_set_source(&b, BPFLOCK_SETTING_MODE, "somebody else");
	assert_true(ruleset_equal(&a, &b));
	for (size_t i = 0; i < ARRAY_SIZE(words); i++) {
		b = a;
		assign(&b, words[i].setting, words[i].word);
		compile(&b);
		assert_int_equal(ruleset_equal(&a, &b),
				 scalar(&a, words[i].setting) == scalar(&b, words[i].setting));
	}
	b = a;
	assign(&b, BPFLOCK_SETTING_BLOCK, "kexec perf");
	compile(&b);
	assert_false(ruleset_equal(&a, &b));
	b = a;
	assign(&b, BPFLOCK_SETTING_ALLOW, "");
	compile(&b);
	assert_false(ruleset_equal(&a, &b));
}

TEST(values_have_words_and_lists_have_none)
{
	struct bpflock_policy p = full();

	assert_null(ruleset_value(&p, BPFLOCK_SETTING_BLOCK));
	assert_null(ruleset_value(&p, BPFLOCK_SETTING_ALLOW));
	p.rules.profile = p.rules.level = p.rules.mode = p.rules.log = p.rules.kmodlock = 77;
	p.exec_log = p.seal = p.others = 77;
	for (size_t s = 0; s < _BPFLOCK_SETTING_MAX; s++)
		assert_null(ruleset_value(&p, s));
	assert_string_equal(ruleset_profile_name(BPFLOCK_PROFILE_PRIVILEGED), "privileged");
	assert_string_equal(ruleset_profile_name(BPFLOCK_PROFILE_BASELINE), "baseline");
	assert_string_equal(ruleset_profile_name(BPFLOCK_PROFILE_RESTRICTED), "restricted");
	assert_null(ruleset_profile_name(_BPFLOCK_PROFILE_MAX));
}

TEST(a_decision_has_a_word)
{
	static const struct {
		const char *profile, *mode, *block, *name, *expected;
	} rows[] = {
		{ "privileged", "enforce", "", "KEXEC", "allow" },
		{ "privileged", "enforce", "kexec", "KEXEC", "deny" },
		{ "privileged", "audit", "kexec", "KEXEC", "audit" },
		{ "privileged", "audit", "", "KEXEC", "allow" },
		{ "baseline", "enforce", "", "KEXEC", "host-only" },
		{ "baseline", "enforce", "kexec", "KEXEC", "deny" },
		{ "baseline", "audit", "", "KEXEC", "audit" },
		{ "baseline", "enforce", "", "PERF", "allow" },
		{ "restricted", "enforce", "", "KEXEC", "deny" },
		{ "restricted", "enforce", "", "PERF", "allow" },
		{ "restricted", "audit", "", "KEXEC", "audit" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct bpflock_policy p = built_in();

		ASSIGN(&p, TO(PROFILE, rows[i].profile), TO(MODE, rows[i].mode),
		       TO(BLOCK, rows[i].block));
		compile(&p);
		assert_string_equal(ruleset_decision(&p, kernel_reason(kernel_6_1, rows[i].name)),
				    rows[i].expected);
	}
}

/* A number of any size is decided (bpf/decide.h), so it can be asked about. */
TEST(a_reason_beyond_the_mask_has_a_decision_too)
{
	struct bpflock_policy p = built_in();

	assign(&p, BPFLOCK_SETTING_PROFILE, "restricted");
	compile(&p);
	assert_string_equal(ruleset_decision(&p, 0), "deny");
	assert_string_equal(ruleset_decision(&p, 64), "deny");
	assert_string_equal(ruleset_decision(&p, UINT32_MAX), "deny");
}

TEST(verdicts_and_causes_have_words)
{
	static const char *const verdicts[] = { "allow", "audit", "deny" };
	static const char *const whys[] = { "profile", "level", "block", "allow", "grant", "latch" };

	assert_int_equal(ARRAY_SIZE(verdicts), _BPFLOCK_VERDICT_MAX);
	assert_int_equal(ARRAY_SIZE(whys), _BPFLOCK_WHY_MAX);
	for (uint32_t i = 0; i < ARRAY_SIZE(verdicts); i++)
		assert_string_equal(ruleset_verdict_name(i), verdicts[i]);
	for (uint32_t i = 0; i < ARRAY_SIZE(whys); i++)
		assert_string_equal(ruleset_why_name(i), whys[i]);
	assert_null(ruleset_verdict_name(_BPFLOCK_VERDICT_MAX));
	assert_null(ruleset_verdict_name(UINT32_MAX));
	assert_null(ruleset_why_name(_BPFLOCK_WHY_MAX));
	assert_null(ruleset_why_name(UINT32_MAX));
}

TEST(a_reason_says_the_verdict_and_what_settled_it)
{
	static const struct {
		uint32_t why, profile;
		const char *cause, *of_cgroup;
	} rows[] = {
		{ BPFLOCK_WHY_PROFILE, BPFLOCK_PROFILE_PRIVILEGED, "privileged", "cgroup" },
		{ BPFLOCK_WHY_PROFILE, BPFLOCK_PROFILE_BASELINE, "baseline", "cgroup" },
		{ BPFLOCK_WHY_PROFILE, BPFLOCK_PROFILE_RESTRICTED, "restricted", "cgroup" },
		{ BPFLOCK_WHY_LEVEL, BPFLOCK_PROFILE_RESTRICTED, "level", "cgroup" },
		{ BPFLOCK_WHY_BLOCK, BPFLOCK_PROFILE_PRIVILEGED, "block", "cgroup" },
		{ BPFLOCK_WHY_ALLOW, BPFLOCK_PROFILE_BASELINE, "allow", "cgroup" },
		/* a grant is worth more to know than whose rule set it is an exception from */
		{ BPFLOCK_WHY_GRANT, BPFLOCK_PROFILE_RESTRICTED, "grant", "grant" },
	};
	static const char *const verdicts[] = { "allow", "audit", "denied" };

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		for (uint32_t v = 0; v < _BPFLOCK_VERDICT_MAX; v++) {
			char text[RULESET_REASON_LEN], expected[64];

			ruleset_reason(v, rows[i].why, rows[i].profile, false, text);
			snprintf(expected, sizeof(expected), "%s (%s)", verdicts[v], rows[i].cause);
			assert_string_equal(text, expected);
			ruleset_reason(v, rows[i].why, rows[i].profile, true, text);
			snprintf(expected, sizeof(expected), "%s (%s)", verdicts[v],
				 rows[i].of_cgroup);
			assert_string_equal(text, expected);
		}
	}
}

TEST(a_kernel_without_the_hook_ignores_kmodlock_and_warns)
{
	CLEANUP(diagnostics_done) struct diagnostics d = DIAGNOSTICS_INIT;
	struct bpflock_operation without[BPFLOCK_REASONS];
	struct bpflock_policy p = built_in();

	kernel_operations(kernel_6_1, without);
	ASSIGN(&p, TO(KMODLOCK, "restricted"));
	assert_true(ruleset_compile(&p, without, &d));
	assert_int_equal(d.n, 1);
	assert_false(ruleset_names_module_request(&p.rules));
	assert_false((p.rules.deny | p.rules.host_only) & BPFLOCK_MODULE_REQUEST_BIT);
}
