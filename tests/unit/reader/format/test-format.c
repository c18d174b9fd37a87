// SPDX-License-Identifier: GPL-2.0-only
/* Each format prints events, friendly and hostile ones. */
#include <sys/sysmacros.h>
#include <time.h>

#include "test.h"
#include "cgroups.h"
#include "format.h"
#include "text.h"

#define SECOND 1000000000ULL

static struct out out;
static struct wallclock wallclock;
static const struct bpflock_operation operations[BPFLOCK_REASONS] = {
	[2] = { "dev_mem", BPFLOCK_LEVEL_INTEGRITY },
	[1] = { "unsigned_module", BPFLOCK_LEVEL_INTEGRITY },
	[3] = { "brand_new", BPFLOCK_LEVEL_INTEGRITY },
};
static struct format_context context = { .out = &out, .clock = &wallclock, .operations = operations };

static void set_zone(const char *zone, bool utc)
{
	setenv("TZ", zone, 1);
	tzset();
	wallclock_init(&wallclock, utc);
	/* boottime 1234.567890123 s is 2022-02-11T11:23:58.567890123Z */
	wallclock.offset = 1644578638LL * SECOND - 1234LL * SECOND;
}

static struct event decision(void)
{
	return (struct event){
		.kind = EVENT_LOCKED_DOWN, .count = 1, .reason = 2, .verdict = BPFLOCK_VERDICT_DENY,
		.why = BPFLOCK_WHY_PROFILE, .profile = BPFLOCK_PROFILE_BASELINE,
		.head = { .time = 1234567890123, .seq = 7, .generation = 3, .cgroup_id = 7014,
			  .tgid = 70902, .pid = 70902, .ppid = 70895, .pidns = 4026532201,
			  .netns = 4026532203, .retval = -1, .count = 1, .comm = "head", .pcomm = "bash",
			  .loginuid = 1000, .session = 3 },
		.exe = "/usr/bin/head", .exe_dev = makedev(8, 1), .exe_inode = 131,
	};
}

static struct event exec(const char *filename)
{
	return (struct event){
		.kind = EVENT_EXECVE, .count = 1, .filename = filename, .filename_len = strlen(filename),
		.head = { .time = 1234567890123, .seq = 8, .cgroup_id = 8821, .tgid = 1833, .pid = 1833,
			  .ppid = 1671, .uid = 1000, .pidns = 4026531836, .netns = 4026531840, .count = 1,
			  .comm = "loader", .pcomm = "bash",
			  .loginuid = BPFLOCK_UNSET, .session = BPFLOCK_UNSET },
	};
}

static struct event grant(const char *target, const char *note)
{
	return (struct event){
		.kind = EVENT_GRANT, .count = 1, .operations = 1 << 2 | 1 << 1, .grant = 4,
		.action = BPFLOCK_GRANT_GIVEN, .expires = 1234567890123 + 600 * SECOND, .target = target,
		.note = note,
		.head = { .time = 1234567890123, .seq = 9, .generation = 3, .cgroup_id = 8821,
			  .tgid = 1900, .pid = 1900, .ppid = 1671, .pidns = 4026531836,
			  .netns = 4026531840, .count = 1, .comm = "bpflock-ctl", .pcomm = "sudo",
			  .loginuid = BPFLOCK_UNSET, .session = BPFLOCK_UNSET },
	};
}

static struct event tamper(const char *object)
{
	return (struct event){
		.kind = EVENT_TAMPER, .count = 1, .verdict = BPFLOCK_VERDICT_DENY,
		.attempt = BPFLOCK_TAMPER_ATTACH, .object = object, .object_id = 1066,
		.head = { .time = 1234567890123, .seq = 12, .cgroup_id = 8821, .tgid = 1901, .pid = 1901,
			  .ppid = 1671, .pidns = 4026531836, .netns = 4026531840, .retval = -1, .count = 1,
			  .comm = "rm", .pcomm = "bash",
			  .loginuid = BPFLOCK_UNSET, .session = BPFLOCK_UNSET },
	};
}

static struct event lost(void)
{
	return (struct event){ .kind = EVENT_LOST, .head.time = 1234567890123, .count = 5, .first = 10,
			       .last = 16 };
}

static void expect(const char *format, const struct event *e, const char *expected)
{
	const struct format *f = format_find(format);

	assert_non_null(f);
	out.len = 0;
	f->write(&context, e);
	out_char(&out, '\0');
	assert_string_equal(out.data, expected);
	assert_false(out.overflow);
}

static void expect_part(const char *format, const struct event *e, const char *expected)
{
	out.len = 0;
	format_find(format)->write(&context, e);
	out_char(&out, '\0');
	if (!strstr(out.data, expected))
		fail_msg("no <%s> in <%s>", expected, out.data);
}

TEST(test_classic)
{
	struct event d = decision(), x = exec("./loader"), l = lost();
	struct event g = grant("/system.slice/a.service", "ticket 7");
	struct event t = tamper("locked_down");

	set_zone("Europe/Berlin", true);
	expect("classic", &d,
	       "time=\"2022-02-11T11:23:58Z\" level=info msg=\"event=lsm_locked_down "
	       "operation=/dev/mem,kmem,port tgid=70902 pid=70902 ppid=70895 uid=0 cgroupid=7014 "
	       "comm=head pcomm=bash retval=-1 reason=denied (baseline)\" bpfprog=kimglock subsys=bpf\n");
	expect("classic", &x,
	       "time=\"2022-02-11T11:23:58Z\" level=info msg=\"event=syscall_execve tgid=1833 pid=1833 "
	       "ppid=1671 uid=1000 cgroupid=8821 comm=loader pcomm=bash filename=./loader retval=0\" "
	       "bpfprog=execsnoop subsys=bpf\n");
	expect("classic", &g,
	       "time=\"2022-02-11T11:23:58Z\" level=info msg=\"event=grant action=given "
	       "operations=unsigned_module,dev_mem target=/system.slice/a.service tgid=1900 pid=1900 "
	       "ppid=1671 uid=0 cgroupid=8821 comm=bpflock-ctl pcomm=sudo note=ticket 7\" "
	       "bpfprog=bpflock-ctl subsys=bpf\n");
	expect("classic", &t,
	       "time=\"2022-02-11T11:23:58Z\" level=warning msg=\"event=tamper attempt=attach "
	       "object=locked_down object_id=1066 tgid=1901 pid=1901 ppid=1671 uid=0 cgroupid=8821 comm=rm "
	       "pcomm=bash retval=-1 decision=deny\" bpfprog=seal subsys=bpf\n");
	expect("classic", &l,
	       "time=\"2022-02-11T11:23:58Z\" level=warning msg=\"event=lost count=5\" bpfprog=bpflock "
	       "subsys=bpf\n");
}

