// SPDX-License-Identifier: GPL-2.0-only
/*
 * The order is the point. Everything is built in a staging directory. The lock comes last: the link
 * of the set that decides is pinned in staging too and then given the new program, in one step. The
 * new program is proven, else the old one is put back; one renameat2(2) makes the set the published
 * one; then what it replaced is unpinned. Killed anywhere, the old program or the new one decides,
 * and the next run finds out which (pins_set_finish_interrupted()). The programs that log refusals by others
 * are attached when those of the predecessor are gone.
 */
#include "install.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <string.h>
#include <time.h>

#include "lock.h"
#include "log-group.h"
#include "predecessor.h"
#include "programs.h"

#include "clock.h"
#include "cmdline.h"
#include "grants.h"
#include "message.h"
#include "pins-policy.h"
#include "pins-set.h"
#include "pins.h"
#include "preflight-attach.h"
#include "seal-sweep.h"
#include "ruleset.h"
#include "seal.h"
#include "util.h"

#define GONE_WAIT_MS	10000
#define REMOVAL_FDS	8
#define SECOND_PROOF_NS 500000000

static const char *const outcome_names[_INSTALL_MAX] = {
	[INSTALL_LOADED] = "loaded",
	[INSTALL_REPLACED] = "replaced",
	[INSTALL_UPDATED] = "updated",
	[INSTALL_UNCHANGED] = "unchanged",
};

const char *install_outcome_name(enum install_outcome outcome)
{
	return outcome < 0 ? "failed" : outcome_names[outcome];
}

/*
 * Removes a set and waits until it enforces no more, so that what we say is active is all that
 * is. Reports what went wrong; a set that is gone already is as good.
 */
static bool remove_set(const char *bpffs, const char *name)
{
	int r = pins_set_remove(bpffs, name, GONE_WAIT_MS);

	if (r >= 0)
		return true;
	if (r == -ETIMEDOUT)
		message_error("%s/%s: unpinned, but it still enforces, because something else holds its "
			      "links (see bpftool link)",
			      bpffs, name);
	else
		message_error("%s/%s: cannot remove: %s", bpffs, name, strerror(-r));
	return false;
}

static void finish(const struct install_plan *plan, struct install_result *ret,
		   enum install_outcome outcome, uint64_t generation)
{
	int r;

	ret->outcome = outcome;
	ret->generation = generation;
	ret->status = STATUS_OK;
	if (plan->dry_run)
		return;
	r = pins_set_remove_leftovers(plan->preflight->bpffs, GONE_WAIT_MS, &ret->leftovers);
	if (r < 0) {
		/* what could not be removed may enforce more than the policy says */
		message_cannot(plan->preflight->bpffs, "remove leftovers of an interrupted run", r);
		ret->status = STATUS_DEGRADED;
		return;
	}
	/* this says why, if that could not */
	r = pins_set_attach_watchers(plan->preflight->bpffs);
	if (r < 0) {
		message_cannot("the program that logs refusals by others", "attach", r);
		ret->status = STATUS_DEGRADED;
	}
}

static void fail(struct install_result *ret, enum exit_status status)
{
	ret->outcome = INSTALL_FAILED;
	ret->status = status;
}

/* Returns whether the seal refuses the plan, and reports it. */
static bool refused_by_seal(const struct predecessor *old, struct install_result *ret)
{
	char text[SEAL_TEXT_LEN];

	if (!old->pins || old->sealed != SEAL_CLOSED)
		return false;
	seal_describe(&old->seal, text);
	message_error("%s: cannot change the policy: sealed %s" MESSAGE_UNCHANGED, old->pins->path,
		      text);
	fail(ret, STATUS_NOT_PERMITTED);
	return true;
}

/* The programs stay; once they are proven, the policy is switched in one step. */
static void update(const struct install_plan *plan, const struct predecessor *old,
		   struct policy *policy, struct install_result *ret)
{
	/* after a trial its number is given away, so what takes its place has the next one */
	bool equal = policy_equal(&old->policy, policy) && !old->state.reverted;
	enum proof modules = PROOF_ENFORCING;
	int r;

