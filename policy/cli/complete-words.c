// SPDX-License-Identifier: GPL-2.0-only
/* Words of settings, and those that come from this machine: operations, cgroups, units, ... */
#include <dirent.h>
#include <fcntl.h>
#include <pwd.h>
#include <string.h>
#include <sys/stat.h>

#include "catalogue.h"
#include "cgroupfs-open.h"
#include "cgroupfs.h"
#include "complete-words.h"
#include "complete.h"
#include "like.h"
#include "operations.h"
#include "policy.h"
#include "preflight.h"
#include "text.h"
#include "unit.h"

#define UNITS_MAX  10000 /* cgroups looked at: what is left out can be typed */
#define PRESET_MAX 65536

static void add_operations(struct completion *c)
{
	CLEANUP(preflight_done) struct preflight pf;

	preflight_init(&pf, NULL);
	preflight_operations(&pf);
	for (uint32_t i = 0; i < BPFLOCK_REASONS; i++)
		if (pf.operations[i].name[0] && !complete_listed(c, pf.operations[i].name))
			complete_add(c, pf.operations[i].name,
				     operations_description(pf.operations, i));
}

static void add_operations_and_groups(struct completion *c)
{
	for (size_t g = 0; g < _GROUP_MAX; g++)
		if (!complete_listed(c, operation_groups[g].name))
			complete_add(c, operation_groups[g].name, operation_groups[g].description);
	add_operations(c);
}

void complete_words_operation(struct completion *c)
{
	add_operations(c);
}

void complete_words_operations(struct completion *c)
{
	complete_list(c, add_operations_and_groups);
}

void complete_words_setting(struct completion *c, enum bpflock_setting setting)
{
	const char *word, *meaning;

	if (settings[setting].list)
		complete_words_operations(c);
	for (size_t i = 0; (word = ruleset_setting_word(setting, i, &meaning)); i++)
		complete_add(c, word, meaning);
}

static bool is_assigned(const struct completion *c, const char *key)
{
	size_t len = strlen(key);

	for (int i = 0; i < c->n; i++)
		if (strncmp(c->operands[i], key, len) == 0 && c->operands[i][len] == '=')
			return true;
	return false;
}

/* Lists can be added to, and taken from. */
static const struct {
	const char *sign, *meaning;
} signs[] = { { "=", NULL }, { "+=", "add to the list" }, { "-=", "take from the list" } };

/* Returns whether that is what the word says so far, so that its values are the candidates. */
static bool complete_assignment(struct completion *c, enum bpflock_setting s, size_t sign)
{
	size_t len = strcspn(c->word, "=");
	char key[40];

	snprintf(key, sizeof(key), "%s%s", settings[s].name, signs[sign].sign);
	if (!c->word[len]) {
		complete_add(c, key, signs[sign].meaning ?: settings[s].description);
		return false;
	}
	if (strncmp(key, c->word, len + 1) != 0)
		return false;
	complete_skip(c, len + 1);
	complete_words_setting(c, s);
	return true;
}

/* Returns whether that is what the word says so far. */
static bool complete_like(struct completion *c)
{
	static const char key[] = LIKE_KEY "=";

	if (is_assigned(c, LIKE_KEY))
		return false;
	if (strncmp(c->word, key, strlen(key)) != 0) {
		complete_add(c, key, "begin with another rule set");
		return false;
	}
	complete_skip(c, strlen(key));
	complete_add(c, LIKE_HOST, "the host's rule set, also when it changes");
	return true;
}

void complete_words_assignments(struct completion *c, bool host)
{
	if (!host && complete_like(c))
		return;
	for (size_t s = 0; s < _BPFLOCK_SETTING_MAX; s++) {
		if (settings[s].load || (settings[s].host && !host) ||
		    is_assigned(c, settings[s].name))
			continue;
		for (size_t i = 0; i < (settings[s].list ? ARRAY_SIZE(signs) : 1); i++)
			if (complete_assignment(c, s, i))
				return;
	}
}

/* With what its first line says of it, by its path or by its name. */
static void add_preset(struct completion *c, const char *path, const char *candidate)
{
	CLEANUP(free_charp) char *text = NULL;
	CLEANUP(free_charp) char *brief = NULL;

	if (text_read_file(AT_FDCWD, path, PRESET_MAX, &text, NULL) == 0)
		brief = catalogue_brief(text);
	complete_add(c, candidate, brief);
}

