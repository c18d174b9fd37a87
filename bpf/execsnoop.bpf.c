// SPDX-License-Identifier: GPL-2.0-only
/*
 * The execsnoop programs write a record for every execve(2) and execveat(2), attached only when
 * exec tracing is on. Successes come from the sched_process_exec tracepoint, failures from the exit
 * of the syscall functions; syscall tracepoints would slow every syscall of every process. It
 * decides nothing.
 */
#include <linux/bpf.h>
#include <stdbool.h>

#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>

#include "log.h"

/*
 * Names are copied by bpf_snprintf(), not by probe_read helpers: those do not load where bpf_read
 * is denied, and libbpf, when it finds bpf_probe_read_kernel() refused, turns even
 * bpf_probe_read_user_str() into a helper that is denied too. It hands on at most 511 bytes of a
 * string (kernel/bpf/helpers.c), so longer names go in pieces.
 */
#define PIECE  256
#define PIECES 17
_Static_assert(PIECE == BPFLOCK_PATH_SHORT, "a short name is one piece");
_Static_assert(PIECES *(PIECE - 1) + 1 >= BPFLOCK_PATH_MAX, "the longest name fits");

struct exec_short {
	struct bpflock_exec_record r;
	char filename[BPFLOCK_PATH_SHORT];
};

struct exec_long {
	struct bpflock_exec_record r;
	char filename[PIECES * (PIECE - 1) + 1];
};

struct piece {
	char text[PIECE];
};

/* In memory, because a pointer is no argument for the number that it is to copy_piece(). */
struct source {
	__u64 address;
	bool user;
};

/*
 * Copies one piece; the length needed including the NUL, so more than PIECE if there is a next one.
 * Not inlined and global, so that the verifier looks at it once and not at each piece: that was nearly
 * all that loading took.
 */
__noinline int copy_piece(struct piece *to, ONLY(struct source, only))
{
	struct source *from = *only;
	static const char kernel_string[] = "%s", user_string[] = "%pus";
	__u64 args[1];

	if (!to || !only)
		return 0;
	args[0] = from->address;
	if (from->user)
		return bpf_snprintf(to->text, PIECE, user_string, args, sizeof(args));
	return bpf_snprintf(to->text, PIECE, kernel_string, args, sizeof(args));
}

/* Fills to[size]; the length including the NUL, or more than size if the name is longer. */
static __always_inline long copy_long(char *to, __u32 size, const char *from, bool user)
{
	struct source at = { .user = user };
	long n = 0;

#pragma unroll
	for (__u32 off = 0; off < PIECES * (PIECE - 1); off += PIECE - 1) {
		if (off + PIECE > size)
			break;
		at.address = (__u64)(from + off);
		n = copy_piece((struct piece *)(to + off), AS_ONLY(&at));
		if (n <= 0) { /* the kernel's few buffers were all in use: what there is has to do */
			to[off] = '\0';
			return off + 1;
		}
		if (n <= PIECE)
			return off + n;
	}
	return size + 1;
}

static __always_inline void finish(struct bpflock_exec_record *r, __u32 size, long n, long retval)
{
	struct bpflock_counters *c = counters_of(BPFLOCK_COUNTERS_EXEC);
	long name_size = size - sizeof(*r);

	charge(BPFLOCK_CLASS_EXEC, BPFLOCK_RING_BYTES(size));
	record_begin(AS_ONLY(&r->head), size, BPFLOCK_EVENT_EXECVE, bpf_ktime_get_boot_ns());
	r->head.seq = next_seq();
	r->head.generation = 0;
	r->head.retval = retval;
	r->flags = n > name_size ? BPFLOCK_EXEC_TRUNCATED : 0;
	r->filename_len = (n > name_size ? name_size : n) - 1;
	if (c)
		count(&c->emitted);
	bpf_ringbuf_submit(r, wake_flags());
}

static __always_inline void drop(void)
{
	struct bpflock_counters *c = counters_of(BPFLOCK_COUNTERS_EXEC);

	next_seq();
	if (c)
		count(&c->dropped);
}

/* Room for a record of the class's share, or NULL. A macro, because the size must be a constant. */
#define reserve(record)                                                         \
	(over_budget(BPFLOCK_CLASS_EXEC, BPFLOCK_RING_BYTES(sizeof(*(record)))) \
		 ? NULL                                                         \
		 : bpf_ringbuf_reserve(&ring, sizeof(*(record)), 0))

static __always_inline void emit_short(const struct piece *name, long n, long retval)
{
	struct exec_short *s = reserve(s);

	if (!s) {
		drop();
		return;
	}
	__builtin_memcpy(s->filename, name->text, sizeof(s->filename));
	finish(&s->r, sizeof(*s), n, retval);
}

static __always_inline void emit_long(const char *name, bool user, long retval)
{
	struct exec_long *l = reserve(l);
	long n;

	if (!l) {
		drop();
		return;
	}
	n = copy_long(l->filename, sizeof(l->filename), name, user);
	finish(&l->r, sizeof(*l), n, retval);
}

/*
 * Nearly all names are short; only one that is not pays for the long slot. Which one it is shows
 * before any room is taken: a slot that was given back unused would take room until the reader is
 * past it, which no class answers for.
 */
static __always_inline void emit(const char *name, bool user, long retval)
{
	struct piece first = {};
	struct source at = { .address = (__u64)name, .user = user };
	long n = copy_piece(&first, AS_ONLY(&at));

	if (n > PIECE)
		emit_long(name, user, retval);
	else /* or the kernel's few buffers were all in use */
		emit_short(&first, n > 0 ? n : 1, retval);
}

SEC("tp_btf/sched_process_exec")
int BPF_PROG(exec, struct task_struct *task, int old_pid, struct linux_binprm *bprm)
{
	emit(bprm->filename, false, 0);
	return 0;
}

/*
 * A failed call leaves the caller's memory as it was, so the name is read where the kernel read it.
 */
static __always_inline int failed(unsigned long filename, long retval)
{
	if (retval < 0)
		/* NOLINTNEXTLINE(performance-no-int-to-ptr): an argument comes in a register */
		emit((const char *)filename, true, retval);
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
