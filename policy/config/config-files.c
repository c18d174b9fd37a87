// SPDX-License-Identifier: GPL-2.0-only
/* The configuration is made of files, which must be trusted. */
#include "config.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <string.h>
#include <sys/stat.h>

#include "config-files.h"
#include "container-here.h"
#include "proc.h"
#include "text.h"

#define MAIN_FILE    "bpflock.conf"
#define DROP_IN_DIR  "bpflock.conf.d"
#define OVERFLOW_UID 65534 /* of owners that a user namespace does not map */

/* Strongest first, as systemd.unit(5) and its configuration files have it. */
static const char *const directories[] = { CONFIG_FILES_LOCAL, "/run/bpflock",
					   "/usr/local/lib/bpflock", "/usr/lib/bpflock" };

static bool roots_alone(const struct stat *st)
{
	return st->st_uid == 0 && !(st->st_mode & (S_IWGRP | S_IWOTH));
}

bool config_files_trusted(const struct stat *st, const char *path, enum config_trust trust,
			  struct diagnostics *d)
{
	static const char text[] =
		"must belong to root and be writable by nobody else (uid %u, mode %04o): "
		"chown root, chmod go-w";
	static const char contained[] =
		"not owned by root in this container (uid %u, mode %04o): mount a file of the host's "
		"root: chown root, chmod go-w";
	bool remapped = st->st_uid != 0 && container_here();
	struct place at = { .source = path };
	char message[sizeof(contained) + 32];

	if (roots_alone(st))
		return true;
	if (trust == CONFIG_TRUST_ROOT && st->st_uid == OVERFLOW_UID &&
	    proc_in_user_namespace() > 0) {
		diagnostic_error(
			d, &at,
			"cannot check its owner in a user namespace: run this in the initial one");
		return false;
	}
	snprintf(message, sizeof(message), remapped ? contained : text, st->st_uid, st->st_mode & 07777);
	if (trust == CONFIG_TRUST_ROOT)
		diagnostic_error(d, &at, "%s", message);
	else
		diagnostic_warning(d, &at, "would be refused in /etc/bpflock: %s", message);
	return trust == CONFIG_TRUST_ANYBODY;
}

static int cannot(const char *attempt, const char *path, int r, struct diagnostics *d)
{
	struct place at = { .source = path };

	diagnostic_error(d, &at, "cannot %s: %s", attempt, strerror(-r));
	return r;
}

int config_files_load(const char *path, char **ret_text, size_t *ret_len, struct stat *ret_stat,
		      struct diagnostics *d)
{
	CLEANUP(close_fdp) int fd = -1;
	struct place at = { .source = path };
	struct stat st;
	int r;

	fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	if (fd < 0)
		return cannot("open", path, -errno, d);
	if (fstat(fd, &st) < 0)
		return cannot("examine", path, -errno, d);
	if (!S_ISREG(st.st_mode)) {
		diagnostic_error(d, &at, "not a regular file");
		return -EINVAL;
	}
	/* what was examined is what is read */
	r = text_read_fd(fd, PARSER_TEXT_MAX, ret_text, ret_len);
	if (r < 0)
		return cannot("read", path, r, d);
	*ret_stat = st;
	return 0;
}

static void read_one(struct policy *p, const struct bpflock_operation ops[BPFLOCK_REASONS],
		     const struct config_file *f, enum config_trust trust, struct diagnostics *d)
{
	/* what could not be read has been diagnosed */
	if (f->text && (f->kind == CONFIG_STREAM ||
			config_files_trusted(&f->stat, f->path, trust, d)))
		config_read_text(p, ops, f->text, f->len, f->path, d);
}

/*
 * The state of a file that no stronger one overrides. A mask takes a file's say away, so who made
 * it matters as much; one that is not trusted is read, and refused. An empty file may be one whose
 * text was lost, so it masks only where there is something to mask.
 */
static enum config_state find_state(const char *path, bool drop_in, bool overrides)
{
	bool link, empty;
	struct stat st;

	if (stat(path, &st) < 0)
		return CONFIG_READ;
	link = S_ISCHR(st.st_mode);
	empty = S_ISREG(st.st_mode) && st.st_size == 0 && roots_alone(&st);
	if (drop_in && (link || (empty && overrides)))
		return CONFIG_MASKED;
	return link || empty ? CONFIG_EMPTY : CONFIG_READ;
}

static bool exists(const char *path)
{
	struct stat st;

	/* anything but "it is not there" has to be told when it is opened */
	return lstat(path, &st) == 0 || (errno != ENOENT && errno != ENOTDIR);
}

void config_files_done(struct config_files *files)
{
	for (size_t i = 0; i < files->n; i++) {
		free(files->items[i].path);
		free(files->items[i].by);
		free(files->items[i].text);
	}
	free(files->items);
	*files = (struct config_files){};
}

