// SPDX-License-Identifier: GPL-2.0-only
#include "floor.h"

#include <inttypes.h>
#include <time.h>

#include "operations.h"
#include "ruleset.h"
#include "measure.h"

void floor_init(struct floor *f, const struct format_context *c)
{
	f->c = c;
	f->f = fopen("/dev/null", "w");
	if (!f->f)
		die("/dev/null");
}

void floor_flush(struct floor *f)
{
	fflush(f->f);
}

void floor_print(struct floor *f, const struct bpflock_decision_record *r)
{
	const struct bpflock_record *h = &r->head;
	uint64_t ns = h->time + f->c->clock->offset;
	time_t seconds = ns / 1000000000;
	char reason[RULESET_REASON_LEN], when[32];
	struct tm tm;

	gmtime_r(&seconds, &tm);
	strftime(when, sizeof(when), "%Y-%m-%dT%H:%M:%S", &tm);
	ruleset_reason(r->verdict, r->why, r->profile, r->rule_cgroup != 0, reason);
	fprintf(f->f,
		"{\"time\":\"%s.%06uZ\",\"event\":\"lsm_locked_down\",\"operation\":\"%s\","
		"\"description\":\"%s\",\"decision\":\"%s\",\"reason\":\"%s\",\"retval\":%d,"
		"\"pid\":%u,\"tid\":%u,\"ppid\":%u,\"uid\":%u,\"cgroup_id\":%" PRIu64 ","
		"\"comm\":\"%s\",\"pcomm\":\"%s\",\"profile\":\"%s\",\"why\":%u,"
		"\"generation\":%" PRIu64 ",\"seq\":%" PRIu64 ",\"count\":%u,\"pidns\":%u,"
		"\"netns\":%u,\"boottime_ns\":%" PRIu64 ",\"bpfprog\":\"kimglock\","
		"\"subsys\":\"bpf\"}\n",
		when, (unsigned int)(ns % 1000000000 / 1000),
		operations_name(f->c->operations, r->reason),
		operations_description(f->c->operations, r->reason), ruleset_verdict_name(r->verdict),
		reason, h->retval, h->tgid, h->pid, h->ppid, h->uid, (uint64_t)h->cgroup_id,
		h->comm, h->pcomm, ruleset_profile_name(r->profile), r->why,
		(uint64_t)h->generation, (uint64_t)h->seq, h->count, h->pidns, h->netns,
		(uint64_t)h->time);
}
