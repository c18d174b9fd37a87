// SPDX-License-Identifier: GPL-2.0-only
#include "message-id.h"

#include "decode.h"
#include "util.h"

enum kind {
	KIND_ALLOWED, /* the verdicts, in their order */
	KIND_AUDITED,
	KIND_DENIED,
	KIND_REFUSED, /* by others */
	KIND_EXECUTED,
	KIND_GRANTED,
	KIND_REVOKED,
	KIND_TAMPERED,
	KIND_UNLOADED,
	KIND_LOST,
	KIND_MISSED,
	KIND_INVALID,
	_KIND_MAX,
};
_Static_assert(KIND_ALLOWED == (int)BPFLOCK_VERDICT_ALLOW &&
		       KIND_DENIED == (int)BPFLOCK_VERDICT_DENY,
	       "a decision's kind is its verdict");

/* Made by journalctl --new-id128, once. */
const struct message_id message_ids[] = {
	[KIND_ALLOWED] = { "allowed", "c4872698d17e4777a1d5ffecadee1471" },
	[KIND_AUDITED] = { "audited", "a7b13dfb31f142f1a44ae6ce05e905e2" },
	[KIND_DENIED] = { "denied", "cc81e562d3f74e8582d6b74ac3b8be86" },
	[KIND_REFUSED] = { "refused", "3df15fb2bffb451c8f0bf76ea176708a" },
	[KIND_EXECUTED] = { "executed", "90cff3ca6b0f45af90573f06d5b37a17" },
	[KIND_GRANTED] = { "granted", "60103b0e3d224ebe8b48e03c5326f824" },
	[KIND_REVOKED] = { "revoked", "edf2915122d244d48f4a903b8c929487" },
	[KIND_TAMPERED] = { "tampered", "ae9173abeeae45dfb4cfc6ed60a07310" },
	[KIND_UNLOADED] = { "unloaded", "a9b928f979074387b8e22656d471d39d" },
	[KIND_LOST] = { "lost", "d03d93fc12fd49ab87a27a4b63388e2c" },
	[KIND_MISSED] = { "missed", "4c0e133fabed49d0a2e1e470318deb21" },
	[KIND_INVALID] = { "invalid", "e7ab5b7d60834096978ffaea814dba36" },
};
const size_t message_ids_count = ARRAY_SIZE(message_ids);
_Static_assert(ARRAY_SIZE(message_ids) == _KIND_MAX, "every kind needs its id");

static enum kind kind_of(const struct event *e)
{
	switch (e->kind) {
	case EVENT_LOCKED_DOWN:
		return e->by ? KIND_REFUSED : (enum kind)e->verdict;
	case EVENT_EXECVE:
		return KIND_EXECUTED;
	case EVENT_GRANT:
		return e->action == BPFLOCK_GRANT_GIVEN ? KIND_GRANTED : KIND_REVOKED;
	case EVENT_TAMPER:
		return e->verdict == BPFLOCK_VERDICT_DENY ? KIND_TAMPERED : KIND_UNLOADED;
	case EVENT_LOST:
		return KIND_LOST;
	case EVENT_MISSED:
		return KIND_MISSED;
	case EVENT_INVALID:
	case _EVENT_MAX:
		break;
	}
	return KIND_INVALID;
}

const char *message_id(const struct event *e)
{
	return message_ids[kind_of(e)].id;
}
