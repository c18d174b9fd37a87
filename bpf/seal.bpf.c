// SPDX-License-Identifier: GPL-2.0-only
/*
 * The seal: guards that refuse, to anybody and until reboot, what would end or bend enforcement.
 * Loaded by whoever seals, never by a mere load. They are passive until the map seal says a level;
 * that map and those of the objects are then guarded themselves, and frozen.
 *
 * Each refusal is a record. What is refused is refused whether or not that could be written.
 */
#include <linux/bpf.h>
#include <linux/errno.h>
#include <linux/magic.h>
#include <stdbool.h>

#include <bpf/bpf_core_read.h>
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>

#include "log.h"
#include "peek.h"

#define USED_MAPS_MAX	  64 /* MAX_USED_MAPS, kernel/bpf/verifier.c */
#define MOUNT_DEPTH_MAX	  64 /* mounts between the root's and that of the pins */
#define MOUNT_MASTERS_MAX 16
#define MOUNT_PEERS_MAX	  2048
#define MOUNTED_MAX	  1024 /* on one mount */
#define MNT_DETACH	  2 /* linux/fs.h, not for user space */

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(map_flags, BPF_F_RDONLY_PROG);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct bpflock_seal);
} seal SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(map_flags, BPF_F_RDONLY_PROG);
	__uint(max_entries, BPFLOCK_SEALED_MAX);
	__type(key, struct bpflock_sealed);
	__type(value, __u32);
} sealed SEC(".maps");

static __always_inline const struct bpflock_seal *seal_in_force(__u32 level)
{
	const struct bpflock_seal *s;
	__u32 zero = 0;

	s = bpf_map_lookup_elem(&seal, &zero);
	return s && s->level >= level ? s : NULL;
}

static __always_inline const __u32 *find_sealed(__u32 kind, __u32 dev, __u64 id)
{
	const struct bpflock_sealed key = { .id = id, .dev = dev, .kind = kind };

	return bpf_map_lookup_elem(&sealed, &key);
}

/* The compiler forgets what it knows of *p, and so the verifier what is a pointer there. */
#define barrier_var_memory(p) asm volatile("" : : "r"(p) : "memory")

/* What was tried, for the record. */
struct attempt {
	__u64 id;
	__u64 name; /* the kernel's address of a string; 0: there is none */
	__u32 what; /* enum bpflock_tamper */
};

static __always_inline void drop(void)
{
	struct bpflock_counters *c = counters_of(BPFLOCK_COUNTERS_TAMPER);

	next_seq();
	if (c)
		count(&c->dropped);
}

/* Global, so that the verifier looks at it once. Refuses. */
__noinline int refuse(ONLY(struct attempt, only))
{
	struct attempt *a = *only;
	static const char format[] = "%s";
	const __u32 size = BPFLOCK_RING_BYTES(sizeof(struct bpflock_tamper_record));
	struct bpflock_counters *c = counters_of(BPFLOCK_COUNTERS_TAMPER);
	struct bpflock_tamper_record *r;
	__u64 args[1];

	if (!only)
		return -EPERM;
	if (c)
		count(&c->verdicts[BPFLOCK_VERDICT_DENY]);
	r = over_budget(BPFLOCK_CLASS_DENIED, size) ? NULL
						    : bpf_ringbuf_reserve(&ring, sizeof(*r), 0);
	if (!r) {
		drop();
		return -EPERM;
	}
	charge(BPFLOCK_CLASS_DENIED, size);
	record_begin(AS_ONLY(&r->head), sizeof(*r), BPFLOCK_EVENT_TAMPER, bpf_ktime_get_boot_ns());
	r->head.generation = 0;
	r->head.retval = -EPERM;
	r->attempt = a->what;
	r->reserved = 0;
	r->id = a->id;
	__builtin_memset(r->object, 0, sizeof(r->object));
	args[0] = a->name;
	if (a->name)
		bpf_snprintf(r->object, sizeof(r->object), format, args, sizeof(args));
	r->object[sizeof(r->object) - 1] = '\0';
	r->head.seq = next_seq();
	if (c)
		count(&c->emitted);
	bpf_ringbuf_submit(r, 0);
	return -EPERM;
}

