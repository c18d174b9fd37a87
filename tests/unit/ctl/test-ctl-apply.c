// SPDX-License-Identifier: GPL-2.0-only
/* Files and policies speak of the seal, for apply, diff and show policy. */
#include "test.h"
#include "ctl-change.h"
#include "operations.h"
#include "print.h"
#include "ruleset.h"

/* This policy is active here; there are no pins to find it in. */
static enum exit_status fake_open_policy(const struct ctl *c, struct pins **ret_pins,
					 struct policy *ret_policy);
static enum exit_status fake_change(const struct ctl *c, const struct change *change);
static void fake_keep_audit(struct policy *p)
{
}
static void fake_pins_freep(struct pins **p)
{
}
static enum exit_status fake_difference(const struct pins *pins, struct policy *old, struct policy *new,
					struct difference *ret)
{
	*ret = (struct difference){ .ops = pins->stamp.operations, .old = old, .new = new };
	return STATUS_OK;
}

#define ctl_open_policy fake_open_policy
#define ctl_change	fake_change
#define ctl_keep_audit	fake_keep_audit
#define pins_freep	fake_pins_freep
#define ctl_difference	fake_difference
#include "ctl-apply.c"

static struct pins pins;
static struct policy in_force, changed;
static char said[1024];

static enum exit_status fake_open_policy(const struct ctl *c, struct pins **ret_pins,
					 struct policy *ret_policy)
{
	*ret_pins = &pins;
	return policy_copy(&in_force, ret_policy) == 0 ? STATUS_OK : STATUS_FAILED;
}

/* Keeps what the policy would be, or what was wrong. */
static enum exit_status fake_change(const struct ctl *c, const struct change *change)
{
	struct diagnostics d = DIAGNOSTICS_INIT;
	enum exit_status status;

	assert_int_equal(policy_copy(&in_force, &changed), 0);
	change->edit(c, pins.stamp.operations, &changed, false, &d, change->data);
	snprintf(said, sizeof(said), "%s", d.n ? d.items[0].text : "");
	status = d.errors ? STATUS_USAGE : STATUS_OK;
	diagnostics_done(&d);
	return status;
}

/* The file's source is its name and the line, as config_files_read() would have it. */
static void put_in_force(const char *text)
{
	CLEANUP(diagnostics_done) struct diagnostics d = DIAGNOSTICS_INIT;

	operations_assume(pins.stamp.operations);
	policy_init(&in_force);
	if (text[0]) /* else the built-in policy */
		assert_true(config_read_text(&in_force, pins.stamp.operations, text, strlen(text),
					     "/f.conf", &d));
	assert_true(policy_compile(&in_force, pins.stamp.operations, &d));
	assert_int_equal(d.n, 0);
}

static void put_stdin(const char *text)
{
	FILE *f = tmpfile();

	assert_non_null(f);
	fputs(text, f);
	rewind(f);
	assert_true(dup2(fileno(f), STDIN_FILENO) == STDIN_FILENO);
	fclose(f);
	clearerr(stdin);
	rewind(stdin);
}

/* Takes what print() writes to standard output into said. */
static void capture(void (*print)(void))
{
	FILE *f = tmpfile();
	int out = dup(STDOUT_FILENO);
	size_t n;

	assert_non_null(f);
	fflush(stdout);
	assert_true(dup2(fileno(f), STDOUT_FILENO) == STDOUT_FILENO);
	print();
	fflush(stdout);
	assert_true(dup2(out, STDOUT_FILENO) == STDOUT_FILENO);
	close(out);
	rewind(f);
	n = fread(said, 1, sizeof(said) - 1, f);
	said[n] = '\0';
	fclose(f);
}

static void no_note(const struct policy *p, const struct rule *r, enum bpflock_setting setting,
		    void *arg)
{
}

static void print(void)
{
	print_policy(pins.stamp.operations, &in_force, no_note, NULL);
}

