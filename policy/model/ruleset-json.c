// SPDX-License-Identifier: GPL-2.0-only
#include "ruleset-json.h"

#include "clock.h"
#include "operations.h"
#include "ruleset.h"

const char *ruleset_json_key(enum bpflock_setting setting)
{
	return settings[setting].json ? settings[setting].json : settings[setting].name;
}

void ruleset_json(struct json *j, const struct bpflock_operation ops[BPFLOCK_REASONS],
		  const struct bpflock_policy *p, enum bpflock_setting setting)
{
	const char *key = ruleset_json_key(setting), *value = ruleset_value(p, setting);

	if (settings[setting].list)
		operations_json(j, key, ops, ruleset_mask(p, setting));
	else if (setting == BPFLOCK_SETTING_COALESCE)
		json_u64(j, key, p->coalesce / NS_PER_MS);
	else if (setting == BPFLOCK_SETTING_RING_SIZE)
		json_u64(j, key, p->ring_size);
	else if (value)
		json_string(j, key, value);
}
