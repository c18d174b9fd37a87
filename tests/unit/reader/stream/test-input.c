// SPDX-License-Identifier: GPL-2.0-only
/* Pins that bpflock-log finds are read, or refused by name. */
#include <sys/stat.h>

#include "test.h"
#include "pins-lock.h"
#include "message.h"
#include "input.h"
#include "version.h"

/* The functions of pins.h and ring.h, which are replaced below, find this. */
static struct found {
	int pins; /* enum pins_outcome or a negative errno */
	struct bpflock_stamp stamp;
	bool incomplete;
	int lock;
	pid_t holder;
	int reader;
	int ring;
	/* where the log stands */
	struct bpflock_log_state log;
	struct bpflock_reader_state state;
	uint64_t consumer, producer;
} found;

static char told[1024], hinted[1024];

void message_hint(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(hinted, sizeof(hinted), fmt, ap);
	va_end(ap);
}

void message_error(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(told, sizeof(told), fmt, ap);
	va_end(ap);
}

int pins_open_log(const char *bpffs, const char *name, struct pins **ret_pins)
{
	struct pins *p;

	if (found.pins < 0 || found.pins == PINS_ABSENT)
		return found.pins;
	p = calloc(1, sizeof(*p));
	assert_non_null(p);
	assert_true(asprintf(&p->path, "%s/%s", bpffs, name) > 0);
	p->stamp = found.stamp;
	p->log_state_fd = found.incomplete ? -1 : 0;
	p->slots.ask = -1;
	*ret_pins = p;
	return found.pins;
}

struct pins *pins_free(struct pins *p)
{
	if (p)
		free(p->path);
	free(p);
	return NULL;
}

int pins_lock(const char *bpffs, uint64_t wait_ms, int *ret_fd, pid_t *ret_holder)
{
	*ret_holder = found.holder;
	return found.lock;
}

int pins_open_map(const char *set_path, const char *pin, bool writable)
{
	return found.reader ? found.reader : dup(STDERR_FILENO);
}

int pins_read_log_state(const struct pins *p, struct bpflock_log_state *ret)
{
	*ret = found.log;
	return 0;
}

int pins_read_reader_state(const struct pins *p, struct bpflock_reader_state *ret)
{
	*ret = found.state;
	return 0;
}

int ring_open(const char *set_path, bool consume, struct ring *ret_ring)
{
	return found.ring;
}

void ring_close(struct ring *r)
{
}

uint64_t ring_consumer(const struct ring *r)
{
	return found.consumer;
}

uint64_t ring_producer(const struct ring *r)
{
	return found.producer;
}

void overflow_open(const char *set_path, bool consume, struct overflow *ret)
{
}

void overflow_close(struct overflow *b)
{
}

size_t overflow_take(struct overflow *b, uint64_t first, uint64_t last,
		   struct bpflock_decision_record *ret_records, size_t max)
{
	return 0;
}

#define STRING_(s) #s
#define STRING(s)  STRING_(s)
#define OURS                                                                         \
	{                                                                            \
		.magic = BPFLOCK_MAGIC, .abi = BPFLOCK_ABI, .build = BPFLOCK_VERSION \
	}

static const struct {
	struct found found;
	enum exit_status status;
	const char *said;
} rows[] = {
	{ { .pins = PINS_ABSENT }, STATUS_NOT_LOADED, "bpflock is not loaded" },
	{ { .pins = -EACCES }, STATUS_NOT_PERMITTED, "cannot open the maps: Permission denied" },
	{ { .pins = -EIO }, STATUS_FAILED, "cannot open the maps: " },
	/* another format version, older or newer: named, and ours too */
	{ { .pins = PINS_FOREIGN, .stamp = { BPFLOCK_MAGIC, 77, "9.9" } },
	  STATUS_DEGRADED,
	  "/bpflock: made by bpflock 9.9 with pin format 77, but this version has format " STRING(BPFLOCK_ABI) },
	{ { .pins = PINS_FOREIGN, .stamp = { BPFLOCK_MAGIC, 1, "0.0.1" }, .incomplete = true },
	  STATUS_DEGRADED,
	  "made by bpflock 0.0.1 with pin format 1," },
	{ { .pins = PINS_FOREIGN, .stamp = { 0xdeadbeef, BPFLOCK_ABI, "x" } },
	  STATUS_DEGRADED,
	  "/bpflock: not made by bpflock" },
	{ { .pins = PINS_BROKEN, .stamp = OURS, .incomplete = true },
	  STATUS_DEGRADED,
	  "some of its pins are missing" },
	/* the format is ours, the ring is not what we make: overwritten under the reader, say */
	{ { .stamp = OURS, .ring = -EPROTONOSUPPORT },
	  STATUS_DEGRADED,
	  "cannot read the ring: unknown to bpflock-log " BPFLOCK_VERSION },
	{ { .stamp = OURS, .ring = -ENOENT }, STATUS_DEGRADED, "cannot open the ring: No such" },
	{ { .stamp = OURS, .ring = -EPERM }, STATUS_NOT_PERMITTED, "cannot open the ring: Operation not permitted" },
	{ { .stamp = OURS, .reader = -ENOENT }, STATUS_DEGRADED, "the map maps/reader" },
	{ { .stamp = OURS, .lock = PINS_BUSY, .holder = 77 }, STATUS_BUSY, "process 77 drains it already" },
	{ { .stamp = OURS, .lock = PINS_BUSY }, STATUS_BUSY, "another process drains it already" },
};