const char *config_files_full_path(const char *path, char **ret_owned)
{
	*ret_owned = path && path[0] != '/' ? realpath(path, NULL) : NULL;
	return *ret_owned ?: path;
}

/* Makes room for an item at index `at`, which is empty then. NULL: out of memory, which is diagnosed. */
static struct config_file *insert(struct config_files *files, size_t at, const char *path,
				  struct diagnostics *d)
{
	struct config_file *items = reallocarray(files->items, files->n + 1, sizeof(*items));
	char *copy = strdup(path);

	if (items)
		files->items = items;
	if (!items || !copy) {
		diagnostic_error(d, NULL, "out of memory");
		free(copy);
		return NULL;
	}
	memmove(&items[at + 1], &items[at], (files->n - at) * sizeof(*items));
	items[at] = (struct config_file){ .path = copy };
	files->n++;
	return &items[at];
}

/* Inserts a file, and reads it if it counts. by: the path of the one that counts instead, or NULL. */
static bool insert_file(struct config_files *files, size_t at, const char *path,
			struct config_file how, const char *by, struct diagnostics *d)
{
	struct config_file *f = insert(files, at, path, d);

	if (!f)
		return false;
	f->state = how.state;
	f->kind = how.kind;
	f->by = by ? strdup(by) : NULL;
	if (by && !f->by)
		diagnostic_error(d, NULL, "out of memory");
	if (f->state == CONFIG_READ)
		f->error = config_files_load(path, &f->text, &f->len, &f->stat, d);
	return true;
}

/* A text that is in no file, or not yet: a copy of it is what is read. */
static void take_text(struct config_file *f, const char *text, size_t len, struct diagnostics *d)
{
	char *copy = malloc(len + 1);

	if (!copy) {
		diagnostic_error(d, NULL, "out of memory");
		return;
	}
	memcpy(copy, text, len);
	copy[len] = '\0';
	free(f->text);
	f->text = copy;
	f->len = len;
	f->kind = CONFIG_STREAM;
	f->state = CONFIG_READ;
	f->error = 0;
}

size_t config_files_find(struct config_files *files, size_t at, const char *root, const char *name,
			 enum config_kind kind, struct diagnostics *d)
{
	struct config_file how = { .state = CONFIG_OVERRIDDEN, .kind = kind };
	char strongest[PATH_MAX], path[PATH_MAX];
	size_t first = 0, begin = at;

	for (; first < ARRAY_SIZE(directories); first++) {
		snprintf(strongest, sizeof(strongest), "%s%s/%s", root, directories[first], name);
		if (exists(strongest))
			break;
	}
	if (first == ARRAY_SIZE(directories))
		return 0;
	for (size_t i = ARRAY_SIZE(directories) - 1; i > first; i--) {
		snprintf(path, sizeof(path), "%s%s/%s", root, directories[i], name);
		if (exists(path))
			at += insert_file(files, at, path, how, strongest, d);
	}
	how.state = find_state(strongest, kind == CONFIG_DROP_IN, at > begin);
	at += insert_file(files, at, strongest, how, NULL, d);
	return at - begin;
}

static bool is_drop_in_name(const char *name)
{
	size_t n = strlen(name);

	return name[0] != '.' && n > 5 && strcmp(name + n - 5, ".conf") == 0;
}

static int is_drop_in(const struct dirent *e)
{
	return is_drop_in_name(e->d_name);
}

