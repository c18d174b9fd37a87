/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Slices of kernel structures, with just the members that are read here. CO-RE relocates each
 * access against the running kernel's BTF, so building needs neither a vmlinux.h nor a BTF.
 */
#pragma once

#include <linux/bpf.h>
#include <linux/types.h>
#include <stdbool.h>

#pragma clang attribute push(__attribute__((preserve_access_index)), apply_to = record)

enum lockdown_reason {
	LOCKDOWN_MODULE_SIGNATURE = 1,
};

enum kernel_read_file_id {
	READING_MODULE = 1,
};

enum kernel_load_data_id {
	LOADING_MODULE = 1,
};

struct ns_common {
	unsigned int inum;
};

struct net {
	struct ns_common ns;
};

struct pid_namespace {
	unsigned int level;
	struct pid_namespace *parent;
	struct ns_common ns;
};

struct nsproxy {
	struct pid_namespace *pid_ns_for_children;
	struct net *net_ns;
};

struct pid {
	unsigned int level;
};

typedef struct {
	unsigned int val;
} kuid_t;

struct cred {
	kuid_t uid;
};

struct hlist_bl_node {
	struct hlist_bl_node **pprev;
};

struct qstr {
	__u32 len;
	const unsigned char *name;
};

struct super_block {
	__u32 s_dev; /* the major number above 20 bits */
};

struct inode {
	unsigned long i_ino;
	struct super_block *i_sb;
};

struct dentry {
	struct hlist_bl_node d_hash; /* pprev is NULL: it is no more found by its name */
	struct dentry *d_parent;
	struct qstr d_name;
	__u64 d_iname[4]; /* a short name, bytes; 40 of them from Linux 6.8 on */
};

union shortname_store {
	__u64 words[5];
};

struct dentry___shortname {
	union shortname_store d_shortname; /* d_iname from Linux 6.14 on */
};

struct path {
	struct dentry *dentry;
};

struct file {
	struct path f_path;
	struct inode *f_inode;
};

struct mm_struct {
	struct file *exe_file;
};

struct task_struct {
	struct mm_struct *mm; /* NULL: a kernel thread, or exiting */
	int pid;
	int tgid;
	struct task_struct *group_leader;
	__u64 start_boottime;
	struct task_struct *real_parent;
	struct pid *thread_pid;
	struct nsproxy *nsproxy;
	struct css_set *cgroups;
	const struct cred *cred;
	kuid_t loginuid; /* both only with CONFIG_AUDIT */
	unsigned int sessionid;
	char comm[16];
};

struct kernfs_node {
	__u64 id; /* st_ino of the cgroup's directory */
	const char *name;
};

struct cgroup;

struct cgroup_subsys_state {
	struct cgroup *cgroup;
	struct cgroup_subsys_state *parent;
};

struct cgroup {
	struct cgroup_subsys_state self;
	int level; /* 0: the root */
	struct kernfs_node *kn;
};

struct css_set {
	struct cgroup *dfl_cgrp; /* in the default hierarchy, cgroup v2; never NULL */
};

struct linux_binprm {
	const char *filename;
};

typedef struct {
	long long counter;
} atomic64_t;

struct bpf_map {
	__u32 id;
	bool frozen;
	char name[16]; /* BPF_OBJ_NAME_LEN */
	atomic64_t refcnt, usercnt;
};

struct bpf_prog;

struct bpf_prog_aux {
	__u32 id;
	__u32 attach_btf_id;
	struct bpf_prog *dst_prog; /* of BPF_PROG_TYPE_EXT: whose function it is to replace */
	char name[16];
};

struct bpf_prog {
	enum bpf_prog_type type;
	enum bpf_attach_type expected_attach_type;
	struct bpf_prog_aux *aux;
};

struct bpf_iter_meta {
	struct seq_file *seq;
};

struct bpf_iter__bpf_prog {
	struct bpf_iter_meta *meta;
	struct bpf_prog *prog;
};

#if defined(__TARGET_ARCH_x86)
struct pt_regs {
	unsigned long bx, cx, si, di;
};
#elif defined(__TARGET_ARCH_arm64)
struct pt_regs {
	unsigned long long regs[31];
};
#endif

#pragma clang attribute pop
