// SPDX-License-Identifier: GPL-2.0-only
/*
 * The programs here see the file that a module is loaded from, by plain LSM hooks that are called between the reading of a
 * module and its checks. They refuse nothing. Not by fexit, since the kernel skips such a program while it runs already on that CPU,
 * and the file of the thread's previous module would be logged; from Linux 6.1.54 on it skips no LSM program.
 */
#include <linux/bpf.h>
#include <stdbool.h>

#include <bpf/bpf_core_read.h>
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>

#include "loading.h"

/* The module of init_module(2) has no file. */
SEC("lsm/kernel_load_data")
int BPF_PROG(module_memory, enum kernel_load_data_id id)
{
	if (id == bpf_core_enum_value(enum kernel_load_data_id, LOADING_MODULE))
		loading_note_no_file();
	return 0;
}

/*
 * The module of finit_module(2) has one. Newer kernels call this twice for a compressed module, as READING_MODULE once
 * they have decompressed it.
 */
SEC("lsm/kernel_post_read_file")
int BPF_PROG(module_file, struct file *file, char *data, __s64 size, enum kernel_read_file_id id)
{
	if (id == bpf_core_enum_value(enum kernel_read_file_id, READING_MODULE))
		loading_note_file(file->f_path.dentry);
	return 0;
}

char LICENSE[] SEC("license") = "GPL";
