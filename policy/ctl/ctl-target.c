// SPDX-License-Identifier: GPL-2.0-only
/* Which cgroup or process a command line means. */
#include <errno.h>
#include <string.h>

#include "cgroupfs.h"
#include "ctl.h"
#include "util.h"

static const enum ctl_option targets[] = { CTL_CGROUP, CTL_UNIT, CTL_PID, CTL_SELF, CTL_HOST };

bool ctl_has_target(const struct ctl *c)
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

enum exit_status ctl_pid(const struct ctl *c, uint64_t *ret_pid)
{
	uint64_t pid = 0;

	if (c->options[CTL_PID] &&
	    (!quantity_number(c->options[CTL_PID], INT32_MAX, &pid) || pid == 0)) {
		ctl_error("--pid: \"%s\" is no process id", c->options[CTL_PID]);
		return STATUS_USAGE;
	}
	*ret_pid = pid;
	return STATUS_OK;
}

enum exit_status ctl_process_failed(const char *attempt, uint64_t pid, int r)
{
	char who[32] = "this process", text[128];

	if (pid)
		snprintf(who, sizeof(who), "process %llu", (unsigned long long)pid);
	switch (r) {
	case -EXDEV:
		ctl_error("this is a cgroup namespace, where paths begin elsewhere: name the "
			  "cgroup by --cgroup");
		return STATUS_FAILED;
	case -ENOENT: /* of its files in /proc */
	case -ESRCH:
		ctl_error("no %s", who);
		return STATUS_USAGE;
	case -ESTALE:
		ctl_error("the cgroup of %s has been removed", who);
		return STATUS_USAGE;
	default:
		snprintf(text, sizeof(text), "%s of %s", attempt, who);
		return ctl_failed(text, r);
	}
}

enum exit_status ctl_process_path(uint64_t pid, char **ret_path)
{
	int r = cgroupfs_path_of(pid, ret_path);

	/* not in a cgroup v2 that has a path: as good as in the root's */
	if (r == -ENOENT)
		r = (*ret_path = strdup("/")) ? 0 : -ENOMEM;
	return r < 0 ? ctl_process_failed("read the cgroup", pid, r) : STATUS_OK;
}

static enum exit_status by_process(const struct ctl *c, char **ret_path)
{
	CLEANUP(free_charp) char *path = NULL;
	uint64_t pid;
	enum exit_status status = ctl_pid(c, &pid);

	if (status == STATUS_OK)
		status = ctl_process_path(pid, &path);
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

static enum exit_status by_unit(const char *unit, char **ret_path)
{
	CLEANUP(close_fdp) int root = cgroupfs_open();
	bool exists;
	int r;

	if (root == -ENOENT) {
		ctl_error(CGROUPFS_ABSENT);
		return STATUS_FAILED;
	}
	if (root < 0)
		return ctl_failed("find the cgroup v2 hierarchy", root);
	r = cgroupfs_path_of_unit(root, unit, ret_path, &exists);
	if (r == -EINVAL) {
		ctl_error("\"%s\" is no unit with a cgroup: expected NAME.service, .slice, .scope, "
			  ".socket, .mount or .swap",
			  unit);
		return STATUS_USAGE;
	}
	if (r == -ENOTUNIQ) {
		ctl_error("there are several units \"%s\": name the cgroup by --cgroup", unit);
		return STATUS_USAGE;
	}
	if (r < 0)
		return ctl_failed("find the unit's cgroup", r);
	if (!exists)
		fprintf(stderr, CTL_PROGRAM ": %s does not run: it is expected in %s\n", unit, *ret_path);
	return STATUS_OK;
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
		ctl_error("%s: say which cgroup, in one way: a path, --unit, --pid, --self%s",
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