static void add_preset_path(const char *path, void *arg)
{
	add_preset(arg, path, path);
}

static void add_preset_name(const char *path, void *arg)
{
	char name[CATALOGUE_NAME_MAX];

	catalogue_name(path, name);
	add_preset(arg, path, name);
}

void complete_words_policies(struct completion *c)
{
	config_files_each("", catalogue_folder(CONFIG_PRESET), add_preset_path, c);
	complete_files(c);
}

void complete_words_presets(struct completion *c)
{
	config_files_each("", catalogue_folder(CONFIG_PRESET), add_preset_name, c);
	config_files_each("", catalogue_folder(CONFIG_EXCEPTION), add_preset_name, c);
}

static void add_cgroup(const struct completion *c, int parent_fd, const char *parent,
		       const char *name)
{
	char path[PATH_MAX];
	struct stat st;
	int n = snprintf(path, sizeof(path), "%s%s", parent, name);

	if (n < 0 || (size_t)n + 1 >= sizeof(path) || policy_path_error(path) ||
	    fstatat(parent_fd, name, &st, AT_SYMLINK_NOFOLLOW) < 0)
		return;
	/* as shells complete directories, where there are further ones in it */
	if (st.st_nlink > 2)
		snprintf(path + n, sizeof(path) - n, "/");
	complete_add(c, path, NULL);
}

void complete_words_cgroups(struct completion *c)
{
	CLEANUP(close_fdp) int root = cgroupfs_open();
	const char *slash = strrchr(c->word, '/');
	char parent[PATH_MAX], relative[PATH_MAX + 1];
	struct dirent *e;
	DIR *dir;
	int fd;

	if (root < 0 || (c->word[0] && c->word[0] != '/') || strlen(c->word) >= sizeof(parent))
		return;
	snprintf(parent, sizeof(parent), "%.*s", slash ? (int)(slash + 1 - c->word) : 1,
		 slash ? c->word : "/");
	snprintf(relative, sizeof(relative), ".%s", parent);
	fd = openat(root, relative, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	dir = fd < 0 ? NULL : fdopendir(fd);
	if (!dir) {
		close_fdp(&fd);
		return;
	}
	while ((e = readdir(dir)))
		if (e->d_type == DT_DIR && e->d_name[0] != '.')
			add_cgroup(c, dirfd(dir), parent, e->d_name);
	closedir(dir);
}

struct units {
	const struct completion *c;
	unsigned int n;
};

static bool add_unit(void *arg, uint64_t id, const char *path)
{
	const char *name = strrchr(path, '/') + 1;
	struct units *u = arg;

	if (unit_has_cgroup(name, strlen(name)) && unit_name_valid(name))
		complete_add(u->c, name, path);
	return ++u->n < UNITS_MAX;
}

void complete_words_units(struct completion *c)
{
	CLEANUP(close_fdp) int root = cgroupfs_open();
	struct units u = { .c = c };

	if (root >= 0)
		cgroupfs_walk(root, add_unit, &u);
}

void complete_words_processes(struct completion *c)
{
	DIR *dir = opendir("/proc");
	struct dirent *e;

	while (dir && (e = readdir(dir))) {
		CLEANUP(free_charp) char *comm = NULL;
		char name[sizeof(e->d_name) + 8];

		if (e->d_name[strspn(e->d_name, "0123456789")] || complete_listed(c, e->d_name))
			continue;
		snprintf(name, sizeof(name), "%s/comm", e->d_name);
		if (text_read_file(dirfd(dir), name, 4096, &comm, NULL) < 0)
			continue;
		comm[strcspn(comm, "\n")] = '\0';
		complete_add(c, e->d_name, comm);
	}
	if (dir)
		closedir(dir);
}

/* The file alone: a directory service may take its time. */
void complete_words_users(struct completion *c)
{
	CLEANUP(close_filep) FILE *f = fopen("/etc/passwd", "re");
	const struct passwd *user;
	char uid[16];

	while (f && (user = fgetpwent(f))) {
		snprintf(uid, sizeof(uid), "%u", user->pw_uid);
		if (!complete_listed(c, uid))
			complete_add(c, uid, user->pw_name);
	}
}
