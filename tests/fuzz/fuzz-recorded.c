// SPDX-License-Identifier: GPL-2.0-only
/*
 * A log in any format, or none, is replayed under a policy with rule sets of cgroups: each entry has
 * an outcome, what is said to be a record is one, and the sums are right.
 */
#include <sys/mman.h>

#include "fuzz.h"
#include "config.h"
#include "operations.h"
#include "recorded-file.h"
#include "replay.h"
#include "text.h"

static const char policy_text[] = "[kimglock]\nprofile = baseline\nblock = kexec\n"
				  "[cgroup \"/a\"]\nprofile = restricted\nmode = audit\n";

static struct recorded record;

static void check_text(const char *text, size_t size)
{
	CHECK(strnlen(text, size) < size);
}

static void check_record(const struct recorded *r)
{
	CHECK(r->kind < _RECORDED_KIND_MAX && recorded_has(r, RECORDED_EVENT));
	check_text(r->op, sizeof(r->op));
	check_text(r->by, sizeof(r->by));
	check_text(r->cgroup, sizeof(r->cgroup));
	check_text(r->unit, sizeof(r->unit));
	check_text(r->exe, sizeof(r->exe));
	check_text(r->comm, sizeof(r->comm));
	check_text(r->machine, sizeof(r->machine));
	if (r->kind != RECORDED_DECISION)
		return;
	CHECK(r->op[0] && r->count && r->verdict < _BPFLOCK_VERDICT_MAX);
	CHECK(!recorded_has(r, RECORDED_WHY) || r->why < _BPFLOCK_WHY_MAX);
	CHECK(!r->cgroup[0] || r->cgroup[0] == '/');
}

static void read_log(int fd, struct replay *replay)
{
	struct recorded_file f;
	uint64_t decisions = 0;
	int r;

	CHECK(recorded_file_init(&f, fd) == 0);
	while ((r = recorded_file_next(&f, &record)) > 0) {
		CHECK(r != RECORDED_FILE_FAULT || (f.fault && f.entry_line));
		if (r != RECORDED_FILE_RECORD)
			continue;
		check_record(&record);
		if (record.kind == RECORDED_DECISION)
			decisions += record.count;
		CHECK(replay_take(replay, &record) == 0);
	}
	CHECK(r == RECORDED_FILE_END);
	recorded_file_done(&f);
	CHECK(replay_decisions(&replay->total) + replay->total.answers[REPLAY_OTHERS] == decisions);
	CHECK(replay_changed(&replay->total) <= decisions);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	CLEANUP(diagnostics_done) struct diagnostics d = DIAGNOSTICS_INIT;
	CLEANUP(policy_done) struct policy p = {};
	CLEANUP(replay_done) struct replay replay = {};
	CLEANUP(close_fdp) int fd = memfd_create("log", MFD_CLOEXEC);
	struct bpflock_operation ops[BPFLOCK_REASONS];

	CHECK(fd >= 0 && text_write_fd(fd, (const char *)data, size) == 0);
	CHECK(lseek(fd, 0, SEEK_SET) == 0);
	operations_assume(ops);
	replay_operations(ops);
	policy_init(&p);
	CHECK(config_read_text(&p, ops, policy_text, sizeof(policy_text) - 1, "policy", &d));
	CHECK(policy_compile(&p, ops, &d) && replay_begin(&replay, &p, ops) == 0);
	read_log(fd, &replay);
	replay_finish(&replay);
	return 0;
}
