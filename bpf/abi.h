/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The programs in the kernel and the tools in user space agree on what is here: records, rule sets,
 * counters, map and pin names. Everything here is little more than memory layout, so members are
 * fixed-width, padding is spelled out and every size is asserted. A change of any layout below
 * raises BPFLOCK_ABI; pins that carry another number are rebuilt, never reinterpreted.
 */
#pragma once

#include <linux/types.h>

#ifndef BPFLOCK_ABI /* tests build a second version with another */
#define BPFLOCK_ABI	     9
#endif
#define BPFLOCK_MAGIC	     0x6b6c7062 /* "bplk" */
#define BPFLOCK_REASONS	     64		/* one bit per enum lockdown_reason value in a __u64 */
#define BPFLOCK_SOURCE_LEN   96
#define BPFLOCK_LATCH_SOURCE_LEN 48
#define BPFLOCK_COMM_LEN     16	  /* TASK_COMM_LEN */
#define BPFLOCK_PATH_MAX     4096 /* PATH_MAX: a longer file name is truncated */
#define BPFLOCK_PATH_SHORT   256
#define BPFLOCK_RING_SIZE    (512 * 1024) /* default; a power of two and of whole pages */
#define BPFLOCK_HOOK_PROGRAM "locked_down"
#define BPFLOCK_MODULE_PROGRAM "module_request"
#define BPFLOCK_REFUSED_PROGRAM "refused" /* sees refusals by others */
#define BPFLOCK_BY_LOCKDOWN_PROGRAM "by_lockdown" /* knows which of them are Lockdown's */
#define BPFLOCK_MODULE_FILE_PROGRAM "module_file" /* sees the files of modules */
#define BPFLOCK_MODULE_MEMORY_PROGRAM "module_memory" /* sees modules that have none */
#define BPFLOCK_STAMP_MAP    "bpflock_stamp" /* bound to each program of a set */
#define BPFLOCK_NAME_MAX     255 /* NAME_MAX: of a cgroup's directory */
#define BPFLOCK_NOTE_LEN     96
#define BPFLOCK_REFUSED_LEN  192
#define BPFLOCK_EXE_LEN	     96
#define BPFLOCK_OBJECT_LEN   64

/* A record takes its size and a header of the ring, rounded up (kernel/bpf/ringbuf.c). */
#define BPFLOCK_RING_BYTES(size) (((size) + 8 + 7) & ~7UL)

/* Slots for decisions that may be repeated; a power of two. */
#define BPFLOCK_RECENT 512

/* So many of the newest records of a kind are kept beside a full ring. */
#define BPFLOCK_KEPT 4

/*
 * A policy's cgroup rules live in banks of maps. A large policy has two: its base, which changes leave as it is, and a bank
 * of what has changed since. The policy in force has a pair, the one it falls back to another, and a third is filled while
 * those two decide.
 */
#define BPFLOCK_BANKS	   6
#define BPFLOCK_NO_BANK	   BPFLOCK_BANKS
#define BPFLOCK_NO_ROW	   0xffffffffU
#define BPFLOCK_LEVELS_MAX 64 /* a rule's path has fewer components */

/* Most names are no longer, those of containers included; others have a row for each piece. */
#define BPFLOCK_PIECE_MAX  99
#define BPFLOCK_PIECES_MAX (BPFLOCK_LEVELS_MAX * (BPFLOCK_NAME_MAX / BPFLOCK_PIECE_MAX + 1))

/* A reason beyond the masks is decided and counted at LOCKDOWN_NONE's bit. */
#define BPFLOCK_REASON_UNKNOWN 0

/*
 * The operation of ours, module_request, is none of the kernel's reasons. It takes a bit that those
 * never get: one of that number is beyond the masks (bpflock_kernel_reason()).
 */
#define BPFLOCK_MODULE_REQUEST 62
#define BPFLOCK_MODULE_REQUEST_BIT (1ULL << BPFLOCK_MODULE_REQUEST)

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
	BPFLOCK_LEVEL_NONE = _BPFLOCK_LEVEL_MAX, /* of an operation that has a profile of its own */
};

