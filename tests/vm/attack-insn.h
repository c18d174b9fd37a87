/* SPDX-License-Identifier: GPL-2.0-only */
/* BPF programs by hand: an attack needs no library, and no compiler's idea of what is allowed. */
#pragma once

#include "attack.h"

#define INSN(c, d, s, o, i) ((struct bpf_insn){ .code = (c), .dst_reg = (d), .src_reg = (s), .off = (o), .imm = (i) })
#define SET(reg, value)	    INSN(BPF_ALU64 | BPF_MOV | BPF_K, reg, 0, 0, value)
#define COPY(to, from)	    INSN(BPF_ALU64 | BPF_MOV | BPF_X, to, from, 0, 0)
#define ADD(reg, value)	    INSN(BPF_ALU64 | BPF_ADD | BPF_K, reg, 0, 0, value)
#define LOAD_FROM(size, to, from, o) INSN(BPF_LDX | BPF_MEM | (size), to, from, o, 0)
#define STORE(size, reg, o, value) INSN(BPF_ST | BPF_MEM | (size), reg, 0, o, value)
#define CALL(function)	    INSN(BPF_JMP | BPF_CALL, 0, 0, 0, function)
#define IF_ZERO(reg, skip)  INSN(BPF_JMP | BPF_JEQ | BPF_K, reg, 0, skip, 0)
#define MAP(reg, fd)	    INSN(BPF_LD | BPF_DW | BPF_IMM, reg, BPF_PSEUDO_MAP_FD, 0, fd), INSN(0, 0, 0, 0, 0)
#define END		    INSN(BPF_JMP | BPF_EXIT, 0, 0, 0, 0)

/* r0 becomes the address of a map's first value, whose key remains on the stack at -8. */
#define FIRST_VALUE(fd) STORE(BPF_DW, 10, -8, 0), MAP(1, fd), COPY(2, 10), ADD(2, -8), CALL(BPF_FUNC_map_lookup_elem)

/* Seven instructions, for 56 bytes behind a register. */
#define STORE_7(to, from) STORE_AT(to, from, 0), STORE_AT(to, from, 8), STORE_AT(to, from, 16), STORE_AT(to, from, 24), \
	STORE_AT(to, from, 32), STORE_AT(to, from, 40), STORE_AT(to, from, 48)
#define STORE_AT(to, from, o) INSN(BPF_STX | BPF_MEM | BPF_DW, to, from, o, 0)

#define LOAD(attr, insns) load_program((attr), (insns), sizeof(insns) / sizeof(*(insns)))

/* An fd, or -1. */
int load_program(union bpf_attr *attr, const struct bpf_insn *insns, size_t n);

/* To what the program was loaded for; an fd that holds it, or -1. */
int attach_program(int prog);

/* Loads a program that does nothing but answer, to be attached to a function of the kernel; an fd, or -1. */
int load_answer(uint32_t type, uint32_t attach_type, const char *function, int answer);

/* Loads and runs a program of type syscall or raw tracepoint; its answer, or -1 with errno. */
#define RUN(type, insns) run_insns((type), (insns), sizeof(insns) / sizeof(*(insns)))
int run_insns(uint32_t type, const struct bpf_insn *insns, size_t n);
