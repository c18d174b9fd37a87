/* SPDX-License-Identifier: GPL-2.0-only */
/* Programs that could answer in the place of ours: told by what they are, not by who made them. */
#pragma once

#include "seal-state.h"

/*
 * The hooks that a seal rests on; their functions' ids in the kernel's BTF, set by the sealer. 0: the
 * set has no program on that hook, and no program that is attached anywhere has it.
 */
#define RIVAL_HOOKS 5
const volatile __u32 asking_functions[RIVAL_HOOKS] __weak; /* security_locked_down() and so on */
const volatile __u32 lsm_functions[RIVAL_HOOKS] __weak;	   /* bpf_lsm_locked_down() and so on */

/* True if this kernel's verifier lets an lsm program say yes; a yes ends the asking. */
const volatile bool lsm_may_consent __weak;

static __always_inline bool is_among(const volatile __u32 *ids, __u32 id)
{
	return id == ids[0] || id == ids[1] || id == ids[2] || id == ids[3] ||
	       id == ids[4];
}

static __always_inline bool is_own(__u32 id)
{
	const struct bpflock_seal *s = seal_state();

	return s && (id == s->programs[BPFLOCK_ROOT_LOCKED_DOWN] ||
		     id == s->programs[BPFLOCK_ROOT_GUARD_BPF] ||
		     id == s->programs[BPFLOCK_ROOT_GUARD_MAP] ||
		     id == s->programs[BPFLOCK_ROOT_GUARD_PROG] ||
		     id == s->programs[BPFLOCK_ROOT_GUARD_SYSCTL] ||
		     id == s->programs[BPFLOCK_ROOT_MODULE_REQUEST] ||
		     id == s->programs[BPFLOCK_ROOT_BEFORE] ||
		     id == s->programs[BPFLOCK_ROOT_MODULE_REQUEST_BEFORE]);
}

/* The kinds of programs are those of enum bpflock_rival. */
static __always_inline __u32 rival_kind(struct bpf_prog *prog)
{
	struct bpf_prog_aux *aux = prog->aux;
	__u32 type = prog->type, attach_type = prog->expected_attach_type, id = aux->attach_btf_id;

	if (type == BPF_PROG_TYPE_TRACING && attach_type == BPF_MODIFY_RETURN)
		return is_among(asking_functions, id) ? BPFLOCK_RIVAL_MODIFY_RETURN
						      : BPFLOCK_RIVAL_NONE;
	if (type == BPF_PROG_TYPE_LSM && attach_type == BPF_LSM_MAC)
		return lsm_may_consent && is_among(lsm_functions, id) ? BPFLOCK_RIVAL_LSM
								      : BPFLOCK_RIVAL_NONE;
	if (type == BPF_PROG_TYPE_LSM && attach_type == BPF_LSM_CGROUP)
		return is_among(lsm_functions, id) && !is_own(aux->id) ? BPFLOCK_RIVAL_LSM_CGROUP
								       : BPFLOCK_RIVAL_NONE;
	if (type == BPF_PROG_TYPE_CGROUP_SYSCTL)
		return is_own(aux->id) ? BPFLOCK_RIVAL_NONE : BPFLOCK_RIVAL_SYSCTL;
	if (type == BPF_PROG_TYPE_EXT && aux->dst_prog && is_reserved(aux->dst_prog->aux->name))
		return BPFLOCK_RIVAL_EXTENSION;
	return BPFLOCK_RIVAL_NONE;
}