TEST(test_logfmt)
{
	struct event d = decision(), x = exec("/usr/bin/head"), l = lost();
	struct event g = grant("/system.slice/a.service", "ticket 7");
	struct event t = tamper("locked_down");

	set_zone("UTC", false);
	expect("logfmt", &d,
	       "time=2022-02-11T11:23:58.567890Z event=lsm_locked_down operation=dev_mem "
	       "decision=deny reason=\"denied (baseline)\" retval=-1 pid=70902 tid=70902 "
	       "ppid=70895 uid=0 cgroup_id=7014 loginuid=1000 session=3 comm=head pcomm=bash "
	       "exe=/usr/bin/head exe_dev=8:1 exe_ino=131 description=/dev/mem,kmem,port profile=baseline why=profile generation=3 seq=7 "
	       "count=1 pidns=4026532201 netns=4026532203 bpfprog=kimglock subsys=bpf\n");
	x.truncated = true;
	expect("logfmt", &x,
	       "time=2022-02-11T11:23:58.567890Z event=syscall_execve retval=0 pid=1833 tid=1833 ppid=1671 "
	       "uid=1000 cgroup_id=8821 comm=loader pcomm=bash filename=/usr/bin/head truncated=yes seq=8 "
	       "count=1 pidns=4026531836 netns=4026531840 bpfprog=execsnoop subsys=bpf\n");
	expect("logfmt", &g,
	       "time=2022-02-11T11:23:58.567890Z event=grant retval=0 pid=1900 tid=1900 ppid=1671 uid=0 "
	       "cgroup_id=8821 comm=bpflock-ctl pcomm=sudo action=given grant=4 "
	       "operations=unsigned_module,dev_mem target=/system.slice/a.service seconds=600 "
	       "comment=\"ticket 7\" generation=3 seq=9 count=1 pidns=4026531836 netns=4026531840 "
	       "bpfprog=bpflock-ctl subsys=bpf\n");
	expect("logfmt", &t,
	       "time=2022-02-11T11:23:58.567890Z event=tamper decision=deny retval=-1 pid=1901 tid=1901 "
	       "ppid=1671 uid=0 cgroup_id=8821 comm=rm pcomm=bash attempt=attach object=locked_down "
	       "object_id=1066 seq=12 count=1 pidns=4026531836 netns=4026531840 bpfprog=seal subsys=bpf\n");
	expect("logfmt", &l,
	       "time=2022-02-11T11:23:58.567890Z event=lost count=5 first=10 last=16 bpfprog=bpflock "
	       "subsys=bpf\n");
	d.reason = 1;
	expect_part("logfmt", &d, " subject=unreliable ");
	expect_part("logfmt", &d, " description=\"unsigned module loading\" ");
}

/* A record says who it was, and what is not known is left out. */
TEST(test_who)
{
	struct event d = decision(), x = exec("/usr/bin/head");

	d.exe_deleted = true;
	strcpy(d.about, "net-pf-38");
	expect_part("logfmt", &d, " exe=/usr/bin/head exe_deleted=yes exe_dev=8:1 exe_ino=131 module=net-pf-38 description=");
	expect_part("json", &d, ",\"exe_deleted\":true,\"exe_dev\":\"8:1\",\"exe_ino\":131,\"module\":\"net-pf-38\",\"description\":");
	d.exe[0] = d.about[0] = '\0';
	d.exe_inode = 0;
	d.exe_deleted = false;
	d.head.loginuid = d.head.session = BPFLOCK_UNSET;
	expect_part("logfmt", &d, " cgroup_id=7014 comm=head pcomm=bash description=");
	d.head.loginuid = d.head.session = 0;
	expect_part("logfmt", &d, " cgroup_id=7014 loginuid=0 session=0 comm=");
	x.head.loginuid = 1000;
	expect_part("logfmt", &x, " loginuid=1000 comm=");
}