	if (!equal && refused_by_seal(old, ret))
		return;
	policy->host.generation = equal ? old->policy.host.generation
					: old->state.newest_generation + 1;
	predecessor_record_looser(old, policy, plan->preflight->operations);
	if (!plan->dry_run) {
		r = proof_of_pins(old->pins, plan->preflight->lockdown, &ret->proof);
		if (r == 0)
			r = proof_of_module_requests(old->pins, &modules);
		if (r < 0 || ret->proof == PROOF_SILENT || modules == PROOF_SILENT) {
			if (r < 0)
				message_cannot(old->pins->path, "verify enforcement", r);
			else
				message_error("%s", modules == PROOF_SILENT
							    ? PROOF_NO_MODULE_REQUESTS
							    : proof_text(ret->proof));
			fail(ret, STATUS_DEGRADED);
			return;
		}
	}
	if (!plan->dry_run && old->sealed == SEAL_NONE &&
	    !policy_identical(policy, &old->policy)) {
		r = pins_make_writable(old->pins);
		if (r == 0)
			r = pins_policy_write(&old->pins->slots, policy, &old->policy,
					      PINS_WRITE_FOR_GOOD);
		if (r < 0) {
			message_cannot(old->pins->path, "write the policy", r);
			fail(ret, STATUS_FAILED);
			return;
		}
	}
	/* the group may have been made since */
	if (!plan->dry_run)
		log_group_admit(plan->preflight->bpffs, old->pins->path);
	finish(plan, ret, equal ? INSTALL_UNCHANGED : INSTALL_UPDATED, policy->host.generation);
}

static int prove_module_requests(const struct programs *programs, enum proof *ret_proof)
{
	int fd = programs_module_fd(programs);

	return fd < 0 ? 0 : proof_of_module_program(fd, programs_prove_fd(programs), ret_proof);
}

static bool prove(const struct programs *programs, enum kernel_lockdown lockdown,
		  struct install_result *ret)
{
	enum proof modules = PROOF_ENFORCING;
	int r = proof_of_program(programs_hook_fd(programs), programs_prove_fd(programs), lockdown,
				 &ret->proof);

	if (r == 0)
		r = prove_module_requests(programs, &modules);

	if (r < 0) {
		message_cannot("the programs to be loaded", "verify enforcement", r);
		fail(ret, STATUS_FAILED);
		return false;
	}
	if (ret->proof == PROOF_SILENT || modules == PROOF_SILENT) {
		message_error("program %s: attached, but the kernel does not call it" MESSAGE_UNCHANGED,
			      modules == PROOF_SILENT ? BPFLOCK_MODULE_PROGRAM
						      : BPFLOCK_HOOK_PROGRAM);
		fail(ret, STATUS_UNSUPPORTED);
		return false;
	}
	return true;
}

static void attach_failed(int r, const char *error, struct install_result *ret)
{
	char cure[PREFLIGHT_CURE_LEN];

	message_error("%s", error);
	if (preflight_attach_cure(-r, cure)) {
		message_hint("%s", cure);
		fail(ret, STATUS_UNSUPPORTED);
	} else {
		fail(ret, STATUS_FAILED);
	}
}

/*
 * Some kernels can take a first program along when the hook's last one has just been detached
 * (bpf_trampoline_link_cgroup_shim() took a reference on a shim that was going).
 */
static bool prove_again(const struct programs *programs, enum kernel_lockdown lockdown,
			struct install_result *ret)
{
	static const struct timespec pause = { .tv_nsec = SECOND_PROOF_NS };

	nanosleep(&pause, NULL);
	return prove(programs, lockdown, ret);
}

static void hand_back(const struct lock *lock, const char *set_path)
{
	int r = lock_hand_back(lock);

	if (r < 0)
		message_cannot(set_path, "put back the program before", r);
}