/* The profile of module_request alone. */
enum bpflock_kmodlock {
	BPFLOCK_KMODLOCK_OFF, /* the kernel does not ask about it */
	BPFLOCK_KMODLOCK_PRIVILEGED,
	BPFLOCK_KMODLOCK_BASELINE,
	BPFLOCK_KMODLOCK_RESTRICTED,
	_BPFLOCK_KMODLOCK_MAX,
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

/* Each decision has one reason that settled it. */
enum bpflock_why {
	BPFLOCK_WHY_PROFILE,
	BPFLOCK_WHY_LEVEL, /* outside the level, so the profile does not govern it */
	BPFLOCK_WHY_BLOCK,
	BPFLOCK_WHY_ALLOW,
	BPFLOCK_WHY_GRANT, /* an exception that ends by itself */
	BPFLOCK_WHY_LATCH, /* denied to everybody, for as long as the set is loaded */
	_BPFLOCK_WHY_MAX,
};

/* A refusal is bpflock's own, or something else refused, before bpflock was called or after it had allowed. */
enum bpflock_by {
	BPFLOCK_BY_BPFLOCK,
	BPFLOCK_BY_LOCKDOWN, /* kernel Lockdown */
	BPFLOCK_BY_OTHER,    /* another security module, another BPF program or an injected fault */
	_BPFLOCK_BY_MAX,
};

/* Refusals that may be on their way at one time, for each CPU: a thread that is preempted there has one. */
#define BPFLOCK_REFUSING_MAX 64

/* Threads whose last module is remembered, for each CPU. */
#define BPFLOCK_LOADING_MAX 64

enum bpflock_exec_log {
	BPFLOCK_EXEC_LOG_NONE,
	BPFLOCK_EXEC_LOG_FAILED, /* only executions that fail */
	BPFLOCK_EXEC_LOG_ALL,
	_BPFLOCK_EXEC_LOG_MAX,
};

/* The settings whose origin a policy remembers. */
enum bpflock_setting {
	BPFLOCK_SETTING_PROFILE,
	BPFLOCK_SETTING_LEVEL,
	BPFLOCK_SETTING_BLOCK,
	BPFLOCK_SETTING_ALLOW,
	BPFLOCK_SETTING_MODE,
	BPFLOCK_SETTING_LOG,
	BPFLOCK_SETTING_SEAL, /* from here on the host's alone, but for kmodlock */
	BPFLOCK_SETTING_LATCH,
	BPFLOCK_SETTING_KMODLOCK, /* those of a section follow one another */
	BPFLOCK_SETTING_EXEC_LOG,
	BPFLOCK_SETTING_COALESCE,
	BPFLOCK_SETTING_RING_SIZE,
	BPFLOCK_SETTING_OTHERS,
	_BPFLOCK_SETTING_MAX,
};

/*
 * A rule set decides. The masks have a bit per reason. profile, level, block, allow, mode and log
 * are what was asked for; deny, host_only and governed follow from them (see ruleset_compile()).
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
	__u32 kmodlock; /* enum bpflock_kmodlock */
	__u32 reserved;
};
_Static_assert(sizeof(struct bpflock_ruleset) == 64, "ABI");

/*
 * The configured policy had mistakes when a loader last read it, so this one was left active, or made
 * so. It is part of the policy that it is about: a change of that ends it.
 */
struct bpflock_refused {
	__u64 time;	/* CLOCK_BOOTTIME, ns; 0: it was not refused */
	__u32 fallback; /* 1: nothing was loaded, so the built-in policy is active */
	__u32 reserved;
	char text[BPFLOCK_REFUSED_LEN]; /* the first mistake, "FILE:LINE:COLUMN: MESSAGE"; ends in NUL */
};
_Static_assert(sizeof(struct bpflock_refused) == 208, "ABI");

/*
 * A short way to the answer to a question, unless it is latched or asked to prove something: most are allowed without a
 * record, and one byte says that.
 */
enum bpflock_quick {
	BPFLOCK_QUICK_NOT,   /* by all that a decision can depend on */
	BPFLOCK_QUICK_ALLOW, /* it is allowed, without a record */
	BPFLOCK_QUICK_RULES, /* by the rule set or the grant of the task's cgroup */
	BPFLOCK_QUICK_HOST,  /* it is allowed in the initial pid and network namespaces, without a record */
};

/*
 * The operations that a policy opened when it took the place of another. It holds for the generation that
 * it names: builds from before have the end of a long refused.text here, or zeros, and neither is one.
 */
