// SPDX-License-Identifier: GPL-2.0-only
/* Records of each format as they are read back from a file, whole and broken ones. */
#include <fcntl.h>
#include <sys/mman.h>

#include "test.h"
#include "recorded-file.h"
#include "text.h"

static struct recorded record;

/* Reads a text entry by entry, as one line of words; *ret_line: of the first fault. */
static void read_all(const char *text, size_t len, char *said, size_t size, uint64_t *ret_line)
{
	CLEANUP(recorded_file_done) struct recorded_file f;
	CLEANUP(close_fdp) int fd = memfd_create("recorded", MFD_CLOEXEC);
	size_t n = 0;
	int r;

	*ret_line = 0;
	assert_int_equal(text_write_fd(fd, text, len), 0);
	lseek(fd, 0, SEEK_SET);
	assert_int_equal(recorded_file_init(&f, fd), 0);
	said[0] = '\0';
	while ((r = recorded_file_next(&f, &record)) > 0) {
		if (r == RECORDED_FILE_FAULT && !*ret_line)
			*ret_line = f.entry_line;
		if (r == RECORDED_FILE_RECORD)
			n += snprintf(said + n, size - n, "%s x%llu %s ", record.op,
				      (unsigned long long)record.count, record.cgroup);
		else
			n += snprintf(said + n, size - n, "%s ",
				      r == RECORDED_FILE_FAULT ? "fault" : "foreign");
		assert_true(n < size);
	}
	assert_int_equal(r, RECORDED_FILE_END);
}

struct row {
	const char *text;
	const char *said;
	uint64_t line; /* of the first fault */
};

static void check(const struct row *rows, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		char said[256];
		uint64_t line;

		read_all(rows[i].text, strlen(rows[i].text), said, sizeof(said), &line);
		assert_string_equal(said, rows[i].said);
		assert_int_equal(line, rows[i].line);
	}
}

#define JSON(more) "{\"event\":\"lsm_locked_down\",\"operation\":\"kexec\",\"decision\":\"deny\"" more "}"

TEST_ROWS(test_json, check, struct row,
	  { "", "" },
	  { "\n\n", "" },
	  { JSON(",\"count\":3,\"cgroup\":\"/a\"") "\n\n" JSON("") "\n", "kexec x3 /a kexec x1  " },
	  { JSON(""), "kexec x1  " },
	  { JSON(",\"cgroup\":\"/\\ufffd\",\"cgroup_hex\":\"2fff\""), "kexec x1 /\377 " },
	  { JSON(",\"cgroup_hex\":\"2fff\",\"cgroup\":\"/\\ufffd\""), "kexec x1 /\377 " },
	  { "{\"BPFLOCK_EVENT\":\"lsm_locked_down\",\"BPFLOCK_OPERATION\":\"msr\",\"BPFLOCK_DECISION\":\"allow\","
	    "\"BPFLOCK_CGROUP\":[47,255],\"BPFLOCK_COUNT\":\"7\",\"_HOSTNAME\":\"m\",\"MESSAGE\":null}",
	    "msr x7 /\377 " },
	  { "{\"MESSAGE\":\"x\",\"count\":\"many\"}\n{\"event\":\"login\",\"decision\":\"who knows\"}",
	    "foreign foreign " },
	  { JSON("") "\nrubbish\n" JSON("") "\n{\n", "kexec x1  fault kexec x1  fault ", 2 },
	  { JSON(",\"count\":0"), "fault ", 1 },
	  { JSON(",\"count\":-1"), "fault ", 1 },
	  { JSON(",\"count\":99999999999999999999"), "fault ", 1 },
	  { JSON(",\"operation\":\"msr\""), "fault ", 1 },
	  { JSON(",\"cgroup\":\"a\""), "fault ", 1 },
	  { JSON(",\"cgroup\":\"/\\u0000\""), "fault ", 1 },
	  { JSON(",\"comm_hex\":\"2\""), "fault ", 1 },
	  { JSON(",\"comm_hex\":\"zz\""), "fault ", 1 },
	  { JSON(",\"comm_hex\":\"00\""), "fault ", 1 },
	  { JSON(",\"why\":\"because\""), "fault ", 1 },
	  { JSON(",\"time\":\"yesterday\""), "fault ", 1 },
	  { "{\"event\":\"lsm_locked_down\",\"operation\":\"msr\"}", "fault ", 1 },
	  { "{\"event\":\"lsm_locked_down\",\"decision\":\"deny\"}", "fault ", 1 },
	  { "{\"event\":\"lost\",\"count\":5}", " x5  " });

/* Before version 0.2 "op" was our name, and "operation" the words of the kernel. */
#define OLD ",\"op\":\"msr\",\"cgroupid\":7"
TEST_ROWS(test_old_names, check, struct row,
	  { "{\"event\":\"lsm_locked_down\",\"operation\":\"raw MSR access\",\"decision\":\"deny\"" OLD "}", "msr x1  " },
	  { "{\"event\":\"lsm_locked_down\",\"decision\":\"deny\"" OLD ",\"op\":\"msr\"}", "fault ", 1 },
	  { "{\"event\":\"lsm_locked_down\",\"decision\":\"deny\"" OLD ",\"cgroup_id\":7}", "fault ", 1 },
	  { "event=lsm_locked_down operation=\"raw MSR access\" op=msr decision=deny gen=3", "msr x1  " },
	  { "BPFLOCK_EVENT=lsm_locked_down\nBPFLOCK_OPERATION=raw MSR access\nBPFLOCK_OP=msr\nBPFLOCK_DECISION=deny\n\n",
	    "msr x1  " });

#define LOGFMT "time=2026-11-24T10:00:00.5Z event=lsm_locked_down operation=kexec decision=deny"

