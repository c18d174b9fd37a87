// SPDX-License-Identifier: GPL-2.0-only
#include "recorded.h"

#include <string.h>

#include "clock.h"
#include "ruleset.h"
#include "util.h"

enum type {
	TYPE_TEXT,
	TYPE_NUMBER,
	TYPE_TIME,
	TYPE_WORD,
};

struct row {
	const char *key;
	enum type type;
	size_t offset;
	size_t size;			  /* of a text */
	const char *(*word)(uint32_t value); /* of a word: by its value from 0 on; NULL behind the last */
	const char *old; /* the key before version 0.2, or NULL */
};

/* Other events of ours have nothing to replay, and are no others' either. */
static const struct {
	const char *name;
	enum recorded_kind kind;
} events[] = {
	{ "lsm_locked_down", RECORDED_DECISION },
	{ "lost", RECORDED_LOST },
	{ "missed", RECORDED_LOST },
	{ "invalid", RECORDED_OTHER },
	{ "syscall_execve", RECORDED_OTHER },
	{ "grant", RECORDED_OTHER },
	{ "tamper", RECORDED_OTHER },
};

static const char *yes_or_no(uint32_t value)
{
	return value == 0 ? "no" : value == 1 ? "yes" : NULL;
}

#define AT(member)   offsetof(struct recorded, member)
#define TEXT(member) TYPE_TEXT, AT(member), sizeof(((struct recorded *)0)->member), NULL

static const struct row rows[] = {
	[RECORDED_EVENT] = { "event", TYPE_WORD, AT(kind), 0, NULL },
	[RECORDED_TIME] = { "time", TYPE_TIME, AT(time), 0, NULL },
	[RECORDED_OP] = { "operation", TEXT(op) },
	[RECORDED_OLD_OP] = { "op", TEXT(old_op) },
	[RECORDED_VERDICT] = { "decision", TYPE_WORD, AT(verdict), 0, ruleset_verdict_name },
	[RECORDED_WHY] = { "why", TYPE_WORD, AT(why), 0, ruleset_why_name },
	[RECORDED_PROFILE] = { "profile", TYPE_WORD, AT(profile), 0, ruleset_profile_name },
	[RECORDED_BY] = { "by", TEXT(by) },
	[RECORDED_COUNT] = { "count", TYPE_NUMBER, AT(count), 0, NULL },
	[RECORDED_PIDNS] = { "pidns", TYPE_NUMBER, AT(pidns), 0, NULL },
	[RECORDED_NETNS] = { "netns", TYPE_NUMBER, AT(netns), 0, NULL },
	[RECORDED_IN_HOST] = { "in_host", TYPE_WORD, AT(in_host), 0, yes_or_no },
	[RECORDED_CGROUP] = { "cgroup", TEXT(cgroup) },
	[RECORDED_CGROUPID] = { "cgroup_id", TYPE_NUMBER, AT(cgroupid), 0, NULL, "cgroupid" },
	[RECORDED_UNIT] = { "unit", TEXT(unit) },
	[RECORDED_EXE] = { "exe", TEXT(exe) },
	[RECORDED_COMM] = { "comm", TEXT(comm) },
	[RECORDED_MACHINE] = { "hostname", TEXT(machine) },
};
_Static_assert(ARRAY_SIZE(rows) == _RECORDED_FIELD_MAX, "every field needs a row");

void recorded_begin(struct recorded *r)
{
	r->given = r->exact = 0;
	r->fault = NULL;
	r->kind = _RECORDED_KIND_MAX;
	r->count = 1;
	r->time = 0;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		if (rows[i].type == TYPE_TEXT)
			((char *)r)[rows[i].offset] = '\0';
}

static bool is(const char *word, const char *s, size_t len)
{
	return strlen(word) == len && memcmp(word, s, len) == 0;
}

static char lower(char c)
{
	return c >= 'A' && c <= 'Z' ? c | 0x20 : c;
}

static bool is_upper(const char *word, const char *s, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if (!word[i] || lower(s[i]) != word[i] || (s[i] >= 'a' && s[i] <= 'z'))
			return false;
	return word[len] == '\0';
}