TEST(what_show_policy_prints_of_the_seal_is_read_back)
{
	static const struct {
		const char *text, *line;
	} rows[] = {
		{ "[kimglock]\nprofile = restricted\n", "\nseal = no\n" },
		{ "[kimglock]\nlatch = kexec\n", "\nlatch = kexec\n" },
		{ "[kimglock]\nseal = yes\n[log]\ncoalesce = 0\n[cgroup \"/a\"]\nprofile = baseline\n",
		  "\nseal = yes\n" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		CLEANUP(diagnostics_done) struct diagnostics d = DIAGNOSTICS_INIT;
		CLEANUP(policy_done) struct policy back;
		const char *section;

		put_in_force(rows[i].text);
		capture(print);
		assert_non_null(strstr(said, rows[i].line));
		/* each section of the host's once */
		section = strstr(said, "[kimglock]\n");
		assert_non_null(section);
		assert_null(strstr(section + 1, "[kimglock]\n"));
		policy_init(&back);
		assert_true(config_read_text(&back, pins.stamp.operations, said, strlen(said),
					     "again", &d));
		assert_true(policy_compile(&back, pins.stamp.operations, &d));
		assert_true(policy_equal(&in_force, &back));
		policy_done(&in_force);
	}
}

/* Lists that do not fit the terminal become more lines of their key. */
TEST(show_policy_fits_the_terminal_and_is_read_back)
{
	CLEANUP(diagnostics_done) struct diagnostics d = DIAGNOSTICS_INIT;
	CLEANUP(policy_done) struct policy back;

	put_in_force("[kimglock]\nprofile = restricted\nallow = kexec, msr, perf, debugfs, ioport, dev_mem\n"
		     "[cgroup \"/a\"]\nlike = host\nblock = kexec, msr, perf, debugfs\n");
	assert_int_equal(setenv("COLUMNS", "40", 1), 0);
	capture(print);
	assert_int_equal(unsetenv("COLUMNS"), 0);
	assert_non_null(strstr(said, "\nallow = dev_mem, kexec, ioport, msr\nallow = debugfs, perf\n"));
	assert_non_null(strstr(said, "\n# results in: "));
	for (const char *line = said; line; line = strchr(line + 1, '\n'))
		assert_true(strcspn(line + 1, "\n") <= 40);
	policy_init(&back);
	assert_true(config_read_text(&back, pins.stamp.operations, said, strlen(said), "again", &d));
	assert_true(policy_compile(&back, pins.stamp.operations, &d));
	assert_true(policy_equal(&in_force, &back));
	policy_done(&in_force);
}

TEST(apply_leaves_the_seal_to_the_loader)
{
	static const struct {
		const char *in_force, *file;
		const char *said; /* "": it is right */
		uint32_t seal;
		const char *source;
	} rows[] = {
		{ "", "[kimglock]\nseal = yes\n",
		  "stdin:2: cannot change seal to \"yes\" without loading" },
		{ "[kimglock]\nseal = yes\n", "[kimglock]\nseal = no\n",
		  "stdin:2: cannot change seal to \"no\" without loading" },
		{ "[kimglock]\nseal = yes\n", "[kimglock]\nmode = audit\nseal = no\n",
		  "stdin:3: cannot change seal to \"no\" without loading" },
		{ "[kimglock]\nseal = yes\n", "[kimglock]\nmode = audit\n", "", 1, "/f.conf:2" },
		{ "[kimglock]\nseal = yes\n", "[kimglock]\nseal = yes\n", "", 1, "stdin:2" },
		{ "", "[kimglock]\nseal = no\n", "", 0, "stdin:2" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct ctl c = { .verb = "apply" };
		enum exit_status expected = rows[i].said[0] ? STATUS_USAGE : STATUS_OK;

		c.options[CTL_STDIN] = "";
		put_in_force(rows[i].in_force);
		put_stdin(rows[i].file);
		assert_int_equal(ctl_apply(&c), expected);
		assert_string_equal(said, rows[i].said);
		if (expected == STATUS_OK) {
			assert_int_equal(changed.host.seal, rows[i].seal);
			assert_string_equal(changed.host.sources[BPFLOCK_SETTING_SEAL],
					    rows[i].source);
		}
		policy_done(&changed);
		policy_done(&in_force);
	}
}

TEST(what_sets_nothing_opens_nothing)
{
	static const char *const texts[] = { "", "# profile = restricted\n", "[kimglock]\n" };
	struct ctl c = { .verb = "diff" };

	c.options[CTL_STDIN] = "";
	for (size_t i = 0; i < ARRAY_SIZE(texts); i++) {
		put_in_force("[kimglock]\nprofile = restricted\n");
		put_stdin(texts[i]);
		assert_int_equal(ctl_apply(&c), STATUS_USAGE);
		assert_non_null(strstr(said, "stdin: sets nothing"));
		assert_non_null(strstr(said, "write \"profile = privileged\" below [kimglock]"));
		policy_done(&changed);
		put_stdin(texts[i]);
		assert_int_equal(ctl_diff(&c), STATUS_USAGE);
		policy_done(&in_force);
	}
}

static void run_diff(void)
{
	struct ctl c = { .verb = "diff" };

	c.options[CTL_STDIN] = "";
	assert_int_equal(ctl_diff(&c), STATUS_OK);
}

TEST(diff_tells_of_the_seal)
{
	static const struct {
		const char *in_force, *file, *said;
	} rows[] = {
		{ "", "[kimglock]\nseal = yes\n", "--- loaded\n+++ stdin\n [kimglock]\n-seal = no\n+seal = yes\n"
		  "Both sides are equally strict: + opens nothing and closes nothing.\n" },
		{ "[kimglock]\nseal = yes\n", "[kimglock]\nmode = audit\nseal = no\n",
		  "--- loaded\n+++ stdin\n [kimglock]\n-mode = enforce\n+mode = audit\n-seal = yes\n+seal = no\n"
		  "Both sides are equally strict: + opens nothing and closes nothing.\n" },
		{ "[kimglock]\nseal = yes\n", "[kimglock]\nseal = yes\n",
		  "bpflock-ctl: no difference\n" },
		/* what a file is silent about stays, as it would with apply */
		{ "[kimglock]\nseal = yes\n", "[log]\ncoalesce = 1s\n", "bpflock-ctl: no difference\n" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		put_in_force(rows[i].in_force);
		put_stdin(rows[i].file);
		capture(run_diff);
		assert_string_equal(said, rows[i].said);
		policy_done(&in_force);
	}
}
