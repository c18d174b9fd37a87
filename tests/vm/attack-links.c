/* SPDX-License-Identifier: GPL-2.0-only */
/* Attacks on what is attached to cgroups: by detaching it, by exchanging it, by having the last
 * word. */
#include "attack-insn.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <time.h>

#define RACE_TIME 5 /* seconds */
#define LAST_FD	  1048575
#define PREORDER  (1U << 6) /* BPF_F_PREORDER */

/* "-" is the root, without any mount. */
static int open_cgroup(const char *path)
{
	int fs, fd;

	if (strcmp(path, "-") != 0)
		return open(path, O_RDONLY | O_DIRECTORY);
	fs = syscall(SYS_fsopen, "cgroup2", 0);
	if (fs < 0 || syscall(SYS_fsconfig, fs, 6 /* FSCONFIG_CMD_CREATE */, NULL, NULL, 0) < 0)
		return -1;
	fd = syscall(SYS_fsmount, fs, 0, 0);
	close(fs);
	return fd;
}

static int load_lsm(uint32_t attach_type, const char *hook, int answer)
{
	struct bpf_insn insns[] = { SET(1, answer), CALL(BPF_FUNC_set_retval), SET(0, 1), END };
	union bpf_attr attr = { .prog_type = BPF_PROG_TYPE_LSM,
				.expected_attach_type = attach_type };
	char function[128];

	snprintf(function, sizeof(function), "bpf_lsm_%s", hook);
	if (attach_type == BPF_LSM_MAC)
		return load_answer(BPF_PROG_TYPE_LSM, attach_type, function, 0);
	attr.attach_btf_id = kernel_function(function);
	return LOAD(&attr, insns);
}

/* The program writes a value of its own in place of anybody's to a sysctl. NULL: it allows all. */
static int load_sysctl(const char *value)
{
	struct bpf_insn allow[] = { SET(0, 1), END };
	struct bpf_insn set[] = {
		LOAD_FROM(BPF_W, 2, 1, 0), /* bpf_sysctl.write */
		IF_ZERO(2, 5),
		STORE(BPF_DW, 10, -8, value ? value[0] : 0),
		COPY(2, 10),
		ADD(2, -8),
		SET(3, 1),
		CALL(BPF_FUNC_sysctl_set_new_value),
		SET(0, 1),
		END,
	};
	union bpf_attr attr = { .prog_type = BPF_PROG_TYPE_CGROUP_SYSCTL,
				.expected_attach_type = BPF_CGROUP_SYSCTL };

	return value ? LOAD(&attr, set) : LOAD(&attr, allow);
}

static int attach_link(int prog, int cgroup, uint32_t type, uint32_t flags)
{
	union bpf_attr attr = { .link_create = { .prog_fd = prog,
						 .target_fd = cgroup,
						 .attach_type = type,
						 .flags = flags } };

	return BPF(BPF_LINK_CREATE, &attr);
}

static int update_link(int fd, int prog)
{
	union bpf_attr attr = { .link_update = { .link_fd = fd, .new_prog_fd = prog } };

	return BPF(BPF_LINK_UPDATE, &attr);
}

static int attach_raw(int prog, int cgroup, uint32_t type, uint32_t flags, int replaced)
{
	union bpf_attr attr = { .target_fd = cgroup,
				.attach_bpf_fd = prog,
				.attach_type = type,
				.attach_flags = flags,
				.replace_bpf_fd = replaced };

	return BPF(BPF_PROG_ATTACH, &attr);
}

static int detach_raw(int prog, int cgroup, uint32_t type)
{
	union bpf_attr attr = { .target_fd = cgroup, .attach_bpf_fd = prog, .attach_type = type };

	return BPF(BPF_PROG_DETACH, &attr);
}

/* bpf(2) by a program of type syscall, as light skeletons do it. */
static int attach_from_within(int prog, int cgroup, uint32_t type)
{
	struct bpf_insn insns[] = {
		STORE(BPF_DW, 10, -8, 0),
		STORE(BPF_DW, 10, -16, 0),
		STORE(BPF_W, 10, -32, prog),
		STORE(BPF_W, 10, -28, cgroup),
		STORE(BPF_W, 10, -24, type),
		STORE(BPF_W, 10, -20, 0),
		SET(1, BPF_LINK_CREATE),
		COPY(2, 10),
		ADD(2, -32),
		SET(3, 32),
		CALL(BPF_FUNC_sys_bpf),
		END,
	};

	return RUN(BPF_PROG_TYPE_SYSCALL, insns);
}

