/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The programs of a sealed set and the tools agree on what is here: the state of the seal, the
 * questions that are answered because nobody gets an fd of the maps, and how the references of the
 * maps are counted. As in abi.h, a change of any layout raises BPFLOCK_ABI.
 */
#pragma once

#include "abi.h"

/* Begins the kernel's name of every map and program of a sealed set, and of nothing else. */
#define BPFLOCK_SEALED_PREFIX	  "bplks_"
#define BPFLOCK_SEALED_PREFIX_LEN 6

/* Sealing may take so long, ns; after that the guards bind nobody any more. */
#define BPFLOCK_SEAL_TIME 30000000000ULL

enum bpflock_seal_word {
	BPFLOCK_SEAL_IDLE,
	BPFLOCK_SEAL_ARMED,  /* the guards bind all but the sealer */
	BPFLOCK_SEAL_SHUT,   /* they bind everybody */
	BPFLOCK_SEAL_SEALED, /* for good */
	_BPFLOCK_SEAL_MAX,
};

/* The programs that are attached to the root cgroup. */
enum bpflock_root_program {
	BPFLOCK_ROOT_LOCKED_DOWN,
	BPFLOCK_ROOT_GUARD_BPF,
	BPFLOCK_ROOT_GUARD_MAP,
	BPFLOCK_ROOT_GUARD_PROG,
	BPFLOCK_ROOT_GUARD_SYSCTL,
	BPFLOCK_ROOT_MODULE_REQUEST, /* only of a set whose policy names module requests; else 0 */
	_BPFLOCK_ROOT_MAX,
	/*
	 * The programs of the set before on the hooks of both locks, which can only refuse, whatever its maps say.
	 * Somebody may have an fd of one for good, and nobody can attach it again.
	 */
	BPFLOCK_ROOT_BEFORE = _BPFLOCK_ROOT_MAX,
	BPFLOCK_ROOT_MODULE_REQUEST_BEFORE,
	_BPFLOCK_ROOT_IDS,
};

/* No side of a trial may be chosen: there is none, or it ends by its time alone. */
#define BPFLOCK_NO_SLOT _BPFLOCK_SLOT_MAX

/* The one value of the map seal, which only programs write. */
struct bpflock_seal {
	__u64 word;  /* enum bpflock_seal_word; ARMED and SHUT count as IDLE from the deadline on */
	__u64 busy;  /* somebody is arming */
	__u64 since; /* CLOCK_BOOTTIME, ns: when it was closed */
	__u64 deadline; /* the same clock */
	__u64 start;	/* of the sealer's process; with tgid, who that is */
	__u32 tgid;
	__u32 uid;	   /* who sealed */
	__u32 stricter;	   /* the slot that a trial may be ended to */
	__u32 settled;	   /* 1 + the slot that decides, once a trial was ended; else 0 */
	__u32 programs[_BPFLOCK_ROOT_IDS]; /* ids, by enum bpflock_root_program */
	char source[BPFLOCK_SOURCE_LEN];
};
_Static_assert(sizeof(struct bpflock_seal) == 184, "ABI");

/* The program arm is run with this. */
struct bpflock_arming {
	__u32 programs[_BPFLOCK_ROOT_IDS];
	__u32 stricter;
	__u32 reserved;
	char source[BPFLOCK_SOURCE_LEN];
};
_Static_assert(sizeof(struct bpflock_arming) == 136, "ABI");

/* The programs arm, shut, close and abandon return one of these. */
enum bpflock_seal_answer {
	BPFLOCK_SEAL_DONE,
	BPFLOCK_SEAL_BUSY,     /* somebody else's seal is under way */
	BPFLOCK_SEAL_STRANGER, /* the caller is not who armed */
	BPFLOCK_SEAL_LATE,     /* the deadline is over */
	BPFLOCK_SEAL_WRONG,    /* not in this state */
	BPFLOCK_SEAL_HELD,     /* somebody holds a map */
};

/*
 * The maps whose references are counted: those that programs name, and what the slots of maps of
 * maps hold. The ring and the reader's map are not among them; everybody may have those.
 */
enum bpflock_kept_map {
	BPFLOCK_MAP_COUNTERS,
	BPFLOCK_MAP_FOUND,
	BPFLOCK_MAP_KEPT,
	BPFLOCK_MAP_LATCH,
	BPFLOCK_MAP_LOADING,
	BPFLOCK_MAP_LOG_STATE,
	BPFLOCK_MAP_RECENT,
	BPFLOCK_MAP_REFUSING,
	BPFLOCK_MAP_SEAL,
	BPFLOCK_MAP_STAMP,
	BPFLOCK_MAP_TAMPERS,
	BPFLOCK_MAP_POLICY,
	BPFLOCK_MAP_RULES,
	BPFLOCK_MAP_NODES,
	BPFLOCK_MAP_PATHS,
	BPFLOCK_MAP_ENDS,
	BPFLOCK_MAP_GRANTS,
	BPFLOCK_MAP_RODATA, /* the map of maps that the constants are in */
	BPFLOCK_MAP_IN_POLICY,
	BPFLOCK_MAP_IN_RULES = BPFLOCK_MAP_IN_POLICY + _BPFLOCK_SLOT_MAX,
	BPFLOCK_MAP_IN_NODES = BPFLOCK_MAP_IN_RULES + BPFLOCK_BANKS,
	BPFLOCK_MAP_IN_PATHS = BPFLOCK_MAP_IN_NODES + BPFLOCK_BANKS,
	BPFLOCK_MAP_IN_ENDS = BPFLOCK_MAP_IN_PATHS + BPFLOCK_BANKS,
	BPFLOCK_MAP_IN_GRANTS = BPFLOCK_MAP_IN_ENDS + BPFLOCK_BANKS,
	BPFLOCK_MAP_IN_RODATA = BPFLOCK_MAP_IN_GRANTS + BPFLOCK_BANKS,
	_BPFLOCK_MAP_MAX,
};

