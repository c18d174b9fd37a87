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

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* A condition must hold for every input; not assert(3), which a build type may take away. */
#define CHECK(condition)                                                                   \
	do {                                                                               \
		if (!(condition)) {                                                        \
			fprintf(stderr, "%s:%d: %s\n", __FILE__, __LINE__, #condition);    \
			abort();                                                           \
		}                                                                          \
	} while (0)