/* On failure the programs that were there before decide again. */
static bool lock_and_publish(const struct install_plan *plan, const struct predecessor *old,
			     const struct programs *programs, const char *staging,
			     const char *set_path, struct install_result *ret)
{
	CLEANUP(lock_done) struct lock lock = LOCK_INIT;
	CLEANUP(lock_done) struct lock modules = LOCK_INIT;
	const char *other = old->pins ? old->pins->path : NULL;
	char error[1024];
	int r = 0;

	if (programs_module_fd(programs) >= 0)
		r = lock_attach(programs_module_fd(programs), BPFLOCK_MODULE_PROGRAM, set_path,
				other, &modules, error, sizeof(error));
	if (r == 0)
		r = lock_attach(programs_hook_fd(programs), BPFLOCK_HOOK_PROGRAM, set_path, other,
				&lock, error, sizeof(error));
	if (r < 0) {
		attach_failed(r, error, ret);
		hand_back(&modules, set_path);
		return false;
	}
	if (prove(programs, plan->preflight->lockdown, ret) &&
	    (old->pins || prove_again(programs, plan->preflight->lockdown, ret))) {
		r = pins_set_publish(plan->preflight->bpffs, staging);
		if (r == 0)
			return true;
		message_cannot(set_path, "publish", r);
		fail(ret, STATUS_FAILED);
	}
	hand_back(&lock, set_path);
	hand_back(&modules, set_path);
	return false;
}

/* The latch of the set before is taken over. */
static bool needs_module_request(const struct policy *policy, const struct predecessor *old)
{
	struct bpflock_latch latch = {};

	if (old->pins && old->has_policy)
		pins_read_latch(old->pins, &latch);
	return policy_needs_module_request(policy, latch.operations);
}

/* Builds a set and publishes it. On failure the staging directory is the caller's to remove. */
static bool build(const struct install_plan *plan, const struct predecessor *old,
		  const struct policy *policy, const char *staging, struct install_result *ret)
{
	CLEANUP(programs_freep) struct programs *programs = NULL;
	char error[1024], path[PATH_MAX];
	struct pins_slots slots;
	const char *missing;
	int r;

	snprintf(path, sizeof(path), "%s/%s", plan->preflight->bpffs, staging);
	r = programs_load(plan->preflight, &policy->host, needs_module_request(policy, old),
			  old->has_policy ? old->pins : NULL, &old->lost, &programs, error,
			  sizeof(error));
	if (r == 0)
		r = programs_pin(programs, path, error, sizeof(error));
	if (r < 0) {
		message_error("%s", error);
		fail(ret, STATUS_FAILED);
		return false;
	}
	slots = programs_slots(programs);
	r = pins_policy_write(&slots, policy, NULL, PINS_WRITE_FOR_GOOD);
	if (r < 0) {
		message_cannot(path, "write the policy", r);
		fail(ret, STATUS_FAILED);
		return false;
	}
	programs_attach_tracers(programs, path);
	/* the new program would not tell the old one that it is bpflock who refuses */
	if (old->pins && old->has_policy && old->policy.host.others && !policy->host.others)
		pins_set_remove_program(old->pins->path, BPFLOCK_REFUSED_PROGRAM, GONE_WAIT_MS);
	log_group_admit(plan->preflight->bpffs, path);
	if (!lock_and_publish(plan, old, programs, staging, path, ret))
		return false;
	if (programs_forgone(programs))
		message_warning("%s", programs_forgone(programs));
	missing = programs_missing(programs);
	if (missing)
		message_error("the policy is enforced, but %s", missing);
	ret->incomplete = missing != NULL;
	return true;
}

/*
 * The removal of a set takes descriptors, which a load that has used up all others leaves for it.
 */
struct reserve {
	int fds[REMOVAL_FDS];
};

static void reserve_give_back(struct reserve *r)
{
	for (size_t i = 0; i < REMOVAL_FDS; i++) {
		close_fdp(&r->fds[i]);
		r->fds[i] = -1;
	}
}

