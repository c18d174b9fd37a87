// SPDX-License-Identifier: GPL-2.0-only
/*
 * usage: samples FORMAT: prints one event of each kind, and of each decision, in a format of
 * bpflock-log, as on a machine in UTC: for tests/output/samples/, which the manual shows.
 */
#include <stdio.h>
#include <string.h>

#include "cgroups.h"
#include "format.h"
#include "namespaces.h"
#include "operations.h"
#include "util.h"

#define SECOND	   1000000000LL
#define BOOTED	   1795590000LL /* seconds since 1970 */
#define HOST_NETNS 4026531840U
#define SSH	   4711
#define CONTAINER  5012
#define DISK	   0x801 /* as makedev(8, 1) */
#define OVERLAY	   0x34

#define HEAD(t, number, cgroup, process, parent, name, parent_name)                                \
	.time = (t)*SECOND + 123456000, .seq = (number), .generation = 3, .cgroup_id = (cgroup),   \
	.tgid = (process), .pid = (process), .ppid = (parent), .comm = name, .pcomm = parent_name, \
	.loginuid = 1000, .session = 3
#define HOST   .pidns = INITIAL_PID_NAMESPACE, .netns = HOST_NETNS
#define INSIDE .pidns = 4026532201, .netns = 4026532203

static const struct event events[] = {
	{ .kind = EVENT_LOCKED_DOWN,
	  .reason = 4,
	  .verdict = BPFLOCK_VERDICT_ALLOW,
	  .count = 1,
	  .profile = BPFLOCK_PROFILE_BASELINE,
	  .why = BPFLOCK_WHY_PROFILE,
	  .head = { HEAD(77, 1, SSH, 812, 790, "kexec", "bash"), HOST },
	  .exe = "/usr/sbin/kexec",
	  .exe_dev = DISK,
	  .exe_inode = 2101 },
	{ .kind = EVENT_LOCKED_DOWN,
	  .reason = 2,
	  .verdict = BPFLOCK_VERDICT_AUDIT,
	  .count = 1,
	  .profile = BPFLOCK_PROFILE_RESTRICTED,
	  .why = BPFLOCK_WHY_PROFILE,
	  .head = { HEAD(78, 2, SSH, 813, 790, "head", "bash"), HOST },
	  .exe = "/usr/bin/head",
	  .exe_dev = DISK,
	  .exe_inode = 1817 },
	{ .kind = EVENT_LOCKED_DOWN,
	  .reason = 2,
	  .verdict = BPFLOCK_VERDICT_DENY,
	  .count = 3,
	  .profile = BPFLOCK_PROFILE_BASELINE,
	  .why = BPFLOCK_WHY_PROFILE,
	  .rule_cgroup = CONTAINER,
	  .head = { HEAD(79, 3, CONTAINER, 2210, 2188, "head", "sh"), INSIDE, .retval = -1 },
	  .exe = "/usr/bin/head",
	  .exe_dev = OVERLAY,
	  .exe_inode = 377 },
	{ .kind = EVENT_LOCKED_DOWN,
	  .reason = 8,
	  .verdict = BPFLOCK_VERDICT_DENY,
	  .count = 1,
	  .by = BPFLOCK_BY_LOCKDOWN,
	  .head = { HEAD(80, 4, SSH, 820, 790, "wrmsr", "bash"), HOST, .retval = -1 },
	  .exe = "/usr/sbin/wrmsr",
	  .exe_dev = DISK,
	  .exe_inode = 2355 },
	{ .kind = EVENT_EXECVE,
	  .count = 1,
	  .filename = "/usr/bin/head",
	  .filename_len = 13,
	  .head = { HEAD(81, 5, SSH, 821, 790, "head", "bash"), HOST } },
	{ .kind = EVENT_EXECVE,
	  .count = 1,
	  .filename = "/usr/local/bin/tool",
	  .filename_len = 19,
	  .head = { HEAD(82, 6, SSH, 822, 790, "bash", "bash"), HOST, .retval = -2 } },
	{ .kind = EVENT_GRANT,
	  .count = 1,
	  .action = BPFLOCK_GRANT_GIVEN,
	  .grant = 1,
	  .operations = 1U << 2 | 1U << 8,
	  .expires = (83 + 3600) * SECOND + 123456000,
	  .target = "/system.slice/ssh.service",
	  .note = "tracing",
	  .head = { HEAD(83, 7, SSH, 830, 790, "bpflock-ctl", "bash"), HOST } },
	{ .kind = EVENT_GRANT,
	  .count = 1,
	  .action = BPFLOCK_GRANT_REVOKED,
	  .grant = 1,
	  .operations = 1U << 2 | 1U << 8,
	  .target = "/system.slice/ssh.service",
	  .note = "tracing",
	  .head = { HEAD(84, 8, SSH, 831, 790, "bpflock-ctl", "bash"), HOST } },
	{ .kind = EVENT_TAMPER,
	  .count = 1,
	  .verdict = BPFLOCK_VERDICT_DENY,
	  .attempt = BPFLOCK_TAMPER_MAP,
	  .object = "bplks_rules",
	  .object_id = 41,
	  .head = { HEAD(85, 9, SSH, 840, 790, "bpftool", "bash"), HOST, .retval = -1 } },
	{ .kind = EVENT_TAMPER,
	  .count = 1,
	  .verdict = BPFLOCK_VERDICT_ALLOW,
	  .attempt = BPFLOCK_TAMPER_UNLOAD,
	  .object = "/sys/fs/bpf/bpflock",
	  .head = { HEAD(86, 10, SSH, 841, 790, "bpflock-ctl", "bash"), HOST } },
	{ .kind = EVENT_LOST,
	  .count = 12,
	  .first = 11,
	  .last = 22,
	  .head.time = 87 * SECOND + 123456000 },
	{ .kind = EVENT_MISSED,
	  .count = 7,
	  .first = 23,
	  .last = 29,
	  .head.time = 88 * SECOND + 123456000 },
	{ .kind = EVENT_INVALID, .count = 1, .head.time = 89 * SECOND + 123456000 },
};

int main(int argc, char **argv)
{
	static struct out out;
	static struct wallclock wallclock;
	static struct cgroups cgroups;
	static struct bpflock_operation operations[BPFLOCK_REASONS];
	const struct format *format = argc == 2 ? format_find(argv[1]) : NULL;
	const struct format_context context = { .out = &out,
						.clock = &wallclock,
						.operations = operations,
						.host_netns = HOST_NETNS,
						.columns = 68,
						.cgroups = &cgroups };

	if (!format) {
		fputs("usage: samples FORMAT\n", stderr);
		return 2;
	}
	operations_assume(operations);
	wallclock_init(&wallclock, true);
	wallclock.offset = BOOTED * SECOND;
	wallclock.now = 0;
	cgroups_init(&cgroups, -1);
	cgroups_seen(&cgroups, SSH, "/system.slice/ssh.service", 0);
	cgroups_seen(&cgroups, CONTAINER, "/machine.slice/machine-web.scope", 0);
	for (size_t i = 0; i < ARRAY_SIZE(events); i++) {
		out.len = 0;
		format->write(&context, &events[i]);
		fwrite(out.data, 1, out.len, stdout);
	}
	cgroups_done(&cgroups);
	return fflush(stdout) == 0 ? 0 : 1;
}
