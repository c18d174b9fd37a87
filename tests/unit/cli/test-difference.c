// SPDX-License-Identifier: GPL-2.0-only
/* The lines that tell a change, and to whom it opens and closes operations. */
#include <unistd.h>

#include "test.h"
#include "clock.h"
#include "config.h"
#include "difference.h"
#include "grants.h"
#include "kernels.h"
#include "operations.h"

#define K(text)	      "[kimglock]\n" text "\n"
#define C(path, text) "[cgroup \"" path "\"]\n" text "\n"

static struct bpflock_operation ops[BPFLOCK_REASONS];
static struct policy old, new;
static char said[4096];

static int setup_group(void **state)
{
	kernel_operations(kernel_6_1, ops);
	return 0;
}

TEST_GROUP(setup_group, NULL)

static void make(struct policy *p, const char *text)
{
	CLEANUP(diagnostics_done) struct diagnostics d = DIAGNOSTICS_INIT;

	policy_init(p);
	assert_true(!text[0] || config_read_text(p, ops, text, strlen(text), "f", &d));
	assert_true(policy_compile(p, ops, &d));
}

/* Prints into said; at: the clock; returns what difference_print() does. */
static bool print(uint64_t latched, uint64_t at, bool as_json)
{
	struct difference d = { .ops = ops, .old = &old, .new = &new, .latched = latched, .now = at };
	int out = dup(STDOUT_FILENO);
	FILE *f = tmpfile();
	bool any;
	size_t n;

	assert_non_null(f);
	fflush(stdout);
	assert_true(dup2(fileno(f), STDOUT_FILENO) == STDOUT_FILENO);
	if (as_json) {
		struct json j = { .f = stdout };

		json_open(&j, NULL, '{');
		any = difference_print_json(&d, &j);
		json_close(&j, '}');
	} else {
		any = difference_print(&d);
	}
	fflush(stdout);
	assert_true(dup2(out, STDOUT_FILENO) == STDOUT_FILENO);
	close(out);
	rewind(f);
	n = fread(said, 1, sizeof(said) - 1, f);
	said[n] = '\0';
	fclose(f);
	return any;
}

