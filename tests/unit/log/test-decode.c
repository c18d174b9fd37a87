// SPDX-License-Identifier: GPL-2.0-only
/* Records as they come out of the ring, sound and unsound ones. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "decode.h"
#include "util.h"

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
	u->decision.reserved = 0;
	u->decision.rule_cgroup = 0;
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

static void test_good(void **state)
{
	union record u;
	struct event e;

	(void)state;
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

static void test_rule_cgroup(void **state)
{
	static const uint64_t ids[] = { 1, 7013, 1ULL << 32, UINT64_MAX };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(ids); i++) {
		union record u;
		struct event e;
		size_t len = decision(&u);

		u.decision.rule_cgroup = ids[i];
		assert_int_equal(decode(&u, len, &e), DECODE_OK);
		assert_true(e.rule_cgroup == ids[i]);
	}
}

static void test_why(void **state)
{
	(void)state;
	for (uint32_t why = 0; why < 256; why++) {
		union record u;
		struct event e = { .why = 99 };
		size_t len = decision(&u);

		u.decision.why = why;
		assert_int_equal(decode(&u, len, &e),
				 why < _BPFLOCK_WHY_MAX ? DECODE_OK : DECODE_VALUE);
		assert_int_equal(e.why, why < _BPFLOCK_WHY_MAX ? why : 99);
	}
}

/* Texts that fill their room but for the NUL. */
static void test_longest_texts(void **state)
{
	union record u;
	struct event e;
	size_t len = grant(&u);

	(void)state;
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

static void test_attempts(void **state)
{
	(void)state;
	for (uint32_t attempt = 0; attempt < 256; attempt++) {
		bool known = attempt < _BPFLOCK_TAMPER_MAX;
		union record u;
		struct event e = { .attempt = 99 };
		size_t len = tamper(&u);

		u.tamper.attempt = attempt;
		if (attempt == BPFLOCK_TAMPER_UNLOAD)
			u.head.retval = 0;
		assert_int_equal(decode(&u, len, &e), known ? DECODE_OK : DECODE_VALUE);
		assert_int_equal(e.attempt, known ? attempt : 99);
		if (known)
			assert_int_equal(e.verdict, attempt == BPFLOCK_TAMPER_UNLOAD
							    ? BPFLOCK_VERDICT_ALLOW
							    : BPFLOCK_VERDICT_DENY);
	}
}

static void test_truncated_name(void **state)
{
	union record u;
	struct event e;
	size_t len = exec(&u);

	(void)state;
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

#define HEAD(member, v, outcome)                                                            \
	{ "head." #member, decision, offsetof(struct bpflock_record, member),              \
	  sizeof(((struct bpflock_record *)0)->member), v, outcome }
#define DECISION(member, v, outcome)                                                            \
	{ "decision." #member, decision, offsetof(struct bpflock_decision_record, member),     \
	  sizeof(((struct bpflock_decision_record *)0)->member), v, outcome }
#define EXEC(member, v, outcome)                                                        \
	{ "exec." #member, exec, offsetof(struct bpflock_exec_record, member),         \
	  sizeof(((struct bpflock_exec_record *)0)->member), v, outcome }
#define GRANT(member, v, outcome)                                                         \
	{ "grant." #member, grant, offsetof(struct bpflock_grant_record, member),        \
	  sizeof(((struct bpflock_grant_record *)0)->member), v, outcome }

#define TAMPER(member, v, outcome)                                                          \
	{ "tamper." #member, tamper, offsetof(struct bpflock_tamper_record, member),        \
	  sizeof(((struct bpflock_tamper_record *)0)->member), v, outcome }

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
	HEAD(event, BPFLOCK_EVENT_TAMPER, DECODE_SHORT),
	HEAD(seq, 0, DECODE_VALUE),
	HEAD(count, 0, DECODE_VALUE),
	DECISION(verdict, _BPFLOCK_VERDICT_MAX, DECODE_VALUE),
	DECISION(why, _BPFLOCK_WHY_MAX, DECODE_VALUE),
	DECISION(profile, 255, DECODE_VALUE),
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
	TAMPER(head.event, BPFLOCK_EVENT_LOCKED_DOWN, DECODE_SIZE),
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

static void test_damaged(void **state)
{
	(void)state;
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

static void test_unterminated(void **state)
{
	union record u;
	struct event e;
	size_t len = decision(&u);

	(void)state;
	memset(u.head.comm, 'c', sizeof(u.head.comm));
	assert_int_equal(decode(&u, len, &e), DECODE_TEXT);
	len = decision(&u);
	memset(u.head.pcomm, 'p', sizeof(u.head.pcomm));
	assert_int_equal(decode(&u, len, &e), DECODE_TEXT);
	len = exec(&u);
	memset(u.exec.filename, 'f', sizeof(u.exec.filename));
	assert_int_equal(decode(&u, len, &e), DECODE_TEXT);
	len = grant(&u);
	memset(u.grant.body.target, 't', sizeof(u.grant.body.target));
	assert_int_equal(decode(&u, len, &e), DECODE_TEXT);
	len = grant(&u);
	memset(u.grant.body.note, 'n', sizeof(u.grant.body.note));
	assert_int_equal(decode(&u, len, &e), DECODE_TEXT);
	/* the end of the note is not the end of the target */
	len = grant(&u);
	memset(u.grant.body.target, 't', sizeof(u.grant.body.target));
	u.grant.body.note[0] = '\0';
	assert_int_equal(decode(&u, len, &e), DECODE_TEXT);
	len = tamper(&u);
	memset(u.tamper.object, 'o', sizeof(u.tamper.object));
	assert_int_equal(decode(&u, len, &e), DECODE_TEXT);
}

/* Each length there is, both with the size that the record says and with its own. */
static void test_every_length(void **state)
{
	static size_t (*const makers[])(union record *u) = { decision, exec, grant, tamper };

	(void)state;
	for (size_t m = 0; m < ARRAY_SIZE(makers); m++) {
		union record u;
		struct event e;
		size_t whole = makers[m](&u);

		for (size_t len = 0; len < whole; len++) {
			makers[m](&u);
			assert_int_not_equal(decode(&u, len, &e), DECODE_OK);
			u.head.size = len;
			/* a shorter slot that still ends the name is an exec record as well */
			if (m == 1 && len > sizeof(struct bpflock_exec_record) + 8)
				assert_int_equal(decode(&u, len, &e), DECODE_OK);
			else
				assert_int_not_equal(decode(&u, len, &e), DECODE_OK);
		}
	}
}

/* A byte more than the layout has, and said to be so. */
static void test_oversized(void **state)
{
	static size_t (*const makers[])(union record *u) = { decision, grant, tamper };

	(void)state;
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
static void test_number_of_refused(void **state)
{
	union record u;
	struct event e = {};
	size_t len = decision(&u);

	(void)state;
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

static void test_texts(void **state)
{
	(void)state;
	for (int i = 0; i < _DECODE_MAX; i++)
		assert_true(strlen(decode_text(i)) > 0);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_good),
		cmocka_unit_test(test_rule_cgroup),
		cmocka_unit_test(test_why),
		cmocka_unit_test(test_longest_texts),
		cmocka_unit_test(test_attempts),
		cmocka_unit_test(test_truncated_name),
		cmocka_unit_test(test_damaged),
		cmocka_unit_test(test_unterminated),
		cmocka_unit_test(test_every_length),
		cmocka_unit_test(test_oversized),
		cmocka_unit_test(test_number_of_refused),
		cmocka_unit_test(test_texts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
