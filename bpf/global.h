/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The verifier looks at a global function once, whoever calls it; and anybody who may load programs can
 * have another one run in its place (BPF_PROG_TYPE_EXT), which for a function that decides or
 * guards is a way around it. The kernel replaces none that has a pointer to anything but a structure among
 * its arguments (btf_check_func_type_match(), kernel/bpf/btf.c). So structures are handed over as
 * arrays of one.
 */
#pragma once

#define ONLY(type, name) type(*name)[1]
#define AS_ONLY(p)	 ((typeof(*(p))(*)[1])(p))
