// SPDX-License-Identifier: GPL-2.0-only
/*
 * Policy files count in an order, and override each other. They must belong to root; where the
 * test does not run as root it becomes root of a user namespace, and where that is refused too it skips.
 */
#include <fcntl.h>
#include <limits.h>
#include <sched.h>
#include <sys/prctl.h>
#include <sys/stat.h>

#include "test.h"
#include "catalogue.h"
#include "config.h"
#include "ruleset.h"
#include "expect.h"
#include "kernels.h"

#define ETC	  "/etc/bpflock/"
#define RUN	  "/run/bpflock/"
#define LOCAL	  "/usr/local/lib/bpflock/"
#define LIB	  "/usr/lib/bpflock/"
#define D	  "bpflock.conf.d/"
#define MAIN	  "bpflock.conf"
#define K	  "[kimglock]\n"
#define C(path)	  "[cgroup \"" path "\"]\n"
#define TREE_MAX  8
#define DEV_NULL  ((const char *)1) /* instead of a text: a link to it */
#define DANGLING  ((const char *)2)
#define DIRECTORY ((const char *)3)

static bool real_root, some_root;
static const char *const root = test_directory;
static struct bpflock_operation ops[BPFLOCK_REASONS];
static struct bpflock_policy built_in;

static void write_proc(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);

	if (fd < 0)
		return;
	if (write(fd, text, strlen(text)) < 0)
		print_message("# %s: %s\n", path, strerror(errno));
	close(fd);
}

static void become_root(void)
{
	uid_t uid = getuid();
	gid_t gid = getgid();
	char map[64];

	if (unshare(CLONE_NEWUSER) < 0)
		return;
	write_proc("/proc/self/setgroups", "deny");
	snprintf(map, sizeof(map), "0 %u 1", uid);
	write_proc("/proc/self/uid_map", map);
	snprintf(map, sizeof(map), "0 %u 1", gid);
	write_proc("/proc/self/gid_map", map);
	/* or the leak checker could not look at this process */
	prctl(PR_SET_DUMPABLE, 1);
}

static int setup_group(void **state)
{
	real_root = geteuid() == 0;
	if (!real_root)
		become_root();
	some_root = geteuid() == 0;
	umask(0022);
	kernel_operations(kernel_6_1, ops);
	ruleset_init(&built_in);
	return 0;
}

TEST_GROUP(setup_group, NULL)

struct entry {
	const char *path;
	const char *text; /* or one of the above */
	mode_t mode;	  /* 0: 0644 */
	uid_t uid;
};

static void make_parents(char *path)
{
	for (char *p = path + strlen(root) + 1; (p = strchr(p, '/')); p++) {
		*p = '\0';
		assert_true(mkdir(path, 0755) == 0 || errno == EEXIST);
		*p = '/';
	}
}

static void make(const struct entry *e)
{
	char path[PATH_MAX];
	int fd;

	snprintf(path, sizeof(path), "%s%s", root, e->path);
	make_parents(path);
	if (e->text == DEV_NULL) {
		assert_int_equal(symlink("/dev/null", path), 0);
	} else if (e->text == DANGLING) {
		assert_int_equal(symlink("nowhere", path), 0);
	} else if (e->text == DIRECTORY) {
		assert_int_equal(mkdir(path, 0755), 0);
	} else {
		fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
		assert_true(fd >= 0);
		assert_int_equal(write(fd, e->text, strlen(e->text)), strlen(e->text));
		assert_int_equal(fchmod(fd, e->mode ? e->mode : 0644), 0);
		if (e->uid)
			assert_int_equal(fchown(fd, e->uid, 0), 0);
		close(fd);
	}
}

struct row {
	const char *what;
	struct entry tree[TREE_MAX];
	/*
	 * the settings that are not built-in, "name=value@source " each, and for each rule set of a
	 * cgroup "[path@source] name=value "; $ is the root
	 */
	const char *expected;
	struct expected diagnostics[9]; /* $ likewise */
};

static void append_mask(char *to, size_t size, uint64_t mask)
{
	bool comma = false;

	for (size_t i = 0; i < BPFLOCK_REASONS; i++) {
		if (!(mask & 1ULL << i))
			continue;
		snprintf(to + strlen(to), size - strlen(to), "%s%s", comma ? "," : "", ops[i].name);
		comma = true;
	}
}

static void append(char *to, size_t size, const char *fmt, ...)
{
	size_t n = strlen(to);
	va_list ap;

	va_start(ap, fmt);
	assert_true(vsnprintf(to + n, size - n, fmt, ap) < (int)(size - n));
	va_end(ap);
}

static void append_value(char *to, size_t size, const struct bpflock_policy *p,
			 enum bpflock_setting s)
{
	char text[QUANTITY_LEN];

	append(to, size, "%s=", settings[s].name);
	if (settings[s].list)
		append_mask(to, size, s == BPFLOCK_SETTING_BLOCK ? p->rules.block : p->rules.allow);
	else
		append(to, size, "%s", ruleset_text(p, s, text));
}

static void append_source(char *to, size_t size, const char *source)
{
	bool below = root[0] && strncmp(source, root, strlen(root)) == 0;

	append(to, size, "@%s%s", below ? "$" : "", below ? source + strlen(root) : source);
}

static void render_rule(const struct rule *r, char *to, size_t size)
{
	struct bpflock_policy alone = { .rules = r->rules };

	append(to, size, "[%s", r->path);
	append_source(to, size, r->source);
	append(to, size, "] ");
	for (size_t s = 0; s < _BPFLOCK_SETTING_MAX; s++) {
		bool given = r->profile_given;

		if (settings[s].host)
			continue;
		if (s == BPFLOCK_SETTING_BLOCK)
			given = r->rules.block;
		else if (s == BPFLOCK_SETTING_ALLOW)
			given = r->rules.allow;
		else if (s != BPFLOCK_SETTING_PROFILE)
			given = strcmp(ruleset_value(&alone, s), ruleset_value(&built_in, s)) != 0;
		if (!given)
			continue;
		append_value(to, size, &alone, s);
		append(to, size, " ");
	}
}

static void render(struct policy *p, char *to, size_t size)
{
	to[0] = '\0';
	for (size_t s = 0; s < _BPFLOCK_SETTING_MAX; s++) {
		if (strcmp(p->host.sources[s], "built-in") == 0)
			continue;
		append_value(to, size, &p->host, s);
		append_source(to, size, p->host.sources[s]);
		append(to, size, " ");
	}
	policy_sort(p);
	for (size_t i = 0; i < p->n_rules; i++) {
		assert_null(policy_path_error(p->rules[i]->path));
		assert_false(p->rules[i]->runtime);
		render_rule(p->rules[i], to, size);
	}
}

/* Copies expectations with the root in place of a $. */
static void resolve(const struct expected *from, struct expected *to, char (*places)[PATH_MAX])
{
	for (; from->fragment; from++, to++, places++) {
		*to = *from;
		if (!from->place || from->place[0] != '$')
			continue;
		snprintf(*places, sizeof(*places), "%s%s", root, from->place + 1);
		to->place = *places;
	}
	*to = (struct expected){};
}

static void need_root(void)
{
	if (!some_root)
		skip();
}

static void check_one(const struct row *row, const char *path)
{
	CLEANUP(diagnostics_done) struct diagnostics d = DIAGNOSTICS_INIT;
	struct expected expected[ARRAY_SIZE(row->diagnostics) + 1];
	static char places[ARRAY_SIZE(row->diagnostics)][PATH_MAX];
	struct policy p;
	char rendered[2048];
	bool done;

	for (size_t i = 0; i < TREE_MAX && row->tree[i].path; i++)
		make(&row->tree[i]);
	policy_init(&p);
	done = catalogue_read(&p, ops, root, path, &d);
	resolve(row->diagnostics, expected, places);
	expect_diagnostics(row->what, &d, expected);
	assert_int_equal(done, d.errors == 0);
	render(&p, rendered, sizeof(rendered));
	policy_done(&p);
	if (done && strcmp(rendered, row->expected) != 0)
		fail_msg("%s: %s, not %s", row->what, rendered, row->expected);
}

static void check(const struct row *rows, size_t n)
{
	need_root();
	for (size_t i = 0; i < n; i++) {
		if (i > 0)
			assert_int_equal(test_directory_make(NULL), 0);
		check_one(&rows[i], NULL);
		if (i + 1 < n)
			assert_int_equal(test_directory_remove(NULL), 0);
	}
}

#define TREES(name, ...)                                                                  \
	TEST_ROWS_WITH(name, test_directory_make, test_directory_remove, check, struct row, \
		       __VA_ARGS__)

TREES(no_files_are_no_mistake,
	{ "nothing at all", {}, "" },
	{ "empty directories", { { ETC D "x", "" }, { RUN "y", "" } }, "" },
	{ "a file where a directory would be", { { "/etc/bpflock", "x\n" } }, "" })

