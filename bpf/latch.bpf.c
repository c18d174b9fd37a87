// SPDX-License-Identifier: GPL-2.0-only
/*
 * The program latch adds operations to those denied to everybody. It takes none away, therefore it
 * does not matter who has the kernel run it, or with what.
 */
#include <linux/bpf.h>
#include <stdbool.h>

#include <bpf/bpf_helpers.h>

#include "latch.h"
#include "log.h"

/* Words, because the verifier wants each place in a context to be a constant. */
struct latching {
	__u64 operations;
	__u64 source[BPFLOCK_LATCH_SOURCE_LEN / sizeof(__u64)];
};

SEC("syscall")
int latch(ONLY(struct latching, only))
{
	const volatile struct latching *what = *only;
	struct bpflock_latch *l = latch_state();
	__u64 now = bpf_ktime_get_boot_ns();
	struct latching asked;
	__u32 uid = 0;

	if (!l)
		return 1;
	asked.operations = what->operations & ~not_latched;
#pragma unroll
	for (__u32 i = 0; i < BPFLOCK_LATCH_SOURCE_LEN / sizeof(__u64); i++)
		asked.source[i] = what->source[i];
	find_uid(AS_ONLY(&uid));
	/* first of all it is denied; who did it is said by the first who did */
	__sync_fetch_and_or(&l->operations, asked.operations);
	for (__u32 i = 0; i < BPFLOCK_REASONS; i++) {
		struct bpflock_latched *by = &l->by[i];

		if (!(asked.operations >> i & 1) || __sync_val_compare_and_swap(&by->since, 0, now))
			continue;
		by->uid = uid;
		__builtin_memcpy(by->source, asked.source, sizeof(by->source));
		by->source[sizeof(by->source) - 1] = '\0';
	}
	(*only)->operations = l->operations;
	return 0;
}

char LICENSE[] SEC("license") = "GPL";
