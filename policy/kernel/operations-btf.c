// SPDX-License-Identifier: GPL-2.0-only
#include "operations-btf.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

struct collected {
	struct bpflock_operation *ops;
	uint32_t integrity_max;
	uint32_t confidentiality_max;
};

static const char *name_of_enumerator(const char *enumerator)
{
	for (size_t i = 0; i < operations_known_count; i++) {
		const struct operation *o = &operations_known[i];

		/* LOCKDOWN_BPF_READ of 5.13 and older becomes bpf_read by itself */
		if (!o->own && strcmp(o->enumerator, enumerator) == 0)
			return o->name;
	}
	return NULL;
}

static int collect(const char *name, uint32_t value, void *arg)
{
	static const char prefix[] = "LOCKDOWN_";
	struct collected *c = arg;
	const char *known;
	char *to;

	if (strncmp(name, prefix, sizeof(prefix) - 1) != 0)
		return -EBADMSG;
	name += sizeof(prefix) - 1;
	if (value >= BPFLOCK_REASONS)
		return -E2BIG;
	if (value == BPFLOCK_MODULE_REQUEST) /* decided as one without a name is */
		return 0;
	if (strcmp(name, "INTEGRITY_MAX") == 0) {
		c->integrity_max = value;
		return 0;
	}
	if (strcmp(name, "CONFIDENTIALITY_MAX") == 0) {
		c->confidentiality_max = value;
		return 0;
	}
	if (value == BPFLOCK_REASON_UNKNOWN) /* LOCKDOWN_NONE: never asked about */
		return 0;
	known = name_of_enumerator(name);
	to = c->ops[value].name;
	/* a name that does not fit ends in its number, so that two never become one */
	if (!known && strlen(name) >= sizeof(c->ops[value].name))
		snprintf(to, sizeof(c->ops[value].name), "%.27s_%02u", name, value);
	else
		snprintf(to, sizeof(c->ops[value].name), "%s", known ? known : name);
	for (; !known && *to; to++)
		*to = tolower((unsigned char)*to);
	return 0;
}

int operations_btf_read(const struct raw_btf *btf,
			struct bpflock_operation ret_ops[BPFLOCK_REASONS])
{
	struct bpflock_operation ops[BPFLOCK_REASONS] = {};
	struct collected c = { .ops = ops };
	int r;

	r = btf_each_enumerator(btf, "lockdown_reason", collect, &c);
	if (r < 0)
		return r;
	if (c.integrity_max == 0 || c.confidentiality_max <= c.integrity_max)
		return -ENOENT;
	for (uint32_t i = 0; i < BPFLOCK_REASONS; i++)
		ops[i].level = i < c.integrity_max ? BPFLOCK_LEVEL_INTEGRITY
						   : BPFLOCK_LEVEL_CONFIDENTIALITY;
	if (btf_find_function(btf, "bpf_lsm_kernel_module_request"))
		operations_add_own(ops);
	memcpy(ret_ops, ops, sizeof(ops));
	return 0;
}
