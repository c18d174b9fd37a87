// SPDX-License-Identifier: GPL-2.0-only
#include "preflight.h"

#include "operations.h"
#include "preflight-check.h"
#include "preflight-kernel.h"
#include "preflight-place.h"
#include "util.h"

static const struct {
	const char *name;
	enum exit_status status;
	enum check_state (*run)(struct preflight *pf, struct check_result *ret);
} checks[] = {
	{ "privilege", STATUS_NOT_PERMITTED, preflight_place_privilege },
	{ "kernel", STATUS_UNSUPPORTED, preflight_kernel_release },
	{ "pid-namespace", STATUS_UNSUPPORTED, preflight_place_pid_namespace },
	{ "time-namespace", STATUS_NOT_PERMITTED, preflight_place_time_namespace },
	{ "btf", STATUS_UNSUPPORTED, preflight_kernel_btf },
	{ "operations", STATUS_UNSUPPORTED, preflight_kernel_operations },
	{ "hook", STATUS_UNSUPPORTED, preflight_kernel_hook },
	{ "lsm-list", STATUS_UNSUPPORTED, preflight_kernel_lsm_list },
	{ "ftrace", STATUS_UNSUPPORTED, preflight_kernel_ftrace },
	{ "cgroup", STATUS_UNSUPPORTED, preflight_kernel_cgroup },
	{ "lsm-load", STATUS_UNSUPPORTED, preflight_kernel_lsm_load },
	{ "net-namespace", STATUS_UNSUPPORTED, preflight_place_net_namespace },
	{ "bpffs", STATUS_UNSUPPORTED, preflight_place_bpffs },
	{ "lockdown", STATUS_UNSUPPORTED, preflight_kernel_lockdown },
	{ "command-line", STATUS_UNSUPPORTED, preflight_kernel_command_line },
};
const size_t preflight_count = ARRAY_SIZE(checks);

void preflight_init(struct preflight *pf, const char *bpffs)
{
	*pf = (struct preflight){ .bpffs = bpffs };
}

bool preflight_operations(struct preflight *pf)
{
	struct check_result ignored;

	if (preflight_kernel_btf(pf, &ignored) == CHECK_OK && preflight_kernel_operations(pf, &ignored) == CHECK_OK)
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
