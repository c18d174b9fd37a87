// SPDX-License-Identifier: GPL-2.0-only
/* Operations lead around others, and leave the kernel more or less open. */
#include "test.h"
#include "analysis.h"
#include "bypass.h"
#include "grants.h"
#include "operations.h"
#include "kernels.h"

#define X86   "x86_64"
#define POWER "ppc64le"

TEST_OPERATIONS(ops)

static uint64_t mask_of(const char *list)
{
	return kernel_mask(ops, list);
}

static uint32_t reason_of(const char *name)
{
	return __builtin_ctzll(mask_of(name));
}

static const struct {
	const char *denied;
	const char *open;
	const char *through; /* those of the open ones that lead around it */
	const char *machine;
} ways[] = {
	{ "dev_mem", "kexec", "kexec", X86 },
	{ "dev_mem", "unsigned_module, msr, pci_access, ioport, acpi_tables, hibernation",
	  "unsigned_module, msr, pci_access, ioport, acpi_tables, hibernation", X86 },
	{ "dev_mem", "@confidentiality", "", X86 },
	{ "dev_mem", "bpf_write, efi_test, pcmcia_cis, mmiotrace", "", X86 },
	{ "unsigned_module", "dev_mem, debugfs, tiocsserial", "dev_mem, debugfs, tiocsserial",
	  X86 },
	{ "hibernation", "kexec, kcore", "kexec", X86 },
	{ "kcore", "kprobes, bpf_read, tracefs", "kprobes, bpf_read, tracefs", X86 },
	{ "kcore", "perf, xfrm_secret", "", X86 },
	{ "kcore", "kexec", "kexec", X86 },
	{ "kcore", "bpf_write", "", X86 },
	{ "perf", "kcore, tracefs, xfrm_secret", "kcore, tracefs", X86 },
	{ "xfrm_secret", "kcore, perf", "kcore", X86 },
	{ "bpf_write", "dev_mem, kcore", "dev_mem", X86 },
	{ "efi_test", "msr, bpf_write", "msr", X86 },
	{ "pcmcia_cis", "tiocsserial, unsafe_module_parameters",
	  "tiocsserial, unsafe_module_parameters", X86 },
	/* the test module takes its address by a parameter that is asked about too */
	{ "pcmcia_cis", "mmiotrace", "", X86 },
	{ "pcmcia_cis", "mmiotrace, unsafe_module_parameters",
	  "mmiotrace, unsafe_module_parameters", X86 },
	/* what this machine does not have leads nowhere */
	{ "dev_mem", "xmon_wr, xmon_rw, device_tree, rtas_error_injection", "", X86 },
	{ "dev_mem", "device_tree, rtas_error_injection, msr, ioport",
	  "device_tree, rtas_error_injection", POWER },
	/* a debugger that may not read is off */
	{ "dev_mem", "xmon_wr", "", POWER },
	{ "dev_mem", "xmon_wr, xmon_rw", "xmon_wr", POWER },
	{ "kcore", "xmon_rw", "xmon_rw", POWER },
};

TEST(operations_are_bypassed_by_what_is_at_least_as_strong)
{
	for (size_t i = 0; i < ARRAY_SIZE(ways); i++) {
		uint64_t open = mask_of(ways[i].open) & bypass_applicable(ops, ways[i].machine);
		uint64_t through = bypass_through(ops, open, reason_of(ways[i].denied));

		if (through != mask_of(ways[i].through))
			fail_msg("row %zu: %s while %s is open: %#llx", i, ways[i].denied,
				 ways[i].open, (unsigned long long)through);
	}
}

TEST(nothing_leads_around_itself)
{
	for (uint32_t i = 0; i < BPFLOCK_REASONS; i++)
		assert_false(bypass_through(ops, ~0ULL, i) & (1ULL << i));
}