#define NOTHING "sets nothing: to allow everything, write \"profile = privileged\" below [kimglock]; else remove the file"

/* Else a disk that was full would open what was locked. */
TREES(a_file_that_sets_nothing_is_refused,
	{ "no bytes", { { ETC MAIN, "" } }, NULL, { { "$" ETC MAIN, NOTHING } } },
	{ "no bytes, over a vendor's", { { ETC MAIN, "" }, { LIB MAIN, K "log=none\n" } }, NULL,
	  { { "$" ETC MAIN, NOTHING } } },
	{ "a link to /dev/null, over a vendor's", { { ETC MAIN, DEV_NULL }, { LIB MAIN, K "log=none\n" } },
	  NULL, { { "$" ETC MAIN, NOTHING } } },
	{ "blanks", { { ETC MAIN, " \n\t\n" } }, NULL, { { "$" ETC MAIN, NOTHING } } },
	{ "comments and sections", { { ETC MAIN, "# nothing\n[kimglock]\n[execsnoop]\n" } }, NULL,
	  { { "$" ETC MAIN, NOTHING } } },
	{ "main beside a drop-in", { { ETC MAIN, "[kimglock]\n" }, { ETC D "a.conf", K "log=none\n" } },
	  NULL, { { "$" ETC MAIN, NOTHING } } },
	{ "a drop-in beside main", { { ETC MAIN, K "log=none\n" }, { ETC D "a.conf", "#" K } }, NULL,
	  { { "$" ETC D "a.conf", NOTHING } } },
	{ "a drop-in that has nothing to mask", { { ETC MAIN, K "log=none\n" }, { ETC D "a.conf", "" } },
	  NULL, { { "$" ETC D "a.conf", NOTHING } } },
	{ "a wrong one is told as such", { { ETC MAIN, "# nothing\n[kimgloc]\n" } }, NULL,
	  { { "$" ETC MAIN ":2:2", "unknown section" } } },
	{ "an empty list sets it", { { ETC MAIN, K "block=\n" } }, "block=@$" ETC MAIN ":2 " },
	{ "a cgroup is enough", { { ETC MAIN, C("/a") "mode=audit\n" } }, "[/a@$" ETC MAIN ":1] mode=audit " },
	{ "a section of a cgroup", { { ETC MAIN, K "profile=restricted\n" C("/a") "#profile=restricted\n" } },
	  NULL, { { "$" ETC MAIN ":3:2", "section [cgroup \"/a\"] sets nothing" } } },
	{ "one whose keys are elsewhere", { { ETC MAIN, C("/a") "mode=audit\n" C("/a") K "log=none\n" } },
	  NULL, { { "$" ETC MAIN ":3:2", "section [cgroup \"/a\"] sets nothing" } } })

TEST_IN_DIRECTORY(a_named_file_or_stream_that_sets_nothing_is_refused)
{
	static const struct row rows[] = {
		{ "a file", { { "/own", "" } }, NULL, { { "$/own", NOTHING } } },
		{ "a link to /dev/null", { { "/own", DEV_NULL } }, NULL, { { "$/own", NOTHING } } },
	};
	static const char *const texts[] = { "", "\n", "# x", "[kimglock]\n;profile = restricted\n" };
	char path[PATH_MAX];

	need_root();
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		if (i > 0)
			assert_int_equal(test_directory_make(NULL), 0);
		snprintf(path, sizeof(path), "%s/own", root);
		check_one(&rows[i], path);
		if (i + 1 < ARRAY_SIZE(rows))
			assert_int_equal(test_directory_remove(NULL), 0);
	}
	for (size_t i = 0; i < ARRAY_SIZE(texts); i++) {
		CLEANUP(diagnostics_done) struct diagnostics d = DIAGNOSTICS_INIT;
		CLEANUP(policy_done) struct policy p;

		policy_init(&p);
		assert_false(config_read_text(&p, ops, texts[i], strlen(texts[i]), "stdin", &d));
		expect_diagnostics(texts[i], &d, (struct expected[]){ { "stdin", NOTHING }, {} });
	}
}

TREES(files_of_the_original_are_told,
	{ "beside a policy", { { ETC "bpflock.yaml", "exec-snoop: all\n" }, { ETC MAIN, K "mode=audit\n" } },
	  "mode=audit@$" ETC MAIN ":2 ",
	  { { "$" ETC "bpflock.yaml", "not read: a file of the original bpflock", true } } },
	{ "a directory, and nothing else", { { ETC "bpf.d/allow.yaml", "bpfmetaver: v1\n" } }, "",
	  { { "$" ETC "bpf.d", "not read: a file of the original bpflock", true } } },
	{ "under another name", { { ETC MAIN, "kimglock-profile: baseline\n" } }, NULL,
	  { { "$" ETC MAIN ":1:1", "one per line: [kimglock], profile = baseline" } } })

TREES(every_key_sets_its_setting,
	{ "all keys",
	  { { ETC MAIN, K "profile = baseline\nlevel = confidentiality\nblock = kexec\nallow = msr\n"
			  "mode = audit\nlog = denied\nseal = yes\n[execsnoop]\ntrace = all\n" } },
	  "profile=baseline@$" ETC MAIN ":2 level=confidentiality@$" ETC MAIN ":3 block=kexec@$" ETC MAIN
	  ":4 allow=msr@$" ETC MAIN ":5 mode=audit@$" ETC MAIN ":6 log=denied@$" ETC MAIN
	  ":7 seal=yes@$" ETC MAIN ":8 exec-log=all@$" ETC MAIN ":10 " },
	{ "by its name of today", { { ETC MAIN, "[log]\nexec-log = failed\n" } }, "exec-log=failed@$" ETC MAIN ":2 " },
	{ "by both names", { { ETC MAIN, "[log]\nexec-log = failed\n[execsnoop]\ntrace = all\n" } }, NULL,
	  { { "$" ETC MAIN ":4:1", "\"trace\" was already set in line 2" } } },
	{ "with the section's other name",
	  { { ETC MAIN, "[host]\npreset = a\nmode = audit\n" }, { LIB "presets/a.conf", "[host]\nblock = msr\n" } },
	  "block=msr@$" LIB "presets/a.conf:2 mode=audit@$" ETC MAIN ":3 " },
	{ "twice, with both names", { { ETC MAIN, K "mode = audit\n[host]\nmode = enforce\n" } }, NULL,
	  { { "$" ETC MAIN ":4:1", "\"mode\" was already set in line 2" } } },
	{ "a key of another section", { { ETC MAIN, "[host]\nring-size = 1M\n" } }, NULL,
	  { { "$" ETC MAIN ":2:1", "\"ring-size\" is not a key of [host]: write \"ring-size\" below [log]" } } })

TREES(the_main_file_of_the_strongest_directory_wins,
	{ "all four",
	  { { ETC MAIN, K "mode=audit\n" }, { RUN MAIN, K "mode=enforce\nlog=none\n" },
	    { LOCAL MAIN, K "log=denied\n" }, { LIB MAIN, K "level=integrity\n" } },
	  "mode=audit@$" ETC MAIN ":2 " },
	{ "without /etc",
	  { { RUN MAIN, K "log=none\n" }, { LOCAL MAIN, K "log=denied\n" }, { LIB MAIN, K "log=all\n" } },
	  "log=none@$" RUN MAIN ":2 " },
	{ "vendors", { { LOCAL MAIN, K "log=denied\n" }, { LIB MAIN, K "log=all\n" } },
	  "log=denied@$" LOCAL MAIN ":2 " },
	{ "the weakest", { { LIB MAIN, K "log=none\n" } }, "log=none@$" LIB MAIN ":2 " },
	{ "a weaker one is not even read",
	  { { ETC MAIN, K "log=none\n" }, { LIB MAIN, "rubbish\n" } }, "log=none@$" ETC MAIN ":2 " })

TREES(drop_ins_apply_in_the_order_of_their_names,
	{ "over the main file",
	  { { ETC MAIN, K "mode=audit\nlog=none\n" }, { LIB D "10-a.conf", K "mode=enforce\n" } },
	  "mode=enforce@$" LIB D "10-a.conf:2 log=none@$" ETC MAIN ":3 " },
	{ "names before directories",
	  { { ETC D "10-a.conf", K "log=none\n" }, { LIB D "20-b.conf", K "log=denied\n" },
	    { RUN D "15-c.conf", K "log=all\n" } },
	  "log=denied@$" LIB D "20-b.conf:2 " },
	{ "bytes, not numbers",
	  { { ETC D "9.conf", K "log=none\n" }, { ETC D "10.conf", K "log=denied\n" } },
	  "log=none@$" ETC D "9.conf:2 " },
	{ "without a main file", { { RUN D "a.conf", K "log=none\n" } }, "log=none@$" RUN D "a.conf:2 " })