/*
 * The references of a map: usercnt counts fds, pins and mappings; refcnt those, programs and maps
 * of maps.
 */
struct bpflock_references {
	__u32 id; /* 0: that slot is empty */
	__u32 usercnt;
	__u32 refcnt;
	__u32 frozen;
};
_Static_assert(sizeof(struct bpflock_references) == 16, "ABI");

/* The program close is run with the refcnt that each map must have, 0: an empty slot. */
struct bpflock_closing {
	__u32 refcnt[_BPFLOCK_MAP_MAX];
	__u32 failed;			 /* returned: which of them is held */
	struct bpflock_references found; /* returned: its */
};

/* The program ask answers one of these questions. */
enum bpflock_ask {
	BPFLOCK_ASK_SEAL,
	BPFLOCK_ASK_STAMP,
	BPFLOCK_ASK_LATCH,
	BPFLOCK_ASK_POLICY,   /* index: enum bpflock_policy_slot */
	BPFLOCK_ASK_RULES,    /* bank; index: the first row */
	BPFLOCK_ASK_PATHS,    /* the same */
	BPFLOCK_ASK_GRANTS,   /* the same */
	BPFLOCK_ASK_ENDS,     /* bank; index: the row */
	BPFLOCK_ASK_COUNTERS, /* index: of the counters; summed over all CPUs */
	BPFLOCK_ASK_LOG_STATE,
	/*
	 * index: the first slot to look at; returned: the first that is left. n slots where repetitions wait, or may
	 * come before the window is over; fewer than
	 * BPFLOCK_ASK_SLOTS are the last. Of one that is being written, busy alone is returned, and is not 0.
	 */
	BPFLOCK_ASK_RECENT,
	/*
	 * index: the first slot to look at; returned: 1 + that of the first which holds something.
	 * It is not answered (n is 0) if it is being written.
	 */
	BPFLOCK_ASK_KEPT,
	BPFLOCK_ASK_REFERENCES,
	BPFLOCK_ASK_LAST, /* as BPFLOCK_ASK_RECENT, of all slots in use */
	_BPFLOCK_ASK_MAX,
};

#define BPFLOCK_ASK_ROWS  8
#define BPFLOCK_ASK_SLOTS 12

/* Slots of the map recent, each copied under its lock. */
struct bpflock_slots {
	__u32 index[BPFLOCK_ASK_SLOTS];
	struct bpflock_recent slots[BPFLOCK_ASK_SLOTS];
};

struct bpflock_question {
	__u32 what; /* enum bpflock_ask */
	__u32 bank;
	__u32 index;
	__u32 n; /* returned: how many rows; 0: there is no such thing */
	union {
		struct bpflock_seal seal;
		struct bpflock_stamp stamp;
		struct bpflock_latch latch;
		struct bpflock_policy policy;
		struct bpflock_rule rules[BPFLOCK_ASK_ROWS];
		struct bpflock_node paths[BPFLOCK_ASK_ROWS];
		struct bpflock_grant grants[BPFLOCK_ASK_ROWS];
		struct bpflock_ends ends;
		struct bpflock_counters counters;
		struct bpflock_log_state log_state;
		struct bpflock_slots recent;
		struct bpflock_kept kept;
		struct bpflock_references references[_BPFLOCK_MAP_MAX];
	} answer;
};
_Static_assert(sizeof(struct bpflock_question) == 16 + 4104, "ABI");

/* The program revoke is run with an end of a grant: only one that is earlier than now counts. */
struct bpflock_revoking {
	__u32 bank;
	__u32 grant;		   /* its row among the grants */
	__u32 id;		   /* of the grant, to be sure */
	__u32 ends;		   /* the row of the ends it is for */
	struct bpflock_ends until; /* what is left without it */
};
_Static_assert(sizeof(struct bpflock_revoking) == 528, "ABI");

/* A line that the iterator look writes: a program that could answer in our place. */
struct bpflock_looked {
	__u32 id;
	__u32 kind; /* enum bpflock_rival */
	char name[16];
};
_Static_assert(sizeof(struct bpflock_looked) == 24, "ABI");

enum bpflock_rival {
	BPFLOCK_RIVAL_NONE,
	BPFLOCK_RIVAL_MODIFY_RETURN, /* on the kernel's functions that ask */
	BPFLOCK_RIVAL_LSM,	     /* the same, where the verifier lets it consent */
	BPFLOCK_RIVAL_LSM_CGROUP,    /* a foreign one on a hook of ours */
	BPFLOCK_RIVAL_EXTENSION,     /* to take the place of a function of ours */
	BPFLOCK_RIVAL_SYSCTL,	     /* named, but no reason not to seal */
	_BPFLOCK_RIVAL_MAX,
};