TEST(every_known_operation_has_a_row)
{
	assert_int_equal(bypass_facts_count, operations_known_count);
	for (size_t i = 0; i < operations_known_count; i++) {
		const struct bypass_fact *f = &bypass_facts[i];

		assert_string_equal(f->operation, operations_known[i].name);
		assert_int_not_equal(f->powers, 0);
		assert_true(f->powers < 1U << _POWER_MAX);
		assert_true(f->how && f->how[0]);
		if (f->needs)
			assert_non_null(operations_find(f->needs));
	}
}

TEST(every_power_has_a_row_and_weighs_no_less_than_what_it_leads_to)
{
	for (size_t i = 0; i < _POWER_MAX; i++) {
		unsigned int all = bypass_closure(1U << i);

		assert_non_null(bypass_powers[i].name);
		assert_in_range(bypass_powers[i].weight, i != POWER_SURFACE, 100);
		assert_true(all & (1U << i));
		assert_int_equal(bypass_closure(all), all);
	}
	assert_true(bypass_powers[POWER_READ].weight > bypass_powers[POWER_GLIMPSE].weight);
	assert_true(bypass_powers[POWER_GLIMPSE].weight > bypass_powers[POWER_KEYS].weight);
	for (size_t i = POWER_CODE; i <= POWER_REGISTERS; i++)
		assert_int_equal(bypass_closure(1U << i), (1U << _POWER_MAX) - 1);
}

TEST(the_whole_and_nothing_are_the_ends_of_the_scale)
{
	assert_int_equal(bypass_exposure(ops, 0), 0);
	assert_int_equal(bypass_exposure(ops, mask_of("@all")), 100);
	assert_int_equal(bypass_exposure(ops, ~0ULL), 100);
	assert_int_equal(bypass_exposure(ops, ~mask_of("@all")), 0);
	for (uint32_t i = 0; i < BPFLOCK_REASONS; i++)
		if (ops[i].name[0] && ops[i].level != BPFLOCK_LEVEL_NONE &&
		    !bypass_fact(&ops[i])->needs)
			assert_true(bypass_exposure(ops, 1ULL << i) > 0);
}

/* From many states on, whichever operation is closed next. */
TEST(closing_never_raises_exposure)
{
	uint64_t open = 0x9e3779b97f4a7c15;

	for (int n = 0; n < 3000; n++) {
		unsigned int before;

		open ^= open << 13;
		open ^= open >> 7;
		open ^= open << 17;
		before = bypass_exposure(ops, open);
		for (uint32_t i = 0; i < BPFLOCK_REASONS; i++)
			if (bypass_exposure(ops, open & ~(1ULL << i)) > before)
				fail_msg("closing %s in %#llx raises it", ops[i].name,
					 (unsigned long long)open);
	}
}

TEST(stronger_operations_expose_more)
{
	static const char *const falling[] = { "unsigned_module", "dev_mem",   "pci_access",
					       "debugfs",	  "bpf_write", "perf",
					       "xfrm_secret" };
	unsigned int last = 101;

	for (size_t i = 0; i < ARRAY_SIZE(falling); i++) {
		unsigned int exposure = bypass_exposure(ops, mask_of(falling[i]));

		if (exposure >= last)
			fail_msg("%s: %u", falling[i], exposure);
		last = exposure;
	}
}

static const struct {
	unsigned int exposure;
	const char *word;
} word_rows[] = {
	{ 100, "UNSAFE" }, { 90, "UNSAFE" }, { 89, "EXPOSED" }, { 75, "EXPOSED" }, { 74, "MEDIUM" },
	{ 50, "MEDIUM" },  { 49, "OK" },     { 10, "OK" },	{ 9, "SAFE" },	   { 0, "SAFE" },
};

TEST(each_exposure_has_its_word)
{
	for (size_t i = 0; i < ARRAY_SIZE(word_rows); i++)
		assert_string_equal(bypass_word(word_rows[i].exposure), word_rows[i].word);
}

