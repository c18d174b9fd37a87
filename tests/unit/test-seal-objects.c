// SPDX-License-Identifier: GPL-2.0-only
/*
 * What a seal is about, of sets that are directories of plain files: each says what the kernel
 * would say of the pin. "map ID", "array ID INNER...", "prog ID MAP..." and "link ID PROG"; the
 * program of a link, and a map in a slot of another, is the file of that number in the directory beside
 * the set.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <ftw.h>
#include <stdlib.h>

#include <bpf/bpf.h>

static int fake_open_map(const char *set_path, const char *pin, bool writable);
static int fake_info(int fd, void *info, uint32_t *len);
static int fake_lookup(int fd, const void *key, void *value);
static int fake_by_id(uint32_t id);
static struct btf *fake_btf(void);
static int fake_function(const struct btf *btf, const char *name, uint32_t kind);

#define pins_open_map	       fake_open_map
#define bpf_obj_get_info_by_fd fake_info
#define bpf_map_lookup_elem    fake_lookup
#define bpf_prog_get_fd_by_id  fake_by_id
#define bpf_map_get_fd_by_id   fake_by_id
#define btf__load_vmlinux_btf  fake_btf
#define btf__find_by_name_kind fake_function
#define btf__free(btf)
#include "../../policy/seal-objects.c"

static char root[64], set[80];
static const char *opened_wrong; /* a pin that was opened as its kind cannot be */

static int setup(void **state)
{
	const char *tmp = getenv("TMPDIR");

	snprintf(root, sizeof(root), "%s/bpflock-test-XXXXXX",
		 tmp && strlen(tmp) < 32 ? tmp : "/tmp");
	if (!mkdtemp(root))
		return -1;
	snprintf(set, sizeof(set), "%s/set", root);
	opened_wrong = NULL;
	return mkdir(set, 0700);
}

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	return remove(path);
}

static int teardown(void **state)
{
	return nftw(root, remove_one, 8, FTW_DEPTH | FTW_PHYS);
}

/* A directory if there is no text. */
static void make(const char *path, const char *text)
{
	char whole[PATH_MAX];
	FILE *f;

	snprintf(whole, sizeof(whole), "%s/%s", root, path);
	if (!text) {
		assert_int_equal(mkdir(whole, 0700), 0);
		return;
	}
	f = fopen(whole, "we");
	assert_non_null(f);
	fputs(text, f);
	assert_int_equal(fclose(f), 0);
}

/* Of maps a read-only fd has to do: a sealed one gives no other. */
static int fake_open_map(const char *set_path, const char *pin, bool writable)
{
	CLEANUP(free_charp) char *path = NULL;
	int fd;

	if (writable == !!strstr(pin, "maps/"))
		opened_wrong = pin;
	assert_true(asprintf(&path, "%s/%s", set_path, pin) > 0);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	return fd < 0 ? -errno : fd;
}

#define FUNCTIONS 6

/* The kernel's BTF: all that is asked of it are functions. */
static struct btf *fake_btf(void)
{
	return (struct btf *)root;
}

static int fake_function(const struct btf *btf, const char *name, uint32_t kind)
{
	assert_ptr_equal(btf, root);
	assert_int_equal(kind, BTF_KIND_FUNC);
	return strlen(name);
}

static int fake_by_id(uint32_t id)
{
	char path[PATH_MAX];

	snprintf(path, sizeof(path), "%s/%u", root, id);
	return open(path, O_RDONLY | O_CLOEXEC);
}

/* What a file says: its kind, then up to 80 numbers. */
static size_t numbers(int fd, char kind[8], uint32_t ret[80])
{
	char text[1024], *p = text;
	ssize_t size = pread(fd, text, sizeof(text) - 1, 0);
	size_t n = 0;

	assert_true(size >= 0);
	text[size] = '\0';
	snprintf(kind, 8, "%s", strsep(&p, " "));
	while (p && n < 80)
		ret[n++] = strtoul(strsep(&p, " "), NULL, 10);
	return n;
}