enum way { LINK, RAW, WITHIN, OPEN };

static const struct {
	const char *name;
	enum way way;
	uint32_t flags;
	uint32_t type; /* told to the kernel, if that is not the program's */
} ways[] = {
	{ "link", LINK, 0, 0 },
	{ "link-preorder", LINK, PREORDER, 0 },
	{ "link-as-mac", LINK, 0, BPF_LSM_MAC },
	{ "link-as-device", LINK, 0, BPF_CGROUP_DEVICE },
	{ "raw", RAW, BPF_F_ALLOW_MULTI, 0 },
	{ "raw-preorder", RAW, BPF_F_ALLOW_MULTI | PREORDER, 0 },
	{ "raw-alone", RAW, 0, 0 },
	{ "raw-override", RAW, BPF_F_ALLOW_OVERRIDE, 0 },
	{ "raw-replace", RAW, BPF_F_ALLOW_MULTI | BPF_F_REPLACE, 0 },
	{ "raw-as-mac", RAW, BPF_F_ALLOW_MULTI, BPF_LSM_MAC },
	{ "raw-as-device", RAW, BPF_F_ALLOW_MULTI, BPF_CGROUP_DEVICE },
	{ "within", WITHIN, 0, 0 },
	{ "open", OPEN, 0, 0 },
};

static int attach(size_t way, int prog, int cgroup, uint32_t type)
{
	if (ways[way].type)
		type = ways[way].type;
	switch (ways[way].way) {
	case LINK:
		return attach_link(prog, cgroup, type, ways[way].flags);
	case RAW:
		return attach_raw(prog, cgroup, type, ways[way].flags,
				  ways[way].flags & BPF_F_REPLACE ? prog_by_id(our_lock()) : 0);
	case WITHIN:
		return attach_from_within(prog, cgroup, type);
	case OPEN:
		return attach_program(prog);
	}
	return -1;
}

/* The program is attached by the first argument, to the second. Raw is detached in the end. */
static int attach_and_run(char **argv, int prog, uint32_t type, char **command)
{
	int cgroup = open_cgroup(argv[1]), r = tell("load", prog);
	size_t way = 0;

	while (way < COUNT(ways) && strcmp(ways[way].name, argv[0]) != 0)
		way++;
	if (r != WORKED || way == COUNT(ways))
		return r == WORKED ? COULD_NOT : r;
	gate("load");
	r = tell("attach", attach(way, prog, cgroup, type));
	if (r != WORKED)
		return r;
	gate("attach");
	r = then(command);
	if (ways[way].way == RAW)
		detach_raw(prog, cgroup, type);
	return r;
}

/* attach WAY CGROUP HOOK ANSWER [COMMAND...]: an lsm_cgroup program that sets the answer */
static int attack_attach(char **argv)
{
	return attach_and_run(argv, load_lsm(BPF_LSM_CGROUP, argv[2], atoi(argv[3])),
			      BPF_LSM_CGROUP, argv + 4);
}

/*
 * A link whose place on the root and whose slot for its hook may still be taken: kernels give both back some
 * time after a link's end, which on a busy machine can be many seconds.
 */
static int attach_when_there_is_room(int prog, int cgroup)
{
	int tries = 600, fd = attach_link(prog, cgroup, BPF_LSM_CGROUP, 0);

	while (fd < 0 && (errno == EINVAL || errno == E2BIG) && tries-- > 0) {
		usleep(100000);
		fd = attach_link(prog, cgroup, BPF_LSM_CGROUP, 0);
	}
	return fd;
}

