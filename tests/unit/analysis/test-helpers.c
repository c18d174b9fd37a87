// SPDX-License-Identifier: GPL-2.0-only
/* Some processes can choose a program that the kernel starts on the host. */
#include "test.h"
#include "helpers.h"

static const struct {
	const char *what, *status;
	bool initial_userns, ok, root, admin, filtered;
} tasks[] = {
	{ "root", "Name:\tsh\nUid:\t0\t0\t0\t0\nCapPrm:\t000001ffffffffff\nSeccomp:\t0\n", true,
	  true, true, true, false },
	{ "root without capabilities", "Uid:\t0\t0\t0\t0\nCapPrm:\t0000000000000000\nSeccomp:\t0\n",
	  true, true, true, false, false },
	{ "a container of Docker", "Uid:\t0\t0\t0\t0\nCapPrm:\t00000000a80425fb\nSeccomp:\t2\n",
	  true, true, true, false, true },
	{ "root of a user namespace that is somebody on the host",
	  "Uid:\t1000\t1000\t1000\t1000\nCapPrm:\t000001ffffffffff\nSeccomp:\t0\n", false, true,
	  false, false, false },
	{ "root of a user namespace that is root on the host",
	  "Uid:\t0\t0\t0\t0\nCapPrm:\t000001ffffffffff\nSeccomp:\t0\n", false, true, true, false,
	  false },
	{ "saved uid", "Uid:\t1\t1\t0\t1\nCapPrm:\t0\n", true, true, true, false, false },
	{ "CAP_SETUID", "Uid:\t1\t1\t1\t1\nCapPrm:\t80\n", true, true, true, false, false },
	{ "nobody", "Uid:\t1\t1\t1\t1\nCapPrm:\t0\n", true, true, false, false, false },
	{ "no capabilities told", "Uid:\t1\t1\t1\t1\n", true, false, false, false, false },
	{ "no uid told", "CapPrm:\t0\n", true, false, false, false, false },
	{ "cut off", "Uid:\t1\t1", true, false, false, false, false },
	{ "no number", "Uid:\t1\t1\t1\t1\nCapPrm:\t0\nSeccomp:\tx\n", true, false, false, false,
	  false },
	{ "nothing", "", true, false, false, false, false },
};

TEST(tasks_are_read)
{
	for (size_t i = 0; i < ARRAY_SIZE(tasks); i++) {
		struct helper_task t = {};
		bool ok = helpers_parse(tasks[i].status, tasks[i].initial_userns, &t);

		if (ok != tasks[i].ok ||
		    (ok && (t.root != tasks[i].root || t.admin != tasks[i].admin ||
			    t.filtered != tasks[i].filtered)))
			fail_msg("%s: %d, root %d, admin %d, filtered %d", tasks[i].what, ok,
				 t.root, t.admin, t.filtered);
	}
}

#define ROOT	  "20 1 8:1 / / rw,relatime - ext4 /dev/sda1 rw\n"
#define PROC	  "21 20 0:20 / /proc rw,nosuid shared:5 master:1 - proc proc rw\n"
#define PROC_RO	  "21 20 0:20 / /proc ro,nosuid - proc proc rw\n"
#define SYS_RO	  "22 21 0:20 /sys /proc/sys ro,nosuid - proc proc rw\n"
#define SYS_RW	  "22 21 0:20 /sys /proc/sys rw,nosuid - proc proc rw\n"
#define SYS_TMPFS "22 21 0:30 / /proc/sys rw - tmpfs tmpfs rw\n"
#define KERNEL_RW "23 22 0:20 /sys/kernel /proc/sys/kernel rw - proc proc rw\n"
#define PATTERN	  "23 22 0:20 /sys/kernel/core_pattern /mnt/c\\040p rw - proc proc rw\n"
#define OVER	  "24 20 0:31 / /proc rw - tmpfs tmpfs rw\n"
#define PIDS	  "21 20 0:20 / /proc rw - proc proc rw,subset=pid\n"
#define SUPER_RO  "21 20 0:20 / /proc rw - proc proc ro\n"
#define ELSEWHERE "25 20 0:20 / /host/proc rw - proc proc rw\n"
#define V1	  "26 20 0:32 / /sys/fs/cgroup/cpu rw - cgroup cgroup rw,cpu\n"
#define V1_BELOW  "26 20 0:32 /docker/x /sys/fs/cgroup/cpu rw - cgroup cgroup rw,cpu\n"
#define V2	  "26 20 0:33 / /sys/fs/cgroup rw - cgroup2 cgroup2 rw\n"
#define BINFMT	  "27 22 0:34 / /proc/sys/fs/binfmt_misc rw - binfmt_misc binfmt_misc rw\n"

static const struct {
	const char *mountinfo;
	bool reached[_HELPER_MAX];
} mounts[] = {
	{ ROOT, {} }, { "", {} }, { "garbage\n - \n1 2 3\n", {} },
	{ ROOT PROC, { true, true } }, { ROOT PROC_RO, {} }, { ROOT SUPER_RO, {} },
	{ ROOT PIDS, {} }, { ROOT PROC SYS_RO, {} }, { ROOT PROC SYS_TMPFS, {} },
	{ ROOT PROC_RO SYS_RW, { true, true } },
	{ ROOT PROC SYS_RO KERNEL_RW, { true, true } },
	{ ROOT PROC SYS_RO PATTERN, { true, false } },
	{ ROOT PROC OVER, {} },
	{ ROOT OVER PROC, { true, true } },
	{ ROOT PROC SYS_RO ELSEWHERE, { true, true } },
	{ ROOT V1, { false, false, true } }, { ROOT V1_BELOW, {} }, { ROOT V2, {} },
	{ ROOT PROC SYS_RO BINFMT, { false, false, false, true } },
};