struct bpflock_looser {
	__u64 generation; /* of the policy that it is about; 0: none */
	__u64 time;	  /* clock_realtime(), as the dates of sources */
	__u64 host;	  /* opened by the host's rule set to tasks in the host's namespaces */
	__u64 containers; /* and to those outside */
	__u64 cgroups;	  /* opened at rule sets of cgroups, to anybody */
	__u32 settings;	  /* of the host that are looser: a bit per enum bpflock_setting */
	__u32 reserved;
};
_Static_assert(sizeof(struct bpflock_looser) == 48, "ABI");

/*
 * The one value of an inner policy map: the host's rule set, and where those of cgroups are. It is
 * written before its map is frozen and entered into a slot of MAP_POLICY, so nobody ever sees half
 * of one. Nothing that a policy in a slot refers to is ever changed: a change of any part is another
 * policy, and what it changes is in another bank.
 */
struct bpflock_policy {
	__u64 generation; /* from 1, one more with each change */
	__u64 edition; /* one more with each change, also with one of sources alone, which keeps the generation */
	struct bpflock_ruleset rules;
	__u8 quick[BPFLOCK_REASONS]; /* enum bpflock_quick; it follows from the rest, see bpflock_quick() */
	__u64 expires; /* CLOCK_BOOTTIME, ns: from then on the fall-back decides; 0: never */
	__u64 coalesce; /* ns in which a repeated decision gets no record of its own; 0: off */
	__u64 granted; /* operations that the host's rule set has grants for */
	__u64 latch;   /* operations to latch: what was asked for; struct bpflock_latch says what is */
	__u32 ends;    /* their row in the bank's ends */
	__u32 exec_log; /* enum bpflock_exec_log */
	__u32 bank;	  /* BPFLOCK_NO_BANK: neither cgroup rules nor grants */
	__u32 base;	  /* the bank of rules that are not there; BPFLOCK_NO_BANK: it has them all */
	__u32 n_rows;	  /* of the bank's rules: nodes of the tree of paths, the root included */
	__u32 n_base;	  /* the same of the base's */
	__u32 n_grants;
	__u32 depth; /* components of the longest path of a rule or grant */
	__u32 ring_size; /* bytes, a power of two */
	__u32 seal; /* 1: to be sealed; what was asked for, struct bpflock_seal says what there is */
	__u32 others; /* 1: refusals by others become records */
	__u32 reserved;
	/*
	 * All that any rule set of this policy refuses: it decides when the task's own cannot be found. Those count that are
	 * in the base and gone.
	 */
	struct bpflock_ruleset strictest;
	char sources[_BPFLOCK_SETTING_MAX][BPFLOCK_SOURCE_LEN]; /* who set it, NUL-terminated */
	struct bpflock_refused refused;
	struct bpflock_looser looser;
};
_Static_assert(sizeof(struct bpflock_policy) == 1792, "ABI");

/* The slots of MAP_POLICY. */
enum bpflock_policy_slot {
	BPFLOCK_SLOT_ACTIVE,
	BPFLOCK_SLOT_FALLBACK, /* decides once the active one has expired */
	_BPFLOCK_SLOT_MAX,
};

#define BPFLOCK_RULE_SET     1U /* has a rule set; else grants hang there, or deeper rules */
#define BPFLOCK_RULE_RUNTIME 2U /* set by bpflock-ctl, not by a policy file */
#define BPFLOCK_RULE_LIKE_HOST 4U /* begins with the host's rule set, and has keys of its own */
#define BPFLOCK_RULE_GONE 8U /* has none, whatever the base says */
/* From here on a bit per enum bpflock_setting: the keys that were named. */
#define BPFLOCK_RULE_KEYS_SHIFT 16
_Static_assert(_BPFLOCK_SETTING_MAX <= 16, "ABI");

/*
 * A row of a bank's rules: what holds for a cgroup and what is below it. It comes before the base's row of the same path.
 * A base has neither grants nor rule sets that are like the host's. Row 0 is the root, which has no rule set: in a base it
 * has the strictest of all there. Programs decide by rules alone; the lists that are its own let tools make them again when
 * the host's change.
 */
struct bpflock_rule {
	struct bpflock_ruleset rules;
	__u64 own_block; /* of a rule set that is like the host's */
	__u64 own_allow;
	__u64 granted; /* operations that grants of this cgroup are for */
	__u32 ends;    /* their row in the bank's ends */
	__u32 flags;   /* BPFLOCK_RULE_* */
	char source[BPFLOCK_SOURCE_LEN];
};
_Static_assert(sizeof(struct bpflock_rule) == 192, "ABI");