/* The field that a key names, or _RECORDED_FIELD_MAX. */
static enum recorded_field find(const char *key, size_t len)
{
	const size_t prefix = strlen(RECORDED_JOURNAL_PREFIX);
	bool journal = len > prefix && memcmp(key, RECORDED_JOURNAL_PREFIX, prefix) == 0;

	if (is("_HOSTNAME", key, len))
		return RECORDED_MACHINE;
	for (enum recorded_field f = 0; f < _RECORDED_FIELD_MAX; f++) {
		const char *names[] = { rows[f].key, rows[f].old };

		for (size_t i = 0; i < ARRAY_SIZE(names) && names[i]; i++) {
			if (!journal && key[0] == names[i][0] && is(names[i], key, len))
				return f;
			if (journal && is_upper(names[i], key + prefix, len - prefix))
				return f;
		}
	}
	return _RECORDED_FIELD_MAX;
}

static const char *take_text(struct recorded *r, const struct row *row, const char *value, size_t len)
{
	char *to = (char *)r + row->offset;

	if (len >= row->size)
		return "a text is too long";
	if (memchr(value, '\0', len))
		return "a text holds a NUL";
	memcpy(to, value, len);
	to[len] = '\0';
	return NULL;
}

static const char *take_number(struct recorded *r, const struct row *row, const char *value,
			       size_t len)
{
	uint64_t n = 0;

	if (len == 0 || len > 19)
		return "a number is out of range";
	for (size_t i = 0; i < len; i++) {
		if (value[i] < '0' || value[i] > '9')
			return "a value is not a number";
		n = n * 10 + value[i] - '0';
	}
	memcpy((char *)r + row->offset, &n, sizeof(n));
	return NULL;
}

/* In JSON it is true and false, elsewhere yes and no. */
static const char *plain_word(const char *value, size_t *len)
{
	if (is("true", value, *len)) {
		*len = strlen("yes");
		return "yes";
	}
	if (is("false", value, *len)) {
		*len = strlen("no");
		return "no";
	}
	return value;
}

static const char *take_word(struct recorded *r, const struct row *row, const char *value,
			     size_t len)
{
	value = plain_word(value, &len);
	for (uint32_t i = 0; row->word(i); i++) {
		if (!is(row->word(i), value, len))
			continue;
		memcpy((char *)r + row->offset, &i, sizeof(i));
		return NULL;
	}
	return "a field has a value that it cannot have";
}

/* An event that is none of ours makes the line one of somebody else. */
static void take_event(struct recorded *r, const char *value, size_t len)
{
	for (size_t i = 0; i < ARRAY_SIZE(events); i++)
		if (is(events[i].name, value, len))
			r->kind = events[i].kind;
}

/* Two digits, or -1. */
static int two(const char *s)
{
	return s[0] < '0' || s[0] > '9' || s[1] < '0' || s[1] > '9' ?
		       -1 :
		       (s[0] - '0') * 10 + s[1] - '0';
}

/* Days from 1970-01-01, by the proleptic Gregorian calendar. */
static int64_t days_of(int year, int month, int day)
{
	int64_t y = year - (month <= 2), era = y / 400, of_era = y % 400;
	int64_t of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;

	return era * 146097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719468;
}

/* The zone of RFC 3339, in minutes east. */
static bool zone_of(const char *s, size_t len, int *ret)
{
	int hours, minutes;

	*ret = 0;
	if (len == 1 && s[0] == 'Z')
		return true;
	if (len != 6 || (s[0] != '+' && s[0] != '-') || s[3] != ':')
		return false;
	hours = two(s + 1);
	minutes = two(s + 4);
	*ret = (s[0] == '-' ? -1 : 1) * (hours * 60 + minutes);
	return hours >= 0 && hours < 24 && minutes >= 0 && minutes < 60;
}

