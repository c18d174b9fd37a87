// SPDX-License-Identifier: GPL-2.0-only
/*
 * The order is the point. Everything is built in a staging directory; the links, which enforce, are
 * pinned last; the hook is proven to fire; then one renameat2(2) makes the set the published one;
 * then what it replaced is unpinned. Publishing before the links are pinned could leave, after a
 * kill, something that looks installed and enforces nothing.
 *
 * While old and new are both attached, both are asked and refusals add up. An operation that both
 * allow is then counted and logged by both.
 */
#include "install.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>

#include "log-group.h"
#include "predecessor.h"
#include "programs.h"

#include "../policy/cgroupfs.h"
#include "../policy/clock.h"
#include "../policy/cmdline.h"
#include "../policy/pins.h"
#include "../policy/seal.h"
#include "../policy/util.h"

#define GONE_WAIT_MS 10000

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

static void report(const char *message)
{
	fprintf(stderr, "bpflock: %s\n", message);
}

static void report_errno(const char *attempt, const char *object, int r)
{
	fprintf(stderr, "bpflock: cannot %s %s: %s\n", attempt, object, strerror(-r));
}

static void report_policy_error(int r, const char *set)
{
	if (r == -ENOENT)
		report(CGROUPFS_ABSENT);
	else
		report_errno("write the policy of", set, r);
}

/*
 * Removes a set and waits until it enforces no more, so that what we say is in force is all that
 * is. Tells what went wrong; a set that is gone already is as good.
 */
static bool remove_set(const char *bpffs, const char *name)
{
	int r = pins_remove(bpffs, name, GONE_WAIT_MS);

	if (r >= 0)
		return true;
	if (r == -ETIMEDOUT) {
		fprintf(stderr,
			"bpflock: %s/%s is unpinned, but something else holds its links: it goes on enforcing "
			"(see bpftool link)\n",
			bpffs, name);
		return false;
	}
	fprintf(stderr, "bpflock: cannot remove %s/%s: %s\n", bpffs, name, strerror(-r));
	return false;
}

/*
 * A new set's directories, 0700 root. The name is not to be guessed: on a bpffs that lets
 * everybody create files somebody else could be there first.
 */
static int make_staging(const char *bpffs, char name[64])
{
	static const char *const dirs[] = { "", "/maps", "/progs", "/links" };
	char path[PATH_MAX];
	uint32_t number;

	if (getrandom(&number, sizeof(number), GRND_NONBLOCK) != sizeof(number))
		number = getpid();
	snprintf(name, 64, PINS_STAGING_PREFIX "%08x", number);
	for (size_t i = 0; i < ARRAY_SIZE(dirs); i++) {
		snprintf(path, sizeof(path), "%s/%s%s", bpffs, name, dirs[i]);
		if (mkdir(path, 0700) < 0) {
			int r = -errno;

			report_errno("make directory", path, r);
			if (i == 0)
				name[0] = '\0'; /* nothing of ours to remove */
			return r;
		}
	}
	return 0;
}

