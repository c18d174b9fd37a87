/* SPDX-License-Identifier: GPL-2.0-only */
/* Operations whose trigger is a system call of its own. */
#include <errno.h>
#include <fcntl.h>
#include <linux/bpf.h>
#include <linux/perf_event.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#ifdef __x86_64__
#include <sys/io.h>
#endif
#include <sys/syscall.h>
#include <unistd.h>

#include "probe.h"

/* Laid out by the guest image, whatever the kernel calls its files. */
#define MODULES "/vm/modules/"

/* No segments: lockdown is asked first, then an image that is not there is unloaded. */
enum outcome attempt_kexec(void)
{
	long r = syscall(SYS_kexec_load, 0UL, 0UL, NULL, 0UL);

	return tried(r < 0 ? errno : 0, EPERM, "kexec_load of nothing");
}

enum outcome attempt_ioport(void)
{
#ifdef __x86_64__
	int err = iopl(3) < 0 ? errno : 0;

	if (!err)
		iopl(0);
	return tried(err, EPERM, "iopl(3)");
#else
	return untried(ENOSYS, "iopl(3)");
#endif
}

static enum outcome load_module(const char *path, const char *name, const char *parameters)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC), err = 0;

	if (fd < 0)
		return untried(errno, "open %s", path);
	if (syscall(SYS_finit_module, fd, parameters, 0) < 0)
		err = errno;
	close(fd);
	if (err == EEXIST)
		return untried(err, "load %s", path);
	if (!err && syscall(SYS_delete_module, name, O_NONBLOCK) < 0)
		return untried(errno, "unload %s", name);
	return tried(err, EPERM, "load %s %s", path, parameters);
}

enum outcome attempt_unsigned_module(void)
{
	return load_module(MODULES "unsigned.ko", "dummy", "numdummies=0");
}

enum outcome attempt_unsafe_module_parameters(void)
{
	return load_module(MODULES "parport_pc.ko", "parport_pc", "io=0x378 irq=none");
}

static enum outcome open_event(struct perf_event_attr *attr, const char *what)
{
	long fd = syscall(SYS_perf_event_open, attr, 0, -1, -1, PERF_FLAG_FD_CLOEXEC);
	int err = fd < 0 ? errno : 0;

	if (fd >= 0)
		close(fd);
	return tried(err, EPERM, "perf_event_open of %s", what);
}

enum outcome attempt_perf(void)
{
	struct perf_event_attr attr = {
		.size = sizeof(attr),
		.type = PERF_TYPE_SOFTWARE,
		.config = PERF_COUNT_SW_CPU_CLOCK,
		.sample_period = 1000000,
		.sample_type = PERF_SAMPLE_REGS_INTR,
		.sample_regs_intr = 1,
		.disabled = 1,
	};

	return open_event(&attr, "the registers at an interrupt");
}

/* By perf and not by tracefs' kprobe_events, which would ask for tracefs first. */
enum outcome attempt_kprobes(void)
{
	static const char path[] = "/sys/bus/event_source/devices/kprobe/type";
	struct perf_event_attr attr = {
		.size = sizeof(attr),
		.kprobe_func = (uintptr_t)"vfs_read",
		.disabled = 1,
	};
	FILE *f = fopen(path, "re");
	unsigned type;

	if (!f)
		return untried(errno, "open %s", path);
	if (fscanf(f, "%u", &type) != 1) {
		fclose(f);
		return untried(EINVAL, "read %s", path);
	}
	fclose(f);
	attr.type = type;
	return open_event(&attr, "a kprobe");
}

#define INSN(c, d, s, o, i) \
	((struct bpf_insn){ .code = (c), .dst_reg = (d), .src_reg = (s), .off = (o), .imm = (i) })

/*
 * A kprobe program calling one helper: read_kernel(stack, 8, NULL) or write_user(to, stack, 8).
 * A denied helper is EINVAL, like any mistake of ours: so look for its name in the verifier's log.
 */
static enum outcome load_program(int helper, const char *name)
{
	bool writes = helper == BPF_FUNC_probe_write_user;
	struct bpf_insn program[] = {
		INSN(BPF_ST | BPF_MEM | BPF_DW, BPF_REG_10, 0, -8, 0),
		INSN(BPF_ALU64 | BPF_MOV | BPF_X, BPF_REG_1, BPF_REG_10, 0, 0),
		INSN(BPF_ALU64 | BPF_ADD | BPF_K, BPF_REG_1, 0, 0, -8),
		INSN(BPF_ALU64 | BPF_MOV | BPF_K, BPF_REG_2, 0, 0, 8),
		INSN(BPF_ALU64 | BPF_MOV | BPF_K, BPF_REG_3, 0, 0, 0),
		INSN(BPF_JMP | BPF_CALL, 0, 0, 0, helper),
		INSN(BPF_ALU64 | BPF_MOV | BPF_K, BPF_REG_0, 0, 0, 0),
		INSN(BPF_JMP | BPF_EXIT, 0, 0, 0, 0),
	};
	char log[16384] = "";
	union bpf_attr attr;
	long fd;
	int err;

	if (writes) {
		program[3] = INSN(BPF_ALU64 | BPF_MOV | BPF_X, BPF_REG_2, BPF_REG_1, 0, 0);
		program[4] = INSN(BPF_ALU64 | BPF_MOV | BPF_K, BPF_REG_3, 0, 0, 8);
	}
	memset(&attr, 0, sizeof(attr));
	attr.prog_type = BPF_PROG_TYPE_KPROBE;
	attr.insns = (uintptr_t)program;
	attr.insn_cnt = sizeof(program) / sizeof(program[0]);
	attr.license = (uintptr_t)"GPL";
	attr.log_buf = (uintptr_t)log;
	attr.log_size = sizeof(log);
	attr.log_level = 1;
	fd = syscall(SYS_bpf, BPF_PROG_LOAD, &attr, sizeof(attr));
	err = fd < 0 ? errno : 0;
	if (fd >= 0)
		close(fd);
	if (err == EINVAL && !strstr(log, name)) {
		if (!quiet)
			fputs(log, stderr);
		return tried(err, 0, "load a program that calls %s", name);
	}
	return tried(err, EINVAL, "load a program that calls %s", name);
}

enum outcome attempt_bpf_write(void)
{
	return load_program(BPF_FUNC_probe_write_user, "probe_write_user");
}

enum outcome attempt_bpf_read(void)
{
	return load_program(BPF_FUNC_probe_read_kernel, "probe_read_kernel");
}
