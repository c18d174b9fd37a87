// SPDX-License-Identifier: GPL-2.0-only
/* Causes that no stock kernel shows: it has the types, but was built without what they are of. */
#include <errno.h>

#include "test.h"
#include "preflight.h"
#include "kernels.h"

static int lsm_list = -EIO;

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

/* The check of this name, of a kernel that has the enum and these functions. */
static void check(const char *name, const char *const *functions, struct check_result *ret)
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
	}
	assert_string_equal(ret->name, name);
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
