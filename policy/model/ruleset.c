// SPDX-License-Identifier: GPL-2.0-only
#include "ruleset.h"

#include <stddef.h>
#include <string.h>

#include "clock.h"
#include "decide.h"
#include "operations.h"
#include "text.h"
#include "util.h"

/* The first row of a value is its name, further ones are aliases. */
struct value {
	const char *word;
	uint32_t value;
	const char *meaning;
	bool old; /* accepted, and warned of */
};

static const struct value profiles[] = {
	{ "privileged", BPFLOCK_PROFILE_PRIVILEGED, "allow and log" },
	{ "allow", BPFLOCK_PROFILE_PRIVILEGED, "the same as privileged" },
	{ "none", BPFLOCK_PROFILE_PRIVILEGED, "the same as privileged" },
	{ "baseline", BPFLOCK_PROFILE_BASELINE, "allow only in the host's own namespaces" },
	{ "restricted", BPFLOCK_PROFILE_RESTRICTED, "deny to everybody" },
	{}
};
static const struct value levels[] = {
	{ "integrity", BPFLOCK_LEVEL_INTEGRITY, "operations that change the kernel" },
	{ "confidentiality", BPFLOCK_LEVEL_CONFIDENTIALITY, "also operations that read its memory" },
	{}
};
static const struct value modes[] = {
	{ "enforce", BPFLOCK_MODE_ENFORCE, "enforce the rules" },
	{ "audit", BPFLOCK_MODE_AUDIT, "deny nothing, log decisions that would deny" },
	{}
};
static const struct value logs[] = {
	{ "all", BPFLOCK_LOG_ALL, "every decision" },
	{ "denied", BPFLOCK_LOG_DENIED, "decisions that deny, or would deny" },
	{ "none", BPFLOCK_LOG_NONE, "no decision; all are still counted" },
	{}
};
static const struct value kmodlocks[] = {
	{ "off", BPFLOCK_KMODLOCK_OFF, "not checked, unless another setting names module_request" },
	{ "privileged", BPFLOCK_KMODLOCK_PRIVILEGED, "allow and log" },
	{ "baseline", BPFLOCK_KMODLOCK_BASELINE, "allow only in the host's own namespaces" },
	{ "restricted", BPFLOCK_KMODLOCK_RESTRICTED, "deny to everybody" },
	{}
};
static const struct value exec_logs[] = {
	{ "none", BPFLOCK_EXEC_LOG_NONE, "no program executions" },
	{ "failed", BPFLOCK_EXEC_LOG_FAILED, "executions that fail" },
	{ "all", BPFLOCK_EXEC_LOG_ALL, "all executions" },
	{}
};
static const struct value switches[] = {
	{ "yes", 1, "log them" },
	{ "no", 0, "do not look at them" },
	{}
};
static const struct value seals[] = {
	{ "no", 0, "no seal" },
	{ "yes", 1, "until reboot, only stricter policies are accepted" },
	{ "pins", 1, "the same as yes", .old = true },
	{ "objects", 1, "the same as yes", .old = true },
	{}
};