/* In the short form the executable stands in place of the command, in messages its own name. */
TEST(test_short_names_the_executable)
{
	static const char *const rows[][3] = {
		{ "/usr/bin/head", " /usr/bin/head[70902] ", " head[70902] " },
		{ "/opt/a-name-longer-than-a-comm", " /opt/a-name-longer-than-a-comm[", " a-name-longer-than-a-comm[" },
		{ "memfd:x", " memfd:x[70902] ", " memfd:x[70902] " },
		{ "", " head[70902] ", " head[70902] " },
		{ ".../bin/tail", " .../bin/tail[70902] ", " tail[70902] " },
		{ "aaaa...", " aaaa...[70902] ", " aaaa...[70902] " },
		{ "/a\nb", " /a\\x0ab[70902]", " a\\x0ab[70902]" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct event d = decision();

		d.head.pid = 70999; /* a thread */
		strcpy(d.exe, rows[i][0]);
		expect_part("short", &d, rows[i][1]);
		out.len = 0;
		format_message(&context, &d);
		out_char(&out, '\0');
		assert_non_null(strstr(out.data, rows[i][2]));
	}
}

TEST(test_json)
{
	struct event d = decision(), x = exec("/usr/bin/head"), l = lost();
	struct event g = grant("/system.slice/a.service", "ticket 7");
	struct event t = tamper("locked_down");

	set_zone("UTC", false);
	expect("json", &d,
	       "{\"time\":\"2022-02-11T11:23:58.567890Z\",\"event\":\"lsm_locked_down\","
	       "\"operation\":\"dev_mem\",\"decision\":\"deny\","
	       "\"reason\":\"denied (baseline)\",\"retval\":-1,\"pid\":70902,\"tid\":70902,\"ppid\":70895,"
	       "\"uid\":0,\"cgroup_id\":7014,\"loginuid\":1000,\"session\":3,\"comm\":\"head\","
	       "\"pcomm\":\"bash\",\"exe\":\"/usr/bin/head\",\"exe_dev\":\"8:1\",\"exe_ino\":131,\"description\":\"/dev/mem,kmem,port\",\"profile\":\"baseline\","
	       "\"why\":\"profile\",\"generation\":3,\"seq\":7,\"count\":1,\"pidns\":4026532201,\"netns\":4026532203,"
	       "\"boottime_ns\":1234567890123,\"bpfprog\":\"kimglock\",\"subsys\":\"bpf\",\"schema\":1}\n");
	x.truncated = true;
	expect_part("json", &x, "\"filename\":\"/usr/bin/head\",\"truncated\":true,\"seq\":8,");
	expect("json", &g,
	       "{\"time\":\"2022-02-11T11:23:58.567890Z\",\"event\":\"grant\",\"retval\":0,"
	       "\"pid\":1900,\"tid\":1900,\"ppid\":1671,\"uid\":0,\"cgroup_id\":8821,"
	       "\"comm\":\"bpflock-ctl\",\"pcomm\":\"sudo\",\"action\":\"given\",\"grant\":4,"
	       "\"operations\":[\"unsigned_module\",\"dev_mem\"],"
	       "\"target\":\"/system.slice/a.service\",\"seconds\":600,\"comment\":\"ticket 7\","
	       "\"generation\":3,\"seq\":9,\"count\":1,\"pidns\":4026531836,"
	       "\"netns\":4026531840,\"boottime_ns\":1234567890123,\"bpfprog\":\"bpflock-ctl\","
	       "\"subsys\":\"bpf\",\"schema\":1}\n");
	expect("json", &t,
	       "{\"time\":\"2022-02-11T11:23:58.567890Z\",\"event\":\"tamper\",\"decision\":\"deny\","
	       "\"retval\":-1,\"pid\":1901,\"tid\":1901,\"ppid\":1671,\"uid\":0,\"cgroup_id\":8821,"
	       "\"comm\":\"rm\",\"pcomm\":\"bash\",\"attempt\":\"attach\",\"object\":\"locked_down\","
	       "\"object_id\":1066,\"seq\":12,\"count\":1,\"pidns\":4026531836,\"netns\":4026531840,"
	       "\"boottime_ns\":1234567890123,\"bpfprog\":\"seal\",\"subsys\":\"bpf\",\"schema\":1}\n");
	expect("json", &l,
	       "{\"time\":\"2022-02-11T11:23:58.567890Z\",\"event\":\"lost\",\"count\":5,\"first\":10,"
	       "\"last\":16,\"boottime_ns\":1234567890123,\"bpfprog\":\"bpflock\",\"subsys\":\"bpf\",\"schema\":1}\n");
	d.reason = 1;
	expect_part("json", &d, "\"subject\":\"unreliable\",");
}

TEST(test_short)
{
	struct event d = decision(), x = exec("./loader"), l = lost();
	struct event g = grant("/system.slice/a.service", "ticket 7");
	struct event t = tamper("locked_down");

	set_zone("UTC", false);
	context.days = true; /* the day comes first, and again when it is another one */
	d.head.time -= 12 * 3600 * SECOND;
	expect_part("short", &d, "2022-02-10\n23:23:58 DENY ");
	expect_part("short", &d, "23:23:58 DENY ");
	d.head.time += 12 * 3600 * SECOND;
	expect_part("short", &d, "2022-02-11\n11:23:58 DENY ");
	context.days = false;
	expect("short", &d,
	       "11:23:58 DENY  dev_mem                  /usr/bin/head[70902]             -                        uid=0     denied (baseline)\n");
	d.count = 12;
	d.reason = 1;
	expect("short", &d,
	       "11:23:58 DENY  unsigned_module          /usr/bin/head[70902]             -                        uid=0     denied (baseline) x12, maybe for another task\n");
	expect("short", &x,
	       "11:23:58 exec                           loader[1833]                     -                        uid=1000  ./loader\n");
	x.head.retval = -ENOENT;
	expect("short", &x,
	       "11:23:58 fail  ENOENT                   loader[1833]                     -                        uid=1000  ./loader\n");
	x.head.retval = INT32_MIN;
	x.truncated = true;
	expect("short", &x,
	       "11:23:58 fail  ?                        loader[1833]                     -                        uid=1000  ./loader...\n");
	expect("short", &g,
	       "11:23:58 grant given                    bpflock-ctl[1900]                -                        uid=0     unsigned_module, dev_mem to /system.slice/a.service: ticket 7\n");
	g.action = BPFLOCK_GRANT_REVOKED;
	g.note = "";
	expect("short", &g,
	       "11:23:58 grant revoked                  bpflock-ctl[1900]                -                        uid=0     unsigned_module, dev_mem to /system.slice/a.service\n");
	expect("short", &t,
	       "11:23:58 DENY  attach                   rm[1901]                         -                        uid=0     sealed: locked_down\n");
	d.reason = 2;
	expect("short", &l, "11:23:58 LOST  5 records: the ring was full\n");
	context.color = true;
	expect_part("short", &d, "11:23:58 \033[1;31mDENY  \033[0mdev_mem ");
	expect_part("short", &t, "11:23:58 \033[1;31mDENY  \033[0mattach ");
	d.verdict = BPFLOCK_VERDICT_ALLOW;
	expect_part("short", &d, "11:23:58 allow dev_mem ");
	context.color = false;
}

/* On a terminal, a record is one line: texts give way, numbers and words do not. */
TEST(short_lines_fit_the_terminal)
{
	static const struct {
		unsigned int columns;
		const char *exe;
		uint32_t reason, count;
		const char *line;
	} rows[] = {
		{ 80, "/usr/bin/head", 2, 1,
		  "11:23:58 DENY  dev_mem          /usr/bin/head[70902]     -\n" },
		{ 80, "/usr/bin/head", 2, 3,
		  "11:23:58 DENY  dev_mem          /usr/bin/head[70902]     -                 x3\n" },
		{ 80, "/usr/lib/systemd/systemd-modules-load", 2, 3,
		  "11:23:58 DENY  dev_mem          ...emd-modules-load[70902] -                 x3\n" },
		{ 80, "/usr/bin/head", 1, 3,
		  "11:23:58 DENY  unsigned_module  /usr/bin/head[70902]?    -                 x3\n" },
		{ 100, "/usr/bin/head", 2, 3,
		  "11:23:58 DENY  dev_mem          /usr/bin/head[70902]               -                           x3\n" },
		{ 120, "/usr/bin/head", 2, 3,
		  "11:23:58 DENY  dev_mem                  /usr/bin/head[70902]      -                  uid=0     denied (baseline) x3\n" },
		{ 120, "/usr/bin/head", 1, 3,
		  "11:23:58 DENY  unsigned_module          /usr/bin/head[70902]?     -                  uid=0     denied (baseline) x3\n" },
		{ 200, "/usr/bin/head", 2, 3,
		  "11:23:58 DENY  dev_mem                  /usr/bin/head[70902]                     -                                uid=0     denied (baseline) x3\n" },
		{ 200, "/usr/bin/head", 1, 3,
		  "11:23:58 DENY  unsigned_module          /usr/bin/head[70902]?                    -                                uid=0     denied (baseline) x3\n" },
	};

	set_zone("UTC", false);
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct event d = decision();

		context.columns = rows[i].columns;
		strcpy(d.exe, rows[i].exe);
		d.reason = rows[i].reason;
		d.count = rows[i].count;
		expect("short", &d, rows[i].line);
		assert_true(out_columns(&out, 0) - 2 <= rows[i].columns);
	}
	context.columns = 0;
}

