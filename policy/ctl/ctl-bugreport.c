// SPDX-License-Identifier: GPL-2.0-only
/* The verb bugreport collects everything that helps, in one text, and no secret. */
#include <bpf/libbpf.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/utsname.h>
#include <sys/wait.h>

#include "capture.h"
#include "clock.h"
#include "cmdline.h"
#include "ctl.h"
#include "replace.h"
#include "terminal.h"
#include "text.h"
#include "util.h"
#include "verbs.h"
#include "version.h"

/*
 * The programs systemctl and bpftool are searched where distributions have them; a user's PATH does
 * not matter.
 */
#define PROGRAM_PATH "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
#define FILE_MODE    0600
#define PINS_DEPTH   4
#define JOURNAL	     "journalctl", "--no-pager", "--no-hostname", "--quiet", "--boot", "--lines=40"

static const struct capture_limits limits = { .bytes = 64 << 10, .ms = 15000 };

/* Runs a program that may not be there. */
static int command(const char *const argv[])
{
	int status;
	pid_t pid;

	printf("$");
	for (size_t i = 0; argv[i]; i++)
		printf(" %s", argv[i]);
	putchar('\n');
	fflush(stdout);
	pid = fork();
	if (pid == 0) {
		execvp(argv[0], (char *const *)argv);
		printf("%s: %s\n", argv[0], strerror(errno));
		fflush(stdout);
		_exit(0);
	}
	if (pid < 0 || waitpid(pid, &status, 0) != pid)
		return 1;
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

/* Prints a small text of the kernel, or why it cannot be read. */
static void print_text(const char *name, int r, const char *text)
{
	if (r < 0 || !text)
		printf("%s: cannot be read: %s\n", name, strerror(-r));
	else
		printf("%s: %s%s", name, text, strchr(text, '\n') ? "" : "\n");
}

static void print_file(const char *name, const char *path)
{
	CLEANUP(free_charp) char *text = NULL;
	int r = text_read_file(AT_FDCWD, path, 65536, &text, NULL);

	print_text(name, r, text);
}

/* The three programs belong together: those beside this one are asked. */
static int print_versions(const void *arg)
{
	static const char *const others[] = { "bpflock", "bpflock-log" };
	char self[PATH_MAX], path[PATH_MAX + 16];
	ssize_t n = readlink("/proc/self/exe", self, sizeof(self) - 1);

	printf(CTL_PROGRAM " " BPFLOCK_VERSION ", pin format %d, libbpf %s, run by uid %u\n",
	       BPFLOCK_ABI, libbpf_version_string(), getuid());
	self[n < 0 ? 0 : n] = '\0';
	if (strrchr(self, '/'))
		*strrchr(self, '/') = '\0';
	for (size_t i = 0; i < ARRAY_SIZE(others); i++) {
		const char *const argv[] = { path, "--version", NULL };

		snprintf(path, sizeof(path), "%s/%s", self, others[i]);
		command(argv);
	}
	return 0;
}

/* Without the name of the machine. */
static int print_kernel(const void *arg)
{
	static const char *const switches[][2] = {
		{ "kernel.ftrace_enabled", "/proc/sys/kernel/ftrace_enabled" },
		{ "kernel.unprivileged_bpf_disabled",
		  "/proc/sys/kernel/unprivileged_bpf_disabled" },
		{ "net.core.bpf_jit_enable", "/proc/sys/net/core/bpf_jit_enable" },
		{ "net.core.bpf_jit_harden", "/proc/sys/net/core/bpf_jit_harden" },
	};
	static const char *const files[] = { "lsm", "lockdown" };
	CLEANUP(free_charp) char *cmdline = NULL;
	struct utsname u;
	int r;

	if (uname(&u) == 0)
		printf("%s %s %s %s\n", u.sysname, u.release, u.version, u.machine);
	for (size_t i = 0; i < ARRAY_SIZE(files); i++) {
		CLEANUP(free_charp) char *text = NULL;

		r = securityfs_read(files[i], &text);
		print_text(files[i], r, text);
	}
	for (size_t i = 0; i < ARRAY_SIZE(switches); i++)
		print_file(switches[i][0], switches[i][1]);
	r = text_read_file(AT_FDCWD, "/proc/cmdline", 65536, &cmdline, NULL);
	if (r < 0) {
		print_text("command line", r, NULL);
		return 0;
	}
	fputs("command line: ", stdout);
	cmdline_write(stdout, cmdline);
	return 0;
}

/* The distribution is named by these lines of os-release(5). */
static int print_distribution(const void *arg)
{
	static const char *const keys[] = { "PRETTY_NAME=", "ID=", "VERSION_ID=", "VARIANT_ID=" };
	CLEANUP(free_charp) char *text = NULL;
	char *line, *rest;
	int r = text_read_file(AT_FDCWD, "/etc/os-release", 65536, &text, NULL);

	if (r == -ENOENT)
		r = text_read_file(AT_FDCWD, "/usr/lib/os-release", 65536, &text, NULL);
	if (r < 0) {
		print_text("os-release", r, NULL);
		return 1;
	}
	for (rest = text; (line = strsep(&rest, "\n"));)
		for (size_t i = 0; i < ARRAY_SIZE(keys); i++)
			if (strncmp(line, keys[i], strlen(keys[i])) == 0)
				puts(line);
	return 0;
}

/* The mounts that bpflock uses. */
static int print_mounts(const void *arg)
{
	static const char *const types[] = { " - bpf ", " - securityfs ", " - cgroup",
					     " - tracefs ", " - debugfs " };
	CLEANUP(free_charp) char *text = NULL;
	char *line, *rest;
	int r = text_read_file(AT_FDCWD, "/proc/self/mountinfo", 4 << 20, &text, NULL);

	if (r < 0) {
		print_text("/proc/self/mountinfo", r, NULL);
		return 1;
	}
	for (rest = text; (line = strsep(&rest, "\n"));)
		for (size_t i = 0; i < ARRAY_SIZE(types); i++)
			if (strstr(line, types[i]))
				puts(line);
	return 0;
}

static int list(int parent_fd, const char *name, const char *path, int depth)
{
	int fd = openat(parent_fd, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC), r = 0;
	DIR *d = fd < 0 ? NULL : fdopendir(fd);
	struct dirent *e;

	if (!d) {
		printf("%s: cannot be read: %s\n", path, strerror(errno));
		close_fdp(&fd);
		return 1;
	}
	while ((e = readdir(d))) {
		char below[PATH_MAX];
		struct stat st;

		/* others' pins are none of ours */
		if (e->d_name[0] == '.' ||
		    (depth == 0 && strncmp(e->d_name, PINS_PUBLISHED, strlen(PINS_PUBLISHED)) != 0))
			continue;
		if (pins_path(below, path, e->d_name) < 0 ||
		    fstatat(dirfd(d), e->d_name, &st, AT_SYMLINK_NOFOLLOW) < 0)
			continue;
		printf("%06o %u:%u %s\n", st.st_mode, st.st_uid, st.st_gid, below);
		if (S_ISDIR(st.st_mode) && depth < PINS_DEPTH)
			r |= list(dirfd(d), e->d_name, below, depth + 1);
	}
	closedir(d);
	return r;
}

static int print_pins(const void *arg)
{
	const struct ctl *c = arg;

	if (pins_is_bpffs(c->bpffs))
		return list(AT_FDCWD, c->bpffs, c->bpffs, 0);
	printf("%s is not on a bpffs\n", c->bpffs);
	return 0;
}

/* The verbs are what they are by themselves, with all that they can show. */
static int verb(const struct ctl *c, const char *name, ctl_fn run)
{
	const struct ctl alone = { .verb = name,
				   .bpffs = c->bpffs,
				   .no_records = true,
				   .options[CTL_ALL] = "" };

	return run(&alone);
}

static int print_doctor(const void *arg)
{
	return verb(arg, "doctor", ctl_doctor);
}

static int print_status(const void *arg)
{
	return verb(arg, "status", ctl_status);
}

static int print_check(const void *arg)
{
	return verb(arg, "check", ctl_check);
}

static int print_files(const void *arg)
{
	return verb(arg, "cat-config", ctl_cat_config);
}

#define UNITS                                                                                  \
	"bpflock.service", "bpflock-log.service", "bpflock-log.path", "bpflock-metrics.timer", \
		"bpflock-metrics.service"
#define PROPERTIES                                                                             \
	"--property=Id,LoadState,UnitFileState,FragmentPath,DropInPaths",                      \
		"--property=ActiveState,SubState,Result,ExecMainStatus,ConditionResult,NRestarts"

static int print_units(const void *arg)
{
	static const char *const argv[] = { "systemctl", "show", "--no-pager",
					    PROPERTIES,	 UNITS,	 NULL };

	return command(argv);
}

/*
 * The messages of the programs, not their records: records have the name bpflock in the unit of
 * bpflock-log.
 */
static int print_journal(const void *arg)
{
	static const char *const load[] = { JOURNAL, "--unit=bpflock.service",
					    "--unit=bpflock-metrics.service", NULL };
	static const char *const log[] = { JOURNAL, "--unit=bpflock-log.service",
					   "--identifier=bpflock-log", "--identifier=systemd",
					   NULL };

	return command(load) | command(log);
}

static const struct {
	const char *title;
	int (*print)(const void *arg);
} sections[] = {
	{ "versions", print_versions },	 { "distribution", print_distribution },
	{ "kernel", print_kernel },	 { "mounts", print_mounts },
	{ "doctor", print_doctor },	 { "status", print_status },
	{ "pins", print_pins },		 { "check", print_check },
	{ "policy files", print_files }, { "units", print_units },
	{ "journal", print_journal },
};

static void write_report(FILE *f, const struct ctl *c)
{
	char when[CLOCK_UTC_LEN];

	clock_utc(clock_realtime(), when);
	fprintf(f,
		"Report on bpflock, %s\n\n"
		"It has the text of the policy files, paths of cgroups in them, and messages of the programs in the\n"
		"journal. Records of the log, names of machines and values of unknown words of the kernel command\n"
		"line are left out. Read it before you send it.\n",
		when);
	for (size_t i = 0; i < ARRAY_SIZE(sections); i++)
		capture_write(f, sections[i].title, sections[i].print, c, &limits);
}

static void settle_environment(void)
{
	setenv("PATH", PROGRAM_PATH, 1);
	setenv("LC_ALL", "C.UTF-8", 1);
	setenv("SYSTEMD_COLORS", "0", 1);
	setenv("SYSTEMD_URLIFY", "0", 1);
	unsetenv("COLUMNS");
	terminal_set_color(TERMINAL_COLOR_NEVER);
}

enum exit_status ctl_bugreport(const struct ctl *c)
{
	const char *path = c->n ? c->operands[0] : c->options[CTL_OUTPUT];
	CLEANUP(free_charp) char *text = NULL;
	size_t len;
	FILE *f;
	int r;

	if (c->n && c->options[CTL_OUTPUT]) {
		ctl_error("bugreport: the file is given twice");
		return STATUS_USAGE;
	}
	/* whole before anything of it is written, and apart from what the sections write */
	f = open_memstream(&text, &len);
	if (!f)
		return ctl_failed("write the report", -ENOMEM);
	settle_environment();
	write_report(f, c);
	if (fclose(f) != 0)
		return ctl_failed("write the report", -ENOMEM);
	if (!path)
		return fwrite(text, 1, len, stdout) == len ? STATUS_OK
							   : ctl_failed("write the report", -errno);
	r = replace_file(path, text, len, FILE_MODE);
	if (r < 0) {
		ctl_error("%s: cannot write: %s", path, replace_error(r));
		return r == -EACCES || r == -EPERM ? STATUS_NOT_PERMITTED : STATUS_FAILED;
	}
	fputs(CTL_PROGRAM ": written to ", stdout);
	text_puts(stdout, path);
	puts(": look it through before you hand it on");
	return STATUS_OK;
}
