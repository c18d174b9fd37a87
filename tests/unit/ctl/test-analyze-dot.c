// SPDX-License-Identifier: GPL-2.0-only
/* Whatever an operation is called, the graph stays one. (What it shows is tested by
 * tests/output/dot.) */
#include "test.h"
#include "analyze-dot.h"

TEST(names_are_escaped)
{
	static struct bpflock_operation ops[BPFLOCK_REASONS] = {
		[1] = { .name = "a\"b" },
		[2] = { .name = "c\\" },
		[3] = { .name = "d\n\x1b" },
	};
	CLEANUP(analysis_done)
	struct analysis a = { .ops = ops, .machine = "x86_64", .enforced = true };
	CLEANUP(policy_done) struct policy p;
	CLEANUP(free_charp) char *text = NULL;
	size_t len;
	FILE *f = open_memstream(&text, &len);

	policy_init(&p);
	a.policy = &p;
	assert_non_null(f);
	assert_int_equal(analysis_run(&a), 0);
	a.named = a.applicable = 14;
	analyze_dot(f, &a);
	fclose(f);
	assert_non_null(strstr(text, "\t\"a\\\"b\" [label=\"a\\\"b\\nallow\","));
	assert_non_null(strstr(text, "\t\"c\\\\\" [label=\"c\\\\\\nallow\","));
	assert_null(strstr(text, "d\n"));
	assert_null(strchr(text, '\x1b'));
}