/* The unit stands behind the executable, else the cgroup; nothing is cut in a pipe. */
TEST(short_names_the_unit)
{
	static const struct {
		unsigned int columns;
		uint64_t cgroup;
		const char *part;
	} rows[] = {
		{ 80, 11, " /usr/bin/head[70902]     ssh.service\n" },
		{ 80, 12, " /usr/bin/head[70902]     ...dules-load.service\n" },
		{ 80, 13, " /usr/bin/head[70902]     /ci\n" },
		{ 80, 14, " /usr/bin/head[70902]     -\n" },
		{ 200, 12, " /usr/bin/head[70902]                     systemd-modules-load.service     uid=0     denied " },
		{ 0, 12, " /usr/bin/head[70902]             systemd-modules-load.service uid=0 denied (baseline)\n" },
	};
	static struct cgroups cgroups;

	set_zone("UTC", false);
	cgroups_init(&cgroups, -1);
	cgroups_seen(&cgroups, 11, "/system.slice/ssh.service", 0);
	cgroups_seen(&cgroups, 12, "/system.slice/systemd-modules-load.service", 0);
	cgroups_seen(&cgroups, 13, "/ci", 0);
	context.cgroups = &cgroups;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct event d = decision();

		d.head.cgroup_id = rows[i].cgroup;
		context.columns = rows[i].columns;
		expect_part("short", &d, rows[i].part);
	}
	context.columns = 0;
	context.cgroups = NULL;
	cgroups_done(&cgroups);
}

/* So does every other record, of any name, at any width. */
TEST(every_short_line_fits)
{
	static const unsigned int widths[] = { 60, 80, 100, 119, 120, 132, 200, 400 };
	static const char *const names[] = {
		"a", "/usr/sbin/modprobe", "/a/very/long/path/to/a/program/that/nobody/would/ever/want/to/read",
		"no-slash-in-a-name-that-is-longer-than-any-column-of-a-line-of-eighty", "\n\n\n\n\n\n\n\n\n\n\n\n\n",
		"/\303\244\303\244\303\244\303\244\303\244\303\244\303\244\303\244\303\244\303\244\303\244\303\244\303\244\303\244\303\244\303\244\303\244\303\244\303\244\303\244\303\244\303\244\303\244\303\244\303\244\303\244",
	};

	set_zone("UTC", false);
	for (size_t w = 0; w < ARRAY_SIZE(widths); w++) {
		context.columns = widths[w];
		for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
			struct event events[] = { decision(), exec(names[i]), grant(names[i], names[i]),
						  tamper(names[i]), lost() };

			strcpy(events[0].exe, names[i]);
			events[0].head.uid = UINT32_MAX;
			events[0].head.tgid = 4194304;
			events[0].reason = 1;
			events[0].count = 123456;
			for (size_t e = 0; e < ARRAY_SIZE(events); e++) {
				out.len = 0;
				format_short(&context, &events[e]);
				if (out_columns(&out, 0) - 1 > widths[w])
					fail_msg("%u columns: <%.*s>", widths[w], (int)out.len, out.data);
				assert_true(text_printable(out.data, out.len - 1) > 0);
			}
		}
	}
	context.columns = 0;
}

