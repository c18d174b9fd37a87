/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Fuzz targets are built with libFuzzer, which needs clang, and everything under test instrumented:
 *
 *	CC=clang meson setup build-fuzz -Dfuzz=enabled -Db_sanitize=address,undefined -Db_lundef=false \
 *		-Dc_args='-fsanitize=fuzzer-no-link -fno-sanitize-recover=undefined'
 *	ninja -C build-fuzz
 *	mkdir -p corpus && build-fuzz/tests/fuzz/fuzz-parser corpus tests/fuzz/corpus/parser
 *
 * Without -Dfuzz=enabled every compiler builds each target with replay.c, which feeds it the seeds.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "util.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* A condition must hold for every input; not assert(3), which a build type may take away. */
#define CHECK(condition)                                                                   \
	do {                                                                               \
		if (!(condition)) {                                                        \
			fprintf(stderr, "%s:%d: %s\n", __FILE__, __LINE__, #condition);    \
			abort();                                                           \
		}                                                                          \
	} while (0)

/* Returns the input with a NUL behind it, which the caller frees. */
static inline char *fuzz_text(const uint8_t *data, size_t size)
{
	char *text = malloc(size + 1);

	CHECK(text);
	if (size)
		memcpy(text, data, size);
	text[size] = '\0';
	return text;
}

/* Appends the NUL-separated words of a text to the n of argv, up to max; returns how many it has. */
static inline int fuzz_words(char *text, size_t size, char **argv, int n, int max)
{
	for (char *p = text; p <= text + size && n < max; p += strlen(p) + 1)
		argv[n++] = p;
	return n;
}

/* A message is one line, and steers no terminal. */
static inline void fuzz_check_message(const char *s)
{
	for (; *s; s++)
		CHECK((unsigned char)*s >= 0x20 && *s != 0x7f);
}
