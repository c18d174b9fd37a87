// SPDX-License-Identifier: GPL-2.0-only
/* Causes that no stock kernel shows: it has the types, but was built without what they are of. And what keeps root out. */
#include <bpf/bpf.h>
#include <errno.h>
#include <sys/stat.h>

#include "test.h"
#include "capabilities.h"
#include "cgroupfs-open.h"
#include "host-namespace.h"
#include "preflight.h"
#include "kernels.h"

static int lsm_list = -EIO, root_cgroup = -EIO, initial_namespaces = -EIO, load_error = EIO;
static bool has_capabilities;

int securityfs_read(const char *file, char **ret_text)
{
	*ret_text = NULL;
	return lsm_list;
}

enum kernel_lockdown securityfs_lockdown(void)
{
	return KERNEL_LOCKDOWN_UNKNOWN;
}

const char *securityfs_lockdown_name(enum kernel_lockdown l)
{
	return "";
}

int cgroupfs_open(void)
{
	return root_cgroup;
}

int cgroupfs_open_root(void)
{
	return root_cgroup;
}

int cgroupfs_open_shown(void)
{
	return root_cgroup;
}

bool cgroupfs_mount_point(const char *line, char ret_path[PATH_MAX])
{
	return false;
}

int host_namespace_stat(const char *ns, struct stat *ret)
{
	return initial_namespaces;
}

int capabilities_limit(uint64_t keep)
{
	return 0;
}

bool capabilities_effective(unsigned int capability)
{
	return has_capabilities;
}

int bpf_prog_load(enum bpf_prog_type type, const char *name, const char *license, const struct bpf_insn *insns,
			 size_t n, const struct bpf_prog_load_opts *opts)
{
	errno = load_error;
	return -1;
}

/* The check of this name, of a kernel that has the enum and these functions. */
static void check_by(bool privileged, const char *name, const char *const *functions, struct check_result *ret)
{
	struct blob blob;
	CLEANUP(preflight_done) struct preflight pf;

	blob_init(&blob);
	blob_enum(&blob, "lockdown_reason", kernel_6_1);
	for (; *functions; functions++)
		blob_type(&blob, *functions, BTF_KIND_FUNC, 0, 0, NULL, 0);
	preflight_init(&pf, "/");
	assert_int_equal(blob_btf(&blob, &pf.btf), 0);
	for (size_t i = 0; i < preflight_count; i++) {
		preflight_run(&pf, i, ret);
		if (strcmp(ret->name, name) == 0)
			break;
		pf.privileged = privileged;
	}
	assert_string_equal(ret->name, name);
}

static void check(const char *name, const char *const *functions, struct check_result *ret)
{
	check_by(false, name, functions, ret);
}

static void check_by_root(const char *name, struct check_result *ret)
{
	static const char *const hook[] = { "bpf_lsm_locked_down", NULL };

	check_by(true, name, hook, ret);
}

TEST(a_kernel_without_the_hook_is_told_by_it)
{
	static const char *const all[] = { "bpf_lsm_locked_down", "bpf_lsm_sb_umount", NULL };
	static const char *const none[] = { NULL };
	static const char *const other[] = { "bpf_lsm_file_open", "security_locked_down", NULL };
	struct check_result result;

	check("hook", all, &result);
	assert_int_equal(result.state, CHECK_OK);
	check("hook", none, &result);
	assert_int_equal(result.state, CHECK_FAILED);
	assert_int_equal(result.status, STATUS_UNSUPPORTED);
	assert_non_null(strstr(result.detail, "bpf_lsm_locked_down"));
	assert_non_null(strstr(result.cure, "CONFIG_BPF_LSM=y"));
	check("hook", other, &result);
	assert_int_equal(result.state, CHECK_FAILED);
}

TEST(its_operations_are_counted)
{
	static const char *const none[] = { NULL };
	struct bpflock_operation ops[BPFLOCK_REASONS];
	struct check_result result;
	char expected[64];
	size_t n = 0;

	kernel_operations(kernel_6_1, ops);
	for (size_t i = 0; i < BPFLOCK_REASONS; i++)
		n += ops[i].name[0] != '\0';
	snprintf(expected, sizeof(expected), "this kernel knows %zu operations", n);
	check("operations", none, &result);
	assert_int_equal(result.state, CHECK_OK);
	assert_string_equal(result.detail, expected);
}

