// SPDX-License-Identifier: GPL-2.0-only
/* Entries of the journal, as journald takes them apart, and how they get there. */
#include <endian.h>
#include <fcntl.h>
#include <sys/stat.h>

#include "test.h"
#include "operations.h"
#include "format.h"
#include "journal.h"

static struct out out;
static struct wallclock wallclock;
static struct bpflock_operation operations[BPFLOCK_REASONS];
static struct format_context context = { .out = &out,
					 .clock = &wallclock,
					 .operations = operations };

static int setup(void **state)
{
	operations_assume(operations);
	wallclock_init(&wallclock, true);
	wallclock.offset = 1644578638LL * 1000000000 - 1234LL * 1000000000;
	out.len = 0;
	return 0;
}

static struct event decision(uint8_t verdict)
{
	return (struct event){
		.kind = EVENT_LOCKED_DOWN, .count = 3, .reason = 2, .verdict = verdict,
		.why = BPFLOCK_WHY_PROFILE, .profile = BPFLOCK_PROFILE_BASELINE,
		.head = { .time = 1234567890123, .seq = 7, .tgid = 70902, .pid = 70903, .retval = -1,
			  .comm = "head" },
	};
}

/* The value of a field of entry[len], or NULL if it has none. Fails for what is no entry. */
static const char *field(const char *entry, size_t len, const char *key, size_t *ret_len)
{
	const char *found = NULL, *end = entry + len;

	while (entry < end) {
		const char *line = memchr(entry, '\n', end - entry);
		const char *equals = memchr(entry, '=', line ? line - entry : 0);
		size_t n = (equals ? equals : line) - entry, value_len;
		const char *value = (equals ? equals : line) + 1;
		uint64_t told;

		assert_non_null(line);
		assert_true(n > 0 && n <= 64 && strspn(entry, "ABCDEFGHIJKLMNOPQRSTUVWXYZ_") == n &&
			    entry[0] != '_');
		value_len = line - value;
		if (!equals) {
			assert_true((size_t)(end - value) > sizeof(told));
			memcpy(&told, value, sizeof(told));
			value += sizeof(told);
			value_len = le64toh(told);
			assert_true(value_len < (size_t)(end - value));
			assert_int_equal(value[value_len], '\n');
		}
		if (strlen(key) == n && memcmp(entry, key, n) == 0) {
			assert_null(found);
			found = value;
			*ret_len = value_len;
		}
		entry = value + value_len + 1;
	}
	return found;
}

static void expect(const char *entry, size_t len, const char *key, const char *expected)
{
	size_t n = 0;
	const char *value = field(entry, len, key, &n);

	if (!expected) {
		assert_null(value);
		return;
	}
	if (!value)
		fail_msg("no %s", key);
	assert_int_equal(n, strlen(expected));
	assert_memory_equal(value, expected, n);
}

static const char *one_entry(const struct event *e, size_t *ret_len)
{
	const char *entry;

	out.len = 0;
	format_journal(&context, e);
	assert_int_equal(journal_next(out.data, out.len, &entry, ret_len), out.len);
	return entry;
}

TEST_WITH(test_fields, setup, NULL)
{
	struct event e = decision(BPFLOCK_VERDICT_DENY);
	size_t len;
	const char *entry = one_entry(&e, &len);

	expect(entry, len, "MESSAGE", "DENY dev_mem head[70902] uid=0 denied (baseline) x3");
	expect(entry, len, "SYSLOG_IDENTIFIER", "bpflock");
	expect(entry, len, "MESSAGE_ID", "cc81e562d3f74e8582d6b74ac3b8be86");
	expect(entry, len, "PRIORITY", "4");
	expect(entry, len, "BPFLOCK_EVENT", "lsm_locked_down");
	expect(entry, len, "BPFLOCK_OPERATION", "dev_mem");
	expect(entry, len, "BPFLOCK_DESCRIPTION", "/dev/mem,kmem,port");
	expect(entry, len, "BPFLOCK_DECISION", "deny");
	expect(entry, len, "BPFLOCK_REASON", "denied (baseline)");
	expect(entry, len, "BPFLOCK_PID", "70902");
	expect(entry, len, "BPFLOCK_TID", "70903");
	expect(entry, len, "BPFLOCK_SCHEMA", "1");
	expect(entry, len, "BPFLOCK_RETVAL", "-1");
	expect(entry, len, "BPFLOCK_COMM", "head");
	expect(entry, len, "BPFLOCK_PCOMM", "");
	expect(entry, len, "BPFLOCK_COUNT", "3");
	expect(entry, len, "BPFLOCK_TIME", "2022-02-11T11:23:58.567890Z");
	expect(entry, len, "BPFLOCK_BOOTTIME_NS", "1234567890123");
	expect(entry, len, "BPFLOCK_FILENAME", NULL);
	expect(entry, len, "BPFLOCK_RULE_CGROUP_ID", NULL);
}