static int fake_info(int fd, void *info, uint32_t *len)
{
	uint32_t n[80] = {};
	char kind[8];
	size_t count = numbers(fd, kind, n);

	if (strcmp(kind, "map") == 0 || strcmp(kind, "array") == 0) {
		struct bpf_map_info *map = info;

		assert_int_equal(*len, sizeof(*map));
		map->id = n[0];
		map->type = kind[0] == 'a' ? BPF_MAP_TYPE_ARRAY_OF_MAPS : BPF_MAP_TYPE_HASH;
		map->max_entries = count - 1;
	} else if (strcmp(kind, "prog") == 0) {
		struct bpf_prog_info *prog = info;
		uint32_t *ids = (uint32_t *)(uintptr_t)prog->map_ids;

		assert_int_equal(*len, sizeof(*prog));
		prog->id = n[0];
		/* the kernel fills the room, and tells how many there are */
		for (uint32_t i = 0; i < count - 1 && i < prog->nr_map_ids; i++)
			ids[i] = n[i + 1];
		prog->nr_map_ids = count - 1;
	} else if (strcmp(kind, "link") == 0) {
		struct bpf_link_info *link = info;

		assert_int_equal(*len, sizeof(*link));
		link->id = n[0];
		link->prog_id = n[1];
	} else {
		errno = EINVAL;
		return -1;
	}
	return 0;
}

/* An inner map of number 0 is an empty slot. */
static int fake_lookup(int fd, const void *key, void *value)
{
	uint32_t n[80] = {}, inner;
	char kind[8];

	numbers(fd, kind, n);
	inner = n[*(const uint32_t *)key + 1];
	memcpy(value, &inner, sizeof(inner));
	errno = ENOENT;
	return inner ? 0 : -1;
}

static const uint32_t *find(const struct seal_objects *o, uint32_t kind, uint64_t id, uint32_t dev)
{
	const struct bpflock_sealed key = { .id = id, .dev = dev, .kind = kind };
	const uint32_t *found = NULL;

	for (uint32_t i = 0; i < o->n; i++) {
		if (memcmp(&o->keys[i], &key, sizeof(key)) != 0)
			continue;
		assert_null(found); /* each once: it is a map's key */
		found = &o->flags[i];
	}
	return found;
}

static void expect(const struct seal_objects *o, uint32_t kind, uint64_t id, uint32_t flags)
{
	const uint32_t *found = find(o, kind, id, 0);

	if (!found)
		fail_msg("no object %llu of kind %u", (unsigned long long)id, kind);
	assert_int_equal(*found, flags);
}

static void expect_inode(const struct seal_objects *o, const char *path)
{
	char whole[PATH_MAX];
	struct stat st;

	snprintf(whole, sizeof(whole), "%s/%s", root, path);
	assert_int_equal(lstat(whole, &st), 0);
	/* MKDEV of linux/kdev_t.h */
	if (!find(o, BPFLOCK_SEALED_INODE, st.st_ino, major(st.st_dev) << 20 | minor(st.st_dev)))
		fail_msg("no inode of %s", path);
}

static const struct {
	const char *path, *text;
} whole_set[] = {
	{ "set/maps", NULL },
	{ "set/progs", NULL },
	{ "set/links", NULL },
	{ "set/seal", NULL },
	{ "set/seal/maps", NULL },
	{ "set/seal/links", NULL },
	{ "set/seal/progs", NULL },
	{ "set/" PIN_POLICY, "array 10 11 0 12" },
	{ "set/" PIN_COUNTERS, "map 13" },
	{ "set/" PIN_RING, "map 14" },
	{ "set/" PIN_READER, "map 15" },
	{ "set/" PIN_SEAL, "map 16" },
	{ "set/" PIN_SEALED, "map 17" },
	{ "set/" PIN_ANNOUNCE, "prog 20 14 18" },
	{ "set/seal/progs/proof", "prog 21" },
	{ "set/links/locked_down", "link 30 22" },
	{ "set/seal/links/seal_unlink", "link 31 23" },
	{ "11", "map 11" },
	{ "12", "map 12" },
	{ "22", "prog 22 13 19" },
	{ "23", "prog 23 16 17" },
};

