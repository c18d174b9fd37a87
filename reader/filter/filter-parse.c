// SPDX-License-Identifier: GPL-2.0-only
/* From the command line to a filter. */
#include <string.h>

#include "filter-parse.h"
#include "filter.h"
#include "operations.h"
#include "policy.h"
#include "quantity.h"
#include "ruleset.h"
#include "unit.h"

static void values_done(struct filter_values *v)
{
	for (size_t i = 0; v->texts && i < v->n; i++)
		free(v->texts[i]);
	free(v->texts);
	free(v->numbers);
}

void filter_parse_done(struct filter *f)
{
	for (size_t i = 0; i < _FILTER_MAX; i++) {
		values_done(&f->wanted[i]);
		values_done(&f->unwanted[i]);
	}
	memset(f, 0, sizeof(*f));
}

/* One value, or one of a list, on its way into v. */
struct word {
	struct filter *filter;
	struct filter_values *v;
	const char *s; /* NUL-terminated */
	const struct place *at;
	struct diagnostics *d;
};

static bool out_of_memory(const struct word *w)
{
	diagnostic_error(w->d, w->at, "out of memory");
	return false;
}

static bool add_number(const struct word *w, uint64_t max, const char *what)
{
	struct filter_values *v = w->v;
	uint32_t *more;
	uint64_t n;

	if (!quantity_number(w->s, max, &n)) {
		diagnostic_error(w->d, w->at, "\"%s\" is not a %s: use a number", w->s, what);
		return false;
	}
	more = realloc(v->numbers, (v->n + 1) * sizeof(*more));
	if (!more)
		return out_of_memory(w);
	v->numbers = more;
	v->numbers[v->n++] = n;
	return true;
}

/* Takes text over. */
static bool add_text(const struct word *w, char *text)
{
	struct filter_values *v = w->v;
	char **more = text ? realloc(v->texts, (v->n + 1) * sizeof(*more)) : NULL;

	if (!more) {
		free(text);
		return out_of_memory(w);
	}
	v->texts = more;
	v->texts[v->n++] = text;
	return true;
}

/* The word must be one of words[n]; those from index `again` on mean the same as the first ones. */
static bool add_bit(const struct word *w, const char *what, const char *const *words, size_t n,
		    size_t again)
{
	for (size_t i = 0; i < n; i++) {
		if (strcmp(words[i], w->s) == 0) {
			w->v->mask |= 1ULL << i % again;
			return true;
		}
	}
	diagnostic_unknown(w->d, w->at, what, w->s, strlen(w->s), words, n);
	return false;
}

const char *filter_parse_event_word(size_t i)
{
	static const char *const short_words[EVENT_LOST] = {
		[EVENT_LOCKED_DOWN] = "decision",
		[EVENT_EXECVE] = "exec",
		[EVENT_GRANT] = "grant",
		[EVENT_TAMPER] = "tamper",
	};

	if (i < EVENT_LOST)
		return short_words[i];
	return i < 2 * EVENT_LOST ? event_name(&(struct event){ .kind = i - EVENT_LOST }) : NULL;
}

static bool parse_event(const struct word *w)
{
	const char *words[2 * EVENT_LOST];

	for (size_t i = 0; i < ARRAY_SIZE(words); i++)
		words[i] = filter_parse_event_word(i);
	return add_bit(w, "event", words, ARRAY_SIZE(words), EVENT_LOST);
}

static bool parse_decision(const struct word *w)
{
	const char *words[_BPFLOCK_VERDICT_MAX];

	for (uint32_t verdict = 0; verdict < _BPFLOCK_VERDICT_MAX; verdict++)
		words[verdict] = ruleset_verdict_name(verdict);
	return add_bit(w, "decision", words, _BPFLOCK_VERDICT_MAX, _BPFLOCK_VERDICT_MAX);
}

static bool parse_by(const struct word *w)
{
	const char *words[_BPFLOCK_BY_MAX];

	for (uint32_t by = 0; by < _BPFLOCK_BY_MAX; by++)
		words[by] = ruleset_by_name(by);
	return add_bit(w, "source of decisions", words, _BPFLOCK_BY_MAX, _BPFLOCK_BY_MAX);
}

static bool parse_operations(const struct word *w)
{
	const struct bpflock_operation *ops = w->filter->operations;
	uint64_t all = operations_in_group(ops, GROUP_ALL);

	if (!w->s[strspn(w->s, " \t")]) {
		diagnostic_error(w->d, w->at, "expected an operation");
		return false;
	}
	if (!operations_parse_list(ops, w->s, w->at, &w->v->mask, w->d))
		return false;
	if ((w->v->mask & all) == all) /* those that have no name too */
		w->v->mask = UINT64_MAX;
	return true;
}

