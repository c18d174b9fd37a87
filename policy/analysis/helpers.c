// SPDX-License-Identifier: GPL-2.0-only
#include "helpers.h"

#include <inttypes.h>
#include <linux/capability.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "text.h"
#include "util.h"

#define CAP_BIT(cap) (1ULL << (cap))

/*
 * The sysctls are written by uid 0 of the host, whatever its capabilities (test_perm(),
 * fs/proc/proc_sysctl.c). cgroup_release_agent_write() wants CAP_SYS_ADMIN, and cgroup1_get_tree()
 * makes hierarchies for the initial cgroup namespace alone.
 */
const struct helper_info helper_infos[_HELPER_MAX] = {
	[HELPER_CORE_PATTERN] = { "core_pattern", "proc", "/sys/kernel/core_pattern",
				  .when = "a process dumps core" },
	[HELPER_MODPROBE] = { "modprobe", "proc", "/sys/kernel/modprobe",
			      .when = "a module is wanted" },
	[HELPER_RELEASE_AGENT] = { "release_agent", "cgroup", "/release_agent", .admin = true,
				   .host_cgroupns = true, .when = "a cgroup of v1 becomes empty" },
	[HELPER_BINFMT_MISC] = { "binfmt_misc", "binfmt_misc", "/register",
				 .when = "the host executes a file of that format (flag F)" },
};

/* Returns the rest of the line that begins with key, or NULL. */
static const char *value_of(const char *status, const char *key)
{
	size_t len = strlen(key);

	for (const char *line = status; line; line = strchr(line, '\n')) {
		line += *line == '\n';
		if (strncmp(line, key, len) == 0)
			return line + len;
	}
	return NULL;
}

bool helpers_parse(const char *status, bool initial_userns, struct helper_task *t)
{
	const char *uids = value_of(status, "Uid:"), *caps = value_of(status, "CapPrm:");
	const char *seccomp = value_of(status, "Seccomp:");
	unsigned int real, effective, saved, filter = 0;
	uint64_t permitted;

	if (!uids || sscanf(uids, " %u %u %u", &real, &effective, &saved) != 3 || !caps ||
	    sscanf(caps, " %" SCNx64, &permitted) != 1)
		return false;
	/* a kernel without seccomp has no such line */
	if (seccomp && sscanf(seccomp, " %u", &filter) != 1)
		return false;
	t->root = !real || !effective || !saved ||
		  (initial_userns && (permitted & CAP_BIT(CAP_SETUID)));
	t->admin = initial_userns && (permitted & CAP_BIT(CAP_SYS_ADMIN));
	t->filtered = filter != 0;
	return true;
}

struct mount {
	char root[512], point[512], options[256], fstype[64];
	char fs_options[512];
};

/* One line: "22 27 0:20 / /proc rw,nosuid shared:5 - proc proc rw". Blanks in paths are written as
 * octal numbers. */
static bool parse_mount(const char *line, struct mount *m)
{
	size_t len = strcspn(line, "\n");
	const char *rest = memmem(line, len, " - ", 3);

	return rest &&
	       sscanf(line, "%*u %*u %*u:%*u %511s %511s %255s", m->root, m->point, m->options) ==
		       3 &&
	       sscanf(rest, " - %63s %*s %511s", m->fstype, m->fs_options) == 2;
}

/* Returns the rest of path below dir, "" if that is all; NULL if it is elsewhere. */
static const char *below(const char *path, const char *dir)
{
	size_t len = strcmp(dir, "/") == 0 ? 0 : strlen(dir);

	if (strncmp(path, dir, len) != 0 || (path[len] && path[len] != '/'))
		return NULL;
	return path + len;
}

/*
 * Returns whether a mount other than this one, which begins at `line`, lies over the path that m
 * leads to.
 */