static void a_set_is_sealed_with_all_that_belongs_to_it(void **state)
{
	struct seal_objects o;

	for (size_t i = 0; i < ARRAY_SIZE(whole_set); i++)
		make(whole_set[i].path, whole_set[i].text);
	assert_int_equal(seal_objects_collect(set, &o), 0);
	assert_null(opened_wrong);
	expect(&o, BPFLOCK_SEALED_MAP, 10, 0);
	expect(&o, BPFLOCK_SEALED_MAP, 11, 0); /* what is in its slots too, past an empty one */
	expect(&o, BPFLOCK_SEALED_MAP, 12, 0);
	expect(&o, BPFLOCK_SEALED_MAP, 13, 0);
	/* also where a program was met before the pin that says so */
	expect(&o, BPFLOCK_SEALED_MAP, 14, BPFLOCK_SEALED_WRITABLE);
	expect(&o, BPFLOCK_SEALED_MAP, 15, BPFLOCK_SEALED_WRITABLE);
	expect(&o, BPFLOCK_SEALED_MAP, 16, BPFLOCK_SEALED_ALWAYS);
	expect(&o, BPFLOCK_SEALED_MAP, 17, BPFLOCK_SEALED_ALWAYS);
	expect(&o, BPFLOCK_SEALED_MAP, 18, 0); /* without a pin: rodata and the like */
	expect(&o, BPFLOCK_SEALED_MAP, 19, 0);
	expect(&o, BPFLOCK_SEALED_PROGRAM, 20, BPFLOCK_SEALED_NO_RUN);
	expect(&o, BPFLOCK_SEALED_PROGRAM, 21, 0);
	expect(&o, BPFLOCK_SEALED_PROGRAM, 22, 0); /* of the links, pinned or not */
	expect(&o, BPFLOCK_SEALED_PROGRAM, 23, 0);
	expect(&o, BPFLOCK_SEALED_LINK, 30, 0);
	expect(&o, BPFLOCK_SEALED_LINK, 31, 0);
	/* what is like those that programs write, but for what readers write too */
	assert_non_null(find(&o, BPFLOCK_SEALED_SHAPE, BPFLOCK_SHAPE(0, 0, 0),
			     BPFLOCK_SHAPE_TYPE(BPF_MAP_TYPE_HASH, 0)));
	expect(&o, BPFLOCK_SEALED_FUNCTION, strlen("security_locked_down"), 0);
	expect(&o, BPFLOCK_SEALED_FUNCTION, strlen("bpf_lsm_bpf_prog"), 0);
	expect_inode(&o, "set");
	for (size_t i = 0; i < ARRAY_SIZE(whole_set); i++)
		if (strncmp(whole_set[i].path, "set/", 4) == 0)
			expect_inode(&o, whole_set[i].path);
	/*
	 * the set, its 17 pins and directories, 10 maps, 4 programs, 2 links, a shape, functions: and nothing
	 * else
	 */
	assert_int_equal(o.n, 1 + 17 + 10 + 4 + 2 + 1 + FUNCTIONS);
}

static void what_cannot_be_examined_refuses(void **state)
{
	static const struct {
		const char *path, *text;
		int error;
	} rows[] = {
		{ "set/maps/ring", "rubbish", -EINVAL },
		{ "set/links/a", "link 30 99", -ENOENT }, /* there is no such program any more */
	};
	struct seal_objects o;

	make("set/maps", NULL);
	make("set/links", NULL);
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		char path[PATH_MAX];

		make(rows[i].path, rows[i].text);
		assert_int_equal(seal_objects_collect(set, &o), rows[i].error);
		snprintf(path, sizeof(path), "%s/%s", root, rows[i].path);
		assert_int_equal(unlink(path), 0);
	}
	assert_int_equal(seal_objects_collect(set, &o), 0);
	assert_int_equal(o.n, 3 + FUNCTIONS);
	strcat(set, "-not");
	assert_int_equal(seal_objects_collect(set, &o), -ENOENT);
}

static void what_would_not_fit_refuses(void **state)
{
	struct seal_objects o;
	char path[64];

	for (uint32_t i = 0; i < BPFLOCK_SEALED_MAX - 1 - FUNCTIONS; i++) {
		snprintf(path, sizeof(path), "set/%u", i);
		make(path, "");
	}
	assert_int_equal(seal_objects_collect(set, &o), 0);
	assert_int_equal(o.n, BPFLOCK_SEALED_MAX);
	make("set/more", "");
	assert_int_equal(seal_objects_collect(set, &o), -E2BIG);
}

static void directories_without_end_refuse(void **state)
{
	char path[64] = "set";
	struct seal_objects o;

	for (int i = 0; i < DEPTH_MAX; i++) {
		strcat(path, "/d");
		make(path, NULL);
	}
	assert_int_equal(seal_objects_collect(set, &o), 0);
	strcat(path, "/d");
	make(path, NULL);
	assert_int_equal(seal_objects_collect(set, &o), -ELOOP);
}

#define T(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(a_set_is_sealed_with_all_that_belongs_to_it),
		T(what_cannot_be_examined_refuses),
		T(what_would_not_fit_refuses),
		T(directories_without_end_refuse),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
