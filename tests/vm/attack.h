/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include <linux/bpf.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

/* Attributes that this machine's headers may not know yet start at 0. */
#define BPF(command, attr) ((int)syscall(SYS_bpf, (command), (attr), sizeof(*(attr))))
#define POINTER(p)	   ((uint64_t)(uintptr_t)(p))
#define COUNT(a)	   (sizeof(a) / sizeof((a)[0]))

enum { WORKED, REFUSED, COULD_NOT };

struct attack {
	const char *name;
	int arguments;
	int (*attack)(char **argv);
};

/* Each ends with a row of zeros. */
extern const struct attack map_attacks[], program_attacks[], freplace_attacks[], link_attacks[], file_attacks[], thief_attacks[];

/* Tells what became of a step. WORKED if it succeeded, REFUSED by EPERM, else COULD_NOT. */
int tell(const char *step, long result);

/* The better one for the attacker. */
int better(int a, int b);

int by_id(int command, uint32_t id); /* an fd, or -1 */
#define map_by_id(id)  by_id(BPF_MAP_GET_FD_BY_ID, (id))
#define prog_by_id(id) by_id(BPF_PROG_GET_FD_BY_ID, (id))
#define link_by_id(id) by_id(BPF_LINK_GET_FD_BY_ID, (id))
uint32_t next_id(int command, uint32_t id); /* 0: there is none */
int info_of(int fd, void *info, uint32_t size);
int map_info(int fd, struct bpf_map_info *ret);
int prog_info(int fd, struct bpf_prog_info *ret, uint32_t *map_ids, uint32_t n);
uint32_t kernel_function(const char *name); /* its id in the kernel's BTF; 0: none */

/* bpflock(8) has these in the kernel, sealed or not. */
#define OURS_MAX 256

struct ours {
	uint32_t programs[OURS_MAX], maps[OURS_MAX];
	size_t n_programs, n_maps;
};

void find_ours(struct ours *ret);
uint32_t our_lock(void); /* the id of the program; 0: there is none */

/* Everybody may have the ring, and where readers are in it. */
bool is_for_readers(const char *map_name);

/* In attack-acts.c: what is done with a map, by name; what the last call returned. */
bool find_act(const char *act, uint32_t *ret_flags); /* that the fd is to be asked for with */
int act_on_map(const char *act, int fd);
int load_iterator(void);
int iterator_link(int prog, int map);
int iterate(int link);

/* Runs argv, if there is one: what it does while the attack is in place is the result. */
int then(char **argv);

/*
 * Waits at this stage of the attack (load, attach) if $ATTACK_STAGE names it: says "ready", and goes on when
 * a line comes from $ATTACK_GATE. So the rest is done after a seal.
 */
void gate(const char *stage);