/*
 * The paths of rules, as a tree: the row of a cgroup by the row of its parent and its name. Names of
 * the default hierarchy never change (cgroup_kf_syscall_ops has no rename), so a decision finds the
 * rows of a task's cgroup by the names on its path. A piece of BPFLOCK_PIECE_MAX bytes is followed by
 * the next piece of the same name, which may be empty; any other is the last.
 */
struct bpflock_node {
	__u32 parent;
	char name[BPFLOCK_PIECE_MAX + 1]; /* or a piece of it; padded with NULs */
};
_Static_assert(sizeof(struct bpflock_node) == 104, "ABI");

/* A row of a bank's ends: when the last grant for an operation ends. */
struct bpflock_ends {
	__u64 until[BPFLOCK_REASONS]; /* CLOCK_BOOTTIME, ns; 0: no grant */
};
_Static_assert(sizeof(struct bpflock_ends) == 512, "ABI");

/* A row of a bank's grants: as they were given. For tools alone, programs read the ends. */
struct bpflock_grant {
	__u64 operations;
	__u64 given; /* CLOCK_BOOTTIME, ns */
	__u64 expires;
	__u32 id;
	__u32 row; /* of the cgroup; 0: the host's rule set */
	__u32 uid; /* who gave it */
	__u32 reserved;
	char note[BPFLOCK_NOTE_LEN]; /* why, NUL-terminated */
};
_Static_assert(sizeof(struct bpflock_grant) == 136, "ABI");

/* Per CPU and reason; exactly one cache line. */
struct bpflock_counters {
	__u64 verdicts[_BPFLOCK_VERDICT_MAX];
	__u64 emitted;	 /* became a record, in the ring or kept beside it */
	__u64 coalesced; /* carried by another record, or waiting to be */
	__u64 dropped;	 /* the ring was full, and newer ones were kept */
	__u64 unlogged;	 /* the policy wants no record */
	__u64 proofs;	 /* questions of our own, which are in none of the others */
};
_Static_assert(sizeof(struct bpflock_counters) == 64, "ABI");

/* Indices of the counters map: the reasons, then other events (verdicts[] unused). */
#define BPFLOCK_COUNTERS_EXEC  BPFLOCK_REASONS
#define BPFLOCK_COUNTERS_GRANT (BPFLOCK_REASONS + 1)
#define BPFLOCK_COUNTERS_TAMPER (BPFLOCK_REASONS + 2) /* by uid 0 */
#define BPFLOCK_COUNTERS_TAMPER_OTHERS (BPFLOCK_REASONS + 3)
#define BPFLOCK_COUNTERS_OTHERS (BPFLOCK_REASONS + 4) /* refusals by others: the reasons once for each */
#define BPFLOCK_COUNTERS_MAX   (BPFLOCK_COUNTERS_OTHERS + (_BPFLOCK_BY_MAX - 1) * BPFLOCK_REASONS)
/* One more is none: the refusal that is on its way on this CPU, see refusing.h. */
#define BPFLOCK_COUNTERS_REFUSING BPFLOCK_COUNTERS_MAX

/* The index of a decision's counters, by who gave it. */
#define BPFLOCK_COUNTERS_OF(by, reason) \
	((by) ? BPFLOCK_COUNTERS_OTHERS + ((by) - 1) * BPFLOCK_REASONS + (reason) : (reason))

/*
 * Records share the ring, but not its room: a flood of one class leaves the others theirs. Each may
 * have so much of it that is not consumed yet.
 */
enum bpflock_class {
	BPFLOCK_CLASS_DENIED, /* audited and grants too */
	BPFLOCK_CLASS_ALLOWED,
	BPFLOCK_CLASS_EXEC,
	BPFLOCK_CLASS_TAMPER,
	BPFLOCK_CLASS_OTHERS, /* refusals that are not ours */
	_BPFLOCK_CLASS_MAX,
};

/* Processes that may prove at one time that the kernel calls us; questions of more are logged. */
#define BPFLOCK_PROOFS	   8
#define BPFLOCK_PROOF_TIME 1000000000ULL /* ns: a load takes no longer */
#define BPFLOCK_PROOF_MAX  16		 /* questions of one load: 8 on Linux 7.2 */

