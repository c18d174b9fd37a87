// SPDX-License-Identifier: GPL-2.0-only
#include "denials-journal.h"

#include <endian.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

#include "capture.h"
#include "operations.h"
#include "quantity.h"
#include "ruleset.h"
#include "util.h"

/* The fields that are read, each after BPFLOCK_. */
enum key {
	KEY_EVENT,
	KEY_OPERATION,
	KEY_DECISION,
	KEY_WHY,
	KEY_PROFILE,
	KEY_BOOTTIME_NS,
	KEY_PID,
	KEY_COMM, /* from here on it may be missing */
	KEY_TID,
	KEY_UID,
	KEY_COUNT,
	KEY_SEQ,
	KEY_GENERATION,
	KEY_CGROUP_ID,
	KEY_CGROUP,
	KEY_RULE_CGROUP_ID,
	KEY_RULE,
	KEY_BY,
	KEY_LOGINUID,
	KEY_EXE,
	KEY_MODULE,
	KEY_PIDNS,
	KEY_NETNS,
	KEY_OP, /* this and the rest: of an older bpflock-log */
	KEY_TGID,
	KEY_CGROUPID,
	KEY_RULE_CGROUPID,
	_KEY_MAX,
};

#define PREFIX "BPFLOCK_"

static const char *const keys[] = {
	[KEY_EVENT] = "EVENT",
	[KEY_OPERATION] = "OPERATION",
	[KEY_DECISION] = "DECISION",
	[KEY_WHY] = "WHY",
	[KEY_PROFILE] = "PROFILE",
	[KEY_BOOTTIME_NS] = "BOOTTIME_NS",
	[KEY_PID] = "PID",
	[KEY_COMM] = "COMM",
	[KEY_TID] = "TID",
	[KEY_UID] = "UID",
	[KEY_COUNT] = "COUNT",
	[KEY_SEQ] = "SEQ",
	[KEY_GENERATION] = "GENERATION",
	[KEY_CGROUP_ID] = "CGROUP_ID",
	[KEY_CGROUP] = "CGROUP",
	[KEY_RULE_CGROUP_ID] = "RULE_CGROUP_ID",
	[KEY_RULE] = "RULE",
	[KEY_PIDNS] = "PIDNS",
	[KEY_NETNS] = "NETNS",
	[KEY_LOGINUID] = "LOGINUID",
	[KEY_BY] = "BY",
	[KEY_EXE] = "EXE",
	[KEY_MODULE] = "MODULE",
	[KEY_OP] = "OP",
	[KEY_TGID] = "TGID",
	[KEY_CGROUPID] = "CGROUPID",
	[KEY_RULE_CGROUPID] = "RULE_CGROUPID",
};
_Static_assert(ARRAY_SIZE(keys) == _KEY_MAX, "every key needs its name");

/* Values of an entry, owned; NULL: it has none. */
struct entry {
	char *values[_KEY_MAX];
};

static void entry_done(struct entry *e)
{
	for (size_t i = 0; i < _KEY_MAX; i++)
		free(e->values[i]);
	*e = (struct entry){};
}

/* A value with a NUL in it is none of ours. */
static void take_field(struct entry *e, const char *name, size_t name_len, const char *value,
		       size_t len)
{
	size_t prefix = strlen(PREFIX);

	if (name_len <= prefix || memcmp(name, PREFIX, prefix) != 0 || memchr(value, '\0', len))
		return;
	for (size_t i = 0; i < _KEY_MAX; i++)
		if (strlen(keys[i]) == name_len - prefix &&
		    memcmp(keys[i], name + prefix, name_len - prefix) == 0 && !e->values[i])
			e->values[i] = strndup(value, len);
}

static void rename_field(struct entry *e, enum key from, enum key to)
{
	if (!e->values[from])
		return;
	free(e->values[to]);
	e->values[to] = TAKE_PTR(e->values[from]);
}

/* An entry from before version 0.2: PID was the thread, and OPERATION the words of the kernel. */
static void rename_old(struct entry *e)
{
	if (!e->values[KEY_OP])
		return;
	rename_field(e, KEY_OP, KEY_OPERATION);
	rename_field(e, KEY_PID, KEY_TID);
	rename_field(e, KEY_TGID, KEY_PID);
	rename_field(e, KEY_CGROUPID, KEY_CGROUP_ID);
	rename_field(e, KEY_RULE_CGROUPID, KEY_RULE_CGROUP_ID);
}

static bool number(const struct entry *e, enum key key, uint64_t max, uint64_t *ret)
{
	return e->values[key] && quantity_number(e->values[key], max, ret);
}

/* Its default where there is none. */
static uint64_t number_or(const struct entry *e, enum key key, uint64_t max, uint64_t otherwise)
{
	uint64_t n;

	return number(e, key, max, &n) ? n : otherwise;
}

static bool word(const struct entry *e, enum key key, const char *(*name)(uint32_t), uint32_t max,
		 uint8_t *ret)
{
	for (uint32_t i = 0; i < max; i++)
		if (e->values[key] && strcmp(e->values[key], name(i)) == 0) {
			*ret = i;
			return true;
		}
	return false;
}

static bool read_words(const struct entry *e, const struct bpflock_operation *ops, struct denial *x)
{
	uint64_t bit = e->values[KEY_OPERATION] ? operations_bit(ops, e->values[KEY_OPERATION]) : 0;

	x->reason = bit ? __builtin_ctzll(bit) : BPFLOCK_REASONS;
	if (word(e, KEY_BY, ruleset_by_name, _BPFLOCK_BY_MAX, &x->by) && x->by)
		return bit && word(e, KEY_DECISION, ruleset_verdict_name, _BPFLOCK_VERDICT_MAX,
				   &x->verdict);
	return bit && e->values[KEY_EVENT] &&
	       strcmp(e->values[KEY_EVENT], "lsm_locked_down") == 0 &&
	       word(e, KEY_DECISION, ruleset_verdict_name, _BPFLOCK_VERDICT_MAX, &x->verdict) &&
	       word(e, KEY_WHY, ruleset_why_name, _BPFLOCK_WHY_MAX, &x->why) &&
	       word(e, KEY_PROFILE, ruleset_profile_name, _BPFLOCK_PROFILE_MAX, &x->profile);
}

