// SPDX-License-Identifier: GPL-2.0-only
#include "decode.h"

#include <errno.h>
#include <string.h>
#include <sys/sysmacros.h>

#include "util.h"

static const char *const texts[] = {
	[DECODE_OK] = "nothing is wrong with it",
	[DECODE_SHORT] = "it is too short",
	[DECODE_FOREIGN] = "it is of another format version",
	[DECODE_SIZE] = "it does not have the size it says",
	[DECODE_EVENT] = "its event is unknown",
	[DECODE_VALUE] = "it holds an impossible value",
	[DECODE_TEXT] = "it holds a text without an end",
};
_Static_assert(ARRAY_SIZE(texts) == _DECODE_MAX, "every outcome needs a text");

const char *decode_text(enum decode_outcome outcome)
{
	return texts[outcome];
}

/* Appends "/NAME", or NAME where nothing stands yet and the path has no root. */
static void append_name(char *to, const char *name, size_t len, bool rooted)
{
	size_t at = strlen(to);

	if (at || rooted)
		to[at++] = '/';
	memcpy(to + at, name, len);
	to[at + len] = '\0';
}

/* A name as it is, with "..." behind it if it was cut. */
static void decode_plain(const char *name, uint8_t flags, char *ret_name)
{
	size_t len = strlen(name);

	memcpy(ret_name, name, len + 1);
	if (flags & BPFLOCK_PATH_CUT)
		memcpy(ret_name + len, "...", sizeof("..."));
}

/*
 * Turns a path round, see abi.h. One that was cut begins with "...", and the part of a name at its
 * end is left out; of a file's own name it is shown, with "..." behind it.
 */
static void decode_path(const char *reversed, uint8_t flags, char *ret_path)
{
	size_t end = strlen(reversed);
	bool cut = flags & BPFLOCK_PATH_CUT, rooted = !cut && end && reversed[end - 1] == '/';

	ret_path[0] = '\0';
	if (cut && !memchr(reversed, '/', end)) {
		decode_plain(reversed, flags, ret_path);
		return;
	}
	if (cut)
		memcpy(ret_path, "...", sizeof("..."));
	if (cut || rooted)
		while (end && reversed[end - 1] != '/') /* part of a name */
			end--;
	if (end && reversed[end - 1] == '/')
		end--;
	while (end) {
		size_t from = end;

		while (from && reversed[from - 1] != '/')
			from--;
		append_name(ret_path, reversed + from, end - from, rooted);
		end = from ? from - 1 : 0;
	}
}

#define EXE_AT	  offsetof(struct bpflock_decision_record, exe)
#define OBJECT_AT offsetof(struct bpflock_decision_record, object)

/* The texts of record[len], of which r has all before them. */
static enum decode_outcome decode_texts(const char *record, size_t len,
					const struct bpflock_decision_record *r, struct event *e)
{
	const char *exe = record + EXE_AT, *object = len > OBJECT_AT ? record + OBJECT_AT : NULL;
	size_t exe_len = strnlen(exe, sizeof(r->exe));

	if (exe_len == sizeof(r->exe) ||
	    (object && strnlen(object, sizeof(r->object)) == sizeof(r->object)))
		return DECODE_TEXT;
	if (r->exe_len != exe_len)
		return DECODE_VALUE;
	if (exe_len || r->exe_flags)
		decode_path(exe, r->exe_flags, e->exe);
	if (object && r->object_flags & BPFLOCK_PATH_REVERSED)
		decode_path(object, r->object_flags, e->about);
	else if (object && (object[0] || r->object_flags))
		decode_plain(object, r->object_flags, e->about);
	return DECODE_OK;
}

static enum decode_outcome decode_decision(const void *record, size_t len, struct event *e)
{
	struct bpflock_decision_record r;
	enum decode_outcome outcome;

	if (len < sizeof(struct bpflock_decision_plain))
		return DECODE_SHORT;
	if (len != sizeof(struct bpflock_decision_plain) && len != sizeof(r))
		return DECODE_SIZE;
	memcpy(&r, record, EXE_AT);
	if (r.verdict >= _BPFLOCK_VERDICT_MAX || r.why >= _BPFLOCK_WHY_MAX ||
	    r.profile >= _BPFLOCK_PROFILE_MAX)
		return DECODE_VALUE;
	/* others are known by their refusals alone */
	if (r.by >= _BPFLOCK_BY_MAX ||
	    (r.by && (r.verdict != BPFLOCK_VERDICT_DENY || r.why || r.profile || r.rule_cgroup)))
		return DECODE_VALUE;
	if ((r.exe_flags | r.object_flags) & ~_BPFLOCK_PATH_ALL)
		return DECODE_VALUE;
	outcome = decode_texts(record, len, &r, e);
	if (outcome != DECODE_OK)
		return outcome;
	e->kind = EVENT_LOCKED_DOWN;
	e->reason = r.reason;
	e->verdict = r.verdict;
	e->by = r.by;
	e->why = r.why;
	e->profile = r.profile;
	e->rule_cgroup = r.rule_cgroup;
	e->exe_inode = r.exe_inode;
	e->exe_dev = makedev(r.exe_dev >> 20, r.exe_dev & 0xfffff);
	e->exe_deleted = r.exe_flags & BPFLOCK_PATH_DELETED;
	return DECODE_OK;
}