/* A text that is cut is whole: no half of an escape or of a character, and a path begins at a slash. */
TEST(cut_texts_are_whole)
{
	static const struct {
		const char *text;
		unsigned int columns;
		const char *left, *right;
	} rows[] = {
		{ "/usr/sbin/x", 11, "/usr/sbin/x", "/usr/sbin/x" },
		{ "/usr/sbin/x", 10, ".../sbin/x", "/usr/sb..." },
		{ "/usr/sbin/modprobe", 13, ".../modprobe", "/usr/sbin/..." },
		{ "/usr/sbin/modprobe", 10, "...odprobe", "/usr/sb..." },
		{ "ends-with-a-slash/", 10, "...-slash/", "ends-wi..." },
		{ "\001\001\001", 12, "\\x01\\x01\\x01", "\\x01\\x01\\x01" },
		{ "\001\001\001", 11, "...\\x01\\x01", "\\x01\\x01..." },
		{ "\001\001\001", 10, "...\\x01", "\\x01..." },
		{ "\\\\\\\\\\", 9, "...\\\\\\\\\\\\", "\\\\\\\\\\\\..." },
		{ "\303\244\303\244\303\244\303\244\303\244\303\244\303\244\303\244\303\244", 8,
		  "...\303\244\303\244\303\244\303\244\303\244", "\303\244\303\244\303\244\303\244\303\244..." },
	};

	for (size_t i = 0; i < 2 * ARRAY_SIZE(rows); i++) {
		const char *text = rows[i / 2].text;

		out.len = 0;
		out_text(&out, "before ");
		out_escaped(&out, text, strlen(text), 0);
		(i % 2 ? out_cut_right : out_cut_left)(&out, 7, rows[i / 2].columns);
		out_char(&out, '\0');
		assert_string_equal(out.data + 7, i % 2 ? rows[i / 2].right : rows[i / 2].left);
		assert_memory_equal(out.data, "before ", 7);
	}
}

TEST(test_reasons)
{
	static const struct {
		uint8_t verdict, why, profile;
		const char *reason, *decision;
		const char *of_cgroup; /* the reason if the rule set of a cgroup decided */
	} rows[] = {
		{ BPFLOCK_VERDICT_ALLOW, BPFLOCK_WHY_PROFILE, BPFLOCK_PROFILE_PRIVILEGED,
		  "allow (privileged)", "allow", "allow (cgroup)" },
		{ BPFLOCK_VERDICT_ALLOW, BPFLOCK_WHY_PROFILE, BPFLOCK_PROFILE_BASELINE,
		  "allow (baseline)", "allow", "allow (cgroup)" },
		{ BPFLOCK_VERDICT_DENY, BPFLOCK_WHY_PROFILE, BPFLOCK_PROFILE_RESTRICTED,
		  "denied (restricted)", "deny", "denied (cgroup)" },
		{ BPFLOCK_VERDICT_AUDIT, BPFLOCK_WHY_PROFILE, BPFLOCK_PROFILE_BASELINE,
		  "audit (baseline)", "audit", "audit (cgroup)" },
		{ BPFLOCK_VERDICT_ALLOW, BPFLOCK_WHY_LEVEL, BPFLOCK_PROFILE_BASELINE, "allow (level)",
		  "allow", "allow (cgroup)" },
		{ BPFLOCK_VERDICT_DENY, BPFLOCK_WHY_BLOCK, BPFLOCK_PROFILE_PRIVILEGED, "denied (block)",
		  "deny", "denied (cgroup)" },
		{ BPFLOCK_VERDICT_AUDIT, BPFLOCK_WHY_BLOCK, BPFLOCK_PROFILE_BASELINE, "audit (block)",
		  "audit", "audit (cgroup)" },
		{ BPFLOCK_VERDICT_ALLOW, BPFLOCK_WHY_ALLOW, BPFLOCK_PROFILE_RESTRICTED, "allow (allow)",
		  "allow", "allow (cgroup)" },
		{ BPFLOCK_VERDICT_ALLOW, BPFLOCK_WHY_GRANT, BPFLOCK_PROFILE_RESTRICTED,
		  "allow (grant)", "allow", "allow (grant)" },
		{ BPFLOCK_VERDICT_ALLOW, BPFLOCK_WHY_GRANT, BPFLOCK_PROFILE_PRIVILEGED,
		  "allow (grant)", "allow", "allow (grant)" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct event e = { .verdict = rows[i].verdict, .why = rows[i].why,
				   .profile = rows[i].profile };

		assert_string_equal(event_reason(&e).s, rows[i].reason);
		assert_string_equal(event_decision(&e), rows[i].decision);
		e.rule_cgroup = 1;
		assert_string_equal(event_reason(&e).s, rows[i].of_cgroup);
		assert_string_equal(event_decision(&e), rows[i].decision);
	}
}

TEST(a_refusal_by_others_says_whose_it_is)
{
	struct event d = decision();

	set_zone("UTC", false);
	d.why = d.profile = 0;
	d.by = BPFLOCK_BY_LOCKDOWN;
	expect_part("logfmt", &d, " decision=deny by=lockdown reason=\"denied (lockdown)\" retval=-1 ");
	expect_part("logfmt", &d, " exe_ino=131 description=/dev/mem,kmem,port generation=3 ");
	expect_part("json", &d, "\"decision\":\"deny\",\"by\":\"lockdown\",\"reason\":\"denied (lockdown)\",");
	expect_part("json", &d, "\"exe_ino\":131,\"description\":\"/dev/mem,kmem,port\",\"generation\":3,");
	expect_part("classic", &d, " retval=-1 reason=denied (lockdown)\" ");
	expect_part("short", &d, "DENY  dev_mem ");
	expect_part("short", &d, "denied (lockdown)");
	d.by = BPFLOCK_BY_OTHER;
	expect_part("logfmt", &d, " by=other reason=\"denied (other)\" ");
}

/* The rule set that decided is named, with what of it did. */
TEST(test_cause)
{
	static const struct {
		uint8_t verdict, why;
		uint64_t rule_cgroup;
		const char *classic, *logfmt, *json;
	} rows[] = {
		{ BPFLOCK_VERDICT_DENY, BPFLOCK_WHY_PROFILE, 7013, " reason=denied (cgroup)\" ",
		  " why=profile rule_cgroup_id=7013 generation=3 ",
		  ",\"why\":\"profile\",\"rule_cgroup_id\":7013,\"generation\":3," },
		{ BPFLOCK_VERDICT_AUDIT, BPFLOCK_WHY_BLOCK, UINT64_MAX, " reason=audit (cgroup)\" ",
		  " why=block rule_cgroup_id=18446744073709551615 generation=3 ",
		  ",\"why\":\"block\",\"rule_cgroup_id\":18446744073709551615,\"generation\":3," },
		{ BPFLOCK_VERDICT_ALLOW, BPFLOCK_WHY_GRANT, 7013, " reason=allow (grant)\" ",
		  " why=grant rule_cgroup_id=7013 generation=3 ",
		  ",\"why\":\"grant\",\"rule_cgroup_id\":7013,\"generation\":3," },
		{ BPFLOCK_VERDICT_ALLOW, BPFLOCK_WHY_GRANT, 0, " reason=allow (grant)\" ",
		  " why=grant generation=3 ", ",\"why\":\"grant\",\"generation\":3," },
		{ BPFLOCK_VERDICT_ALLOW, BPFLOCK_WHY_LEVEL, 0, " reason=allow (level)\" ",
		  " why=level generation=3 ", ",\"why\":\"level\",\"generation\":3," },
		{ BPFLOCK_VERDICT_ALLOW, BPFLOCK_WHY_ALLOW, 0, " reason=allow (allow)\" ",
		  " why=allow generation=3 ", ",\"why\":\"allow\",\"generation\":3," },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct event d = decision();

		d.verdict = rows[i].verdict;
		d.why = rows[i].why;
		d.rule_cgroup = rows[i].rule_cgroup;
		expect_part("classic", &d, rows[i].classic);
		expect_part("logfmt", &d, rows[i].logfmt);
		expect_part("json", &d, rows[i].json);
	}
}

TEST(test_grants)
{
	static const struct {
		uint64_t operations, expires;
		uint32_t action;
		const char *note, *logfmt, *json;
	} rows[] = {
		/* the record's time is 1234567890123 */
		{ 1 << 2, 1234567890123 + SECOND - 1, BPFLOCK_GRANT_GIVEN, "",
		  "action=given grant=4 operations=dev_mem target=/ seconds=0 generation=3",
		  "\"action\":\"given\",\"grant\":4,\"operations\":[\"dev_mem\"],\"target\":\"/\","
		  "\"seconds\":0,\"generation\":3" },
		{ 1 << 2, 1234567890123, BPFLOCK_GRANT_GIVEN, "x", "target=/ seconds=0 comment=x generation=3",
		  "\"target\":\"/\",\"seconds\":0,\"comment\":\"x\",\"generation\":3" },
		{ 1 << 2, 1234567890122, BPFLOCK_GRANT_GIVEN, "x", "target=/ comment=x generation=3",
		  "\"target\":\"/\",\"comment\":\"x\",\"generation\":3" },
		{ 1 << 2, UINT64_MAX, BPFLOCK_GRANT_REVOKED, "",
		  "action=revoked grant=4 operations=dev_mem target=/ generation=3",
		  "\"action\":\"revoked\",\"grant\":4,\"operations\":[\"dev_mem\"],"
		  "\"target\":\"/\",\"generation\":3" },
		/* an operation that this kernel's table does not have, and none at all */
		{ 1ULL << 63 | 1 << 3, 0, BPFLOCK_GRANT_REVOKED, "",
		  "operations=brand_new,unknown target=", "\"operations\":[\"brand_new\",\"unknown\"],"
						      "\"target\":" },
		{ 0, 0, BPFLOCK_GRANT_REVOKED, "", "operations= target=",
		  "\"operations\":[],\"target\":" },
	};

	set_zone("UTC", false);
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct event g = grant("/", rows[i].note);

		g.operations = rows[i].operations;
		g.expires = rows[i].expires;
		g.action = rows[i].action;
		expect_part("logfmt", &g, rows[i].logfmt);
		expect_part("json", &g, rows[i].json);
	}
}