TEST(what_depends_on_the_hook_is_skipped_without_it)
{
	static const char *const none[] = { NULL };
	struct check_result result;

	check("lsm-load", none, &result);
	assert_int_equal(result.state, CHECK_SKIPPED);
	assert_string_equal(result.cure, "");
	assert_int_equal(result.status, STATUS_OK);
}

TEST(an_lsm_that_hides_the_list_is_told_from_a_missing_mount)
{
	static const char *const none[] = { NULL };
	static const struct {
		int error;
		const char *cure;
	} rows[] = {
		{ -EACCES, "--privileged" },
		{ -ENOENT, "CONFIG_SECURITYFS=y" },
		{ -EIO, "mount -t securityfs" },
	};
	struct check_result result;

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		lsm_list = rows[i].error;
		check("lsm-list", none, &result);
		assert_int_equal(result.state, CHECK_FAILED);
		assert_non_null(strstr(result.cure, rows[i].cure));
	}
}

#define OTHER_LSM "outside the profile of another LSM"

/* AppArmor and SELinux refuse with EACCES what the kernel's configuration does not: that is not to blame. */
TEST(root_that_another_lsm_confines_is_told_of_it)
{
	static const struct {
		const char *container;
		int error;
		const char *cure;
	} rows[] = {
		{ "", -EACCES, OTHER_LSM },
		{ "", -ENOENT, "CONFIG_CGROUPS=y" },
		/* the error of a container that sees no cgroup but its own */
		{ "oci", -EACCES, "--cgroupns=host or --pid=host" },
		{ "oci", -ENOENT, "--cgroupns=host or --pid=host" },
	};
	struct check_result result;

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		root_cgroup = rows[i].error;
		setenv("container", rows[i].container, 1);
		check_by_root("cgroup", &result);
		assert_int_equal(result.state, CHECK_FAILED);
		if (!strstr(result.cure, rows[i].cure))
			fail_msg("row %zu: %s", i, result.cure);
	}
	unsetenv("container");
	root_cgroup = -EIO;
}

TEST(each_refusal_of_programs_has_a_cure_of_its_own)
{
	static const struct {
		int error;
		const char *detail, *cure;
	} rows[] = {
		{ EACCES, "refuses to load any BPF LSM program: Permission denied", OTHER_LSM },
		{ EPERM, "refuses to load any BPF LSM program: ", "use a kernel without that restriction" },
		{ EINVAL, "has no BPF LSM programs for cgroups", "boot Linux 6.0 or later" },
		{ ENOSYS, "refuses to load any BPF LSM program: ", "CONFIG_BPF_JIT=y" },
	};
	struct check_result result;

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		load_error = rows[i].error;
		check_by_root("lsm-load", &result);
		assert_int_equal(result.state, CHECK_FAILED);
		assert_int_equal(result.status, STATUS_UNSUPPORTED);
		if (!strstr(result.detail, rows[i].detail) || !strstr(result.cure, rows[i].cure))
			fail_msg("row %zu: %s; %s", i, result.detail, result.cure);
	}
}

TEST(root_that_cannot_see_the_hosts_namespaces_is_told_why)
{
	static const struct {
		int error;
		bool ptrace;
		enum exit_status status;
		const char *cure;
	} rows[] = {
		{ -EACCES, true, STATUS_NOT_PERMITTED, OTHER_LSM },
		{ -EACCES, false, STATUS_NOT_PERMITTED, "add the capability CAP_SYS_PTRACE" },
		{ -EXDEV, true, STATUS_UNSUPPORTED, "mount the host's /proc" },
		{ -ENOENT, true, STATUS_UNSUPPORTED, "mount the host's /proc" },
	};
	struct check_result result;

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		initial_namespaces = rows[i].error;
		has_capabilities = rows[i].ptrace;
		check_by_root("net-namespace", &result);
		assert_int_equal(result.state, CHECK_FAILED);
		assert_int_equal(result.status, rows[i].status);
		if (!strstr(result.cure, rows[i].cure))
			fail_msg("row %zu: %s", i, result.cure);
	}
}