/* -EPERM, by a branch: see the minimum kernel's verifier in kimglock.bpf.c. */
static __always_inline int refused(__u32 what, __u64 id, const void *name)
{
	struct attempt a = { .id = id, .name = (__u64)name, .what = what };

	refuse(AS_ONLY(&a));
	return -EPERM;
}

/* The inode is read once: newer verifiers want it compared with NULL each time. */
static __always_inline int guard(struct dentry *dentry, __u32 what)
{
	struct inode *inode = dentry->d_inode;
	__u64 number;

	if (!inode || inode->i_sb->s_magic != BPF_FS_MAGIC || !seal_in_force(BPFLOCK_SEAL_PINS))
		return 0;
	number = inode->i_ino;
	if (!find_sealed(BPFLOCK_SEALED_INODE, inode->i_sb->s_dev, number))
		return 0;
	return refused(what, number, dentry->d_name.name);
}

SEC("lsm/inode_unlink")
int BPF_PROG(seal_unlink, struct inode *dir, struct dentry *dentry, int ret)
{
	return ret ? ret : guard(dentry, BPFLOCK_TAMPER_UNLINK);
}

SEC("lsm/inode_rmdir")
int BPF_PROG(seal_rmdir, struct inode *dir, struct dentry *dentry, int ret)
{
	return ret ? ret : guard(dentry, BPFLOCK_TAMPER_RMDIR);
}

/* Of an exchange the kernel asks twice, once for each direction. */
SEC("lsm/inode_rename")
int BPF_PROG(seal_rename, struct inode *old_dir, struct dentry *old, struct inode *new_dir,
	     struct dentry *new, int ret)
{
	if (!ret)
		ret = guard(old, BPFLOCK_TAMPER_RENAME);
	return ret ? ret : guard(new, BPFLOCK_TAMPER_RENAME);
}

/*
 * Unmounting. The pins live as long as a mount of their file system does, and umount -l of anything
 * above it takes it along: so the mount that the seal names and all that it is mounted below are
 * kept, wherever they have been moved. It is also taken along when something is unmounted that is
 * mounted in the same place of a mount that shares events with the one below ours (which takes the
 * mounts above ours only once they have nothing else mounted on them). Other copies, such as
 * a container's, may go. What is too much to look at is refused.
 */
struct umount {
	struct peek peek;
	__u64 asked; /* struct mount of what is to be unmounted */
	__u64 place; /* dentry that ours is mounted on */
	__u64 at;    /* struct mount that is looked at */
};

#define MOUNT_FIELD(m, field) ((m) + __builtin_preserve_field_info(((struct mount *)0)->field, 0))

static __always_inline __u32 group_of(struct peek *p, __u64 mount)
{
	return peek_at(p, MOUNT_FIELD(mount, mnt_group_id));
}

/* Whether u->at is what is to be unmounted, or below it. */
__noinline int goes_along(ONLY(struct umount, only))
{
	struct umount *u = *only;
	__u64 mount, parent;

	if (!only)
		return 1;
	mount = u->at;
	for (int i = 0; i < MOUNT_DEPTH_MAX; i++) {
		if (mount == u->asked)
			return 1;
		parent = peek_at(&u->peek, MOUNT_FIELD(mount, mnt_parent));
		if (parent == mount)
			return 0;
		mount = parent;
	}
	return 1;
}

/* Whether something is mounted on u->at in the place where ours is on its own parent. */
__noinline int has_such(ONLY(struct umount, only))
{
	struct umount *u = *only;
	__u64 head, next, child;

	if (!only)
		return 1;
	head = MOUNT_FIELD(u->at, mnt_mounts);
	next = peek_at(&u->peek, head);
	for (int i = 0; i < MOUNTED_MAX; i++) {
		if (next == head)
			return 0;
		child = next - MOUNT_FIELD(0, mnt_child);
		if (peek_at(&u->peek, MOUNT_FIELD(child, mnt_mountpoint)) == u->place)
			return 1;
		next = peek_at(&u->peek, next);
	}
	return 1;
}