static int attach_links_and_run(int n, char **argv)
{
	int cgroup = open_cgroup(argv[0]);

	while (n-- > 0) {
		int prog = load_lsm(BPF_LSM_CGROUP, argv[1], atoi(argv[2])), r = tell("load", prog);

		if (r != WORKED)
			return r;
		gate("load");
		r = tell("attach", attach_when_there_is_room(prog, cgroup));
		if (r != WORKED)
			return r;
		gate("attach");
	}
	return then(argv + 3);
}

/* lsm-cgroup CGROUP HOOK ANSWER [COMMAND...]: the same by a link, as soon as there is room for it */
static int attack_lsm_cgroup(char **argv)
{
	return attach_links_and_run(1, argv);
}

/* lsm-cgroup-links N CGROUP HOOK ANSWER [COMMAND...]: by N links of as many programs */
static int attack_lsm_cgroup_links(char **argv)
{
	return attach_links_and_run(atoi(argv[0]), argv + 1);
}

/* attach-sysctl WAY CGROUP VALUE [COMMAND...]: who writes to a sysctl writes the value */
static int attack_attach_sysctl(char **argv)
{
	return attach_and_run(argv, load_sysctl(argv[2]), BPF_CGROUP_SYSCTL, argv + 3);
}

/* update-sysctl CGROUP VALUE [COMMAND...]: by a link whose program allowed all when it was attached
 */
static int attack_update_sysctl(char **argv)
{
	int fd = attach_link(load_sysctl(NULL), open_cgroup(argv[0]), BPF_CGROUP_SYSCTL, 0);
	int r = tell("attach", fd);

	if (r != WORKED)
		return r;
	gate("attach");
	r = tell("update the link", update_link(fd, load_sysctl(argv[1])));
	return r == WORKED ? then(argv + 2) : r;
}

static int link_program(int fd)
{
	struct bpf_link_info info = {};

	return info_of(fd, &info, sizeof(info)) < 0 ? -1 : (int)info.prog_id;
}

/* Links of ours; none is of a sealed set's lock. */
static int open_links(int fds[OURS_MAX])
{
	struct ours o;
	int n = 0;

	find_ours(&o);
	for (uint32_t id = 0; (id = next_id(BPF_LINK_GET_NEXT_ID, id)) && n < OURS_MAX;) {
		int fd = link_by_id(id), prog = fd < 0 ? -1 : link_program(fd);
		bool ours = false;

		for (size_t i = 0; i < o.n_programs; i++)
			ours = ours || (int)o.programs[i] == prog;
		if (ours)
			fds[n++] = fd;
		else if (fd >= 0)
			close(fd);
	}
	return n;
}

static int detach_link(int fd)
{
	union bpf_attr attr = { .link_detach = { .link_fd = fd } };

	return BPF(BPF_LINK_DETACH, &attr);
}

static void *detach_in_thread(void *fd)
{
	return (void *)(intptr_t)(detach_link(*(int *)fd) < 0 ? errno : 0);
}

/* By another thread, which shares the table of fds. */
static int detach_by_thread(int fd)
{
	pthread_t thread;
	void *error;

	if (pthread_create(&thread, NULL, detach_in_thread, &fd) != 0)
		return -1;
	pthread_join(thread, &error);
	errno = (intptr_t)error;
	return error ? -1 : 0;
}

/* The last slot there can be. */
static int detach_in_last_slot(int fd)
{
	struct rlimit most = { LAST_FD + 1, LAST_FD + 1 };

	if (setrlimit(RLIMIT_NOFILE, &most) < 0 || dup2(fd, LAST_FD) < 0)
		return -1;
	return detach_by_thread(LAST_FD);
}

static volatile int race_over;
static int race_link, race_other, race_fd;

static void *swap(void *unused)
{
	while (!race_over) {
		dup2(race_other, race_fd);
		dup2(race_link, race_fd);
	}
	return unused;
}

/* An fd that another thread turns from something else into the link and back. */
static int detach_in_a_race(int fd)
{
	const time_t end = time(NULL) + RACE_TIME;
	pthread_t thread;
	int r = -1;

	race_link = fd;
	race_other = open("/dev/null", O_RDONLY);
	race_fd = dup(race_other);
	race_over = 0;
	if (race_fd < 0 || pthread_create(&thread, NULL, swap, NULL) != 0)
		return -1;
	while (r < 0 && time(NULL) < end) {
		r = detach_link(race_fd);
		sched_yield();
	}
	race_over = 1;
	pthread_join(thread, NULL);
	return r;
}