TEST(every_setting_and_every_direction_has_a_line)
{
	static const struct {
		const char *old, *new, *said;
	} rows[] = {
		{ "", "", "" },
		{ K("profile=restricted"), K("profile=restricted"), "" },
		{ "", K("block=kexec"), "  block: (empty) -> kexec\n  closes 1 operation to everybody: kexec\n" },
		{ K("block=kexec, msr"), K("block=msr"),
		  "  block: kexec, msr -> msr\n  opens 1 operation to everybody: kexec\n" },
		{ K("block=kexec"), K("block=msr"),
		  "  block: kexec -> msr\n  opens 1 operation to everybody: kexec\n"
		  "  closes 1 operation to everybody: msr\n" },
		{ K("profile=baseline"), "",
		  "  profile: baseline -> privileged\n  opens 19 operations to containers: unsigned_module, dev_mem, "
		  "efi_test, kexec, hibernation, pci_access and 13 more\n" },
		{ K("profile=restricted\nallow=kexec"), K("profile=baseline\nallow=kexec,msr"),
		  "  profile: restricted -> baseline\n  allow: kexec -> kexec, msr\n"
		  "  opens 1 operation to everybody: msr\n  opens 17 operations to the host: unsigned_module, dev_mem, "
		  "efi_test, hibernation, pci_access, ioport and 11 more\n" },
		{ K("profile=baseline"), K("profile=baseline\nblock=kexec"),
		  "  block: (empty) -> kexec\n  closes 1 operation to the host: kexec\n" },
		/* what is said and denies nothing */
		{ "", K("log=none"), "  log: all -> none\n  opens nothing, closes nothing\n" },
		{ K("mode=audit"), K("mode=audit\nblock=kexec"),
		  "  block: (empty) -> kexec\n  opens nothing, closes nothing\n" },
		{ K("block=kexec"), K("block=kexec\nmode=audit"),
		  "  mode: enforce -> audit\n  opens 1 operation to everybody: kexec\n" },
		{ K("block=kexec"), K("block=kexec\nprofile=baseline"),
		  "  profile: privileged -> baseline\n  closes 18 operations to containers: unsigned_module, dev_mem, "
		  "efi_test, hibernation, pci_access, ioport and 12 more\n" },
		/* rule sets of cgroups that are like the host's: what was asked for, and what follows */
		{ "", C("/x", "like=host\nblock=kexec"),
		  "  cgroup /x: like: (no rule set) -> host\n"
		  "  cgroup /x: block: (no rule set) -> kexec\n"
		  "  closes 1 operation to everybody in cgroup /x: kexec\n" },
		{ K("block=kexec") C("/x", "like=host\nallow=kexec"), K("block=kexec"),
		  "  cgroup /x: like: host -> (no rule set)\n"
		  "  cgroup /x: allow: kexec -> (no rule set)\n"
		  "  closes 1 operation to everybody in cgroup /x: kexec\n" },
		{ K("block=kexec") C("/x", "like=host"), K("block=kexec,msr") C("/x", "like=host"),
		  "  block: kexec -> kexec, msr\n"
		  "  closes 1 operation to everybody that no cgroup rule set holds for: msr\n"
		  "  closes 1 operation to everybody in cgroup /x: msr\n" },
		{ K("block=kexec") C("/x", "profile=privileged"),
		  K("block=kexec") C("/x", "like=host\nlog=none"),
		  "  cgroup /x: like: (empty) -> host\n"
		  "  cgroup /x: profile: privileged -> (the host's)\n"
		  "  cgroup /x: level: integrity -> (the host's)\n"
		  "  cgroup /x: mode: enforce -> (the host's)\n"
		  "  cgroup /x: log: all -> none\n"
		  "  cgroup /x: kmodlock: off -> (the host's)\n"
		  "  closes 1 operation to everybody in cgroup /x: kexec\n" },
		/* rule sets of cgroups */
		{ "", C("/x", "block=kexec\nmode=enforce"),
		  "  cgroup /x: profile: (no rule set) -> privileged\n"
		  "  cgroup /x: block: (no rule set) -> kexec\n"
		  "  closes 1 operation to everybody in cgroup /x: kexec\n" },
		{ K("block=kexec") C("/x", "profile=privileged"), K("block=kexec"),
		  "  cgroup /x: profile: privileged -> (no rule set)\n"
		  "  closes 1 operation to everybody in cgroup /x: kexec\n" },
		{ C("/x", "block=kexec") C("/x/y", "block=msr"), C("/x", "block=kexec,msr") C("/x/y", "block=msr"),
		  "  cgroup /x: block: kexec -> kexec, msr\n  closes 1 operation to everybody in cgroup /x: msr\n" },
		{ K("block=kexec") C("/x", "block=kexec"), C("/x", "block=kexec"),
		  "  block: kexec -> (empty)\n"
		  "  opens 1 operation to everybody that no cgroup rule set holds for: kexec\n" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		make(&old, rows[i].old);
		make(&new, rows[i].new);
		assert_int_equal(print(0, 0, false), rows[i].said[0] != '\0');
		assert_string_equal(said, rows[i].said);
		policy_done(&old);
		policy_done(&new);
	}
}

TEST(what_is_latched_neither_opens_nor_closes)
{
	make(&old, K("block=kexec,msr"));
	make(&new, K("block=perf"));
	print(operations_bit(ops, "kexec") | operations_bit(ops, "perf"), 0, false);
	assert_string_equal(said, "  block: kexec, msr -> perf\n  opens 1 operation to everybody: msr\n");
	policy_done(&old);
	policy_done(&new);
}

TEST(a_grant_tells_what_it_opens)
{
	uint64_t now = clock_boottime(), end = now + 600 * NS_PER_S;
	uint64_t mask = operations_bit(ops, "kexec") | operations_bit(ops, "msr") | operations_bit(ops, "perf");

	make(&old, K("profile=restricted\nallow=msr"));
	make(&new, K("profile=restricted\nallow=msr"));
	assert_non_null(grants_add(&new, "/x", mask, now, end, 0, NULL));
	/* of an id of its own, that is over */
	assert_non_null(grants_add(&old, "/gone", mask, 0, now, 0, NULL));
	old.grants[0].id = 9;
	/* nor one of the policy that a trial falls back to */
	assert_non_null(grants_add(&new, "/gone", mask, 0, now, 0, NULL));
	print(0, now, false);
	assert_non_null(strstr(said, "  grant 1 to cgroup /x until 2"));
	assert_non_null(strstr(said, " (10m): opens kexec; allowed anyway: msr, perf\n"));
	assert_null(strstr(said, "gone"));
	assert_null(strstr(said, "nothing"));
	print(operations_bit(ops, "kexec"), now, false);
	assert_non_null(strstr(said, " (10m): allowed anyway: msr, perf; latched, so denied: kexec\n"));
	print(0, now, true);
	assert_non_null(strstr(said, "\"grants\":[{\"id\":1,\"path\":\"/x\",\"result\":\"given\",\"seconds_left\":600,"
				     "\"opens\":[\"kexec\"],\"allowed_anyway\":[\"msr\",\"perf\"],\"latched\":[]}]"));
	policy_done(&old);
	old = new;
	make(&new, K("profile=restricted\nallow=msr"));
	print(0, now, false);
	assert_string_equal(said, "  grant 1 to cgroup /x ends: closes kexec; allowed anyway: msr, perf\n");
	/* another one still exempts */
	assert_non_null(grants_add(&old, "/", mask, now, end, 0, NULL));
	assert_non_null(grants_add(&new, "/", mask, now, end, 0, NULL));
	new.grants[0].id = old.grants[2].id;
	print(0, now, false);
	assert_string_equal(said, "  grant 1 to cgroup /x ends: allowed anyway: kexec, msr, perf\n");
	policy_done(&old);
	policy_done(&new);
}

TEST(many_rule_sets_are_counted)
{
	make(&old, K("profile=privileged"));
	make(&new, K("profile=privileged"));
	for (unsigned int i = 0; i < 30; i++) {
		struct rule *r;
		char path[8];

		snprintf(path, sizeof(path), "/%u", i + 10);
		r = policy_add_rule(&new, path);
		assert_non_null(r);
		r->rules.deny = operations_bit(ops, "kexec");
	}
	print(0, 0, false);
	assert_non_null(strstr(said, "cgroup /29: profile: (no rule set) -> privileged\n  and 10 more settings, see --json\n"));
	assert_non_null(strstr(said, "in cgroup /29: kexec\n  and 10 more lines, see --json\n"));
	assert_null(strstr(said, "/30"));
	policy_done(&old);
	policy_done(&new);
}

TEST(json_says_the_same)
{
	make(&old, K("block=kexec"));
	make(&new, K("profile=privileged") C("/x", "profile=baseline\nallow=@all"));
	assert_true(print(0, 0, true));
	assert_non_null(strstr(said, "{\"section\":\"kimglock\",\"key\":\"block\",\"old\":\"kexec\",\"new\":\"\"}"));
	assert_non_null(strstr(said, "{\"section\":\"cgroup \\\"/x\\\"\",\"key\":\"profile\",\"new\":\"baseline\"}"));
	assert_non_null(strstr(said, "\"opens\":[{\"to\":\"everybody\",\"operations\":[\"kexec\"]},"
				     "{\"to\":\"everybody\",\"cgroup\":\"/x\",\"operations\":[\"kexec\"]}],"
				     "\"closes\":[]"));
	policy_done(&old);
	policy_done(&new);
}
