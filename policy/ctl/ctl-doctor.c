// SPDX-License-Identifier: GPL-2.0-only
/* The verbs test and doctor answer: is it enforced, and could it be? */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/utsname.h>

#include "clock.h"
#include "ctl-json.h"
#include "ctl-source.h"
#include "ctl.h"
#include "doctor-text.h"
#include "helpers-read.h"
#include "helpers.h"
#include "initrd.h"
#include "json.h"
#include "lockdown-cure.h"
#include "overruled.h"
#include "loaded-state.h"
#include "preflight.h"
#include "progress.h"
#include "proof.h"
#include "util.h"
#include "verbs.h"

static void print_state(const struct loaded_state *r, const char *end)
{
	fputs(CTL_PROGRAM ": ", stdout);
	loaded_state_print(stdout, r);
	fputs(end, stdout);
}

static enum exit_status prove_again(const struct ctl *c, struct loaded_state *r)
{
	CLEANUP(pins_freep) struct pins *opened = NULL;
	enum exit_status status;

	ctl_progress(c, CTL_PROGRAM ": test", PROGRESS_AFTER_MS);
	status = loaded_state_look(c, r, true);
	progress_end();

	if (status != STATUS_OK)
		return status;
	/* who opens it says what is in the way */
	if (!r->pins || r->outcome != PINS_OK) {
		if (!c->json)
			print_state(r, "\n");
		return ctl_open(c, &opened);
	}
	status = protections[loaded_state_protection(r)].status;
	if (r->trouble) {
		ctl_error("%s", r->trouble);
		if (loaded_state_cure(r))
			ctl_hint("%s", loaded_state_cure(r));
	}
	if (c->json) {
		struct json j = ctl_json();

		json_u64(&j, "status", status);
		json_string(&j, "state", protections[loaded_state_protection(r)].word);
		json_bool(&j, "attached", r->attached);
		if (r->proof == PROOF_IMPOSSIBLE)
			json_null(&j, "enforcing");
		else
			json_bool(&j, "enforcing", r->proof == PROOF_ENFORCING);
		json_string(&j, "enforcing_detail", proof_text(r->proof));
		json_u64(&j, "recursion_misses", r->skipped);
		json_end(&j);
		return status;
	}
	print_state(r, "; ");
	printf("%s; %s\n", r->attached ? "attached" : "NOT attached", proof_text(r->proof));
	return status;
}

enum exit_status ctl_test(const struct ctl *c)
{
	struct loaded_state r = LOADED_STATE_INIT;
	enum exit_status status = prove_again(c, &r);

	loaded_state_done(&r);
	return status;
}

static const char *const check_words[_CHECK_MAX] = {
	[CHECK_OK] = "ok",
	[CHECK_NOTE] = "note",
	[CHECK_SKIPPED] = "skipped",
	[CHECK_FAILED] = "failed",
};

static void list_helpers(const struct helpers *h, enum helpers_state state, char *text, size_t size)
{
	size_t len = 0;

	text[0] = '\0';
	for (int i = 0; i < _HELPER_MAX; i++)
		if (helpers_state(h, i) == state && len < size)
			len += snprintf(text + len, size - len, "%s%s", len ? ", " : "",
					helper_infos[i].name);
}

static const struct helper_finding *first_in(const struct helpers *h, enum helpers_state state)
{
	int i = 0;

	while (helpers_state(h, i) != state)
		i++;
	return &h->found[i];
}

/*
 * Shows what a container can have the kernel start. The loader does not look at all processes for
 * that, because it is not a prerequisite.
 */
