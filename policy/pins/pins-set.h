/* SPDX-License-Identifier: GPL-2.0-only */
/* Sets as a whole, made, published, replaced and removed, and the programs in them. */
#pragma once

#include "pins.h"

/*
 * The names of sets below bpffs, the published one first, then at most PINS_MAX_SETS - 1 others:
 * directories of root's under our names. Returns how many or a negative errno; 0 if that is no
 * bpffs. The caller frees each name.
 */
int pins_set_list(const char *bpffs, char *names[PINS_MAX_SETS]);

/*
 * The set whose program the kernel calls: the published one, or that of a load which was interrupted
 * after it had taken over the link; the published one's name too if there is none. One that is sealed goes before
 * all others: nothing ends it, and a seal may have been interrupted before it was published.
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

struct pins_program {
	char name[32];
	bool attached;	  /* the pinned link runs a program: the pinned one, if that is pinned */
	uint32_t prog_id; /* pinned, else the link's; 0: neither */
	uint32_t link_id;
	uint64_t skipped; /* calls that the kernel left out, since one was under way on that CPU */
};

/* Returns whether all programs that the set was made with are there and attached. */
bool pins_set_whole(const struct pins *p);

/*
 * Returns whether a policy, or what is latched, names module requests and the set has no program for
 * them, so that nothing would be enforced.
 */
bool pins_set_lacks_module_program(const struct pins *p, const struct policy *policy,
				   uint64_t latched);

/* Reads the set's links and progs. Returns how many rows were filled in, or a negative errno. */
int pins_set_programs(const char *set_path, struct pins_program *rows, size_t max);

/*
 * Returns whether the hook of this set is attached: its pinned link runs its pinned program. Says
 * nothing of whether the kernel calls it: see proof.h.
 */
bool pins_set_hook_attached(const char *set_path);

/*
 * Unpins a set, removes its directories (links last of all that can fail, so that a removal that
 * stops half-way still enforces), and waits at most wait_ms until the kernel has let go of its
 * programs: only then it enforces no more. The lock must be held. 0, PINS_ABSENT, -ETIMEDOUT if all
 * is unpinned but something else holds a link, or another negative errno.
 */
int pins_set_remove(const char *bpffs, const char *name, unsigned int wait_ms);

/*
 * Unpins one program of a set and its link, and waits at most wait_ms until the kernel has let go of it. 0, also if there is
 * none, -ETIMEDOUT if something else holds its link, or another negative errno.
 */
int pins_set_remove_program(const char *set_path, const char *name, unsigned int wait_ms);

/*
 * Attaches the programs of the published set that log refusals by others, unless they are. Only once no other set is there,
 * because each would take the refusals of the other for somebody else's. 0 or a negative errno.
 */
int pins_set_attach_watchers(const char *bpffs);

/*
 * Removes all staging sets, of runs that were interrupted, and then does as pins_set_attach_watchers(). The lock must be held, and the published
 * set known to enforce. Adds to *removed; 0, or the last error of pins_set_remove() if some are
 * left.
 */
int pins_set_remove_leftovers(const char *bpffs, unsigned int wait_ms, unsigned int *removed);