TREES(one_name_in_several_directories_is_one_drop_in,
	{ "the strongest",
	  { { ETC D "a.conf", K "log=none\n" }, { RUN D "a.conf", K "log=all\nmode=audit\n" },
	    { LIB D "a.conf", K "rubbish\n" } },
	  "log=none@$" ETC D "a.conf:2 " },
	{ "its mistakes are told once",
	  { { ETC D "a.conf", K "log=nnoe\n" }, { RUN D "a.conf", K "log=all\n" },
	    { LIB D "a.conf", K "log=all\n" } },
	  NULL,
	  { { "$" ETC D "a.conf:2:5", "did you mean \"none\"" } } },
	{ "others still apply",
	  { { RUN D "a.conf", K "log=all\n" }, { LIB D "a.conf", K "log=none\n" },
	    { LIB D "b.conf", K "mode=audit\n" } },
	  "mode=audit@$" LIB D "b.conf:2 log=all@$" RUN D "a.conf:2 " })

TREES(a_link_to_dev_null_or_an_empty_file_masks,
	{ "a drop-in, by a link",
	  { { ETC D "a.conf", DEV_NULL }, { LIB D "a.conf", K "log=none\n" },
	    { LIB D "b.conf", K "mode=audit\n" } },
	  "mode=audit@$" LIB D "b.conf:2 " },
	{ "a drop-in, by an empty file",
	  { { ETC D "a.conf", "" }, { LIB D "a.conf", K "log=none\n" } }, "" },
	{ "the weaker one masks nothing",
	  { { ETC D "a.conf", K "log=none\n" }, { LIB D "a.conf", DEV_NULL } },
	  "log=none@$" ETC D "a.conf:2 " },
	{ "a link, where there is nothing yet", { { ETC D "a.conf", DEV_NULL } }, "" })

TREES(only_files_named_conf_are_drop_ins,
	{ "other names",
	  { { ETC D "a.conf.dpkg-old", "rubbish\n" }, { ETC D "README", "rubbish\n" },
	    { ETC D ".hidden.conf", "rubbish\n" }, { ETC D ".conf", "rubbish\n" },
	    { ETC D "a.CONF", "rubbish\n" }, { ETC D "conf", "rubbish\n" },
	    { ETC D "a.conf~", "rubbish\n" } },
	  "" })

TREES(lists_add_up_over_files_until_an_empty_one,
	{ "within a file", { { ETC MAIN, K "block=kexec\nblock=msr\n" } },
	  "block=kexec,msr@$" ETC MAIN ":3 " },
	{ "over files",
	  { { ETC MAIN, K "block=kexec\n" }, { ETC D "a.conf", K "block=msr\n" },
	    { LIB D "b.conf", K "block=perf\nallow=ioport\n" } },
	  "block=kexec,msr,perf@$" LIB D "b.conf:2 allow=ioport@$" LIB D "b.conf:3 " },
	{ "reset within a file", { { ETC MAIN, K "block=kexec\nblock=\nblock=msr\n" } },
	  "block=msr@$" ETC MAIN ":4 " },
	{ "reset over files",
	  { { ETC MAIN, K "block=kexec\nallow=perf\n" }, { ETC D "a.conf", K "block =\nblock = msr\n" } },
	  "block=msr@$" ETC D "a.conf:3 allow=perf@$" ETC MAIN ":3 " },
	{ "an empty list is a list", { { ETC MAIN, K "block=kexec\nblock=  \n" } },
	  "block=@$" ETC MAIN ":3 " },
	{ "one list alone", { { ETC MAIN, K "block=kexec\nallow=msr\nblock=\n" } },
	  "block=@$" ETC MAIN ":4 allow=msr@$" ETC MAIN ":3 " })

TREES(a_scalar_twice_in_one_file_is_refused,
	{ "twice", { { ETC MAIN, K "mode=audit\n  mode=enforce\n" } }, NULL,
	  { { "$" ETC MAIN ":3:3", "\"mode\" was already set in line 2" } } },
	{ "the same value twice", { { ETC MAIN, K "mode=audit\n\nmode=audit\n" } }, NULL,
	  { { "$" ETC MAIN ":4:1", "already set in line 2" } } },
	{ "over two sections of one name", { { ETC MAIN, K "mode=audit\n" K "mode=audit\n" } }, NULL,
	  { { "$" ETC MAIN ":4:1", "already set in line 2" } } },
	{ "in a drop-in", { { ETC D "a.conf", K "log=all\nlog=none\n" } }, NULL,
	  { { "$" ETC D "a.conf:3:1", "already set in line 2" } } },
	{ "in two files it is precedence",
	  { { ETC MAIN, K "mode=audit\n" }, { ETC D "a.conf", K "mode=enforce\n" } },
	  "mode=enforce@$" ETC D "a.conf:2 " })

TREES(what_is_unknown_is_refused_at_its_place,
	{ "key", { { ETC MAIN, K " porfile = baseline\n" } }, NULL,
	  { { "$" ETC MAIN ":2:2", "unknown key \"porfile\": did you mean \"profile\"?" } } },
	{ "prefix of a key", { { ETC MAIN, K "prof = baseline\n" } }, NULL,
	  { { "$" ETC MAIN ":2:1", "unknown key \"prof\"" } } },
	{ "key of another section", { { ETC MAIN, K "trace = all\n" } }, NULL,
	  { { "$" ETC MAIN ":2:1", "unknown key \"trace\"" } } },
	{ "key in capitals", { { ETC MAIN, K "Mode = audit\n" } }, NULL,
	  { { "$" ETC MAIN ":2:1", "unknown key \"Mode\": did you mean \"mode\"?" } } },
	{ "value", { { ETC MAIN, K "profile = baselin\n" } }, NULL,
	  { { "$" ETC MAIN ":2:11", "\"baselin\": did you mean \"baseline\"?" } } },
	{ "value with a comment", { { ETC MAIN, K "profile = baseline # why\n" } }, NULL,
	  { { "$" ETC MAIN ":2:11", "\"baseline # why\"" } } },
	{ "quoted value", { { ETC MAIN, K "profile = \"baseline\"\n" } }, NULL,
	  { { "$" ETC MAIN ":2:11", "unknown profile" } } },
	{ "level of the seal", { { ETC MAIN, K "seal = yess\n" } }, NULL,
	  { { "$" ETC MAIN ":2:8", "unknown seal \"yess\": did you mean \"yes\"?" } } },
	{ "empty level of the seal", { { ETC MAIN, K "seal =\n" } }, NULL,
	  { { "$" ETC MAIN ":2:7", "unknown seal \"\": use no or yes" } } },
	{ "empty value", { { ETC MAIN, K "profile =\n" } }, NULL,
	  { { "$" ETC MAIN ":2:10", "unknown profile \"\"" } } },
	{ "operation", { { ETC MAIN, K "block = kexec, debugsf\n" } }, NULL,
	  { { "$" ETC MAIN ":2:16", "\"debugsf\": did you mean \"debugfs\"?" } } },
	{ "section", { { ETC MAIN, "[kimgloc]\nmode = audit\n" } }, NULL,
	  { { "$" ETC MAIN ":1:2", "unknown section \"kimgloc\": did you mean \"kimglock\"?" } } },
	{ "section with blanks", { { ETC MAIN, "[kimglock ]\nmode = audit\n" } }, NULL,
	  { { "$" ETC MAIN ":1:2", "unknown section \"kimglock \"" } } },
	{ "an operation this kernel lacks", { { ETC MAIN, K "block = kexec xen_user_actions\n" } },
	  "block=kexec@$" ETC MAIN ":2 ",
	  { { "$" ETC MAIN ":2:15", "this kernel has no operation \"xen_user_actions\"", true } } })

TREES(an_unknown_section_without_keys_is_refused_too,
	{ "alone", { { ETC MAIN, "[kimgloc]\n" } }, NULL,
	  { { "$" ETC MAIN ":1:2", "unknown section \"kimgloc\": did you mean \"kimglock\"?" } } },
	{ "its only key commented out", { { ETC MAIN, K "mode=audit\n[bananas]\n#x=1\n" } }, NULL,
	  { { "$" ETC MAIN ":3:2", "unknown section \"bananas\"" } } })

