// SPDX-License-Identifier: GPL-2.0-only
#include "original.h"

#include <ctype.h>
#include <string.h>

#include "util.h"

#define DAEMON "there is no daemon here: see bpflock-ctl status and metrics"
#define FILES  "policy files are /etc/bpflock/bpflock.conf and bpflock.conf.d/*.conf"
#define KMOD \
	"BPFLOCK_KIMGLOCK_BLOCK=@modules denies unsigned modules and unsafe parameters, and bpflock --kmodlock " \
	"sets the profile of module requests"
#define BPF \
	"BPFLOCK_KIMGLOCK_BLOCK=@bpf denies BPF programs that reach kernel memory, not the whole system call"
#define MEMFD "bpflock denies no executions; BPFLOCK_EXEC_SNOOP=all logs them"

static const struct {
	const char *name, *now;
} variables[] = {
	{ "BPFLOCK_PROFILE", "set BPFLOCK_KIMGLOCK_PROFILE" },
	{ "BPFLOCK_BLOCK", "set BPFLOCK_KIMGLOCK_BLOCK" },
	{ "BPFLOCK_ALLOW", "set BPFLOCK_KIMGLOCK_ALLOW" },
	{ "BPFLOCK_KMODLOCK_PROFILE", KMOD },
	{ "BPFLOCK_KMODLOCK_BLOCK", KMOD },
	{ "BPFLOCK_BPFRESTRICT_PROFILE", BPF },
	{ "BPFLOCK_BPFRESTRICT_BLOCK", BPF },
	{ "BPFLOCK_FILELESSLOCK_PROFILE", MEMFD },
	{ "BPFLOCK_FILELESSLOCK_BLOCK", MEMFD },
	{ "BPFLOCK_CONFIG", FILES "; for another one: bpflock --config FILE" },
	{ "BPFLOCK_CONFIG_DIR", FILES },
	{ "BPFLOCK_BPF_CONFIG_DIR", FILES },
	{ "BPFLOCK_REMOVE_BPF_PROGRAMS",
	  "the policy stays when bpflock exits: bpflock-ctl unload ends it" },
	{ "BPFLOCK_AGENT_HEALTH_PORT", DAEMON },
	{ "BPFLOCK_GOPS_PORT", DAEMON },
	{ "BPFLOCK_ENABLE_IPV4", DAEMON },
	{ "BPFLOCK_ENABLE_IPV6", DAEMON },
	{ "BPFLOCK_LIB_DIR", DAEMON },
	{ "BPFLOCK_STATE_DIR", DAEMON },
	{ "BPFLOCK_SOCKET_PATH", DAEMON },
	{ "BPFLOCK_VERSION", "bpflock --version prints it" },
	{ "BPFLOCK_CMDREF", "see bpflock(8)" },
};

const char *original_variable(const char *name, size_t len)
{
	for (size_t i = 0; i < ARRAY_SIZE(variables); i++)
		if (strlen(variables[i].name) == len && memcmp(variables[i].name, name, len) == 0)
			return variables[i].now;
	return NULL;
}

/* A line without what is around its words. */
struct line {
	const char *text;
	size_t len;
};

/* The next line of *at up to end that is neither empty nor a comment. */
static bool next_line(const char **at, const char *end, struct line *ret)
{
	while (*at < end) {
		const char *newline = memchr(*at, '\n', end - *at), *stop = newline ? newline : end;
		const char *start = *at;

		*at = newline ? newline + 1 : end;
		while (start < stop && isspace((unsigned char)*start))
			start++;
		while (stop > start && isspace((unsigned char)stop[-1]))
			stop--;
		if (start == stop || *start == '#')
			continue;
		*ret = (struct line){ start, stop - start };
		return true;
	}
	return false;
}

/* Policy files never begin with "WORD:", because a section comes first there. */
bool original_is_yaml(const char *text, size_t len)
{
	struct line l;
	size_t n = 0;

	if (!next_line(&text, text + len, &l))
		return false;
	if (l.len == 3 && memcmp(l.text, "---", 3) == 0)
		return true;
	while (n < l.len && (isalnum((unsigned char)l.text[n]) || strchr("-_", l.text[n])))
		n++;
	return n > 0 && n < l.len && l.text[n] == ':' &&
	       (n + 1 == l.len || isblank((unsigned char)l.text[n + 1]));
}