/* The time of a line is like 2022-02-11T11:23:58.123456Z. */
static bool time_of(const char *s, size_t len, int64_t *ret)
{
	int64_t ns = 0, unit = NS_PER_S, seconds;
	size_t at = 19;
	int zone;

	if (len < 20 || s[4] != '-' || s[7] != '-' || s[10] != 'T' || s[13] != ':' || s[16] != ':')
		return false;
	if (two(s) < 19 || two(s) > 21 || two(s + 5) < 1 || two(s + 5) > 12 || two(s + 8) < 1 ||
	    two(s + 8) > 31 || two(s + 2) < 0 || two(s + 11) < 0 || two(s + 14) < 0 || two(s + 17) < 0)
		return false;
	seconds = days_of(two(s) * 100 + two(s + 2), two(s + 5), two(s + 8)) * 86400 +
		  two(s + 11) * 3600 + two(s + 14) * 60 + two(s + 17);
	if (s[at] == '.')
		for (at++; at < len && s[at] >= '0' && s[at] <= '9'; at++)
			ns += (s[at] - '0') * (unit /= 10);
	if (!zone_of(s + at, len - at, &zone))
		return false;
	*ret = (seconds - zone * 60) * NS_PER_S + ns;
	return true;
}

static const char *take_value(struct recorded *r, enum recorded_field f, const char *value,
			      size_t len)
{
	const struct row *row = &rows[f];

	if (f == RECORDED_EVENT) {
		take_event(r, value, len);
		return NULL;
	}
	switch (row->type) {
	case TYPE_TEXT:
		return take_text(r, row, value, len);
	case TYPE_NUMBER:
		return take_number(r, row, value, len);
	case TYPE_WORD:
		return take_word(r, row, value, len);
	case TYPE_TIME:
		break;
	}
	return time_of(value, len, &r->time) ? NULL : "its time is not one of RFC 3339";
}

static int hex_digit(char c)
{
	return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* A text that is not UTF-8 comes a second time, exactly, under KEY_hex. */
static const char *take_hex(struct recorded *r, enum recorded_field f, const char *value, size_t len)
{
	const struct row *row = &rows[f];
	char *to = (char *)r + row->offset;

	if (r->exact >> f & 1)
		return "a field comes twice";
	if (len % 2 || len / 2 >= row->size)
		return "a text in hexadecimal has a wrong length";
	for (size_t i = 0; i < len; i += 2) {
		int high = hex_digit(value[i]), low = hex_digit(value[i + 1]);

		if (high < 0 || low < 0 || !(high | low))
			return "a text in hexadecimal is none";
		*to++ = high << 4 | low;
	}
	*to = '\0';
	r->given |= 1U << f;
	r->exact |= 1U << f;
	return NULL;
}

/* The fault of a field that is taken, or NULL. */
static const char *take(struct recorded *r, const char *key, size_t key_len, const char *value,
			size_t len)
{
	enum recorded_field f = find(key, key_len);
	const char *fault;

	if (f == _RECORDED_FIELD_MAX) {
		if (key_len <= 4 || memcmp(key + key_len - 4, "_hex", 4) != 0)
			return NULL;
		f = find(key, key_len - 4);
		return f < _RECORDED_FIELD_MAX && rows[f].type == TYPE_TEXT ?
			       take_hex(r, f, value, len) :
			       NULL;
	}
	/* either may come first */
	if (r->exact >> f & 1)
		return NULL;
	if (recorded_has(r, f))
		return "a field comes twice";
	fault = take_value(r, f, value, len);
	if (!fault)
		r->given |= 1U << f;
	return fault;
}

void recorded_take(struct recorded *r, const char *key, size_t key_len, const char *value, size_t len)
{
	const char *fault = take(r, key, key_len, value, len);

	if (!r->fault)
		r->fault = fault;
}

static const char *fault_of(const struct recorded *r)
{
	if (r->fault || r->kind != RECORDED_DECISION)
		return r->fault;
	if (r->count == 0)
		return "it stands for no decision";
	if (!r->op[0])
		return "the operation is missing";
	if (!recorded_has(r, RECORDED_VERDICT))
		return "the decision is missing";
	if (r->cgroup[0] && r->cgroup[0] != '/')
		return "its cgroup is not an absolute path";
	return NULL;
}

enum recorded_outcome recorded_end(struct recorded *r)
{
	if (r->kind == _RECORDED_KIND_MAX)
		return RECORDED_FOREIGN;
	/* before version 0.2 "operation" held the words of the kernel */
	if (recorded_has(r, RECORDED_OLD_OP))
		memcpy(r->op, r->old_op, sizeof(r->old_op));
	r->fault = fault_of(r);
	return r->fault ? RECORDED_FAULT : RECORDED_OURS;
}