/* Each attempt has its word, and what is not known of the object is left out. */
TEST(test_tampering)
{
	static const struct {
		uint32_t attempt;
		const char *object;
		uint64_t id;
		const char *classic, *logfmt, *json, *brief;
	} rows[] = {
		{ BPFLOCK_TAMPER_ATTACH, "proof", 7, "attempt=attach object=proof object_id=7 tgid=",
		  "attempt=attach object=proof object_id=7 seq=",
		  "\"attempt\":\"attach\",\"object\":\"proof\",\"object_id\":7,\"seq\"", "sealed: proof\n" },
		{ BPFLOCK_TAMPER_DETACH, "", 0, "attempt=detach object= object_id=0 tgid=", "attempt=detach seq=",
		  "\"attempt\":\"detach\",\"seq\"", " sealed\n" },
		{ BPFLOCK_TAMPER_NAME, "bplks_x", 9, "attempt=name object=bplks_x object_id=9 tgid=",
		  "attempt=name object=bplks_x object_id=9 seq=", "\"attempt\":\"name\"",
		  "sealed: bplks_x\n" },
		{ BPFLOCK_TAMPER_SYSCTL, "kernel/ftrace_enabled", 0,
		  "attempt=sysctl object=kernel/ftrace_enabled object_id=0 tgid=",
		  "attempt=sysctl object=kernel/ftrace_enabled seq=",
		  "\"attempt\":\"sysctl\",\"object\":\"kernel/ftrace_enabled\",\"seq\"",
		  "sealed: kernel/ftrace_enabled\n" },
		{ BPFLOCK_TAMPER_MAP, "", UINT64_MAX, "attempt=map object= object_id=18446744073709551615 ",
		  "attempt=map object_id=18446744073709551615 seq=",
		  "\"attempt\":\"map\",\"object_id\":18446744073709551615,", " object 18446744073709551615\n" },
		{ BPFLOCK_TAMPER_PROGRAM, "a", 1, "attempt=program ", "attempt=program ",
		  "\"attempt\":\"program\"", "DENY  program " },
		{ BPFLOCK_TAMPER_UNLOAD, "/sys/fs/bpf/bpflock", 0, "attempt=unload ", "decision=allow ",
		  "\"attempt\":\"unload\"", "not sealed: /sys/fs/bpf/bpflock\n" },
	};

	assert_int_equal(ARRAY_SIZE(rows), _BPFLOCK_TAMPER_MAX);
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct event t = tamper(rows[i].object);

		t.attempt = rows[i].attempt;
		if (t.attempt == BPFLOCK_TAMPER_UNLOAD)
			t.verdict = BPFLOCK_VERDICT_ALLOW;
		t.object_id = rows[i].id;
		expect_part("classic", &t, rows[i].classic);
		expect_part("logfmt", &t, rows[i].logfmt);
		expect_part("json", &t, rows[i].json);
		expect_part("short", &t, rows[i].brief);
	}
}

