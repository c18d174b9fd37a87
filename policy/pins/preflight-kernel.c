// SPDX-License-Identifier: GPL-2.0-only
#include "preflight-kernel.h"

#include <bpf/bpf.h>
#include <errno.h>
#include <limits.h>
#include <linux/bpf.h>
#include <string.h>
#include <sys/utsname.h>

#include "attachment.h"
#include "btf.h"
#include "cgroupfs-open.h"
#include "cgroupfs.h"
#include "cmdline.h"
#include "container-here.h"
#include "ftrace.h"
#include "message.h"
#include "operations-btf.h"
#include "pins.h"
#include "preflight-attach.h"
#include "preflight-check.h"
#include "proc.h"
#include "seal-look.h"
#include "securityfs.h"
#include "text.h"
#include "util.h"

#define MOUNTED_OVER_CURE "unmount the file system that is mounted over it; if there is none, please report this"

enum check_state preflight_kernel_release(struct preflight *pf, struct check_result *ret)
{
	struct utsname u;

	/* what it can do is tried below, since distributions add to old versions */
	if (uname(&u) < 0)
		return CHECK_SKIPPED;
	DETAIL(ret, "Linux %s", u.release);
	return CHECK_OK;
}

enum check_state preflight_kernel_btf(struct preflight *pf, struct check_result *ret)
{
	/* preflight_operations() may have been here */
	int r = pf->btf ? 0 : btf_raw_open(&pf->btf);

	if (r == -EBADMSG) {
		DETAIL(ret, "%s: not valid BTF", BTF_PATH);
		CURE(ret, MOUNTED_OVER_CURE);
		return CHECK_FAILED;
	}
	if (r < 0) {
		DETAIL(ret, "%s: cannot read the kernel's type information: %s", BTF_PATH,
		       strerror(-r));
		CURE(ret,
		     r == -ENOENT ? "mount /sys, or use a kernel with CONFIG_DEBUG_INFO_BTF=y" : "");
		return CHECK_FAILED;
	}
	DETAIL(ret, "%s, %zu bytes", BTF_PATH, pf->btf->size);
	return CHECK_OK;
}

enum check_state preflight_kernel_operations(struct preflight *pf, struct check_result *ret)
{
	size_t n = 0;
	int r;

	if (!pf->btf)
		return CHECK_SKIPPED;
	r = operations_btf_read(pf->btf, pf->operations);
	if (r == -ENOENT) {
		DETAIL(ret, "%s: enum lockdown_reason is missing", BTF_PATH);
		CURE(ret, "use a kernel with CONFIG_SECURITY=y; if this one has it, please report this");
		return CHECK_FAILED;
	}
	if (r < 0) {
		DETAIL(ret, "%s: cannot read enum lockdown_reason: %s", BTF_PATH,
		       strerror(-r));
		CURE(ret, MOUNTED_OVER_CURE);
		return CHECK_FAILED;
	}
	for (size_t i = 0; i < BPFLOCK_REASONS; i++)
		n += pf->operations[i].name[0] != '\0';
	DETAIL(ret, "this kernel knows %zu operations", n);
	return CHECK_OK;
}

enum check_state preflight_kernel_hook(struct preflight *pf, struct check_result *ret)
{
	if (!pf->btf)
		return CHECK_SKIPPED;
	pf->hook_btf_id = btf_find_function(pf->btf, "bpf_lsm_locked_down");
	if (!pf->hook_btf_id) {
		DETAIL(ret, "this kernel has no BPF LSM hook for lockdown (bpf_lsm_locked_down)");
		CURE(ret, "use a kernel with CONFIG_BPF_LSM=y");
		return CHECK_FAILED;
	}
	DETAIL(ret, "bpf_lsm_locked_down exists");
	return CHECK_OK;
}

static const char *lsm_list_cure(int r)
{
	switch (r) {
	case -ENOENT:
	case -ENODEV:
		return "use a kernel with CONFIG_SECURITY=y and CONFIG_SECURITYFS=y";
	case -EACCES:
		return OTHER_LSM_CURE;
	default:
		return "mount -t securityfs securityfs /sys/kernel/security";
	}
}

enum check_state preflight_kernel_lsm_list(struct preflight *pf, struct check_result *ret)
{
	CLEANUP(free_charp) char *list = NULL;
	int r;