/* A process that proves, see proving.h. */
struct bpflock_proof {
	__u64 start; /* of the process, CLOCK_BOOTTIME, ns */
	__u64 until; /* the same clock */
	__u32 tgid;
	__u32 left; /* questions */
};
_Static_assert(sizeof(struct bpflock_proof) == 24, "ABI");

/* Context of the program prove. */
struct bpflock_proving {
	__u32 begin; /* 0: it is over */
	__u32 reserved;
};
_Static_assert(sizeof(struct bpflock_proving) == 8, "ABI");

/* Shared by all that emit records. */
struct bpflock_log_state {
	__u64 seq; /* the last sequence number given away, to a record or to a dropped one */
	__u64 produced[_BPFLOCK_CLASS_MAX]; /* bytes put into the ring */
	__s64 wall; /* CLOCK_REALTIME - CLOCK_BOOTTIME, ns, when the ring was made; 0: not known */
	__u64 waiting; /* not 0: the next record wakes who reads the ring without taking anything out */
	struct bpflock_proof proofs[BPFLOCK_PROOFS]; /* by tgid modulo their number */
};
_Static_assert(sizeof(struct bpflock_log_state) == 256, "ABI");

/*
 * The position of the ring's consumer is written by the reader alone, so that its successor knows,
 * and so that the kernel knows what of the ring's room each class has back.
 */
struct bpflock_reader_state {
	__u64 seq;  /* the last sequence number consumed or reported lost */
	__u64 lost; /* records reported lost so far */
	__u64 consumed[_BPFLOCK_CLASS_MAX]; /* bytes, as log_state.produced */
	__u64 position; /* in the ring: what is before it is consumed, given back yet or not */
};
_Static_assert(sizeof(struct bpflock_reader_state) == 64, "ABI");

enum bpflock_event {
	BPFLOCK_EVENT_LOCKED_DOWN = 1,
	BPFLOCK_EVENT_EXECVE = 2,
	BPFLOCK_EVENT_GRANT = 3,
	BPFLOCK_EVENT_TAMPER = 4,
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
	__u32 loginuid; /* audit's; BPFLOCK_UNSET: nobody has logged in, or the kernel has no audit */
	__u32 session;	/* audit's, the same */
	char comm[BPFLOCK_COMM_LEN];
	char pcomm[BPFLOCK_COMM_LEN];
};
_Static_assert(sizeof(struct bpflock_record) == 112, "ABI");

#define BPFLOCK_UNSET 0xffffffffU

/*
 * A path inside its file system is written from the file upwards, since that is how the kernel finds it: each name
 * is followed by '/', so "/usr/bin/head" is "head/bin/usr/". One without '/' at its end does not begin at the root of
 * a file system, as that of a memfd.
 */
#define BPFLOCK_PATH_DELETED 1U /* no name of the file is left */
#define BPFLOCK_PATH_CUT     2U /* upper directories are missing, or part of the last name there is */
#define BPFLOCK_PATH_REVERSED 4U /* of an object: it is such a path; else it is plain text */
#define _BPFLOCK_PATH_ALL    7U

struct bpflock_decision_record {
	struct bpflock_record head;
	__u32 reason; /* enum lockdown_reason of the running kernel */
	__u8 verdict; /* enum bpflock_verdict */
	__u8 why;     /* enum bpflock_why */
	__u8 profile; /* enum bpflock_profile */
	__u8 by;      /* enum bpflock_by; of others why, profile and rule_cgroup are 0 */
	__u64 rule_cgroup; /* id of the cgroup whose rule set decided, 0: the host's */
	__u64 exe_inode;   /* of the executable; 0: there is none, as of a kernel thread */
	__u32 exe_dev;	   /* of its file system, as the kernel has it: the major number above 20 bits */
	__u8 exe_flags;	   /* BPFLOCK_PATH_* */
	__u8 object_flags; /* the same */
	__u8 exe_len;	   /* bytes before its NUL */
	__u8 reserved2;
	char exe[BPFLOCK_EXE_LEN]; /* a path; NUL-terminated, anything may follow */
	/*
	 * The operation is about this: the module's file, or the alias of a module. NUL-terminated. In the ring it is left
	 * out where there is none, so a record there has one of two sizes.
	 */
	char object[BPFLOCK_OBJECT_LEN];
};
_Static_assert(sizeof(struct bpflock_decision_record) == 304, "ABI");