static int reserve_take(struct reserve *ret)
{
	int r = 0;

	for (size_t i = 0; i < REMOVAL_FDS; i++) {
		ret->fds[i] = r == 0 ? open("/", O_PATH | O_CLOEXEC) : -1;
		if (ret->fds[i] < 0 && r == 0)
			r = -errno;
	}
	return r;
}

static void replace(const struct install_plan *plan, const struct predecessor *old,
		    struct policy *policy, struct install_result *ret)
{
	const char *bpffs = plan->preflight->bpffs;
	char staging[PINS_NAME_LEN];
	uint64_t generation = old->state.newest_generation + 1;
	CLEANUP(reserve_give_back) struct reserve reserve;
	bool built = false;
	int r;

	r = reserve_take(&reserve);
	if (r < 0) {
		message_cannot("file descriptors", "reserve some for cleaning up", r);
		fail(ret, STATUS_FAILED);
		return;
	}
	if (refused_by_seal(old, ret))
		return;
	policy->host.generation = generation;
	predecessor_record_looser(old, policy, plan->preflight->operations);
	if (old->has_policy && !plan->dry_run &&
	    old->policy.host.ring_size != policy->host.ring_size)
		predecessor_warn_of_unread(old->pins, "the size of the ring changes");
	if (plan->dry_run) {
		predecessor_warn_of_lost(old, "would be lost");
		finish(plan, ret, old->pins ? INSTALL_REPLACED : INSTALL_LOADED, generation);
		return;
	}
	r = pins_set_make_staging(bpffs, staging);
	if (r == 0)
		built = build(plan, old, policy, staging, ret);
	reserve_give_back(&reserve);
	if (r < 0) {
		message_cannot(bpffs, "create a directory", r);
		fail(ret, STATUS_FAILED);
	} else if (!built) {
		remove_set(bpffs, staging);
	} else {
		/* the exchange has put the predecessor where the new set was */
		bool gone = !old->pins || remove_set(bpffs, staging);

		predecessor_warn_of_lost(old, "lost");
		finish(plan, ret, old->pins ? INSTALL_REPLACED : INSTALL_LOADED, generation);
		if (!gone || ret->incomplete)
			ret->status = STATUS_DEGRADED;
	}
}

/* A rule set that was taken over may be like the host's, which is another one now. */
static int compile_again(struct policy *p, const struct bpflock_operation *ops)
{
	CLEANUP(diagnostics_done) struct diagnostics d = DIAGNOSTICS_INIT;
	const char *error;

	if (policy_compile(p, ops, &d))
		return 0;
	error = diagnostics_first_error(&d);
	message_error("rule sets of bpflock-ctl: cannot take over: %s",
		      error ? error : strerror(ENOMEM));
	return -EINVAL;
}

/* The new policy is the plan's, with the rules that bpflock-ctl has added to the present one. */
static int assemble(const struct install_plan *plan, const struct predecessor *old,
		    struct policy *ret_policy)
{
	int r = policy_copy(plan->policy, ret_policy);

	if (r == 0 && old->has_policy)
		r = policy_inherit(ret_policy, &old->policy);
	if (r < 0) {
		message_cannot("the policy", "copy", r);
		return r;
	}
	grants_forget_ended(ret_policy, clock_boottime());
	if (plan->audit)
		policy_force_mode(ret_policy, BPFLOCK_MODE_AUDIT, CMDLINE_SOURCE);
	r = compile_again(ret_policy, plan->preflight->operations);
	if (r < 0)
		return r;
	policy_date_sources(ret_policy, old->has_policy ? &old->policy : NULL, clock_realtime());
	return 0;
}

/*
 * Keeps both for the message, which is printed when the predecessor's pins are closed. What is latched before is never
 * taken back.
 */
static void keep_difference(const struct install_plan *plan, struct predecessor *old,
			    struct policy *policy, struct install_result *ret)
{
	struct bpflock_latch latch;

	if (!old->has_policy || !old->pins || pins_read_latch(old->pins, &latch) < 0 ||
	    policy_copy(policy, &ret->after) < 0)
		return;
	ret->before = old->policy;
	old->policy = (struct policy){};
	ret->difference = (struct difference){ .ops = plan->preflight->operations,
					       .old = &ret->before,
					       .new = &ret->after,
					       .latched = latch.operations,
					       .now = clock_boottime() };
	ret->has_difference = true;
}