TEST(assumed_levels_are_the_kernels)
{
	struct bpflock_operation assumed[BPFLOCK_REASONS];

	operations_assume(assumed);
	bypass_assume_levels(assumed);
	for (uint32_t i = 0; i < BPFLOCK_REASONS; i++)
		for (uint32_t k = 0; k < BPFLOCK_REASONS; k++)
			if (ops[k].name[0] && strcmp(assumed[i].name, ops[k].name) == 0)
				assert_int_equal(assumed[i].level, ops[k].level);
}

TEST(what_is_unknown_is_taken_for_the_worst)
{
	struct bpflock_operation next[BPFLOCK_REASONS];
	unsigned int unknown = 0;

	kernel_operations(kernel_next, next);
	for (uint32_t i = 0; i < BPFLOCK_REASONS; i++) {
		bool integrity = next[i].level == BPFLOCK_LEVEL_INTEGRITY;

		if (!next[i].name[0] || operations_find(next[i].name))
			continue;
		unknown++;
		assert_true(bypass_applicable(next, X86) & (1ULL << i));
		assert_int_equal(bypass_exposure(next, 1ULL << i),
				 bypass_powers[integrity ? POWER_CODE : POWER_READ].weight);
	}
	assert_true(unknown > 0);
}

static const struct {
	const char *policy;
	unsigned int host, elsewhere, worst;
	const char *kexec; /* what is decided about it */
	bool enforced;
	const char *kernel_denies;
} policies[] = {
	{ "", 100, 100, 100, "allow", true, "" },
	{ "[kimglock]\nprofile = restricted\nlevel = confidentiality\n", 0, 0, 0, "deny", true,
	  "" },
	{ "[kimglock]\nprofile = restricted\n", 57, 57, 57, "deny", true, "" },
	{ "[kimglock]\nprofile = baseline\n", 100, 57, 100, "host-only", true, "" },
	{ "[kimglock]\nprofile = restricted\nmode = audit\n", 100, 100, 100, "audit", true, "" },
	{ "[kimglock]\nprofile = restricted\n", 100, 100, 100, "allow", false, "" },
	{ "[kimglock]\nprofile = privileged\n", 57, 57, 57, "deny", true, "@integrity" },
	{ "[kimglock]\nblock = @all\n[cgroup \"/a\"]\nprofile = restricted\nallow = perf\n", 0, 0,
	  20, "deny", true, "kcore, kprobes, bpf_read, dbg_read_kernel, tracefs, xfrm_secret" },
	{ "[kimglock]\nblock = @all\n[cgroup \"/a\"]\nprofile = privileged\nmode = audit\n", 0, 0,
	  100, "deny", true, "" },
};

TEST(policies_are_as_open_as_their_most_open_rule_set)
{
	for (size_t i = 0; i < ARRAY_SIZE(policies); i++) {
		struct analysis a = { .ops = ops,
				      .machine = X86,
				      .enforced = policies[i].enforced,
				      .kernel_denies = mask_of(policies[i].kernel_denies) };
		CLEANUP(policy_done) struct policy p;

		kernel_policy(ops, policies[i].policy, &p);
		a.policy = &p;
		assert_int_equal(analysis_run(&a), 0);
		if (a.subjects[0].exposure[ANALYSIS_HOST] != policies[i].host ||
		    a.subjects[0].exposure[ANALYSIS_ELSEWHERE] != policies[i].elsewhere ||
		    analysis_worst(&a)->exposure[ANALYSIS_HOST] != policies[i].worst)
			fail_msg("row %zu: %u, elsewhere %u, worst %u", i,
				 a.subjects[0].exposure[ANALYSIS_HOST],
				 a.subjects[0].exposure[ANALYSIS_ELSEWHERE],
				 analysis_worst(&a)->exposure[ANALYSIS_HOST]);
		assert_string_equal(analysis_decision(&a, reason_of("kexec")), policies[i].kexec);
		analysis_done(&a);
	}
}

