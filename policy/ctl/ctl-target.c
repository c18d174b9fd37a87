// SPDX-License-Identifier: GPL-2.0-only
/* The target of a command line is a cgroup or a process. */
#include <errno.h>
#include <string.h>

#include "cgroupfs-open.h"
#include "cgroupfs.h"
#include "cgroupfs-unit.h"
#include "container.h"
#include "message.h"
#include "ctl-target.h"
#include "proc.h"
#include "quantity.h"
#include "unit.h"
#include "util.h"

static const enum ctl_option targets[] = { CTL_CGROUP, CTL_UNIT, CTL_PID, CTL_SELF, CTL_HOST };

bool ctl_target_given(const struct ctl *c)
{
	for (size_t i = 0; i < ARRAY_SIZE(targets); i++)
		if (c->options[targets[i]])
			return true;
	return false;
}

/* The mount point that people paste along with a path. */
static const char *without_mount_point(const char *path)
{
	static const char mount[] = "/sys/fs/cgroup/";

	return strncmp(path, mount, strlen(mount)) == 0 ? path + strlen(mount) - 1 : path;
}

static enum exit_status by_path(const char *path, char **ret_path)
{
	CLEANUP(free_charp) char *copy = strdup(without_mount_point(path));
	const char *error;
	size_t len;

	if (!copy)
		return ctl_failed("copy the path", -ENOMEM);
	len = strlen(copy);
	if (len > 1 && copy[len - 1] == '/') /* as shells complete it */
		copy[len - 1] = '\0';
	error = policy_path_error(copy);
	if (error) {
		ctl_error("cgroup \"%s\": %s", path, error);
		return STATUS_USAGE;
	}
	*ret_path = TAKE_PTR(copy);
	return STATUS_OK;
}

enum exit_status ctl_target_pid(const struct ctl *c, uint64_t *ret_pid)
{
	uint64_t pid = 0;

	if (c->options[CTL_PID] &&
	    (!quantity_number(c->options[CTL_PID], INT32_MAX, &pid) || pid == 0)) {
		ctl_error("--pid: \"%s\" is not a process id: use a number", c->options[CTL_PID]);
		return STATUS_USAGE;
	}
	*ret_pid = pid;
	return STATUS_OK;
}

enum exit_status ctl_target_process_failed(const char *attempt, uint64_t pid, int r)
{
	char who[32] = "this process", text[128];

	if (pid)
		snprintf(who, sizeof(who), "process %llu", (unsigned long long)pid);
	switch (r) {
	case -EXDEV:
		ctl_error("this is a cgroup namespace, where paths differ: use --cgroup PATH");
		return STATUS_FAILED;
	case -ENODATA:
		ctl_error("/proc/self/ns/cgroup: cannot read it, and in a cgroup namespace paths differ");
		ctl_hint(PROC_CURE);
		return STATUS_FAILED;
	case -ENOENT: /* of its files in /proc */
	case -ESRCH:
		ctl_error("%s does not exist", who);
		return STATUS_USAGE;
	case -ESTALE:
		ctl_error("the cgroup of %s has been removed", who);
		return STATUS_USAGE;
	default:
		snprintf(text, sizeof(text), "%s of %s", attempt, who);
		return ctl_failed(text, r);
	}
}

enum exit_status ctl_target_process_path(uint64_t pid, char **ret_path)
{
	int r = cgroupfs_path_of(pid, ret_path);

	/* not in a cgroup v2 that has a path: as good as in the root's */
	if (r == -ENOENT)
		r = (*ret_path = strdup("/")) ? 0 : -ENOMEM;
	return r < 0 ? ctl_target_process_failed("read the cgroup", pid, r) : STATUS_OK;
}

static enum exit_status by_process(const struct ctl *c, char **ret_path)
{
	CLEANUP(free_charp) char *path = NULL;
	uint64_t pid;
	enum exit_status status = ctl_target_pid(c, &pid);

	if (status == STATUS_OK)
		status = ctl_target_process_path(pid, &path);
	if (status != STATUS_OK)
		return status;
	if (strcmp(path, "/") == 0) {
		ctl_error("the process is in the root cgroup, which is the host");
		ctl_hint(strcmp(c->verb, "grant") == 0 ? CTL_PROGRAM " grant --host --help"
						       : CTL_PROGRAM " set --help");
		return STATUS_USAGE;
	}
	*ret_path = TAKE_PTR(path);
	return STATUS_OK;
}