	r = securityfs_read("lsm", &list);
	if (r == -EPERM && !pf->privileged)
		return CHECK_SKIPPED;
	if (r < 0) {
		DETAIL(ret, "securityfs, file \"lsm\": cannot read the active LSMs: %s",
		       strerror(-r));
		CURE(ret, "%s", lsm_list_cure(r));
		return CHECK_FAILED;
	}
	if (!text_has_word(list, ",", "bpf")) {
		DETAIL(ret,
		       "this kernel would load the policy but never enforce it: \"bpf\" is not in the "
		       "active LSM list (%s)",
		       list);
		CURE(ret,
		     "boot with lsm=%s%sbpf on the kernel command line (CONFIG_BPF_LSM=y), see bpflock-doctor(7)",
		     list, *list ? "," : "");
		return CHECK_FAILED;
	}
	DETAIL(ret, "active LSMs: %s", list);
	return CHECK_OK;
}

static enum check_state unreadable(const char *path, int r, struct check_result *ret)
{
	DETAIL(ret, "%s: cannot read: %s", path, strerror(-r));
	CURE(ret, "%s", PROC_CURE);
	return CHECK_FAILED;
}

enum check_state preflight_kernel_ftrace(struct preflight *pf, struct check_result *ret)
{
	int off = ftrace_is_off();

	if (off < 0)
		return unreadable("/proc/sys/kernel/ftrace_enabled", off, ret);
	if (!off) {
		DETAIL(ret, "ftrace is on");
		return CHECK_OK;
	}
	DETAIL(ret, "kernel.ftrace_enabled is 0: the kernel calls no LSM program");
	CURE(ret, "sysctl kernel.ftrace_enabled=1");
	return CHECK_FAILED;
}

enum check_state preflight_kernel_command_line(struct preflight *pf, struct check_result *ret)
{
	static const char *const texts[] = {
		[CMDLINE_NOTHING] = "no bpflock= on the kernel command line",
		[CMDLINE_OFF] = "bpflock=off on the kernel command line: nothing will be loaded",
		[CMDLINE_AUDIT] =
			"bpflock=audit on the kernel command line: nothing will be denied",
		[CMDLINE_UNKNOWN] =
			"bpflock= on the kernel command line is not off or audit",
	};
	enum cmdline_override override;
	int r = cmdline_read(&override);

	if (r < 0)
		return unreadable("/proc/cmdline, which may have bpflock=off on it", r, ret);
	DETAIL(ret, "%s", texts[override]);
	return override == CMDLINE_NOTHING ? CHECK_OK : CHECK_NOTE;
}

static const char *cgroup_cure(int r)
{
	if (r == -EACCES && !container_here())
		return OTHER_LSM_CURE;
	return "in a container, use --privileged with --cgroupns=host or --pid=host; else use a kernel with "
	       "CONFIG_CGROUPS=y";
}

enum check_state preflight_kernel_cgroup(struct preflight *pf, struct check_result *ret)
{
	CLEANUP(free_charp) char *memory = calloc(1, sizeof(struct attachments));
	struct attachments *all = (struct attachments *)memory;
	CLEANUP(close_fdp) int root = -1;

	if (!pf->privileged)
		return CHECK_SKIPPED;
	root = cgroupfs_open_root();
	if (root < 0) {
		DETAIL(ret, "the root of cgroup v2: cannot open: %s", strerror(-root));
		CURE(ret, "%s", cgroup_cure(root));
		return CHECK_FAILED;
	}
	/* a kernel that does not list them does not load them either, which is tried next */
	pf->locked = memory && attachments_read(all) == 0 && attachments_lock(all, 0);
	DETAIL(ret, "the root of cgroup v2 is accessible%s",
	       pf->locked ? ", and bpflock is attached to it" : "");
	if (!cgroupfs_is_v1())
		return CHECK_OK;
	DETAIL(ret, CGROUPFS_V1);
	CURE(ret, CGROUPFS_V1_CURE);
	return CHECK_NOTE;
}

/*
 * Some kernels load programs that they cannot attach. Without ftrace one is not attached even to try: that
 * has led to a kernel warning after which nothing attaches any more (6.12).
 */
static enum check_state check_attach(int program, struct check_result *ret)
{
	CLEANUP(close_fdp) int root = cgroupfs_open_root();
	CLEANUP(close_fdp) int link = -1;

