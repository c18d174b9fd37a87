// SPDX-License-Identifier: GPL-2.0-only
#include "proof.h"

#include <bpf/bpf.h>
#include <errno.h>
#include <linux/bpf.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "ask.h"
#include "autoload.h"
#include "ftrace.h"
#include "operations.h"
#include "pins-set.h"
#include "text.h"
#include "util.h"

static const char *const texts[_PROOF_MAX] = {
	[PROOF_ENFORCING] = "enforcing (verified)",
	[PROOF_SILENT] =
		"the kernel does not call bpflock, or another BPF LSM program refuses first",
	[PROOF_IMPOSSIBLE] =
		"not verifiable: kernel Lockdown at confidentiality refuses everything first",
	[PROOF_EXPECTED] = "enforcing (not verified)",
	[PROOF_UNKNOWN] = "unknown whether bpflock enforces",
};

const char *proof_text(enum proof p)
{
	if (p == PROOF_SILENT && ftrace_is_off() > 0)
		return "the kernel does not call bpflock, because kernel.ftrace_enabled is 0: "
		       "sysctl kernel.ftrace_enabled=1";
	return texts[p];
}

void proof_mark(int prove_fd, bool begin)
{
	struct bpflock_proving p = { .begin = begin };

	if (prove_fd >= 0)
		ask_run(prove_fd, &p, sizeof(p));
}

/* Asks BPF_READ_KERNEL: a program with one call of bpf_probe_read_kernel(stack, 8, NULL). */
static void ask_kernel(void)
{
	static const struct bpf_insn insns[] = {
		{ .code = BPF_ALU64 | BPF_MOV | BPF_X,
		  .dst_reg = BPF_REG_1,
		  .src_reg = BPF_REG_10 },
		{ .code = BPF_ALU64 | BPF_ADD | BPF_K, .dst_reg = BPF_REG_1, .imm = -8 },
		{ .code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = BPF_REG_2, .imm = 8 },
		{ .code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = BPF_REG_3, .imm = 0 },
		{ .code = BPF_JMP | BPF_CALL, .imm = BPF_FUNC_probe_read_kernel },
		{ .code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = BPF_REG_0, .imm = 0 },
		{ .code = BPF_JMP | BPF_EXIT },
	};
	CLEANUP(close_fdp) int fd = -1;

	fd = bpf_prog_load(BPF_PROG_TYPE_RAW_TRACEPOINT, "bpflock_proof", "GPL", insns,
			   ARRAY_SIZE(insns), NULL);
}

/* Asks for the module fs-bpflock-proof. */
static void ask_for_module(void)
{
	CLEANUP(close_fdp) int fd = -1;

	fd = syscall(SYS_fsopen, "bpflock-proof", 0);
}

/* Lockdown that answers first is as silent. */
static enum proof judge(bool asked, enum kernel_lockdown lockdown)
{
	return asked				     ? PROOF_ENFORCING
	       : lockdown == KERNEL_LOCKDOWN_UNKNOWN ? PROOF_UNKNOWN
						     : PROOF_SILENT;
}

static uint64_t questions(const struct bpflock_counters *c)
{
	uint64_t n = c->proofs;

	for (size_t v = 0; v < _BPFLOCK_VERDICT_MAX; v++)
		n += c->verdicts[v];
	return n;
}

static int prove_by_counters(const struct pins *p, uint32_t reason, void (*ask)(void),
			     bool *ret_asked)
{
	struct bpflock_counters before[BPFLOCK_COUNTERS_MAX], after[BPFLOCK_COUNTERS_MAX];
	CLEANUP(close_fdp) int prove_fd = -1;
	int r = pins_read_counters(p, before);

	if (r < 0)
		return r;
	prove_fd = pins_open_map(p->path, PIN_PROVE, true);
	proof_mark(prove_fd, true);
	ask();
	proof_mark(prove_fd, false);
	r = pins_read_counters(p, after);
	if (r < 0)
		return r;
	*ret_asked = questions(&after[reason]) > questions(&before[reason]);
	return 0;
}

int proof_of_pins(const struct pins *p, enum kernel_lockdown lockdown, enum proof *ret_proof)
{
	bool asked = false;
	int r;

	if (lockdown == KERNEL_LOCKDOWN_CONFIDENTIALITY) {
		*ret_proof = PROOF_IMPOSSIBLE;
		return 0;
	}
	r = prove_by_counters(p, operations_proof(p->stamp.operations), ask_kernel, &asked);
	if (r == 0)
		*ret_proof = judge(asked, lockdown);
	return r;
}

int proof_of_module_requests(const struct pins *p, enum proof *ret_proof)
{
	bool asked = false;
	int r;

	*ret_proof = PROOF_ENFORCING;
	if (!pins_has_module_program(p))
		return 0;
	r = prove_by_counters(p, BPFLOCK_MODULE_REQUEST, ask_for_module, &asked);
	if (r == 0 && !asked)
		*ret_proof = autoload_is_off() > 0 ? PROOF_IMPOSSIBLE : PROOF_SILENT;
	return r;
}

static int runs(int prog_fd, uint64_t *ret)
{
	struct bpf_prog_info info = {};
	uint32_t len = sizeof(info);

	if (bpf_obj_get_info_by_fd(prog_fd, &info, &len) < 0)
		return -errno;
	*ret = info.run_cnt;
	return 0;
}

static int prove_by_runs(int prog_fd, int prove_fd, void (*ask)(void), bool *ret_asked)
{
	CLEANUP(close_fdp) int stats = -1;
	uint64_t before, after;
	int r;

	stats = bpf_enable_stats(BPF_STATS_RUN_TIME);
	if (stats < 0)
		return -errno;
	r = runs(prog_fd, &before);
	if (r < 0)
		return r;
	proof_mark(prove_fd, true);
	ask();
	proof_mark(prove_fd, false);
	r = runs(prog_fd, &after);
	if (r < 0)
		return r;
	*ret_asked = after > before;
	return 0;
}

int proof_of_program(int prog_fd, int prove_fd, enum kernel_lockdown lockdown,
		     enum proof *ret_proof)
{
	bool asked = false;
	int r;

	if (lockdown == KERNEL_LOCKDOWN_CONFIDENTIALITY) {
		*ret_proof = PROOF_IMPOSSIBLE;
		return 0;
	}
	r = prove_by_runs(prog_fd, prove_fd, ask_kernel, &asked);
	if (r == 0)
		*ret_proof = judge(asked, lockdown);
	return r;
}

int proof_of_module_program(int prog_fd, int prove_fd, enum proof *ret_proof)
{
	bool asked = false;
	int r = prove_by_runs(prog_fd, prove_fd, ask_for_module, &asked);

	if (r == 0)
		*ret_proof = asked		     ? PROOF_ENFORCING
			     : autoload_is_off() > 0 ? PROOF_IMPOSSIBLE
						     : PROOF_SILENT;
	return r;
}

enum proof proof_by_signs(void)
{
	CLEANUP(free_charp) char *lsms = NULL;
	int off = ftrace_is_off();

	if (off > 0)
		return PROOF_SILENT;
	if (off < 0 || securityfs_read("lsm", &lsms) < 0)
		return PROOF_UNKNOWN;
	return text_has_word(lsms, ",", "bpf") ? PROOF_EXPECTED : PROOF_SILENT;
}

bool proof_set_seems_enforcing(const char *set_path)
{
	return pins_set_hook_attached(set_path) && proof_by_signs() != PROOF_SILENT;
}
