// SPDX-License-Identifier: GPL-2.0-only
/* A whole policy in user space: which paths are right, whose rule set holds where, and grants. */
#include <limits.h>

#include "test.h"
#include "grants.h"
#include "policy.h"
#include "ruleset.h"
#include "expect.h"
#include "kernels.h"

#define MANY 10000

TEST_OPERATIONS(ops)

/* A rule whose mark tells it from others. */
static struct rule *add(struct policy *p, const char *path, uint64_t mark)
{
	struct rule *r = policy_add_rule(p, path);

	assert_non_null(r);
	r->rules.block = mark;
	snprintf(r->source, sizeof(r->source), "source of %s", path);
	return r;
}

static const char *path_of(const struct rule *r)
{
	return r ? r->path : "(host)";
}

/* "/" and a name of len bytes, times n. */
static char *repeat(size_t len, size_t n)
{
	char *path = malloc((len + 1) * n + 1), *p = path;

	for (size_t i = 0; i < n; i++) {
		*p++ = '/';
		memset(p, 'x', len);
		p += len;
	}
	*p = '\0';
	return path;
}

TEST(sound_paths_are_taken_and_have_a_depth)
{
	static const struct {
		const char *path;
		unsigned int depth;
	} rows[] = {
		{ "/a", 1 }, { "/a/b", 2 }, { "/system.slice/ssh.service", 2 },
		{ "/system.slice/system-getty.slice/getty@tty1.service", 3 },
		{ "/system.slice/system-foo\\x2dbar.slice", 2 },
		{ "/user.slice/user-1000.slice/user@1000.service/app.slice", 4 },
		{ "/a b", 1 }, { "/\"", 1 }, { "/[x]", 1 }, { "/\\", 1 },
		{ "/gr\xc3\xbc\xc3\x9f", 1 }, { "/...", 1 }, { "/.a", 1 }, { "/..a", 1 },
		{ "/a./b..", 2 }, { "/ ", 1 }, { "/-", 1 },
		/* names that are no mount point */
		{ "/sys", 1 }, { "/sys/fs", 2 }, { "/sys/fs/cgro", 3 }, { "/sys/fs/cgroups", 3 },
		{ "/sys/fs/cgroup.d/x", 4 }, { "/x/sys/fs/cgroup", 4 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		const char *error = policy_path_error(rows[i].path);

		if (error)
			fail_msg("%s: %s", rows[i].path, error);
		assert_int_equal(policy_path_depth(rows[i].path), rows[i].depth);
	}
	assert_int_equal(policy_path_depth("/"), 0);
}

TEST(other_paths_are_refused_for_what_is_wrong_with_them)
{
	static const struct {
		const char *path, *fragment;
	} rows[] = {
		{ "", "begins with /" },
		{ "a", "begins with /" },
		{ "system.slice/ssh.service", "begins with /" },
		{ "./a", "begins with /" }, { " /a", "begins with /" },
		{ "/", "the root cgroup is the host" },
		{ "//", "two / in a row" }, { "//a", "two / in a row" },
		{ "/a//b", "two / in a row" }, { "/a//", "two / in a row" },
		{ "/a/", "a / at the end" }, { "/a/b/", "a / at the end" },
		{ "/.", "are not names of cgroups" }, { "/..", "are not names of cgroups" },
		{ "/./a", "are not names of cgroups" }, { "/../a", "are not names of cgroups" },
		{ "/a/.", "are not names of cgroups" }, { "/a/..", "are not names of cgroups" },
		{ "/a/../b", "are not names of cgroups" },
		{ "/a/./b", "are not names of cgroups" }, { "/a\nb", "invalid character" },
		{ "/a/\n", "invalid character" }, { "/a\n/b", "invalid character" },
		{ "/a\"]b", "it ends a section" }, { "/\001", "invalid character" },
		{ "/\x7f", "invalid character" }, { "/a\t", "invalid character" },
		{ "/\x1b[2J", "invalid character" }, { "/\xff", "invalid character" },
		{ "/\xc2\x9b", "invalid character" }, { "/\xe2\x80\xae", "invalid character" },
		{ "/sys/fs/cgroup", "leave out the mount point" },
		{ "/sys/fs/cgroup/", "leave out the mount point" },
		{ "/sys/fs/cgroup/..", "" },
		{ "/sys/fs/cgroup/system.slice", "leave out the mount point" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		const char *error = policy_path_error(rows[i].path);

		if (!error || !strstr(error, rows[i].fragment))
			fail_msg("%s: %s", rows[i].path, error ? error : "is taken");
	}
}

TEST(paths_are_as_long_and_as_deep_as_the_kernel_has_them)
{
	static const struct {
		size_t len, n;
		const char *fragment; /* NULL: sound */
	} rows[] = {
		{ 1, 63, NULL }, { 1, 64, "63 levels" }, { 1, 65, "63 levels" },
		{ 1, 2047, "63 levels" }, { 255, 1, NULL }, { 256, 1, "255 bytes" },
		{ 255, 15, NULL },
		{ 64, 63, NULL },	    /* 4095 bytes */
		{ 255, 16, "4,095 bytes" }, /* 4096 */
		{ 4095, 1, "4,095 bytes" }, { 4094, 1, "255 bytes" },
		{ 1, 100000, "4,095 bytes" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		CLEANUP(free_charp) char *path = repeat(rows[i].len, rows[i].n);
		const char *error = policy_path_error(path);

		if (rows[i].fragment ? !error || !strstr(error, rows[i].fragment) : error != NULL)
			fail_msg("%zu names of %zu bytes: %s", rows[i].n, rows[i].len,
				 error ? error : "is taken");
		if (!rows[i].fragment)
			assert_int_equal(policy_path_depth(path), rows[i].n);
	}
}

TEST(the_built_in_policy_has_the_host_alone)
{
	struct bpflock_policy host;
	struct policy p;

	ruleset_init(&host);
	policy_init(&p);
	assert_true(ruleset_equal(&p.host, &host));
	assert_int_equal(p.host.bank, BPFLOCK_NO_BANK);
	assert_int_equal(p.n_rules, 0);
	assert_int_equal(p.n_grants, 0);
	assert_null(policy_find_rule(&p, "/a"));
	assert_null(policy_rule_for(&p, "/a"));
	assert_null(policy_rule_for(&p, "/"));
	assert_null(grants_find(&p, "/", 4, 0));
	assert_false(policy_delete_rule(&p, "/a"));
	assert_int_equal(grants_forget_ended(&p, UINT64_MAX), 0);
	policy_sort(&p);
	policy_done(&p);
	policy_done(&p);
}

TEST(a_rule_is_added_once_and_found_by_its_exact_path)
{
	static const char *const paths[] = { "/b", "/a/b", "/a", "/ab", "/a b", "/c" };
	static const char *const others[] = { "/", "", "/A", "/a/", "/a/b/c", "/bb", "b" };
	const struct bpflock_ruleset built_in = {};
	CLEANUP(policy_done) struct policy p;

	policy_init(&p);
	for (size_t i = 0; i < ARRAY_SIZE(paths); i++) {
		char copy[16];
		struct rule *r;

		snprintf(copy, sizeof(copy), "%s", paths[i]);
		r = policy_add_rule(&p, copy);
		memset(copy, 'z', sizeof(copy)); /* the path is a copy */
		assert_string_equal(r->path, paths[i]);
		assert_memory_equal(&r->rules, &built_in, sizeof(built_in));
		assert_false(r->runtime || r->profile_given);
		r->rules.block = i + 1;
		assert_ptr_equal(policy_add_rule(&p, paths[i]), r);
		assert_int_equal(p.n_rules, i + 1);
	}
	for (size_t i = 0; i < ARRAY_SIZE(paths); i++) {
		assert_ptr_equal(policy_find_rule(&p, paths[i]), p.rules[i]);
		assert_int_equal(p.rules[i]->rules.block, i + 1);
	}
	for (size_t i = 0; i < ARRAY_SIZE(others); i++)
		assert_null(policy_find_rule(&p, others[i]));
	policy_sort(&p);
	for (size_t i = 1; i < p.n_rules; i++)
		assert_true(strcmp(p.rules[i - 1]->path, p.rules[i]->path) < 0);
	assert_string_equal(policy_find_rule(&p, "/ab")->path, "/ab");
}

TEST(a_deleted_rule_is_gone_and_no_other)
{
	static const char *const paths[] = { "/a", "/b", "/c", "/d" };

	for (size_t gone = 0; gone < ARRAY_SIZE(paths); gone++) {
		CLEANUP(policy_done) struct policy p;

		policy_init(&p);
		for (size_t i = 0; i < ARRAY_SIZE(paths); i++)
			add(&p, paths[i], i + 1);
		assert_true(policy_delete_rule(&p, paths[gone]));
		assert_false(policy_delete_rule(&p, paths[gone]));
		assert_false(policy_delete_rule(&p, "/"));
		assert_int_equal(p.n_rules, ARRAY_SIZE(paths) - 1);
		for (size_t i = 0; i < ARRAY_SIZE(paths); i++) {
			const struct rule *r = policy_find_rule(&p, paths[i]);

			assert_int_equal(r != NULL, i != gone);
			if (r)
				assert_int_equal(r->rules.block, i + 1);
		}
		/* what comes again is a new one */
		assert_int_equal(policy_add_rule(&p, paths[gone])->rules.block, 0);
		assert_ptr_equal(p.rules[p.n_rules - 1], policy_find_rule(&p, paths[gone]));
		/* by its own path, which goes with it */
		while (p.n_rules)
			assert_true(policy_delete_rule(&p, p.rules[0]->path));
	}
}

TEST(the_deepest_rule_above_holds)
{
	static const char *const paths[] = { "/a", "/a/b/c", "/ab", "/x/y", "/a/b.c", "/a/bb" };
	static const struct {
		const char *path, *expected;
	} rows[] = {
		{ "/", "(host)" }, { "/a", "/a" }, { "/a/b", "/a" }, { "/a/b/c", "/a/b/c" },
		{ "/a/b/c/d/e/f", "/a/b/c" }, { "/a/b/cc", "/a" }, { "/a/b/d", "/a" },
		{ "/a/b.c/d", "/a/b.c" }, { "/a/bb", "/a/bb" }, { "/a/b./x", "/a" },
		{ "/ab", "/ab" }, { "/ab/c", "/ab" }, { "/abc", "(host)" }, { "/A", "(host)" },
		{ "/x", "(host)" }, { "/x/yy", "(host)" }, { "/x/y", "/x/y" },
		{ "/x/y/z", "/x/y" }, { "/y/x/y", "(host)" }, { "/a b", "(host)" },
	};
	CLEANUP(policy_done) struct policy p;

	policy_init(&p);
	for (size_t i = 0; i < ARRAY_SIZE(paths); i++)
		add(&p, paths[i], i + 1);
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		if (strcmp(path_of(policy_rule_for(&p, rows[i].path)), rows[i].expected) != 0)
			fail_msg("%s: %s, not %s", rows[i].path,
				 path_of(policy_rule_for(&p, rows[i].path)), rows[i].expected);
}

/* Two rules and three grants, all of it set to something. */
static void fill(struct policy *p)
{
	struct rule *r;

	policy_init(p);
	p->host.generation = 7;
	p->host.rules.block = 1 << 4;
	p->host.exec_log = BPFLOCK_EXEC_LOG_ALL;
	p->host.expires = 99;
	ruleset_set_source(&p->host, BPFLOCK_SETTING_BLOCK, "f:3");
	r = add(p, "/b", 1 << 5);
	r->profile_given = true;
	r = add(p, "/a", 1 << 6);
	r->runtime = true;
	assert_non_null(grants_add(p, "/b", 1 << 5, 1, 100, 1000, "one"));
	assert_non_null(grants_add(p, "/", 1 << 4, 2, 200, 0, NULL));
	assert_non_null(grants_add(p, "/a/c", 1 << 6, 3, 300, 0, "three"));
	grants_delete(p, 0);
}

TEST(a_copy_is_identical_and_independent)
{
	struct policy p, copy;

	fill(&p);
	assert_int_equal(policy_copy(&p, &copy), 0);
	assert_true(policy_identical(&p, &copy));
	for (size_t i = 0; i < p.n_rules; i++) {
		assert_string_equal(copy.rules[i]->path, p.rules[i]->path);
		assert_ptr_not_equal(copy.rules[i]->path, p.rules[i]->path);
		assert_string_equal(copy.rules[i]->source, p.rules[i]->source);
		assert_int_equal(copy.rules[i]->runtime, p.rules[i]->runtime);
		assert_int_equal(copy.rules[i]->profile_given, p.rules[i]->profile_given);
	}
	for (size_t i = 0; i < p.n_grants; i++) {
		const struct grant *x = &p.grants[i], *y = &copy.grants[i];

		assert_string_equal(x->path, y->path);
		assert_string_equal(x->note, y->note);
		assert_int_equal(x->id, y->id);
		assert_true(x->given == y->given && x->expires == y->expires);
		assert_int_equal(x->uid, y->uid);
	}
	policy_done(&p);
	assert_string_equal(policy_rule_for(&copy, "/a/x")->path, "/a");
	assert_true(policy_delete_rule(&copy, "/a"));
	assert_non_null(policy_add_rule(&copy, "/c"));
	assert_int_equal(grants_add(&copy, "/", 1, 0, 1, 0, "")->id, 4);
	policy_done(&copy);
	policy_init(&p);
	assert_int_equal(policy_copy(&p, &copy), 0);
	assert_true(policy_identical(&p, &copy));
	policy_done(&copy);
	policy_done(&p);
}

/* A change and whether the policy still is equal and identical after it; name NULL: no more. */
struct change {
	const char *name;
	bool equal, identical;
};

#define CHANGE(name, equal, identical, code)                     \
	if (n-- == 0) {                                          \
		code;                                            \
		return (struct change){ name, equal, identical }; \
	}

static struct change change(struct policy *p, int n)
{
	CHANGE("nothing", true, true, )
	CHANGE("generation", true, false, p->host.generation++)
	CHANGE("source of the host's", true, false, ruleset_set_source(&p->host, BPFLOCK_SETTING_LOG, "x"))
	CHANGE("a refused policy", true, false, p->host.refused.time = 1)
	CHANGE("the host's block", false, false, p->host.rules.block = 0)
	CHANGE("the host's mode", false, false, p->host.rules.mode = BPFLOCK_MODE_AUDIT)
	CHANGE("tracing", false, false, p->host.exec_log = BPFLOCK_EXEC_LOG_NONE)
	CHANGE("seal", false, false, p->host.seal = 1)
	CHANGE("end of the trial", false, false, p->host.expires = 0)
	CHANGE("where it is kept", true, true, p->host.bank = 2; p->host.n_rows = 9; p->host.depth = 1)
	CHANGE("order", true, true, policy_sort(p))
	CHANGE("source of a rule", true, false, strcpy(p->rules[0]->source, "x"))
	CHANGE("runtime", true, false, p->rules[0]->runtime = true)
	CHANGE("block of a rule", false, false, p->rules[1]->rules.block = 0)
	CHANGE("log of a rule", false, false, p->rules[1]->rules.log = BPFLOCK_LOG_NONE)
	CHANGE("a rule more", false, false, add(p, "/c", 0))
	CHANGE("a rule less", false, false, policy_delete_rule(p, "/a"))
	CHANGE("another path", false, false, policy_delete_rule(p, "/a"); add(p, "/c", 1 << 6))
	CHANGE("a grant more", false, false, grants_add(p, "/", 1, 0, 1, 0, ""))
	CHANGE("a grant less", false, false, grants_delete(p, 0))
	CHANGE("path of a grant", false, false, free(p->grants[0].path); p->grants[0].path = strdup("/b"))
	CHANGE("operations of a grant", false, false, p->grants[0].operations = 0)
	CHANGE("end of a grant", false, false, p->grants[1].expires++)
	CHANGE("note of a grant", true, false, p->grants[1].note[0] = 'T')
	return (struct change){};
}

TEST(equal_and_identical_see_what_they_should)
{
	for (int n = 0;; n++) {
		CLEANUP(policy_done) struct policy a, b;
		struct change c;

		fill(&a);
		fill(&b);
		c = change(&b, n);
		if (!c.name)
			break;
		if (policy_equal(&a, &b) != c.equal || policy_equal(&b, &a) != c.equal ||
		    policy_identical(&a, &b) != c.identical ||
		    policy_identical(&b, &a) != c.identical)
			fail_msg("%s: equal should be %d, identical %d", c.name, c.equal,
				 c.identical);
	}
}

TEST(what_was_set_at_run_time_outlives_a_load_of_files)
{
	static const struct {
		const char *path;
		uint64_t mark;
		bool runtime;
	} expected[] = {
		{ "/both", 11, false }, /* the file wins */
		{ "/file", 12, false }, { "/below/x", 22, true }, { "/runtime", 23, true },
	};
	struct policy old, new;

	policy_init(&old);
	old.host.rules.block = 1;
	add(&old, "/both", 21)->runtime = true;
	add(&old, "/below/x", 22)->runtime = true;
	add(&old, "/runtime", 23)->runtime = true;
	add(&old, "/was-in-a-file", 24);
	grants_add(&old, "/", 1, 0, 1, 0, "gone");
	grants_add(&old, "/both", 1 << 4, 1, 100, 1000, "one");
	grants_add(&old, "/was-in-a-file", 1 << 5, 2, 200, 0, "two");
	grants_delete(&old, 0);

	policy_init(&new);
	new.host.rules.block = 2;
	add(&new, "/both", 11);
	add(&new, "/file", 12);
	assert_int_equal(policy_inherit(&new, &old), 0);
	assert_int_equal(new.host.rules.block, 2);
	assert_int_equal(new.n_rules, ARRAY_SIZE(expected));
	for (size_t i = 0; i < ARRAY_SIZE(expected); i++) {
		const struct rule *r = policy_find_rule(&new, expected[i].path);

		assert_non_null(r);
		assert_int_equal(r->rules.block, expected[i].mark);
		assert_int_equal(r->runtime, expected[i].runtime);
	}
	assert_string_equal(policy_find_rule(&new, "/runtime")->source, "source of /runtime");
	assert_string_equal(policy_find_rule(&new, "/both")->source, "source of /both");
	assert_int_equal(new.n_grants, 2);
	assert_int_equal(new.grants[0].id, 2);
	assert_int_equal(new.grants[0].uid, 1000);
	assert_int_equal(new.grants[0].given, 1);
	assert_string_equal(new.grants[0].note, "one");
	assert_int_equal(new.grants[1].id, 3);
	policy_done(&old);
	assert_string_equal(new.grants[1].path, "/was-in-a-file");
	policy_done(&new);
}

TEST(grants_have_numbers_that_nobody_else_has)
{
	CLEANUP(policy_done) struct policy p;
	char note[2 * BPFLOCK_NOTE_LEN];
	struct grant *g;

	policy_init(&p);
	for (uint32_t i = 1; i <= 20; i++) {
		g = grants_add(&p, "/a", 1 << 4, i, 1000 + i, i, "why");
		assert_int_equal(g->id, i);
		assert_ptr_equal(g, &p.grants[i - 1]);
		assert_int_equal(g->given, i);
		assert_int_equal(g->expires, 1000 + i);
		assert_int_equal(g->uid, i);
	}
	/* the first, one in the middle, the last */
	grants_delete(&p, 0);
	grants_delete(&p, 8);
	grants_delete(&p, 17);
	assert_int_equal(p.n_grants, 17);
	for (size_t i = 0; i < p.n_grants; i++)
		assert_int_equal(p.grants[i].id, i < 8 ? i + 2 : i + 3);
	assert_int_equal(grants_add(&p, "/b", 1, 0, 1, 0, NULL)->id, 20);
	assert_string_equal(p.grants[p.n_grants - 1].note, "");
	while (p.n_grants)
		grants_delete(&p, p.n_grants - 1);
	assert_int_equal(grants_add(&p, "/b", 1, 0, 1, 0, NULL)->id, 1);
	memset(note, 'n', sizeof(note) - 1);
	note[sizeof(note) - 1] = '\0';
	g = grants_add(&p, "/b", 1, 0, 1, 0, note);
	assert_int_equal(strlen(g->note), BPFLOCK_NOTE_LEN - 1);
}

TEST(a_grant_that_is_given_again_is_renewed)
{
	CLEANUP(policy_done) struct policy p;
	struct grant *g;

	policy_init(&p);
	for (uint32_t i = 1; i <= 127; i++)
		g = grants_renew(&p, "/a", 1 << 4, i, 1000 + i, i, i == 1 ? "why" : NULL);
	assert_int_equal(p.n_grants, 1);
	assert_int_equal(g->id, 1);
	assert_int_equal(g->given, 127);
	assert_int_equal(g->expires, 1127);
	assert_int_equal(g->uid, 127);
	assert_string_equal(g->note, "why");
	/* what ends later anyway stays as it is */
	g = grants_renew(&p, "/a", 1 << 4, 200, 1100, 0, "shorter");
	assert_int_equal(g->given, 127);
	assert_int_equal(g->expires, 1127);
	assert_string_equal(g->note, "why");
	/* others are others */
	assert_int_equal(grants_renew(&p, "/b", 1 << 4, 1, 2000, 0, NULL)->id, 2);
	assert_int_equal(grants_renew(&p, "/a", 1 << 5, 1, 2000, 0, NULL)->id, 3);
	g = grants_renew(&p, "/a", 1 << 4, 300, 3000, 0, "longer");
	assert_int_equal(g->id, 1);
	assert_string_equal(g->note, "longer");
	assert_int_equal(p.n_grants, 3);
}

TEST(a_grant_ends_at_its_time)
{
	static const struct {
		uint64_t now;
		size_t forgotten, left;
	} rows[] = {
		{ 0, 0, 4 },   { 99, 0, 4 },  { 100, 1, 3 },	    { 199, 1, 3 },
		{ 200, 3, 1 }, { 300, 4, 0 }, { UINT64_MAX, 4, 0 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		CLEANUP(policy_done) struct policy p;

		policy_init(&p);
		grants_add(&p, "/", 1 << 4, 0, 200, 0, "");
		grants_add(&p, "/a", 1 << 4, 0, 100, 0, "");
		grants_add(&p, "/b", 1 << 4, 0, 300, 0, "");
		grants_add(&p, "/c", 1 << 4, 0, 200, 0, "");
		assert_int_equal(grants_forget_ended(&p, rows[i].now), rows[i].forgotten);
		assert_int_equal(p.n_grants, rows[i].left);
		for (size_t k = 0; k < p.n_grants; k++)
			assert_true(p.grants[k].expires > rows[i].now);
		if (rows[i].left == 1)
			assert_int_equal(p.grants[0].id, 3);
	}
}

TEST(the_grant_that_holds_is_the_one_that_ends_last)
{
	/* grants are numbered in this order */
	static const struct {
		const char *path;
		uint64_t operations, expires;
	} grants[] = {
		{ "/", 1 << 4, 100 },	       /* 1 */
		{ "/a", 1 << 4, 200 },	       /* 2: has a rule set */
		{ "/a/b", 1 << 4, 150 },       /* 3 */
		{ "/a/b/c", 1 << 5, 300 },     /* 4: has a rule set */
		{ "/ab", 1 << 4, 120 },	       /* 5 */
		{ "/x", 1 << 4 | 1 << 5, 90 }, /* 6: no rule set near */
		{ "/x", 1 << 4, 110 },	       /* 7 */
		{ "/a", 1, 400 },	       /* 8: of what has no number in the masks */
	};
	static const struct {
		const char *path;
		uint32_t reason;
		uint64_t now;
		uint32_t expected; /* 0: none */
	} rows[] = {
		{ "/", 4, 0, 1 }, { "/", 4, 99, 1 }, { "/", 4, 100, 0 }, { "/", 5, 0, 0 },
		{ "/q", 4, 0, 1 }, { "/q/r/s", 4, 99, 1 },
		/* hidden by the rule set of /a */
		{ "/a", 4, 0, 2 }, { "/a", 4, 199, 2 }, { "/a", 4, 200, 0 }, { "/a", 5, 0, 0 },
		{ "/a/z", 4, 0, 2 }, { "/a/b", 4, 0, 2 }, { "/a/b", 4, 150, 2 },
		{ "/a/b/x", 4, 199, 2 },
		/* hidden by the rule set of /a/b/c */
		{ "/a/b/c", 4, 0, 0 }, { "/a/b/c/d", 4, 0, 0 }, { "/a/b/c", 5, 0, 4 },
		{ "/a/b/c/d", 5, 299, 4 }, { "/a/b/c/d", 5, 300, 0 }, { "/a/b/cc", 4, 0, 2 },
		{ "/a/b/cc", 5, 0, 0 },
		/* no rule set, so those above count too */
		{ "/ab", 4, 0, 5 }, { "/abc", 4, 0, 1 }, { "/x", 4, 0, 7 }, { "/x/y", 4, 105, 7 },
		{ "/x/y", 4, 110, 0 }, { "/x/y", 5, 0, 6 }, { "/xx", 5, 0, 0 },
		/* a number beyond the masks is decided where there is none */
		{ "/a", 0, 0, 8 }, { "/a", 64, 0, 8 }, { "/a", UINT32_MAX, 399, 8 },
		{ "/q", 64, 0, 0 },
	};
	CLEANUP(policy_done) struct policy p;

	policy_init(&p);
	add(&p, "/a", 1);
	add(&p, "/a/b/c", 2);
	for (size_t i = 0; i < ARRAY_SIZE(grants); i++)
		grants_add(&p, grants[i].path, grants[i].operations, 0, grants[i].expires, 0,
				 "");
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		const struct grant *g =
			grants_find(&p, rows[i].path, rows[i].reason, rows[i].now);

		if ((g ? g->id : 0) != rows[i].expected)
			fail_msg("%s, reason %u, at %llu: grant %u, not %u", rows[i].path,
				 rows[i].reason, (unsigned long long)rows[i].now, g ? g->id : 0,
				 rows[i].expected);
	}
	/* without the rule set, what is above counts again */
	assert_true(policy_delete_rule(&p, "/a/b/c"));
	assert_int_equal(grants_find(&p, "/a/b/c", 4, 0)->id, 2);
	assert_true(policy_delete_rule(&p, "/a"));
	assert_int_equal(grants_find(&p, "/a/b/c", 4, 0)->id, 2);
	grants_delete(&p, 1);
	assert_int_equal(grants_find(&p, "/a/b/c", 4, 0)->id, 3);
	grants_delete(&p, 1);
	assert_int_equal(grants_find(&p, "/a/b/c", 4, 0)->id, 1);
}

TEST(the_ends_of_a_path_are_its_latest)
{
	struct bpflock_ends ends;
	CLEANUP(policy_done) struct policy p;

	policy_init(&p);
	memset(&ends, 0xff, sizeof(ends));
	assert_true(grants_ends(&p, "/", &ends) == 0);
	for (uint32_t r = 0; r < BPFLOCK_REASONS; r++)
		assert_int_equal(ends.until[r], 0);
	grants_add(&p, "/a", 1 << 2 | 1 << 3, 0, 100, 0, "");
	grants_add(&p, "/a", 1 << 3 | 1ULL << 63, 0, 200, 0, "");
	grants_add(&p, "/a", 1 << 3, 0, 150, 0, "");
	grants_add(&p, "/a/b", 1 << 5, 0, 300, 0, "");
	grants_add(&p, "/", 1 << 6, 0, 400, 0, "");
	assert_true(grants_ends(&p, "/a", &ends) == (1 << 2 | 1 << 3 | 1ULL << 63));
	for (uint32_t r = 0; r < BPFLOCK_REASONS; r++)
		assert_int_equal(ends.until[r], r == 2 ? 100 : r == 3 || r == 63 ? 200 : 0);
	assert_true(grants_ends(&p, "/", &ends) == 1 << 6);
	assert_int_equal(ends.until[6], 400);
	assert_int_equal(ends.until[3], 0);
	assert_true(grants_ends(&p, "/ab", &ends) == 0);
}

TEST(a_forced_mode_is_that_of_every_rule_set)
{
	CLEANUP(policy_done) struct policy p;

	fill(&p);
	policy_force_mode(&p, BPFLOCK_MODE_AUDIT, "kernel command line");
	assert_int_equal(p.host.rules.mode, BPFLOCK_MODE_AUDIT);
	assert_string_equal(p.host.sources[BPFLOCK_SETTING_MODE], "kernel command line");
	for (size_t i = 0; i < p.n_rules; i++)
		assert_int_equal(p.rules[i]->rules.mode, BPFLOCK_MODE_AUDIT);
	policy_force_mode(&p, BPFLOCK_MODE_ENFORCE, "x");
	for (size_t i = 0; i < p.n_rules; i++)
		assert_int_equal(p.rules[i]->rules.mode, BPFLOCK_MODE_ENFORCE);
}

TEST(every_rule_set_is_compiled_as_the_hosts_is)
{
	uint64_t kexec = 1ULL << kernel_reason(kernel_6_1, "KEXEC");
	uint64_t msr = 1ULL << kernel_reason(kernel_6_1, "MSR");
	CLEANUP(diagnostics_done) struct diagnostics d = DIAGNOSTICS_INIT;

	for (uint32_t i = 0; i < _BPFLOCK_PROFILE_MAX * _BPFLOCK_LEVEL_MAX; i++) {
		CLEANUP(policy_done) struct policy p;
		struct rule *r;

		policy_init(&p);
		p.host.rules.profile = i % _BPFLOCK_PROFILE_MAX;
		p.host.rules.level = i / _BPFLOCK_PROFILE_MAX;
		p.host.rules.block = kexec;
		p.host.rules.allow = msr;
		r = policy_add_rule(&p, "/a");
		r->profile_given = true;
		r->rules = p.host.rules;
		r->rules.mode = BPFLOCK_MODE_AUDIT;
		r->rules.log = BPFLOCK_LOG_NONE;
		assert_true(policy_compile(&p, ops, &d));
		assert_int_equal(d.n, 0);
		assert_true(r->rules.governed != 0);
		assert_int_equal(r->rules.mode, BPFLOCK_MODE_AUDIT);
		assert_int_equal(r->rules.log, BPFLOCK_LOG_NONE);
		r->rules.mode = p.host.rules.mode;
		r->rules.log = p.host.rules.log;
		assert_memory_equal(&r->rules, &p.host.rules, sizeof(r->rules));
	}
}

TEST(a_rule_set_without_a_profile_is_a_warning)
{
	static const struct expected expected[] = {
		{ NULL, "f:3: cgroup /a: no profile is set", true },
		{ NULL, "f:9: cgroup /a/\\x1b[2J: no profile is set", true },
		{}
	};
	CLEANUP(diagnostics_done) struct diagnostics d = DIAGNOSTICS_INIT;
	CLEANUP(policy_done) struct policy p;

	policy_init(&p);
	strcpy(policy_add_rule(&p, "/a")->source, "f:3");
	strcpy(policy_add_rule(&p, "/b")->source, "f:6");
	policy_find_rule(&p, "/b")->profile_given = true;
	strcpy(policy_add_rule(&p, "/a/\x1b[2J")->source, "f:9");
	assert_true(policy_compile(&p, ops, &d));
	expect_diagnostics("no profile", &d, expected);
}

TEST(each_contradiction_is_told_with_who_says_so)
{
	static const struct expected expected[] = {
		{ NULL, "operation \"kexec\" is both blocked (B) and allowed (A)" },
		{ NULL, "operation \"msr\" is both blocked (f:3) and allowed (f:3)" },
		{ NULL, "operation \"xmon_wr\" is both blocked (f:9) and allowed (f:9)" },
		{}
	};
	CLEANUP(diagnostics_done) struct diagnostics d = DIAGNOSTICS_INIT;
	CLEANUP(policy_done) struct policy p;
	struct rule *r;

	policy_init(&p);
	p.host.rules.block = p.host.rules.allow = 1ULL << kernel_reason(kernel_6_1, "KEXEC");
	ruleset_set_source(&p.host, BPFLOCK_SETTING_BLOCK, "B");
	ruleset_set_source(&p.host, BPFLOCK_SETTING_ALLOW, "A");
	r = policy_add_rule(&p, "/a");
	r->profile_given = true;
	strcpy(r->source, "f:3");
	r->rules.block = r->rules.allow = 1ULL << kernel_reason(kernel_6_1, "MSR");
	policy_add_rule(&p, "/b")->profile_given = true;
	r = policy_add_rule(&p, "/c");
	r->profile_given = true;
	strcpy(r->source, "f:9");
	r->rules.block = 1ULL << kernel_reason(kernel_6_1, "XMON_RW");
	r->rules.allow = 1ULL << kernel_reason(kernel_6_1, "XMON_WR");
	assert_false(policy_compile(&p, ops, &d));
	expect_diagnostics("contradictions", &d, expected);
}

/* An error that was there before is not one of this policy. */
TEST(compiling_counts_its_own_errors_alone)
{
	CLEANUP(diagnostics_done) struct diagnostics d = DIAGNOSTICS_INIT;
	CLEANUP(policy_done) struct policy p;

	policy_init(&p);
	policy_add_rule(&p, "/a")->profile_given = true;
	diagnostic_error(&d, NULL, "an earlier one");
	assert_true(policy_compile(&p, ops, &d));
	assert_int_equal(d.errors, 1);
}

TEST(ten_thousand_rules_are_no_trouble)
{
	CLEANUP(diagnostics_done) struct diagnostics d = DIAGNOSTICS_INIT;
	CLEANUP(policy_done) struct policy p, copy;
	char path[64];

	policy_init(&p);
	for (int i = 0; i < MANY; i++) {
		snprintf(path, sizeof(path), "/kubepods/pod%d/%d", i % 100, i);
		add(&p, path, i)->profile_given = true;
	}
	assert_int_equal(p.n_rules, MANY);
	assert_true(policy_compile(&p, ops, &d));
	assert_int_equal(d.n, 0);
	for (int i = 0; i < MANY; i++) {
		snprintf(path, sizeof(path), "/kubepods/pod%d/%d/init", i % 100, i);
		assert_int_equal(policy_rule_for(&p, path)->rules.block, i);
	}
	assert_int_equal(policy_copy(&p, &copy), 0);
	assert_true(policy_identical(&p, &copy));
	policy_sort(&copy);
	for (size_t i = 1; i < copy.n_rules; i++)
		assert_true(strcmp(copy.rules[i - 1]->path, copy.rules[i]->path) < 0);
	assert_true(policy_equal(&p, &copy));
	for (int i = 0; i < MANY; i++) {
		snprintf(path, sizeof(path), "/kubepods/pod%d/%d", i % 100, i);
		assert_true(policy_delete_rule(&copy, path));
	}
	assert_int_equal(copy.n_rules, 0);
	assert_null(policy_rule_for(&copy, path));
}

TEST(module_requests_are_asked_about_only_if_a_rule_or_the_latch_names_them)
{
	static const struct {
		const char *text;
		bool needed;
	} rows[] = {
		{ "", false },
		{ "[kimglock]\nprofile = restricted\nlevel = confidentiality\nblock = @all\n", false },
		{ "[kimglock]\nlatch = @all\n", false },
		{ "[kimglock]\nallow = module_request\n", false },
		{ "[kimglock]\nblock = module_request\n", true },
		{ "[kimglock]\nlatch = module_request\n", true },
		{ "[kmodlock]\nprofile = off\n", false },
		{ "[kmodlock]\nprofile = privileged\n", true },
		{ "[cgroup \"/a\"]\nprofile = restricted\n", false },
		{ "[cgroup \"/a\"]\nprofile = restricted\nkmodlock = baseline\n", true },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		CLEANUP(policy_done) struct policy p;

		kernel_policy(ops, rows[i].text, &p);
		assert_int_equal(policy_needs_module_request(&p, 0), rows[i].needed);
		assert_true(policy_needs_module_request(&p, BPFLOCK_MODULE_REQUEST_BIT));
		assert_int_equal(policy_needs_module_request(&p, ~BPFLOCK_MODULE_REQUEST_BIT),
				 rows[i].needed);
	}
}
