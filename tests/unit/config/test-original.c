// SPDX-License-Identifier: GPL-2.0-only
/* The files of the original are recognised, and say what they would be here; policy files are not
 * taken for them. */
#include "test.h"
#include "original.h"

#define PROGRAM(name, ...) \
	"    - name: " name "\n      description: \"x\"\n      args:\n" __VA_ARGS__
#define ARG(text) "        - " text "\n"
#define BPF_D \
	"bpfmetaver: \"v1\"\nkind: \"bpf\"\nbpfmetadata:\n  name: bpflock\nbpfspec:\n  programs:\n"

TEST(yaml_says_what_it_would_be)
{
	static const struct {
		const char *text, *expected; /* NULL: is no YAML */
	} rows[] = {
		{ "", NULL },
		{ "# only: a comment\n", NULL },
		{ "[kimglock]\nprofile = baseline\n", NULL },
		{ "# x\n\n [kimglock]\n", NULL }, { "profile = a: b\n", NULL },
		{ "http://x\n", NULL },
		{ "# bpflock.yaml\n\ndebug: true\nexec-snoop: all\n",
		  "[kimglock], profile = privileged, [execsnoop], trace = all" },
		{ "---\nexec-snoop: filter",
		  "[kimglock], profile = privileged, [execsnoop], trace = all" },
		{ "kimglock-profile: 'baseline'\nkimglock-block: \"kexec,msr\"\n",
		  "[kimglock], profile = baseline, block = kexec,msr" },
		{ BPF_D PROGRAM("execsnoop", ARG("--exec-snoop=none"))
			  PROGRAM("kimglock", ARG("--profile=baseline"))
				  PROGRAM("kmodlock", ARG("--profile=baseline")),
		  "[kimglock], profile = baseline, [kmodlock], profile = baseline, [execsnoop], trace = none" },
		{ BPF_D PROGRAM("kimglock", ARG("--profile=baseline"))
			  PROGRAM("kmodlock", ARG("--profile=restricted")),
		  "[kimglock], profile = baseline, block = @modules, [kmodlock], profile = restricted" },
		{ BPF_D PROGRAM("kimglock", ARG("--profile=allow") ARG("\"--block=msr\""))
			  PROGRAM("kmodlock", ARG("--profile=restricted"))
				  PROGRAM("bpfrestrict", ARG("--profile=baseline"))
					  PROGRAM("filelesslock", ARG("--profile=restricted")),
		  "[kimglock], profile = allow, block = msr @modules @bpf, [kmodlock], profile = restricted; "
		  "filelesslock has no counterpart" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		size_t len = strlen(rows[i].text);
		char translated[256];

		assert_int_equal(original_is_yaml(rows[i].text, len), rows[i].expected != NULL);
		if (!rows[i].expected)
			continue;
		original_translate(rows[i].text, len, translated, sizeof(translated));
		assert_string_equal(translated, rows[i].expected);
		/* cut off where there is no room */
		original_translate(rows[i].text, len, translated, 20);
		assert_int_equal(strlen(translated), 19);
	}
}

TEST(variables_name_what_does_it_now)
{
	assert_non_null(strstr(original_variable("BPFLOCK_KMODLOCK_PROFILE=x", 24), "bpflock --kmodlock"));
	assert_non_null(strstr(original_variable("BPFLOCK_CONFIG", 14), "--config"));
	assert_null(original_variable("BPFLOCK_CONFI", 13));
	assert_null(original_variable("BPFLOCK_KIMGLOCK_PROFILE", 24));
}
