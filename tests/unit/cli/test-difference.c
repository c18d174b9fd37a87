// SPDX-License-Identifier: GPL-2.0-only
/* The lines that show a change, and to whom it opens and closes operations. */
#include <unistd.h>

#include "test.h"
#include "clock.h"
#include "config.h"
#include "difference.h"
#include "grants.h"
#include "kernels.h"
#include "operations.h"
#include "terminal.h"

#define K(text)	      "[kimglock]\n" text "\n"
#define H	      " [kimglock]\n"
#define X	      " [cgroup \"/x\"]\n"
#define STRICTER      "The + side is stricter.\n"
#define LAXER	      "The - side is stricter.\n"
#define NEITHER	      "Neither side is stricter: + opens and closes operations.\n"
#define EQUAL	      "Both sides are equally strict: + opens nothing and closes nothing.\n"
#define C(path, text) "[cgroup \"" path "\"]\n" text "\n"

static struct bpflock_operation ops[BPFLOCK_REASONS];
static struct policy old, new;
static const char *from;
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
	struct difference d = { .ops = ops, .old = &old, .new = &new, .latched = latched, .now = at,
				.from = from, .to = "/etc/a\nb" };
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
		{ "", K("block=kexec"), H "-block =\n+block = kexec\ncloses 1 operation to everybody: kexec\n" STRICTER },
		{ K("block=kexec, msr"), K("block=msr"),
		  H "-block = kexec, msr\n+block = msr\nopens 1 operation to everybody: kexec\n" LAXER },
		{ K("block=kexec"), K("block=msr"),
		  H "-block = kexec\n+block = msr\nopens 1 operation to everybody: kexec\n"
		  "closes 1 operation to everybody: msr\n" NEITHER },
		{ K("profile=baseline"), "",
		  H "-profile = baseline\n+profile = privileged\nopens 19 operations to containers: unsigned_module, "
		  "dev_mem, efi_test, kexec, hibernation, pci_access and 13 more\n" LAXER },
		{ K("profile=restricted\nallow=kexec"), K("profile=baseline\nallow=kexec,msr"),
		  H "-profile = restricted\n+profile = baseline\n-allow = kexec\n+allow = kexec, msr\n"
		  "opens 1 operation to everybody: msr\nopens 17 operations to the host: unsigned_module, dev_mem, "
		  "efi_test, hibernation, pci_access, ioport and 11 more\n" LAXER },
		{ K("profile=baseline"), K("profile=baseline\nblock=kexec"),
		  H "-block =\n+block = kexec\ncloses 1 operation to the host: kexec\n" STRICTER },
		/* a setting that denies nothing */
		{ "", K("log=none"), H "-log = all\n+log = none\n" EQUAL },
		{ K("mode=audit"), K("mode=audit\nblock=kexec"), H "-block =\n+block = kexec\n" EQUAL },
		{ K("block=kexec"), K("block=kexec\nmode=audit"),
		  H "-mode = enforce\n+mode = audit\nopens 1 operation to everybody: kexec\n" LAXER },
		{ K("block=kexec"), K("block=kexec\nprofile=baseline"),
		  H "-profile = privileged\n+profile = baseline\ncloses 18 operations to containers: unsigned_module, "
		  "dev_mem, efi_test, hibernation, pci_access, ioport and 12 more\n" STRICTER },
		/* rule sets of cgroups that are like the host's: what was asked for, and what follows */
		{ "", C("/x", "like=host\nblock=kexec"),
		  X "+like = host\n+block = kexec\ncloses 1 operation to everybody in cgroup /x: kexec\n" STRICTER },
		{ K("block=kexec") C("/x", "like=host\nallow=kexec"), K("block=kexec"),
		  X "-like = host\n-allow = kexec\ncloses 1 operation to everybody in cgroup /x: kexec\n" STRICTER },
		{ K("block=kexec") C("/x", "like=host"), K("block=kexec,msr") C("/x", "like=host"),
		  H "-block = kexec\n+block = kexec, msr\n"
		  "closes 1 operation to everybody without a cgroup rule set: msr\n"
		  "closes 1 operation to everybody in cgroup /x: msr\n" STRICTER },
		{ K("block=kexec") C("/x", "profile=privileged"),
		  K("block=kexec") C("/x", "like=host\nlog=none"),
		  X "+like = host\n-profile = privileged\n-level = integrity\n-mode = enforce\n-log = all\n+log = none\n"
		  "-kmodlock = off\ncloses 1 operation to everybody in cgroup /x: kexec\n" STRICTER },
		/* rule sets of cgroups */
		{ "", C("/x", "block=kexec\nmode=enforce"),
		  X "+profile = privileged\n+block = kexec\n"
		  "closes 1 operation to everybody in cgroup /x: kexec\n" STRICTER },
		{ K("block=kexec") C("/x", "profile=privileged"), K("block=kexec"),
		  X "-profile = privileged\ncloses 1 operation to everybody in cgroup /x: kexec\n" STRICTER },
		{ C("/x", "block=kexec") C("/x/y", "block=msr"), C("/x", "block=kexec,msr") C("/x/y", "block=msr"),
		  X "-block = kexec\n+block = kexec, msr\ncloses 1 operation to everybody in cgroup /x: msr\n" STRICTER },
		{ K("block=kexec") C("/x", "block=kexec"), C("/x", "block=kexec"),
		  H "-block = kexec\n+block =\nopens 1 operation to everybody without a cgroup rule set: kexec\n" LAXER },
		/* each section has its head */
		{ "", K("block=kexec\n[log]\ncoalesce=0") C("/x", "profile=privileged\nlog=none"),
		  H "-block =\n+block = kexec\n [log]\n-coalesce = 1s\n+coalesce = 0\n" X "+profile = privileged\n+log = none\n"
		  "closes 1 operation to everybody without a cgroup rule set: kexec\n" STRICTER },
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