TREES(a_section_of_a_cgroup_is_its_rule_set,
	{ "all keys",
	  { { ETC MAIN, C("/a") "profile = baseline\nlevel = confidentiality\nblock = kexec\n"
			"allow = msr\nmode = audit\nlog = denied\n" } },
	  "[/a@$" ETC MAIN ":1] profile=baseline level=confidentiality block=kexec allow=msr "
	  "mode=audit log=denied " },
	{ "beside the host's and others",
	  { { ETC MAIN, K "profile=restricted\nblock=kexec\n" C("/b") "profile=baseline\n"
			C("/a") "profile=none\nblock=msr\n[execsnoop]\ntrace=all\n" } },
	  "profile=restricted@$" ETC MAIN ":2 block=kexec@$" ETC MAIN ":3 exec-log=all@$" ETC MAIN
	  ":10 [/a@$" ETC MAIN ":6] profile=privileged block=msr [/b@$" ETC MAIN
	  ":4] profile=baseline " },
	{ "one cgroup in another",
	  { { ETC MAIN, C("/a/b") "profile=baseline\n" C("/a") "profile=restricted\n" } },
	  "[/a@$" ETC MAIN ":3] profile=restricted [/a/b@$" ETC MAIN ":1] profile=baseline " },
	{ "the same key in several sections",
	  { { ETC MAIN, K "mode=audit\n" C("/a") "mode=audit\n" C("/b") "mode=audit\n" } },
	  "mode=audit@$" ETC MAIN ":2 [/a@$" ETC MAIN ":3] mode=audit [/b@$" ETC MAIN
	  ":5] mode=audit " },
	{ "an operation this kernel lacks", { { ETC MAIN, C("/a") "allow = xen_user_actions msr\n" } },
	  "[/a@$" ETC MAIN ":1] allow=msr ",
	  { { "$" ETC MAIN ":2:9", "this kernel has no operation \"xen_user_actions\"", true } } })

/* Names of cgroups may hold what else means something in a policy file. */
TEST_IN_DIRECTORY(a_path_is_all_between_the_first_quote_and_the_last)
{
#define AT1 "@$" ETC MAIN ":1] mode=audit "
	static const struct row rows[] = {
		{ "a blank", { { ETC MAIN, C("/a b") "mode=audit\n" } }, "[/a b" AT1 },
		{ "a blank at the end", { { ETC MAIN, C("/a ") "mode=audit\n" } }, "[/a " AT1 },
		{ "an escape of systemd's", { { ETC MAIN, C("/a\\x2db.slice") "mode=audit\n" } },
		  "[/a\\x2db.slice" AT1 },
		{ "a backslash at the end", { { ETC MAIN, C("/a\\") "mode=audit\n" } }, "[/a\\" AT1 },
		{ "a closing bracket", { { ETC MAIN, C("/a]b") "mode=audit\n" } }, "[/a]b" AT1 },
		{ "brackets", { { ETC MAIN, C("/[x]") "mode=audit\n" } }, "[/[x]" AT1 },
		{ "a quote", { { ETC MAIN, C("/a\"b") "mode=audit\n" } }, "[/a\"b" AT1 },
		{ "quotes", { { ETC MAIN, C("/\"\"") "mode=audit\n" } }, "[/\"\"" AT1 },
		{ "an equals sign", { { ETC MAIN, C("/a=b") "mode=audit\n" } }, "[/a=b" AT1 },
		{ "signs of comments", { { ETC MAIN, C("/#/;") "mode=audit\n" } }, "[/#/;" AT1 },
		{ "UTF-8", { { ETC MAIN, C("/gr\xc3\xbc\xc3\x9f") "mode=audit\n" } },
		  "[/gr\xc3\xbc\xc3\x9f" AT1 },
		{ "blanks around the section", { { ETC MAIN, "  [cgroup \"/a\"] \t\nmode=audit\n" } },
		  "[/a" AT1 },
		{ "blanks before the quote", { { ETC MAIN, "[cgroup \t \"/a\"]\nmode=audit\n" } },
		  "[/a" AT1 },
		{ "no blank before the quote", { { ETC MAIN, "[cgroup\"/a\"]\nmode=audit\n" } }, "[/a" AT1 },
	};
#undef AT1

	check(rows, ARRAY_SIZE(rows));
}

#define D8   "/d/d/d/d/d/d/d/d"
#define D56  D8 D8 D8 D8 D8 D8 D8
#define N32  "nnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnn"
#define N224 N32 N32 N32 N32 N32 N32 N32

TREES(a_wrong_path_is_refused_at_its_place,
	{ "none", { { ETC MAIN, "[cgroup]\n" } }, NULL,
	  { { "$" ETC MAIN ":1:8", "expected a cgroup's path in quotes" } } },
	{ "a blank", { { ETC MAIN, "[cgroup ]\n" } }, NULL,
	  { { "$" ETC MAIN ":1:9", "expected a cgroup's path in quotes" } } },
	{ "without quotes", { { ETC MAIN, "\n  [cgroup /a]\n" } }, NULL,
	  { { "$" ETC MAIN ":2:11", "expected a cgroup's path in quotes" } } },
	{ "other quotes", { { ETC MAIN, "[cgroup '/a']\n" } }, NULL,
	  { { "$" ETC MAIN ":1:9", "expected a cgroup's path in quotes" } } },
	{ "a second end", { { ETC MAIN, "[cgroup \"/a\"] # \"b\"]\n" } }, NULL,
	  { { "$" ETC MAIN ":1:10", "it ends a section" } } },
	{ "one quote", { { ETC MAIN, "[cgroup \"/a]\n" } }, NULL,
	  { { "$" ETC MAIN ":1:9", "expected a cgroup's path in quotes" } } },
	{ "only the other", { { ETC MAIN, "[cgroup /a\"]\n" } }, NULL,
	  { { "$" ETC MAIN ":1:9", "expected a cgroup's path in quotes" } } },
	{ "nothing but one", { { ETC MAIN, "[cgroup \"]\n" } }, NULL,
	  { { "$" ETC MAIN ":1:9", "expected a cgroup's path in quotes" } } },
	{ "text after it", { { ETC MAIN, "[cgroup \"/a\" b]\n" } }, NULL,
	  { { "$" ETC MAIN ":1:9", "expected a cgroup's path in quotes" } } },
	{ "a blank after it", { { ETC MAIN, "[cgroup \"/a\" ]\n" } }, NULL,
	  { { "$" ETC MAIN ":1:9", "expected a cgroup's path in quotes" } } },
	{ "text before it", { { ETC MAIN, "[cgroup a \"/a\"]\n" } }, NULL,
	  { { "$" ETC MAIN ":1:9", "expected a cgroup's path in quotes" } } },
	{ "text after the section", { { ETC MAIN, "[cgroup \"/a\"] # why\n" } }, NULL,
	  { { "$" ETC MAIN ":1:15", "text after the section" },
	    { "$" ETC MAIN ":1:2", "sets nothing" } } },
	{ "an empty one", { { ETC MAIN, C("") } }, NULL,
	  { { "$" ETC MAIN ":1:10", "cgroup \"\": a cgroup's path begins with /" } } },
	{ "a relative one", { { ETC MAIN, C("a") } }, NULL,
	  { { "$" ETC MAIN ":1:10", "cgroup \"a\": a cgroup's path begins with /" } } },
	{ "the root", { { ETC MAIN, C("/") } }, NULL,
	  { { "$" ETC MAIN ":1:10", "cgroup \"/\": the root cgroup is the host" } } },
	{ "a slash too many", { { ETC MAIN, C("/a/") } }, NULL,
	  { { "$" ETC MAIN ":1:10", "cgroup \"/a/\": a / at the end" } } },
	{ "two in a row", { { ETC MAIN, C("/a//b") } }, NULL,
	  { { "$" ETC MAIN ":1:10", "two / in a row" } } },
	{ "upwards", { { ETC MAIN, C("/a/../b") } }, NULL,
	  { { "$" ETC MAIN ":1:10", "are not names of cgroups" } } },
	{ "the mount point", { { ETC MAIN, C("/sys/fs/cgroup/a") } }, NULL,
	  { { "$" ETC MAIN ":1:10", "leave out the mount point" } } },
	{ "63 levels", { { ETC MAIN, C(D56 "/d/d/d/d/d/d/d") "profile=none\n" } },
	  "[" D56 "/d/d/d/d/d/d/d@$" ETC MAIN ":1] profile=privileged " },
	{ "64 levels", { { ETC MAIN, C(D56 D8) } }, NULL,
	  { { "$" ETC MAIN ":1:10", "more than 63 levels" } } },
	{ "a name of 256 bytes", { { ETC MAIN, C("/" N224 N32) } }, NULL,
	  { { "$" ETC MAIN ":1:10", "name longer than 255 bytes" } } },
	{ "a control byte", { { ETC MAIN, C("/a\x01") } }, NULL,
	  { { "$" ETC MAIN ":1:12", "control byte 0x01" } } },
	{ "no UTF-8", { { ETC MAIN, C("/\xff") } }, NULL,
	  { { "$" ETC MAIN ":1:11", "invalid UTF-8" } } },
	{ "a newline", { { ETC MAIN, C("/a\nb") } }, NULL,
	  { { "$" ETC MAIN ":1:1", "closing bracket" },
	    { "$" ETC MAIN ":2:1", "expected KEY = VALUE" } } },
	/* sections that are not this one */
	{ "capitals", { { ETC MAIN, "[Cgroup \"/a\"]\n" } }, NULL,
	  { { "$" ETC MAIN ":1:2", "unknown section \"Cgroup \"/a\"\"" } } },
	{ "a longer word", { { ETC MAIN, "[cgroups \"/a\"]\n" } }, NULL,
	  { { "$" ETC MAIN ":1:2", "unknown section \"cgroups \"/a\"\"" } } },
	{ "a blank first", { { ETC MAIN, "[ cgroup \"/a\"]\n" } }, NULL,
	  { { "$" ETC MAIN ":1:2", "unknown section \" cgroup \"/a\"\"" } } },
	{ "the host's with a path", { { ETC MAIN, "[kimglock \"/a\"]\nmode=audit\n" } }, NULL,
	  { { "$" ETC MAIN ":1:2", "unknown section \"kimglock \"/a\"\"" } } },
	{ "a misspelt one", { { ETC MAIN, "[cgruop]\n" } }, NULL,
	  { { "$" ETC MAIN ":1:2", "unknown section \"cgruop\": did you mean \"cgroup\"?" } } })