TEST_WITH(test_tampering, setup, NULL)
{
	struct event e = {
		.kind = EVENT_TAMPER, .count = 1, .verdict = BPFLOCK_VERDICT_DENY,
		.attempt = BPFLOCK_TAMPER_DETACH, .object_id = 21,
		.object = "a\nPRIORITY=7\n",
		.head = { .time = 1234567890123, .seq = 7, .tgid = 1901, .retval = -1, .comm = "umount" },
	};
	size_t len;
	const char *entry = one_entry(&e, &len);

	expect(entry, len, "MESSAGE",
	       "DENY detach umount[1901] uid=0 sealed: a\\x0aPRIORITY=7\\x0a");
	expect(entry, len, "PRIORITY", "4");
	expect(entry, len, "BPFLOCK_EVENT", "tamper");
	expect(entry, len, "BPFLOCK_DECISION", "deny");
	expect(entry, len, "BPFLOCK_RETVAL", "-1");
	expect(entry, len, "BPFLOCK_ATTEMPT", "detach");
	expect(entry, len, "BPFLOCK_OBJECT", e.object);
	expect(entry, len, "BPFLOCK_OBJECT_ID", "21");
	expect(entry, len, "BPFLOCK_OPERATION", NULL);
	expect(entry, len, "BPFLOCK_GENERATION", NULL);
}

TEST_WITH(test_priorities, setup, NULL)
{
	struct event events[] = {
		decision(BPFLOCK_VERDICT_DENY),
		decision(BPFLOCK_VERDICT_AUDIT),
		decision(BPFLOCK_VERDICT_ALLOW),
		{ .kind = EVENT_EXECVE, .filename = "x", .filename_len = 1 },
		{ .kind = EVENT_GRANT, .target = "/", .note = "", .operations = 6 },
		{ .kind = EVENT_TAMPER, .verdict = BPFLOCK_VERDICT_DENY, .object = "proof" },
		{ .kind = EVENT_LOST, .count = 1 },
		{ .kind = EVENT_INVALID, .count = 1 },
	};
	static const char *const expected[] = { "4", "5", "6", "6", "5", "4", "3", "3" };
	/* for ever the same */
	static const char *const ids[] = {
		"cc81e562d3f74e8582d6b74ac3b8be86", "a7b13dfb31f142f1a44ae6ce05e905e2",
		"c4872698d17e4777a1d5ffecadee1471", "90cff3ca6b0f45af90573f06d5b37a17",
		"60103b0e3d224ebe8b48e03c5326f824", "ae9173abeeae45dfb4cfc6ed60a07310",
		"d03d93fc12fd49ab87a27a4b63388e2c", "e7ab5b7d60834096978ffaea814dba36",
	};

	for (size_t i = 0; i < ARRAY_SIZE(events); i++) {
		size_t len;
		const char *entry = one_entry(&events[i], &len);

		expect(entry, len, "PRIORITY", expected[i]);
		expect(entry, len, "MESSAGE_ID", ids[i]);
		if (events[i].kind == EVENT_GRANT)
			expect(entry, len, "BPFLOCK_OPERATIONS", "unsigned_module,dev_mem");
	}
}

/* Bytes of a name can neither end its field nor begin another. */
TEST_WITH(test_hostile, setup, NULL)
{
	static const char *const names[] = {
		"a\nPRIORITY=7\n", "\n", "=", "a=b", "\xff\xfe", "\033[2J", "tab\there", "", "\"\\",
	};

	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		struct event e = { .kind = EVENT_EXECVE, .filename = names[i],
				   .filename_len = strlen(names[i]) };
		size_t len, n = 0;
		const char *entry, *message;

		strncpy(e.head.comm, names[i], sizeof(e.head.comm) - 1);
		entry = one_entry(&e, &len);
		expect(entry, len, "BPFLOCK_FILENAME", names[i]);
		expect(entry, len, "BPFLOCK_COMM", e.head.comm);
		expect(entry, len, "PRIORITY", "6");
		message = field(entry, len, "MESSAGE", &n);
		for (size_t k = 0; k < n; k++)
			assert_in_range((unsigned char)message[k], 0x20, 0x7e);
	}
}