static void copy_text(char *to, size_t size, const char *value)
{
	snprintf(to, size, "%s", value ? value : "");
}

/* Returns whether it is a denial, or audited. What *x owns is the entry's no more. */
static bool make_denial(struct entry *e, const struct bpflock_operation *ops, struct denial *x)
{
	uint64_t time, pid;

	rename_old(e);
	if (!read_words(e, ops, x) || x->verdict == BPFLOCK_VERDICT_ALLOW ||
	    !number(e, KEY_BOOTTIME_NS, UINT64_MAX, &time) || !number(e, KEY_PID, UINT32_MAX, &pid))
		return false;
	x->time = x->since = time;
	x->tgid = pid;
	x->pid = number_or(e, KEY_TID, UINT32_MAX, pid);
	x->uid = number_or(e, KEY_UID, UINT32_MAX, 0);
	x->count = number_or(e, KEY_COUNT, UINT64_MAX, 1);
	x->seq = number_or(e, KEY_SEQ, UINT64_MAX, 0);
	x->generation = number_or(e, KEY_GENERATION, UINT64_MAX, 0);
	x->cgroup_id = number_or(e, KEY_CGROUP_ID, UINT64_MAX, 0);
	x->rule_cgroup = number_or(e, KEY_RULE_CGROUP_ID, UINT64_MAX, 0);
	x->pidns = number_or(e, KEY_PIDNS, UINT32_MAX, 0);
	x->netns = number_or(e, KEY_NETNS, UINT32_MAX, 0);
	x->loginuid = number_or(e, KEY_LOGINUID, UINT32_MAX, BPFLOCK_UNSET);
	copy_text(x->comm, sizeof(x->comm), e->values[KEY_COMM]);
	copy_text(x->about, sizeof(x->about), e->values[KEY_MODULE]);
	x->cgroup = TAKE_PTR(e->values[KEY_CGROUP]);
	x->rule = TAKE_PTR(e->values[KEY_RULE]);
	x->exe = TAKE_PTR(e->values[KEY_EXE]);
	return true;
}

static int end_entry(struct entry *e, const struct bpflock_operation *ops, struct denials *d)
{
	struct denial x = {};
	int r = make_denial(e, ops, &x) ? denials_add(d, &x) : 0;

	entry_done(e);
	return r;
}

/* The field at text[len]: how much of it that takes, with its end of line; 0 if it is cut off. */
static size_t next_field(struct entry *e, const char *text, size_t len)
{
	const char *end = memchr(text, '\n', len), *value;
	const char *equals = end ? memchr(text, '=', end - text) : NULL;
	uint64_t n;

	if (!end)
		return 0;
	if (equals) {
		take_field(e, text, equals - text, equals + 1, end - equals - 1);
		return end + 1 - text;
	}
	value = end + 1 + sizeof(n);
	if (value > text + len)
		return 0;
	memcpy(&n, end + 1, sizeof(n));
	n = le64toh(n);
	if (n >= (size_t)(text + len - value))
		return 0;
	take_field(e, text, end - text, value, n);
	return value + n + 1 - text;
}

int denials_journal_parse(const char *text, size_t len,
			  const struct bpflock_operation ops[BPFLOCK_REASONS], struct denials *d)
{
	struct entry e = {};
	size_t n = 1;
	int r = 0;

	while (len && n && r == 0) {
		if (*text == '\n') {
			r = end_entry(&e, ops, d);
			n = 1;
		} else {
			n = next_field(&e, text, len);
		}
		text += n;
		len -= n;
	}
	r = r ?: n ? end_entry(&e, ops, d) : 0;
	entry_done(&e);
	return r;
}

/* Ends in another program, whose complaints nobody reads. */
static int run_journalctl(const void *arg)
{
	static const char *const places[] = { "/usr/bin/journalctl", "/bin/journalctl",
					      "/run/current-system/sw/bin/journalctl" };
	static const char *const environment[] = { "LC_ALL=C", NULL };
	/* journald sets the unit itself; 5: with what was audited */
	const char *const argv[] = { "journalctl", "-b", "-q", "-r",
				     "--no-pager", "-p", "5",  "-o",
				     "export",	   "-n", arg,  "_SYSTEMD_UNIT=bpflock-log.service",
				     NULL };
	int null = open("/dev/null", O_WRONLY | O_CLOEXEC);

	if (null < 0 || dup2(null, STDERR_FILENO) < 0)
		return 1;
	for (size_t i = 0; i < ARRAY_SIZE(places); i++)
		execve(places[i], (char *const *)argv, (char *const *)environment);
	return 1;
}

int denials_journal_read(const struct bpflock_operation ops[BPFLOCK_REASONS], unsigned int entries,
			 struct denials *d)
{
	/* an entry has some 2 KiB */
	static const struct capture_limits limits = { .bytes = 16 << 20, .ms = 5000 };
	CLEANUP(free_charp) char *text = NULL;
	char number_text[16];
	struct stat st;
	size_t len;
	int r;

	if (lstat("/run/systemd/system", &st) < 0)
		return -errno;
	snprintf(number_text, sizeof(number_text), "%u", entries);
	r = capture_read(run_journalctl, number_text, &limits, &text, &len);
	return r < 0 ? r : denials_journal_parse(text, len, ops, d);
}
