// SPDX-License-Identifier: GPL-2.0-only
/* Records as they come out of the ring, sound and unsound ones. */
#include <sys/sysmacros.h>

#include "test.h"
#include "decode.h"

struct exec {
	struct bpflock_exec_record r;
	char filename[BPFLOCK_PATH_SHORT];
};

union record {
	struct bpflock_record head;
	struct bpflock_decision_record decision;
	struct bpflock_grant_record grant;
	struct bpflock_tamper_record tamper;
	struct exec exec;
	unsigned char bytes[sizeof(struct bpflock_grant_record)];
};

static void fill_head(struct bpflock_record *r, size_t size, uint16_t event)
{
	*r = (struct bpflock_record){
		.size = size, .abi = BPFLOCK_ABI, .event = event, .seq = 7, .time = 1000, .generation = 2,
		.cgroup_id = 7014, .tgid = 70902, .pid = 70902, .ppid = 70895, .pidns = 4026531836,
		.netns = 4026531840, .retval = -EPERM, .count = 1, .comm = "head", .pcomm = "bash",
	};
}

static size_t decision(union record *u)
{
	memset(u, 0x5a, sizeof(*u));
	fill_head(&u->head, sizeof(u->decision), BPFLOCK_EVENT_LOCKED_DOWN);
	u->decision.reason = 2;
	u->decision.verdict = BPFLOCK_VERDICT_DENY;
	u->decision.why = BPFLOCK_WHY_PROFILE;
	u->decision.profile = BPFLOCK_PROFILE_BASELINE;
	u->decision.by = 0;
	u->decision.rule_cgroup = 0;
	u->decision.exe_inode = 1234;
	u->decision.exe_dev = 8 << 20 | 1;
	u->decision.exe_flags = u->decision.object_flags = 0;
	strcpy(u->decision.exe, "head/bin/usr/");
	u->decision.exe_len = strlen(u->decision.exe);
	strcpy(u->decision.object, "net-pf-38");
	return sizeof(u->decision);
}

static size_t exec(union record *u)
{
	/* behind the name stands what was in the ring before */
	memset(u, 0x5a, sizeof(*u));
	fill_head(&u->head, sizeof(u->exec), BPFLOCK_EVENT_EXECVE);
	strcpy(u->exec.filename, "./loader");
	u->exec.r.filename_len = strlen("./loader");
	u->exec.r.flags = 0;
	return sizeof(u->exec);
}

static size_t grant(union record *u)
{
	/* texts are padded with NULs, but nobody relies on it */
	memset(u, 0x5a, sizeof(*u));
	fill_head(&u->head, sizeof(u->grant), BPFLOCK_EVENT_GRANT);
	u->grant.body.generation = 3;
	u->grant.body.operations = 1ULL << 2 | 1ULL << 63;
	u->grant.body.expires = 601000;
	u->grant.body.id = 4;
	u->grant.body.action = BPFLOCK_GRANT_REVOKED;
	strcpy(u->grant.body.target, "/system.slice/a.service");
	strcpy(u->grant.body.note, "ticket 7");
	return sizeof(u->grant);
}

static size_t tamper(union record *u)
{
	memset(u, 0x5a, sizeof(*u));
	fill_head(&u->head, sizeof(u->tamper), BPFLOCK_EVENT_TAMPER);
	u->tamper.attempt = BPFLOCK_TAMPER_DETACH;
	u->tamper.reserved = 0;
	u->tamper.id = 1ULL << 40;
	strcpy(u->tamper.object, "locked_down");
	return sizeof(u->tamper);
}

/* From an exactly sized allocation, so that the sanitizer sees every byte read beyond. */
static enum decode_outcome decode(const union record *u, size_t len, struct event *e)
{
	enum decode_outcome outcome;
	void *copy = malloc(len ? len : 1);

	assert_non_null(copy);
	memcpy(copy, u, len);
	outcome = decode_record(copy, len, e);
	free(copy);
	return outcome;
}