/* Whether any of those that share events with u->at goes along and has such a mount. */
__noinline int peer_goes_along(ONLY(struct umount, only))
{
	struct umount *u = *only;
	__u64 first;

	if (!only)
		return 1;
	first = u->at;
	for (int i = 0; i < MOUNT_PEERS_MAX; i++) {
		if (goes_along(AS_ONLY(u)) && has_such(AS_ONLY(u)))
			return 1;
		u->at = peek_at(&u->peek, MOUNT_FIELD(u->at, mnt_share)) -
			MOUNT_FIELD(0, mnt_share);
		if (u->at == first)
			return 0;
	}
	return 1;
}

/* Whether ours goes by what is done to mounts that its parent gets events from. */
static __always_inline bool goes_by_events(struct umount *u, __u64 parent, bool with_what_is_below)
{
	__u64 asked_on = peek_at(&u->peek, MOUNT_FIELD(u->asked, mnt_parent));
	__u32 group = group_of(&u->peek, asked_on);
	__u64 sharer = parent;

	if (u->place != peek_at(&u->peek, MOUNT_FIELD(u->asked, mnt_mountpoint)))
		group = 0;
	for (int i = 0; i < MOUNT_MASTERS_MAX; i++) {
		if (!sharer)
			return false;
		if (group && group == group_of(&u->peek, sharer))
			return true;
		u->at = sharer;
		if (with_what_is_below && peer_goes_along(AS_ONLY(u)))
			return true;
		sharer = peek_at(&u->peek, MOUNT_FIELD(sharer, mnt_master));
	}
	return true;
}

SEC("lsm/sb_umount")
int BPF_PROG(seal_umount, struct vfsmount *mnt, int flags, int ret)
{
	const struct bpflock_seal *s = seal_in_force(BPFLOCK_SEAL_PINS);
	struct umount u = {};
	__u64 kept;

	if (ret)
		return ret;
	if (!s)
		return 0;
	u.peek.address = (__u64)mnt; /* from here on a number */
	barrier_var_memory(&u);
	u.asked = u.peek.address - MOUNT_FIELD(0, mnt);
	kept = s->mount - MOUNT_FIELD(0, mnt);
	u.at = kept;
	u.place = peek_at(&u.peek, MOUNT_FIELD(kept, mnt_mountpoint));
	if (goes_along(AS_ONLY(&u)) ||
	    goes_by_events(&u, peek_at(&u.peek, MOUNT_FIELD(kept, mnt_parent)),
			   flags & MNT_DETACH) ||
	    u.peek.failed)
		return refused(BPFLOCK_TAMPER_UMOUNT, mnt->mnt_sb->s_dev, NULL);
	return 0;
}

/* The file that an fd of the current task is open as, its private data: what the fd stands for. */
static __always_inline __u64 object_of(struct peek *p, __u32 fd)
{
	struct fdtable *table = bpf_get_current_task_btf()->files->fdt;
	__u64 file;

	if (fd >= table->max_fds)
		return 0;
	p->address = (__u64)table->fd;
	file = peek_at(p, p->address + fd * sizeof(void *));
	return file ? peek_at(p, file + bpf_core_field_offset(struct file, private_data)) : 0;
}

static __always_inline __u32 id_of(struct peek *p, __u32 fd, __u32 offset)
{
	__u64 object = object_of(p, fd);

	return object ? peek_at(p, object + offset) : 0;
}

/*
 * Links of ours cannot be detached or updated; of LSM programs' the kernel has no such call anyway.
 * A task that shares its files could have another one change what the fd stands for after we have
 * looked, so such a task detaches no links at all.
 */
static __always_inline int guard_link(__u32 fd, bool detach)
{
	bool shared = bpf_get_current_task_btf()->files->count.counter != 1;
	struct peek p = {};
	__u32 id = id_of(&p, fd, bpf_core_field_offset(struct bpf_link, id));

	if (!(detach && shared) && !p.failed && (!id || !find_sealed(BPFLOCK_SEALED_LINK, 0, id)))
		return 0;
	return refused(BPFLOCK_TAMPER_LINK, id, NULL);
}

