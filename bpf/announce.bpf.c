// SPDX-License-Identifier: GPL-2.0-only
/*
 * announce: a record of a grant given or revoked, in the order of all others. User space cannot write
 * to the ring, so bpflock-ctl has the kernel run this program (BPF_PROG_RUN of a syscall program,
 * Linux 5.14).
 */
#include <linux/bpf.h>

#include <bpf/bpf_helpers.h>

#include "log.h"

SEC("syscall")
int announce(struct bpflock_announcement *a)
{
	struct bpflock_counters *c = counters_of(BPFLOCK_COUNTERS_GRANT);
	struct bpflock_grant_record *r;

	if (!c)
		return 1;
	r = bpf_ringbuf_reserve(&ring, sizeof(*r), 0);
	if (!r) {
		next_seq();
		count(&c->dropped);
		return 1;
	}
	record_begin(&r->head, sizeof(*r), BPFLOCK_EVENT_GRANT);
	r->head.generation = a->generation;
	r->head.retval = 0;
	r->body = *a;
	r->body.target[sizeof(r->body.target) - 1] = '\0';
	r->body.note[sizeof(r->body.note) - 1] = '\0';
	count(&c->emitted);
	bpf_ringbuf_submit(r, 0);
	return 0;
}

char LICENSE[] SEC("license") = "GPL";
