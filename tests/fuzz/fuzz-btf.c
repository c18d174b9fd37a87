// SPDX-License-Identifier: GPL-2.0-only
/* BTF of any bytes: operations with sound names, or an error. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "btf.h"
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

/* A slice can be sliced again, and is all of it. */
static void check_slice(const struct raw_btf *btf)
{
	static const char *const names[] = { "lockdown_reason", "task_struct" };
	struct raw_btf *part;
	size_t len, again_len;
	void *slice, *again;
	int r = btf_slice(btf, names, 2, &slice, &len);

	CHECK(r == 0 || r == -EBADMSG);
	if (r < 0)
		return;
	CHECK(raw_btf_new(slice, len, &part) == 0);
	CHECK(btf_slice(part, names, 2, &again, &again_len) == 0);
	CHECK(again_len == len);
	raw_btf_free(part);
	free(again);
	free(slice);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct bpflock_operation ops[BPFLOCK_REASONS];
	struct raw_btf *btf;
	int r = raw_btf_new(data, size, &btf);

	if (r < 0) {
		CHECK(r == -EBADMSG);
		return 0;
	}
	CHECK(raw_btf_size(btf) == size);
	r = operations_btf_read(btf, ops);
	if (r == 0)
		check_operations(ops);
	else
		CHECK(r == -EBADMSG || r == -ENOENT || r == -E2BIG);
	btf_find_function(btf, "bpf_lsm_locked_down");
	check_slice(btf);
	raw_btf_free(btf);
	return 0;
}
