// SPDX-License-Identifier: GPL-2.0-only
/*
 * The reader takes so long for a record, from the ring to the write of a batch, in each format. The
 * floor is what one would write first: libbpf's own consumer, with fprintf() of the same fields.
 * Records are left in the ring, so that all read the same ones.
 */
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "cgroupfs-open.h"
#include "operations.h"
#include "pins.h"
#include "ring.h"
#include "util.h"
#include "cgroups.h"
#include "stream.h"
#include "floor.h"
#include "measure.h"

#define TARGET_NS  1000 /* for a record as json */
#define TARGET_MIB 8

static struct out out;
static int sink = -1;

static int last_seq(void *arg, uint64_t *ret_seq)
{
	*ret_seq = UINT64_MAX;
	return 0;
}

static void flush(void)
{
	if (write(sink, out.data, out.len) != (ssize_t)out.len)
		die("/dev/null");
	out.len = 0;
}

/* Everything in the ring, as tail prints it; ns per record. */
static double read_as(const struct format *format, struct format_context *c,
		      const struct ring *ring)
{
	static struct stream feed;
	uint64_t start = now(), invalid = 0, records = feed.records;
	enum stream_outcome outcome;

	feed.format = format;
	feed.context = c;
	feed.last_seq = last_seq;
	stream_init(&feed, ring, ring_consumer(ring), 0);
	do {
		wallclock_refresh(c->clock);
		outcome = stream_run(&feed, UINT64_MAX);
		flush();
	} while (outcome == STREAM_FULL);
	for (size_t i = 0; i < _DECODE_MAX; i++)
		invalid += feed.invalid[i];
	records = feed.records - records;
	if (!records || feed.gaps.lost || invalid) {
		errno = EBADMSG;
		die("the ring");
	}
	return (double)(now() - start) / records;
}

/* Prints ns per record. floor does the same by other means, the unit of the ratios; target_ns is for a record as
 * json, 0 for none. */
static void compare(const char *part, struct format_context *c, const struct ring *ring,
		    double (*floor)(void *arg), void *arg, double target_ns)
{
	static double floors[ROUNDS_MAX], values[8][ROUNDS_MAX];
	const unsigned int n = effort.rounds;
	char name[64];

	for (unsigned int r = 0; r < n; r++) {
		floors[r] = floor(arg);
		for (size_t i = 0; i < formats_count; i++)
			values[i][r] = read_as(&formats[i], c, ring);
	}
	snprintf(name, sizeof(name), "%s/fprintf", part);
	print_rounds(name, floors, floors, 1, n, 0);
	for (size_t i = 0; i < formats_count; i++) {
		snprintf(name, sizeof(name), "%s/%s", part, formats[i].name);
		print_rounds(name, values[i], floors, 1, n, 0);
		if (target_ns == 0 || strcmp(formats[i].name, "json") != 0)
			continue;
		snprintf(name, sizeof(name), "%s/json-ns", part);
		print_rounds(name, values[i], NULL, 1, n, target_ns);
		snprintf(name, sizeof(name), "%s/json-million-records-a-second", part);
		print(name, 1000 / median(values[i], n), 0, 0);
	}
}

static void prepare(struct format_context *c, struct wallclock *clock, struct cgroups *cgroups)
{
	int root = cgroupfs_open();

	sink = open("/dev/null", O_WRONLY | O_CLOEXEC);
	if (sink < 0)
		die("/dev/null");
	wallclock_init(clock, true);
	cgroups_init(cgroups, root < 0 ? -1 : root);
	*c = (struct format_context){ .out = &out, .clock = clock, .cgroups = cgroups };
}

/* A ring as the kernel maps it, in memory. */
#define MEMORY_SIZE (1 << 20)

struct memory {
	struct ring ring;
	struct floor floor;
	unsigned long producer, consumer;
	uint8_t data[2 * MEMORY_SIZE]; /* everything twice */
};

static double walk_memory(void *arg)
{
	struct memory *m = arg;
	uint64_t position = m->consumer, start = now();
	const void *record;
	unsigned int n = 0;
	size_t len;

	for (; ring_next(&m->ring, &position, &record, &len) == RING_RECORD; n++)
		floor_print(&m->floor, record);
	floor_flush(&m->floor);
	return (double)(now() - start) / n;
}

#define MEMORY_CGROUP 4711