/* As much of it as there is without an object. */
struct bpflock_decision_plain {
	__u64 words[30];
};
_Static_assert(sizeof(struct bpflock_decision_plain) + BPFLOCK_OBJECT_LEN ==
		       sizeof(struct bpflock_decision_record),
	       "ABI");

enum bpflock_grant_action {
	BPFLOCK_GRANT_GIVEN,
	BPFLOCK_GRANT_REVOKED,
	_BPFLOCK_GRANT_ACTION_MAX,
};

/* The action of an announcement that is about no grant: `target` is the set that is about to be removed. */
#define BPFLOCK_ANNOUNCE_UNLOAD _BPFLOCK_GRANT_ACTION_MAX

/* The program announce is run with this as its context, which is also the body of its record. */
struct bpflock_announcement {
	__u64 generation; /* since when */
	__u64 operations;
	__u64 expires;
	__u32 id;
	__u32 action; /* enum bpflock_grant_action */
	char target[BPFLOCK_PATH_SHORT]; /* the cgroup's path, "/" for the host; NUL-terminated */
	char note[BPFLOCK_NOTE_LEN];
};
_Static_assert(sizeof(struct bpflock_announcement) == 384, "ABI");

struct bpflock_grant_record {
	struct bpflock_record head;
	struct bpflock_announcement body;
};
_Static_assert(sizeof(struct bpflock_grant_record) == 496, "ABI");

/* The source of a latch is who asked for it. */
struct bpflock_latched {
	__u64 since; /* CLOCK_BOOTTIME, ns; 0: it is not */
	__u32 uid;
	__u32 reserved;
	char source[BPFLOCK_LATCH_SOURCE_LEN]; /* NUL-terminated */
};
_Static_assert(sizeof(struct bpflock_latched) == 64, "ABI");

/* Context of the program latch; returned: all that is latched then. */
struct bpflock_latching {
	__u64 operations;
	char source[BPFLOCK_LATCH_SOURCE_LEN];
};
_Static_assert(sizeof(struct bpflock_latching) == 56, "ABI");

/*
 * The one value of the map latch_map: operations that are denied to everybody. Bits are only ever added,
 * by the program latch. The last one stands for all reasons from it on.
 */
struct bpflock_latch {
	__u64 operations;
	struct bpflock_latched by[BPFLOCK_REASONS]; /* the same order */
};
/* An attempt is one kind of call that a seal refuses. */
enum bpflock_tamper {
	BPFLOCK_TAMPER_ATTACH,	/* to attach a program where ours are */
	BPFLOCK_TAMPER_DETACH,	/* to detach one from there */
	BPFLOCK_TAMPER_PROGRAM, /* to get hold of a program that could answer for ours */
	BPFLOCK_TAMPER_NAME,	/* to make an object with a name of ours */
	BPFLOCK_TAMPER_MAP,	/* to open a map by its id while a seal is under way */
	BPFLOCK_TAMPER_SYSCTL,	/* to write a sysctl that ends enforcement */
	BPFLOCK_TAMPER_UNLOAD,	/* to end a set that is not sealed, which nothing refuses */
	_BPFLOCK_TAMPER_MAX,
};

/* The text is NUL-terminated and padded. */
struct bpflock_tamper_record {
	struct bpflock_record head; /* its count: tries of this user since the last record of them */
	__u32 attempt; /* enum bpflock_tamper */
	__u32 reserved;
	__u64 id; /* of the map or program; 0: none */
	char object[BPFLOCK_OBJECT_LEN]; /* its name */
};
_Static_assert(sizeof(struct bpflock_tamper_record) == 192, "ABI");

#define BPFLOCK_EXEC_TRUNCATED 1U

/* The file name follows, NUL-terminated. */
struct bpflock_exec_record {
	struct bpflock_record head;
	__u32 filename_len; /* bytes in filename, without the NUL */
	__u32 flags;	    /* BPFLOCK_EXEC_* */
};
_Static_assert(sizeof(struct bpflock_exec_record) == 120, "ABI");

/*
 * A slot of the map recent: a decision that was logged, and how often it was repeated since. busy is
 * a lock that nobody waits for: whoever finds it taken logs his decision by itself. Programs alone
 * write it, since what it counts is counted as coalesced.
 */
