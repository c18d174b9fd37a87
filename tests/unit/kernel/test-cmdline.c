// SPDX-License-Identifier: GPL-2.0-only
/* The escape hatch on the kernel command line: exact words, the last one counts. */
#include "test.h"
#include "cmdline.h"

static const struct {
	const char *cmdline;
	enum cmdline_override expected;
} rows[] = {
	{ "", CMDLINE_NOTHING },
	{ "\n", CMDLINE_NOTHING },
	{ "BOOT_IMAGE=/vmlinuz root=/dev/sda1 ro quiet\n", CMDLINE_NOTHING },
	{ "bpflock=off", CMDLINE_OFF },
	{ "bpflock=off\n", CMDLINE_OFF },
	{ "quiet bpflock=off splash\n", CMDLINE_OFF },
	{ "  quiet\t bpflock=audit \n", CMDLINE_AUDIT },
	/* the last one counts */
	{ "bpflock=off bpflock=audit", CMDLINE_AUDIT },
	{ "bpflock=audit bpflock=off", CMDLINE_OFF },
	{ "bpflock=off bpflock=typo", CMDLINE_UNKNOWN },
	{ "bpflock=typo bpflock=off", CMDLINE_OFF },
	/* exact words only */
	{ "bpflock=", CMDLINE_UNKNOWN }, { "bpflock=o", CMDLINE_UNKNOWN },
	{ "bpflock=of", CMDLINE_UNKNOWN }, { "bpflock=offf", CMDLINE_UNKNOWN },
	{ "bpflock=aud", CMDLINE_UNKNOWN }, { "bpflock=audits", CMDLINE_UNKNOWN },
	{ "bpflock=OFF", CMDLINE_UNKNOWN }, { "bpflock=off,audit", CMDLINE_UNKNOWN },
	{ "bpflock=enforce", CMDLINE_UNKNOWN },
	/* other parameters */
	{ "bpflock", CMDLINE_NOTHING }, { "bpfloc=off", CMDLINE_NOTHING },
	{ "xbpflock=off", CMDLINE_NOTHING }, { "bpflock.x=off", CMDLINE_NOTHING },
	{ "bpflockk=off", CMDLINE_NOTHING }, { "x=bpflock=off", CMDLINE_NOTHING },
	{ "bpflock =off", CMDLINE_NOTHING }, { "off", CMDLINE_NOTHING },
	/* what follows -- is init's */
	{ "quiet -- bpflock=off", CMDLINE_NOTHING },
	{ "bpflock=audit -- bpflock=off", CMDLINE_AUDIT },
	{ "--x bpflock=off", CMDLINE_OFF },
	{ "- bpflock=off", CMDLINE_OFF },
};

TEST(the_last_exact_word_before_inits_counts)
{
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		CLEANUP(free_charp) char *copy = strdup(rows[i].cmdline);

		if (cmdline_parse(copy) != rows[i].expected)
			fail_msg("\"%s\": %d", copy, cmdline_parse(copy));
	}
}

TEST(this_machines_own_can_be_read)
{
	enum cmdline_override found = -1;

	assert_int_equal(cmdline_read(&found), 0);
	assert_true(found >= CMDLINE_NOTHING && found <= CMDLINE_UNKNOWN);
}

TEST(others_see_the_values_of_known_words_alone)
{
	static const struct {
		const char *cmdline, *expected;
	} written[] = {
		{ "", "\n" },
		{ " \n", "\n" },
		{ "BOOT_IMAGE=/vmlinuz root=/dev/sda1 ro quiet\n", "BOOT_IMAGE=... root=... ro quiet\n" },
		{ "lsm=lockdown,bpf  bpflock=audit\tlockdown=integrity",
		  "lsm=lockdown,bpf bpflock=audit lockdown=integrity\n" },
		{ "systemd.set_credential=a:secret luks.key=x=y", "systemd.set_credential=... luks.key=...\n" },
		{ "key=\"two words\" quiet", "key=... quiet\n" },
		{ "\"key=two words\" quiet", "\"key=... quiet\n" },
		{ "key=\"unended secret", "key=...\n" },
		{ "lsmx=secret xlsm=secret lsm =secret", "lsmx=... xlsm=... lsm =...\n" },
		{ "LSM=secret = quiet", "LSM=... =... quiet\n" },
		{ "quiet -- password=secret secret", "quiet\n" },
		{ "--x lsm=\x1b[2J\xff", "--x lsm=\\x1b[2J\\xff\n" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(written); i++) {
		CLEANUP(free_charp) char *text = NULL;
		size_t len;
		FILE *f = open_memstream(&text, &len);

		assert_non_null(f);
		cmdline_write(f, written[i].cmdline);
		assert_int_equal(fclose(f), 0);
		assert_string_equal(text, written[i].expected);
	}
}
