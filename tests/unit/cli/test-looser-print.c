// SPDX-License-Identifier: GPL-2.0-only
/* The words for what a policy opened. */
#include "test.h"
#include "expect.h"
#include "kernels.h"
#include "looser-print.h"
#include "ruleset.h"

TEST_OPERATIONS(ops)

#define PROFILE (1U << BPFLOCK_SETTING_PROFILE)
#define ALLOW	(1U << BPFLOCK_SETTING_ALLOW)

static const struct row {
	const char *host, *containers, *cgroups;
	uint32_t settings;
	unsigned int most;
	const char *text;
} rows[] = {
	{ .text = NULL },
	{ "kexec", NULL, NULL, PROFILE, 6,
	  "opens kexec to the host (profile = privileged, built-in)" },
	{ NULL, "kexec, msr", NULL, ALLOW, 6,
	  "opens kexec, msr to containers (allow, /etc/a.conf:3)" },
	{ "kexec", "kexec", NULL, PROFILE | ALLOW, 6,
	  "opens kexec to everybody (profile = privileged, built-in; allow, /etc/a.conf:3)" },
	{ "kexec, msr", "kexec, debugfs", NULL, 0, 2,
	  "opens kexec, msr and 1 more to the host or containers" },
	{ NULL, NULL, "kexec, msr", 0, 1, "opens kexec and 1 more in cgroups" },
	{ "msr", "msr", "kexec", ALLOW, 6,
	  "opens msr to everybody; opens kexec in cgroups (allow, /etc/a.conf:3)" },
};

static void make(const struct row *row, struct bpflock_policy *p)
{
	ruleset_init(p);
	p->generation = 5;
	ruleset_set_source(p, BPFLOCK_SETTING_ALLOW, "/etc/a.conf:3, 2026-11-24T10:00:00Z");
	p->looser = (struct bpflock_looser){
		.generation = 5,
		.time = 1,
		.host = kernel_mask(ops, row->host ?: ""),
		.containers = kernel_mask(ops, row->containers ?: ""),
		.cgroups = kernel_mask(ops, row->cgroups ?: ""),
		.settings = row->settings,
	};
}

TEST(each_part_is_named_once)
{
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		CLEANUP(free_charp) char *text = NULL;
		struct bpflock_policy p;

		make(&rows[i], &p);
		text = looser_print_text(&p, ops, rows[i].most);
		if (!text || !rows[i].text)
			assert_true(text == rows[i].text);
		else
			assert_string_equal(text, rows[i].text);
	}
}

static char *json_of(const struct row *row)
{
	struct bpflock_policy p;
	struct json j = {};
	char *text = NULL;
	size_t len;

	make(row, &p);
	j.f = open_memstream(&text, &len);
	assert_non_null(j.f);
	looser_print_json(&j, &p, ops);
	fclose(j.f);
	return text;
}

TEST(json_has_every_operation_and_the_sources)
{
	CLEANUP(free_charp) char *none = json_of(&rows[0]);
	CLEANUP(free_charp) char *both = json_of(&rows[4]);
	CLEANUP(free_charp) char *sources = json_of(&rows[3]);

	assert_string_equal(none, "\"looser\":null");
	assert_non_null(
		strstr(both, "\"host\":[\"kexec\",\"msr\"],\"containers\":[\"kexec\",\"debugfs\"],"
			     "\"cgroups\":[],\"sources\":{}}"));
	assert_non_null(strstr(
		sources, "\"sources\":{\"profile\":\"built-in\",\"allow\":\"/etc/a.conf:3\"}}"));
}