enum {
	KIMGLOCK_PROFILE,
	KIMGLOCK_BLOCK,
	KMODLOCK_PROFILE,
	BPFRESTRICT_PROFILE,
	FILELESS_PROFILE,
	EXEC_SNOOP,
	_VALUE_MAX
};

#define VALUE_LEN 128

/* Each option of a program, and each key of the main file, belongs to one setting. */
static const struct {
	const char *program, *option; /* below "name: PROGRAM" */
	const char *key;	      /* at the top */
} values[_VALUE_MAX] = {
	[KIMGLOCK_PROFILE] = { "kimglock", "--profile=", "kimglock-profile:" },
	[KIMGLOCK_BLOCK] = { "kimglock", "--block=", "kimglock-block:" },
	[KMODLOCK_PROFILE] = { "kmodlock", "--profile=", "kmodlock-profile:" },
	[BPFRESTRICT_PROFILE] = { "bpfrestrict", "--profile=", "bpfrestrict-profile:" },
	[FILELESS_PROFILE] = { "filelesslock", "--profile=", "filelesslock-profile:" },
	[EXEC_SNOOP] = { "execsnoop", "--exec-snoop=", "exec-snoop:" },
};

/* Copies the text behind the prefix to ret[VALUE_LEN], without quotes. */
static bool value_of(const struct line *l, const char *prefix, char *ret)
{
	size_t n = strlen(prefix);
	struct line v = { l->text + n, l->len - n };

	if (l->len < n || memcmp(l->text, prefix, n) != 0)
		return false;
	while (v.len && strchr(" \t\"'", *v.text)) {
		v.text++;
		v.len--;
	}
	while (v.len && strchr(" \t\"'", v.text[v.len - 1]))
		v.len--;
	snprintf(ret, VALUE_LEN, "%.*s", (int)v.len, v.text);
	return true;
}

static void read_line(struct line *l, char *program, char value[_VALUE_MAX][VALUE_LEN])
{
	while (l->len && strchr("- \"'", *l->text) &&
	       !(l->len > 1 && memcmp(l->text, "--", 2) == 0)) {
		l->text++;
		l->len--;
	}
	value_of(l, "name:", program);
	for (size_t i = 0; i < _VALUE_MAX; i++) {
		value_of(l, values[i].key, value[i]);
		if (strcmp(program, values[i].program) == 0)
			value_of(l, values[i].option, value[i]);
	}
}

/* Returns the rank of a profile: 0 denies nothing. */
static int strength(const char *profile)
{
	return strcmp(profile, "baseline") == 0 ? 1 : strcmp(profile, "restricted") == 0 ? 2 : 0;
}

void original_translate(const char *text, size_t len, char *ret, size_t size)
{
	char value[_VALUE_MAX][VALUE_LEN] = {}, program[VALUE_LEN] = "";
	const char *at = text, *profile = value[KIMGLOCK_PROFILE];
	bool modules, bpf;
	size_t n;
	struct line l;

	while (next_line(&at, text + len, &l))
		read_line(&l, program, value);
	/* what was denied by a program of its own is not to be open here */
	modules = strength(value[KMODLOCK_PROFILE]) > strength(profile);
	bpf = strength(value[BPFRESTRICT_PROFILE]) > strength(profile);
	n = snprintf(ret, size, "[kimglock], profile = %s", profile[0] ? profile : "privileged");
#define ADD(...) (n += n < size ? (size_t)snprintf(ret + n, size - n, __VA_ARGS__) : 0)
	if (value[KIMGLOCK_BLOCK][0] || modules || bpf)
		ADD(", block = %s%s%s%s%s", value[KIMGLOCK_BLOCK],
		    value[KIMGLOCK_BLOCK][0] && modules ? " " : "", modules ? "@modules" : "",
		    (value[KIMGLOCK_BLOCK][0] || modules) && bpf ? " " : "", bpf ? "@bpf" : "");
	if (strength(value[KMODLOCK_PROFILE]))
		ADD(", [kmodlock], profile = %s", value[KMODLOCK_PROFILE]);
	if (value[EXEC_SNOOP][0])
		ADD(", [execsnoop], trace = %s",
		    strcmp(value[EXEC_SNOOP], "filter") == 0 ? "all" : value[EXEC_SNOOP]);
	if (strength(value[FILELESS_PROFILE]))
		ADD("; filelesslock has no counterpart");
#undef ADD
}