static bool parse_uid(const struct word *w)
{
	return add_number(w, UINT32_MAX, "user id");
}

/* "unset": nobody had logged in. */
static bool parse_loginuid(const struct word *w)
{
	if (strcmp(w->s, "unset") != 0)
		return add_number(w, UINT32_MAX, "login user id");
	return add_number(&(struct word){ w->filter, w->v, "4294967295", w->at, w->d }, UINT32_MAX,
			  "");
}

static bool parse_pid(const struct word *w)
{
	return add_number(w, INT32_MAX, "process id");
}

static bool parse_comm(const struct word *w)
{
	size_t max = BPFLOCK_COMM_LEN - 1;

	if (!strpbrk(w->s, "*?[\\") && strlen(w->s) > max) {
		diagnostic_error(w->d, w->at,
				 "the kernel keeps only 15 bytes of a command: use \"%.*s\", not \"%s\"",
				 (int)max, w->s, w->s);
		return false;
	}
	return add_text(w, strdup(w->s));
}

static bool parse_exe(const struct word *w)
{
	if (w->s[0])
		return add_text(w, strdup(w->s));
	diagnostic_error(w->d, w->at, "expected the name or the path of an executable");
	return false;
}

/* The mount point that people paste along with a path. */
static const char *without_mount_point(const char *path)
{
	static const char mount[] = "/sys/fs/cgroup/";

	return strncmp(path, mount, sizeof(mount) - 1) == 0 ? path + sizeof(mount) - 2 : path;
}

static bool parse_cgroup(const struct word *w)
{
	char *path = strdup(without_mount_point(w->s));
	const char *error;
	size_t len = path ? strlen(path) : 0;

	if (len > 1 && path[len - 1] == '/') /* as shells complete it */
		path[len - 1] = '\0';
	error = path && strcmp(path, "/") != 0 ? policy_path_error(path) : NULL;
	if (!error)
		return add_text(w, path);
	diagnostic_error(w->d, w->at, "\"%s\": %s", w->s, error);
	free(path);
	return false;
}

static bool parse_unit(const struct word *w)
{
	const char *suffix = unit_suffix(w->s, strlen(w->s));
	CLEANUP(free_charp) char *unit = unit_complete(w->s);

	if (!unit)
		return out_of_memory(w);
	if (!w->s[0] || !unit_name_valid(unit)) {
		diagnostic_error(w->d, w->at, "\"%s\" is not the name of a unit: use NAME.service", w->s);
		return false;
	}
	if (!unit_has_cgroup(unit, strlen(unit))) {
		diagnostic_error(w->d, w->at, "\"%s\": a %s has no cgroup of its own", w->s,
				 suffix + 1);
		return false;
	}
	return add_text(w, TAKE_PTR(unit));
}

static const struct {
	bool list; /* commas separate values; operations are taken apart elsewhere */
	bool (*parse)(const struct word *w);
} kinds[] = {
	[FILTER_EVENT] = { true, parse_event }, [FILTER_DECISION] = { true, parse_decision },
	[FILTER_BY] = { true, parse_by },	[FILTER_OP] = { false, parse_operations },
	[FILTER_UID] = { true, parse_uid },	[FILTER_LOGINUID] = { true, parse_loginuid },
	[FILTER_PID] = { true, parse_pid },	[FILTER_COMM] = { false, parse_comm },
	[FILTER_EXE] = { false, parse_exe },	[FILTER_CGROUP] = { false, parse_cgroup },
	[FILTER_UNIT] = { false, parse_unit },
};
_Static_assert(ARRAY_SIZE(kinds) == _FILTER_MAX, "every filter needs a row");

static bool parse_list(struct word *w, bool (*parse)(const struct word *w))
{
	CLEANUP(free_charp) char *copy = strdup(w->s);
	size_t errors = w->d->errors;
	char *rest = copy;

	if (!copy)
		return out_of_memory(w);
	while ((w->s = strsep(&rest, ",")))
		parse(w);
	return w->d->errors == errors;
}

bool filter_parse_add(struct filter *f, enum filter_kind kind, const char *text, const char *option,
		      struct diagnostics *d)
{
	bool negated = text[0] == '!';
	struct place at = { .source = option, .column = kind == FILTER_OP ? 1 + negated : 0 };
	struct word w = { .filter = f,
			  .v = negated ? &f->unwanted[kind] : &f->wanted[kind],
			  .s = text + negated,
			  .at = &at,
			  .d = d };

	w.v->given = true;
	f->kinds |= 1U << kind;
	return kinds[kind].list ? parse_list(&w, kinds[kind].parse) : kinds[kind].parse(&w);
}
