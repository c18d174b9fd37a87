// SPDX-License-Identifier: GPL-2.0-only
/*
 * The contents of a set that only its own version can take over are found by the pins, because only
 * that version may interpret the maps.
 */
#include <bpf/bpf.h>
#include <errno.h>
#include <linux/bpf.h>
#include <string.h>

#include "pins.h"
#include "replaced.h"
#include "util.h"

static const struct {
	enum bpflock_dropped kind;
	const char *pin;
	const char *name, *text;
} kinds[] = {
	{ BPFLOCK_DROPPED_COUNTERS, PIN_COUNTERS, "counters", "counters" },
	{ BPFLOCK_DROPPED_RECORDS, PIN_RING, "records", "unread records" },
	{ BPFLOCK_DROPPED_CGROUPS, PIN_RULES, "cgroups", "rule sets of bpflock-ctl cgroup set" },
	{ BPFLOCK_DROPPED_GRANTS, PIN_GRANTS, "grants", "grants" },
};

/* Slots, all of which are empty, hold nothing; of any other map it is not known. */
static bool may_hold(int fd)
{
	struct bpf_map_info info = {};
	uint32_t len = sizeof(info), id;

	if (bpf_obj_get_info_by_fd(fd, &info, &len) < 0 ||
	    (info.type != BPF_MAP_TYPE_ARRAY_OF_MAPS && info.type != BPF_MAP_TYPE_HASH_OF_MAPS) ||
	    info.key_size != sizeof(uint32_t))
		return true;
	for (uint32_t slot = 0; slot < info.max_entries; slot++)
		if (bpf_map_lookup_elem(fd, &slot, &id) == 0 || errno != ENOENT)
			return true;
	return false;
}

uint32_t replaced_contents(const struct pins *p)
{
	uint32_t mask = 0;

	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++) {
		CLEANUP(close_fdp) int fd = pins_open_map(p->path, kinds[i].pin, false);

		if (fd != -ENOENT && (fd < 0 || may_hold(fd)))
			mask |= kinds[i].kind;
	}
	return mask;
}

const char *replaced_name(uint32_t mask, size_t i)
{
	return i < ARRAY_SIZE(kinds) && mask & kinds[i].kind ? kinds[i].name : NULL;
}

void replaced_describe(const struct bpflock_replaced *r, char *text, size_t len)
{
	const char *separator = "";
	size_t n = 0;

	text[0] = '\0';
	for (size_t i = 0; i < ARRAY_SIZE(kinds) && n < len; i++) {
		if (!(r->dropped & kinds[i].kind))
			continue;
		n += snprintf(text + n, len - n, "%s%s", separator, kinds[i].text);
		separator = ", ";
	}
	if (n < len && r->magic != BPFLOCK_MAGIC)
		snprintf(text + n, len - n, "; the set before was damaged, or not made by bpflock");
	else if (n < len && r->abi == BPFLOCK_ABI)
		snprintf(text + n, len - n, "; the set before, by version %s, was damaged", r->build);
	else if (n < len)
		snprintf(text + n, len - n, "; the set before, by version %s, had pin format %u",
			 r->build, r->abi);
}