static void check_helpers(struct check_result *ret)
{
	struct helpers h;
	char names[64], pattern[112] = "";

	*ret = (struct check_result){ .name = "helpers", .state = CHECK_NOTE };
	helpers_read(&h);
	if (h.core_pattern[0])
		snprintf(pattern, sizeof(pattern), "; core_pattern is now \"%.80s\"",
			 h.core_pattern);
	if (helpers_any(&h, HELPER_OPEN)) {
		const struct helper_finding *f = first_in(&h, HELPER_OPEN);

		list_helpers(&h, HELPER_OPEN, names, sizeof(names));
		snprintf(
			ret->detail, sizeof(ret->detail),
			"process %d (%s) is outside the host's namespaces and can aim %s: it leaves "
			"profile baseline%s",
			f->pid, f->comm, names, pattern);
	} else if (helpers_any(&h, HELPER_UNKNOWN)) {
		list_helpers(&h, HELPER_UNKNOWN, names, sizeof(names));
		snprintf(ret->detail, sizeof(ret->detail),
			 "unknown whether a process outside the host's namespaces can aim %s%s",
			 names, pattern);
	} else {
		ret->state = CHECK_OK;
		snprintf(
			ret->detail, sizeof(ret->detail),
			"no process outside the host's namespaces can change the programs that the kernel starts%s",
			pattern);
		return;
	}
	snprintf(
		ret->cure, sizeof(ret->cure), "%s See KERNEL HELPERS in bpflock-operations(7).",
		helpers_any(&h, HELPER_OPEN) || !h.unseen
			? "Give containers no CAP_SYS_ADMIN and a read-only /proc/sys, or take profile restricted."
			: "Run it as root on the host.");
}

/* The active policy, else the configured one. False if there is none that can be read. */
static bool read_policy(const struct ctl *c, struct preflight *pf, struct policy *ret)
{
	const struct ctl_source configured = {};
	CLEANUP(config_files_done) struct config_files files = {};
	CLEANUP(diagnostics_done) struct diagnostics d = DIAGNOSTICS_INIT;
	CLEANUP(pins_freep) struct pins *pins = NULL;
	char name[PINS_NAME_LEN];

	pins_set_deciding(c->bpffs, name);
	if (pins_open(c->bpffs, name, &pins) == PINS_OK)
		return pins_policy_read(pins, ret, NULL) == 0;
	policy_init(ret);
	ctl_source_read(&configured, pf->operations, CONFIG_TRUST_ROOT, ret, &files, &d);
	return !d.errors && policy_compile(ret, pf->operations, &d);
}

/* Shows the exceptions of the policy that this kernel does not honour. */
static void check_exceptions(const struct ctl *c, struct preflight *pf, struct check_result *ret)
{
	CLEANUP(diagnostics_done) struct diagnostics d = DIAGNOSTICS_INIT;
	CLEANUP(policy_done) struct policy p = {};
	size_t n;

	*ret = (struct check_result){ .name = "exceptions", .state = CHECK_SKIPPED };
	snprintf(ret->detail, sizeof(ret->detail), "no policy can be read");
	if (!preflight_operations(pf) || !read_policy(c, pf, &p))
		return;
	ret->state = CHECK_OK;
	snprintf(ret->detail, sizeof(ret->detail), "this kernel honours all exceptions of the policy");
	n = overruled_warn(&p, pf->operations, pf->lockdown, lockdown_cure(), clock_boottime(), &d);
	if (!n || d.n <= n)
		return;
	ret->state = CHECK_NOTE;
	snprintf(ret->detail, sizeof(ret->detail), n > 1 ? "%.330s; and %zu more" : "%.330s",
		 d.items[0].text, n - 1);
	snprintf(ret->cure, sizeof(ret->cure), "%s", d.items[n].text);
}

/* Shows whether refusals by others are logged, as the active policy wants it. */
static void check_others(const struct loaded_state *r, struct check_result *ret)
{
	bool readable = r->pins && r->outcome == PINS_OK;

	*ret = (struct check_result){ .name = "others", .state = CHECK_SKIPPED };
	if (!readable || !r->policy.host.others) {
		snprintf(ret->detail, sizeof(ret->detail), "%s",
			 readable ? "log-others = no" : "no policy is active");
		return;
	}
	ret->state = loaded_state_program(r, BPFLOCK_REFUSED_PROGRAM) ? CHECK_OK : CHECK_NOTE;
	snprintf(ret->detail, sizeof(ret->detail), "%s",
		 ret->state == CHECK_OK
			 ? "refusals by kernel Lockdown and others are logged"
			 : "refusals by kernel Lockdown and others are not logged: this kernel does "
			   "not let bpflock see them");
}