/* A refusal by others has no policy's words, and is a refusal. */
TEST(test_others)
{
	static const struct {
		uint8_t by, verdict, why, profile;
		uint64_t rule_cgroup;
		enum decode_outcome outcome;
	} rows[] = {
		{ BPFLOCK_BY_LOCKDOWN, BPFLOCK_VERDICT_DENY, 0, 0, 0, DECODE_OK },
		{ BPFLOCK_BY_OTHER, BPFLOCK_VERDICT_DENY, 0, 0, 0, DECODE_OK },
		{ _BPFLOCK_BY_MAX, BPFLOCK_VERDICT_DENY, 0, 0, 0, DECODE_VALUE },
		{ BPFLOCK_BY_LOCKDOWN, BPFLOCK_VERDICT_AUDIT, 0, 0, 0, DECODE_VALUE },
		{ BPFLOCK_BY_OTHER, BPFLOCK_VERDICT_DENY, BPFLOCK_WHY_BLOCK, 0, 0, DECODE_VALUE },
		{ BPFLOCK_BY_OTHER, BPFLOCK_VERDICT_DENY, 0, BPFLOCK_PROFILE_BASELINE, 0, DECODE_VALUE },
		{ BPFLOCK_BY_OTHER, BPFLOCK_VERDICT_DENY, 0, 0, 7, DECODE_VALUE },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		union record u;
		struct event e = {};
		size_t len = decision(&u);

		u.decision.by = rows[i].by;
		u.decision.verdict = rows[i].verdict;
		u.decision.why = rows[i].why;
		u.decision.profile = rows[i].profile;
		u.decision.rule_cgroup = rows[i].rule_cgroup;
		assert_int_equal(decode_record(&u, len, &e), rows[i].outcome);
		assert_int_equal(e.by, rows[i].outcome == DECODE_OK ? rows[i].by : 0);
	}
}

TEST(test_good)
{
	union record u;
	struct event e;

	assert_int_equal(decode_record(&u, decision(&u), &e), DECODE_OK);
	assert_int_equal(e.kind, EVENT_LOCKED_DOWN);
	assert_int_equal(e.head.seq, 7);
	assert_int_equal(e.count, 1);
	assert_int_equal(e.reason, 2);
	assert_int_equal(e.verdict, BPFLOCK_VERDICT_DENY);
	assert_int_equal(e.why, BPFLOCK_WHY_PROFILE);
	assert_int_equal(e.profile, BPFLOCK_PROFILE_BASELINE);
	assert_int_equal(e.rule_cgroup, 0);
	assert_string_equal(e.head.comm, "head");
	assert_string_equal(e.exe, "/usr/bin/head");
	assert_int_equal(e.exe_inode, 1234);
	assert_int_equal(e.exe_dev, makedev(8, 1));
	assert_false(e.exe_deleted);
	assert_string_equal(e.about, "net-pf-38");

	assert_int_equal(decode_record(&u, exec(&u), &e), DECODE_OK);
	assert_int_equal(e.kind, EVENT_EXECVE);
	assert_string_equal(e.filename, "./loader");
	assert_int_equal(e.filename_len, 8);
	assert_false(e.truncated);

	assert_int_equal(decode_record(&u, grant(&u), &e), DECODE_OK);
	assert_int_equal(e.kind, EVENT_GRANT);
	assert_int_equal(e.count, 1);
	assert_true(e.operations == (1ULL << 2 | 1ULL << 63));
	assert_int_equal(e.expires, 601000);
	assert_int_equal(e.grant, 4);
	assert_int_equal(e.action, BPFLOCK_GRANT_REVOKED);
	assert_string_equal(e.target, "/system.slice/a.service");
	assert_string_equal(e.note, "ticket 7");
	/* what the format has no copy of lies in the record */
	assert_ptr_equal(e.target, u.grant.body.target);
	assert_ptr_equal(e.note, u.grant.body.note);

	assert_int_equal(decode_record(&u, tamper(&u), &e), DECODE_OK);
	assert_int_equal(e.kind, EVENT_TAMPER);
	assert_int_equal(e.count, 1);
	assert_int_equal(e.verdict, BPFLOCK_VERDICT_DENY);
	assert_int_equal(e.attempt, BPFLOCK_TAMPER_DETACH);
	assert_true(e.object_id == 1ULL << 40);
	assert_string_equal(e.object, "locked_down");
	assert_ptr_equal(e.object, u.tamper.object);
}

/* The longest text that a record has room for, and of that what is a whole name. */
#define A50 "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
#define A44 "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"

