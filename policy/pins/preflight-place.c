// SPDX-License-Identifier: GPL-2.0-only
#include "preflight-place.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "capabilities.h"
#include "clock.h"
#include "container-here.h"
#include "host-namespace.h"
#include "namespaces.h"
#include "pins.h"
#include "preflight-check.h"
#include "proc.h"

enum check_state preflight_place_privilege(struct preflight *pf, struct check_result *ret)
{
	int elsewhere = proc_in_user_namespace();

	/* before capabilities, which look the same there and are worth nothing to bpf(2) */
	if (elsewhere > 0) {
		DETAIL(ret, "a user namespace cannot load BPF programs, not even as root");
		CURE(ret, "run it in the initial user namespace; in a container, use --userns=host, and a runtime "
			  "that runs as root");
		return CHECK_FAILED;
	}
	if (!capabilities_effective(CAP_SYS_ADMIN)) {
		DETAIL(ret, "the capability CAP_SYS_ADMIN is missing (uid %u)", geteuid());
		CURE(ret, "run it as root; in a container, use --privileged");
		return CHECK_FAILED;
	}
	pf->privileged = true;
	if (elsewhere < 0) {
		DETAIL(ret,
		       "root with CAP_SYS_ADMIN, in an unknown user namespace: "
		       "/proc/self/uid_map: cannot read: %s",
		       strerror(-elsewhere));
		return CHECK_NOTE;
	}
	DETAIL(ret, "root with CAP_SYS_ADMIN in the initial user namespace");
	return CHECK_OK;
}

enum check_state preflight_place_pid_namespace(struct preflight *pf, struct check_result *ret)
{
	struct stat st;

	if (stat("/proc/self/ns/pid", &st) < 0) {
		DETAIL(ret, "/proc/self/ns/pid: cannot read: %s", strerror(errno));
		CURE(ret, "%s", PROC_CURE);
		return CHECK_FAILED;
	}
	if (st.st_ino != INITIAL_PID_NAMESPACE) {
		DETAIL(ret,
		       "this is not the initial pid namespace, and the host cannot be seen from here");
		CURE(ret, "run it on the host; in a container, use --pid=host (hostPID: true)");
		return CHECK_FAILED;
	}
	DETAIL(ret, "initial pid namespace");
	return CHECK_OK;
}

/* A loaded set holds times: of the load, and the ends of grants and trials. */
enum check_state preflight_place_time_namespace(struct preflight *pf, struct check_result *ret)
{
	if (clock_view() == CLOCK_KERNELS) {
		DETAIL(ret, "the clock is the kernel's");
		return CHECK_OK;
	}
	DETAIL(ret, "%s", clock_refusal());
	CURE(ret, "%s", clock_cure());
	return CHECK_FAILED;
}

enum check_state preflight_place_net_namespace(struct preflight *pf, struct check_result *ret)
{
	struct stat net;
	int r = host_namespace_stat("net", &net);

	if (r == 0) {
		pf->host_netns = net.st_ino;
		DETAIL(ret, "the initial network namespace is net:[%u]", pf->host_netns);
		return CHECK_OK;
	}
	if (!pf->privileged)
		return CHECK_SKIPPED;
	if (r == -EACCES) {
		DETAIL(ret, "/proc/2/ns and /proc/1/ns: cannot read: not permitted");
		CURE(ret, "%s",
		     capabilities_effective(CAP_SYS_PTRACE) ? OTHER_LSM_CURE
							    : "add the capability CAP_SYS_PTRACE");
		ret->status = STATUS_NOT_PERMITTED;
		return CHECK_FAILED;
	}
	if (r == -EXDEV)
		DETAIL(ret, "/proc is not that of the initial pid namespace");
	else
		DETAIL(ret,
		       "/proc/2/ns and /proc/1/ns: cannot read the initial network namespace: %s",
		       strerror(-r));
	CURE(ret,
	     "mount the host's /proc; in a container, use --pid=host (hostPID: true)");
	return CHECK_FAILED;
}

