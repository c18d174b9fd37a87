/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the programs in the kernel and the tools in user space agree on: records, rule sets,
 * counters, map and pin names. Everything here is little more than memory layout, so members are
 * fixed-width, padding is spelled out and every size is asserted. A change of any layout below
 * raises BPFLOCK_ABI; pins that carry another number are rebuilt, never reinterpreted.
 */
#pragma once

#include <linux/types.h>

#define BPFLOCK_ABI	     1
#define BPFLOCK_MAGIC	     0x6b6c7062 /* "bplk" */
#define BPFLOCK_REASONS	     64		/* one bit per enum lockdown_reason value in a __u64 */
#define BPFLOCK_SOURCE_LEN   96
#define BPFLOCK_COMM_LEN     16	  /* TASK_COMM_LEN */
#define BPFLOCK_PATH_MAX     4096 /* PATH_MAX: a longer file name is truncated */
#define BPFLOCK_PATH_SHORT   256
#define BPFLOCK_RING_SIZE    (512 * 1024) /* default; a power of two and of whole pages */
#define BPFLOCK_HOOK_PROGRAM "locked_down"

/* Where a reason beyond the masks is decided and counted: LOCKDOWN_NONE's bit. */
#define BPFLOCK_REASON_UNKNOWN 0

enum bpflock_profile {
	BPFLOCK_PROFILE_PRIVILEGED,
	BPFLOCK_PROFILE_BASELINE,
	BPFLOCK_PROFILE_RESTRICTED,
	_BPFLOCK_PROFILE_MAX,
};

enum bpflock_level {
	BPFLOCK_LEVEL_INTEGRITY,
	BPFLOCK_LEVEL_CONFIDENTIALITY,
	_BPFLOCK_LEVEL_MAX,
};

enum bpflock_mode {
	BPFLOCK_MODE_ENFORCE,
	BPFLOCK_MODE_AUDIT,
	_BPFLOCK_MODE_MAX,
};

/* In order of interest: enum bpflock_log is the first verdict that becomes a record. */
enum bpflock_verdict {
	BPFLOCK_VERDICT_ALLOW,
	BPFLOCK_VERDICT_AUDIT,
	BPFLOCK_VERDICT_DENY,
	_BPFLOCK_VERDICT_MAX,
};

enum bpflock_log {
	BPFLOCK_LOG_ALL = BPFLOCK_VERDICT_ALLOW,
	BPFLOCK_LOG_DENIED = BPFLOCK_VERDICT_AUDIT,
	BPFLOCK_LOG_NONE = _BPFLOCK_VERDICT_MAX,
};

/* What settled a decision. */
enum bpflock_why {
	BPFLOCK_WHY_PROFILE,
	BPFLOCK_WHY_LEVEL, /* outside the level, so the profile does not govern it */
	BPFLOCK_WHY_BLOCK,
	BPFLOCK_WHY_ALLOW,
	_BPFLOCK_WHY_MAX,
};

enum bpflock_exec_snoop {
	BPFLOCK_EXEC_SNOOP_NONE,
	BPFLOCK_EXEC_SNOOP_ALL,
	_BPFLOCK_EXEC_SNOOP_MAX,
};

/* The settings whose origin a policy remembers. */
enum bpflock_setting {
	BPFLOCK_SETTING_PROFILE,
	BPFLOCK_SETTING_LEVEL,
	BPFLOCK_SETTING_BLOCK,
	BPFLOCK_SETTING_ALLOW,
	BPFLOCK_SETTING_MODE,
	BPFLOCK_SETTING_LOG,
	BPFLOCK_SETTING_EXEC_SNOOP,
	_BPFLOCK_SETTING_MAX,
};

/*
 * What decides. The masks have a bit per reason. profile, level, block, allow, mode and log are
 * what was asked for; deny, host_only and governed follow from them (see ruleset_compile()).
 */
struct bpflock_ruleset {
	__u64 deny;	 /* refused for everybody */
	__u64 host_only; /* refused outside the initial pid and network namespaces */
	__u64 block;
	__u64 allow;
	__u64 governed; /* operations of this level */
	__u32 profile;	/* enum bpflock_profile */
	__u32 level;	/* enum bpflock_level */
	__u32 mode;	/* enum bpflock_mode */
	__u32 log;	/* enum bpflock_log */
};
_Static_assert(sizeof(struct bpflock_ruleset) == 56, "ABI");

/*
 * The one value of an inner policy map. It is written before its map is frozen and entered into
 * the slot of MAP_POLICY, so nobody ever sees half of one.
 */
