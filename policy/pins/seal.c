// SPDX-License-Identifier: GPL-2.0-only
/*
 * The order is the point. The set that takes over is loaded, filled and attached beside the one
 * that decides, its guards dormant; then they are armed, all fds of its maps are closed, the guards
 * shut out the sealer too, and one run of a program proves that nobody is left who could reach a
 * map, and seals. Only then the other set goes. Killed before that, the other set decides and the
 * guards lapse by themselves; killed after it, the seal is whole.
 */
#include "seal.h"

#include <bpf/bpf.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/bpf.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#include "ask.h"
#include "attachment.h"
#include "cgroupfs-open.h"
#include "clock.h"
#include "namespaces.h"
#include "pins-set.h"
#include "progress.h"
#include "proof.h"
#include "seal-look.h"
#include "seal-sweep.h"
#include "sealed-load.h"
#include "sealed.h"
#include "util.h"

#define CLOSE_TRIES 40
#define TRY_NS	    25000000

int seal_check(const struct pins *p, enum seal_state *ret_state, struct bpflock_seal *ret_seal,
	       char *why)
{
	CLEANUP(close_fdp) int program = -1;
	int r = seal_look_read(p->path, ret_state, ret_seal);

	why[0] = '\0';
	if (r < 0 || *ret_state == SEAL_NONE)
		return r;
	program = ask_open_program(p->path, "look");
	if (program < 0) {
		snprintf(why, SEAL_WHY_LEN, "the pin of its program look is gone");
		return 0;
	}
	r = seal_look_prove(p->slots.ask, program, ret_seal, why);
	return r == -EBUSY ? 0 : r;
}

void seal_describe(const struct bpflock_seal *s, char ret_text[SEAL_TEXT_LEN])
{
	char when[CLOCK_UTC_LEN];

	if (!s->since) {
		snprintf(ret_text, SEAL_TEXT_LEN, "until reboot, by another version of bpflock");
		return;
	}
	clock_utc(clock_realtime_of(s->since), when);
	snprintf(ret_text, SEAL_TEXT_LEN, "until reboot, since %s by uid %u (%s)", when, s->uid,
		 s->source);
}

const char *seal_doubt(const struct policy *p, uint64_t latched)
{
	if (p->host.rules.mode == BPFLOCK_MODE_AUDIT)
		return "its mode is audit, and it would deny nothing until reboot";
	if (!(p->host.rules.deny | p->host.rules.host_only | latched))
		return "it denies nothing on the host, and that could not be changed until reboot";
	return NULL;
}

/* The context of one sealing. */
struct sealing {
	const char *bpffs;
	const struct pins *old;
	const char *source;
	struct sealed_set *set; /* that takes over */
	char staging[PINS_NAME_LEN], path[PATH_MAX];
	uint32_t programs[_BPFLOCK_ROOT_IDS]; /* of the new set, by enum bpflock_root_program */
	int root_fd;
	bool attached, armed;
	char *error;
	size_t error_len;
};

PRINTF(3, 4)
static int fail(struct sealing *s, int r, const char *fmt, ...)
{
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(s->error, s->error_len, fmt, ap);
	va_end(ap);
	if (n > 0 && (size_t)n < s->error_len && r != -EBUSY)
		snprintf(s->error + n, s->error_len - n, ": %s", strerror(-r));
	return r;
}

/*
 * A time of another namespace means something else to whoever reads the seal, and another process
 * may be its process 1. What cannot be read is not known to be the first.
 */
static bool in_first_namespaces(void)
{
	struct stat st;

	return stat("/proc/self/ns/pid", &st) == 0 && st.st_ino == INITIAL_PID_NAMESPACE &&
	       clock_view() == CLOCK_KERNELS;
}

static uint32_t program_of(const struct pins *p, const char *name)
{
	struct pins_program rows[PINS_MAX_PROGRAMS];
	int n = pins_set_programs(p->path, rows, PINS_MAX_PROGRAMS);

	for (int i = 0; i < n; i++)
		if (strcmp(rows[i].name, name) == 0)
			return rows[i].prog_id;
	return 0;
}

static int load_and_attach(struct sealing *s)
{
	int r = sealed_load(s->old, &s->set, s->error, s->error_len);

	if (r < 0)
		return r;
	r = pins_set_make_staging(s->bpffs, s->staging);
	if (r == 0)
		r = pins_path(s->path, s->bpffs, s->staging);
	if (r < 0)
		return fail(s, r, "cannot make a directory below %s", s->bpffs);
	r = sealed_pin(s->set, s->path, s->old->path, s->error, s->error_len);
	if (r < 0)
		return r;
	s->attached = true;
	r = sealed_attach(s->set, s->old, s->root_fd, s->path, s->error, s->error_len);
	for (int i = 0; r == 0 && i < _BPFLOCK_ROOT_MAX; i++)
		s->programs[i] = sealed_program_id(s->set, i);
	return r;
}

