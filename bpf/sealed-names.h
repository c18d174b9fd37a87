/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The reserved names of a sealed set. The sources are compiled a second time with this header before
 * all others, so that every map and program gets a prefix that nothing else may have: a name is
 * given before an object's id and never changes, so the guards know what is ours without a list. The
 * kernel keeps 15 characters of a name; pins keep the plain ones.
 */
#pragma once

#define BPFLOCK_SEALED 1

/* The maps have these names in a sealed set. */
#define counters  bplks_counters
#define ends	  bplks_ends
#define found	  bplks_found
#define grants	  bplks_grants
#define kept	  bplks_kept
#define latch_map bplks_latch_map
#define loading	  bplks_loading
#define log_state bplks_log_state
#define nodes	  bplks_nodes
#define paths	  bplks_paths
#define policy	  bplks_policy
#define reader	  bplks_reader
#define recent	  bplks_recent
#define refusing  bplks_refusing
#define ring	  bplks_ring
#define rodata	  bplks_rodata
#define rules	  bplks_rules
#define seal	  bplks_seal
#define stamp	  bplks_stamp
#define tampers	  bplks_tampers

/* The programs have these names in a sealed set. */
#define abandon	       bplks_abandon
#define announce       bplks_announce
#define by_lockdown    bplks_by_lockdown
#define arm	       bplks_arm
#define ask	       bplks_ask
#define close_seal     bplks_close_seal
#define consume	       bplks_consume
#define compat_execve  bplks_compat_execve
#define compat_execveat bplks_compat_execveat
#define exec	       bplks_exec
#define execve	       bplks_execve
#define execveat       bplks_execveat
#define guard_bpf      bplks_guard_bpf
#define guard_map      bplks_guard_map
#define guard_prog     bplks_guard_prog
#define guard_sysctl   bplks_guard_sysctl
#define latch	       bplks_latch
#define locked_down    bplks_locked_down
#define look	       bplks_look
#define module_file    bplks_module_file
#define module_memory  bplks_module_memory
#define module_request bplks_module_request
#define prove	       bplks_prove
#define refused	       bplks_refused
#define revoke	       bplks_revoke
#define settle	       bplks_settle
#define shut	       bplks_shut