static enum decode_outcome decode_grant(const void *record, size_t len, struct event *e)
{
	const char *bytes = record;
	struct bpflock_grant_record r;

	if (len < sizeof(r))
		return DECODE_SHORT;
	if (len > sizeof(r))
		return DECODE_SIZE;
	memcpy(&r, record, sizeof(r));
	if (r.body.action >= _BPFLOCK_GRANT_ACTION_MAX)
		return DECODE_VALUE;
	if (strnlen(r.body.target, sizeof(r.body.target)) == sizeof(r.body.target) ||
	    strnlen(r.body.note, sizeof(r.body.note)) == sizeof(r.body.note))
		return DECODE_TEXT;
	e->kind = EVENT_GRANT;
	e->operations = r.body.operations;
	e->expires = r.body.expires;
	e->grant = r.body.id;
	e->action = r.body.action;
	e->target = bytes + offsetof(struct bpflock_grant_record, body.target);
	e->note = bytes + offsetof(struct bpflock_grant_record, body.note);
	return DECODE_OK;
}

/* The guards make a record of what they refuse; only that a set is unloaded is never refused. */
static enum decode_outcome decode_tamper(const void *record, size_t len, struct event *e)
{
	struct bpflock_tamper_record r;

	if (len < sizeof(r))
		return DECODE_SHORT;
	if (len > sizeof(r))
		return DECODE_SIZE;
	memcpy(&r, record, sizeof(r));
	if (r.attempt >= _BPFLOCK_TAMPER_MAX ||
	    r.head.retval != (r.attempt == BPFLOCK_TAMPER_UNLOAD ? 0 : -EPERM))
		return DECODE_VALUE;
	if (strnlen(r.object, sizeof(r.object)) == sizeof(r.object))
		return DECODE_TEXT;
	e->kind = EVENT_TAMPER;
	e->verdict = r.head.retval ? BPFLOCK_VERDICT_DENY : BPFLOCK_VERDICT_ALLOW;
	e->attempt = r.attempt;
	e->object_id = r.id;
	e->object = (const char *)record + offsetof(struct bpflock_tamper_record, object);
	return DECODE_OK;
}

static enum decode_outcome decode_exec(const void *record, size_t len, struct event *e)
{
	struct bpflock_exec_record r;
	size_t room;

	if (len <= sizeof(r))
		return DECODE_SHORT;
	memcpy(&r, record, sizeof(r));
	room = len - sizeof(r);
	e->kind = EVENT_EXECVE;
	e->filename = (const char *)record + sizeof(r);
	e->filename_len = strnlen(e->filename, room);
	e->truncated = r.flags & BPFLOCK_EXEC_TRUNCATED;
	if (e->filename_len == room)
		return DECODE_TEXT;
	/* of a truncated name the program knows only that it is at least this long */
	if (e->truncated ? r.filename_len < e->filename_len : r.filename_len != e->filename_len)
		return DECODE_VALUE;
	return DECODE_OK;
}

static enum decode_outcome decode_body(const void *record, size_t len, struct event *e)
{
	switch (e->head.event) {
	case BPFLOCK_EVENT_LOCKED_DOWN:
		return decode_decision(record, len, e);
	case BPFLOCK_EVENT_EXECVE:
		return decode_exec(record, len, e);
	case BPFLOCK_EVENT_GRANT:
		return decode_grant(record, len, e);
	case BPFLOCK_EVENT_TAMPER:
		return decode_tamper(record, len, e);
	}
	return DECODE_EVENT;
}

/* All but the head, and bytes behind the texts. */
static void clear(struct event *e)
{
	memset(&e->record, 0, offsetof(struct event, exe) - offsetof(struct event, record));
	e->exe[0] = e->about[0] = '\0';
}

enum decode_outcome decode_record(const void *record, size_t len, struct event *ret_event)
{
	struct bpflock_record *head = &ret_event->head;
	enum decode_outcome outcome;
	uint16_t abi;

	ret_event->kind = 0;
	clear(ret_event);
	if (len < sizeof(*head))
		memset(head, 0, sizeof(*head));
	if (len < offsetof(struct bpflock_record, event))
		return DECODE_SHORT;
	memcpy(&abi, (const char *)record + offsetof(struct bpflock_record, abi), sizeof(abi));
	if (abi != BPFLOCK_ABI) {
		*head = (struct bpflock_record){ .abi = abi };
		return DECODE_FOREIGN;
	}
	if (len < sizeof(*head))
		return DECODE_SHORT;
	memcpy(head, record, sizeof(*head));
	if (head->size != len)
		return DECODE_SIZE;
	if (head->seq == 0 || head->count == 0)
		return DECODE_VALUE;
	if (strnlen(head->comm, sizeof(head->comm)) == sizeof(head->comm) ||
	    strnlen(head->pcomm, sizeof(head->pcomm)) == sizeof(head->pcomm))
		return DECODE_TEXT;
	outcome = decode_body(record, len, ret_event);
	if (outcome != DECODE_OK)
		return outcome;
	ret_event->count = head->count;
	ret_event->record = record;
	return DECODE_OK;
}

enum decode_outcome decode_beside(const struct bpflock_decision_record *record,
				  struct event *ret_event)
{
	size_t size = record->head.size;

	return decode_record(record, size < sizeof(*record) ? size : sizeof(*record), ret_event);
}