static int arm(struct sealing *s)
{
	struct bpflock_arming a = { .stricter = sealed_stricter_slot(s->set) };
	int r;

	memcpy(a.programs, s->programs, sizeof(a.programs));
	snprintf(a.source, sizeof(a.source), "%s", s->source);
	r = sealed_run(s->set, "arm", &a, sizeof(a));
	if (r)
		return fail(s, r < 0 ? r : -EIO, "cannot arm the guards");
	s->armed = true;
	return 0;
}

/* Latched so far in the set that goes is latched in the one that comes. */
static int carry_latch(const struct pins *from, int latch_fd)
{
	struct bpflock_latch old;
	int r = pins_read_latch(from, &old);

	for (uint32_t i = 0; r == 0 && i < BPFLOCK_REASONS; i++) {
		struct bpflock_latching what = { .operations = old.operations & 1ULL << i };

		if (!what.operations)
			continue;
		memcpy(what.source, old.by[i].source, sizeof(what.source));
		r = ask_run(latch_fd, &what, sizeof(what));
	}
	return r > 0 ? -EIO : r;
}

static int fix(struct sealing *s)
{
	int r = sealed_freeze(s->set, s->old, s->error, s->error_len);

	if (r < 0)
		return r;
	r = carry_latch(s->old, sealed_program(s->set, "latch"));
	if (r < 0)
		return fail(s, r, "cannot carry over the latch");
	sealed_close_maps(s->set);
	r = sealed_run(s->set, "shut", NULL, 0);
	return r ? fail(s, r < 0 ? r : -EIO, "cannot shut the guards") : 0;
}

static int try_module_request(struct sealing *s)
{
	int fd = sealed_program(s->set, BPFLOCK_MODULE_PROGRAM), r;
	enum proof proof;

	if (fd < 0)
		return 0;
	r = proof_of_module_program(fd, sealed_program(s->set, "prove"), &proof);
	if (r < 0)
		return fail(s, r, "cannot verify that the set to be sealed enforces");
	return proof == PROOF_SILENT
		       ? fail(s, -EBUSY, "the kernel does not call the set to be sealed for modules")
		       : 0;
}

static bool sysctl_is_guarded(void)
{
	CLEANUP(close_fdp) int fd = open("/proc/sys/kernel/ftrace_enabled", O_WRONLY | O_CLOEXEC);

	/* no number: without the guard that is EINVAL, and 0 is never tried */
	return fd >= 0 && write(fd, "x", 1) < 0 && errno == EPERM;
}

/* Each guard is tried: one that the kernel does not call refuses nothing. */
static int try_guards(struct sealing *s)
{
	struct bpflock_references maps[_BPFLOCK_MAP_MAX];
	CLEANUP(close_fdp) int map = -1, old_prove = -1;
	enum proof proof;
	int r = ask_references(sealed_program(s->set, "ask"), maps);

	if (r < 0)
		return fail(s, r, "cannot query the set to be sealed");
	/* by its runs, since it counts no decision that the other set has refused before it */
	old_prove = pins_open_map(s->old->path, PIN_PROVE, true);
	proof_mark(old_prove, true);
	r = proof_of_program(sealed_program(s->set, BPFLOCK_HOOK_PROGRAM),
			     sealed_program(s->set, "prove"), securityfs_lockdown(), &proof);
	proof_mark(old_prove, false);
	if (r < 0)
		return fail(s, r, "cannot verify that the set to be sealed enforces");
	if (proof == PROOF_SILENT)
		return fail(s, -EBUSY, "the kernel does not call the set to be sealed");
	proof_mark(old_prove, true);
	r = try_module_request(s);
	proof_mark(old_prove, false);
	if (r < 0)
		return r;
	if (bpf_prog_attach(sealed_program(s->set, BPFLOCK_HOOK_PROGRAM), s->root_fd,
			    BPF_LSM_CGROUP, BPF_F_ALLOW_MULTI) == 0 ||
	    errno != EPERM)
		return fail(s, -EBUSY, "the guard of attachments does not refuse");
	map = bpf_map_get_fd_by_id(maps[BPFLOCK_MAP_LATCH].id);
	if (map >= 0)
		return fail(s, -EBUSY, "the guard of maps does not refuse");
	if (seal_look_rival_loads(sealed_asking_function(s->set)))
		return fail(s, -EBUSY, "the guard of programs does not refuse");
	if (!sysctl_is_guarded())
		return fail(s, -EBUSY, "the guard of kernel.ftrace_enabled does not refuse");
	return 0;
}