const struct setting_info settings[_BPFLOCK_SETTING_MAX] = {
	[BPFLOCK_SETTING_PROFILE] = { "profile", "P",
				      "set privileged (default), baseline or restricted", false },
	[BPFLOCK_SETTING_LEVEL] = { "level", "L", "set integrity (default) or confidentiality", false },
	[BPFLOCK_SETTING_BLOCK] = { "block", "LIST", "deny these operations and @groups to everybody",
				    true },
	[BPFLOCK_SETTING_ALLOW] = { "allow", "LIST",
				    "exempt these operations and @groups from profile", true },
	[BPFLOCK_SETTING_MODE] = { "mode", "M", "enforce (default), or audit: log but never deny",
				   false },
	[BPFLOCK_SETTING_LOG] = { "log", "WHAT", "log all decisions (default), denied ones or none",
				  false },
	[BPFLOCK_SETTING_KMODLOCK] = { "kmodlock", "P",
				       "check module requests: off (default) or a profile",
				       .section = "kmodlock", .key = "profile" },
	[BPFLOCK_SETTING_EXEC_LOG] = { "exec-log", "WHAT",
				       "log executions: none (default), failed or all",
				       .host = true, .load = true, .section = "log",
				       .json = "exec_log" },
	[BPFLOCK_SETTING_COALESCE] = { "coalesce", "TIME",
				       "count repetitions for TIME (default: 1s; 0: never)",
				       .host = true, .section = "log", .json = "coalesce_ms" },
	[BPFLOCK_SETTING_RING_SIZE] = { "ring-size", "SIZE",
					"keep records in SIZE, 64K to 1G (default: 512K)",
					.host = true, .load = true, .section = "log",
					.json = "ring_size_bytes" },
	[BPFLOCK_SETTING_OTHERS] = { "log-others", "WHETHER",
				     "log refusals by others: yes (default) or no",
				     .host = true, .load = true, .section = "log",
				     .key = "others", .json = "log_others" },
	[BPFLOCK_SETTING_SEAL] = { "seal", "WHETHER",
				   "seal the policy until reboot: no (default) or yes",
				   .host = true, .load = true },
	[BPFLOCK_SETTING_LATCH] = { "latch", "LIST",
				    "deny these in spite of rules and grants",
				    true, .host = true, .load = true },
};

const char *ruleset_setting_section(enum bpflock_setting setting)
{
	return settings[setting].section ? settings[setting].section : "kimglock";
}

const char *ruleset_setting_key(enum bpflock_setting setting)
{
	return settings[setting].key ? settings[setting].key : settings[setting].name;
}

#define MEMBER(m) offsetof(struct bpflock_policy, m), sizeof(((struct bpflock_policy *)0)->m)

/* Each setting has a place and, for scalars, its words. */
static const struct {
	size_t offset, size;
	const struct value *values;
} storage[_BPFLOCK_SETTING_MAX] = {
	[BPFLOCK_SETTING_PROFILE] = { MEMBER(rules.profile), profiles },
	[BPFLOCK_SETTING_LEVEL] = { MEMBER(rules.level), levels },
	[BPFLOCK_SETTING_BLOCK] = { MEMBER(rules.block), NULL },
	[BPFLOCK_SETTING_ALLOW] = { MEMBER(rules.allow), NULL },
	[BPFLOCK_SETTING_MODE] = { MEMBER(rules.mode), modes },
	[BPFLOCK_SETTING_LOG] = { MEMBER(rules.log), logs },
	[BPFLOCK_SETTING_KMODLOCK] = { MEMBER(rules.kmodlock), kmodlocks },
	[BPFLOCK_SETTING_EXEC_LOG] = { MEMBER(exec_log), exec_logs },
	[BPFLOCK_SETTING_COALESCE] = { MEMBER(coalesce), NULL },
	[BPFLOCK_SETTING_RING_SIZE] = { MEMBER(ring_size), NULL },
	[BPFLOCK_SETTING_OTHERS] = { MEMBER(others), switches },
	[BPFLOCK_SETTING_SEAL] = { MEMBER(seal), seals },
	[BPFLOCK_SETTING_LATCH] = { MEMBER(latch), NULL },
};

#define BUILT_IN	 "built-in"
#define COALESCE_DEFAULT 1000000000ULL
#define COALESCE_MAX	 (3600 * 1000000000ULL)
#define RING_MIN	 (64 * 1024)
#define RING_MAX	 (1 << 30)

static uint32_t *scalar(struct bpflock_policy *p, enum bpflock_setting s)
{
	return (uint32_t *)((char *)p + storage[s].offset);
}

/* The mask of a list setting, by value: __u64 and uint64_t are different types to a compiler. */
static void set_mask(struct bpflock_policy *p, enum bpflock_setting s, uint64_t mask)
{
	__u64 *to = (__u64 *)((char *)p + storage[s].offset);

	*to = mask;
}

