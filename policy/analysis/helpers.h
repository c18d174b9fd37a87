/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Programs that the kernel starts by itself run in the host's namespaces and in the root cgroup. A
 * container that chooses such a program leaves profile baseline by it, and the rule set of its
 * cgroup. One row per such way. A process outside the host's namespaces is judged by what it can
 * write and mount; LSMs, which may refuse that, are not looked at. Pure but for helpers_read().
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

enum helper {
	HELPER_CORE_PATTERN,
	HELPER_MODPROBE,
	HELPER_RELEASE_AGENT,
	HELPER_BINFMT_MISC,
	_HELPER_MAX,
};

struct helper_info {
	const char *name;
	const char *fstype,
		*file; /* the file that names the program, seen from the root of its file system */
	bool admin;    /* writing it takes CAP_SYS_ADMIN too */
	bool host_cgroupns; /* the file system can be mounted anew only in the initial cgroup
			       namespace */
	const char *when;   /* "a process dumps core": when the kernel starts the program */
};

extern const struct helper_info helper_infos[_HELPER_MAX];

/* The rights of a process outside the host's namespaces. */
struct helper_task {
	bool root;	    /* is uid 0 of the host, or can become it */
	bool admin;	    /* has CAP_SYS_ADMIN in the initial user namespace */
	bool filtered;	    /* by seccomp, which may refuse to mount */
	bool host_cgroupns; /* is in the initial cgroup namespace */
	const char *mountinfo;
};

/* From the text of /proc/PID/status, as the initial user namespace sees it. false: something is
 * missing there. */
bool helpers_parse(const char *status, bool initial_userns, struct helper_task *t);

/*
 * Returns whether `file` of a file system of that type is reached through a mount that may be
 * written and that no other mount covers, from the text of /proc/PID/mountinfo.
 */
bool helpers_reaches(const char *mountinfo, const char *fstype, const char *file);

enum helpers_aim {
	HELPER_AIM_NOT,
	HELPER_AIM_MAYBE,
	HELPER_AIM_CAN,
};

enum helpers_aim helpers_aim(const struct helper_info *h, const struct helper_task *t);

enum helper_presence {
	HELPER_PRESENT,
	HELPER_MISSING,
	HELPER_LOADABLE, /* not there, but mounting it may load a module */
	HELPER_UNREADABLE,
};

enum helpers_state {
	HELPER_ABSENT,	/* this kernel has no such thing */
	HELPER_CLOSED,	/* no process that runs now outside the host's namespaces can aim it */
	HELPER_UNKNOWN, /* that cannot be told */
	HELPER_OPEN,	/* one can */
	_HELPER_STATE_MAX,
};

struct helper_finding {
	enum helper_presence presence;
	enum helpers_aim aim; /* the most that one process can */
	pid_t pid;	     /* of that process, and its name, safe to print; 0: none */
	char comm[16];
};

struct helpers {
	struct helper_finding found[_HELPER_MAX];
	bool unseen;		/* some processes could not be looked at */
	char core_pattern[129]; /* safe to print; "" if it cannot be read or is empty */
};

enum helpers_state helpers_state(const struct helpers *h, enum helper which);
const char *helpers_state_name(enum helpers_state state);

/* Returns whether one of them is in this state. */
bool helpers_any(const struct helpers *h, enum helpers_state state);

/* Why its state is what it is, for people. */
void helpers_explain(const struct helpers *h, enum helper which, char *text, size_t size);