/*
 * The programs that could take the place of ours in an update of its link; and those that could answer
 * in the place of ours: the kernel's own function is not called any more once one of them has
 * said anything but 0, and its callers take a positive number for consent. The verifier knows that of
 * LSM programs since 6.12, and of others not at all.
 */
static __always_inline int guard_load(const union bpf_attr *attr)
{
	__u32 type = attr->prog_type;

	if (type == BPF_PROG_TYPE_CGROUP_SYSCTL)
		return refused(BPFLOCK_TAMPER_SYSCTL, 0, NULL);
	if (type != BPF_PROG_TYPE_LSM && (type != BPF_PROG_TYPE_TRACING ||
					  attr->expected_attach_type != BPF_MODIFY_RETURN))
		return 0;
	if (!find_sealed(BPFLOCK_SEALED_FUNCTION, 0, attr->attach_btf_id))
		return 0;
	return refused(BPFLOCK_TAMPER_PROGRAM, 0, attr->prog_name);
}

/*
 * Maps are kept as they are by having been frozen: to refuse writing is for the record. Those that
 * readers write must not be frozen.
 */
static __always_inline int guard_map(__u32 fd, bool freeze)
{
	struct peek p = {};
	__u32 id = id_of(&p, fd, bpf_core_field_offset(struct bpf_map, id));
	const __u32 *flags = id ? find_sealed(BPFLOCK_SEALED_MAP, 0, id) : NULL;

	if (!flags || freeze != !!(*flags & BPFLOCK_SEALED_WRITABLE))
		return 0;
	if (!(*flags & BPFLOCK_SEALED_ALWAYS) && !seal_in_force(BPFLOCK_SEAL_OBJECTS))
		return 0;
	return refused(BPFLOCK_TAMPER_MAP, id, NULL);
}

/* announce writes grants into the log, and under a seal none are given. */
static __always_inline int guard_run(__u32 fd)
{
	struct peek p = {};
	__u64 aux = object_of(&p, fd);
	const __u32 *flags;
	__u32 id;

	aux = aux ? peek_at(&p, aux + bpf_core_field_offset(struct bpf_prog, aux)) : 0;
	id = aux ? peek_at(&p, aux + bpf_core_field_offset(struct bpf_prog_aux, id)) : 0;
	flags = id ? find_sealed(BPFLOCK_SEALED_PROGRAM, 0, id) : NULL;
	if (!flags || !(*flags & BPFLOCK_SEALED_NO_RUN) || !seal_in_force(BPFLOCK_SEAL_OBJECTS))
		return 0;
	return refused(BPFLOCK_TAMPER_RUN, id, NULL);
}

SEC("lsm/bpf")
int BPF_PROG(seal_bpf, int cmd, union bpf_attr *attr, unsigned int size)
{
	if (!seal_in_force(BPFLOCK_SEAL_PINS))
		return 0;
	switch (cmd) {
	case BPF_LINK_DETACH:
		return guard_link(attr->link_detach.link_fd, true);
	case BPF_LINK_UPDATE:
		return guard_link(attr->link_update.link_fd, false);
	case BPF_PROG_LOAD:
		return guard_load(attr);
	case BPF_PROG_RUN:
		return guard_run(attr->test.prog_fd);
	case BPF_MAP_UPDATE_ELEM:
	case BPF_MAP_DELETE_ELEM:
	case BPF_MAP_LOOKUP_AND_DELETE_ELEM:
		return guard_map(attr->map_fd, false);
	case BPF_MAP_UPDATE_BATCH:
	case BPF_MAP_DELETE_BATCH:
	case BPF_MAP_LOOKUP_AND_DELETE_BATCH:
		return guard_map(attr->batch.map_fd, false);
	case BPF_MAP_FREEZE:
		return guard_map(attr->map_fd, true);
	}
	return 0;
}

struct user {
	struct peek peek;
	__u64 maps; /* address of the next of its pointers to maps */
};

#define MAP_FIELD(m, field) ((m) + bpf_core_field_offset(struct bpf_map, field))