static void fill(struct memory *m, uint32_t reason)
{
	struct bpflock_decision_record r = {
		.head = { .size = sizeof(r),
			  .abi = BPFLOCK_ABI,
			  .event = BPFLOCK_EVENT_LOCKED_DOWN,
			  .time = 123456789012345,
			  .generation = 1,
			  .cgroup_id = MEMORY_CGROUP,
			  .tgid = 1234,
			  .pid = 1234,
			  .ppid = 1200,
			  .uid = 1000,
			  .pidns = 4026531836,
			  .netns = 4026531840,
			  .retval = -1,
			  .count = 1,
			  .comm = "modprobe",
			  .pcomm = "systemd-udevd" },
		.reason = reason,
		.verdict = BPFLOCK_VERDICT_DENY,
		.profile = BPFLOCK_PROFILE_BASELINE,
	};
	const size_t whole = BPFLOCK_RING_BYTES(sizeof(r));

	while (m->producer + whole <= MEMORY_SIZE) {
		uint32_t header[] = { sizeof(r), 0 };

		r.head.seq++;
		r.head.time += 1000;
		memcpy(m->data + m->producer, header, sizeof(header));
		memcpy(m->data + m->producer + sizeof(header), &r, sizeof(r));
		m->producer += whole;
	}
	memcpy(m->data + MEMORY_SIZE, m->data, MEMORY_SIZE);
}

void formats_in_memory(void)
{
	static struct bpflock_operation operations[BPFLOCK_REASONS];
	static struct memory memory;
	static struct cgroups cgroups;
	struct format_context c;
	struct wallclock clock;

	operations_assume(operations);
	prepare(&c, &clock, &cgroups);
	c.operations = operations;
	/* known for good */
	cgroups_seen(&cgroups, MEMORY_CGROUP, "/system.slice/systemd-udevd.service",
		     UINT64_MAX / 2);
	fill(&memory, __builtin_ctzll(operations_bit(operations, "unsigned_module")));
	ring_init(&memory.ring, memory.data, MEMORY_SIZE, &memory.producer, &memory.consumer);
	floor_init(&memory.floor, &c);
	compare("formats", &c, &memory.ring, walk_memory, &memory, TARGET_NS);
}

struct consumer {
	struct ring ring;
	struct ring_buffer *rb;
	struct floor floor;
};

static int consume(void *arg, void *data, size_t size)
{
	floor_print(arg, data);
	return 0;
}

/* The consumer's position, which libbpf moves, is put back. */
static double consume_all(void *arg)
{
	struct consumer *c = arg;
	uint64_t position = ring_consumer(&c->ring), start = now();
	int n = ring_buffer__consume(c->rb);
	double ns;

	if (n <= 0) {
		errno = n < 0 ? -n : ENODATA;
		die("ring_buffer__consume");
	}
	floor_flush(&c->floor);
	ns = (double)(now() - start) / n;
	ring_release(&c->ring, position);
	return ns;
}

static void peak_rss(void)
{
	struct rusage usage;
	long rss = 0;

	for (unsigned int r = 0; r < 3; r++) {
		run("bpflock --profile privileged --coalesce 0 && flood 20000 1", NULL);
		run("exec timeout --preserve-status 3 bpflock-log drain -o json 2>/dev/null",
		    &usage);
		if (usage.ru_maxrss > rss)
			rss = usage.ru_maxrss;
		run(UNLOAD, NULL);
	}
	print("reader/tail-peak-rss-mib", rss / 1024.0, TARGET_MIB, 0);
}

void reader(void)
{
	static struct cgroups cgroups;
	struct consumer consumer = {};
	struct format_context c;
	struct wallclock clock;
	struct pins *pins;
	int r;

	/* more decisions than there is room for */
	run("bpflock --profile privileged --coalesce 0 --ring-size 2M && flood 20000 1", NULL);
	r = pins_open_log(pins_bpffs(NULL), PINS_PUBLISHED, &pins);
	if (r == 0)
		r = ring_open(pins->path, true, &consumer.ring);
	if (r != 0) {
		errno = -r;
		die("the pins");
	}
	prepare(&c, &clock, &cgroups);
	c.operations = pins->stamp.operations;
	floor_init(&consumer.floor, &c);
	consumer.rb = ring_buffer__new(consumer.ring.fd, consume, &consumer.floor, NULL);
	if (!consumer.rb)
		die("ring_buffer__new");
	compare("reader", &c, &consumer.ring, consume_all, &consumer, 0);
	ring_buffer__free(consumer.rb);
	ring_close(&consumer.ring);
	pins_free(pins);
	run(UNLOAD, NULL);
	peak_rss();
}
