/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * From settings (profile, level, lists, mode, ...) to the masks that decide. A setting is assigned
 * from a text of some source; the sources are assigned in the order of their precedence, weakest
 * first, then ruleset_compile() checks the whole and derives the masks.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "abi.h"
#include "diagnostic.h"
#include "quantity.h"

struct setting_info {
	const char *name;     /* in `bpflock-ctl set` and as an option */
	const char *argument; /* for --help */
	const char *description;
	bool list;
	bool host; /* not of a cgroup's rule set */
	bool load; /* takes the loader: programs are attached or a map is made */
	const char *section, *key; /* in policy files, where they differ from kimglock and name */
	const char *json;	   /* the key in JSON, where it differs from name */
};

extern const struct setting_info settings[_BPFLOCK_SETTING_MAX];

/*
 * The built-in policy: privileged, integrity, enforce, log all, repetitions within a second coalesced,
 * no exec tracing. generation 0.
 */
void ruleset_init(struct bpflock_policy *p);

/*
 * Assigns one setting from text. fresh: whether this source names it for the first time, so that a
 * list replaces what weaker sources said; else it adds up. An empty list is a list. at is where the
 * text starts; at->source becomes the setting's origin. Returns whether there was no error; nothing
 * is changed otherwise.
 */
bool ruleset_assign(struct bpflock_policy *p, const struct bpflock_operation ops[BPFLOCK_REASONS],
		   enum bpflock_setting setting, const char *text, const struct place *at,
		   bool fresh, struct diagnostics *d);

/* Takes what text names out of a setting that is a list; as ruleset_assign() else. */
bool ruleset_take(struct bpflock_policy *p, const struct bpflock_operation ops[BPFLOCK_REASONS],
		  enum bpflock_setting setting, const char *text, const struct place *at,
		  struct diagnostics *d);

/* Says who set a setting, where that is not the place its text was diagnosed by. */
void ruleset_set_source(struct bpflock_policy *p, enum bpflock_setting setting, const char *source);

/*
 * A source, "/etc/bpflock/bpflock.conf:3", may have a date, ", 2026-11-24T10:00:00Z". The source
 * without it, in ret_text; *ret_date: the date alone, NULL if there is none.
 */
const char *ruleset_split_source(const char *source, char ret_text[BPFLOCK_SOURCE_LEN],
				 const char **ret_date);

/* Dates the source of a setting. */
const char *ruleset_source(const struct bpflock_policy *p, enum bpflock_setting setting,
			   char ret_text[BPFLOCK_SOURCE_LEN]);

/* Dates one source if it has no date: that of before if it is the same, else now (clock_realtime()). */
void ruleset_date_source(char source[BPFLOCK_SOURCE_LEN], const char *before, uint64_t now);

/* Dates the source of each setting but those built in; before: whose values count too, or NULL. */
void ruleset_date_sources(struct bpflock_policy *p, const struct bpflock_policy *before,
			  uint64_t now);

/* Returns whether no source has named a setting. */
bool ruleset_is_built_in(const struct bpflock_policy *p, enum bpflock_setting setting);

/* Takes over a setting's value and who set it. */
void ruleset_copy_setting(struct bpflock_policy *to, const struct bpflock_policy *from,
			  enum bpflock_setting setting);

/* Assigns the mode from a source that can not be mistaken, as the kernel command line is. */
void ruleset_force_mode(struct bpflock_policy *p, enum bpflock_mode mode, const char *source);

/*
 * Checks the whole policy and derives its masks. An operation both blocked and allowed is an error.
 * Returns whether there was none.
 */
bool ruleset_compile(struct bpflock_policy *p, const struct bpflock_operation ops[BPFLOCK_REASONS],
		    struct diagnostics *d);

/*
 * Returns the operations to latch if these are asked for: all of the kernel's, with those that have
 * no name or are not known here, if all that have one are in the mask.
 */
uint64_t ruleset_latch(const struct bpflock_operation ops[BPFLOCK_REASONS], uint64_t mask);

/* The mask of a setting that is a list. */
uint64_t ruleset_mask(const struct bpflock_policy *p, enum bpflock_setting setting);

/* Returns whether a rule set names module_request, so that the kernel has to ask about it. */
bool ruleset_names_module_request(const struct bpflock_ruleset *r);

/* Returns whether two policies decide, log and trace alike, whoever set them. */
bool ruleset_equal(const struct bpflock_policy *a, const struct bpflock_policy *b);

/* The word for a setting's value ("baseline"); NULL for the lists and for a value out of range. */
const char *ruleset_value(const struct bpflock_policy *p, enum bpflock_setting setting);
const char *ruleset_profile_name(uint32_t profile);

/*
 * The ith word that a setting can be assigned, and what it means; NULL behind the last one, and for
 * settings whose values are no words.
 */
const char *ruleset_setting_word(enum bpflock_setting setting, size_t i, const char **ret_meaning);

/* Returns the value of every setting that is not a list as text, also "1s" and "512K". */
const char *ruleset_text(const struct bpflock_policy *p, enum bpflock_setting setting,
			 char buffer[QUANTITY_LEN]);

/*
 * The value of any setting as a policy file has it ("baseline", "kexec, msr"); NULL: out of memory.
 * Owned by the caller.
 */
char *ruleset_setting_text(const struct bpflock_operation ops[BPFLOCK_REASONS],
			   const struct bpflock_policy *p, enum bpflock_setting setting);

/* Returns the section and key of a setting in a policy file. */
const char *ruleset_setting_section(enum bpflock_setting setting);
const char *ruleset_setting_key(enum bpflock_setting setting);

/* "denied (baseline)", "allow (grant)": a verdict and what settled it; rules of cgroups say so. */
#define RULESET_REASON_LEN 40
void ruleset_reason(uint32_t verdict, uint32_t why, uint32_t profile, bool cgroup,
		    char ret_text[RULESET_REASON_LEN]);

/* "allow", "audit", "deny"; NULL out of range. */
const char *ruleset_verdict_name(uint32_t verdict);

/* "profile", "level", "block", "allow", "grant", "latch"; NULL out of range. */
const char *ruleset_why_name(uint32_t why);
/* Returns the word of an enum bpflock_by: "bpflock", "lockdown" or "other"; else NULL. */
const char *ruleset_by_name(uint32_t by);

/*
 * Returns the policy's decision on an operation: "allow", "deny", "host-only", or "audit" for
 * would-deny.
 */
const char *ruleset_decision(const struct bpflock_policy *p, uint32_t reason);