#define P "presets/"
#define E "exceptions/"
#define AWAKE C("/a") "like = host\nallow = kexec\n"

TREES(a_preset_is_read_before_the_file_that_names_it,
	{ "alone", { { ETC MAIN, K "preset = a\n" }, { LIB P "a.conf", K "profile=restricted\n" } },
	  "profile=restricted@$" LIB P "a.conf:2 " },
	{ "with keys of the same file, wherever they stand",
	  { { ETC MAIN, K "allow = msr\nmode = audit\npreset = a\n" },
	    { LIB P "a.conf", K "profile=restricted\nallow=kexec\nmode=enforce\n" } },
	  "profile=restricted@$" LIB P "a.conf:2 allow=kexec,msr@$" ETC MAIN ":2 mode=audit@$" ETC MAIN ":3 " },
	{ "over a weaker file", { { ETC MAIN, K "profile=privileged\n" }, { ETC D "a.conf", K "preset=a\n" },
	    { ETC D "b.conf", K "log=none\n" }, { LIB P "a.conf", K "profile=restricted\nlog=denied\n" } },
	  "profile=restricted@$" LIB P "a.conf:2 log=none@$" ETC D "b.conf:2 " },
	{ "the last one", { { ETC MAIN, K "preset=a\n" }, { ETC D "a.conf", K "preset=b\n" },
	    { LIB P "a.conf", K "allow=msr\n" }, { LIB P "b.conf", K "allow=kexec\n" } },
	  "allow=kexec@$" LIB P "b.conf:2 " },
	{ "of the strongest directory", { { ETC MAIN, K "preset=a\n" }, { ETC P "a.conf", K "allow=msr\n" },
	    { LIB P "a.conf", K "allow=kexec\n" } }, "allow=msr@$" ETC P "a.conf:2 " },
	{ "with cgroups and exceptions of its own", { { ETC MAIN, K "preset=a\n" },
	    { LIB P "a.conf", K "exceptions=b\nlog=none\n" C("/c") "mode=audit\n" }, { LIB E "b.conf", AWAKE } },
	  "log=none@$" LIB P "a.conf:3 [/a@$" LIB E "b.conf:1] allow=kexec [/c@$" LIB P "a.conf:4] mode=audit " })

TREES(exceptions_add_up_and_are_added_to,
	{ "two for one cgroup", { { ETC MAIN, K "exceptions = a, b a\n" }, { LIB E "a.conf", AWAKE },
	    { LIB E "b.conf", C("/a") "like = host\nallow = msr\n" } },
	  "[/a@$" LIB E "b.conf:1] allow=kexec,msr " },
	{ "from file to file", { { ETC MAIN, K "exceptions = a\n" }, { ETC D "b.conf", K "exceptions = b\n" },
	    { LIB E "a.conf", AWAKE }, { LIB E "b.conf", C("/b") "like = host\nallow = msr\n" } },
	  "[/a@$" LIB E "a.conf:1] allow=kexec [/b@$" LIB E "b.conf:1] allow=msr " },
	{ "an empty list begins anew", { { ETC MAIN, K "exceptions = a\n" },
	    { ETC D "b.conf", K "exceptions =\nexceptions = b\n" }, { LIB E "a.conf", AWAKE },
	    { LIB E "b.conf", C("/b") "like = host\nallow = msr\n" } },
	  "[/b@$" LIB E "b.conf:1] allow=msr " },
	{ "the administrator's section adds, wherever it stands",
	  { { ETC MAIN, C("/a") "allow = msr\nmode = audit\n" K "exceptions = a\n" }, { LIB E "a.conf", AWAKE } },
	  "[/a@$" ETC MAIN ":1] allow=kexec,msr mode=audit " },
	{ "and takes away", { { ETC MAIN, K "exceptions = a\n" C("/a") "allow =\nallow = msr\n" },
	    { LIB E "a.conf", AWAKE } }, "[/a@$" ETC MAIN ":3] allow=msr " })

TREES(mistakes_about_the_catalogue_are_told_where_they_are,
	{ "no such preset", { { ETC MAIN, K "preset = serevr\n" }, { LIB P "server.conf", K "log=none\n" } }, NULL,
	  { { "$" ETC MAIN ":2:10", "unknown preset \"serevr\": did you mean \"server\"?" } } },
	{ "nor one that another file overrides", { { ETC MAIN, K "preset = x\n" }, { ETC D "a.conf", K "preset = a\n" },
	    { LIB P "a.conf", K "log=none\n" } }, NULL, { { "$" ETC MAIN ":2:10", "unknown preset \"x\"" } } },
	{ "no such exception", { { ETC MAIN, K "exceptions = a,kdmup\n" }, { LIB E "a.conf", AWAKE },
	    { LIB E "kdump.conf", AWAKE } }, NULL,
	  { { "$" ETC MAIN ":2:16", "unknown exception \"kdmup\": did you mean \"kdump\"?" } } },
	{ "an exception is no preset", { { ETC MAIN, K "preset = a\n" }, { LIB E "a.conf", AWAKE } }, NULL,
	  { { "$" ETC MAIN ":2:10", "unknown preset \"a\"" } } },
	{ "a path", { { ETC MAIN, K "preset = ../a\nexceptions = b/c .d\n" }, { ETC "a.conf", K "log=none\n" } }, NULL,
	  { { "$" ETC MAIN ":2:10", "\"../a\" is not a name" }, { "$" ETC MAIN ":3:14", "\"b/c\" is not a name" },
	    { "$" ETC MAIN ":3:18", "\".d\" is not a name" } } },
	{ "nothing", { { ETC MAIN, K "preset =\n" } }, NULL, { { "$" ETC MAIN ":2:9", "empty preset" } } },
	{ "twice", { { ETC MAIN, K "preset = a\npreset = a\n" }, { LIB P "a.conf", K "log=none\n" } }, NULL,
	  { { "$" ETC MAIN ":3:1", "\"preset\" was already set in line 2" } } },
	{ "a preset of a preset", { { ETC MAIN, K "preset = a\n" }, { LIB P "a.conf", K "preset = a\n" } }, NULL,
	  { { "$" LIB P "a.conf:2:10", "a preset cannot name another preset" } } },
	{ "an empty one", { { ETC MAIN, K "preset = a\nexceptions = b\n" }, { LIB P "a.conf", "" },
	    { LIB E "b.conf", DEV_NULL } }, NULL,
	  { { "$" LIB E "b.conf", NOTHING }, { "$" LIB P "a.conf", NOTHING } } },
	{ "one that others can write", { { ETC MAIN, K "preset = a\n" }, { LIB P "a.conf", K "log=none\n", 0666 } }, NULL,
	  { { "$" LIB P "a.conf", "must belong to root" } } },
	{ "one that is not a file", { { ETC MAIN, K "exceptions = a\n" }, { LIB E "a.conf", DIRECTORY } }, NULL,
	  { { "$" LIB E "a.conf", "not a regular file" } } },
	{ "an exception of the host", { { ETC MAIN, K "exceptions = a\n" }, { LIB E "a.conf", K "allow=kexec\n" } }, NULL,
	  { { "$" LIB E "a.conf:2:1", "not valid in an exception" } } },
	{ "an exception from everything", { { ETC MAIN, K "exceptions = a\n" },
	    { LIB E "a.conf", C("/a") "profile=privileged\n" } }, NULL,
	  { { "$" LIB E "a.conf:2:1", "not valid in an exception" } } },
	{ "a mistyped key", { { ETC MAIN, K "exception = a\n" } }, NULL,
	  { { "$" ETC MAIN ":2:1", "unknown key \"exception\": did you mean \"exceptions\"?" } } },
	{ "elsewhere", { { ETC MAIN, C("/a") "preset = a\n" } }, NULL,
	  { { "$" ETC MAIN ":2:1", "unknown key \"preset\"" } } })