TEST_WITH(test_batch, setup, NULL)
{
	struct event e = decision(BPFLOCK_VERDICT_DENY);
	const char *entry, *batch = out.data;
	size_t n, len, seen = 0, rest;

	for (int i = 0; i < 3; i++)
		format_journal(&context, &e);
	for (rest = out.len; (n = journal_next(batch, rest, &entry, &len)); batch += n, rest -= n) {
		expect(entry, len, "PRIORITY", "4");
		seen++;
	}
	assert_int_equal(seen, 3);
	assert_int_equal(rest, 0);
}

/* A journald is played from this directory. */
static char directory[] = "/tmp/bpflock-journal-XXXXXX";
static char path[64];
static int listener = -1;

static int setup_listener(void **state)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };

	setup(state);
	strcpy(directory + strlen(directory) - 6, "XXXXXX");
	assert_non_null(mkdtemp(directory));
	snprintf(path, sizeof(path), "%s/socket", directory);
	strcpy(address.sun_path, path);
	listener = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	assert_int_equal(bind(listener, (struct sockaddr *)&address, sizeof(address)), 0);
	return 0;
}

static int teardown_listener(void **state)
{
	close_fdp(&listener);
	unlink(path);
	rmdir(directory);
	return 0;
}

/* Receives a datagram, and the fd that came with it or -1. */
static ssize_t receive(char *buffer, size_t size, int *ret_fd)
{
	union {
		struct cmsghdr head;
		char room[CMSG_SPACE(sizeof(int))];
	} control;
	struct iovec whole = { buffer, size };
	struct msghdr m = { .msg_iov = &whole, .msg_iovlen = 1, .msg_control = &control,
			    .msg_controllen = sizeof(control) };
	ssize_t n = recvmsg(listener, &m, MSG_CMSG_CLOEXEC);
	struct cmsghdr *c = CMSG_FIRSTHDR(&m);

	*ret_fd = -1;
	if (c)
		memcpy(ret_fd, CMSG_DATA(c), sizeof(*ret_fd));
	return n;
}

TEST_WITH(test_datagram, setup_listener, teardown_listener)
{
	struct event e = decision(BPFLOCK_VERDICT_DENY);
	struct journal j;
	char buffer[4096];
	size_t len;
	const char *entry = one_entry(&e, &len);
	int fd;

	assert_int_equal(journal_open(path, &j), 0);
	assert_int_equal(journal_send(&j, entry, len), 0);
	assert_int_equal(receive(buffer, sizeof(buffer), &fd), len);
	assert_memory_equal(buffer, entry, len);
	assert_int_equal(fd, -1);
	close_fdp(&j.fd);
}

TEST_WITH(test_memfd, setup_listener, teardown_listener)
{
	static char name[BPFLOCK_PATH_MAX], buffer[8 * BPFLOCK_PATH_MAX];
	struct event e = { .kind = EVENT_EXECVE, .filename = name };
	struct journal j;
	size_t len;
	const char *entry;
	int fd;

	memset(name, '\n', sizeof(name) - 1);
	e.filename_len = sizeof(name) - 1;
	entry = one_entry(&e, &len);
	assert_int_equal(journal_open(path, &j), 0);
	assert_int_equal(setsockopt(j.fd, SOL_SOCKET, SO_SNDBUF, &(int){ 1 }, sizeof(int)), 0);
	assert_int_equal(journal_send(&j, entry, len), 0);
	assert_int_equal(receive(buffer, sizeof(buffer), &fd), 0);
	assert_true(fd >= 0);
	assert_int_equal(fcntl(fd, F_GET_SEALS),
			 F_SEAL_SEAL | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE);
	assert_true(len < sizeof(buffer));
	assert_int_equal(pread(fd, buffer, sizeof(buffer), 0), len);
	assert_memory_equal(buffer, entry, len);
	close(fd);
	close_fdp(&j.fd);
}

TEST_WITH(test_nobody, setup_listener, teardown_listener)
{
	struct journal j;
	char longest[200];

	memset(longest, 'x', sizeof(longest) - 1);
	longest[sizeof(longest) - 1] = '\0';
	assert_int_equal(journal_open(longest, &j), -ENAMETOOLONG);
	assert_int_equal(journal_open("/nonexistent/socket", &j), -ENOENT);
	assert_int_equal(journal_open(path, &j), 0);
	close_fdp(&listener);
	listener = -1;
	assert_int_equal(journal_send(&j, "A=b\n", 4), -ECONNREFUSED);
	close_fdp(&j.fd);
	assert_int_equal(journal_open(path, &j), -ECONNREFUSED);
	unlink(path);
	assert_int_equal(journal_open(path, &j), -ENOENT);
}