TEST(test_refused)
{
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct input s = INPUT_INIT;
		enum exit_status status;

		told[0] = '\0';
		found = rows[i].found;
		status = input_open("/nonexistent", true, &s);
		if (status != rows[i].status || !strstr(told, rows[i].said))
			fail_msg("row %zu: status %d, \"%s\"", i, (int)status, told);
		/* nothing of it was taken over */
		assert_null(s.pins);
		assert_int_equal(s.lock_fd, -1);
	}
}

/* The filter of system calls refuses with EPERM, and it is the runtime's; the files refuse with EACCES. */
TEST(test_refused_in_a_container)
{
	static const struct {
		const char *container;
		struct found found;
		const char *hint; /* NULL: not one about containers */
	} hints[] = {
		{ "oci", { .stamp = OURS, .ring = -EPERM }, "use --privileged, or --security-opt seccomp=unconfined" },
		{ "lxc", { .stamp = OURS, .ring = -EPERM }, "run it on the host" },
		{ "", { .stamp = OURS, .ring = -EPERM }, NULL },
		{ "oci", { .stamp = OURS, .ring = -EACCES }, NULL },
		{ "oci", { .pins = PINS_ABSENT }, "use -v /nonexistent:/nonexistent" },
		{ "lxc", { .pins = PINS_ABSENT }, "run it on the host" },
		{ "", { .pins = PINS_ABSENT }, "bpflock" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(hints); i++) {
		struct input s = INPUT_INIT;

		hinted[0] = '\0';
		found = hints[i].found;
		setenv("container", hints[i].container, 1);
		assert_int_not_equal(input_open("/nonexistent", true, &s), STATUS_OK);
		if (hints[i].hint ? strcmp(hinted, hints[i].hint) != 0 : strstr(hinted, "--") || strstr(hinted, "host"))
			fail_msg("row %zu: \"%s\"", i, hinted);
	}
	unsetenv("container");
}

TEST(test_opened)
{
	char bpffs[] = "/tmp/bpflock-source-XXXXXX", set[64], maps[80];
	struct input s = INPUT_INIT;

	assert_non_null(mkdtemp(bpffs));
	snprintf(set, sizeof(set), "%s/bpflock", bpffs);
	snprintf(maps, sizeof(maps), "%s/maps", set);
	assert_int_equal(mkdir(set, 0700), 0);
	assert_int_equal(mkdir(maps, 0700), 0);
	told[0] = '\0';
	found = (struct found){ .stamp = OURS };
	assert_int_equal(input_open(bpffs, true, &s), STATUS_OK);
	assert_int_equal(input_changed(&s), INPUT_SAME);
	rmdir(maps);
	assert_int_equal(input_changed(&s), INPUT_GONE);
	/* replaced whenever one looks */
	input_close(&s);
	assert_int_equal(input_open(bpffs, true, &s), STATUS_FAILED);
	assert_non_null(strstr(told, "it is replaced again and again"));
	rmdir(set);
	rmdir(bpffs);
}

/* A record that a killed reader had accounted for is not read again: its room would count twice. */
TEST(test_started)
{
	static const struct {
		struct found found;
		uint64_t position, seq;
	} starts[] = {
		{ { .log = { 9 }, .state = { .seq = 5 }, .consumer = 800, .producer = 1600 }, 800, 5 },
		{ { .log = { 9 }, .state = { .seq = 7, .position = 1200 }, .consumer = 800,
		    .producer = 1600 },
		  1200, 7 },
		{ { .log = { 9 }, .state = { .seq = 9, .position = 1600 }, .consumer = 800,
		    .producer = 1600 },
		  1600, 9 },
		/* not of this ring */
		{ { .log = { 9 }, .state = { .seq = 7, .position = 1608 }, .consumer = 800,
		    .producer = 1600 },
		  800, 7 },
		{ { .log = { 9 }, .state = { .seq = 7, .position = 400 }, .consumer = 800,
		    .producer = 1600 },
		  800, 7 },
		{ { .log = { 9 }, .state = { .seq = 10, .position = 1200 }, .consumer = 800,
		    .producer = 1600 },
		  800, 0 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(starts); i++) {
		struct input s = INPUT_INIT;
		struct bpflock_reader_state reader;
		uint64_t position;

		found = starts[i].found;
		assert_int_equal(input_start(&s, &position, &reader), 0);
		assert_int_equal(position, starts[i].position);
		assert_int_equal(reader.seq, starts[i].seq);
	}
}