TREES(mistakes_in_a_section_of_a_cgroup_are_told_like_any,
	{ "key", { { ETC MAIN, C("/a") " porfile = baseline\n" } }, NULL,
	  { { "$" ETC MAIN ":2:2", "unknown key \"porfile\": did you mean \"profile\"?" } } },
	{ "key of another section", { { ETC MAIN, C("/a") "trace = all\n" } }, NULL,
	  { { "$" ETC MAIN ":2:1", "unknown key \"trace\"" } } },
	{ "name of a setting that is none here", { { ETC MAIN, C("/a") "exec-log = all\n" } }, NULL,
	  { { "$" ETC MAIN ":2:1", "unknown key \"exec-log\"" } } },
	{ "key of the host's alone", { { ETC MAIN, C("/a") "seal = yes\n" } }, NULL,
	  { { "$" ETC MAIN ":2:1", "unknown key \"seal\"" } } },
	{ "value", { { ETC MAIN, C("/a") "mode = adit\n" } }, NULL,
	  { { "$" ETC MAIN ":2:8", "unknown mode \"adit\": did you mean \"audit\"?" } } },
	{ "empty value", { { ETC MAIN, C("/a") "profile =\n" } }, NULL,
	  { { "$" ETC MAIN ":2:10", "unknown profile \"\"" } } },
	{ "operation", { { ETC MAIN, C("/a") "allow = msr, debugsf\n" } }, NULL,
	  { { "$" ETC MAIN ":2:14", "did you mean \"debugfs\"?" } } },
	{ "twice", { { ETC MAIN, C("/a") "mode=audit\n mode=audit\n" } }, NULL,
	  { { "$" ETC MAIN ":3:2", "\"mode\" was already set in line 2" } } },
	{ "twice over two sections of one path",
	  { { ETC MAIN, C("/a") "mode=audit\nlog=none\n" C("/b") "mode=audit\n" C("/a")
			"level=integrity\nmode=enforce\n" } },
	  NULL, { { "$" ETC MAIN ":8:1", "\"mode\" was already set in line 2" } } },
	{ "twice in a drop-in, after the main file",
	  { { ETC MAIN, C("/a") "mode=audit\n" },
	    { ETC D "a.conf", "\n" C("/a") "mode=audit\n" C("/a") "mode=audit\n" } },
	  NULL, { { "$" ETC D "a.conf:5:1", "\"mode\" was already set in line 3" } } },
	{ "like what", { { ETC MAIN, C("/a") "like = hots\n" } }, NULL,
	  { { "$" ETC MAIN ":2:8", "unknown like \"hots\": did you mean \"host\"?" } } },
	{ "like another cgroup", { { ETC MAIN, C("/a") "like = /b\n" } }, NULL,
	  { { "$" ETC MAIN ":2:8", "unknown like \"/b\"" } } },
	{ "like nothing", { { ETC MAIN, C("/a") "like =\n" } }, NULL,
	  { { "$" ETC MAIN ":2:7", "empty like: write \"like = host\"" } } },
	{ "like twice", { { ETC MAIN, C("/a") "like = host\nlog = none\nlike = host\n" } }, NULL,
	  { { "$" ETC MAIN ":4:1", "\"like\" was already set in line 2" } } },
	{ "the host like itself", { { ETC MAIN, K "like = host\n" } }, NULL,
	  { { "$" ETC MAIN ":2:1", "\"like\" is a key of cgroups" } } },
	{ "a key of another section", { { ETC MAIN, K "kmodlock = baseline\n" } }, NULL,
	  { { "$" ETC MAIN ":2:1",
	      "\"kmodlock\" is not a key of [kimglock]: write \"profile\" below [kmodlock]" } } },
	{ "a mistyped like", { { ETC MAIN, C("/a") "liek = host\n" } }, NULL,
	  { { "$" ETC MAIN ":2:1", "unknown key \"liek\": did you mean \"like\"?" } } },
	/* mistakes below a wrong section are found, too */
	{ "all of them",
	  { { ETC MAIN, C("a") "rubbish = x\nmode = x\n" C("/b") "mode = x\nx = y\n"
			"[cgroup]\nlog = none\nlog = none\n" K "log = x\n" } },
	  NULL,
	  { { "$" ETC MAIN ":1:10", "begins with /" },
	    { "$" ETC MAIN ":2:1", "unknown key \"rubbish\"" },
	    { "$" ETC MAIN ":3:8", "unknown mode \"x\": use enforce or audit" },
	    { "$" ETC MAIN ":5:8", "unknown mode \"x\"" },
	    { "$" ETC MAIN ":6:1", "unknown key \"x\"" },
	    { "$" ETC MAIN ":7:8", "path in quotes" },
	    { "$" ETC MAIN ":9:1", "already set in line 8" },
	    { "$" ETC MAIN ":11:7", "unknown log \"x\"" } } },
	{ "below a mistyped section",
	  { { ETC MAIN, "[kimgloc]\nprofil = x\nmode = x\n[cgruop \"/a\"]\nseal = yes\nlike = you\n" } },
	  NULL,
	  {
	    { "$" ETC MAIN ":1:2", "did you mean \"kimglock\"?" },
	    { "$" ETC MAIN ":2:1", "unknown key \"profil\": did you mean \"profile\"?" },
	    { "$" ETC MAIN ":3:8", "unknown mode \"x\"" },
	    { "$" ETC MAIN ":4:2", "did you mean \"cgroup\"?" },
	    { "$" ETC MAIN ":5:1", "unknown key \"seal\"" },
	    { "$" ETC MAIN ":6:8", "unknown like \"you\": use host" } } },
	{ "below one that is not near any, and one without its end",
	  { { ETC MAIN, "[bananas]\nanything = goes\n[kimglock\nlog = x\n" } }, NULL,
	  { { "$" ETC MAIN ":3:1", "closing bracket" },
	    { "$" ETC MAIN ":1:2", "unknown section \"bananas\": use " },
	    { "$" ETC MAIN ":4:7", "unknown log \"x\"" } } })

TREES(sections_of_one_path_are_one_rule_set,
	{ "in one file",
	  { { ETC MAIN, C("/a") "profile=baseline\nblock=kexec\n" K "log=none\n" C("/a")
			"block=msr\nmode=audit\n" } },
	  "log=none@$" ETC MAIN ":5 [/a@$" ETC MAIN ":6] profile=baseline block=kexec,msr mode=audit " },
	{ "over files, by precedence",
	  { { ETC MAIN, C("/a") "profile=restricted\nmode=audit\nblock=kexec\n" },
	    { LIB D "10.conf", C("/a") "profile=baseline\nblock=msr\n" },
	    { RUN D "20.conf", C("/b") "profile=baseline\n" },
	    { ETC D "15.conf", C("/a") "profile=none\nallow=perf\n" } },
	  "[/a@$" ETC D "15.conf:1] profile=privileged block=kexec,msr allow=perf mode=audit "
	  "[/b@$" RUN D "20.conf:1] profile=baseline " },
	{ "an empty list begins anew",
	  { { ETC MAIN, C("/a") "profile=restricted\nblock=kexec\nallow=perf\n" },
	    { ETC D "a.conf", C("/a") "block=\nblock=msr\n" } },
	  "[/a@$" ETC D "a.conf:1] profile=restricted block=msr allow=perf " },
	{ "in one file too", { { ETC MAIN, C("/a") "block=kexec\nblock=\n" C("/a") "block=msr\n" } },
	  "[/a@$" ETC MAIN ":4] block=msr " },
	{ "that of one cgroup alone",
	  { { ETC MAIN, K "block=kexec\n" C("/a") "block=kexec\n" C("/b") "block=kexec\n" },
	    { ETC D "a.conf", C("/a") "block=\n" } },
	  "block=kexec@$" ETC MAIN ":2 [/a@$" ETC D "a.conf:1] [/b@$" ETC MAIN ":5] block=kexec " },
	{ "a masked drop-in has no say",
	  { { ETC MAIN, C("/a") "mode=audit\n" }, { ETC D "a.conf", DEV_NULL },
	    { LIB D "a.conf", C("/b") "mode=audit\n" } },
	  "[/a@$" ETC MAIN ":1] mode=audit " },
	{ "a drop-in without the section leaves it",
	  { { ETC MAIN, C("/a") "mode=audit\n" }, { ETC D "a.conf", K "mode=audit\n" } },
	  "mode=audit@$" ETC D "a.conf:2 [/a@$" ETC MAIN ":1] mode=audit " })

TREES(all_mistakes_of_all_files_are_told_at_once,
	{ "form and words, main and drop-ins",
	  { { ETC MAIN, K "mode = adit\nrubbish\n" }, { ETC D "a.conf", K "block = mrs\n" },
	    { ETC D "b.conf", "log = all\n" } },
	  NULL,
	  { { "$" ETC MAIN ":3:1", "expected KEY = VALUE" },
	    { "$" ETC MAIN ":2:8", "did you mean \"audit\"" },
	    { "$" ETC D "a.conf:2:9", "did you mean \"msr\"" },
	    { "$" ETC D "b.conf:1:1", "before any section" } } })