TEST(test_paths)
{
	enum { CUT = BPFLOCK_PATH_CUT };
	static const struct {
		const char *text;
		uint8_t flags;
		const char *path;
	} rows[] = {
		{ "", 0, "" },
		{ "x/", 0, "/x" },
		{ "head/bin/usr/", 0, "/usr/bin/head" },
		{ "memfd:a", 0, "memfd:a" },
		{ "memfd:a/b", 0, "b/memfd:a" }, /* a name has no '/', so no program writes this */
		{ "memfd:a", CUT, "memfd:a..." },
		{ "head/bin/", CUT, ".../bin/head" },
		{ "head/bin/us", CUT, ".../bin/head" },
		{ "head/bin", CUT, ".../head" },
		{ "", CUT, "..." },
		{ A50 A44 "b", CUT, A50 A44 "b..." },
		{ A50 "/" A44, 0, A44 "/" A50 },
		{ A50 A44 "/", 0, "/" A50 A44 },
		{ A50 A44 "/", CUT, ".../" A50 A44 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		union record u;
		struct event e;
		size_t len = decision(&u);

		strcpy(u.decision.exe, rows[i].text);
		u.decision.exe_len = strlen(rows[i].text);
		u.decision.exe_flags = rows[i].flags | BPFLOCK_PATH_DELETED;
		assert_int_equal(decode(&u, len, &e), DECODE_OK);
		assert_string_equal(e.exe, rows[i].path);
		assert_true(e.exe_deleted);
	}
}

/* An object is text or a path; without it a record is shorter. */
TEST(test_object)
{
	union record u;
	struct event e;
	size_t len = decision(&u);

	strcpy(u.decision.object, "b.ko/lib/");
	assert_int_equal(decode(&u, len, &e), DECODE_OK);
	assert_string_equal(e.about, "b.ko/lib/");
	u.decision.object_flags = BPFLOCK_PATH_REVERSED;
	assert_int_equal(decode(&u, len, &e), DECODE_OK);
	assert_string_equal(e.about, "/lib/b.ko");
	u.decision.object_flags = BPFLOCK_PATH_REVERSED | BPFLOCK_PATH_CUT;
	assert_int_equal(decode(&u, len, &e), DECODE_OK);
	assert_string_equal(e.about, ".../lib/b.ko");
	u.decision.object_flags = BPFLOCK_PATH_CUT;
	assert_int_equal(decode(&u, len, &e), DECODE_OK);
	assert_string_equal(e.about, "b.ko/lib/...");
	memset(u.decision.object, 'x', BPFLOCK_OBJECT_LEN - 1);
	u.decision.object[BPFLOCK_OBJECT_LEN - 1] = '\0';
	assert_int_equal(decode(&u, len, &e), DECODE_OK);
	assert_int_equal(strlen(e.about), BPFLOCK_OBJECT_LEN + 2);

	u.head.size = sizeof(struct bpflock_decision_plain);
	assert_int_equal(decode(&u, u.head.size, &e), DECODE_OK);
	assert_string_equal(e.about, "");
	assert_string_equal(e.exe, "/usr/bin/head");
	/* the same record in a slot that has room for more */
	assert_int_equal(decode_beside(&u.decision, &e), DECODE_OK);
	assert_string_equal(e.about, "");
	u.head.size = UINT32_MAX;
	assert_int_equal(decode_beside(&u.decision, &e), DECODE_SIZE);
}

TEST(test_rule_cgroup)
{
	static const uint64_t ids[] = { 1, 7013, 1ULL << 32, UINT64_MAX };

	for (size_t i = 0; i < ARRAY_SIZE(ids); i++) {
		union record u;
		struct event e;
		size_t len = decision(&u);

		u.decision.rule_cgroup = ids[i];
		assert_int_equal(decode(&u, len, &e), DECODE_OK);
		assert_true(e.rule_cgroup == ids[i]);
	}
}

TEST(test_why)
{
	for (uint32_t why = 0; why < 256; why++) {
		union record u;
		struct event e = { .why = 99 };
		size_t len = decision(&u);

		u.decision.why = why;
		assert_int_equal(decode(&u, len, &e),
				 why < _BPFLOCK_WHY_MAX ? DECODE_OK : DECODE_VALUE);
		assert_int_equal(e.why, why < _BPFLOCK_WHY_MAX ? why : 0);
	}
}

TEST(test_attempts)
{
	for (uint32_t attempt = 0; attempt < 256; attempt++) {
		bool known = attempt < _BPFLOCK_TAMPER_MAX;
		union record u;
		struct event e = { .attempt = 99 };
		size_t len = tamper(&u);

		u.tamper.attempt = attempt;
		if (attempt == BPFLOCK_TAMPER_UNLOAD)
			u.head.retval = 0;
		assert_int_equal(decode(&u, len, &e), known ? DECODE_OK : DECODE_VALUE);
		assert_int_equal(e.attempt, known ? attempt : 0);
		if (known)
			assert_int_equal(e.verdict, attempt == BPFLOCK_TAMPER_UNLOAD
							    ? BPFLOCK_VERDICT_ALLOW
							    : BPFLOCK_VERDICT_DENY);
	}
}

/* Texts that fill their room but for the NUL. */
TEST(test_longest_texts)
{
	union record u;
	struct event e;
	size_t len = grant(&u);

	memset(u.grant.body.target, 't', BPFLOCK_PATH_SHORT - 1);
	u.grant.body.target[BPFLOCK_PATH_SHORT - 1] = '\0';
	memset(u.grant.body.note, 'n', BPFLOCK_NOTE_LEN - 1);
	u.grant.body.note[BPFLOCK_NOTE_LEN - 1] = '\0';
	assert_int_equal(decode_record(&u, len, &e), DECODE_OK);
	assert_int_equal(strlen(e.target), BPFLOCK_PATH_SHORT - 1);
	assert_int_equal(strlen(e.note), BPFLOCK_NOTE_LEN - 1);
	u.grant.body.target[0] = u.grant.body.note[0] = '\0';
	assert_int_equal(decode_record(&u, len, &e), DECODE_OK);
	assert_string_equal(e.target, "");
	assert_string_equal(e.note, "");

	len = tamper(&u);
	memset(u.tamper.object, 'o', BPFLOCK_OBJECT_LEN - 1);
	u.tamper.object[BPFLOCK_OBJECT_LEN - 1] = '\0';
	assert_int_equal(decode_record(&u, len, &e), DECODE_OK);
	assert_int_equal(strlen(e.object), BPFLOCK_OBJECT_LEN - 1);
	u.tamper.object[0] = '\0';
	assert_int_equal(decode_record(&u, len, &e), DECODE_OK);
	assert_string_equal(e.object, "");
}

TEST(test_truncated_name)
{
	union record u;
	struct event e;
	size_t len = exec(&u);

	/* the program says that the name did not fit by a length that does not either */
	memset(u.exec.filename, 'a', sizeof(u.exec.filename) - 1);
	u.exec.filename[sizeof(u.exec.filename) - 1] = '\0';
	u.exec.r.filename_len = sizeof(u.exec.filename);
	u.exec.r.flags = BPFLOCK_EXEC_TRUNCATED;
	assert_int_equal(decode_record(&u, len, &e), DECODE_OK);
	assert_true(e.truncated);
	assert_int_equal(e.filename_len, sizeof(u.exec.filename) - 1);
}

/* One number of a record that is otherwise sound, overwritten. */
struct damage {
	const char *name;
	size_t (*make)(union record *u);
	size_t offset;
	size_t size;
	uint64_t value;
	enum decode_outcome expected;
};

#define DAMAGE(type, make, member, v, outcome)                                                \
	{ #make "." #member, make, offsetof(struct type, member), sizeof(((struct type *)0)->member), v, \
	  outcome }
#define HEAD(...)     DAMAGE(bpflock_record, decision, __VA_ARGS__)
#define DECISION(...) DAMAGE(bpflock_decision_record, decision, __VA_ARGS__)
#define EXEC(...)     DAMAGE(bpflock_exec_record, exec, __VA_ARGS__)
#define GRANT(...)    DAMAGE(bpflock_grant_record, grant, __VA_ARGS__)
#define TAMPER(...)   DAMAGE(bpflock_tamper_record, tamper, __VA_ARGS__)

static const struct damage damages[] = {
	HEAD(abi, BPFLOCK_ABI + 1, DECODE_FOREIGN),
	HEAD(abi, 0, DECODE_FOREIGN),
	HEAD(size, 0, DECODE_SIZE),
	HEAD(size, sizeof(struct bpflock_decision_record) + 8, DECODE_SIZE),
	HEAD(size, UINT32_MAX, DECODE_SIZE),
	HEAD(event, 0, DECODE_EVENT),
	HEAD(event, 99, DECODE_EVENT),
	HEAD(event, BPFLOCK_EVENT_TAMPER + 1, DECODE_EVENT),
	HEAD(event, BPFLOCK_EVENT_EXECVE, DECODE_VALUE), /* its name would be one of no bytes */
	HEAD(event, BPFLOCK_EVENT_GRANT, DECODE_SHORT),
	HEAD(event, BPFLOCK_EVENT_TAMPER, DECODE_SIZE),
	HEAD(seq, 0, DECODE_VALUE),
	HEAD(count, 0, DECODE_VALUE),
	DECISION(verdict, _BPFLOCK_VERDICT_MAX, DECODE_VALUE),
	DECISION(why, _BPFLOCK_WHY_MAX, DECODE_VALUE),
	DECISION(profile, 255, DECODE_VALUE),
	DECISION(exe_flags, _BPFLOCK_PATH_ALL + 1, DECODE_VALUE),
	DECISION(object_flags, 128, DECODE_VALUE),
	DECISION(exe_len, 14, DECODE_VALUE),
	DECISION(exe_inode, UINT64_MAX, DECODE_OK),
	DECISION(exe_dev, UINT32_MAX, DECODE_OK),
	DECISION(reason, UINT32_MAX, DECODE_OK), /* a reason newer than this kernel's BTF */
	EXEC(filename_len, 7, DECODE_VALUE),
	EXEC(filename_len, 9, DECODE_VALUE),
	EXEC(filename_len, UINT32_MAX, DECODE_VALUE),
	EXEC(head.event, BPFLOCK_EVENT_LOCKED_DOWN, DECODE_SIZE),
	EXEC(head.event, BPFLOCK_EVENT_GRANT, DECODE_SHORT),
	GRANT(head.event, BPFLOCK_EVENT_LOCKED_DOWN, DECODE_SIZE),
	GRANT(head.event, BPFLOCK_EVENT_EXECVE, DECODE_VALUE),
	GRANT(head.event, BPFLOCK_EVENT_TAMPER, DECODE_SIZE),
	GRANT(head.size, sizeof(struct bpflock_grant_record) - 1, DECODE_SIZE),
	GRANT(head.seq, 0, DECODE_VALUE),
	GRANT(head.count, 0, DECODE_VALUE),
	GRANT(head.abi, BPFLOCK_ABI - 1, DECODE_FOREIGN),
	GRANT(body.action, _BPFLOCK_GRANT_ACTION_MAX, DECODE_VALUE),
	GRANT(body.action, UINT32_MAX, DECODE_VALUE),
	GRANT(body.action, BPFLOCK_GRANT_GIVEN, DECODE_OK),
	GRANT(body.operations, 0, DECODE_OK),
	GRANT(body.operations, UINT64_MAX, DECODE_OK), /* reasons newer than this kernel's BTF */
	GRANT(body.expires, 0, DECODE_OK),
	GRANT(body.id, UINT32_MAX, DECODE_OK),
	TAMPER(head.event, BPFLOCK_EVENT_LOCKED_DOWN, DECODE_SHORT),
	TAMPER(head.event, BPFLOCK_EVENT_GRANT, DECODE_SHORT),
	TAMPER(head.event, BPFLOCK_EVENT_EXECVE, DECODE_VALUE),
	TAMPER(head.size, sizeof(struct bpflock_tamper_record) + 8, DECODE_SIZE),
	TAMPER(head.seq, 0, DECODE_VALUE),
	TAMPER(head.count, 0, DECODE_VALUE),
	TAMPER(head.retval, 0, DECODE_VALUE), /* the guards record what they refuse */
	TAMPER(head.retval, 1, DECODE_VALUE),
	TAMPER(head.abi, BPFLOCK_ABI + 1, DECODE_FOREIGN),
	TAMPER(attempt, _BPFLOCK_TAMPER_MAX, DECODE_VALUE),
	TAMPER(attempt, UINT32_MAX, DECODE_VALUE),
	TAMPER(attempt, BPFLOCK_TAMPER_UNLOAD, DECODE_VALUE), /* which nothing refuses */
	TAMPER(id, 0, DECODE_OK),
	TAMPER(id, UINT64_MAX, DECODE_OK),
};

TEST(test_damaged)
{
	for (size_t i = 0; i < ARRAY_SIZE(damages); i++) {
		const struct damage *d = &damages[i];
		union record u;
		struct event e = {};
		size_t len = d->make(&u);

		memcpy(u.bytes + d->offset, &d->value, d->size);
		print_message("%s = %llu\n", d->name, (unsigned long long)d->value);
		assert_int_equal(decode(&u, len, &e), d->expected);
	}
}

TEST(test_unterminated)
{
#define TEXT(make, member) { make, offsetof(union record, member), sizeof(((union record *)0)->member) }
	static const struct {
		size_t (*make)(union record *u);
		size_t offset, size;
	} rows[] = {
		TEXT(decision, head.comm),	   TEXT(decision, head.pcomm),
		TEXT(decision, decision.exe),	   TEXT(decision, decision.object),
		TEXT(exec, exec.filename),	   TEXT(grant, grant.body.target),
		TEXT(grant, grant.body.note),	   TEXT(tamper, tamper.object),
	};
	union record u;
	struct event e;
	size_t len;

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		len = rows[i].make(&u);
		memset(u.bytes + rows[i].offset, 'x', rows[i].size);
		if (decode(&u, len, &e) != DECODE_TEXT)
			fail_msg("row %zu", i);
	}
	/* the end of the note is not the end of the target */
	len = grant(&u);
	memset(u.grant.body.target, 't', sizeof(u.grant.body.target));
	u.grant.body.note[0] = '\0';
	assert_int_equal(decode(&u, len, &e), DECODE_TEXT);
}

