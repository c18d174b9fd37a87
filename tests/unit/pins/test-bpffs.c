// SPDX-License-Identifier: GPL-2.0-only
/* A container that got no bpffs is told from a host where none is mounted yet. */
#include "test.h"
#include "bpffs.h"

TEST_IN_DIRECTORY(a_container_needs_the_hosts)
{
	char missing[96];

	snprintf(missing, sizeof(missing), "%s/missing", test_directory);
	setenv("container", "oci", 1);
	assert_true(bpffs_left_out(test_directory));
	assert_true(bpffs_left_out(missing));
	setenv("container", "", 1);
	assert_false(bpffs_left_out(test_directory));
	unsetenv("container");
	assert_false(bpffs_left_out(test_directory));
	assert_false(bpffs_left_out(missing));
}

TEST(machines_in_containers_have_no_options_to_give)
{
	static const struct {
		const char *kind, *cure;
	} rows[] = {
		{ "oci", "use -v /bpf:/bpf" },
		{ "podman", "use -v /bpf:/bpf" },
		{ "systemd-nspawn", "run it on the host" },
		{ "lxc", "run it on the host" },
		{ "lxc-libvirt", "run it on the host" },
	};
	char cure[BPFFS_CURE_LEN];

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		setenv("container", rows[i].kind, 1);
		bpffs_left_out_cure("/bpf", cure);
		assert_string_equal(cure, rows[i].cure);
	}
	unsetenv("container");
}