uint64_t ruleset_mask(const struct bpflock_policy *p, enum bpflock_setting s)
{
	return *(const __u64 *)((const char *)p + storage[s].offset);
}

void ruleset_set_source(struct bpflock_policy *p, enum bpflock_setting setting, const char *source)
{
	memset(p->sources[setting], 0, BPFLOCK_SOURCE_LEN);
	snprintf(p->sources[setting], BPFLOCK_SOURCE_LEN, "%s", source);
}

#define DATE_LEN (sizeof(", 2026-11-24T10:00:00Z") - 1)

const char *ruleset_split_source(const char *source, char ret_text[BPFLOCK_SOURCE_LEN],
				 const char **ret_date)
{
	size_t n = strlen(source);
	const char *end = source + n;

	*ret_date = NULL;
	if (n > DATE_LEN && strncmp(end - DATE_LEN, ", 2", 3) == 0 && end[-1] == 'Z') {
		n -= DATE_LEN;
		*ret_date = source + n + 2;
	}
	snprintf(ret_text, BPFLOCK_SOURCE_LEN, "%.*s", (int)n, source);
	return ret_text;
}

const char *ruleset_source(const struct bpflock_policy *p, enum bpflock_setting setting,
			   char ret_text[BPFLOCK_SOURCE_LEN])
{
	const char *date;

	return ruleset_split_source(p->sources[setting], ret_text, &date);
}

void ruleset_date_source(char source[BPFLOCK_SOURCE_LEN], const char *before, uint64_t now)
{
	char name[BPFLOCK_SOURCE_LEN], old[BPFLOCK_SOURCE_LEN], when[CLOCK_UTC_LEN];
	const char *date;
	size_t n;

	ruleset_split_source(source, name, &date);
	if (date)
		return;
	if (before && strcmp(name, ruleset_split_source(before, old, &date)) == 0) {
		snprintf(source, BPFLOCK_SOURCE_LEN, "%s", before);
		return;
	}
	clock_utc(now, when);
	n = snprintf(source, BPFLOCK_SOURCE_LEN, "%.*s, %s",
		     (int)(BPFLOCK_SOURCE_LEN - 1 - DATE_LEN), name, when);
	/* sources are compared as a whole */
	if (n < BPFLOCK_SOURCE_LEN)
		memset(source + n, 0, BPFLOCK_SOURCE_LEN - n);
}

void ruleset_date_sources(struct bpflock_policy *p, const struct bpflock_policy *before, uint64_t now)
{
	for (size_t s = 0; s < _BPFLOCK_SETTING_MAX; s++) {
		size_t at = storage[s].offset;
		bool same = before && memcmp((char *)p + at, (const char *)before + at,
					     storage[s].size) == 0;

		if (!ruleset_is_built_in(p, s))
			ruleset_date_source(p->sources[s], same ? before->sources[s] : NULL, now);
	}
}

bool ruleset_is_built_in(const struct bpflock_policy *p, enum bpflock_setting setting)
{
	return strcmp(p->sources[setting], BUILT_IN) == 0;
}

void ruleset_copy_setting(struct bpflock_policy *to, const struct bpflock_policy *from,
			  enum bpflock_setting setting)
{
	memcpy((char *)to + storage[setting].offset, (const char *)from + storage[setting].offset,
	       storage[setting].size);
	memcpy(to->sources[setting], from->sources[setting], sizeof(to->sources[setting]));
}

void ruleset_init(struct bpflock_policy *p)
{
	memset(p, 0, sizeof(*p));
	p->coalesce = COALESCE_DEFAULT;
	p->ring_size = BPFLOCK_RING_SIZE;
	p->others = 1;
	for (size_t s = 0; s < _BPFLOCK_SETTING_MAX; s++)
		ruleset_set_source(p, s, BUILT_IN);
}

