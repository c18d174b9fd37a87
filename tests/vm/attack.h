/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include <linux/bpf.h>
#include <stdint.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

/* Attributes that this machine's headers may not know yet start at 0. */
#define BPF(command, attr) ((int)syscall(SYS_bpf, (command), (attr), sizeof(*(attr))))
#define POINTER(p)	   ((uint64_t)(uintptr_t)(p))

enum { WORKED, REFUSED, COULD_NOT };

/* Tells what became of a step. WORKED if it succeeded, REFUSED by EPERM, else COULD_NOT. */
int tell(const char *step, long result);

int map_by_id(uint32_t id);
int prog_by_id(uint32_t id);
int link_by_id(uint32_t id);
int map_info(int fd, struct bpf_map_info *ret);
uint32_t kernel_function(const char *name); /* its id in the kernel's BTF; 0: none */

/* Runs argv, if there is one: what it does while the attack is in place is the result. */
int then(char **argv);

/* In attack-programs.c. */
int load_sysctl_program(void);
int attack_fmod_ret(char **argv);
int attack_lsm(char **argv);
int attack_lsm_cgroup(char **argv);
int attack_freplace(char **argv);
int attack_program(char **argv);
int attack_inner(char **argv);
int attack_iterator(char **argv);
