// SPDX-License-Identifier: GPL-2.0-only
#include "preflight.h"

#include <bpf/bpf.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/bpf.h>
#include <linux/magic.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/utsname.h>
#include <sys/vfs.h>

#include "attachment.h"
#include "btf.h"
#include "capabilities.h"
#include "cgroupfs-open.h"
#include "cgroupfs.h"
#include "clock.h"
#include "cmdline.h"
#include "container-here.h"
#include "ftrace.h"
#include "host-namespace.h"
#include "message.h"
#include "namespaces.h"
#include "operations-btf.h"
#include "operations.h"
#include "pins.h"
#include "proc.h"
#include "seal-look.h"
#include "text.h"
#include "util.h"

#define DETAIL(ret, ...) snprintf((ret)->detail, sizeof((ret)->detail), __VA_ARGS__)
#define MOUNTED_OVER_CURE "unmount the file system that is mounted over it; if there is none, please report this"
#define CURE(ret, ...)	 snprintf((ret)->cure, sizeof((ret)->cure), __VA_ARGS__)

/* Root is kept out by another LSM, for example by the profile of AppArmor that Docker gives its containers. */
#define OTHER_LSM_CURE \
	"run it outside the profile of another LSM (AppArmor, SELinux); in a container, use --privileged"

static enum check_state check_privilege(struct preflight *pf, struct check_result *ret)
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

static enum check_state check_kernel(struct preflight *pf, struct check_result *ret)
{
	struct utsname u;

	/* what it can do is tried below, since distributions add to old versions */
	if (uname(&u) < 0)
		return CHECK_SKIPPED;
	DETAIL(ret, "Linux %s", u.release);
	return CHECK_OK;
}

static enum check_state check_pidns(struct preflight *pf, struct check_result *ret)
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
static enum check_state check_timens(struct preflight *pf, struct check_result *ret)
{
	if (clock_view() == CLOCK_KERNELS) {
		DETAIL(ret, "the clock is the kernel's");
		return CHECK_OK;
	}
	DETAIL(ret, "%s", clock_refusal());
	CURE(ret, "%s", clock_cure());
	return CHECK_FAILED;
}

static enum check_state check_netns(struct preflight *pf, struct check_result *ret)
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

static enum check_state check_btf(struct preflight *pf, struct check_result *ret)
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

static enum check_state check_operations(struct preflight *pf, struct check_result *ret)
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

static enum check_state check_hook(struct preflight *pf, struct check_result *ret)
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

static enum check_state check_lsm_list(struct preflight *pf, struct check_result *ret)
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

static enum check_state check_ftrace(struct preflight *pf, struct check_result *ret)
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

static enum check_state check_cmdline(struct preflight *pf, struct check_result *ret)
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

const char *preflight_strerror(int error)
{
	return error == ENOTSUPP ? "not supported by this kernel" : strerror(error);
}

bool preflight_attach_cure(int error, char ret_cure[PREFLIGHT_CURE_LEN])
{
	static const struct {
		int error;
		const char *cure;
		bool slots; /* and what holds them */
	} cures[] = {
		{ ENODEV, "sysctl kernel.ftrace_enabled=1; after a kernel warning about "
			  "ftrace, reboot" },
		{ EBUSY, "use a kernel with CONFIG_FUNCTION_TRACER=y and "
			 "CONFIG_DYNAMIC_FTRACE_WITH_DIRECT_CALLS=y" },
		/* arm64: commit 2aa6ac03516d, in 6.4 */
		{ ENOTSUPP, "use a kernel whose ftrace has direct calls on this architecture "
			    "(arm64: 6.4 or later, without CONFIG_CFI), and "
			    "net.core.bpf_jit_enable=1" },
		{ E2BIG, "detach one: a hook of a cgroup has room for 64 programs; attached are: ", true },
		{ EINVAL, "detach programs: at most 10 LSM hooks can have programs of cgroups; attached are: ", true },
		{ EPERM, "a seal, or programs on the root of cgroup v2 without BPF_F_ALLOW_MULTI, "
			 "allow no other; attached are: ", true },
	};
	char slots[768] = "";

	for (size_t i = 0; i < ARRAY_SIZE(cures); i++) {
		if (cures[i].error != error)
			continue;
		if (cures[i].slots)
			attachments_describe_slots(slots, sizeof(slots));
		snprintf(ret_cure, PREFLIGHT_CURE_LEN, "%s%s", cures[i].cure, slots);
		return true;
	}
	return false;
}

static const char *cgroup_cure(int r)
{
	if (r == -EACCES && !container_here())
		return OTHER_LSM_CURE;
	return "in a container, use --privileged with --cgroupns=host or --pid=host; else use a kernel with "
	       "CONFIG_CGROUPS=y";
}

static enum check_state check_cgroup(struct preflight *pf, struct check_result *ret)
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
	       preflight_strerror(errno));
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

/* The smallest program there is for the hook: some hardened and sandbox kernels have everything, and
 * refuse it. */