static bool assign_scalar(struct bpflock_policy *p, enum bpflock_setting s, const char *text,
			  const struct place *at, struct diagnostics *d)
{
	/* by the name that whoever wrote it used */
	const char *name = at->line ? ruleset_setting_key(s) : settings[s].name;
	const char *words[8];
	size_t n = 0;

	for (const struct value *v = storage[s].values; v->word; v++) {
		if (strcmp(v->word, text) == 0) {
			*scalar(p, s) = v->value;
			if (v->old)
				diagnostic_warning(
					d, at,
					"%s: \"%s\" is the same as yes: there is one kind of seal",
					name, text);
			return true;
		}
		if (!v->old)
			words[n++] = v->word;
	}
	diagnostic_unknown(d, at, name, text, strlen(text), words, n);
	return false;
}

static bool assign_coalesce(struct bpflock_policy *p, const char *text, const struct place *at,
			    struct diagnostics *d)
{
	uint64_t ns;

	if (quantity_duration(text, &ns) && ns <= COALESCE_MAX) {
		p->coalesce = ns;
		return true;
	}
	diagnostic_error(d, at,
			 "coalesce: \"%s\" is not a duration of at most 1h: use 1s, 500ms or 0",
			 text);
	return false;
}

static bool assign_ring_size(struct bpflock_policy *p, const char *text, const struct place *at,
			     struct diagnostics *d)
{
	uint64_t bytes;

	if (quantity_size(text, &bytes) && bytes >= RING_MIN && bytes <= RING_MAX &&
	    (bytes & (bytes - 1)) == 0) {
		p->ring_size = bytes;
		return true;
	}
	diagnostic_error(d, at,
			 "ring-size: \"%s\" is not a power of two from 64K to 1G: use 512K or 4M",
			 text);
	return false;
}

/* Returns the value of any setting but a list. */
static bool assign_one(struct bpflock_policy *p, enum bpflock_setting s, const char *text,
		       const struct place *at, struct diagnostics *d)
{
	if (s == BPFLOCK_SETTING_COALESCE)
		return assign_coalesce(p, text, at, d);
	if (s == BPFLOCK_SETTING_RING_SIZE)
		return assign_ring_size(p, text, at, d);
	return assign_scalar(p, s, text, at, d);
}

bool ruleset_assign(struct bpflock_policy *p, const struct bpflock_operation ops[BPFLOCK_REASONS],
		   enum bpflock_setting setting, const char *text, const struct place *at,
		   bool fresh, struct diagnostics *d)
{
	char source[BPFLOCK_SOURCE_LEN];

	if (settings[setting].list) {
		uint64_t mask = fresh ? 0 : ruleset_mask(p, setting);

		if (!operations_parse_list(ops, text, at, &mask, d))
			return false;
		set_mask(p, setting, mask);
	} else if (!assign_one(p, setting, text, at, d)) {
		return false;
	}
	if (at->line)
		snprintf(source, sizeof(source), "%s:%u", at->source, at->line);
	ruleset_set_source(p, setting, at->line ? source : at->source);
	return true;
}

bool ruleset_take(struct bpflock_policy *p, const struct bpflock_operation ops[BPFLOCK_REASONS],
		  enum bpflock_setting setting, const char *text, const struct place *at,
		  struct diagnostics *d)
{
	uint64_t taken = 0;

	if (!operations_parse_list(ops, text, at, &taken, d))
		return false;
	set_mask(p, setting, ruleset_mask(p, setting) & ~taken);
	return true;
}

void ruleset_force_mode(struct bpflock_policy *p, enum bpflock_mode mode, const char *source)
{
	p->rules.mode = mode;
	ruleset_set_source(p, BPFLOCK_SETTING_MODE, source);
}

