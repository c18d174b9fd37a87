// SPDX-License-Identifier: GPL-2.0-only
/*
 * The guards of a sealed set, on the root cgroup (Linux 6.0): they refuse, to anybody and until
 * reboot, what would end or bend enforcement. There is nothing else to guard, because what is
 * attached there is held by no pin, mount or process, and because nobody has an fd of any map that
 * a verdict reads.
 *
 * The guards are dormant until a seal is under way. A refusal does not depend on its record.
 */
#include <linux/bpf.h>
#include <linux/errno.h>
#include <stdbool.h>

#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>

#include "rivals.h"
#include "tampers.h"

#define ALLOWED 1 /* what such programs return */
#define REFUSED 0

/* True if the guards bind the caller. */
static __always_inline bool binding(void)
{
	const struct bpflock_seal *s = seal_state();
	__u32 word = seal_word(s);

	return s && word != BPFLOCK_SEAL_IDLE && !(word == BPFLOCK_SEAL_ARMED && is_sealer(s));
}

/* The sealer tries the guards to see that they refuse, which is no tampering. */
static __always_inline int refuse(__u32 what, __u32 id, const char *name)
{
	struct attempt a = { .what = what, .id = id, .name = (__u64)name };
	const struct bpflock_seal *s = seal_state();

	if (s && !is_sealer(s))
		report_attempt(AS_ONLY(&a));
	return REFUSED;
}

static __always_inline bool is_ours(__u32 attach_type)
{
	return attach_type == BPF_LSM_CGROUP || attach_type == BPF_CGROUP_SYSCTL;
}

/* The kernel hands over its own copy of the arguments, so nobody changes them after this look. */
SEC("lsm_cgroup/bpf")
int BPF_PROG(guard_bpf, int cmd, union bpf_attr *attr, unsigned int size)
{
	switch (cmd) {
	case BPF_PROG_ATTACH:
		if (is_ours(attr->attach_type) && binding())
			return refuse(BPFLOCK_TAMPER_ATTACH, 0, NULL);
		break;
	case BPF_PROG_DETACH:
		if (is_ours(attr->attach_type) && binding())
			return refuse(BPFLOCK_TAMPER_DETACH, 0, NULL);
		break;
	case BPF_LINK_CREATE:
		if (is_ours(attr->link_create.attach_type) && binding())
			return refuse(BPFLOCK_TAMPER_ATTACH, 0, NULL);
		break;
	case BPF_MAP_CREATE:
		if (is_reserved(attr->map_name) && binding())
			return refuse(BPFLOCK_TAMPER_NAME, 0, attr->map_name);
		break;
	case BPF_PROG_LOAD:
		if (is_reserved(attr->prog_name) && binding())
			return refuse(BPFLOCK_TAMPER_NAME, 0, attr->prog_name);
		break;
	case BPF_MAP_GET_FD_BY_ID:
		/* even a refused fd is a reference for a moment, and those are being counted */
		if (seal_word(seal_state()) == BPFLOCK_SEAL_SEALED || !binding())
			break;
		bpf_set_retval(-EAGAIN);
		return REFUSED;
	}
	return ALLOWED;
}

static __always_inline bool is_for_readers(const char *name)
{
	return (name[6] == 'r' && name[7] == 'i' && name[8] == 'n' && name[9] == 'g' &&
		!name[10]) ||
	       (name[6] == 'r' && name[7] == 'e' && name[8] == 'a' && name[9] == 'd' &&
		name[10] == 'e' && name[11] == 'r' && !name[12]);
}

/*
 * No fd of a map of ours, not even to read: element iterators write through those, and so did
 * helpers of several kernels. The answer is that there is none, since those that list maps end at
 * any other; for them it is no attempt either.
 */
SEC("lsm_cgroup/bpf_map")
int BPF_PROG(guard_map, struct bpf_map *map, unsigned int mode)
{
	if (!is_reserved(map->name) || is_for_readers(map->name) || !binding())
		return ALLOWED;
	bpf_set_retval(-ENOENT);
	return REFUSED;
}

/*
 * Programs are attached by their fds, so one that could answer in our place gets none, whenever it
 * was loaded.
 */
SEC("lsm_cgroup/bpf_prog")
int BPF_PROG(guard_prog, struct bpf_prog *prog)
{
	__u32 kind = rival_kind(prog);

	if (kind == BPFLOCK_RIVAL_NONE || kind == BPFLOCK_RIVAL_SYSCTL || !binding())
		return ALLOWED;
	return refuse(BPFLOCK_TAMPER_PROGRAM, prog->aux->id, prog->aux->name);
}

/*
 * The kernel calls BPF LSM programs by ftrace, so this sysctl would end them all. Writing the 1
 * that is there stays possible, since sysctl --system and tracers do that. The context is no
 * structure to the kernel, because that would make this function replaceable (bpf/global.h).
 */
SEC("cgroup/sysctl")
int guard_sysctl(void *context)
{
	static const char guarded[] = "kernel/ftrace_enabled";
	struct bpf_sysctl *ctx = context;
	char name[sizeof(guarded)] = {}, value[8] = {};
	long n;

	if (!ctx->write || bpf_sysctl_get_name(ctx, name, sizeof(name), 0) != sizeof(guarded) - 1)
		return ALLOWED;
	for (__u32 i = 0; i < sizeof(guarded) - 1; i++)
		if (name[i] != guarded[i])
			return ALLOWED;
	n = bpf_sysctl_get_new_value(ctx, value, sizeof(value));
	if (n > 0 && value[0] == '1' && (n == 1 || value[1] == '\n' || !value[1]))
		return ALLOWED;
	if (!binding())
		return ALLOWED;
	return refuse(BPFLOCK_TAMPER_SYSCTL, 0, guarded);
}

char LICENSE[] SEC("license") = "GPL";
