// SPDX-License-Identifier: GPL-2.0-only
/*
 * Instead of libFuzzer: feeds a target each file of a directory, whole, cut off after each byte, and with
 * each byte flipped.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>

#include "text.h"
#include "util.h"
#include "fuzz.h"

/* From an allocation of just that size, so that the sanitizer sees a look beyond. */
static void feed(const char *seed, size_t len, size_t flip)
{
	uint8_t *copy = malloc(len ? len : 1);

	CHECK(copy);
	memcpy(copy, seed, len);
	if (flip < len)
		copy[flip] ^= 0x81;
	LLVMFuzzerTestOneInput(copy, len);
	free(copy);
}

static bool replay(int dir_fd, const char *name)
{
	CLEANUP(free_charp) char *seed = NULL;
	size_t len;
	int r;

	r = text_read_file(dir_fd, name, 1 << 20, &seed, &len);
	if (r < 0) {
		fprintf(stderr, "%s: %s\n", name, strerror(-r));
		return false;
	}
	for (size_t n = 0; n <= len; n++)
		feed(seed, n, len);
	for (size_t i = 0; i < len; i++)
		feed(seed, len, i);
	return true;
}

int main(int argc, char **argv)
{
	unsigned int seeds = 0, failed = 0;
	struct dirent *e;
	DIR *dir;

	dir = argc == 2 ? opendir(argv[1]) : NULL;
	if (!dir) {
		fprintf(stderr, "usage: %s DIRECTORY\n", argv[0]);
		return 2;
	}
	while ((e = readdir(dir))) {
		if (e->d_name[0] == '.')
			continue;
		seeds++;
		failed += !replay(dirfd(dir), e->d_name);
	}
	closedir(dir);
	printf("%u seeds\n", seeds);
	return failed || !seeds;
}