/* Each length there is, both with the size that the record says and with its own. */
TEST(test_every_length)
{
	static size_t (*const makers[])(union record *u) = { decision, exec, grant, tamper };

	for (size_t m = 0; m < ARRAY_SIZE(makers); m++) {
		union record u;
		struct event e;
		size_t whole = makers[m](&u);

		for (size_t len = 0; len < whole; len++) {
			makers[m](&u);
			assert_int_not_equal(decode(&u, len, &e), DECODE_OK);
			u.head.size = len;
			/* a shorter slot that still ends the name is an exec record as well, and a decision
			 * has no object */
			if ((m == 1 && len > sizeof(struct bpflock_exec_record) + 8) ||
			    (m == 0 && len == sizeof(struct bpflock_decision_plain)))
				assert_int_equal(decode(&u, len, &e), DECODE_OK);
			else
				assert_int_not_equal(decode(&u, len, &e), DECODE_OK);
		}
	}
}

/* A byte more than the layout has, and said to be so. */
TEST(test_oversized)
{
	static size_t (*const makers[])(union record *u) = { decision, grant, tamper };

	for (size_t m = 0; m < ARRAY_SIZE(makers); m++) {
		for (size_t more = 1; more <= 64; more++) {
			struct {
				union record u;
				unsigned char behind[64];
			} slot = {};
			struct event e = {};
			size_t len = makers[m](&slot.u);

			slot.u.head.size = len + more;
			assert_int_equal(decode_record(&slot, len + more, &e), DECODE_SIZE);
			assert_int_equal(e.head.seq, 7);
			assert_int_equal(e.count, 0);
		}
	}
}

/* A refused record of ours still tells its number, another's does not. */
TEST(test_number_of_refused)
{
	union record u;
	struct event e = {};
	size_t len = decision(&u);

	u.decision.verdict = 9;
	assert_int_equal(decode(&u, len, &e), DECODE_VALUE);
	assert_int_equal(e.head.seq, 7);
	e = (struct event){};
	u.head.abi = 12;
	assert_int_equal(decode(&u, len, &e), DECODE_FOREIGN);
	assert_int_equal(e.head.seq, 0);
	assert_int_equal(e.head.abi, 12);
	e = (struct event){};
	len = grant(&u);
	u.grant.body.action = 9;
	assert_int_equal(decode(&u, len, &e), DECODE_VALUE);
	assert_int_equal(e.head.seq, 7);
	assert_null(e.target);
	assert_null(e.note);
	e = (struct event){};
	len = tamper(&u);
	u.tamper.attempt = _BPFLOCK_TAMPER_MAX;
	assert_int_equal(decode(&u, len, &e), DECODE_VALUE);
	assert_int_equal(e.head.seq, 7);
	assert_null(e.object);
}

TEST(test_texts)
{
	for (int i = 0; i < _DECODE_MAX; i++)
		assert_true(strlen(decode_text(i)) > 0);
}