void install_result_done(struct install_result *result)
{
	free(result->previous_build);
	policy_done(&result->before);
	policy_done(&result->after);
}

/* The policy's latch is set once the denial is proven, because a latch is never taken back. */
static void latch_as_asked(const struct install_plan *plan, const struct policy *policy,
			   struct install_result *ret)
{
	char path[PATH_MAX], source[BPFLOCK_SOURCE_LEN];
	int r;

	if (plan->dry_run || !policy->host.latch)
		return;
	r = pins_path(path, plan->preflight->bpffs, PINS_PUBLISHED);
	if (r == 0)
		r = pins_latch(path, policy->host.latch,
			       ruleset_source(&policy->host, BPFLOCK_SETTING_LATCH, source), NULL);
	if (r == 0)
		return;
	message_cannot(path, "latch the operations", r);
	ret->status = STATUS_DEGRADED;
}

/* The policy's seal is set last: the policy stays active whether or not sealing succeeds. */
static void seal_as_asked(const struct install_plan *plan, const struct policy *policy,
			  const struct predecessor *old, struct install_result *ret)
{
	CLEANUP(pins_freep) struct pins *pins = NULL;
	const char *doubt = seal_doubt(policy, policy->host.latch);
	char error[512], source[BPFLOCK_SOURCE_LEN];
	int r;

	ret->sealed = old->pins && old->sealed == SEAL_CLOSED;
	if (plan->dry_run || ret->sealed || !policy->host.seal)
		return;
	if (plan->audit) {
		message_warning("not sealed: bpflock=audit is on the kernel command line");
		return;
	}
	if (doubt) {
		message_error("the policy is not sealed: %s", doubt);
		ret->status = STATUS_DEGRADED;
		return;
	}
	r = pins_open(plan->preflight->bpffs, PINS_PUBLISHED, &pins);
	if (r == PINS_OK) {
		/* of a first load that is its own proof */
		if (old->pins)
			predecessor_warn_of_unread(pins, "a sealed policy gets a new ring");
		r = seal_apply(plan->preflight->bpffs, pins,
			       ruleset_source(&policy->host, BPFLOCK_SETTING_SEAL, source), error,
			       sizeof(error));
		if (r < 0)
			message_error("%s", error);
	}
	ret->sealed = r == 0 || r == -ENOTRECOVERABLE;
	if (r)
		ret->status = STATUS_DEGRADED;
}

void install(const struct install_plan *plan, struct install_result *ret)
{
	CLEANUP(policy_done) struct policy policy;
	struct predecessor old = {};
	int r;

	*ret = (struct install_result){ .outcome = INSTALL_FAILED, .proof = PROOF_ENFORCING };
	policy_init(&policy);
	r = plan->dry_run ? 0 : predecessor_recover(plan->preflight->bpffs);
	if (r == -EPERM && seal_sweep_is_hidden(plan->preflight->bpffs)) {
		fail(ret, STATUS_NOT_PERMITTED);
		return;
	}
	if (r == 0)
		r = predecessor_examine(plan->preflight, plan->policy, &old);
	if (r == 0)
		r = assemble(plan, &old, &policy);
	if (r < 0) {
		fail(ret, STATUS_FAILED);
	} else {
		if (old.pins)
			ret->previous_build = strdup(old.pins->stamp.build);
		if (old.pins && old.same &&
		    pins_has_module_program(old.pins) == needs_module_request(&policy, &old))
			update(plan, &old, &policy, ret);
		else
			replace(plan, &old, &policy, ret);
		if (ret->outcome != INSTALL_FAILED) {
			keep_difference(plan, &old, &policy, ret);
			latch_as_asked(plan, &policy, ret);
			seal_as_asked(plan, &policy, &old, ret);
		}
	}
	predecessor_done(&old);
}
