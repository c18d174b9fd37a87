// SPDX-License-Identifier: GPL-2.0-only
#include <bpf/bpf.h>
#include <errno.h>
#include <linux/bpf.h>
#include <stdio.h>
#include <unistd.h>

#include "util.h"
#include "cgroup-rules.h"
#include "kernel-memory.h"
#include "measure.h"

#define TARGET_KIB	  640
#define TARGET_RULE_BYTES 400

/* Returns what the kernel says it takes; 0 where it does not. */
static uint64_t memlock_of(int fd)
{
	char path[64], line[128];
	unsigned long long bytes = 0;
	CLEANUP(close_filep) FILE *f = NULL;

	snprintf(path, sizeof(path), "/proc/self/fdinfo/%d", fd);
	f = fopen(path, "r");
	while (f && fgets(line, sizeof(line), f))
		if (sscanf(line, "memlock: %llu", &bytes) == 1)
			break;
	return bytes;
}

/* A program's memlock is without what it was translated to. */
static uint64_t jited_bytes(int fd)
{
	struct bpf_prog_info info = {};
	uint32_t len = sizeof(info);

	return bpf_obj_get_info_by_fd(fd, &info, &len) < 0 ? 0 : info.jited_prog_len;
}

static uint64_t sum(int (*next)(__u32, __u32 *), int (*open_id)(__u32), bool programs)
{
	uint64_t bytes = 0;
	uint32_t id = 0;

	while (next(id, &id) == 0) {
		CLEANUP(close_fdp) int fd = open_id(id);

		if (fd < 0)
			continue;
		bytes += memlock_of(fd);
		if (programs)
			bytes += jited_bytes(fd);
	}
	return bytes;
}

struct kernel_memory kernel_memory(void)
{
	return (struct kernel_memory){
		.maps = sum(bpf_map_get_next_id, bpf_map_get_fd_by_id, false),
		.programs = sum(bpf_prog_get_next_id, bpf_prog_get_fd_by_id, true),
	};
}

/* A set that was unloaded lives on until the last of its programs has gone. */
static struct kernel_memory settled(void)
{
	struct kernel_memory m = kernel_memory(), earlier;

	do {
		earlier = m;
		usleep(500000);
		m = kernel_memory();
	} while (m.maps != earlier.maps || m.programs != earlier.programs);
	return m;
}

void memory(void)
{
	static const unsigned int sizes[] = { 0, 1000, 10000 };
	struct kernel_memory before = settled(), after;
	double maps[ARRAY_SIZE(sizes)];

	run("bpflock", NULL);
	after = settled();
	print("memory/maps-kib", (after.maps - before.maps) / 1024.0, 0, 0);
	print("memory/programs-kib", (after.programs - before.programs) / 1024.0, 0, 0);
	print("memory/kib", (after.maps + after.programs - before.maps - before.programs) / 1024.0,
	      TARGET_KIB, 0);
	run(UNLOAD, NULL);
	for (size_t i = 0; i < ARRAY_SIZE(sizes); i++) {
		char command[64];

		cgroup_rules_write(sizes[i]);
		snprintf(command, sizeof(command), "exec bpflock --config " CGROUP_RULES_FORMAT,
			 sizes[i]);
		run(command, NULL);
		maps[i] = settled().maps;
		run(UNLOAD, NULL);
	}
	print("memory/bytes-per-rule-1000", (maps[1] - maps[0]) / 1000,
	      TARGET_RULE_BYTES, 0);
	print("memory/bytes-per-rule-10000", (maps[2] - maps[0]) / 10000,
	      TARGET_RULE_BYTES, 0);
}