/* Whether a map of ours could be put into this one, which is for maps that are like meta. */
static __always_inline bool takes_ours(struct peek *p, __u64 meta)
{
	__u32 type = peek_at(p, MAP_FIELD(meta, map_type));
	__u32 max_entries = peek_at(p, MAP_FIELD(meta, max_entries));
	const struct bpflock_sealed shape = {
		.kind = BPFLOCK_SEALED_SHAPE,
		.id = BPFLOCK_SHAPE(peek_at(p, MAP_FIELD(meta, map_flags)),
				    peek_at(p, MAP_FIELD(meta, key_size)),
				    peek_at(p, MAP_FIELD(meta, value_size))),
		.dev = BPFLOCK_SHAPE_TYPE(type, max_entries),
	};

	return bpf_map_lookup_elem(&sealed, &shape) != NULL;
}

/* Whether the next map that a program uses is ours, or can be filled with ours. */
__noinline int next_is_ours(ONLY(struct user, only))
{
	struct user *u = *only;
	__u64 map, meta;
	__u32 id;

	if (!only)
		return 1;
	map = peek_at(&u->peek, u->maps);
	u->maps += sizeof(void *);
	if (!map)
		return 0;
	id = peek_at(&u->peek, MAP_FIELD(map, id));
	if (find_sealed(BPFLOCK_SEALED_MAP, 0, id))
		return 1;
	meta = peek_at(&u->peek, MAP_FIELD(map, inner_map_meta));
	return meta && takes_ours(&u->peek, meta);
}

/*
 * Asked with the fd of a program about to be given away: whoever has loaded it has used a read-only
 * fd of ours, if it uses a map of ours or one for maps like ours, and could write to it. Refused, it
 * is never attached.
 */
SEC("lsm/bpf_prog")
int BPF_PROG(seal_prog, struct bpf_prog *prog, int ret)
{
	struct bpf_prog_aux *aux = prog->aux;
	struct user u = {};
	__u32 n;

	if (ret)
		return ret;
	if (!seal_in_force(BPFLOCK_SEAL_PINS) || find_sealed(BPFLOCK_SEALED_PROGRAM, 0, aux->id))
		return 0;
	/*
	 * An iterator over a map's elements that is given them to write, on some kernels whatever
	 * the map's flags say, and frozen or not: which map, it is told only later.
	 */
	if (aux->max_rdwr_access)
		return refused(BPFLOCK_TAMPER_ITERATOR, aux->id, aux->name);
	if (!seal_in_force(BPFLOCK_SEAL_OBJECTS))
		return 0;
	n = aux->used_map_cnt;
	u.peek.address = (__u64)aux->used_maps; /* from here on a number */
	barrier_var_memory(&u);
	u.maps = u.peek.address;
	for (__u32 i = 0; i < USED_MAPS_MAX && i < n; i++) {
		if (next_is_ours(AS_ONLY(&u)) || u.peek.failed)
			return refused(BPFLOCK_TAMPER_PROGRAM, aux->id, aux->name);
	}
	return 0;
}

/* Without ftrace the kernel does not call BPF LSM programs: this one sysctl would end them all. */
SEC("cgroup/sysctl")
int seal_sysctl(struct bpf_sysctl *ctx)
{
	static const char guarded[] = "kernel/ftrace_enabled";
	char name[sizeof(guarded)] = {};

	if (!ctx->write || !seal_in_force(BPFLOCK_SEAL_PINS) ||
	    bpf_sysctl_get_name(ctx, name, sizeof(name), 0) != sizeof(guarded) - 1)
		return 1;
	for (__u32 i = 0; i < sizeof(guarded) - 1; i++)
		if (name[i] != guarded[i])
			return 1;
	refused(BPFLOCK_TAMPER_SYSCTL, 0, guarded);
	return 0;
}

/* Run once, by whoever seals: the address of the mount that an fd of his is on. */
__u64 mount_of_fd;
const volatile __u32 asked_tgid;
const volatile __u32 asked_fd;

SEC("iter/task_file")
int seal_mount(struct bpf_iter__task_file *ctx)
{
	struct task_struct *task = ctx->task;
	struct file *file = ctx->file;

	if (task && file && (__u32)task->tgid == asked_tgid && ctx->fd == asked_fd)
		mount_of_fd = (__u64)file->f_path.mnt;
	return 0;
}

char LICENSE[] SEC("license") = "GPL";