TREES(what_cannot_be_read_refuses,
	{ "a dangling link", { { ETC MAIN, DANGLING }, { LIB MAIN, K "log=none\n" } }, NULL,
	  { { "$" ETC MAIN, "cannot open" } } },
	{ "a directory", { { ETC MAIN, DIRECTORY }, { LIB MAIN, K "log=none\n" } }, NULL,
	  { { "$" ETC MAIN, "not a regular file" } } },
	{ "a drop-in that is a directory", { { ETC D "a.conf", DIRECTORY } }, NULL,
	  { { "$" ETC D "a.conf", "not a regular file" } } })

TEST_IN_DIRECTORY(files_that_others_can_write_are_refused)
{
	static const struct row rows[] = {
		{ "group", { { ETC MAIN, K "log=none\n", 0664 } }, NULL,
		  { { "$" ETC MAIN, "writable by nobody else (uid 0, mode 0664)" } } },
		{ "world", { { ETC MAIN, K "log=none\n", 0646 } }, NULL,
		  { { "$" ETC MAIN, "writable by nobody else (uid 0, mode 0646)" } } },
		{ "a drop-in", { { ETC D "a.conf", K "log=none\n", 0666 } }, NULL,
		  { { "$" ETC D "a.conf", "writable by nobody else" } } },
		{ "an empty one, which would mask", { { ETC MAIN, "", 0664 }, { LIB MAIN, K "log=none\n" } },
		  NULL, { { "$" ETC MAIN, "writable by nobody else (uid 0, mode 0664)" } } },
		{ "read-only", { { ETC MAIN, K "log=none\n", 0400 } }, "log=none@$" ETC MAIN ":2 " },
	};

	if (!real_root)
		skip();
	check(rows, ARRAY_SIZE(rows));
}

TEST_IN_DIRECTORY(files_of_others_are_refused)
{
	static const struct row rows[] = {
		{ "main", { { ETC MAIN, K "log=none\n", 0600, 1 } }, NULL,
		  { { "$" ETC MAIN, "must belong to root and be writable by nobody else (uid 1, mode 0600)" } } },
		{ "a drop-in among good ones",
		  { { ETC MAIN, K "log=none\n" }, { RUN D "a.conf", K "mode=audit\n", 0644, 1 } }, NULL,
		  { { "$" RUN D "a.conf", "must belong to root" } } },
	};

	if (!real_root)
		skip();
	unsetenv("container");
	check(rows, ARRAY_SIZE(rows));
}

/* A daemon that remaps users makes files of an image another user's. */
TEST_IN_DIRECTORY(files_of_others_are_told_in_a_container)
{
	static const struct row rows[] = {
		{ "remapped", { { ETC MAIN, K "log=none\n", 0644, 1 } }, NULL,
		  { { "$" ETC MAIN, "not owned by root in this container (uid 1, mode 0644): mount a file of the host's root" } } },
		{ "root's, which others can write", { { ETC MAIN, K "log=none\n", 0666 } }, NULL,
		  { { "$" ETC MAIN, "must belong to root and be writable by nobody else (uid 0, mode 0666)" } } },
	};

	if (!real_root)
		skip();
	setenv("container", "oci", 1);
	check(rows, ARRAY_SIZE(rows));
	unsetenv("container");
}

TEST_IN_DIRECTORY(a_named_file_is_read_and_no_other)
{
	static const struct row row = {
		"--config",
		{ { ETC MAIN, K "log=none\n" }, { ETC D "a.conf", K "mode=audit\n" }, { "/own", K "level=integrity\n" } },
		"level=integrity@$/own:2 ",
	};
	char path[PATH_MAX];

	need_root();
	snprintf(path, sizeof(path), "%s/own", root);
	check_one(&row, path);
}

/* Lists the files that count and those overridden, with a text standing in at this path below ETC. */
static void check_stand_in(const char *path, const char *expected)
{
	CLEANUP(config_files_done) struct config_files files = {};
	CLEANUP(diagnostics_done) struct diagnostics d = DIAGNOSTICS_INIT;
	CLEANUP(policy_done) struct policy p;
	char full[PATH_MAX], listed[512] = "";

	snprintf(full, sizeof(full), "%s" ETC "%s", root, path);
	config_files_search(root, NULL, &files, &d);
	config_files_stand_in(&files, full, K "mode=audit\n", strlen(K "mode=audit\n"), &d);
	for (size_t i = 0; i < files.n; i++)
		append(listed, sizeof(listed), "%s%s ", files.items[i].path + strlen(root),
		       files.items[i].kind == CONFIG_STREAM	  ? "=" :
		       files.items[i].state == CONFIG_OVERRIDDEN ? "-" :
								   "");
	assert_string_equal(listed, expected);
	policy_init(&p);
	config_files_read_listed(&p, ops, &files, CONFIG_TRUST_ANYBODY, &d);
	assert_int_equal(d.errors, 0);
	assert_int_equal(p.host.rules.mode, BPFLOCK_MODE_AUDIT);
}

TEST_IN_DIRECTORY(a_text_stands_in_for_a_file_of_the_configuration)
{
	test_shell("mkdir -p etc/bpflock/bpflock.conf.d usr/lib/bpflock/bpflock.conf.d");
	test_file("etc/bpflock/bpflock.conf.d/20.conf", K "log=none\n");
	test_file("etc/bpflock/bpflock.conf.d/40.conf", K "log=none\n");
	test_file("usr/lib/bpflock/bpflock.conf", K "log=none\n");
	test_file("usr/lib/bpflock/bpflock.conf.d/30.conf", K "log=none\n");
#define E20 ETC D "20.conf"
#define E40 ETC D "40.conf"
#define L30 LIB D "30.conf"
	check_stand_in(D "20.conf", LIB MAIN " " E20 "= " L30 " " E40 " ");
	check_stand_in(D "10.conf", LIB MAIN " " ETC D "10.conf= " E20 " " L30 " " E40 " ");
	check_stand_in(D "50.conf", LIB MAIN " " E20 " " L30 " " E40 " " ETC D "50.conf= ");
	check_stand_in(D "30.conf", LIB MAIN " " E20 " " L30 "- " ETC D "30.conf= " E40 " ");
	check_stand_in(MAIN, LIB MAIN "- " ETC MAIN "= " E20 " " L30 " " E40 " ");
	/* a mask goes, too */
	test_shell("ln -s /dev/null etc/bpflock/bpflock.conf.d/30.conf");
	check_stand_in(D "30.conf", LIB MAIN " " E20 " " L30 "- " ETC D "30.conf= " E40 " ");
}

TEST(files_of_the_administrator_are_known_by_their_paths)
{
	static const struct {
		const char *path;
		bool local;
	} rows[] = {
		{ "/etc/bpflock/bpflock.conf", true },	      { ETC D "a.conf", true },
		{ ETC D "a", false },			      { ETC D ".a.conf", false },
		{ ETC D "a/b.conf", false },		      { ETC D ".conf", false },
		{ ETC "a.conf", false },		      { LIB MAIN, false },
		{ "bpflock.conf", false },		      { "", false },
		{ ETC D, false },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		assert_int_equal(config_files_is_local(rows[i].path), rows[i].local);
}

TEST_IN_DIRECTORY(a_named_file_must_be_there)
{
	static const struct row row = { "--config", {}, NULL, { { "$/own", "cannot open: No such file" } } };
	char path[PATH_MAX];

	snprintf(path, sizeof(path), "%s/own", root);
	check_one(&row, path);
}

TEST_IN_DIRECTORY(a_fifo_is_refused_without_waiting)
{
	static const struct row row = { "--config", {}, NULL, { { "$/own", "not a regular file" } } };
	char path[PATH_MAX];

	snprintf(path, sizeof(path), "%s/own", root);
	assert_int_equal(mkfifo(path, 0600), 0);
	check_one(&row, path);
}

struct environment_row {
	const char *environ[6];
	const char *expected;
	struct expected diagnostics[4];
};

static void check_environment(const struct environment_row *rows, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		CLEANUP(diagnostics_done) struct diagnostics d = DIAGNOSTICS_INIT;
		struct place at = { "f", 1, 1 };
		CLEANUP(policy_done) struct policy p;
		char rendered[1024];
		bool done;

		policy_init(&p);
		/* what the files said */
		assert_true(ruleset_assign(&p.host, ops, BPFLOCK_SETTING_BLOCK, "perf", &at, true, &d));
		done = config_read_environment(&p, ops, (char *const *)rows[i].environ, &d);
		expect_diagnostics(rows[i].environ[0] ? rows[i].environ[0] : "(nothing)", &d, rows[i].diagnostics);
		assert_int_equal(done, d.errors == 0);
		render(&p, rendered, sizeof(rendered));
		if (done)
			assert_string_equal(rendered, rows[i].expected);
	}
}

