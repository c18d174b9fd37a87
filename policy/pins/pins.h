/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Everything below the bpffs: where the pins are, what they hold, and each read and write of a map.
 *
 *	BPFFS/bpflock/links/    one per attached program; the last pin of a link ends its enforcement
 *	BPFFS/bpflock/progs/    for inspection and for comparing with what the links run
 *	BPFFS/bpflock/maps/     policy rules nodes ends grants latch_map
 *	                        counters log_state ring recent kept reader refusing stamp;
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

/* Names on bpffs have no dot, therefore a pin's name is its object's name. */
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
#define PIN_REFUSING  "maps/refusing"
#define PIN_KEPT      "maps/kept"
#define PIN_STAMP     "maps/stamp"
#define PIN_HOOK_LINK "links/" BPFLOCK_HOOK_PROGRAM
#define PIN_HOOK_PROG "progs/" BPFLOCK_HOOK_PROGRAM
#define PIN_LATCH_MAP "maps/latch_map"
#define PIN_LATCH     "progs/latch"
#define PIN_ANNOUNCE  "progs/announce"
#define PIN_CONSUME   "progs/consume"
#define PIN_PROVE     "progs/prove"

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
	int rules, nodes, ends, grants;
	int paths;   /* the same, only where `sealed` */
	int ask;     /* of a sealed set: the program that is asked instead, see ask.h; else -1 */
	bool sealed; /* the maps that are made for them are a sealed set's */
	uint32_t proof; /* the reason that proofs ask: its questions are never answered quickly; see operations_proof() */
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
	int refusing_fd; /* to know that it is there */
	int latch_fd;
	int ring_fd; /* to know that it is there; the reader opens its own */
	struct bpflock_stamp stamp;
};

/* The bpffs to use: option if given, else $BPFLOCK_BPFFS (ignored if set-id), else the default. */
const char *pins_bpffs(const char *option);

/*
 * Returns whether a path can name one: it is not empty, and the longest path of a pin below it
 * fits.
 */
bool pins_bpffs_valid(const char *bpffs);

/*
 * Opens the set `name` below bpffs for reading. 0 with *ret_pins; PINS_FOREIGN and PINS_BROKEN also
 * set it (with what could be opened); PINS_ABSENT does not. The caller frees it with pins_free().
 */
int pins_open(const char *bpffs, const char *name, struct pins **ret_pins);

/* The kernel's id of a set's stamp, which its programs have among their maps; 0 if it has none. */
uint32_t pins_stamp_id(const struct pins *p);

/*
 * The fds of pins_open() are for reading. This opens the slots of policies anew, for
 * pins_policy_write() and pins_policy_confirm(). 0 or a negative errno.
 */
int pins_make_writable(struct pins *p);

/* Opens the maps of the log alone, which others than root may be allowed to open. */
int pins_open_log(const char *bpffs, const char *name, struct pins **ret_pins);

struct pins *pins_free(struct pins *p);
void pins_freep(struct pins **p);

/*
 * Returns whether pins can be there at all: false only if path is for certain on another file
 * system.
 */
bool pins_is_bpffs(const char *path);

/* "DIR/NAME"; 0 or -ENAMETOOLONG. */
int pins_path(char path[PATH_MAX], const char *dir, const char *name);

/* Opens the map pinned at this place of the set, e.g. PIN_RING; an fd or a negative errno. */
int pins_open_map(const char *set_path, const char *pin, bool writable);

/* Returns whether the set has a program for module requests, by its pins. */
bool pins_has_module_program(const struct pins *p);

/* Reads the latch: the operations denied to everybody. */
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

/* Writes the reader's state. fd: of the reader map, opened writable. */
int pins_write_reader_state(int fd, const struct bpflock_reader_state *state);