TEST(files_are_reached_through_mounts_that_may_be_written)
{
	for (size_t i = 0; i < ARRAY_SIZE(mounts); i++)
		for (int k = 0; k < _HELPER_MAX; k++)
			if (helpers_reaches(mounts[i].mountinfo, helper_infos[k].fstype,
					   helper_infos[k].file) != mounts[i].reached[k])
				fail_msg("row %zu: %s", i, helper_infos[k].name);
}

#define NOT   HELPER_AIM_NOT
#define MAYBE HELPER_AIM_MAYBE
#define CAN   HELPER_AIM_CAN

static const struct {
	const char *what;
	struct helper_task task;
	enum helpers_aim aim[_HELPER_MAX];
} aims[] = {
	{ "nobody", { .mountinfo = ROOT PROC V1 BINFMT }, { NOT, NOT, NOT, NOT } },
	{ "admin, but never root",
	  { .admin = true, .mountinfo = ROOT PROC V1 BINFMT },
	  { NOT, NOT, NOT, NOT } },
	{ "a container",
	  { .root = true, .mountinfo = ROOT PROC SYS_RO V1 },
	  { NOT, NOT, NOT, NOT } },
	{ "one with /proc/sys", { .root = true, .mountinfo = ROOT PROC }, { CAN, CAN, NOT, NOT } },
	{ "one with CAP_SYS_ADMIN, which mounts anew",
	  { .root = true, .admin = true, .mountinfo = ROOT PROC SYS_RO },
	  { CAN, CAN, NOT, CAN } },
	{ "the same in the host's cgroup namespace",
	  { .root = true, .admin = true, .host_cgroupns = true, .mountinfo = ROOT PROC SYS_RO },
	  { CAN, CAN, CAN, CAN } },
	{ "one that seccomp may keep from mounting",
	  { .root = true,
	    .admin = true,
	    .host_cgroupns = true,
	    .filtered = true,
	    .mountinfo = ROOT PROC SYS_RO },
	  { MAYBE, MAYBE, MAYBE, MAYBE } },
	{ "seccomp does not keep it from writing",
	  { .root = true, .filtered = true, .mountinfo = ROOT PROC BINFMT },
	  { CAN, CAN, NOT, CAN } },
	{ "a hierarchy of v1 from its root on",
	  { .root = true, .admin = true, .filtered = true, .mountinfo = ROOT V1 },
	  { MAYBE, MAYBE, CAN, MAYBE } },
};

TEST(processes_aim_what_they_can_write_or_mount)
{
	for (size_t i = 0; i < ARRAY_SIZE(aims); i++)
		for (int k = 0; k < _HELPER_MAX; k++) {
			enum helpers_aim aim = helpers_aim(&helper_infos[k], &aims[i].task);

			if (aim != aims[i].aim[k])
				fail_msg("%s: %s: %d", aims[i].what, helper_infos[k].name, aim);
		}
}

static const struct {
	enum helper_presence presence;
	enum helpers_aim aim;
	bool unseen;
	enum helpers_state state;
	const char *why;
} states[] = {
	{ HELPER_PRESENT, NOT, false, HELPER_CLOSED, "can aim it now" },
	{ HELPER_PRESENT, NOT, true, HELPER_UNKNOWN, "not all processes" },
	{ HELPER_PRESENT, MAYBE, false, HELPER_UNKNOWN, "process 7 (sh) can, unless its seccomp" },
	{ HELPER_PRESENT, CAN, false, HELPER_OPEN, "process 7 (sh) can aim it" },
	{ HELPER_PRESENT, CAN, true, HELPER_OPEN, "process 7 (sh) can aim it" },
	{ HELPER_MISSING, CAN, true, HELPER_ABSENT, "has none" },
	{ HELPER_LOADABLE, NOT, false, HELPER_CLOSED, "can aim it now" },
	{ HELPER_LOADABLE, CAN, false, HELPER_UNKNOWN, "process 7 (sh) can, if there is a module" },
	{ HELPER_UNREADABLE, NOT, true, HELPER_UNKNOWN, "cannot read" },
	{ HELPER_UNREADABLE, CAN, false, HELPER_UNKNOWN, "cannot read" },
};

TEST(what_cannot_be_told_is_unknown)
{
	for (size_t i = 0; i < ARRAY_SIZE(states); i++) {
		struct helpers h = { .unseen = states[i].unseen };
		struct helper_finding *f = &h.found[HELPER_MODPROBE];
		char why[256];

		*f = (struct helper_finding){ .presence = states[i].presence,
					      .aim = states[i].aim };
		if (f->aim != NOT) {
			f->pid = 7;
			strcpy(f->comm, "sh");
		}
		helpers_explain(&h, HELPER_MODPROBE, why, sizeof(why));
		if (helpers_state(&h, HELPER_MODPROBE) != states[i].state ||
		    !strstr(why, states[i].why))
			fail_msg("row %zu: %s: %s", i,
				 helpers_state_name(helpers_state(&h, HELPER_MODPROBE)), why);
		assert_true(helpers_any(&h, states[i].state));
	}
}