	if (ftrace_is_off() || root < 0)
		return CHECK_OK;
	link = bpf_link_create(program, root, BPF_LSM_CGROUP, NULL);
	if (link >= 0)
		return CHECK_OK;
	DETAIL(ret, "this kernel loads BPF LSM programs, but cannot attach them to a cgroup: %s",
	       preflight_attach_strerror(errno));
	preflight_attach_cure(errno, ret->cure);
	return CHECK_FAILED;
}

/* The seal of pin format 4 lets nobody load such programs. */
static bool is_sealed_by_older(const char *bpffs, struct check_result *ret)
{
	char path[PATH_MAX];

	if (!bpffs || pins_path(path, bpffs, PINS_PUBLISHED) < 0 || !seal_look_is_older(path))
		return false;
	DETAIL(ret,
	       "%.200s: cannot change the policy: sealed until reboot, by another version "
	       "of bpflock" MESSAGE_UNCHANGED,
	       path);
	ret->status = STATUS_NOT_PERMITTED;
	return true;
}

static const char *lsm_load_cure(int error)
{
	switch (error) {
	case EPERM:
		return "use a kernel without that restriction: its hardening, or a sandbox around it, "
		       "forbids them, while capabilities, BTF and the LSM list are right";
	case EACCES:
		return OTHER_LSM_CURE;
	default:
		return "use a kernel with CONFIG_BPF_LSM=y, CONFIG_BPF_JIT=y and "
		       "net.core.bpf_jit_enable=1";
	}
}

static enum check_state load_refused(struct preflight *pf, int error, struct check_result *ret)
{
	struct utsname u;

	if (error == EINVAL && uname(&u) == 0) {
		DETAIL(ret, "Linux %s has no BPF LSM programs for cgroups", u.release);
		CURE(ret, "boot Linux 6.0 or later with CONFIG_CGROUP_BPF=y; 6.1 and later are tested");
		return CHECK_FAILED;
	}
	if (error == EPERM && is_sealed_by_older(pf->bpffs, ret))
		return CHECK_FAILED;
	DETAIL(ret, "this kernel refuses to load any BPF LSM program: %s", strerror(error));
	CURE(ret, "%s", lsm_load_cure(error));
	return CHECK_FAILED;
}

/* The smallest program there is for the hook: some hardened and sandbox kernels have everything, and
 * refuse it. */
enum check_state preflight_kernel_lsm_load(struct preflight *pf, struct check_result *ret)
{
	static const struct bpf_insn insns[] = {
		{ .code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = BPF_REG_0, .imm = 1 },
		{ .code = BPF_JMP | BPF_EXIT },
	};
	LIBBPF_OPTS(bpf_prog_load_opts, opts, .expected_attach_type = BPF_LSM_CGROUP,
		    .attach_btf_id = pf->hook_btf_id);
	CLEANUP(close_fdp) int fd = -1;

	if (!pf->privileged || !pf->hook_btf_id)
		return CHECK_SKIPPED;
	if (pf->locked) {
		DETAIL(ret, "the kernel has accepted bpflock's programs");
		return CHECK_OK;
	}
	fd = bpf_prog_load(BPF_PROG_TYPE_LSM, "bpflock_try", "GPL", insns, ARRAY_SIZE(insns),
			   &opts);
	if (fd >= 0) {
		DETAIL(ret, "the kernel accepts LSM programs");
		return pf->attach ? check_attach(fd, ret) : CHECK_OK;
	}
	return load_refused(pf, errno, ret);
}

enum check_state preflight_kernel_lockdown(struct preflight *pf, struct check_result *ret)
{
	pf->lockdown = securityfs_lockdown();
	if (pf->lockdown == KERNEL_LOCKDOWN_UNKNOWN)
		return CHECK_SKIPPED;
	DETAIL(ret, "kernel Lockdown is %s", securityfs_lockdown_name(pf->lockdown));
	if (pf->lockdown < KERNEL_LOCKDOWN_INTEGRITY)
		return CHECK_OK;
	DETAIL(ret, "kernel Lockdown is at %s: bpflock is not called for operations that it refuses%s",
	       securityfs_lockdown_name(pf->lockdown),
	       pf->lockdown == KERNEL_LOCKDOWN_CONFIDENTIALITY
		       ? ", and enforcement cannot be verified"
		       : "");
	return CHECK_NOTE;
}
