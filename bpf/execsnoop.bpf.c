// SPDX-License-Identifier: GPL-2.0-only
/*
 * execsnoop: a record for every execve(2) and execveat(2), attached only when exec tracing is on.
 * Successes come from the sched_process_exec tracepoint, failures from the exit of the syscall
 * functions; syscall tracepoints would slow every syscall of every process. It decides nothing.
 */
#include <linux/bpf.h>
#include <stdbool.h>

#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>

#include "log.h"

/* bpf_snprintf() hands on at most 511 bytes of a %s (kernel/bpf/helpers.c), so longer names go in pieces. */
#define PIECE 256

struct exec_short {
	struct bpflock_exec_record r;
	char filename[BPFLOCK_PATH_SHORT];
};

struct exec_long {
	struct bpflock_exec_record r;
	char filename[BPFLOCK_PATH_MAX];
};

/* Where a file name comes from: exactly one of the two is set. */
struct name {
	const char *kernel;
	const char *user;
};

/* Copies one piece; the length needed including the NUL, so more than PIECE if there is a next one. */
static __always_inline long copy_piece(char *to, const char *from)
{
	static const char format[] = "%s";
	__u64 args[1] = { (__u64)from };

	return bpf_snprintf(to, PIECE, format, args, sizeof(args));
}

/* Fills to[size]; the length including the NUL, or more than size if the name is longer. */
static __always_inline long copy_kernel(char *to, __u32 size, const char *from)
{
	long n = 0;

#pragma unroll
	for (__u32 off = 0; off < BPFLOCK_PATH_MAX; off += PIECE - 1) {
		if (off + PIECE > size)
			break;
		n = copy_piece(to + off, from + off);
		if (n <= 0) { /* the kernel's few buffers were all in use: what there is has to do */
			to[off] = '\0';
			return off + 1;
		}
		if (n <= PIECE)
			return off + n;
	}
	return size + 1;
}

/* A user string that fills the buffer may have more to come. */
static __always_inline long copy_user(char *to, __u32 size, const char *from)
{
	long n = bpf_probe_read_user_str(to, size, from);

	return n == size ? size + 1 : n;
}

static __always_inline void finish(struct bpflock_exec_record *r, __u32 size, char *filename,
				   long n, long retval)
{
	struct bpflock_counters *c = counters_of(BPFLOCK_COUNTERS_EXEC);

	record_begin(&r->head, size, BPFLOCK_EVENT_EXECVE);
	r->head.generation = 0;
	r->head.retval = retval;
	r->flags = n > (long)(size - sizeof(*r)) ? BPFLOCK_EXEC_TRUNCATED : 0;
	r->filename_len = n <= 0 ? 0 : n - 1;
	if (n <= 0)
		filename[0] = '\0';
	if (c)
		count(&c->emitted);
	bpf_ringbuf_submit(r, 0);
}

static __always_inline void drop(void)
{
	struct bpflock_counters *c = counters_of(BPFLOCK_COUNTERS_EXEC);

	next_seq();
	if (c)
		count(&c->dropped);
}

#define COPY(rec, name)                                                                   \
	((name).kernel ? copy_kernel((rec)->filename, sizeof((rec)->filename), (name).kernel) \
		       : copy_user((rec)->filename, sizeof((rec)->filename), (name).user))

/* Nearly all names are short; only one that is not pays for the long slot. */
static __always_inline void emit(struct name name, long retval)
{
	struct exec_short *s;
	struct exec_long *l;
	long n;

	s = bpf_ringbuf_reserve(&ring, sizeof(*s), 0);
	if (!s) {
		drop();
		return;
	}
	n = COPY(s, name);
	if (n <= (long)sizeof(s->filename)) {
		finish(&s->r, sizeof(*s), s->filename, n, retval);
		return;
	}
	bpf_ringbuf_discard(s, 0);
	l = bpf_ringbuf_reserve(&ring, sizeof(*l), 0);
	if (!l) {
		drop();
		return;
	}
	n = COPY(l, name);
	finish(&l->r, sizeof(*l), l->filename, n, retval);
}

SEC("tp_btf/sched_process_exec")
int BPF_PROG(exec, struct task_struct *task, int old_pid, struct linux_binprm *bprm)
{
	emit((struct name){ .kernel = bprm->filename }, 0);
	return 0;
}

/* A failed call leaves the caller's memory as it was, so the name is read where the kernel read it. */
static __always_inline int failed(unsigned long filename, long retval)
{
	if (retval < 0)
		emit((struct name){ .user = (const char *)filename }, retval);
	return 0;
}

#if defined(__TARGET_ARCH_x86)
SEC("fexit/__x64_sys_execve")
int BPF_PROG(execve, struct pt_regs *regs, long ret)
{
	return failed(regs->di, ret);
}

SEC("fexit/__x64_sys_execveat")
int BPF_PROG(execveat, struct pt_regs *regs, long ret)
{
	return failed(regs->si, ret);
}

SEC("fexit/__ia32_compat_sys_execve")
int BPF_PROG(compat_execve, struct pt_regs *regs, long ret)
{
	return failed((__u32)regs->bx, ret);
}

SEC("fexit/__ia32_compat_sys_execveat")
int BPF_PROG(compat_execveat, struct pt_regs *regs, long ret)
{
	return failed((__u32)regs->cx, ret);
}
#elif defined(__TARGET_ARCH_arm64)
SEC("fexit/__arm64_sys_execve")
int BPF_PROG(execve, struct pt_regs *regs, long ret)
{
	return failed(regs->regs[0], ret);
}

SEC("fexit/__arm64_sys_execveat")
int BPF_PROG(execveat, struct pt_regs *regs, long ret)
{
	return failed(regs->regs[1], ret);
}
#endif

char LICENSE[] SEC("license") = "GPL";