static enum check_state check_lsm_load(struct preflight *pf, struct check_result *ret)
{
	static const struct bpf_insn insns[] = {
		{ .code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = BPF_REG_0, .imm = 1 },
		{ .code = BPF_JMP | BPF_EXIT },
	};
	LIBBPF_OPTS(bpf_prog_load_opts, opts, .expected_attach_type = BPF_LSM_CGROUP,
		    .attach_btf_id = pf->hook_btf_id);
	CLEANUP(close_fdp) int fd = -1;
	struct utsname u;
	int error;

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
	error = errno;
	if (error == EINVAL && uname(&u) == 0) {
		DETAIL(ret, "Linux %s has no BPF LSM programs for cgroups", u.release);
		CURE(ret, "boot Linux 6.0 or later with CONFIG_CGROUP_BPF=y; 6.1 and later are tested");
		return CHECK_FAILED;
	}
	if (error == EPERM && is_sealed_by_older(pf->bpffs, ret))
		return CHECK_FAILED;
	DETAIL(ret, "this kernel refuses to load any BPF LSM program: %s", strerror(error));
	if (error == EPERM)
		CURE(ret,
		     "use a kernel without that restriction: its hardening, or a sandbox around it, "
		     "forbids them, while capabilities, BTF and the LSM list are right");
	else if (error == EACCES)
		CURE(ret, OTHER_LSM_CURE);
	else
		CURE(ret, "use a kernel with CONFIG_BPF_LSM=y, CONFIG_BPF_JIT=y and "
			  "net.core.bpf_jit_enable=1");
	return CHECK_FAILED;
}

static enum check_state check_bpffs(struct preflight *pf, struct check_result *ret)
{
	struct stat own, initial;
	struct statfs fs;

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
	/* by the capabilities that a load has, which are not all of root's */
	if (pf->bpffs_mounted && pf->privileged &&
	    faccessat(AT_FDCWD, pf->bpffs, W_OK | X_OK, AT_EACCESS) < 0) {
		DETAIL(ret, "%s: cannot create pins: %s", pf->bpffs, strerror(errno));
		if (errno == EROFS && container_here())
			CURE(ret, "mount the host's without :ro: -v %s:%s", pf->bpffs, pf->bpffs);
		else if (errno == EROFS)
			CURE(ret, "mount -o remount,rw %s", pf->bpffs);
		else
			CURE(ret, "chown root %s; chmod 0700 %s", pf->bpffs, pf->bpffs);
		return CHECK_FAILED;
	}
	if (pf->bpffs_mounted && (own.st_uid != 0 || (own.st_mode & (S_IWGRP | S_IWOTH)))) {
		DETAIL(ret,
		       "%s: users other than root may write to this bpffs: they can hold its lock, "
		       "which blocks changes of the policy",
		       pf->bpffs);
		CURE(ret, "chown root %s; chmod 0700 %s", pf->bpffs, pf->bpffs);
		return CHECK_NOTE;
	}
	if (pf->bpffs_mounted) {
		DETAIL(ret, "bpffs is mounted on %s", pf->bpffs);
		return CHECK_OK;
	}
	if (strcmp(pf->bpffs, PINS_DEFAULT_BPFFS) != 0) {
		DETAIL(ret, "%s: not on a bpffs", pf->bpffs);
		CURE(ret, "mount -t bpf -o mode=700 bpf %s", pf->bpffs);
		return CHECK_FAILED;
	}
	/* what is mounted here must outlive us */
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

static enum check_state check_lockdown(struct preflight *pf, struct check_result *ret)
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

static const struct {
	const char *name;
	enum exit_status status;
	enum check_state (*run)(struct preflight *pf, struct check_result *ret);
} checks[] = {
	{ "privilege", STATUS_NOT_PERMITTED, check_privilege },
	{ "kernel", STATUS_UNSUPPORTED, check_kernel },
	{ "pid-namespace", STATUS_UNSUPPORTED, check_pidns },
	{ "time-namespace", STATUS_NOT_PERMITTED, check_timens },
	{ "btf", STATUS_UNSUPPORTED, check_btf },
	{ "operations", STATUS_UNSUPPORTED, check_operations },
	{ "hook", STATUS_UNSUPPORTED, check_hook },
	{ "lsm-list", STATUS_UNSUPPORTED, check_lsm_list },
	{ "ftrace", STATUS_UNSUPPORTED, check_ftrace },
	{ "cgroup", STATUS_UNSUPPORTED, check_cgroup },
	{ "lsm-load", STATUS_UNSUPPORTED, check_lsm_load },
	{ "net-namespace", STATUS_UNSUPPORTED, check_netns },
	{ "bpffs", STATUS_UNSUPPORTED, check_bpffs },
	{ "lockdown", STATUS_UNSUPPORTED, check_lockdown },
	{ "command-line", STATUS_UNSUPPORTED, check_cmdline },
};
const size_t preflight_count = ARRAY_SIZE(checks);

void preflight_init(struct preflight *pf, const char *bpffs)
{
	*pf = (struct preflight){ .bpffs = bpffs };
}

bool preflight_operations(struct preflight *pf)
{
	struct check_result ignored;

	if (check_btf(pf, &ignored) == CHECK_OK && check_operations(pf, &ignored) == CHECK_OK)
		return true;
	operations_assume(pf->operations);
	return false;
}

void preflight_forget_btf(struct preflight *pf)
{
	pf->btf = btf_raw_free(pf->btf);
}

void preflight_done(struct preflight *pf)
{
	preflight_forget_btf(pf);
}

void preflight_run(struct preflight *pf, size_t i, struct check_result *ret)
{
	*ret = (struct check_result){ .name = checks[i].name };
	ret->state = checks[i].run(pf, ret);
	if (ret->state == CHECK_SKIPPED)
		DETAIL(ret, "not checked, because an earlier check failed");
	if (ret->state == CHECK_FAILED && ret->status == STATUS_OK)
		ret->status = checks[i].status;
}

bool preflight_all(struct preflight *pf, struct check_result *ret)
{
	for (size_t i = 0; i < preflight_count; i++) {
		preflight_run(pf, i, ret);
		if (ret->state == CHECK_FAILED)
			return false;
	}
	return true;
}