#define BY_PATH "use --cgroup PATH, or --pid of a process in it"

/* A container with a scope of systemd's has another name than people call the container. */
static const char *hint(const char *unit)
{
	static const char *const runtimes[] = { "docker-",	   "libpod-",  "crio-",
						"cri-containerd-", "kubepods", "nerdctl-" };

	for (size_t i = 0; i < ARRAY_SIZE(runtimes); i++)
		if (strncmp(unit, runtimes[i], strlen(runtimes[i])) == 0)
			return "the scope of a container has the whole ID in its name: ";
	return "";
}

static enum exit_status by_unit(const char *name, char **ret_path)
{
	CLEANUP(close_fdp) int root = cgroupfs_open();
	CLEANUP(free_charp) char *unit = unit_complete(name);
	CLEANUP(free_charp) char *path = NULL;
	bool exists;
	int r;

	if (root == -ENOENT) {
		ctl_error(CGROUPFS_ABSENT);
		return STATUS_FAILED;
	}
	if (root < 0)
		return ctl_failed("find the cgroup v2 hierarchy", root);
	r = unit ? cgroupfs_unit_find(root, unit, &path, &exists) : -ENOMEM;
	if (r == -EIO || r == -ETIMEDOUT) {
		ctl_error("%s: systemctl does not show its cgroup: " BY_PATH, unit);
		return STATUS_FAILED;
	}
	if (r < 0)
		return ctl_failed("query systemd for the unit", r);
	switch ((enum cgroupfs_unit)r) {
	case CGROUPFS_UNIT_FOUND:
		if (!exists)
			message_warning("%s does not run: its cgroup is expected to be %s", unit, path);
		if (container_scope(unit))
			message_warning("%s: its containers are not in this unit: name %s, or their slice",
					unit, container_scope(unit));
		*ret_path = TAKE_PTR(path);
		return STATUS_OK;
	case CGROUPFS_UNIT_INVALID:
		ctl_error(
			"\"%s\" is not a unit with a cgroup: use NAME.service, .slice, .scope, "
			".socket, .mount or .swap",
			name);
		break;
	case CGROUPFS_UNIT_NO_MANAGER:
		ctl_error(
			"--unit: systemd does not run here: use --cgroup PATH");
		break;
	case CGROUPFS_UNIT_UNKNOWN:
		ctl_error("%s: systemd does not know this unit: %s" BY_PATH, unit, hint(unit));
		break;
	case CGROUPFS_UNIT_NOT_ROOTS:
		ctl_error(
			"%s: its cgroup does not belong to root, and others can put tasks into it: to use it "
			"anyway, write --cgroup %s",
			unit, path);
		break;
	}
	return STATUS_USAGE;
}

static enum exit_status by_option(const struct ctl *c, char **ret_path)
{
	if (c->options[CTL_CGROUP])
		return by_path(c->options[CTL_CGROUP], ret_path);
	if (c->options[CTL_UNIT])
		return by_unit(c->options[CTL_UNIT], ret_path);
	return by_process(c, ret_path);
}

enum exit_status ctl_target(const struct ctl *c, bool operand, char **ret_path)
{
	CLEANUP(free_charp) char *path = NULL;
	enum exit_status status;
	int given = operand;

	for (size_t i = 0; i < ARRAY_SIZE(targets); i++)
		given += c->options[targets[i]] != NULL;
	if (given != 1) {
		ctl_error("%s: expected one cgroup: a path, --unit, --pid, --self%s",
			  c->verb, strcmp(c->verb, "grant") == 0 ? " or --host" : "");
		return STATUS_USAGE;
	}
	if (c->options[CTL_HOST]) {
		*ret_path = strdup("/");
		return *ret_path ? STATUS_OK : ctl_failed("copy the path", -ENOMEM);
	}
	status = operand ? by_path(c->operands[0], &path) : by_option(c, &path);
	if (status != STATUS_OK)
		return status;
	/* a task or unit may be deeper, or be called otherwise, than a rule can be */
	if (policy_path_error(path)) {
		ctl_error("cgroup \"%s\": %s", path, policy_path_error(path));
		return STATUS_USAGE;
	}
	*ret_path = TAKE_PTR(path);
	return STATUS_OK;
}