static bool is_covered(const char *mountinfo, const char *line, const struct mount *m,
		       const char *path)
{
	bool later = false;

	for (const char *at = mountinfo; at && *at; at = strchr(at, '\n')) {
		struct mount other;

		at += *at == '\n';
		if (at == line) {
			later = true;
			continue;
		}
		if (!parse_mount(at, &other) || !below(path, other.point))
			continue;
		if (strlen(other.point) > strlen(m->point) ||
		    (later && strcmp(other.point, m->point) == 0))
			return true;
	}
	return false;
}

bool helpers_reaches(const char *mountinfo, const char *fstype, const char *file)
{
	for (const char *line = mountinfo; line && *line; line = strchr(line, '\n')) {
		struct mount m;
		const char *rest;
		char path[1024];

		line += *line == '\n';
		if (!parse_mount(line, &m) || strcmp(m.fstype, fstype) != 0 ||
		    !text_has_word(m.options, ",", "rw") ||
		    !text_has_word(m.fs_options, ",", "rw") ||
		    text_has_word(m.fs_options, ",", "subset=pid"))
			continue;
		rest = below(file, m.root);
		if (!rest)
			continue;
		snprintf(path, sizeof(path), "%s%s", strcmp(m.point, "/") == 0 ? "" : m.point,
			 rest);
		if (!is_covered(mountinfo, line, &m, path))
			return true;
	}
	return false;
}

enum helpers_aim helpers_aim(const struct helper_info *h, const struct helper_task *t)
{
	if (!t->root || (h->admin && !t->admin))
		return HELPER_AIM_NOT;
	if (helpers_reaches(t->mountinfo, h->fstype, h->file))
		return HELPER_AIM_CAN;
	if (!t->admin || (h->host_cgroupns && !t->host_cgroupns))
		return HELPER_AIM_NOT;
	return t->filtered ? HELPER_AIM_MAYBE : HELPER_AIM_CAN;
}

enum helpers_state helpers_state(const struct helpers *h, enum helper which)
{
	const struct helper_finding *f = &h->found[which];

	if (f->presence == HELPER_MISSING)
		return HELPER_ABSENT;
	if (f->aim == HELPER_AIM_CAN && f->presence == HELPER_PRESENT)
		return HELPER_OPEN;
	return f->aim == HELPER_AIM_NOT && !h->unseen ? HELPER_CLOSED : HELPER_UNKNOWN;
}

static const char *const state_names[_HELPER_STATE_MAX] = {
	[HELPER_ABSENT] = "absent",
	[HELPER_CLOSED] = "closed",
	[HELPER_UNKNOWN] = "unknown",
	[HELPER_OPEN] = "open",
};

const char *helpers_state_name(enum helpers_state state)
{
	return state_names[state];
}

bool helpers_any(const struct helpers *h, enum helpers_state state)
{
	for (int i = 0; i < _HELPER_MAX; i++)
		if (helpers_state(h, i) == state)
			return true;
	return false;
}

void helpers_explain(const struct helpers *h, enum helper which, char *text, size_t size)
{
	const struct helper_finding *f = &h->found[which];

	switch (helpers_state(h, which)) {
	case HELPER_ABSENT:
		snprintf(text, size, "this kernel has none");
		return;
	case HELPER_CLOSED:
		snprintf(text, size, "no process outside the host's namespaces can aim it now");
		return;
	case HELPER_OPEN:
		snprintf(text, size, "process %d (%s) can aim it: started on the host when %s",
			 f->pid, f->comm, helper_infos[which].when);
		return;
	case HELPER_UNKNOWN:
		break;
	case _HELPER_STATE_MAX:
		return;
	}
	if (f->pid && f->presence == HELPER_LOADABLE)
		snprintf(text, size, "process %d (%s) can, if there is a module to mount it",
			 f->pid, f->comm);
	else if (f->pid && f->presence == HELPER_PRESENT)
		snprintf(text, size,
			 "process %d (%s) can, unless its seccomp filter refuses to mount", f->pid,
			 f->comm);
	else if (f->presence == HELPER_UNREADABLE)
		snprintf(text, size, "cannot read whether this kernel has it");
	else
		snprintf(text, size, "not all processes can be looked at from here");
}