/* Both sides have a name, if they are given and something differs. */
TEST(a_head_names_both_sides)
{
	from = "loaded";
	make(&old, K("block=kexec"));
	make(&new, K("block=kexec"));
	assert_false(print(0, 0, false));
	assert_string_equal(said, "");
	policy_done(&new);
	make(&new, K("block=kexec,msr") C("/x", "block=kexec"));
	assert_true(print(0, 0, false));
	assert_string_equal(said, "--- loaded\n+++ /etc/a\\x0ab\n" H "-block = kexec\n+block = kexec, msr\n"
			    X "+profile = privileged\n+block = kexec\n"
			    "closes 1 operation to everybody without a cgroup rule set: msr\n" STRICTER);
	from = NULL;
	policy_done(&old);
	policy_done(&new);
}

/* A long list goes on below itself, and lines have colours, where the output is for people. */
TEST(lines_fit_the_width_and_have_colours)
{
	assert_int_equal(setenv("COLUMNS", "30", 1), 0);
	terminal_set_color(TERMINAL_COLOR_ALWAYS);
	make(&old, K("block=kexec"));
	make(&new, K("block=kexec,msr,perf,debugfs"));
	print(0, 0, false);
	assert_string_equal(said, H "\033[1;31m-block = kexec\n\033[0m"
			    "\033[32m+block = kexec, msr, debugfs\n+block = perf\n\033[0m"
			    "closes 3 operations to\n  everybody: msr, debugfs,\n  perf\n" STRICTER);
	terminal_set_color(TERMINAL_COLOR_NEVER);
	assert_int_equal(setenv("COLUMNS", "200", 1), 0);
	print(0, 0, false);
	assert_null(strchr(said, '\033'));
	assert_non_null(strstr(said, "closes 3 operations to everybody: msr, debugfs, perf\n"));
	assert_int_equal(unsetenv("COLUMNS"), 0);
	policy_done(&old);
	policy_done(&new);
}

TEST(what_is_latched_neither_opens_nor_closes)
{
	make(&old, K("block=kexec,msr"));
	make(&new, K("block=perf"));
	print(operations_bit(ops, "kexec") | operations_bit(ops, "perf"), 0, false);
	assert_string_equal(said, H "-block = kexec, msr\n+block = perf\nopens 1 operation to everybody: msr\n" LAXER);
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
	assert_non_null(strstr(said, "+grant 1 to cgroup /x until 2"));
	assert_non_null(strstr(said, " (10m): opens kexec; already allowed: msr, perf\n" LAXER));
	assert_null(strstr(said, "gone"));
	print(operations_bit(ops, "kexec"), now, false);
	assert_non_null(strstr(said, " (10m): already allowed: msr, perf; still denied by the latch: kexec\n" EQUAL));
	print(0, now, true);
	assert_non_null(strstr(said, "\"grants\":[{\"id\":1,\"path\":\"/x\",\"result\":\"given\",\"seconds_left\":600,"
				     "\"opens\":[\"kexec\"],\"allowed_anyway\":[\"msr\",\"perf\"],\"latched\":[]}]"));
	policy_done(&old);
	old = new;
	make(&new, K("profile=restricted\nallow=msr"));
	print(0, now, false);
	assert_string_equal(said, "-grant 1 to cgroup /x ends: closes kexec; still allowed: msr, perf\n" STRICTER);
	/* another one still exempts */
	assert_non_null(grants_add(&old, "/", mask, now, end, 0, NULL));
	assert_non_null(grants_add(&new, "/", mask, now, end, 0, NULL));
	new.grants[0].id = old.grants[2].id;
	print(0, now, false);
	assert_string_equal(said, "-grant 1 to cgroup /x ends: still allowed: kexec, msr, perf\n" EQUAL);
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
	assert_non_null(strstr(said, " [cgroup \"/29\"]\n+profile = privileged\nand 10 more settings: see --json\n"));
	assert_non_null(strstr(said, "in cgroup /29: kexec\nand 10 more lines: see --json\n" STRICTER));
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