TEST_ROWS(the_environment_overrides_files, check_environment, struct environment_row,
	{ {}, "block=perf@f:1 " },
	{ { "PATH=/bin", "HOME=/", "BPFLOCK_BPFFS=/x" }, "block=perf@f:1 " },
	{ { "BPFLOCK_KIMGLOCK_PROFILE=baseline" },
	  "profile=baseline@BPFLOCK_KIMGLOCK_PROFILE block=perf@f:1 " },
	{ { "BPFLOCK_KIMGLOCK_PROFILE=none" },
	  "profile=privileged@BPFLOCK_KIMGLOCK_PROFILE block=perf@f:1 " },
	{ { "BPFLOCK_KIMGLOCK_BLOCK=kexec,msr" }, "block=kexec,msr@BPFLOCK_KIMGLOCK_BLOCK " },
	{ { "BPFLOCK_KIMGLOCK_ALLOW=hibernation" },
	  "block=perf@f:1 allow=hibernation@BPFLOCK_KIMGLOCK_ALLOW " },
	{ { "BPFLOCK_EXEC_SNOOP=all" }, "block=perf@f:1 exec-log=all@BPFLOCK_EXEC_SNOOP " },
	{ { "A=1", "BPFLOCK_EXEC_SNOOP=none", "BPFLOCK_KIMGLOCK_PROFILE=restricted" },
	  "profile=restricted@BPFLOCK_KIMGLOCK_PROFILE block=perf@f:1 exec-log=none@BPFLOCK_EXEC_SNOOP " })

TEST_ROWS(wrong_words_in_the_environment_are_refused, check_environment, struct environment_row,
	{ { "BPFLOCK_KIMGLOCK_PROFILE=base" }, NULL,
	  { { "BPFLOCK_KIMGLOCK_PROFILE", "unknown profile \"base\"" } } },
	{ { "BPFLOCK_KIMGLOCK_PROFILE=" }, NULL, { { "BPFLOCK_KIMGLOCK_PROFILE", "sets nothing" } } },
	{ { "BPFLOCK_KIMGLOCK_BLOCK=" }, NULL,
	  { { "BPFLOCK_KIMGLOCK_BLOCK", "sets nothing: give it a value, or unset it" } } },
	{ { "BPFLOCK_KIMGLOCK_PROFILE= baseline" }, NULL,
	  { { "BPFLOCK_KIMGLOCK_PROFILE", "unknown profile" } } },
	{ { "BPFLOCK_KIMGLOCK_BLOCK=kexec,debugsf" }, NULL,
	  { { "BPFLOCK_KIMGLOCK_BLOCK:7", "did you mean \"debugfs\"?" } } },
	{ { "BPFLOCK_EXEC_SNOOP=yes" }, NULL, { { "BPFLOCK_EXEC_SNOOP", "\"yes\"" } } },
	{ { "BPFLOCK_KIMGLOCK_ALLOW=mrs", "BPFLOCK_EXEC_SNOOP=x" }, NULL,
	  { { "BPFLOCK_KIMGLOCK_ALLOW", "\"msr\"" }, { "BPFLOCK_EXEC_SNOOP", "\"x\"" } } })

TEST_ROWS(an_unknown_variable_of_ours_is_a_warning, check_environment, struct environment_row,
	{ { "BPFLOCK_KIMGLOCK_X=1" }, "block=perf@f:1 ",
	  { { NULL, "unknown environment variable BPFLOCK_KIMGLOCK_X: ignored", true } } },
	{ { "BPFLOCK_KIMGLOCK_BLOCKS=kexec" }, "block=perf@f:1 ",
	  { { NULL, "BPFLOCK_KIMGLOCK_BLOCKS", true } } },
	{ { "BPFLOCK_KIMGLOCK_BLOC=kexec" }, "block=perf@f:1 ",
	  { { NULL, "BPFLOCK_KIMGLOCK_BLOC", true } } },
	{ { "BPFLOCK_KIMGLOCK_=" }, "block=perf@f:1 ", { { NULL, "BPFLOCK_KIMGLOCK_", true } } },
	{ { "BPFLOCK_KIMGLOCK_PROFILE" }, "block=perf@f:1 ",
	  { { NULL, "BPFLOCK_KIMGLOCK_PROFILE", true } } },
	{ { "BPFLOCK_KIMGLOCK_X\x1b[2J=1" }, "block=perf@f:1 ",
	  { { NULL, "BPFLOCK_KIMGLOCK_X\\x1b[2J: ignored", true } } },
	{ { "xBPFLOCK_KIMGLOCK_PROFILE=restricted", "BPFLOC=1" }, "block=perf@f:1 " },
	{ { "BPFLOCK_KIMGLOCK_PROFIL=restricted" }, "block=perf@f:1 ",
	  { { NULL, "did you mean BPFLOCK_KIMGLOCK_PROFILE?", true } } },
	{ { "BPFLOCK_X=1" }, "block=perf@f:1 ", { { NULL, "unknown environment variable BPFLOCK_X: ignored", true } } },
	{ { "BPFLOCK_DEBUG=1", "BPFLOCK_JOURNAL_SOCKET=/x" }, "block=perf@f:1 " },
	/* the original's other names: who migrates would be left open without a word */
	{ { "BPFLOCK_KMODLOCK_PROFILE=restricted", "BPFLOCK_PROFILE=restricted" }, "block=perf@f:1 ",
	  { { NULL, "BPFLOCK_KMODLOCK_PROFILE of the original bpflock is ignored: BPFLOCK_KIMGLOCK_BLOCK=@modules", true },
	    { NULL, "BPFLOCK_PROFILE of the original bpflock is ignored: set BPFLOCK_KIMGLOCK_PROFILE", true } } })

/* Two texts as two files, the second into a copy. */
TEST(a_copy_of_a_policy_reads_on)
{
	static const char text[] = C("/a") "profile=baseline\nmode=audit\n";
	CLEANUP(diagnostics_done) struct diagnostics d = DIAGNOSTICS_INIT;
	struct policy p, copy;
	char rendered[512];

	policy_init(&p);
	assert_true(config_read_text(&p, ops, text, strlen(text), "one", &d));
	assert_int_equal(policy_copy(&p, &copy), 0);
	policy_done(&p);
	config_read_text(&copy, ops, text, strlen(text), "two", &d);
	expect_diagnostics("the same once more", &d, &(struct expected){});
	render(&copy, rendered, sizeof(rendered));
	assert_string_equal(rendered, "[/a@two:1] profile=baseline mode=audit ");
	policy_done(&copy);
}

/* A mistake changes nothing; the rest counts, so that more mistakes are found. */
TEST(a_text_with_mistakes_is_refused)
{
	static const char text[] = C("/a") "profile=baseline\nlevel=x\nblock=y\n" K "mode=z\nlog=none\n";
	static const struct expected expected[] = {
		{ "stdin:3:7", "unknown level \"x\"" },
		{ "stdin:4:7", "unknown operation \"y\"" },
		{ "stdin:6:6", "unknown mode \"z\"" },
		{}
	};
	CLEANUP(diagnostics_done) struct diagnostics d = DIAGNOSTICS_INIT;
	CLEANUP(policy_done) struct policy p;
	char rendered[512];

	policy_init(&p);
	assert_false(config_read_text(&p, ops, text, strlen(text), "stdin", &d));
	expect_diagnostics(text, &d, expected);
	render(&p, rendered, sizeof(rendered));
	assert_string_equal(rendered, "log=none@stdin:7 [/a@stdin:1] profile=baseline ");
}

TEST(the_environment_is_about_the_host_alone)
{
	static const char text[] = C("/a") "profile=baseline\nblock=kexec\n";
	static const char *const environ[] = { "BPFLOCK_KIMGLOCK_PROFILE=restricted",
					       "BPFLOCK_KIMGLOCK_BLOCK=msr", NULL };
	CLEANUP(diagnostics_done) struct diagnostics d = DIAGNOSTICS_INIT;
	CLEANUP(policy_done) struct policy p;
	char rendered[512];

	policy_init(&p);
	assert_true(config_read_text(&p, ops, text, strlen(text), "f", &d));
	assert_true(config_read_environment(&p, ops, (char *const *)environ, &d));
	assert_int_equal(d.n, 0);
	render(&p, rendered, sizeof(rendered));
	assert_string_equal(rendered, "profile=restricted@BPFLOCK_KIMGLOCK_PROFILE "
				      "block=msr@BPFLOCK_KIMGLOCK_BLOCK [/a@f:1] profile=baseline "
				      "block=kexec ");
}

TEST(a_long_source_is_cut)
{
	static const char text[] = C("/a") "profile=baseline\n";
	CLEANUP(diagnostics_done) struct diagnostics d = DIAGNOSTICS_INIT;
	char source[300];
	CLEANUP(policy_done) struct policy p;

	memset(source, 's', sizeof(source) - 1);
	source[sizeof(source) - 1] = '\0';
	policy_init(&p);
	assert_true(config_read_text(&p, ops, text, strlen(text), source, &d));
	assert_int_equal(strlen(policy_find_rule(&p, "/a")->source), BPFLOCK_SOURCE_LEN - 1);
}