TEST(test_names)
{
	static const struct {
		enum event_kind kind;
		const char *name, *program;
	} rows[] = {
		{ EVENT_LOCKED_DOWN, "lsm_locked_down", "kimglock" },
		{ EVENT_EXECVE, "syscall_execve", "execsnoop" },
		{ EVENT_GRANT, "grant", "bpflock-ctl" }, { EVENT_TAMPER, "tamper", "seal" },
		{ EVENT_LOST, "lost", "bpflock" }, { EVENT_MISSED, "missed", "bpflock" },
		{ EVENT_INVALID, "invalid", "bpflock" },
	};

	assert_int_equal(ARRAY_SIZE(rows), _EVENT_MAX);
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct event e = { .kind = rows[i].kind };

		assert_string_equal(event_name(&e), rows[i].name);
		assert_string_equal(event_program(&e), rows[i].program);
	}
}

TEST(test_unknown_operations)
{
	struct event d = decision();

	d.reason = 3;
	expect_part("logfmt", &d, " operation=brand_new ");
	d.reason = 40;
	expect_part("logfmt", &d, " operation=unknown ");
	d.reason = UINT32_MAX;
	expect_part("json", &d, "\"operation\":\"unknown\"");
}

TEST(test_zones)
{
	static const struct {
		const char *zone;
		bool utc;
		const char *expected;
	} rows[] = {
		{ "UTC", false, "time=\"2022-02-11T11:23:58Z\"" },
		{ "XXX-05:30", false, "time=\"2022-02-11T16:53:58+05:30\"" },
		{ "XXX+03", false, "time=\"2022-02-11T08:23:58-03:00\"" },
		{ "XXX+03", true, "time=\"2022-02-11T11:23:58Z\"" },
	};
	struct event d = decision();

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		set_zone(rows[i].zone, rows[i].utc);
		expect_part("classic", &d, rows[i].expected);
	}
	set_zone("UTC", false);
	wallclock.offset = -1235LL * (long long)SECOND; /* before 1970: a clock that was never set */
	expect_part("logfmt", &d, "time=1969-12-31T23:59:59.567890Z");
}

/* These bytes are a comm and a file name. */
static const struct {
	const char *bytes, *classic, *logfmt, *json, *brief;
} hostile[] = {
	{ "a\nb", "a\\x0ab", "\"a\\u000ab\"", "\"a\\u000ab\"", "a\\x0ab" },
	{ "a\"b", "a\\\"b", "\"a\\\"b\"", "\"a\\\"b\"", "a\"b" },
	{ "a\\b", "a\\\\b", "\"a\\\\b\"", "\"a\\\\b\"", "a\\\\b" },
	{ "\033[2J", "\\x1b[2J", "\"\\u001b[2J\"", "\"\\u001b[2J\"", "\\x1b[2J" },
	{ "\x7f", "\\x7f", "\"\\u007f\"", "\"\\u007f\"", "\\x7f" },
	{ "\xc2\x9b", "\\xc2\\x9b", "\"\\u009b\"", "\"\\u009b\"", "\\xc2\\x9b" },
	{ "\xf3\xa0\x81\x81", "\\xf3\\xa0\\x81\\x81", "\"\\udb40\\udc41\"", "\"\\udb40\\udc41\"",
	  "\\xf3\\xa0\\x81\\x81" },
	{ "\xe2\x80\xae", "\\xe2\\x80\\xae", "\"\\u202e\"", "\"\\u202e\"", "\\xe2\\x80\\xae" },
	{ "\xff z", "\\xff z", "\"\\ufffd z\"", "\"\\ufffd z\"", "\\xff z" },
	{ "\xc3\xa4", "\xc3\xa4", "\"\xc3\xa4\"", "\"\xc3\xa4\"", "\xc3\xa4" },
	{ "a b=c", "a b=c", "\"a b=c\"", "\"a b=c\"", "a b=c" },
	{ "", "", "\"\"", "\"\"", "" },
	{ "-(a)@:,+/._9Z", "-(a)@:,+/._9Z", "-(a)@:,+/._9Z", "\"-(a)@:,+/._9Z\"", "-(a)@:,+/._9Z" },
};

/* The value stands between these two. */
static void expect_field(const char *format, const struct event *e, const char *before, const char *value,
			 const char *after)
{
	char *part = NULL;

	assert_true(asprintf(&part, "%s%s%s", before, value, after) > 0);
	expect_part(format, e, part);
	free(part);
	/* one line, and nothing that a terminal obeys */
	for (size_t i = 0; i + 2 < out.len; i++)
		assert_true((unsigned char)out.data[i] >= 0x20 && out.data[i] != 0x7f);
}