/* Shows whether the machine is protected now, in the word that status has for it. */
static enum exit_status check_state(const struct ctl *c, struct check_result *ret,
				    struct check_result *ret_others)
{
	static const enum check_state states[_PROTECTION_MAX] = {
		[PROTECTION_NOT_LOADED] = CHECK_SKIPPED, [PROTECTION_ENFORCING] = CHECK_OK,
		[PROTECTION_AUDIT_ONLY] = CHECK_NOTE,	 [PROTECTION_PRIVILEGED] = CHECK_NOTE,
		[PROTECTION_FALLBACK] = CHECK_FAILED,	 [PROTECTION_DEGRADED] = CHECK_FAILED,
		[PROTECTION_UNKNOWN] = CHECK_NOTE,
	};
	struct loaded_state r = LOADED_STATE_INIT;
	int e = loaded_state_find(c, &r, true);
	enum protection is = e < 0 ? PROTECTION_UNKNOWN : loaded_state_protection(&r);
	const char *reason = e < 0 ? strerror(-e) : loaded_state_reason(&r);

	*ret = (struct check_result){ .name = "state", .state = states[is] };
	snprintf(ret->detail, sizeof(ret->detail), "%s: %s%s%s", protections[is].word,
		 protections[is].sentence, reason ? ": " : "", reason ? reason : "");
	if (ret->state == CHECK_FAILED) {
		ret->status = protections[is].status;
		snprintf(ret->cure, sizeof(ret->cure), "%s",
			 is == PROTECTION_FALLBACK ? "Correct it, then run: bpflock"
						   : "bpflock-ctl status shows more.");
	}
	check_others(&r, ret_others);
	loaded_state_done(&r);
	return ret->status;
}

#define CHECKS_MAX 32

struct checks {
	struct check_result items[CHECKS_MAX];
	size_t n;
	bool can; /* no prerequisite is missing */
	enum exit_status status; /* of the first failure */
};

/* Returns the place of the next check; the last one is filled in again if there are too many. */
static struct check_result *next_check(struct checks *l)
{
	if (l->n < CHECKS_MAX)
		l->n++;
	return &l->items[l->n - 1];
}

static void run_prerequisites(struct preflight *pf, struct checks *l)
{
	for (size_t i = 0; i < preflight_count; i++) {
		struct check_result *check = next_check(l);

		preflight_run(pf, i, check);
		if (check->state == CHECK_FAILED && l->status == STATUS_OK)
			l->status = check->status;
	}
	l->can = l->status == STATUS_OK;
}

/* Runs every check; the state comes last. */
static void run_checks(const struct ctl *c, struct checks *l)
{
	CLEANUP(preflight_done) struct preflight pf;
	struct check_result *others;
	enum exit_status state;
	struct utsname u;

	preflight_init(&pf, c->bpffs);
	pf.attach = true;
	run_prerequisites(&pf, l);
	check_exceptions(c, &pf, next_check(l));
	check_helpers(next_check(l));
	if (uname(&u) == 0)
		initrd_check("", u.release, next_check(l));
	others = next_check(l);
	state = check_state(c, next_check(l), others);
	if (l->can)
		l->status = state;
}

static void print_json(const struct checks *l)
{
	struct json j = ctl_json();

	json_open(&j, "checks", '[');
	for (size_t i = 0; i < l->n; i++) {
		json_open(&j, NULL, '{');
		json_string(&j, "name", l->items[i].name);
		json_string(&j, "state", check_words[l->items[i].state]);
		json_string(&j, "detail", l->items[i].detail);
		json_string(&j, "cure", l->items[i].cure);
		json_close(&j, '}');
	}
	json_close(&j, ']');
	json_u64(&j, "status", l->status);
	json_end(&j);
}

enum exit_status ctl_doctor(const struct ctl *c)
{
	struct checks l = {};

	run_checks(c, &l);
	if (c->json)
		print_json(&l);
	else
		doctor_text_print(l.items, l.n, l.can, &l.items[l.n - 1], c->options[CTL_ALL]);
	return l.status;
}
