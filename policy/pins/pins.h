/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Everything below the bpffs: where the pins are, what they hold, and each read and write of a map.
 *
 *	BPFFS/bpflock/links/    one per attached program; the last pin of a link ends its enforcement
 *	BPFFS/bpflock/progs/    for inspection and for comparing with what the links run
 *	BPFFS/bpflock/maps/     policy rules nodes paths ends grants latch_map
 *	                        counters log_state ring recent kept reader stamp;
 *	                        of a sealed set ring and reader alone, see ask.h
 *	BPFFS/bpflock-staging-N a set being installed, or left behind by a loader that was killed
 *
 * A set is published, replaced and removed as a whole, under an exclusive flock(2) on BPFFS itself,
 * which loader and ctl take alike.
 */
#pragma once

#include <limits.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "abi.h"
#include "policy.h"

#define PINS_DEFAULT_BPFFS  "/sys/fs/bpf"
#define PINS_PUBLISHED	    "bpflock"
#define PINS_STAGING_PREFIX "bpflock-staging-"
#define PINS_MAX_SETS	    16
#define PINS_NAME_LEN	    256 /* of a set, NUL included */
#define PINS_MAX_PROGRAMS   32 /* of a set */

/* bpffs refuses names with a dot, so a pin's name is its object's name. */
#define PIN_POLICY    "maps/policy"
#define PIN_RULES     "maps/rules"
#define PIN_NODES     "maps/nodes"
#define PIN_ENDS      "maps/ends"
#define PIN_GRANTS    "maps/grants"
#define PIN_COUNTERS  "maps/counters"
#define PIN_LOG_STATE "maps/log_state"
#define PIN_RING      "maps/ring"
#define PIN_READER    "maps/reader"
#define PIN_RECENT    "maps/recent"
#define PIN_KEPT      "maps/kept"
#define PIN_STAMP     "maps/stamp"
#define PIN_HOOK_LINK "links/" BPFLOCK_HOOK_PROGRAM
#define PIN_HOOK_PROG "progs/" BPFLOCK_HOOK_PROGRAM
#define PIN_PATHS     "maps/paths"
#define PIN_LATCH_MAP "maps/latch_map"
#define PIN_LATCH     "progs/latch"
#define PIN_ANNOUNCE  "progs/announce"
#define PIN_CONSUME   "progs/consume"

/* Outcomes that a caller must handle; negative values are errnos. */
enum pins_outcome {
	PINS_OK = 0,
	PINS_ABSENT,  /* no such set */
	PINS_FOREIGN, /* another ABI made it: stamp.magic, abi and build can be told, nothing else
			 used */
	PINS_BROKEN,  /* parts are missing; what is there may still enforce */
	PINS_BUSY,    /* somebody else holds the lock */
};

/* The maps that hold policies: slots for the inner ones that do. fds, -1 if missing. */
struct pins_slots {
	int policy; /* [enum bpflock_policy_slot] */
	/* [BPFLOCK_BANKS] each */
	int rules, nodes, paths, ends, grants;
	int ask;     /* of a sealed set: the program that is asked instead, see ask.h; else -1 */
	bool sealed; /* the maps that are made for them are a sealed set's */
};

struct pins {
	char *path; /* of the set's directory; owned */
	/* map fds, -1 if that pin is missing; they end with pins_free(), the pins do not */
	struct pins_slots slots;
	int counters_fd;
	int log_state_fd;
	int reader_fd;
	int stamp_fd;
	int recent_fd, kept_fd;
	int latch_fd;
	int ring_fd; /* to know that it is there; the reader opens its own */
	struct bpflock_stamp stamp;
};

/* The bpffs to use: option if given, else $BPFLOCK_BPFFS (ignored if set-id), else the default. */
const char *pins_bpffs(const char *option);

/* Whether a path can name one: it is not empty, and the longest path of a pin below it fits. */
bool pins_bpffs_valid(const char *bpffs);

/*
 * Opens the set `name` below bpffs for reading. 0 with *ret_pins; PINS_FOREIGN and PINS_BROKEN also
 * set it (with what could be opened); PINS_ABSENT does not. The caller frees it with pins_free().
 */
int pins_open(const char *bpffs, const char *name, struct pins **ret_pins);

/* The kernel's id of a set's stamp, which its programs have among their maps; 0 if it has none. */
uint32_t pins_stamp_id(const struct pins *p);

