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

#include "../../policy/util.h"
#include "../../policy/decode.h"

struct exec {
	struct bpflock_exec_record r;
	char filename[BPFLOCK_PATH_SHORT];
};

union record {
	struct bpflock_record head;
	struct bpflock_decision_record decision;
	struct exec exec;
	unsigned char bytes[sizeof(struct exec)];
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
	assert_string_equal(e.head.comm, "head");

	assert_int_equal(decode_record(&u, exec(&u), &e), DECODE_OK);
	assert_int_equal(e.kind, EVENT_EXECVE);
	assert_string_equal(e.filename, "./loader");
	assert_int_equal(e.filename_len, 8);
	assert_false(e.truncated);
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

static const struct damage damages[] = {
	HEAD(abi, BPFLOCK_ABI + 1, DECODE_FOREIGN),
	HEAD(abi, 0, DECODE_FOREIGN),
	HEAD(size, 0, DECODE_SIZE),
	HEAD(size, sizeof(struct bpflock_decision_record) + 8, DECODE_SIZE),
	HEAD(size, UINT32_MAX, DECODE_SIZE),
	HEAD(event, 0, DECODE_EVENT),
	HEAD(event, 99, DECODE_EVENT),
	HEAD(event, BPFLOCK_EVENT_EXECVE, DECODE_SHORT),
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
}

/* Each length there is, both with the size that the record says and with its own. */
static void test_every_length(void **state)
{
	static size_t (*const makers[])(union record *u) = { decision, exec };

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
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_good),
		cmocka_unit_test(test_truncated_name),
		cmocka_unit_test(test_damaged),
		cmocka_unit_test(test_unterminated),
		cmocka_unit_test(test_every_length),
		cmocka_unit_test(test_number_of_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
