// SPDX-License-Identifier: GPL-2.0-only
/* BTF of any bytes: operations with sound names, or an error. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "btf.h"
#include "btf-part.h"
#include "operations-btf.h"
#include "operations.h"
#include "fuzz.h"

static void check_operations(const struct bpflock_operation *ops)
{
	uint64_t all = operations_in_group(ops, GROUP_ALL);
	uint64_t integrity = operations_in_group(ops, GROUP_INTEGRITY);
	uint64_t confidentiality = operations_in_group(ops, GROUP_CONFIDENTIALITY);

	for (uint32_t i = 0; i < BPFLOCK_REASONS; i++) {
		CHECK(memchr(ops[i].name, '\0', sizeof(ops[i].name)));
		CHECK(ops[i].level < _BPFLOCK_LEVEL_MAX);
		CHECK(operations_name(ops, i)[0] && operations_description(ops, i)[0]);
	}
	CHECK(!ops[0].name[0]);
	CHECK((integrity | confidentiality) == all && (integrity & confidentiality) == 0);
}

/* The part is sound BTF, or there is an error. */
static void check_part(const struct raw_btf *btf)
{
	static const char *const names[] = { "a", "lockdown_reason", "task_struct" };
	struct raw_btf *part;
	void *bytes;
	size_t len;
	int r = btf_part(btf, names, 3, &bytes, &len);

	CHECK(r == 0 || r == -EBADMSG);
	if (r < 0)
		return;
	CHECK(btf_raw_new(bytes, len, &part) == 0);
	btf_raw_free(part);
	free(bytes);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct bpflock_operation ops[BPFLOCK_REASONS];
	struct raw_btf *btf;
	int r = btf_raw_new(data, size, &btf);

	if (r < 0) {
		CHECK(r == -EBADMSG);
		return 0;
	}
	CHECK(btf->size == size);
	r = operations_btf_read(btf, ops);
	if (r == 0)
		check_operations(ops);
	else
		CHECK(r == -EBADMSG || r == -ENOENT || r == -E2BIG);
	btf_find_function(btf, "bpf_lsm_locked_down");
	btf_find_typedef(btf, "bpf_lsm_locked_down");
	check_part(btf);
	btf_raw_free(btf);
	return 0;
}