/* Both directories change places, or the new one takes a free one. */
static int publish(const char *bpffs, const char *staging, bool exchange)
{
	CLEANUP(close_fdp) int dir = open(bpffs, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	char aside[80];

	if (dir < 0)
		return -errno;
	if (renameat2(dir, staging, dir, PINS_PUBLISHED,
		      exchange ? RENAME_EXCHANGE : RENAME_NOREPLACE) == 0)
		return 0;
	if (!exchange || errno != EINVAL)
		return -errno;
	/* bpffs of older kernels cannot exchange; in between both sets are attached all the same */
	snprintf(aside, sizeof(aside), "%s-old", staging);
	if (renameat2(dir, PINS_PUBLISHED, dir, aside, RENAME_NOREPLACE) < 0)
		return -errno;
	if (renameat2(dir, staging, dir, PINS_PUBLISHED, RENAME_NOREPLACE) < 0) {
		int r = -errno;

		renameat2(dir, aside, dir, PINS_PUBLISHED, RENAME_NOREPLACE);
		return r;
	}
	renameat2(dir, aside, dir, staging, RENAME_NOREPLACE);
	return 0;
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
	r = pins_remove_leftovers(plan->preflight->bpffs, GONE_WAIT_MS, &ret->leftovers);
	if (r < 0) {
		/* what could not be removed may enforce more than the policy says */
		report_errno("remove what an interrupted run left below", plan->preflight->bpffs,
			     r);
		ret->status = STATUS_DEGRADED;
	}
}

static void fail(struct install_result *ret, enum exit_status status)
{
	ret->outcome = INSTALL_FAILED;
	ret->status = status;
}

/* Whether the seal leaves no way to what is asked for; told. */
static bool refused_by_seal(const struct predecessor *old, enum bpflock_seal_level from,
			    struct install_result *ret)
{
	char text[SEAL_TEXT_LEN];

	if (!old->pins || old->seal.level < from)
		return false;
	seal_describe(&old->seal, text);
	fprintf(stderr, "bpflock: %s is sealed (%s), and this would change it: nothing was changed\n",
		old->pins->path, text);
	fail(ret, STATUS_NOT_PERMITTED);
	return true;
}

/* The programs stay; once they are proven, the policy is switched in one step. */
static void update(const struct install_plan *plan, const struct predecessor *old,
		   struct policy *policy, struct install_result *ret)
{
	/* after a trial its number is given away, so what takes its place has the next one */
	bool equal = policy_equal(&old->policy, policy) && !old->state.reverted;
	int r;

	if (!equal && refused_by_seal(old, BPFLOCK_SEAL_OBJECTS, ret))
		return;
	policy->host.generation = equal ? old->policy.host.generation
					: old->state.newest_generation + 1;
	if (!plan->dry_run) {
		r = proof_of_pins(old->pins, plan->preflight->lockdown, &ret->proof);
		if (r < 0 || ret->proof == PROOF_SILENT) {
			if (r < 0)
				report_errno("prove the hook of", old->pins->path, r);
			else
				report(proof_text(ret->proof));
			fail(ret, STATUS_DEGRADED);
			return;
		}
	}
	if (!plan->dry_run && old->seal.level < BPFLOCK_SEAL_OBJECTS &&
	    !policy_identical(policy, &old->policy)) {
		r = pins_make_writable(old->pins);
		if (r == 0)
			r = pins_write_policy(&old->pins->slots, policy, PINS_WRITE_FOR_GOOD);
		if (r < 0) {
			report_policy_error(r, old->pins->path);
			fail(ret, STATUS_FAILED);
			return;
		}
	}
	/* the group may have been made since */
	if (!plan->dry_run)
		log_group_admit(plan->preflight->bpffs, old->pins->path);
	finish(plan, ret, equal ? INSTALL_UNCHANGED : INSTALL_UPDATED, policy->host.generation);
}

static bool prove(const struct programs *programs, enum kernel_lockdown lockdown,
		  struct install_result *ret)
{
	int r = proof_of_program(programs_hook_fd(programs), lockdown, &ret->proof);

	if (r < 0) {
		report_errno("prove by", "the program's run count that the kernel asks it", r);
		fail(ret, STATUS_FAILED);
		return false;
	}
	if (ret->proof == PROOF_SILENT) {
		report("the program was attached, but the kernel does not ask it: nothing would be "
		       "enforced, so nothing was installed");
		fail(ret, STATUS_UNSUPPORTED);
		return false;
	}
	return true;
}

static enum exit_status attach_failed(int r, const char *error)
{
	const char *cure = preflight_attach_cure(-r);

	if (!cure) {
		report(error);
		return STATUS_FAILED;
	}
	fprintf(stderr, "bpflock: %s. %s\n", error, cure);
	return STATUS_UNSUPPORTED;
}

/* Everything up to publishing. On failure the staging directory is the caller's to remove. */
static bool build(const struct install_plan *plan, const struct predecessor *old,
		  const struct policy *policy, const char *staging, struct install_result *ret)
{
	CLEANUP(programs_freep) struct programs *programs = NULL;
	char error[1024], path[PATH_MAX];
	struct pins_slots slots;
	const char *missing;
	int r;

	snprintf(path, sizeof(path), "%s/%s", plan->preflight->bpffs, staging);
	r = programs_load(plan->preflight, &policy->host,
			  old->has_policy ? old->pins : NULL, &old->lost, &programs, error,
			  sizeof(error));
	if (r == 0)
		r = programs_pin(programs, path, error, sizeof(error));
	if (r < 0) {
		report(error);
		fail(ret, STATUS_FAILED);
		return false;
	}
	r = programs_attach_watchers(programs, path, error, sizeof(error));
	if (r < 0) {
		fail(ret, attach_failed(r, error));
		return false;
	}
	slots = programs_slots(programs);
	r = pins_write_policy(&slots, policy, PINS_WRITE_FOR_GOOD);
	if (r < 0) {
		report_policy_error(r, path);
		fail(ret, STATUS_FAILED);
		return false;
	}
	r = programs_attach(programs, path, error, sizeof(error));
	if (r < 0) {
		fail(ret, attach_failed(r, error));
		return false;
	}
	log_group_admit(plan->preflight->bpffs, path);
	missing = programs_missing(programs);
	if (missing)
		fprintf(stderr, "bpflock: the lock is in force, but %s\n", missing);
	ret->incomplete = missing != NULL;
	return prove(programs, plan->preflight->lockdown, ret);
}

static void replace(const struct install_plan *plan, const struct predecessor *old,
		    struct policy *policy, struct install_result *ret)
{
	const char *bpffs = plan->preflight->bpffs;
	char staging[64] = "";
	uint64_t generation = old->state.newest_generation + 1;
	int r;

	if (refused_by_seal(old, BPFLOCK_SEAL_PINS, ret))
		return;
	policy->host.generation = generation;
	if (old->has_policy && !plan->dry_run &&
	    old->policy.host.ring_size != policy->host.ring_size)
		predecessor_warn_of_unread(old->pins);
	if (plan->dry_run) {
		predecessor_warn_of_lost(old, "would be");
		finish(plan, ret, old->pins ? INSTALL_REPLACED : INSTALL_LOADED, generation);
		return;
	}
	r = make_staging(bpffs, staging);
	if (r == 0 && build(plan, old, policy, staging, ret)) {
		r = publish(bpffs, staging, old->pins != NULL);
		if (r == 0) {
			/* the exchange has put the predecessor where the new set was */
			bool gone = !old->pins || remove_set(bpffs, staging);

			predecessor_warn_of_lost(old, "is");
			finish(plan, ret, old->pins ? INSTALL_REPLACED : INSTALL_LOADED,
			       generation);
			if (!gone || ret->incomplete)
				ret->status = STATUS_DEGRADED;
			return;
		}
		report_errno("publish", staging, r);
	}
	if (ret->status == STATUS_OK)
		fail(ret, STATUS_FAILED);
	if (staging[0])
		remove_set(bpffs, staging);
}

/* What is to be in force: the plan's policy, and what bpflock-ctl has added to the present one. */
static int assemble(const struct install_plan *plan, const struct predecessor *old,
		    struct policy *ret_policy)
{
	int r = policy_copy(plan->policy, ret_policy);

	if (r == 0 && old->has_policy)
		r = policy_inherit(ret_policy, &old->policy);
	if (r < 0) {
		report_errno("copy", "the policy", r);
		return r;
	}
	policy_forget_ended(ret_policy, clock_boottime());
	if (plan->audit)
		policy_force_mode(ret_policy, BPFLOCK_MODE_AUDIT, CMDLINE_SOURCE);
	return 0;
}

/* As the policy asks for; what is in force by now stays so whether or not that can be done. */
static void seal_as_asked(const struct install_plan *plan, const struct policy *policy,
			  const struct predecessor *old, struct install_result *ret)
{
	CLEANUP(pins_freep) struct pins *pins = NULL;
	enum bpflock_seal_level level = policy->host.seal;
	char error[512];
	int r;

	ret->seal = old->seal.level;
	if (plan->dry_run || (level <= old->seal.level && old->sealed_whole))
		return;
	if (plan->audit) {
		report("warning: bpflock=audit on the kernel command line: not sealed");
		return;
	}
	r = pins_open(plan->preflight->bpffs, PINS_PUBLISHED, &pins);
	if (r == PINS_OK && old->sealed_whole && old->seal.level) {
		report("a seal is not changed until reboot: it stays at \"pins\"");
		r = -EALREADY;
	} else if (r == PINS_OK) {
		r = seal_apply(pins, level, policy->host.sources[BPFLOCK_SETTING_SEAL], error,
			       sizeof(error));
		if (r < 0)
			report(error);
	}
	if (r == 0)
		ret->seal = old->seal.level ? old->seal.level : level;
	else
		ret->status = STATUS_DEGRADED;
}

void install(const struct install_plan *plan, struct install_result *ret)
{
	CLEANUP(policy_done) struct policy policy;
	struct predecessor old;
	int r;

	*ret = (struct install_result){ .outcome = INSTALL_FAILED, .proof = PROOF_FIRING };
	policy_init(&policy);
	r = predecessor_examine(plan->preflight, plan->policy, &old);
	if (r == 0)
		r = assemble(plan, &old, &policy);
	if (r < 0) {
		fail(ret, STATUS_FAILED);
	} else {
		if (old.pins)
			ret->previous_build = strdup(old.pins->stamp.build);
		if (old.pins && old.same)
			update(plan, &old, &policy, ret);
		else
			replace(plan, &old, &policy, ret);
		if (ret->outcome != INSTALL_FAILED)
			seal_as_asked(plan, &policy, &old, ret);
	}
	predecessor_done(&old);
}