static int look(struct sealing *s)
{
	char why[SEAL_WHY_LEN] = "";
	int r = seal_look_for_rivals(sealed_program(s->set, "look"), why);

	if (r == 0)
		r = seal_look_at_root(s->programs, why);
	if (r == 0)
		r = seal_look_at_ftrace(why);
	return r < 0 ? fail(s, r, "cannot seal: %s", why) : try_guards(s);
}

static int close_once(struct sealing *s, struct bpflock_closing *c)
{
	int r = sealed_expect(s->set, c->refcnt);

	return r < 0 ? r : sealed_run(s->set, "close_seal", c, sizeof(*c));
}

static int close_seal(struct sealing *s)
{
	static const struct timespec pause = { .tv_nsec = TRY_NS };
	struct bpflock_closing c = {};
	int r = BPFLOCK_SEAL_HELD;

	for (int i = 0; i < CLOSE_TRIES && r == BPFLOCK_SEAL_HELD; i++) {
		r = close_once(s, &c);
		if (r == BPFLOCK_SEAL_HELD)
			nanosleep(&pause, NULL);
	}
	if (r == BPFLOCK_SEAL_HELD)
		return fail(
			s, -EBUSY,
			"cannot seal: someone else holds the map %u (%s): %u holders, %u references instead of %u",
			c.found.id, seal_look_map_name(c.failed), c.found.usercnt, c.found.refcnt,
			c.refcnt[c.failed]);
	if (r == BPFLOCK_SEAL_LATE)
		return fail(s, -ETIMEDOUT, "cannot seal");
	return r ? fail(s, r < 0 ? r : -EIO, "cannot close the seal") : 0;
}

static void abandon(struct sealing *s)
{
	if (s->armed)
		sealed_run(s->set, "abandon", NULL, 0);
	if (s->attached)
		sealed_detach(s->set, s->root_fd);
	if (s->staging[0])
		pins_set_remove(s->bpffs, s->staging, 0);
}

/* From here on it is sealed, whatever fails. */
static int take_over(struct sealing *s)
{
	struct bpflock_seal seal;
	char why[SEAL_WHY_LEN];
	int r = carry_latch(s->old, sealed_program(s->set, "latch"));

	if (r == 0)
		r = seal_sweep_take_over(s->bpffs, s->staging);
	/* once more, after nobody can latch in the set that went */
	if (r == 0)
		r = carry_latch(s->old, sealed_program(s->set, "latch"));
	if (r < 0) {
		fail(s, r, "sealed, but cannot remove the previous set");
		return -ENOTRECOVERABLE;
	}
	r = seal_look_prove(sealed_program(s->set, "ask"), sealed_program(s->set, "look"), &seal,
			    why);
	if (r == -EBUSY) {
		fail(s, r, "sealed, but cannot verify that: %s", why);
		return -ENOTRECOVERABLE;
	}
	return r < 0 ? fail(s, r, "sealed, but cannot check that") : 0;
}

static int run(struct sealing *s)
{
	int r = load_and_attach(s);

	/* not from here on: a terminal that takes nothing must not keep it half closed */
	progress_step();
	if (r == 0)
		r = arm(s);
	if (r == 0)
		r = fix(s);
	if (r == 0)
		r = look(s);
	if (r == 0)
		r = close_seal(s);
	if (r < 0) {
		abandon(s);
		return r;
	}
	return take_over(s);
}

int seal_apply(const char *bpffs, const struct pins *p, const char *source, char *error, size_t len)
{
	struct sealing s = {
		.bpffs = bpffs,
		.old = p,
		.source = source,
		.error = error,
		.error_len = len,
	};
	char why[SEAL_WHY_LEN];
	int r;

	if (!in_first_namespaces())
		return fail(&s, -EXDEV,
			    "cannot seal from here: run it in the first pid and time namespaces");
	if (seal_look_at_ftrace(why) < 0)
		return fail(&s, -EBUSY, "cannot seal: %s", why);
	s.programs[BPFLOCK_ROOT_BEFORE] = program_of(p, BPFLOCK_HOOK_PROGRAM);
	s.programs[BPFLOCK_ROOT_MODULE_REQUEST_BEFORE] = program_of(p, BPFLOCK_MODULE_PROGRAM);
	s.root_fd = cgroupfs_open_root();
	if (s.root_fd < 0)
		return fail(&s, s.root_fd, "the root of cgroup v2: cannot open");
	r = run(&s);
	sealed_free(s.set);
	close(s.root_fd);
	return r;
}