uint64_t ruleset_latch(const struct bpflock_operation ops[BPFLOCK_REASONS], uint64_t mask)
{
	uint64_t named = operations_governed(ops, BPFLOCK_LEVEL_CONFIDENTIALITY);

	if (mask & operations_bit(ops, "xmon_rw"))
		mask |= operations_bit(ops, "xmon_wr");
	return mask && (named & ~mask) == 0 ? mask | ~BPFLOCK_MODULE_REQUEST_BIT : mask;
}

/* Module requests have a profile of their own, and no level. */
static void compile_kmodlock(struct bpflock_ruleset *r, const struct bpflock_operation *ops,
			     struct diagnostics *d)
{
	uint64_t bit = operations_bit(ops, "module_request");

	if (r->kmodlock != BPFLOCK_KMODLOCK_OFF && !bit) {
		diagnostic_warning(d, NULL,
				   "this kernel has no operation \"module_request\": kmodlock is ignored");
		r->kmodlock = BPFLOCK_KMODLOCK_OFF;
	}
	bit &= ~(r->allow | r->block);
	if (r->kmodlock == BPFLOCK_KMODLOCK_RESTRICTED)
		r->deny |= bit;
	if (r->kmodlock == BPFLOCK_KMODLOCK_BASELINE)
		r->host_only |= bit;
}

bool ruleset_compile(struct bpflock_policy *p, const struct bpflock_operation ops[BPFLOCK_REASONS],
		    struct diagnostics *d)
{
	struct bpflock_ruleset *r = &p->rules;
	uint64_t profile_denies;
	size_t errors = d->errors;

	/*
	 * xmon asks XMON_WR for writes, so a block of xmon_rw that left it open would block nothing
	 */
	if (r->block & operations_bit(ops, "xmon_rw"))
		r->block |= operations_bit(ops, "xmon_wr");
	for (uint32_t i = 0; i < BPFLOCK_REASONS; i++)
		if (r->block & r->allow & (1ULL << i))
			diagnostic_error(d, NULL,
					 "operation \"%s\" is both blocked (%s) and allowed (%s)",
					 ops[i].name, p->sources[BPFLOCK_SETTING_BLOCK],
					 p->sources[BPFLOCK_SETTING_ALLOW]);
	if (d->errors != errors)
		return false;
	p->latch = ruleset_latch(ops, p->latch);

	/* what this kernel asks without naming it in BTF is governed at every level */
	r->governed = operations_governed(ops, r->level) | operations_unnamed(ops);
	profile_denies = r->governed & ~r->allow;
	r->deny = r->block;
	r->host_only = 0;
	if (r->profile == BPFLOCK_PROFILE_RESTRICTED)
		r->deny |= profile_denies;
	if (r->profile == BPFLOCK_PROFILE_BASELINE)
		r->host_only = profile_denies & ~r->block;
	compile_kmodlock(r, ops, d);
	return true;
}

bool ruleset_names_module_request(const struct bpflock_ruleset *r)
{
	return r->kmodlock != BPFLOCK_KMODLOCK_OFF || (r->block & BPFLOCK_MODULE_REQUEST_BIT);
}

bool ruleset_equal(const struct bpflock_policy *a, const struct bpflock_policy *b)
{
	return memcmp(&a->rules, &b->rules, sizeof(a->rules)) == 0 &&
	       a->exec_log == b->exec_log && a->coalesce == b->coalesce &&
	       a->ring_size == b->ring_size && a->seal == b->seal && a->others == b->others && a->latch == b->latch;
}

const char *ruleset_value(const struct bpflock_policy *p, enum bpflock_setting setting)
{
	const struct value *v = storage[setting].values;
	uint32_t value;

	if (!v)
		return NULL;
	value = *(const uint32_t *)((const char *)p + storage[setting].offset);
	for (; v->word; v++)
		if (v->value == value)
			return v->word;
	return NULL;
}

const char *ruleset_setting_word(enum bpflock_setting setting, size_t i, const char **ret_meaning)
{
	const struct value *v = storage[setting].values;

	for (size_t n = 0; v && v[n].word; n++) {
		if (n == i) {
			*ret_meaning = v[n].meaning;
			return v[n].word;
		}
	}
	return NULL;
}