struct bpflock_recent {
	__u64 busy;
	__u64 until;   /* CLOCK_BOOTTIME, ns: a repetition after that is logged again */
	__u64 last;    /* when the latest repetition was, to a tick of the kernel's */
	__u32 pending; /* repetitions that no record has carried yet */
	__u32 tick;    /* until is out of reach within this one (of jiffies); 0: not known */
	struct bpflock_decision_record record; /* size 0: an unused slot */
};
_Static_assert(sizeof(struct bpflock_recent) == 336, "ABI");

/* With one more a record's count has no room for them. */
#define BPFLOCK_PENDING_MAX 0xfffffffeU

/*
 * A slot of the map kept: a record that found the ring full, one of the newest of its kind (reason
 * and verdict). Written by programs alone, which lock it by busy.
 */
struct bpflock_kept {
	__u64 busy;
	__u32 claimed; /* the reader is about to print it: it is not lost when it is replaced */
	__u32 reserved;
	struct bpflock_decision_record record; /* size 0: an empty slot */
};
_Static_assert(sizeof(struct bpflock_kept) == 320, "ABI");

/*
 * The slots of a kind begin at this index of the map kept; the next of them to use is a counter's value modulo
 * BPFLOCK_KEPT. A kind is a reason with one of our verdicts, or with who else refused.
 */
#define BPFLOCK_KINDS	   (_BPFLOCK_VERDICT_MAX + _BPFLOCK_BY_MAX - 1)
#define BPFLOCK_KIND(verdict, by) ((by) ? _BPFLOCK_VERDICT_MAX - 1 + (by) : (verdict))
#define BPFLOCK_KEPT_INDEX(reason, kind) (((reason) * BPFLOCK_KINDS + (kind)) * BPFLOCK_KEPT)
#define BPFLOCK_KEPT_MAX (BPFLOCK_REASONS * BPFLOCK_KINDS * BPFLOCK_KEPT)

enum bpflock_consume_action {
	BPFLOCK_CONSUME_CARRY,	 /* a slot of recent: its repetitions become a record */
	BPFLOCK_CONSUME_CLAIM,	 /* a slot of kept: its record is about to be printed */
	BPFLOCK_CONSUME_RELEASE, /* it was printed */
	BPFLOCK_CONSUME_WAIT,	 /* for no slot: the caller waits for the next record */
};

/* Answers of the program consume. */
enum bpflock_consume_result {
	BPFLOCK_CONSUME_DONE,
	BPFLOCK_CONSUME_BUSY,	/* the slot is being written */
	BPFLOCK_CONSUME_NOTHING, /* it holds nothing that was asked for */
};

/* Context of the program consume. */
struct bpflock_consume {
	__u32 action; /* enum bpflock_consume_action */
	__u32 slot;
	__u32 force; /* to carry: also before the window is over */
	__u32 reserved;
	__u64 first; /* to claim: the numbers that are wanted; to release: the one, in both */
	__u64 last;
	struct bpflock_decision_record record; /* out, if it is claimed */
};
_Static_assert(sizeof(struct bpflock_consume) == 336, "ABI");

/* One row per reason of the running kernel, found in its BTF at load; an empty name is a gap. */
struct bpflock_operation {
	char name[31];
	__u8 level; /* enum bpflock_level: the lowest that governs it */
};
_Static_assert(sizeof(struct bpflock_operation) == 32, "ABI");

/* A set of another format can lose these parts of it. */
enum bpflock_dropped {
	BPFLOCK_DROPPED_COUNTERS = 1,
	BPFLOCK_DROPPED_RECORDS = 2, /* that nobody has read yet */
	BPFLOCK_DROPPED_CGROUPS = 4, /* their rule sets set at run time */
	BPFLOCK_DROPPED_GRANTS = 8,
};

/* The predecessor of a set, if it could not be read: what was lost with it, and how to look it up. */
struct bpflock_replaced {
	__u32 magic; /* of its stamp; 0: it had none, or nothing was lost */
	__u32 abi;
	char build[40];
	__u32 dropped; /* enum bpflock_dropped, a mask */
	__u32 reserved;
};
_Static_assert(sizeof(struct bpflock_replaced) == 56, "ABI");

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
	struct bpflock_replaced replaced;
	struct bpflock_operation operations[BPFLOCK_REASONS];
};
_Static_assert(sizeof(struct bpflock_stamp) == 2176, "ABI");
