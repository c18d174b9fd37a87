/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Slices of kernel structures, with just the members that are read here. CO-RE relocates each
 * access against the running kernel's BTF, so building needs neither a vmlinux.h nor a BTF.
 */
#pragma once

#include <linux/bpf.h>
#include <linux/types.h>

#pragma clang attribute push(__attribute__((preserve_access_index)), apply_to = record)

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

struct task_struct {
	int pid;
	int tgid;
	struct task_struct *real_parent;
	struct pid *thread_pid;
	struct nsproxy *nsproxy;
	struct css_set *cgroups;
	struct files_struct *files;
	const struct cred *cred;
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

struct super_block {
	unsigned int s_dev;
	unsigned long s_magic;
};

struct inode {
	struct super_block *i_sb;
	unsigned long i_ino;
};

struct qstr {
	const unsigned char *name;
};

struct dentry {
	struct inode *d_inode;
	struct qstr d_name;
};

struct list_head {
	struct list_head *next;
};

struct vfsmount {
	struct super_block *mnt_sb;
};

struct mount {
	struct mount *mnt_parent; /* its own, of a root */
	struct dentry *mnt_mountpoint;
	struct vfsmount mnt;
	struct list_head mnt_mounts; /* those mounted on it */
	struct list_head mnt_child;  /* in its parent's mnt_mounts */
	struct list_head mnt_share;  /* ring of those that share events */
	struct mount *mnt_master; /* of a slave: whose events it gets */
	int mnt_group_id;	  /* of those that share events; 0: private */
};

struct path {
	struct vfsmount *mnt;
};

struct file {
	struct path f_path;
	void *private_data;
};

struct fdtable {
	unsigned int max_fds;
	struct file **fd;
};

struct files_struct {
	struct {
		int counter;
	} count; /* tasks that share it */
	struct fdtable *fdt;
};

struct bpf_map {
	struct bpf_map *inner_map_meta; /* of a map of maps: what they have to be like */
	enum bpf_map_type map_type;
	__u32 key_size;
	__u32 value_size;
	__u32 max_entries;
	__u32 map_flags;
	__u32 id;
	char name[16]; /* BPF_OBJ_NAME_LEN */
};

struct bpf_prog_aux {
	__u32 id;
	__u32 used_map_cnt;
	__u32 max_rdwr_access;
	struct bpf_map **used_maps;
	char name[16];
};

struct bpf_prog {
	struct bpf_prog_aux *aux;
};

struct bpf_link {
	__u32 id;
};

struct bpf_iter__task_file {
	struct task_struct *task;
	__u32 fd;
	struct file *file;
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