static int by_name(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

struct names {
	char **items;
	size_t n;
};

static int add_names(struct names *names, const char *dir, struct diagnostics *d)
{
	struct dirent **entries;
	int n = scandir(dir, &entries, is_drop_in, NULL);
	char **items;

	if (n < 0 && (errno == ENOENT || errno == ENOTDIR))
		return 0;
	items = n < 0 ? NULL : realloc(names->items, (names->n + n + 1) * sizeof(*items));
	if (!items)
		return cannot("list", dir, -errno, d);
	names->items = items;
	for (int i = 0; i < n; i++) {
		char *name = strdup(entries[i]->d_name);

		if (name)
			items[names->n++] = name;
		else
			cannot("list", dir, -ENOMEM, d);
		free(entries[i]);
	}
	free(entries);
	return 0;
}

static int list_drop_ins(struct config_files *files, const char *root, struct diagnostics *d)
{
	struct names names = {};
	int result = 0;

	for (size_t i = 0; i < ARRAY_SIZE(directories); i++) {
		char dir[PATH_MAX];
		int r;

		snprintf(dir, sizeof(dir), "%s%s/" DROP_IN_DIR, root, directories[i]);
		r = add_names(&names, dir, d);
		if (result == 0)
			result = r;
	}
	if (names.n)
		qsort(names.items, names.n, sizeof(*names.items), by_name);
	for (size_t i = 0; i < names.n; i++) {
		char name[NAME_MAX + sizeof(DROP_IN_DIR) + 1];

		/* one name in several directories is one drop-in */
		if (i > 0 && strcmp(names.items[i - 1], names.items[i]) == 0)
			continue;
		snprintf(name, sizeof(name), DROP_IN_DIR "/%s", names.items[i]);
		config_files_find(files, files->n, root, name, CONFIG_DROP_IN, d);
	}
	for (size_t i = 0; i < names.n; i++)
		free(names.items[i]);
	free(names.items);
	return result;
}

/* Those of the original's, whose owner may believe that they are read. */
static void warn_of_originals(const char *root, struct diagnostics *d)
{
	static const char *const originals[] = { "bpflock.yaml", "bpf.d" };

	for (size_t i = 0; i < ARRAY_SIZE(originals); i++) {
		char path[PATH_MAX];
		struct place at = { .source = path };

		snprintf(path, sizeof(path), "%s%s/%s", root, directories[0], originals[i]);
		if (exists(path))
			diagnostic_warning(
				d, &at,
				"not read: a file of the original bpflock: \"bpflock-ctl check FILE.yaml\" "
				"translates it");
	}
}

int config_files_search(const char *root, const char *path, struct config_files *ret_files,
			struct diagnostics *d)
{
	struct config_file how = { .kind = CONFIG_MAIN };

	*ret_files = (struct config_files){};
	if (path) {
		how.state = find_state(path, false, false);
		insert_file(ret_files, 0, path, how, NULL, d);
		return 0;
	}
	warn_of_originals(root, d);
	config_files_find(ret_files, 0, root, MAIN_FILE, CONFIG_MAIN, d);
	return list_drop_ins(ret_files, root, d);
}

void config_files_stream(const char *text, size_t len, const char *source,
			 struct config_files *ret_files, struct diagnostics *d)
{
	struct config_file *f;

	*ret_files = (struct config_files){};
	f = insert(ret_files, 0, source, d);
	if (f)
		take_text(f, text, len, d);
}

bool config_files_is_local(const char *path)
{
	size_t n = strlen(CONFIG_FILES_DROP_INS "/");

	if (strcmp(path, CONFIG_FILES_LOCAL "/" MAIN_FILE) == 0)
		return true;
	return strncmp(path, CONFIG_FILES_DROP_INS "/", n) == 0 && !strchr(path + n, '/') &&
	       is_drop_in_name(path + n);
}

/* By this files override one another, and follow one another. */
static const char *name_of(const char *path)
{
	const char *name = strstr(path, "/" MAIN_FILE);

	return name ? name + 1 : path;
}

/* Makes the item with this path the last of its name; adds one in its place if there is none. */
static struct config_file *find_place(struct config_files *files, const char *path,
				      struct diagnostics *d)
{
	const char *name = name_of(path);
	size_t i = 0, n = files->n;

	while (i < n && strcmp(name_of(files->items[i].path), name) <= 0 &&
	       strcmp(files->items[i].path, path) != 0)
		i++;
	if (i < n && strcmp(files->items[i].path, path) == 0)
		return &files->items[i];
	return insert(files, i, path, d);
}

void config_files_stand_in(struct config_files *files, const char *path, const char *text,
			   size_t len, struct diagnostics *d)
{
	struct config_file *f = find_place(files, path, d);

	if (!f)
		return;
	take_text(f, text, len, d);
	for (size_t i = 0; i < files->n; i++)
		if (&files->items[i] != f &&
		    strcmp(name_of(files->items[i].path), name_of(path)) == 0)
			files->items[i].state = CONFIG_OVERRIDDEN;
}

void config_files_read_listed(struct policy *p, const struct bpflock_operation ops[BPFLOCK_REASONS],
			      const struct config_files *files, enum config_trust trust,
			      struct diagnostics *d)
{
	for (size_t i = 0; i < files->n; i++) {
		if (files->items[i].state == CONFIG_READ)
			read_one(p, ops, &files->items[i], trust, d);
		else if (files->items[i].state == CONFIG_EMPTY)
			config_refuse_empty(files->items[i].path, d);
	}
}

void config_files_each(const char *root, const char *folder,
		       void (*visit)(const char *path, void *arg), void *arg)
{
	for (size_t i = 0; i < ARRAY_SIZE(directories); i++) {
		char dir[PATH_MAX], path[PATH_MAX + NAME_MAX + 1];
		struct dirent **entries;
		int n;

		snprintf(dir, sizeof(dir), "%s%s/%s", root, directories[i], folder);
		n = scandir(dir, &entries, is_drop_in, alphasort);
		for (int k = 0; k < n; k++) {
			snprintf(path, sizeof(path), "%s/%s", dir, entries[k]->d_name);
			visit(path, arg);
			free(entries[k]);
		}
		if (n >= 0)
			free(entries);
	}
}