/*
 * What pins_open() opens is for reading: a sealed set can be read by anybody who may, and written
 * by nobody. This opens the slots of policies anew, for pins_policy_write() and
 * pins_policy_confirm(). 0 or a negative errno.
 */
int pins_make_writable(struct pins *p);

/* The same with the maps of the log alone, which others than root may be allowed to open. */
int pins_open_log(const char *bpffs, const char *name, struct pins **ret_pins);

struct pins *pins_free(struct pins *p);
void pins_freep(struct pins **p);

/*
 * The names of sets below bpffs, the published one first, then at most PINS_MAX_SETS - 1 others:
 * directories of root's under our names. Returns how many or a negative errno; 0 if that is no
 * bpffs. The caller frees each name.
 */
int pins_set_list(const char *bpffs, char *names[PINS_MAX_SETS]);

/*
 * The set whose program the kernel calls: the published one, or that of a load which was interrupted
 * after it had taken over the link; the published one's name too if there is none.
 */
void pins_set_deciding(const char *bpffs, char ret_name[PINS_NAME_LEN]);

/* A new set's directories, 0700 root, under a name that is not to be guessed. 0 or a negative errno. */
int pins_set_make_staging(const char *bpffs, char ret_name[PINS_NAME_LEN]);

/* Publishes a set. One that is published already has its name afterwards. 0 or a negative errno. */
int pins_set_publish(const char *bpffs, const char *name);

/*
 * Publishes the set that decides, if a load was interrupted before it could. The lock must be held.
 * 0, also where there is nothing to do, or a negative errno.
 */
int pins_set_finish_interrupted(const char *bpffs);

/* How long --wait says, ms; text: NULL without it. What is no duration is diagnosed. */
#define PINS_LOCK_TIME "5s"
uint64_t pins_lock_time(const char *text, struct diagnostics *d);

/*
 * Takes the lock on bpffs, or on another directory, waiting at most wait_ms. 0 and *ret_fd, whose
 * close releases it; PINS_BUSY and *ret_holder: its pid as /proc/locks tells it here, 0 if it does
 * not.
 */
int pins_lock(const char *bpffs, uint64_t wait_ms, int *ret_fd, pid_t *ret_holder);

/* Whether somebody holds the lock on this directory, as far as /proc/locks tells. */
bool pins_lock_is_held(const char *path);

/* What to tell about PINS_BUSY: one sentence, in text[len]. */
void pins_lock_describe_holder(const char *bpffs, pid_t holder, char *text, size_t len);

/* Whether pins can be there at all: false only if path is for certain on another file system. */
bool pins_is_bpffs(const char *path);

/* "DIR/NAME"; 0 or -ENAMETOOLONG. */
int pins_path(char path[PATH_MAX], const char *dir, const char *name);

/* Opens the map pinned at this place of the set, e.g. PIN_RING; an fd or a negative errno. */
int pins_open_map(const char *set_path, const char *pin, bool writable);

/* What pins_policy_read() found out besides. */
struct pins_policy_state {
	uint64_t newest_generation; /* also of a policy on trial that has ended */
	bool trial;		    /* the policy is on trial: ret_policy->host.expires */
	bool reverted;		    /* a trial has ended, the fall-back holds */
	struct bpflock_policy fallback; /* of a trial: what it reverts to, its bank apart */
};

/*
 * The policy in force: the whole of one that was in force at some moment during the call. The caller
 * ends *ret_policy with policy_done(). ret_state may be NULL.
 */
int pins_policy_read(const struct pins *p, struct policy *ret_policy,
		     struct pins_policy_state *ret_state);

/* Its host part alone: enough where cgroup rules do not matter. */
int pins_policy_read_host(const struct pins *p, struct bpflock_policy *ret_policy);

enum pins_write {
	PINS_WRITE_FOR_GOOD, /* ends a trial, whatever it was about */
	PINS_WRITE_KEEP,     /* host.expires is kept: what is on trial stays so */
	PINS_WRITE_TRIAL,    /* host.expires is set: what was in force is fallen back to */
};

/*
 * Makes *policy the one in force, in one atomic step; the caller chooses the generation. The
 * lock must be held. 0 or a negative errno, and then nothing has changed.
 */
int pins_policy_write(const struct pins_slots *slots, const struct policy *policy,
		      enum pins_write how);

