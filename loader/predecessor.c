// SPDX-License-Identifier: GPL-2.0-only
#include "predecessor.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "programs.h"

#include "../policy/seal.h"

/* Of a set that is not whole. One with another's stamp has nothing that we could miss. */
static void warn_of_what_ends(const struct predecessor *old, int outcome)
{
	if (outcome == PINS_FOREIGN && old->pins->stamp.magic != BPFLOCK_MAGIC)
		return;
	fprintf(stderr, "bpflock: warning: %s %s, so %s not taken over\n", old->pins->path,
		outcome == PINS_FOREIGN ? "has another pin format" : "lacks some of its pins",
		old->has_policy ? "counters or unread records that were there are"
				: "rule sets and grants of bpflock-ctl, counters and unread records "
				  "are");
}

int predecessor_examine(const struct preflight *pf, const struct policy *policy,
			struct predecessor *ret)
{
	int r, sealed, read = -ENOENT;

	*ret = (struct predecessor){ .sealed_whole = true };
	r = pins_open(pf->bpffs, PINS_PUBLISHED, &ret->pins);
	if (r == PINS_ABSENT)
		return 0;
	if (r < 0) {
		fprintf(stderr, "bpflock: cannot examine what is loaded below %s: %s\n", pf->bpffs,
			strerror(-r));
		return r;
	}
	if (r != PINS_FOREIGN && ret->pins->stamp.magic == BPFLOCK_MAGIC &&
	    ret->pins->slots.policy >= 0)
		read = pins_read_policy(ret->pins, &ret->policy, &ret->state);
	/* what is whole has a policy: to go on without it would end grants and rule sets unseen */
	if (r == PINS_OK && read < 0) {
		fprintf(stderr,
			"bpflock: cannot read the policy of %s: %s. Nothing was changed; if that stays so, "
			"bpflock-ctl unload removes it\n",
			ret->pins->path, strerror(-read));
		return read;
	}
	sealed = seal_read(ret->pins->path, &ret->seal, &ret->sealed_whole);
	if (sealed < 0) {
		fprintf(stderr, "bpflock: cannot read the seal of %s: %s\n", ret->pins->path,
			strerror(-sealed));
		return sealed;
	}
	ret->has_policy = read == 0;
	if (r != PINS_OK)
		warn_of_what_ends(ret, r);
	ret->same = r == PINS_OK && ret->has_policy && pins_whole(ret->pins) &&
		    ret->pins->stamp.object_hash == programs_hash() &&
		    ret->pins->stamp.host_netns == pf->host_netns &&
		    ret->policy.host.exec_snoop == policy->host.exec_snoop &&
		    ret->policy.host.ring_size == policy->host.ring_size &&
		    memcmp(ret->pins->stamp.operations, pf->operations,
			   sizeof(ret->pins->stamp.operations)) == 0;
	return 0;
}

void predecessor_warn_of_unread(const struct pins *old)
{
	char unread[PINS_UNREAD_LEN];

	if (pins_describe_unread(old, unread))
		fprintf(stderr, "bpflock: warning: the ring gets another size, and %s go with the "
				"old one\n", unread);
}

void predecessor_done(struct predecessor *p)
{
	pins_free(p->pins);
	policy_done(&p->policy);
}