TEST(test_hostile)
{
	set_zone("UTC", false);
	for (size_t i = 0; i < ARRAY_SIZE(hostile); i++) {
		struct event d = decision(), x = exec(hostile[i].bytes);
		struct event target = grant(hostile[i].bytes, "why");
		struct event note = grant("/", hostile[i].bytes), t = tamper(hostile[i].bytes);

		strcpy(d.head.comm, hostile[i].bytes);
		d.exe[0] = '\0'; /* else the short form has its name */
		expect_field("classic", &d, " comm=", hostile[i].classic, " pcomm=bash ");
		expect_field("classic", &x, " filename=", hostile[i].classic, " retval=0\"");
		expect_field("logfmt", &d, " comm=", hostile[i].logfmt, " ");
		expect_field("logfmt", &x, " filename=", hostile[i].logfmt, " ");
		expect_field("json", &d, "\"comm\":", hostile[i].json, ",\"");
		expect_field("json", &x, "\"filename\":", hostile[i].json, ",\"");
		expect_field("short", &d, " ", hostile[i].brief, "[70902]");
		expect_field("short", &x, "uid=1000  ", hostile[i].brief, "\n");
		expect_field("classic", &target, " target=", hostile[i].classic, " tgid=");
		expect_field("classic", &note, " note=", hostile[i].classic, "\" bpfprog=");
		expect_field("logfmt", &target, " target=", hostile[i].logfmt, " ");
		expect_field("json", &target, "\"target\":", hostile[i].json, ",\"");
		expect_field("short", &target, " to ", hostile[i].brief, ": why\n");
		expect_field("classic", &t, " object=", hostile[i].classic, " object_id=1066 ");
		if (!hostile[i].bytes[0])
			continue; /* no note or name, no field */
		expect_field("logfmt", &t, " object=", hostile[i].logfmt, " ");
		strcpy(d.exe, hostile[i].bytes);
		expect_field("logfmt", &d, " exe=", hostile[i].logfmt, " ");
		expect_field("json", &d, "\"exe\":", hostile[i].json, ",\"");
		expect_field("json", &t, "\"object\":", hostile[i].json, ",\"");
		expect_field("short", &t, " sealed: ", hostile[i].brief, "\n");
		expect_field("logfmt", &note, " comment=", hostile[i].logfmt, " ");
		expect_field("json", &note, "\"comment\":", hostile[i].json, ",\"");
		expect_field("short", &note, " to /: ", hostile[i].brief, "\n");
	}
}

TEST(test_hex)
{
	struct event d = decision(), x = exec("/tmp/\xc3(");
	struct event g = grant("/\xff", "\xfe"), t = tamper("\xfe.");

	strcpy(d.head.comm, "\xff" "A");
	expect_part("json", &d, "\"comm\":\"\\ufffdA\",\"comm_hex\":\"ff41\",\"pcomm\":\"bash\",");
	expect_part("logfmt", &d, " comm=\"\\ufffdA\" comm_hex=ff41 pcomm=bash ");
	expect_part("json", &x, "\"filename\":\"/tmp/\\ufffd(\",\"filename_hex\":\"2f746d702fc328\",");
	expect_part("json", &g, "\"target\":\"/\\ufffd\",\"target_hex\":\"2fff\",\"seconds\":600,");
	expect_part("json", &g, "\"comment\":\"\\ufffd\",\"comment_hex\":\"fe\",");
	expect_part("logfmt", &g, " target=\"/\\ufffd\" target_hex=2fff seconds=600 comment=\"\\ufffd\" "
				  "comment_hex=fe generation=3 ");
	expect_part("json", &t, "\"object\":\"\\ufffd.\",\"object_hex\":\"fe2e\",\"object_id\":1066,");
	expect_part("logfmt", &t, " object=\"\\ufffd.\" object_hex=fe2e object_id=1066 ");
}

/* The longest line there is fits behind a batch that is just not full. */
TEST(test_longest)
{
	static char name[BPFLOCK_PATH_MAX], target[BPFLOCK_PATH_SHORT], note[BPFLOCK_NOTE_LEN];
	static char object[BPFLOCK_OBJECT_LEN];
	struct event t = tamper(object), x, g = grant(target, note);

	memset(name, 0x01, sizeof(name) - 1);
	name[0] = 0xff;
	x = exec(name);
	memset(target, 0xff, sizeof(target) - 1);
	memset(note, 0x01, sizeof(note) - 1);
	memset(object, 0xff, sizeof(object) - 1);
	t.object_id = UINT64_MAX;
	g.operations = UINT64_MAX;
	for (size_t i = 0; i < formats_count; i++) {
		out.len = OUT_BATCH - 1;
		formats[i].write(&context, &x);
		assert_false(out.overflow);
		out.len = OUT_BATCH - 1;
		formats[i].write(&context, &g);
		assert_false(out.overflow);
		out.len = OUT_BATCH - 1;
		formats[i].write(&context, &t);
		assert_false(out.overflow);
	}
}

TEST(test_numbers)
{
	static const struct {
		int64_t n;
		const char *expected;
	} rows[] = {
		{ 0, "0" }, { 9, "9" }, { 10, "10" }, { -1, "-1" },
		{ INT64_MAX, "9223372036854775807" }, { INT64_MIN, "-9223372036854775808" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		out.len = 0;
		out_i64(&out, rows[i].n);
		out_char(&out, '\0');
		assert_string_equal(out.data, rows[i].expected);
	}
	out.len = 0;
	out_u64(&out, UINT64_MAX);
	out_digits(&out, 42, 6);
	out_char(&out, '\0');
	assert_string_equal(out.data, "18446744073709551615000042");
}

/* Only a pid and a network namespace together make the host. */
TEST(test_in_host)
{
	struct event d = decision();

	set_zone("UTC", false);
	context.host_netns = 4026531840;
	expect_part("json", &d, "\"netns\":4026532203,\"in_host\":false,");
	d.head.netns = 4026531840;
	expect_part("logfmt", &d, " netns=4026531840 in_host=no ");
	d.head.pidns = 4026531836;
	expect_part("logfmt", &d, " netns=4026531840 in_host=yes ");
	expect_part("json", &d, ",\"in_host\":true,");
	out.len = 0;
	format_journal(&context, &d);
	assert_non_null(memmem(out.data, out.len, "\nBPFLOCK_IN_HOST=yes\n", 21));
	context.host_netns = 0;
}