/*
 * What a trial falls back to, as a whole. -ENOENT: there is no trial. The caller ends *ret_policy with
 * policy_done().
 */
int pins_policy_read_fallback(const struct pins *p, struct policy *ret_policy);

/* Makes a policy on trial, which has not ended, the lasting one. */
int pins_policy_confirm(const struct pins *p);

/*
 * Of a sealed set: ends the grants of *policy, which is the one in force, that are not in `without`. 0 or a
 * negative errno.
 */
int pins_revoke(const struct pins *p, const struct policy *policy, const struct policy *without);

/* Ends the trial of a sealed set, on the side that was the stricter one when it was sealed. The same. */
int pins_revoke_trial(const struct pins *p);

/* Has the kernel log that a grant was given or revoked. 0 or a negative errno; the grant holds
 * all the same. */
int pins_policy_announce(const struct pins *p, const struct bpflock_announcement *what);

/* What is latched: denied to everybody. */
int pins_read_latch(const struct pins *p, struct bpflock_latch *ret);

/*
 * Has the kernel deny operations to everybody from now on. source: who asks for it. 0 or a negative errno.
 * *ret_operations: all that are latched then; may be NULL.
 */
int pins_latch(const char *set_path, uint64_t operations, const char *source,
	       uint64_t *ret_operations);

/* Counters summed over all possible CPUs. */
int pins_read_counters(const struct pins *p, struct bpflock_counters ret[BPFLOCK_COUNTERS_MAX]);

int pins_read_log_state(const struct pins *p, struct bpflock_log_state *ret);
int pins_read_reader_state(const struct pins *p, struct bpflock_reader_state *ret);

/*
 * The records that are in no ring (see bpf/recent.h): those kept beside a full one, and, for
 * repetitions that wait for a record, one with their count, time and no number but UINT64_MAX.
 * How many, or a negative errno. The caller frees *ret_records.
 */
int pins_read_beside(const struct pins *p, struct bpflock_decision_record **ret_records);

#define PINS_UNREAD_LEN 128

/*
 * "12 records and 3 repetitions that no bpflock-log tail has taken": what of the log ends with this
 * set. False if that is nothing, or if a tail is there, which reads a set to its end.
 */
bool pins_describe_unread(const struct pins *p, char text[PINS_UNREAD_LEN]);

/* fd: of the reader map, opened writable. */
int pins_write_reader_state(int fd, const struct bpflock_reader_state *state);

struct pins_program {
	char name[32];
	bool attached;	  /* the pinned link runs a program: the pinned one, if that is pinned */
	uint32_t prog_id; /* pinned, else the link's; 0: neither */
	uint32_t link_id;
	uint64_t skipped; /* calls that the kernel left out, since one was under way on that CPU */
};

/* Whether all programs that the set was made with are there and attached. */
bool pins_set_whole(const struct pins *p);

/* What the set's links and progs hold. How many rows were filled in, or a negative errno. */
int pins_set_programs(const char *set_path, struct pins_program *rows, size_t max);

/*
 * Whether the hook of this set is attached: its pinned link runs its pinned program. Says nothing
 * of whether the kernel calls it: see proof.h.
 */
bool pins_set_hook_attached(const char *set_path);

/* What is in a set, as far as the kernel tells without its format being known: enum bpflock_dropped. */
uint32_t replaced_contents(const struct pins *p);

/* The ith kind's name in JSON, if the mask has it, else NULL. i < REPLACED_MAX */
#define REPLACED_MAX 4
const char *replaced_name(uint32_t mask, size_t i);

/* What was lost with a set that was replaced, and whose it was, in text[len]. */
void replaced_describe(const struct bpflock_replaced *r, char *text, size_t len);

/*
 * Unpins a set, removes its directories (links last of all that can fail, so that a removal that
 * stops half-way still enforces), and waits at most wait_ms until the kernel has let go of its
 * programs: only then it enforces no more. The lock must be held. 0, PINS_ABSENT, -ETIMEDOUT if all
 * is unpinned but something else holds a link, or another negative errno.
 */
int pins_set_remove(const char *bpffs, const char *name, unsigned int wait_ms);

/*
 * Removes all staging sets, of runs that were interrupted. The lock must be held, and the published
 * set known to enforce. Adds to *removed; 0, or the last error of pins_set_remove() if some are
 * left.
 */
int pins_set_remove_leftovers(const char *bpffs, unsigned int wait_ms, unsigned int *removed);