struct bpflock_policy {
	__u64 generation; /* from 1, one more with each change */
	struct bpflock_ruleset rules;
	__u32 exec_snoop; /* enum bpflock_exec_snoop */
	__u32 reserved;
	char sources[_BPFLOCK_SETTING_MAX][BPFLOCK_SOURCE_LEN]; /* who set it, NUL-terminated */
};
_Static_assert(sizeof(struct bpflock_policy) == 744, "ABI");

/* Per CPU and reason; exactly one cache line. */
struct bpflock_counters {
	__u64 verdicts[_BPFLOCK_VERDICT_MAX];
	__u64 emitted;	 /* became a record in the ring */
	__u64 coalesced; /* carried by another record */
	__u64 dropped;	 /* the ring was full */
	__u64 unlogged;	 /* the policy wants no record */
	__u64 reserved;
};
_Static_assert(sizeof(struct bpflock_counters) == 64, "ABI");

/* Indices of the counters map: the reasons, then exec events (verdicts[] unused). */
#define BPFLOCK_COUNTERS_EXEC BPFLOCK_REASONS
#define BPFLOCK_COUNTERS_MAX  (BPFLOCK_REASONS + 1)

/* Shared by all that emit records. */
struct bpflock_log_state {
	__u64 seq; /* the last sequence number given away, to a record or to a dropped one */
	__u64 reserved[7];
};
_Static_assert(sizeof(struct bpflock_log_state) == 64, "ABI");

/*
 * Where the consumer of the ring stands; written by the reader alone, so that its successor knows.
 */
struct bpflock_reader_state {
	__u64 seq;  /* the last sequence number consumed or reported lost */
	__u64 lost; /* records reported lost so far */
};
_Static_assert(sizeof(struct bpflock_reader_state) == 16, "ABI");

enum bpflock_event {
	BPFLOCK_EVENT_LOCKED_DOWN = 1,
	BPFLOCK_EVENT_EXECVE = 2,
};

/*
 * The head of each record. seq is taken after the ring slot was reserved and before it is
 * committed: once a consumer has passed the producer position it read after seeing number N,
 * every number below N that did not arrive is lost for certain.
 */
struct bpflock_record {
	__u32 size;  /* of the whole record, bytes */
	__u16 abi;   /* BPFLOCK_ABI */
	__u16 event; /* enum bpflock_event */
	__u64 seq;   /* from 1 */
	__u64 time;  /* CLOCK_BOOTTIME, ns */
	__u64 generation;
	__u64 cgroup_id; /* st_ino of the cgroup v2 directory */
	__u32 tgid;	 /* ids as the initial namespaces see them */
	__u32 pid;
	__u32 ppid;
	__u32 uid;
	__u32 pidns; /* inode numbers, as in /proc/PID/ns */
	__u32 netns; /* 0: exiting task, it has none any more */
	__s32 retval;
	__u32 count; /* decisions this record stands for, itself included */
	char comm[BPFLOCK_COMM_LEN];
	char pcomm[BPFLOCK_COMM_LEN];
};
_Static_assert(sizeof(struct bpflock_record) == 104, "ABI");

struct bpflock_decision_record {
	struct bpflock_record head;
	__u32 reason; /* enum lockdown_reason of the running kernel */
	__u8 verdict; /* enum bpflock_verdict */
	__u8 why;     /* enum bpflock_why */
	__u8 profile; /* enum bpflock_profile */
	__u8 reserved;
};
_Static_assert(sizeof(struct bpflock_decision_record) == 112, "ABI");

#define BPFLOCK_EXEC_TRUNCATED 1U

/* The file name follows, NUL-terminated. */
struct bpflock_exec_record {
	struct bpflock_record head;
	__u32 filename_len; /* bytes in filename, without the NUL */
	__u32 flags;	    /* BPFLOCK_EXEC_* */
};
_Static_assert(sizeof(struct bpflock_exec_record) == 112, "ABI");

/* One row per reason of the running kernel, found in its BTF at load; an empty name is a gap. */
struct bpflock_operation {
	char name[31];
	__u8 level; /* enum bpflock_level: the lowest that governs it */
};
_Static_assert(sizeof(struct bpflock_operation) == 32, "ABI");

/*
 * The one value of MAP_STAMP: what these pins are and who made them. magic, abi and build keep
 * their places in every version, so that any version can say what it does not understand.
 */
struct bpflock_stamp {
	__u32 magic;
	__u32 abi;
	char build[40];	   /* version of the loader */
	__u64 object_hash; /* of the BPF object it carried: equal means the same programs */
	__u64 loaded;	   /* CLOCK_BOOTTIME, ns */
	__u32 host_netns;  /* inode number */
	__u32 programs;	   /* how many there have to be */
	struct bpflock_operation operations[BPFLOCK_REASONS];
};
_Static_assert(sizeof(struct bpflock_stamp) == 2120, "ABI");