static int exchange(int fd)
{
	return update_link(fd, load_lsm(BPF_LSM_CGROUP, "locked_down", 0));
}

static int exchange_for_mac(int fd)
{
	return update_link(fd, load_lsm(BPF_LSM_MAC, "locked_down", 0));
}

/* links ACT: each of ours */
static int attack_links(char **argv)
{
	static const struct {
		const char *name;
		int (*act)(int fd);
	} acts[] = {
		{ "detach", detach_link },
		{ "detach-thread", detach_by_thread },
		{ "detach-last", detach_in_last_slot },
		{ "detach-race", detach_in_a_race },
		{ "update", exchange },
		{ "update-mac", exchange_for_mac },
	};
	int fds[OURS_MAX], n = open_links(fds), r = COULD_NOT;

	gate("load");
	printf("%d links\n", n);
	for (size_t a = 0; a < COUNT(acts); a++)
		for (int i = 0; i < n && strcmp(acts[a].name, argv[0]) == 0; i++)
			r = better(r, tell(argv[0], acts[a].act(fds[i])));
	return r;
}

/* detach-ours CGROUP: each program of ours, as lock, guard of sysctls, and by no type at all */
static int attack_detach_ours(char **argv)
{
	static const uint32_t types[] = { BPF_LSM_CGROUP, BPF_CGROUP_SYSCTL, BPF_LSM_MAC };
	int cgroup = open_cgroup(argv[0]), r = COULD_NOT;
	struct ours o;

	find_ours(&o);
	for (size_t i = 0; i < o.n_programs; i++)
		for (size_t t = 0; t < COUNT(types); t++)
			r = better(r, tell("detach", detach_raw(prog_by_id(o.programs[i]), cgroup,
								types[t])));
	return r;
}

/* slots COUNT: so many hooks, of the ten there can be */
static int attack_slots(char **argv)
{
	static const char *const hooks[] = { "file_lock",  "inode_rename", "inode_symlink",
					     "path_chmod", "path_mkdir",   "path_unlink",
					     "sb_umount",  "sb_mount",	   "task_kill" };
	int root = open_cgroup("-"), r = COULD_NOT;

	for (int i = 0; i < atoi(argv[0]) && i < (int)COUNT(hooks); i++)
		r = tell(hooks[i], attach_link(load_lsm(BPF_LSM_CGROUP, hooks[i], 0), root,
					       BPF_LSM_CGROUP, 0));
	gate("attach");
	return r;
}

/* prog-detach CGROUP PROGRAM lsm|sysctl */
static int attack_prog_detach(char **argv)
{
	return tell("detach",
		    detach_raw(prog_by_id(atoi(argv[1])), open_cgroup(argv[0]),
			       strcmp(argv[2], "lsm") == 0 ? BPF_LSM_CGROUP : BPF_CGROUP_SYSCTL));
}

/* neighbour CGROUP: a link beside ours with PREORDER, updated again and again: once it hit the
 * wrong slot */
static int attack_neighbour(char **argv)
{
	int fd = attach_link(load_lsm(BPF_LSM_CGROUP, "locked_down", 0), open_cgroup(argv[0]),
			     BPF_LSM_CGROUP, PREORDER);
	int r = tell("attach", fd);

	if (r != WORKED)
		return r;
	gate("attach");
	for (int i = 0; i < 20; i++)
		exchange(fd);
	return then(argv + 1);
}

const struct attack link_attacks[] = {
	{ "attach", 4, attack_attach },
	{ "lsm-cgroup", 3, attack_lsm_cgroup },
	{ "lsm-cgroup-links", 4, attack_lsm_cgroup_links },
	{ "attach-sysctl", 3, attack_attach_sysctl },
	{ "update-sysctl", 2, attack_update_sysctl },
	{ "links", 1, attack_links },
	{ "detach-ours", 1, attack_detach_ours },
	{ "slots", 1, attack_slots },
	{ "prog-detach", 3, attack_prog_detach },
	{ "neighbour", 1, attack_neighbour },
	{},
};