const char *ruleset_text(const struct bpflock_policy *p, enum bpflock_setting setting,
			 char buffer[QUANTITY_LEN])
{
	switch (setting) {
	case BPFLOCK_SETTING_COALESCE:
		quantity_print_duration(p->coalesce, buffer);
		return buffer;
	case BPFLOCK_SETTING_RING_SIZE:
		quantity_print_size(p->ring_size, buffer);
		return buffer;
	default:
		return ruleset_value(p, setting);
	}
}

char *ruleset_setting_text(const struct bpflock_operation ops[BPFLOCK_REASONS],
			   const struct bpflock_policy *p, enum bpflock_setting setting)
{
	char buffer[QUANTITY_LEN];
	const char *value = ruleset_text(p, setting, buffer);

	return value ? strdup(value) : operations_text(ops, ruleset_mask(p, setting));
}

const char *ruleset_profile_name(uint32_t profile)
{
	for (const struct value *v = profiles; v->word; v++)
		if (v->value == profile)
			return v->word;
	return NULL;
}

const char *ruleset_decision(const struct bpflock_policy *p, uint32_t reason)
{
	uint64_t bit = bpflock_bit(reason);

	if (!((p->rules.deny | p->rules.host_only) & bit))
		return "allow";
	if (p->rules.mode == BPFLOCK_MODE_AUDIT)
		return "audit";
	return p->rules.deny & bit ? "deny" : "host-only";
}

static const struct {
	const char *decision;
	const char *reason;
} verdicts[] = {
	[BPFLOCK_VERDICT_ALLOW] = { "allow", "allow" },
	[BPFLOCK_VERDICT_AUDIT] = { "audit", "audit" },
	[BPFLOCK_VERDICT_DENY] = { "deny", "denied" },
};
_Static_assert(ARRAY_SIZE(verdicts) == _BPFLOCK_VERDICT_MAX, "every verdict needs its words");

static const char *const whys[] = {
	[BPFLOCK_WHY_PROFILE] = "profile", [BPFLOCK_WHY_LEVEL] = "level",
	[BPFLOCK_WHY_BLOCK] = "block",	   [BPFLOCK_WHY_ALLOW] = "allow",
	[BPFLOCK_WHY_GRANT] = "grant",	   [BPFLOCK_WHY_LATCH] = "latch",
};
_Static_assert(ARRAY_SIZE(whys) == _BPFLOCK_WHY_MAX, "every cause needs its word");

const char *ruleset_verdict_name(uint32_t verdict)
{
	return verdict < _BPFLOCK_VERDICT_MAX ? verdicts[verdict].decision : NULL;
}

const char *ruleset_by_name(uint32_t by)
{
	static const char *const names[] = {
		[BPFLOCK_BY_BPFLOCK] = "bpflock",
		[BPFLOCK_BY_LOCKDOWN] = "lockdown",
		[BPFLOCK_BY_OTHER] = "other",
	};

	_Static_assert(ARRAY_SIZE(names) == _BPFLOCK_BY_MAX, "everybody needs a word");
	return by < _BPFLOCK_BY_MAX ? names[by] : NULL;
}

const char *ruleset_why_name(uint32_t why)
{
	return why < _BPFLOCK_WHY_MAX ? whys[why] : NULL;
}

void ruleset_reason(uint32_t verdict, uint32_t why, uint32_t profile, bool cgroup,
		    char ret_text[RULESET_REASON_LEN])
{
	const char *cause = whys[why];

	if (why != BPFLOCK_WHY_GRANT && why != BPFLOCK_WHY_LATCH && cgroup)
		cause = "cgroup";
	else if (why == BPFLOCK_WHY_PROFILE)
		cause = ruleset_profile_name(profile);
	snprintf(ret_text, RULESET_REASON_LEN, "%s (%s)", verdicts[verdict].reason, cause);
}