static enum check_state bpffs_not_writable(const char *bpffs, struct check_result *ret)
{
	DETAIL(ret, "%s: cannot create pins: %s", bpffs, strerror(errno));
	if (errno == EROFS && container_here())
		CURE(ret, "mount the host's without :ro: -v %s:%s", bpffs, bpffs);
	else if (errno == EROFS)
		CURE(ret, "mount -o remount,rw %s", bpffs);
	else
		CURE(ret, "chown root %s; chmod 0700 %s", bpffs, bpffs);
	return CHECK_FAILED;
}

static enum check_state check_mounted_bpffs(struct preflight *pf, const struct stat *own, struct check_result *ret)
{
	/* by the capabilities that a load has, which are not all of root's */
	if (pf->privileged && faccessat(AT_FDCWD, pf->bpffs, W_OK | X_OK, AT_EACCESS) < 0)
		return bpffs_not_writable(pf->bpffs, ret);
	if (own->st_uid != 0 || (own->st_mode & (S_IWGRP | S_IWOTH))) {
		DETAIL(ret,
		       "%s: users other than root may write to this bpffs: they can hold its lock, "
		       "which blocks changes of the policy",
		       pf->bpffs);
		CURE(ret, "chown root %s; chmod 0700 %s", pf->bpffs, pf->bpffs);
		return CHECK_NOTE;
	}
	DETAIL(ret, "bpffs is mounted on %s", pf->bpffs);
	return CHECK_OK;
}

/* The loader mounts one, where that outlives it. */
static enum check_state check_mountable_bpffs(struct preflight *pf, struct check_result *ret)
{
	struct stat own, initial;

	if (strcmp(pf->bpffs, PINS_DEFAULT_BPFFS) != 0) {
		DETAIL(ret, "%s: not on a bpffs", pf->bpffs);
		CURE(ret, "mount -t bpf -o mode=700 bpf %s", pf->bpffs);
		return CHECK_FAILED;
	}
	if (!pf->privileged || stat("/proc/self/ns/mnt", &own) < 0 || host_namespace_stat("mnt", &initial) < 0)
		return CHECK_SKIPPED; /* as net-namespace, which has failed by that */
	if (own.st_ino != initial.st_ino) {
		DETAIL(ret,
		       "%s: no bpffs is mounted, and this is not the host's mount namespace: a bpffs "
		       "mounted here would end with it, and the lock too",
		       pf->bpffs);
		CURE(ret,
		     "on the host, run: mount -t bpf -o mode=700 bpf %s; in a container, also use -v %s:%s",
		     pf->bpffs, pf->bpffs, pf->bpffs);
		return CHECK_FAILED;
	}
	DETAIL(ret, "no bpffs is mounted on %s; the loader mounts it", pf->bpffs);
	return CHECK_NOTE;
}

enum check_state preflight_place_bpffs(struct preflight *pf, struct check_result *ret)
{
	struct statfs fs;
	struct stat own;

	if (statfs(pf->bpffs, &fs) < 0) {
		DETAIL(ret, "%s: cannot use it for the pins: %s", pf->bpffs, strerror(errno));
		CURE(ret, "%s", strcmp(pf->bpffs, PINS_DEFAULT_BPFFS) == 0
					? "mount -t sysfs sysfs /sys"
					: "name an existing directory with --bpffs");
		return CHECK_FAILED;
	}
	pf->bpffs_mounted = fs.f_type == BPF_FS_MAGIC;
	if (stat(pf->bpffs, &own) < 0 || !S_ISDIR(own.st_mode)) {
		DETAIL(ret, "%s: not a directory", pf->bpffs);
		return CHECK_FAILED;
	}
	return pf->bpffs_mounted ? check_mounted_bpffs(pf, &own, ret) : check_mountable_bpffs(pf, ret);
}