static const struct {
	const char *policy;
	unsigned int host, without,
		with; /* of the rule set of /a, or the host's where there is none */
} ways_out[] = {
	{ "[kimglock]\nprofile = baseline\nlevel = confidentiality\n", 100, 0, 100 },
	{ "[kimglock]\nprofile = restricted\nlevel = confidentiality\n", 0, 0, 0 },
	{ "[kimglock]\nprofile = baseline\nlevel = confidentiality\nallow = perf\n", 100, 20, 100 },
	{ "[kimglock]\nprofile = privileged\n", 100, 100, 100 },
	/* what the kernel starts is in the root cgroup */
	{ "[kimglock]\nprofile = baseline\nlevel = confidentiality\n[cgroup \"/a\"]\nprofile = "
	  "restricted\nlevel = confidentiality\n",
	  0, 0, 100 },
	{ "[kimglock]\nblock = @all\n[cgroup \"/a\"]\nprofile = restricted\nlevel = confidentiality\n"
	  "allow = perf\n",
	  20, 20, 20 },
};

TEST(a_way_out_opens_to_tasks_elsewhere_what_the_host_may)
{
	for (size_t i = 0; i < ARRAY_SIZE(ways_out); i++) {
		for (int out = 0; out < 2; out++) {
			struct analysis a = {
				.ops = ops, .machine = X86, .enforced = true, .way_out = out
			};
			unsigned int expected = out ? ways_out[i].with : ways_out[i].without;
			const struct analysis_subject *s;
			CLEANUP(policy_done) struct policy p;

			kernel_policy(ops, ways_out[i].policy, &p);
			a.policy = &p;
			assert_int_equal(analysis_run(&a), 0);
			s = &a.subjects[a.n - 1];
			if (s->exposure[ANALYSIS_HOST] != ways_out[i].host ||
			    s->exposure[ANALYSIS_ELSEWHERE] != expected)
				fail_msg("row %zu: %u, elsewhere %u", i, s->exposure[ANALYSIS_HOST],
					 s->exposure[ANALYSIS_ELSEWHERE]);
			assert_true(analysis_exposure(analysis_worst(&a)) >= expected);
			analysis_done(&a);
		}
	}
}

TEST(a_grant_opens_until_it_ends)
{
	CLEANUP(policy_done) struct policy p;

	kernel_policy(ops, "[kimglock]\nprofile = restricted\n", &p);
	assert_non_null(grants_add(&p, "/a", mask_of("kexec"), 10, 20, 0, ""));
	for (uint64_t now = 10; now <= 20; now += 10) {
		struct analysis a = {
			.ops = ops, .machine = X86, .enforced = true, .policy = &p, .now = now
		};

		assert_int_equal(analysis_run(&a), 0);
		assert_int_equal(a.n, now < 20 ? 2 : 1);
		assert_int_equal(a.subjects[0].exposure[ANALYSIS_HOST], 57);
		assert_int_equal(analysis_worst(&a)->exposure[ANALYSIS_HOST], now < 20 ? 100 : 57);
		analysis_done(&a);
	}
}

TEST(who_is_not_denied_needs_no_way_around)
{
	CLEANUP(analysis_done) struct analysis a = { .ops = ops, .machine = X86, .enforced = true };
	uint32_t kexec = reason_of("kexec"), kcore = reason_of("kcore");
	CLEANUP(policy_done) struct policy p;

	kernel_policy(ops, "[kimglock]\nprofile = baseline\nlevel = confidentiality\nallow = msr\n", &p);
	a.policy = &p;
	assert_int_equal(analysis_run(&a), 0);
	assert_true(analysis_ways(&a, a.subjects, ANALYSIS_HOST, kexec) == 0);
	assert_true(analysis_ways(&a, a.subjects, ANALYSIS_ELSEWHERE, kexec) == mask_of("msr"));
	assert_true(analysis_ways(&a, a.subjects, ANALYSIS_ELSEWHERE, kcore) == mask_of("msr"));
	assert_true(analysis_ways(&a, a.subjects, ANALYSIS_ELSEWHERE, reason_of("xmon_wr")) == 0);
}
