// SPDX-License-Identifier: GPL-2.0-only
/* A policy that opens operations when it replaces another one says so until the next change. */
#include "test.h"
#include "kernels.h"
#include "looser.h"

TEST_OPERATIONS(ops)

#define RESTRICTED "[kimglock]\nprofile = restricted\n"
#define BASELINE   "[kimglock]\nprofile = baseline\n"
#define PRIVILEGED "[kimglock]\nprofile = privileged\n"
#define CGROUP	   "[cgroup \"/a\"]\nprofile = "
#define NAMED(s)   (1U << BPFLOCK_SETTING_##s)

static void record(struct policy *new, struct policy *old, uint64_t latched, uint64_t now)
{
	new->host.generation = old->host.generation + 1;
	looser_record(new, old, &(struct looser_context){ ops, latched, now });
}

static void make(const char *text, uint64_t generation, struct policy *ret)
{
	kernel_policy(ops, text, ret);
	ret->host.generation = generation;
}

struct row {
	const char *old, *new, *latched;
	const char *host, *containers, *cgroups; /* that are opened */
	uint32_t settings;
};

static void check(const struct row *rows, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		CLEANUP(policy_done) struct policy old, new;
		const struct bpflock_looser *l;

		make(rows[i].old, 4, &old);
		make(rows[i].new, 0, &new);
		record(&new, &old, kernel_mask(ops, rows[i].latched ?: ""), 7);
		l = looser_of(&new.host);
		if (!rows[i].host && !rows[i].containers && !rows[i].cgroups) {
			assert_null(l);
			continue;
		}
		if (!l)
			fail_msg("row %zu: opens nothing", i);
		assert_int_equal(l->time, 7);
		if (l->host != kernel_mask(ops, rows[i].host ?: "") ||
		    l->containers != kernel_mask(ops, rows[i].containers ?: "") ||
		    l->cgroups != kernel_mask(ops, rows[i].cgroups ?: "") ||
		    l->settings != rows[i].settings)
			fail_msg("row %zu: %#jx %#jx %#jx %#x", i, (uintmax_t)l->host,
				 (uintmax_t)l->containers, (uintmax_t)l->cgroups, l->settings);
	}
}

TEST_ROWS(what_a_change_opens_is_recorded_with_its_settings, check, struct row,
	  { RESTRICTED, BASELINE, .host = "@integrity", .settings = NAMED(PROFILE) },
	  { RESTRICTED, "", .host = "@integrity", .containers = "@integrity",
	    .settings = NAMED(PROFILE) },
	  { BASELINE, PRIVILEGED, .containers = "@integrity", .settings = NAMED(PROFILE) },
	  { BASELINE, RESTRICTED }, { RESTRICTED, RESTRICTED },
	  { RESTRICTED, RESTRICTED "log = none\n" },
	  { RESTRICTED, RESTRICTED "allow = kexec\n", .host = "kexec", .containers = "kexec",
	    .settings = NAMED(ALLOW) },
	  { "[kimglock]\nblock = kexec, msr\n", "[kimglock]\nblock = msr\n", .host = "kexec",
	    .containers = "kexec", .settings = NAMED(BLOCK) },
	  { RESTRICTED "level = confidentiality\n", RESTRICTED, .host = "@confidentiality",
	    .containers = "@confidentiality", .settings = NAMED(LEVEL) },
	  { BASELINE, RESTRICTED "mode = audit\n", .containers = "@integrity",
	    .settings = NAMED(MODE) },
	  { "[kmodlock]\nprofile = restricted\n", "[kmodlock]\nprofile = baseline\n",
	    .host = "module_request", .settings = NAMED(KMODLOCK) },
	  /* opens and closes */
	  { RESTRICTED, BASELINE "block = kcore\n", .host = "@integrity",
	    .settings = NAMED(PROFILE) },
	  /* neither what was denied to nobody nor what still is */
	  { RESTRICTED "mode = audit\n", PRIVILEGED },
	  { "[kimglock]\nblock = kexec, msr\n", "", "msr", .host = "kexec", .containers = "kexec",
	    .settings = NAMED(BLOCK) },
	  /* rule sets of cgroups: one that goes, comes or opens by itself */
	  { CGROUP "restricted\n", "", .cgroups = "@integrity" },
	  { RESTRICTED, RESTRICTED CGROUP "baseline\n", .cgroups = "@integrity" },
	  { RESTRICTED CGROUP "restricted\n", RESTRICTED CGROUP "restricted\nallow = kexec\n",
	    .cgroups = "kexec" },
	  { CGROUP "restricted\n", RESTRICTED })

TEST(a_record_stays_until_what_is_denied_changes)
{
	CLEANUP(policy_done) struct policy restricted, baseline, quiet, stricter;

	make(RESTRICTED, 1, &restricted);
	make(BASELINE, 0, &baseline);
	make(BASELINE "log = none\n", 0, &quiet);
	make(BASELINE "block = kcore\n", 0, &stricter);
	record(&baseline, &restricted, 0, 7);
	assert_int_equal(looser_count(&baseline.host),
			 __builtin_popcountll(kernel_mask(ops, "@integrity")));
	record(&quiet, &baseline, 0, 8);
	assert_non_null(looser_of(&quiet.host));
	assert_int_equal(quiet.host.looser.time, 7);
	record(&stricter, &quiet, 0, 9);
	assert_null(looser_of(&stricter.host));
	assert_int_equal(looser_count(&stricter.host), 0);
}

/* A build from before copies a record that it does not know, or has the end of a text there. */
TEST(a_record_is_about_its_own_generation_alone)
{
	CLEANUP(policy_done) struct policy p;

	make(BASELINE, 3, &p);
	p.host.looser = (struct bpflock_looser){ .generation = 3, .host = 1 };
	assert_non_null(looser_of(&p.host));
	p.host.generation = 4;
	assert_null(looser_of(&p.host));
	memset(&p.host.looser, 'x', sizeof(p.host.looser));
	assert_null(looser_of(&p.host));
	memset(&p.host.looser, 0, sizeof(p.host.looser));
	p.host.generation = 0;
	assert_null(looser_of(&p.host));
}