TEST_ROWS(test_logfmt, check, struct row,
	  { LOGFMT " reason=\"denied (baseline)\" comm=\"a \\\"b\\\"\" count=2\n", "kexec x2  " },
	  { LOGFMT "  cgroup=/a=b \n" LOGFMT, "kexec x1 /a=b kexec x1  " },
	  { LOGFMT " cgroup=\"/\\ufffd\" cgroup_hex=2fff", "kexec x1 /\377 " },
	  { "a=b\n" LOGFMT, "foreign kexec x1  " },
	  { LOGFMT " count\n", "fault ", 1 },
	  { LOGFMT " =1\n", "fault ", 1 },
	  { LOGFMT " comm=\"x\n" LOGFMT, "fault kexec x1  ", 1 },
	  { LOGFMT " comm=\"x\"y\n", "fault ", 1 },
	  { LOGFMT " comm=x\"y\n", "fault ", 1 },
	  { LOGFMT " comm=x\ty\n", "fault ", 1 },
	  { LOGFMT " operation=msr\n", "fault ", 1 });

#define EXPORT "__CURSOR=s\n_HOSTNAME=m\nBPFLOCK_EVENT=lsm_locked_down\nBPFLOCK_OPERATION=kexec\nBPFLOCK_DECISION=deny\n"

TEST_ROWS(test_export, check, struct row,
	  { EXPORT "BPFLOCK_COUNT=4\n\n", "kexec x4  " },
	  { EXPORT "\n\n" EXPORT, "kexec x1  kexec x1  " },
	  { "__CURSOR=s\nMESSAGE=x\ncount=1\n\n" EXPORT "\n", "fault kexec x1  ", 1 },
	  { "__CURSOR=s\nMESSAGE=event=lsm_locked_down\n\n", "foreign " },
	  { EXPORT "\n" EXPORT "BPFLOCK_COUNT=x\n\n" EXPORT "\n", "kexec x1  fault kexec x1  ", 7 },
	  { EXPORT "BPFLOCK_COMM\n", "fault ", 1 },
	  { EXPORT "BPFLOCK_OPERATION=msr\n\n", "fault ", 1 });

static void check_bytes(const char *text, size_t len, const char *expected)
{
	char said[256];
	uint64_t line;

	read_all(text, len, said, sizeof(said), &line);
	assert_string_equal(said, expected);
}

/* A field of bytes may hold line feeds, which end neither it nor the entry. */
TEST(test_export_bytes)
{
	static const char whole[] = EXPORT "BPFLOCK_CGROUP\n\5\0\0\0\0\0\0\0/a\n\nb\nBPFLOCK_COUNT=2\n\n" EXPORT;
	static const char longer[] = EXPORT "BPFLOCK_CGROUP\n\377\0\0\0\0\0\0\0/a\n\n" EXPORT;
	static const char huge[] = EXPORT "BPFLOCK_CGROUP\n\377\377\377\377\377\377\377\377/a\n\n" EXPORT;

	check_bytes(whole, sizeof(whole) - 1, "kexec x2 /a\n\nb kexec x1  ");
	/* without an end nobody knows where it goes on, but a whole entry was behind it */
	check_bytes(longer, sizeof(longer) - 1, "fault kexec x1  ");
	check_bytes(huge, sizeof(huge) - 1, "fault kexec x1  ");
}

/* Lines and fields without end are passed over, in bounded memory. */
TEST(test_long)
{
	static const char end[] = "\"}\n" JSON("") "\n";
	static const char field[] = "MESSAGE=";
	size_t len = 3 * RECORDED_LINE_MAX;
	CLEANUP(free_charp) char *text = malloc(len + 1024);

	memset(text, 'x', len);
	memcpy(text, "{\"a\":\"", 6);
	memcpy(text + len, end, sizeof(end) - 1);
	check_bytes(text, len + sizeof(end) - 1, "fault kexec x1  ");
	memset(text, 'x', len);
	memcpy(text, field, sizeof(field) - 1);
	text[len] = '\n';
	memcpy(text + len + 1, EXPORT, sizeof(EXPORT) - 1);
	check_bytes(text, len + sizeof(EXPORT), "kexec x1  ");
	memcpy(text, "BPFLOCK_X=", 10);
	check_bytes(text, len + sizeof(EXPORT), "fault ");
}

TEST(test_fields)
{
	static const char line[] =
		JSON(",\"time\":\"2026-11-24T11:00:00.500000+01:00\",\"why\":\"grant\",\"profile\":\"baseline\","
		     "\"pidns\":4026531836,\"netns\":0,\"in_host\":true,\"comm\":\"c\",\"exe\":\"/e\",\"unit\":\"u\","
		     "\"hostname\":\"h\",\"by\":\"lockdown\"");
	char said[64];
	uint64_t fault;

	read_all(line, sizeof(line) - 1, said, sizeof(said), &fault);
	assert_int_equal(record.kind, RECORDED_DECISION);
	assert_int_equal(record.time, 1795514400500000000);
	assert_int_equal(record.verdict, BPFLOCK_VERDICT_DENY);
	assert_int_equal(record.why, BPFLOCK_WHY_GRANT);
	assert_int_equal(record.profile, BPFLOCK_PROFILE_BASELINE);
	assert_int_equal(record.pidns, 4026531836);
	assert_true(recorded_has(&record, RECORDED_NETNS));
	assert_int_equal(record.in_host, 1);
	assert_string_equal(record.comm, "c");
	assert_string_equal(record.exe, "/e");
	assert_string_equal(record.unit, "u");
	assert_string_equal(record.machine, "h");
	assert_string_equal(record.by, "lockdown");
}
